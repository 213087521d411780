//! The world of a simulation: devices, the network between them and the server, and the turn that goes around.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};

use countersign_api::{Changes, Cursor};
use countersign_core::sync::{Method, Request, Response, TransportError};
use countersign_server::{Allowance, Config, Founding, Host, InProcess, NoRandomness};

use super::by_time::ByTime;
use super::device::{Device, Job, Pending};
use super::line::{Ended, ORIGIN, Reply, Said, Verdict};
use super::oracle::Oracle;
use super::{Counts, Cursors};
use crate::entropy::Seeded;
use crate::folder::Folder;
use crate::log_model::random::Random;
use crate::phone::START;

/// What becomes of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    Arrives,
    /// It never arrives.
    Lost,
    /// It arrives, and its answer is lost.
    AnswerLost,
    /// It arrives twice; the second answer comes back.
    Twice,
}

pub(super) struct World {
    pub(super) random: Random,
    pub(super) devices: Vec<Device>,
    pub(super) oracle: Oracle,
    pub(super) step: u64,
    pub(super) counts: Counts,
    seed: u64,
    tell: bool,
    said: Receiver<(usize, Said)>,
    to: Sender<(usize, Said)>,
    server: Option<InProcess>,
    entropy: Arc<Seeded>,
    pub(super) now: Arc<AtomicU64>,
    /// How far each device was told that it has got.
    handed: Vec<Cursor>,
    by_time: Option<ByTime>,
    folder: Folder,
}

/// The server's clock and randomness.
struct SimulatedHost {
    now: Arc<AtomicU64>,
    entropy: Arc<Seeded>,
}

impl Host for SimulatedHost {
    fn now(&self) -> u64 {
        self.now.load(Ordering::Relaxed)
    }

    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        countersign_core::ports::Entropy::fill(&*self.entropy, bytes).map_err(|_| NoRandomness)
    }
}

impl World {
    pub(super) fn new(seed: u64, cursors: Cursors, tell: bool) -> Self {
        let (to, said) = channel();
        Self {
            random: Random::new(seed),
            devices: Vec::new(),
            oracle: Oracle::default(),
            step: 0,
            counts: Counts::default(),
            seed,
            tell,
            said,
            to,
            server: None,
            entropy: Arc::new(Seeded::new(seed)),
            now: Arc::new(AtomicU64::new(u64::try_from(START).unwrap_or(0) * 1000)),
            handed: Vec::new(),
            by_time: (cursors == Cursors::ByTime).then(ByTime::default),
            folder: Folder::new(),
        }
    }

    /// Adds a device with nothing on it.
    pub(super) fn add_device(&mut self, name: &str) -> usize {
        let number = self.devices.len();
        let seed = self.seed.wrapping_mul(1_000).wrapping_add(number as u64 + 1);
        self.devices.push(Device::new(number, name, seed, self.to.clone()));
        self.handed.push(Cursor::START);
        self.set_clocks();
        number
    }

    /// Says what happens, where somebody wants to know.
    pub(super) fn say(&self, what: impl FnOnce() -> String) {
        if self.tell {
            eprintln!("{:>5} {}", self.step, what());
        }
    }

    /// Starts the server, or starts it again.
    pub(super) fn start_server(&mut self) -> Result<(), String> {
        drop(self.server.take());
        let often = std::num::NonZeroU32::MAX;
        let config = Config {
            listen: std::net::SocketAddr::from(([127, 0, 0, 1], 7420)),
            database: self.folder.path().join("server.db"),
            origin: Some(ORIGIN.to_owned()),
            founding: Founding::Open,
            allowance: Allowance { per_address: often, per_device: often },
            log: "off".to_owned(),
        };
        let host = SimulatedHost { now: Arc::clone(&self.now), entropy: Arc::clone(&self.entropy) };
        let server = InProcess::open(config, Box::new(host)).map_err(|error| format!("{error:#}"))?;
        self.server = Some(server);
        Ok(())
    }

    /// Has a device begin something, up to its first request.
    pub(super) fn begin(&mut self, device: usize, what: &'static str, job: Job) -> Result<(), String> {
        let found = &mut self.devices[device];
        found.busy = Some(what);
        let jobs = found.jobs.as_ref().ok_or("the device is gone")?;
        jobs.send(job).map_err(|_| "the device is gone")?;
        self.listen(device)
    }

