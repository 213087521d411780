//! Joining by an invite: look at it, ask, wait until an Admin's device has answered, and go on as a member.
//!
//! The invitee replays the log from its first entry, and goes by nothing but that log and the link. Every step is stored
//! before the next one, so that it can be closed and opened again at any time.

use std::sync::Arc;

use countersign_api::Refusal;
use countersign_crypto::content::{DeviceName, MemberName, Unknown};
use countersign_crypto::device::DeviceKeys;
use countersign_crypto::flow::{Admission, join_request, new_user_id};
use countersign_crypto::invite::Greeting;
use countersign_crypto::link::{InviteLink, Link};
use countersign_crypto::local::{LocalKey, Place};
use countersign_protocol::entry::SignedEntry;
use countersign_protocol::ids::{DeviceId, WorkspaceId};
use countersign_protocol::log::Log;
use countersign_protocol::op::Op;

use super::JoinError;
use super::invites::invite_id;
use crate::client::{Client, Desk, Unlocked, named};
use crate::error::Unavailable;
use crate::store::{Identity, Progress, StoreError};
use crate::sync::{Connection, ServerError, SyncError, Transport, WorkspaceServer, keep_server, names};

/// Where the link lies while this device waits to be let in.
const INVITE: &str = "invite";

/// The most entries of a log that are fetched for somebody who joins.
const MAX_ENTRIES: usize = 1 << 20;

/// Who invites, and where to: shown before anybody joins.
///
/// # Errors
/// [`JoinError`]: the invite has ended, or the server's log is not the one of the link.
pub fn invitation(link: &InviteLink, transport: &dyn Transport) -> Result<Greeting, JoinError> {
    let (log, entries) = fetch(link, transport)?;
    let id = invite_id(link);
    log.state().pending_invite(id).map_err(|_| JoinError::Ended)?;
    let greeting = entries.iter().find_map(|wire| match SignedEntry::decode(wire).ok()?.entry.op {
        Op::Invite(invite) if invite.invite == id => Some(invite.greeting),
        _ => None,
    });
    let greeting = greeting.ok_or(JoinError::Ended)?;
    Ok(link.secret.open_greeting(log.workspace(), &greeting)?)
}

impl Client {
    /// Asks to join by an invite, as `member` with a device called `device`. The store must be empty. Afterwards
    /// [`sync`](Connection::sync) says whether an Admin's device has answered.
    ///
    /// # Errors
    /// [`JoinError`]; the store is then still empty, or has asked already.
    pub fn join(
        &self,
        link: &InviteLink,
        member: &str,
        device: &str,
        transport: Arc<dyn Transport>,
    ) -> Result<(Unlocked, Connection), JoinError> {
        let member = MemberName::new(named(member)?);
        let device_name = DeviceName { name: named(device)?, unknown: Unknown::default() };
        if !self.is_empty()? {
            return Err(JoinError::NotEmpty);
        }
        let (log, entries) = fetch(link, &*transport)?;
        let host = self.host();
        let entropy = &*host.entropy;
        let device = DeviceKeys::generate(entropy)?;
        let user = new_user_id(entropy)?;
        Admission::check(&log, link, &join_request(link, user, &device, None))?;

        let local = LocalKey::generate(entropy)?;
        host.vault.keep(&local)?;
        let identity = Identity { workspace: log.workspace(), user, device: device.id() };
        let keys = device.seal_at_rest(&local, entropy)?;
        let kept = local.seal(Place::Store(INVITE.as_bytes()), link.to_text().as_bytes(), entropy)?;
        let progress = Progress::at(entries.len() as u64);
        let unlocked = self.found(identity, local, device, |step, local| {
            step.put_identity(&identity, &keys)?;
            (0..).zip(&entries).try_for_each(|(seq, entry)| step.put_entry(seq, entry))?;
            step.put_local(INVITE, &kept)?;
            names::keep(step, Some(&member), &device_name, local, entropy)?;
            keep_server(step, &link.anchor.server, local, entropy)?;
            Ok(step.put_progress(&progress)?)
        })?;
        let connection = Connection::new(&unlocked, transport);
        follow(&connection)?;
        Ok((unlocked, connection))
    }
}

/// The log as far as the invite's key may read it, verified.
fn fetch(link: &InviteLink, transport: &dyn Transport) -> Result<(Log, Vec<Vec<u8>>), JoinError> {
    let workspace = link.anchor.workspace;
    let key = link.secret.key(workspace);
    let server = WorkspaceServer::new(transport, workspace, invite_device(link), &key);
    replay(&server, workspace)
}

/// The log from its first entry on, as far as the server shows it to this key.
pub(super) fn replay(
    server: &WorkspaceServer<'_>,
    workspace: WorkspaceId,
) -> Result<(Log, Vec<Vec<u8>>), JoinError> {
    let mut entries: Vec<Vec<u8>> = Vec::new();
    let mut log: Option<Log> = None;
    loop {
        let page = server.log(entries.len() as u64).map_err(ended)?;
        for entry in &page.entries {
            match &mut log {
                None => log = Some(Log::begin(&entry.0, workspace).map_err(JoinError::Log)?),
                Some(log) => drop(log.verify_next(&entry.0).map_err(JoinError::Log)?),
            }
            entries.push(entry.0.clone());
        }
        if !page.more || page.entries.is_empty() || entries.len() > MAX_ENTRIES {
            break;
        }
    }
    Ok((log.ok_or(JoinError::Ended)?, entries))
}

/// A server says no more of an invite than that it does not know it.
fn ended(error: ServerError) -> JoinError {
    match error {
        ServerError::Refused { refusal: Refusal::Unauthorized | Refusal::Forbidden, .. } => JoinError::Ended,
        error => JoinError::Server(error),
    }
}

/// An invite's key logs in under the invite's id.
fn invite_device(link: &InviteLink) -> DeviceId {
    DeviceId::from_bytes(*invite_id(link).as_bytes())
}

/// Looks whether this device was let in, and asks again where the server has forgotten. Whether it is a member now.
pub(crate) fn follow(connection: &Connection) -> Result<bool, SyncError> {
    let Some(link) = connection.with(kept_link)? else { return Ok(true) };
    let workspace = link.anchor.workspace;
    let key = link.secret.key(workspace);
    let server = WorkspaceServer::new(&*connection.transport, workspace, invite_device(&link), &key);
    crate::sync::pull_log(connection, &server)?;
    let request = connection.with(|desk| {
        let user = desk.session.identity.user;
        let request = join_request(&link, user, &desk.session.device, None);
        match Admission::check(&desk.session.log, &link, &request)? {
            Admission::Waiting => Ok(Some(request.encode())),
            Admission::Admitted => {
                desk.store.step(|step| step.forget_local(INVITE))?;
                Ok(None)
            }
        }
    })?;
    let Some(request) = request else { return Ok(true) };
    let asked = server.joins()?.requests.iter().any(|held| held.0 == request);
    if !asked {
        server.post_join(&request)?;
    }
    Ok(false)
}

fn kept_link(desk: &mut Desk<'_>) -> Result<Option<InviteLink>, SyncError> {
    let Some(sealed) = desk.store.local(INVITE)? else { return Ok(None) };
    let place = Place::Store(INVITE.as_bytes());
    let text = desk.session.local.open(place, &sealed).map_err(Unavailable::from)?;
    let text = std::str::from_utf8(&text).map_err(|_| StoreError::Damaged)?;
    match Link::parse(text) {
        Ok(Link::Invite(link)) => Ok(Some(link)),
        _ => Err(StoreError::Damaged.into()),
    }
}
