//! The engine: what keeps a device in step with its server by itself, until it is stopped.
//!
//! A thread waits for the moment that the [`Schedule`] names, or for whatever moves it: the server's pokes, which a second
//! thread listens for, a change by this device's person, somebody who asks. Whoever stops the engine waits for no server:
//! what is under way is cancelled, also in the midst of a read.

use std::fmt;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, Weak};
use std::thread::{Builder, JoinHandle};
use std::time::Duration;

use super::schedule::{Event, Schedule};
use super::{Cancel, ServerError, SyncError};
use crate::client::Heeds;
use crate::error::Unavailable;
use crate::ports::{Clock, Entropy, MonotonicClock, Timestamp};

/// How a sync ended that went well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// This device and the server have the same.
    InStep,
    /// This device has asked to join, and waits for an Admin's device.
    Waiting,
    /// The verified log says that this device is not in the workspace any more.
    Removed,
    /// Somebody else is syncing this store.
    Taken,
}

/// What an engine keeps in step: a [`Connection`](super::Connection), or whoever opens a store for each sync.
pub trait Syncs: Send + Sync {
    /// Syncs once.
    ///
    /// # Errors
    /// [`SyncError`]; of [`Unavailable::Locked`], the engine ends.
    fn sync(&self, cancel: &Cancel) -> Result<Outcome, SyncError>;

    /// Listens to the server until the stream ends; `poked` is called whenever it says that something changed.
    ///
    /// # Errors
    /// [`ServerError`], where there is no stream, or it broke.
    fn listen(&self, cancel: &Cancel, poked: &mut dyn FnMut()) -> Result<(), ServerError>;

    /// Whether changes wait to be sent.
    ///
    /// # Errors
    /// [`Unavailable`], as of any verb; of `Locked`, the engine ends.
    fn has_unsent(&self) -> Result<bool, Unavailable>;
}

/// What a screen shows.
#[derive(Debug, Clone)]
pub enum SyncState {
    /// A sync is under way.
    Syncing,
    /// This device and the server have had the same since then, by this device's clock.
    InStep {
        /// When the last sync ended.
        since: Timestamp,
    },
    /// This device waits for an Admin's device to let it in.
    Waiting {
        /// When it looks again.
        next: Timestamp,
    },
    /// The last sync did not end well: offline, or the server said no. What is here goes on working.
    Behind {
        /// Why.
        error: Arc<SyncError>,
        /// When it is tried again.
        next: Timestamp,
    },
    /// Nothing happens by itself any more.
    Ended(End),
}

/// Why an engine ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It was stopped.
    Stopped,
    /// The client is locked. Start another one after the unlock.
    Locked,
    /// This device was removed from the workspace.
    Removed,
}

/// Takes the states of an engine, on its thread.
pub trait SyncListener: Send + Sync {
    /// There is something else to show.
    fn changed(&self, state: &SyncState);
}

/// The clocks and the randomness that an engine goes by.
#[derive(Clone)]
pub struct EnginePorts {
    /// The date, for what is shown.
    pub clock: Arc<dyn Clock>,
    /// Elapsed time, for what is due.
    pub monotonic: Arc<dyn MonotonicClock>,
    /// Randomness, for what is left to chance.
    pub entropy: Arc<dyn Entropy>,
}

/// Keeps a device in step until it is stopped or dropped.
#[must_use = "dropping an engine stops it"]
pub struct Engine {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

/// What the engine's threads and its handle share.
struct Shared {
    syncs: Box<dyn Syncs>,
    ports: EnginePorts,
    listener: Box<dyn SyncListener>,
    cancel: Cancel,
    inbox: Mutex<Inbox>,
    news: Condvar,
    /// Whether the second thread is there.
    is_listening: AtomicBool,
}

/// What happened and was not looked at yet.
struct Inbox {
    state: SyncState,
    poked: bool,
    written: bool,
    asked: bool,
    /// How long the stream had lived that has ended.
    silent: Option<Duration>,
}

impl Engine {
    /// Starts to keep `syncs` in step. `listener` is told each state, the first at once.
    ///
    /// # Errors
    /// Where the system has no thread to spare.
    pub fn start(
        syncs: Box<dyn Syncs>,
        ports: EnginePorts,
        listener: Box<dyn SyncListener>,
    ) -> std::io::Result<Self> {
        let inbox =
            Inbox { state: SyncState::Syncing, poked: false, written: false, asked: false, silent: None };
        let shared = Arc::new(Shared {
            syncs,
            ports,
            listener,
            cancel: Cancel::default(),
            inbox: Mutex::new(inbox),
            news: Condvar::new(),
            is_listening: AtomicBool::new(false),
        });
        let running = Arc::clone(&shared);
        let thread = Builder::new().name("sync".to_owned()).spawn(move || run(&running))?;
        Ok(Self { shared, thread: Some(thread) })
    }

