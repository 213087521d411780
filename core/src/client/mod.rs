//! The client: the one object that an app keeps, opened on a store, locked or unlocked.
//!
//! [`Client`] knows where the data lies and nothing that is in it. [`Unlocked`] is what an unlock gives; all verbs
//! that need a key are its. A lock, by hand or by time, wipes the keys under every handle at once, and a handle from
//! before a lock stays locked. Nothing here needs a server.

mod accounts;
mod activity;
mod address;
mod backup;
mod backup_form;
mod bin;
mod change;
mod codes;
mod create;
mod desk;
mod heeds;
mod import;
mod line;
mod lines;
mod listing;
mod names;
mod observe;
mod purge;
mod recover;
mod recovery_codes;
mod relist;
mod secrets;
mod session;
mod settings;
mod unlock;

use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use countersign_crypto::device::DeviceKeys;
use countersign_protocol::ids::WorkspaceId;

use crate::ports::{Clock, Entropy, KeyVault, LocalKey, MonotonicClock};
use crate::store::{Identity, Step, Store};

pub use countersign_crypto::content::Action;
pub use countersign_protocol::ids::{AccountId, InstanceId, UserId};
pub use countersign_protocol::numbers::AccountRole;

pub use crate::error::{
    AccountError, CodeError, CreateError, EnrolError, ExportError, ImportError, RecoverError,
    RecoveryCodesError, Refusal, Unavailable, UnlockError,
};
pub use crate::store::{FileError, OpenError, StoreError, read_private};
pub use accounts::{AccountDetails, CardFields};
pub use activity::Deed;
pub use address::AddressRefused;
pub use backup::{Exported, LeftOut, Omission};
pub use bin::Binned;
pub use codes::{AccountCode, CodeOfAccount, Revealed};
pub use create::WorkspaceNames;
pub use import::{Candidate, CandidateState, EntryResult, Imported};
pub use listing::{AccountSummary, CodeKind, MfaState};
pub use observe::{Listed, Listener, Subscription};
pub use recovery_codes::{OtherKind, ShownRecoveryCode};
pub use secrets::ReplacedSecret;

pub(crate) use accounts::{checked, create, sealed};
pub(crate) use codes::{parameters, secret};
pub(crate) use create::named;
pub(crate) use desk::{Desk, Holding, instance_of};
use heeds::Heeding;
pub(crate) use heeds::Heeds;
pub(crate) use line::{Line, Secret, fingerprint};
pub(crate) use names::{device_name, member_name};
use observe::Observers;
pub(crate) use relist::{line_of, own_accounts};
use session::Session;

/// What the host provides to a client.
#[derive(Clone)]
pub struct Host {
    /// Where the local key of this store is kept.
    pub vault: Arc<dyn KeyVault>,
    /// The date.
    pub clock: Arc<dyn Clock>,
    /// Elapsed time, for the lock.
    pub monotonic: Arc<dyn MonotonicClock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
}

/// A store and its lock. Cheap to clone: all clones are the same client.
#[derive(Clone)]
pub struct Client {
    inner: Arc<Inner>,
}

/// An unlocked client. It stays one until [`Client::lock`], or until the time for the lock has come.
#[derive(Clone)]
pub struct Unlocked {
    inner: Arc<Inner>,
    session: u64,
}

/// What a store is, before anybody unlocks it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClientState {
    /// There is no workspace in it yet.
    Empty,
    /// There is one, and its keys are not in memory.
    Locked,
    /// Its keys are in memory, for this long unless somebody does something.
    Unlocked {
        /// The time left.
        left: Duration,
    },
}

struct Inner {
    host: Host,
    state: Mutex<State>,
    observers: Observers,
    heeding: Heeding,
}

struct State {
    store: Store,
    session: Option<Session>,
    /// Counts unlocks, so that a handle from before a lock does not come back to life.
    sessions: u64,
}

impl Client {
    /// Opens the store at `path`, which is made where there is none. Nothing is read from it yet.
    ///
    /// # Errors
    /// [`OpenError`] says what the file is instead, and what to do. The file is then as it was.
    pub fn open(path: &Path, host: Host) -> Result<Self, OpenError> {
        let state = State { store: Store::open(path)?, session: None, sessions: 0 };
        Ok(Self {
            inner: Arc::new(Inner {
                host,
                state: Mutex::new(state),
                observers: Observers::default(),
                heeding: Heeding::default(),
            }),
        })
    }

    /// What a screen shows first.
    ///
    /// # Errors
    /// [`StoreError`] when the store cannot be read.
    pub fn state(&self) -> Result<ClientState, StoreError> {
        if let Some(left) = self.lock_if_due() {
            return Ok(ClientState::Unlocked { left });
        }
        let empty = self.inner.state().store.identity()?.is_none();
        Ok(if empty { ClientState::Empty } else { ClientState::Locked })
    }

