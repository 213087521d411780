//! The port by which requests reach a workspace server.
//!
//! It blocks: the engine that calls it has a thread of its own, and a simulated network needs no runtime. What comes back
//! is untrusted and bounded in size.

use std::fmt;
use std::sync::Arc;

use super::Cancel;

/// The most bytes of an answer that are read: a page of records of the largest size ends far below.
pub(super) const MAX_RESPONSE_BYTES: usize = 128 << 20;

/// How a request is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Reads.
    Get,
    /// Writes, with a body.
    Post,
}

/// A request to the workspace server.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// Whether it reads or writes.
    pub method: Method,
    /// Path and query, from the slash on.
    pub path: String,
    /// Further headers, names in lower case.
    pub headers: Vec<(&'static str, String)>,
    /// JSON; empty for a request that reads.
    pub body: Vec<u8>,
}

impl fmt::Debug for Request {
    /// Neither the token nor the body.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} {} ({} bytes)", self.method, self.path, self.body.len())
    }
}

/// What the server answered.
#[derive(Clone, PartialEq, Eq)]
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// Seconds to wait, where the server said so.
    pub retry_after: Option<u32>,
    /// The body.
    pub body: Vec<u8>,
}

impl fmt::Debug for Response {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({} bytes)", self.status, self.body.len())
    }
}

/// Why there is no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// Offline, no such host, refused, or the connection broke: the request may have arrived or not.
    #[error("reach the server")]
    Unreachable,
    /// The server's certificate was not accepted.
    #[error("trust the server's certificate")]
    Untrusted,
    /// The answer did not end in time.
    #[error("get an answer in time")]
    TooSlow,
    /// The answer is longer than any honest one.
    #[error("read an answer of that size")]
    TooLong,
    /// It is not wanted any more.
    #[error("go on: it was cancelled")]
    Cancelled,
}

/// Carries requests to one workspace server.
pub trait Transport: Send + Sync {
    /// The server's origin, `https://host[:port]`, as logins are signed for it.
    fn origin(&self) -> &str;

    /// Sends a request and waits for the answer, whatever its status.
    ///
    /// # Errors
    /// [`TransportError`], where there is no answer. The request may have been carried out all the same.
    fn send(&self, request: &Request) -> Result<Response, TransportError>;

    /// As [`send`](Self::send), given up as soon as `cancel` says so. A transport that cannot leave a request which is under
    /// way brings that one to its end, and sends no other.
    ///
    /// # Errors
    /// [`TransportError`], as of `send`.
    fn send_unless(&self, request: &Request, cancel: &Cancel) -> Result<Response, TransportError> {
        if cancel.is_cancelled() { Err(TransportError::Cancelled) } else { self.send(request) }
    }

    /// Sends a request whose answer goes on, and hands each piece of it to `heard` as it comes, which must not send anything
    /// itself. Returns when the answer has ended, with what was handed over left out; an answer that is no success is
    /// returned whole. A transport without streams is unreachable in this way, and its server is asked now and then.
    ///
    /// # Errors
    /// [`TransportError`]; `Cancelled` as soon as `cancel` says so.
    fn listen(
        &self,
        request: &Request,
        cancel: &Cancel,
        heard: &mut dyn FnMut(&[u8]),
    ) -> Result<Response, TransportError> {
        let _ = (request, cancel, heard);
        Err(TransportError::Unreachable)
    }
}

/// A transport that can be taken away from whoever uses it.
pub(super) struct Cancellable {
    pub(super) transport: Arc<dyn Transport>,
    pub(super) cancel: Cancel,
}

impl Transport for Cancellable {
    fn origin(&self) -> &str {
        self.transport.origin()
    }

    fn send(&self, request: &Request) -> Result<Response, TransportError> {
        self.transport.send_unless(request, &self.cancel)
    }

    fn listen(
        &self,
        request: &Request,
        cancel: &Cancel,
        heard: &mut dyn FnMut(&[u8]),
    ) -> Result<Response, TransportError> {
        self.transport.listen(request, cancel, heard)
    }
}
