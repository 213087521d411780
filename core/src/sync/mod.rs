//! Sync with the workspace server, which is not trusted: it stores and forwards.
//!
//! [`Transport`] carries requests; the default one is HTTP ([`Http`]). [`WorkspaceServer`] speaks the server's interface over
//! it and turns every answer into a value or a named error. A [`Connection`] is an unlocked client and its server: it pulls
//! what is new, judges it, sends what waits, and does a device's chores, until both have the same. An [`Engine`] has it do so
//! whenever there is reason to. No answer of a server ever deletes local data.

mod cancel;
mod chores;
mod connection;
mod engine;
mod error;
mod follow;
mod http;
mod judge;
mod keys;
mod merge;
pub(crate) mod names;
mod notice;
mod pokes;
mod pull;
mod push;
mod reconcile;
mod reseal;
mod rotations;
mod schedule;
mod server;
mod settle;
mod tail;
mod transport;

pub use cancel::Cancel;
pub(crate) use connection::keep_server;
pub use connection::{Connection, Synced};
pub use engine::{End, Engine, EnginePorts, Outcome, SyncListener, SyncState, Syncs};
pub use error::SyncError;
pub use follow::Ear;
pub use http::{Http, HttpError};
pub use notice::Notice;
pub(crate) use pull::pull_log;
pub use server::{LoginKey, ServerError, Token, WorkspaceServer, found};
pub use transport::{Method, Request, Response, Transport, TransportError};