    /// Waits until the device whose turn it is hands it over.
    fn listen(&mut self, device: usize) -> Result<(), String> {
        let (from, said) = self.said.recv().map_err(|_| "nobody is there any more")?;
        if from != device {
            return Err(format!("{} spoke out of turn", self.devices[from].name));
        }
        let (name, what) =
            (self.devices[device].name.clone(), self.devices[device].busy.unwrap_or("nothing"));
        match said {
            Said::Asked(request) => {
                self.devices[device].pending = Some(Pending { request, since: self.step });
                return Ok(());
            }
            Said::Done(Ended::Finished(Verdict::Good)) => self.say(|| format!("{name}: {what} done")),
            Said::Done(Ended::Finished(Verdict::Excused(why))) => {
                self.say(|| format!("{name}: {what} not done: {why}"));
            }
            Said::Done(Ended::Finished(Verdict::Wrong(why))) => {
                return Err(format!("{name}: {what} ended with: {why}"));
            }
            Said::Done(Ended::Crashed) => {}
            Said::Done(Ended::Panicked(why)) => return Err(format!("{name}: {what} panicked: {why}")),
        }
        self.devices[device].busy = None;
        Ok(())
    }

    /// Decides what becomes of the request that a device waits with, and lets the device go on.
    pub(super) fn deliver(&mut self, device: usize, fate: Fate) -> Result<(), String> {
        let Some(pending) = self.devices[device].pending.take() else { return Ok(()) };
        self.say(|| format!("{}: {:?} {fate:?}", self.devices[device].name, pending.request));
        if fate != Fate::Arrives {
            self.counts.faults += 1;
        }
        let answer = match fate {
            Fate::Lost => Err(TransportError::Unreachable),
            Fate::Arrives => Ok(self.serve(device, &pending)?),
            Fate::AnswerLost => {
                self.serve(device, &pending)?;
                Err(TransportError::Unreachable)
            }
            Fate::Twice => {
                self.serve(device, &pending)?;
                Ok(self.serve(device, &pending)?)
            }
        };
        if let Ok(answer) = &answer {
            self.note_page(device, &pending.request, answer)?;
        }
        self.answer(device, Reply::Answer(answer))
    }

    fn answer(&mut self, device: usize, reply: Reply) -> Result<(), String> {
        self.devices[device].replies.send(reply).map_err(|_| "the device is gone")?;
        self.listen(device)
    }

    /// A device dies, whatever it is doing, and is started again.
    pub(super) fn crash(&mut self, device: usize) -> Result<(), String> {
        self.counts.crashes += 1;
        self.say(|| format!("{} crashes", self.devices[device].name));
        if self.devices[device].pending.take().is_some() {
            self.answer(device, Reply::Crash)?;
        }
        self.devices[device].reopen()
    }

    /// Does something to its end on a network that works.
    pub(super) fn do_well(&mut self, device: usize, what: &'static str, job: Job) -> Result<(), String> {
        self.begin(device, what, job)?;
        while self.devices[device].pending.is_some() {
            self.deliver(device, Fate::Arrives)?;
        }
        Ok(())
    }

    /// The server's answer.
    fn serve(&mut self, device: usize, pending: &Pending) -> Result<Response, String> {
        self.counts.requests += 1;
        self.check_cursor(device, &pending.request)?;
        let Some(mut by_time) = self.by_time.take() else { return self.ask(&pending.request) };
        let answer = by_time.serve(&pending.request, pending.since, |request| self.ask(request));
        self.by_time = Some(by_time);
        answer
    }

    fn ask(&self, request: &Request) -> Result<Response, String> {
        let server = self.server.as_ref().ok_or("there is no server")?;
        let mut headers: Vec<(&str, &str)> =
            request.headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let method = match request.method {
            Method::Get => "GET",
            Method::Post => {
                headers.push(("content-type", "application/json"));
                "POST"
            }
        };
        let answer = server.ask(method, &request.path, &headers, request.body.clone());
        let answer = answer.map_err(|error| format!("the server: {error:#}"))?;
        Ok(Response { status: answer.status, retry_after: answer.retry_after, body: answer.body })
    }

    /// A cursor never goes beyond what its device was handed.
    fn check_cursor(&self, device: usize, request: &Request) -> Result<(), String> {
        let Some(since) = since(request) else { return Ok(()) };
        if since.pos > self.handed[device].pos {
            return Err(format!("{} has a cursor that nobody gave it: {since}", self.devices[device].name));
        }
        Ok(())
    }

    /// Notes how far a device was told that it has got, and that a page is one.
    fn note_page(&mut self, device: usize, request: &Request, answer: &Response) -> Result<(), String> {
        let (Some(since), 200) = (since(request), answer.status) else { return Ok(()) };
        let page: Changes = serde_json::from_slice(&answer.body).map_err(|error| error.to_string())?;
        if self.by_time.is_none() {
            let mut last = since.pos;
            for item in &page.items {
                if item.pos() <= last {
                    return Err(format!("a page goes back from {last} to {}", item.pos()));
                }
                last = item.pos();
            }
            if page.next.pos < last {
                return Err(format!("a page ends at {last} and says {}", page.next));
            }
        }
        if page.next.pos > self.handed[device].pos {
            self.handed[device] = page.next;
        }
        Ok(())
    }
}

/// The cursor in a request for changes.
pub(super) fn since(request: &Request) -> Option<Cursor> {
    let (_, query) = request.path.split_once("/changes?since=")?;
    query.split('&').next()?.parse().ok()
}