    /// What a screen shows now.
    pub fn state(&self) -> SyncState {
        self.shared.inbox().state.clone()
    }

    /// A person asks for a sync now; a server that wants to be left alone still is.
    pub fn sync_now(&self) {
        self.shared.tell(|inbox| inbox.asked = true);
    }

    /// Something of this store was changed, by whatever means.
    pub fn written(&self) {
        self.shared.tell(|inbox| inbox.written = true);
    }

    /// Who is told when something is changed; it does not keep the engine alive.
    pub(super) fn heeds(&self) -> Weak<dyn Heeds> {
        let shared: Arc<dyn Heeds> = self.shared.clone();
        Arc::downgrade(&shared)
    }

    /// Ends it. What is under way is cancelled; the store is let go when this returns.
    pub fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        self.shared.cancel.cancel();
        self.shared.tell(|_| ());
        // A listener may drop the engine on its own thread, which nobody can wait for there.
        if let Some(thread) = self.thread.take().filter(|thread| !is_this(thread)) {
            // A listener that panicked has been heard on standard error; there is nothing to add.
            let _ = thread.join();
        }
    }
}

fn is_this(thread: &JoinHandle<()>) -> bool {
    thread.thread().id() == std::thread::current().id()
}

impl Drop for Engine {
    fn drop(&mut self) {
        self.end();
    }
}

impl fmt::Debug for Engine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Engine(…)")
    }
}

fn run(shared: &Arc<Shared>) {
    let mut schedule = Schedule::new(shared.now());
    let mut streams = Vec::new();
    let end = loop {
        if let Err(end) = shared.wait(&mut schedule) {
            break end;
        }
        shared.show(&SyncState::Syncing);
        let done = shared.syncs.sync(&shared.cancel);
        if shared.cancel.is_cancelled() {
            break End::Stopped;
        }
        let (event, after) = match done {
            Ok(Outcome::Removed) => break End::Removed,
            Err(SyncError::Unavailable(Unavailable::Locked) | SyncError::Server(ServerError::Locked)) => {
                break End::Locked;
            }
            Ok(Outcome::InStep) => (Event::InStep, After::InStep),
            Ok(Outcome::Waiting) => (Event::Waiting, After::Waiting),
            Ok(Outcome::Taken) => (Event::Taken, After::Taken),
            Err(error) => (failed(&error), After::Behind(Arc::new(error))),
        };
        schedule = schedule.after(event, shared.now(), shared.random());
        shared.show_after(after, &schedule);
        if event == Event::InStep {
            streams.retain(|stream: &JoinHandle<()>| !stream.is_finished());
            streams.extend(listen(shared));
        }
    };
    shared.cancel.cancel();
    for stream in streams {
        // A thread that panicked listens no more, which is all that is wanted.
        let _ = stream.join();
    }
    shared.show(&SyncState::Ended(end));
}

/// How a turn ended, for whoever looks.
enum After {
    InStep,
    Waiting,
    /// What was shown before is shown again.
    Taken,
    Behind(Arc<SyncError>),
}

fn failed(error: &SyncError) -> Event {
    let retry_after = match error {
        SyncError::Server(ServerError::Refused { retry_after, .. }) => *retry_after,
        _ => None,
    };
    let retry_after = retry_after.map(|seconds| Duration::from_secs(u64::from(seconds)));
    Event::Failed { retry_after, lasting: error.is_lasting() }
}

