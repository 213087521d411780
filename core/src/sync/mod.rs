//! Sync with the workspace server, which is not trusted: it stores and forwards.
//!
//! [`Transport`] carries requests; the default one is HTTP ([`Http`]). [`WorkspaceServer`] speaks the server's interface over
//! it and turns every answer into a value or a named error. No answer of a server ever deletes local data.

mod http;
mod server;
mod transport;

pub use http::{Http, HttpError};
pub use server::{ServerError, WorkspaceServer, found};
pub use transport::{Method, Request, Response, Transport, TransportError};
