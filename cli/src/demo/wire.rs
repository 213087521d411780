//! A transport that lets one watch: it notes what passed for whom, and can be cut.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use countersign_core::sync::{Http, Method, Request, Response, Transport, TransportError};
use serde::Serialize;

/// What the server got and gave: a path with ids in it, and sizes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Passed {
    /// Whose device.
    pub(super) who: &'static str,
    method: &'static str,
    path: String,
    /// Bytes of the request's body.
    sent: usize,
    status: u16,
    /// Bytes of the answer's body.
    received: usize,
}

/// Everything that passed since it was last asked for.
#[derive(Debug, Clone, Default)]
pub(super) struct Tape(Arc<Mutex<Vec<Passed>>>);

impl Tape {
    pub(super) fn take(&self) -> Vec<Passed> {
        std::mem::take(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn note(&self, passed: Passed) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(passed);
    }
}

/// One person's connection.
pub(super) struct Wire {
    who: &'static str,
    http: Http,
    tape: Tape,
    cut: AtomicBool,
}

impl Wire {
    pub(super) fn new(who: &'static str, http: Http, tape: Tape) -> Self {
        Self { who, http, tape, cut: AtomicBool::new(false) }
    }

    /// Cuts the connection, or mends it.
    pub(super) fn cut(&self, cut: bool) {
        self.cut.store(cut, Ordering::Relaxed);
    }
}

impl Transport for Wire {
    fn origin(&self) -> &str {
        self.http.origin()
    }

    fn send(&self, request: &Request) -> Result<Response, TransportError> {
        if self.cut.load(Ordering::Relaxed) {
            return Err(TransportError::Unreachable);
        }
        let response = self.http.send(request)?;
        self.tape.note(Passed {
            who: self.who,
            method: match request.method {
                Method::Get => "GET",
                Method::Post => "POST",
            },
            path: request.path.clone(),
            sent: request.body.len(),
            status: response.status,
            received: response.body.len(),
        });
        Ok(response)
    }
}

impl Passed {
    /// In one line, ids shortened to what tells them apart.
    pub(super) fn line(&self) -> String {
        let Self { method, path, sent, status, received, .. } = self;
        format!("{method} {}   {sent} B in, {received} B out, {status}", shortened(path))
    }
}

fn shortened(path: &str) -> String {
    let short = |word: &str| {
        let is_id = word.len() == 32 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
        if is_id { format!("{}…", &word[..6]) } else { word.to_owned() }
    };
    path.split('/').map(short).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn ids_are_shortened_and_nothing_else_is() {
        assert_eq!(
            shortened("/v1/ws/0123456789abcdef0123456789abcdef/changes?since=0.0&limit=500"),
            "/v1/ws/012345…/changes?since=0.0&limit=500"
        );
        assert_eq!(shortened("/v1/auth/login"), "/v1/auth/login");
    }
}