/// Listens to the server on a thread of its own, where nobody does yet.
fn listen(shared: &Arc<Shared>) -> Option<JoinHandle<()>> {
    if shared.is_listening.swap(true, Ordering::AcqRel) {
        return None;
    }
    let listening = Arc::clone(shared);
    let work = move || {
        let shared = listening;
        let begun = shared.now();
        // Why a stream ended says the sync that follows it.
        let _ = shared.syncs.listen(&shared.cancel, &mut || shared.tell(|inbox| inbox.poked = true));
        let lived = shared.now().saturating_sub(begun);
        shared.is_listening.store(false, Ordering::Release);
        shared.tell(|inbox| inbox.silent = Some(lived));
    };
    let thread = Builder::new().name("pokes".to_owned()).spawn(work).ok();
    if thread.is_none() {
        shared.is_listening.store(false, Ordering::Release);
    }
    thread
}

impl Shared {
    fn inbox(&self) -> MutexGuard<'_, Inbox> {
        self.inbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes something that happened, and wakes whoever waits for it.
    fn tell(&self, note: impl FnOnce(&mut Inbox)) {
        note(&mut self.inbox());
        self.news.notify_all();
    }

    fn now(&self) -> Duration {
        self.ports.monotonic.elapsed()
    }

    fn random(&self) -> u64 {
        let mut bytes = [0; 8];
        // Without randomness everybody waits for as long as they may.
        self.ports.entropy.fill(&mut bytes).map_or(u64::MAX, |()| u64::from_le_bytes(bytes))
    }

    /// Waits until a sync is due.
    fn wait(&self, schedule: &mut Schedule) -> Result<(), End> {
        loop {
            for event in self.take_events()? {
                *schedule = schedule.after(event, self.now(), self.random());
            }
            let left = schedule.due().saturating_sub(self.now());
            if left.is_zero() {
                return Ok(());
            }
            let inbox = self.inbox();
            let (inbox, waited) = self
                .news
                .wait_timeout_while(inbox, left, |inbox| {
                    !self.cancel.is_cancelled() && inbox.has_nothing_new()
                })
                .unwrap_or_else(PoisonError::into_inner);
            drop(inbox);
            // What a device's clock makes of a night does not matter: who has waited has waited.
            if waited.timed_out() {
                return Ok(());
            }
        }
    }

    /// What happened since this was last asked.
    fn take_events(&self) -> Result<Vec<Event>, End> {
        if self.cancel.is_cancelled() {
            return Err(End::Stopped);
        }
        let mut events = Vec::new();
        let mut inbox = self.inbox();
        if std::mem::take(&mut inbox.poked) {
            events.push(Event::Poked);
        }
        if std::mem::take(&mut inbox.asked) {
            events.push(Event::Asked);
        }
        events.extend(inbox.silent.take().map(|after| Event::Silent { after }));
        let written = std::mem::take(&mut inbox.written);
        drop(inbox);
        if written {
            match self.syncs.has_unsent() {
                Ok(true) => events.push(Event::Written),
                Err(Unavailable::Locked) => return Err(End::Locked),
                // The next sync meets the same, and says so.
                Ok(false) | Err(_) => {}
            }
        }
        Ok(events)
    }

    fn show_after(&self, after: After, schedule: &Schedule) {
        let now = self.ports.clock.now();
        let left = schedule.due().saturating_sub(self.now());
        let seconds = i64::try_from(left.as_millis().div_ceil(1_000)).unwrap_or(i64::MAX);
        let next = Timestamp::from_unix_seconds(now.unix_seconds().saturating_add(seconds));
        let state = match after {
            After::InStep => SyncState::InStep { since: now },
            After::Waiting => SyncState::Waiting { next },
            After::Behind(error) => SyncState::Behind { error, next },
            After::Taken => return,
        };
        self.show(&state);
    }

    fn show(&self, state: &SyncState) {
        self.inbox().state = state.clone();
        self.listener.changed(state);
    }
}

impl Heeds for Shared {
    fn changed(&self) {
        self.tell(|inbox| inbox.written = true);
    }
}

impl Inbox {
    const fn has_nothing_new(&self) -> bool {
        !self.poked && !self.written && !self.asked && self.silent.is_none()
    }
}
