//! Every route, and who may ask: the one table, for the router and for whoever asks.
//!
//! The router is made of these rows, and [`Caller`](super::Caller) asks the row of its route. So a route cannot be reached
//! without saying whom it is for, and the suites walk the same rows over HTTP.

use axum::handler::Handler;
use axum::routing::{MethodRouter, get, post};
use countersign_api::Refusal;
use countersign_protocol::ids::{DeviceId, SpaceId};
use countersign_protocol::log::Log;
use countersign_protocol::numbers::WorkspaceRole;

use super::{auth, changes, events, found, health, joins, ops, spaces};
use crate::login::Access;
use crate::service::Service;

/// One route of the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Route {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// From the slash on, with `{ws}` and `{space}` where ids stand.
    pub path: &'static str,
    /// Who may ask.
    pub who: Who,
}

/// Who may ask for something. Whoever else asks is refused in the same words, whether it exists or not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Who {
    /// Whoever reaches the server, counted by address.
    Anybody,
    /// Whoever has a session, whatever it still opens.
    Session,
    /// Members' devices and an invite's key; removed devices and ended invites, up to the entry that ended them.
    LogReader,
    /// Active devices, kits included.
    Member,
    /// Active devices that read the space of the path.
    SpaceReader,
    /// Active devices of whoever may let people in; an invite's key while it is open, for its own request.
    JoinReader,
    /// An invite's key, while it is open.
    Invitee,
}

/// A row of the table, with what answers.
pub(super) struct Row {
    pub(super) route: Route,
    pub(super) answers: MethodRouter<Service>,
}

/// Every route of the server; `docs/server-api.md` describes them.
pub(super) fn rows() -> [Row; 14] {
    [
        on_get("/health", Who::Anybody, health::health),
        on_get("/ready", Who::Anybody, health::ready),
        on_post("/v1/auth/challenge", Who::Anybody, auth::challenge),
        on_post("/v1/auth/login", Who::Anybody, auth::login),
        on_post("/v1/auth/logout", Who::Session, auth::logout),
        on_post("/v1/ws", Who::Anybody, found::found),
        on_get("/v1/ws/{ws}/changes", Who::Member, changes::changes),
        on_get("/v1/ws/{ws}/log", Who::LogReader, changes::log),
        on_post("/v1/ws/{ws}/ops", Who::Member, ops::ops),
        on_get("/v1/ws/{ws}/joins", Who::JoinReader, joins::list),
        on_post("/v1/ws/{ws}/joins", Who::Invitee, joins::post),
        on_get("/v1/ws/{ws}/spaces/{space}/records", Who::SpaceReader, spaces::records),
        on_get("/v1/ws/{ws}/spaces/{space}/boxes", Who::SpaceReader, spaces::boxes),
        on_get("/v1/events", Who::Member, events::events),
    ]
}

/// Every route of the server, without what answers.
pub fn routes() -> Vec<Route> {
    rows().map(|row| row.route).to_vec()
}

fn on_get<H: Handler<T, Service>, T: 'static>(path: &'static str, who: Who, answers: H) -> Row {
    Row { route: Route { method: "GET", path, who }, answers: get(answers) }
}

fn on_post<H: Handler<T, Service>, T: 'static>(path: &'static str, who: Who, answers: H) -> Row {
    Row { route: Route { method: "POST", path, who }, answers: post(answers) }
}

/// Somebody with a session, about to be judged.
pub(super) struct Asking<'a> {
    pub(super) access: Access,
    pub(super) dev: DeviceId,
    pub(super) log: &'a Log,
    /// The space that the path names; an error where it names none that could be.
    pub(super) space: Option<Result<SpaceId, Refusal>>,
}

impl Who {
    /// Lets somebody ask, or says why not.
    pub(super) fn judge(self, asking: Asking<'_>) -> Result<(), Refusal> {
        let is_member = asking.access == Access::Member;
        let may = match self {
            Self::Anybody | Self::Session | Self::LogReader => true,
            Self::Member => is_member,
            Self::SpaceReader => {
                is_member && asking.log.state().may_read(asking.dev, asking.space.ok_or(Refusal::Forbidden)??)
            }
            Self::JoinReader => asking.access == Access::Invitee || (is_member && asking.lets_in()),
            Self::Invitee => asking.access == Access::Invitee,
        };
        if may { Ok(()) } else { Err(Refusal::Forbidden) }
    }
}

impl Asking<'_> {
    /// Whether they are of a role that may accept a join.
    fn lets_in(&self) -> bool {
        let state = self.log.state();
        let member = state.devices().get(&self.dev).and_then(|device| state.member(device.user).ok());
        member.is_some_and(|member| member.role >= WorkspaceRole::Admin)
    }
}
