//! `countersign sync --follow`: keeps the store in sync and shows how it stands.
//!
//! The store is opened for each sync and let go at once: other commands work meanwhile, and what they change is sent. Only
//! the server's stream stays open, and the key, until the agent ends or five minutes after a passphrase was typed.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use countersign_core::client::{Unavailable, Unlocked};
use countersign_core::ports::{OsEntropy, SystemClock, Timestamp};
use countersign_core::sync::{
    Cancel, Connection, Ear, End, Engine, EnginePorts, Http, Outcome, ServerError, SyncError, SyncListener,
    SyncState, Syncs, Token,
};
use countersign_core::vault::LockAfter;
use serde_json::{Value, json};

use super::Desk;
use super::enrol::refused;
use super::team::http;
use crate::moment;
use crate::outcome::{Exit, Failure};
use crate::view::answer::Answer;
use crate::view::watch::Painter;
use crate::workspace::Workspace;

pub(super) fn run(desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    desk.workspace.keep_for(LockAfter::USUAL.time());
    let transport = transport(&desk.workspace.unlock()?)?;
    let store = Arc::new(Store {
        workspace: desk.workspace.clone(),
        transport,
        token: Arc::default(),
        ear: Mutex::default(),
        failure: Mutex::default(),
        left: Mutex::default(),
    });
    let clock = Arc::new(SystemClock::new());
    let ports = EnginePorts { clock: clock.clone(), monotonic: clock, entropy: Arc::new(OsEntropy) };
    let engine = Engine::start(Box::new(Follows(Arc::clone(&store))), ports, Box::new(NotNow))
        .map_err(|error| refused("no_thread", &error.to_string(), "Close other programs, and try again."))?;
    show(&engine, &store, desk)?;
    engine.stop();
    match store.failure.lock().unwrap_or_else(PoisonError::into_inner).take() {
        Some(failure) => Err(failure),
        None => Ok(Answer::lines([])),
    }
}

fn transport(unlocked: &Unlocked) -> Result<Arc<Http>, Failure> {
    Ok(Arc::new(http(&unlocked.server()?.ok_or(SyncError::NoServer)?)?))
}

/// Shows each state until there is none to come, or nobody waits for the next second.
fn show(engine: &Engine, store: &Store, desk: &mut Desk<'_, '_>) -> Result<(), Failure> {
    let live = desk.console.out.is_live() && !desk.json;
    let (mut painter, mut told) = (Painter::default(), String::new());
    loop {
        if store.was_changed() {
            engine.written();
        }
        let state = engine.state();
        let page = desk.console.out.page();
        let line = if desk.json { document(&state).to_string() } else { in_words(&state) };
        if live {
            let quiet = page.palette.quiet;
            desk.console.out.write(&painter.draw(&[line, format!("{quiet}Ctrl-C ends{quiet:#}")]))?;
        } else if line != told && !matches!(state, SyncState::Syncing) {
            desk.console.out.write(&format!("{line}\n"))?;
            told = line;
        }
        if matches!(state, SyncState::Ended(_))
            || desk.ports.metronome.next_second() == ControlFlow::Break(())
        {
            return Ok(());
        }
    }
}

/// A state in a line.
fn in_words(state: &SyncState) -> String {
    let at = |moment: &Timestamp| moment::time_of_day(*moment);
    match state {
        SyncState::Syncing => "Syncing".to_owned(),
        SyncState::InStep { since } => format!("In sync since {}", at(since)),
        SyncState::Waiting { next } => format!("Waiting for an admin's device; next look at {}", at(next)),
        SyncState::Behind { error, next } => match &**error {
            SyncError::Server(ServerError::Transport(_)) => format!("Offline; next try at {}", at(next)),
            error => format!("Not in sync: failed to {error}; next try at {}", at(next)),
        },
        SyncState::Ended(End::Stopped) => "Stopped".to_owned(),
        SyncState::Ended(End::Locked) => "Locked".to_owned(),
        SyncState::Ended(End::Removed) => "This device is not in the workspace any more".to_owned(),
    }
}

/// The same for programs.
fn document(state: &SyncState) -> Value {
    let line = |name: &str, since: Option<&Timestamp>, next: Option<&Timestamp>, error: Option<String>| {
        let (since, next) = (since.map(|at| at.unix_seconds()), next.map(|at| at.unix_seconds()));
        json!({ "state": name, "since": since, "next_try": next, "error": error })
    };
    match state {
        SyncState::Syncing => line("syncing", None, None, None),
        SyncState::InStep { since } => line("in_sync", Some(since), None, None),
        SyncState::Waiting { next } => line("waiting", None, Some(next), None),
        SyncState::Behind { error, next } => line("not_in_sync", None, Some(next), Some(error.to_string())),
        SyncState::Ended(End::Stopped) => line("stopped", None, None, None),
        SyncState::Ended(End::Locked) => line("locked", None, None, None),
        SyncState::Ended(End::Removed) => line("removed", None, None, None),
    }
}

/// A store that is opened for each sync.
struct Store {
    workspace: Workspace,
    transport: Arc<Http>,
    token: Arc<Token>,
    /// Hears the server while the store is in other hands.
    ear: Mutex<Option<Ear>>,
    /// Why the store could not be opened any more.
    failure: Mutex<Option<Failure>>,
    /// When the file was changed last, as far as this process knows. Held while it syncs.
    left: Mutex<Option<SystemTime>>,
}

struct Follows(Arc<Store>);

/// The state is asked for each second.
struct NotNow;

impl SyncListener for NotNow {
    fn changed(&self, _: &SyncState) {}
}

impl Store {
    /// The unlocked store; `None` while another command has it.
    fn unlock(&self) -> Result<Option<Unlocked>, Unavailable> {
        match self.workspace.unlock() {
            Ok(unlocked) => Ok(Some(unlocked)),
            Err(Failure::Workspace(Exit::Refused, problem)) if problem.id == "store_in_use" => Ok(None),
            Err(failure) => {
                *self.failure.lock().unwrap_or_else(PoisonError::into_inner) = Some(failure);
                Err(Unavailable::Locked)
            }
        }
    }

    fn modified(&self) -> Option<SystemTime> {
        self.workspace.store().metadata().and_then(|file| file.modified()).ok()
    }

    /// Whether another command has changed the file since this process let go of it; told once.
    fn was_changed(&self) -> bool {
        // While a sync is under way, the changes are its own.
        let Ok(mut left) = self.left.try_lock() else { return false };
        let now = self.modified();
        left.is_some() && std::mem::replace(&mut *left, now) != now
    }
}

impl Syncs for Follows {
    fn sync(&self, cancel: &Cancel) -> Result<Outcome, SyncError> {
        let Self(store) = self;
        let mut left = store.left.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(unlocked) = store.unlock()? else { return Ok(Outcome::Taken) };
        let connection =
            Connection::new(&unlocked, store.transport.clone()).resuming(Arc::clone(&store.token));
        let outcome = Syncs::sync(&connection, cancel);
        *store.ear.lock().unwrap_or_else(PoisonError::into_inner) = Some(connection.ear()?);
        drop((connection, unlocked));
        *left = store.modified();
        outcome
    }

    fn listen(&self, cancel: &Cancel, poked: &mut dyn FnMut()) -> Result<(), ServerError> {
        let ear = self.0.ear.lock().unwrap_or_else(PoisonError::into_inner).take();
        ear.ok_or(ServerError::Locked)?.listen(cancel, poked)
    }

    fn has_unsent(&self) -> Result<bool, Unavailable> {
        // The file was changed; a sync finds out whether there is anything to send.
        Ok(true)
    }
}
