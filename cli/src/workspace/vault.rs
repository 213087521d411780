//! The terminal's key vault: the agent's key where there is an agent, and the passphrase otherwise.
//!
//! What needs the person and not just an open workspace, such as an export, asks for the passphrase whatever the agent
//! holds. A command that goes on by itself never asks in the middle: once its key is gone, it is locked.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countersign_core::client::{FileError, read_private};
use countersign_core::ports::{KeyVault, LocalKey, MonotonicClock as _, OsEntropy, SystemClock, VaultError};
use countersign_core::vault::{Cost, PassphraseVault};

use super::passphrase::{Chosen, Given, KEY_LIMIT, Person, Tries, typed_twice};
use super::{agent_of, beside, trouble};
use crate::agent;
use crate::outcome::Failure;

pub(super) struct TerminalVault {
    file: PassphraseVault<Person, OsEntropy>,
    path: PathBuf,
    agent: PathBuf,
    tries: Tries,
    chosen: Chosen,
    clock: SystemClock,
    state: Mutex<State>,
}

struct State {
    /// A key that was asked for and is used at once.
    ready: Option<LocalKey>,
    /// How long a key may be used again without asking.
    keep_for: Duration,
    kept: Kept,
    /// Why the last call failed, where the port's own errors say less.
    trouble: Option<Failure>,
}

enum Kept {
    Nothing,
    /// Until then, by the monotonic clock.
    Key(LocalKey, Duration),
    /// The agent's: it is asked each time.
    WithAgent,
    /// The time is over.
    Over,
}

impl TerminalVault {
    pub(super) fn new(store: &Path, given: Given, clock: SystemClock) -> Self {
        let person = Person::new(given);
        let (tries, chosen, path) = (person.tries(), person.chosen(), beside(store, "key"));
        let file = PassphraseVault::new(path.clone(), Cost::USUAL, person, OsEntropy);
        let state = State { ready: None, keep_for: Duration::ZERO, kept: Kept::Nothing, trouble: None };
        Self { file, path, agent: agent_of(store), tries, chosen, clock, state: Mutex::new(state) }
    }

    pub(super) fn agent(&self) -> &Path {
        &self.agent
    }

    pub(super) fn keep_for(&self, time: Duration) {
        self.state().keep_for = time;
    }

    /// Asks for a new passphrase now, for the [`keep`](KeyVault::keep) that comes next.
    pub(super) fn choose(&self) -> Result<(), Failure> {
        if !self.tries.are_given() {
            let typed = typed_twice("Passphrase").map_err(|not| not.told(trouble::nobody_chooses))?;
            *self.chosen.lock().unwrap_or_else(PoisonError::into_inner) = Some(typed);
        }
        Ok(())
    }

    /// What there is to say about the last failure.
    pub(super) fn trouble(&self) -> Option<Failure> {
        self.state().trouble.take()
    }

    /// Gets the key, asking where it must, for the load that comes next.
    pub(super) fn prepare(&self) -> Result<(), VaultError> {
        let key = self.load()?;
        self.state().ready = Some(key);
        Ok(())
    }

    /// The key that is kept; an error where there was one and its time is over.
    fn kept(&self) -> Result<Option<LocalKey>, VaultError> {
        let mut state = self.state();
        if matches!(state.kept, Kept::Key(_, until) if until <= self.clock.elapsed()) {
            state.kept = Kept::Over;
        }
        match &state.kept {
            Kept::Nothing => Ok(None),
            Kept::Key(key, _) => Ok(Some(LocalKey::from_bytes(key.as_bytes()))),
            Kept::WithAgent | Kept::Over => {
                state.trouble = Some(trouble::locked_again());
                Err(VaultError::Unavailable)
            }
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps a key for later, where that was asked for.
    fn remember(&self, kept: impl FnOnce(Duration) -> Kept) {
        let mut state = self.state();
        if !state.keep_for.is_zero() {
            state.kept = kept(self.clock.elapsed() + state.keep_for);
        }
    }

    /// Tries until the passphrase is right, or nobody tries any more.
    fn tried<T>(&self, step: impl Fn() -> Result<T, VaultError>) -> Result<T, VaultError> {
        loop {
            match step() {
                Err(VaultError::Refused) if self.tries.has_another() => {}
                Err(VaultError::Unavailable) => {
                    let file = read_private(&self.path, KEY_LIMIT);
                    if let Err(error) = file.map(drop)
                        && error != FileError::NotFound
                    {
                        self.state().trouble = Some(trouble::unreadable_file("key_file", error));
                    }
                    return Err(VaultError::Unavailable);
                }
                done => return done,
            }
        }
    }
}

impl KeyVault for TerminalVault {
    fn load(&self) -> Result<LocalKey, VaultError> {
        if let Some(key) = self.state().ready.take() {
            return Ok(key);
        }
        // A passphrase that was given is the one that counts: a wrong one is no less wrong while an agent runs.
        if !self.tries.are_given()
            && let Some(key) = agent::key(&self.agent)
        {
            self.remember(|_| Kept::WithAgent);
            return Ok(key);
        }
        if let Some(key) = self.kept()? {
            return Ok(key);
        }
        let key = self.tried(|| self.file.load())?;
        self.remember(|until| Kept::Key(LocalKey::from_bytes(key.as_bytes()), until));
        Ok(key)
    }

    fn keep(&self, key: &LocalKey) -> Result<(), VaultError> {
        // What an agent holds opens nothing any more.
        agent::lock(&self.agent);
        self.tried(|| self.file.keep(key))
    }

    fn confirm(&self) -> Result<(), VaultError> {
        self.tried(|| self.file.confirm())
    }
}