    /// Wipes every key from memory.
    pub fn lock(&self) {
        self.inner.lock();
    }

    /// Locks if the time has come; else the time left. A host with a timer asks again then.
    pub fn lock_if_due(&self) -> Option<Duration> {
        let mut state = self.inner.state();
        let left =
            state.session.as_ref().and_then(|session| session.lock.left(self.inner.host.monotonic.elapsed()));
        let over = left.is_none() && state.session.take().is_some();
        drop(state);
        if over {
            self.inner.tell_observers();
            self.inner.tell_heeding();
        }
        left
    }

    /// The host's ports, to those who act for it.
    pub(crate) fn host(&self) -> &Host {
        &self.inner.host
    }

    /// Whether there is no workspace in the store yet.
    pub(crate) fn is_empty(&self) -> Result<bool, StoreError> {
        Ok(self.workspace()?.is_none())
    }

    /// The workspace in the store.
    pub(crate) fn workspace(&self) -> Result<Option<WorkspaceId>, StoreError> {
        Ok(self.inner.state().store.identity()?.map(|(identity, _)| identity.workspace))
    }

    /// Puts a workspace into the store, as `put` writes it in one step, and opens it. `local` was given to the vault before: a
    /// kill between the two leaves what there was.
    pub(crate) fn found(
        &self,
        identity: Identity,
        local: LocalKey,
        device: DeviceKeys,
        put: impl FnOnce(&Step<'_>, &LocalKey) -> Result<(), Unavailable>,
    ) -> Result<Unlocked, Unavailable> {
        let mut state = self.inner.state();
        state.store.step(|step| put(step, &local))?;
        let now = self.inner.host.monotonic.elapsed();
        let session = Session::load(&state.store, identity, local, device, now)?;
        Ok(self.begin(&mut state, session))
    }

    /// Puts a session in place and gives out the handle to it.
    fn begin(&self, state: &mut State, session: Session) -> Unlocked {
        state.sessions += 1;
        state.session = Some(session);
        Unlocked { inner: Arc::clone(&self.inner), session: state.sessions }
    }
}

/// Whether a verb is something that a person does, which puts the lock off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Doer {
    Person,
    Screen,
}

impl Unlocked {
    /// This device's clock.
    pub(crate) fn now(&self) -> crate::ports::Timestamp {
        self.inner.host.clock.now()
    }

    /// The host's ports, to those who act for it.
    pub(crate) fn host(&self) -> &Host {
        &self.inner.host
    }

    /// Wipes every key from memory.
    pub fn lock(&self) {
        self.inner.lock();
    }

    /// Runs a verb with the store and the keys, and nothing else running beside it.
    ///
    /// A verb that fails has changed nothing, so what it did to the log in memory is undone as well.
    pub(crate) fn with<T, E: From<Unavailable>>(
        &self,
        doer: Doer,
        verb: impl FnOnce(&mut Desk<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut changed = false;
        let done = self.with_untold(doer, |desk| {
            let done = verb(desk);
            changed = desk.has_committed();
            done
        });
        if changed {
            self.inner.tell_observers();
        }
        if changed && doer == Doer::Person {
            self.inner.tell_heeding();
        }
        done
    }

    /// The same, without telling those who watch.
    fn with_untold<T, E: From<Unavailable>>(
        &self,
        doer: Doer,
        verb: impl FnOnce(&mut Desk<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut state = self.inner.state();
        let now = self.inner.host.monotonic.elapsed();
        let State { store, session, sessions } = &mut *state;
        let due = session.as_ref().is_none_or(|session| session.lock.left(now).is_none());
        if due {
            *session = None;
        }
        let Some(open) = session.as_mut().filter(|_| *sessions == self.session) else {
            return Err(Unavailable::Locked.into());
        };
        if doer == Doer::Person {
            open.lock.touch(now);
        }
        let verified = open.log.head();
        let mut desk = Desk::new(store, open, &self.inner.host);
        let done = verb(&mut desk);
        if done.is_err() && open.log.head() != verified {
            match open.reload_log(store) {
                Ok(()) => {}
                // Without a log there is nothing to go by: the next unlock reads it again.
                Err(_) => *session = None,
            }
        }
        done
    }
}

impl Inner {
    fn lock(self: &Arc<Self>) {
        self.state().session = None;
        self.tell_observers();
        self.tell_heeding();
    }

    /// A thread that panicked has left no half step behind: the store's transaction was rolled back.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Client(…)")
    }
}

impl fmt::Debug for Unlocked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Unlocked(…)")
    }
}
