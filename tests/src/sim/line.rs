//! A device's line to the server: each request waits until the scheduler says what becomes of it.

use std::panic::resume_unwind;
use std::sync::mpsc::{Receiver, Sender};
use std::sync::{Mutex, PoisonError};

use countersign_core::sync::{Request, Response, Transport, TransportError};

/// Where the simulated server is; logins are signed for it.
pub(super) const ORIGIN: &str = "http://127.0.0.1:7420";

/// What a device says to the scheduler: each message hands over the turn.
pub(super) enum Said {
    /// It waits for an answer.
    Asked(Request),
    /// It has nothing under way any more.
    Done(Ended),
}

/// How a device's work ended.
pub(super) enum Ended {
    /// As it ends on a phone.
    Finished(Verdict),
    /// By the crash that the scheduler had asked for.
    Crashed,
    /// By a panic of the code under test.
    Panicked(String),
}

/// What is to be thought of an ending.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// It did what it was to do.
    Good,
    /// It did not, as may happen on such a network, or by the rules of the workspace.
    Excused(String),
    /// It must not have ended like this.
    Wrong(String),
}

/// What the scheduler answers.
pub(super) enum Reply {
    Answer(Result<Response, TransportError>),
    /// The device dies here.
    Crash,
}

/// The payload of the panic by which a device dies: nothing of it runs any more but what is dropped.
pub(super) struct Crash;

pub(super) struct Line {
    pub(super) device: usize,
    pub(super) to: Sender<(usize, Said)>,
    pub(super) replies: Mutex<Receiver<Reply>>,
}

impl Transport for Line {
    fn origin(&self) -> &str {
        ORIGIN
    }

    fn send(&self, request: &Request) -> Result<Response, TransportError> {
        let replies = self.replies.lock().unwrap_or_else(PoisonError::into_inner);
        let asked = self.to.send((self.device, Said::Asked(request.clone())));
        match asked.ok().and_then(|()| replies.recv().ok()) {
            Some(Reply::Answer(answer)) => answer,
            // The scheduler is gone where the simulation has failed elsewhere.
            Some(Reply::Crash) | None => resume_unwind(Box::new(Crash)),
        }
    }
}
