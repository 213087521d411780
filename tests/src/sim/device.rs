//! A simulated device: a phone with its store, and a thread on which it syncs when the scheduler lets it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;

use countersign_core::client::{Client, Unlocked};
use countersign_core::people::UserId;
use countersign_core::sync::{Connection, Request};

use super::line::{Crash, Ended, Line, Reply, Said, Verdict};
use crate::phone::TestPhone;

/// What a device is to do on its thread.
pub(super) type Job = Box<dyn FnOnce() -> Verdict + Send>;

/// The store, opened.
pub(super) struct Open {
    /// Holds the store open.
    pub(super) _client: Client,
    pub(super) unlocked: Unlocked,
    pub(super) server: Connection,
}

/// A request that waits for its fate.
pub(super) struct Pending {
    pub(super) request: Request,
    /// The step in which it was sent.
    pub(super) since: u64,
}

pub(super) struct Device {
    pub(super) name: String,
    pub(super) phone: TestPhone,
    pub(super) line: Arc<Line>,
    /// There but in the moment of a crash, and before it has joined.
    pub(super) open: Option<Open>,
    /// Whose it is, once it has joined.
    pub(super) member: Option<UserId>,
    /// What it is doing; `None` where nothing.
    pub(super) busy: Option<&'static str>,
    pub(super) pending: Option<Pending>,
    pub(super) is_cut_off: bool,
    /// Seconds by which its clock is ahead.
    pub(super) skew: i64,
    pub(super) replies: Sender<Reply>,
    pub(super) jobs: Option<Sender<Job>>,
    worker: Option<JoinHandle<()>>,
}

impl Device {
    pub(super) fn new(number: usize, name: &str, seed: u64, to: Sender<(usize, Said)>) -> Self {
        let (replies, answers) = channel();
        let line = Line { device: number, to: to.clone(), replies: Mutex::new(answers) };
        let (jobs, work) = channel::<Job>();
        let worker = std::thread::spawn(move || {
            for job in work {
                let ended = match catch_unwind(AssertUnwindSafe(job)) {
                    Ok(verdict) => Ended::Finished(verdict),
                    Err(payload) if payload.is::<Crash>() => Ended::Crashed,
                    Err(payload) => Ended::Panicked(
                        payload.downcast_ref::<String>().cloned().unwrap_or_else(|| "a panic".to_owned()),
                    ),
                };
                if to.send((number, Said::Done(ended))).is_err() {
                    return;
                }
            }
        });
        Self {
            name: name.to_owned(),
            phone: TestPhone::new(seed),
            line: Arc::new(line),
            open: None,
            member: None,
            busy: None,
            pending: None,
            is_cut_off: false,
            skew: 0,
            replies,
            jobs: Some(jobs),
            worker: Some(worker),
        }
    }

    /// The store, opened.
    pub(super) fn open(&self) -> Result<&Open, String> {
        self.open.as_ref().ok_or_else(|| format!("{} has no store open", self.name))
    }

    /// Opens the store again, as an app that was killed is started again.
    pub(super) fn reopen(&mut self) -> Result<(), String> {
        self.open = None;
        let client = self.phone.open().map_err(|error| format!("{}: {error}", self.name))?;
        let unlocked = client.unlock().map_err(|error| format!("{}: {error}", self.name))?;
        let server = Connection::new(&unlocked, self.line.clone());
        self.open = Some(Open { _client: client, unlocked, server });
        Ok(())
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        drop(self.jobs.take());
        // Whatever waits for an answer dies here; where nothing does, nobody hears it.
        let _ = self.replies.send(Reply::Crash);
        if let Some(worker) = self.worker.take() {
            // Its panics were caught and told.
            let _ = worker.join();
        }
    }
}
