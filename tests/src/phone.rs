//! A phone to test with: a store in a folder of its own, and ports that a test can turn.

use std::path::PathBuf;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use countersign_core::client::{Client, Host, OpenError, Unlocked, WorkspaceNames};
use countersign_core::ports::{
    Clock, Entropy, EntropyError, KeyVault, LocalKey, MonotonicClock, Timestamp, VaultError,
};

use crate::entropy::Seeded;
use crate::folder::Folder;

/// When every test begins: 2023-11-14T22:13:20Z.
pub const START: i64 = 1_700_000_000;

/// Both clocks, which move when a test says so.
#[derive(Debug)]
pub struct TestClock {
    date: AtomicI64,
    elapsed_ms: AtomicU64,
}

impl TestClock {
    /// Lets time pass.
    pub fn pass(&self, time: Duration) {
        let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
        self.date.fetch_add(seconds, Ordering::Relaxed);
        self.elapsed_ms.fetch_add(u64::try_from(time.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    /// Changes the date alone, as whoever holds the phone can.
    pub fn set_date(&self, seconds: i64) {
        self.date.store(seconds, Ordering::Relaxed);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_seconds(self.date.load(Ordering::Relaxed))
    }
}

impl MonotonicClock for TestClock {
    fn elapsed(&self) -> Duration {
        Duration::from_millis(self.elapsed_ms.load(Ordering::Relaxed))
    }
}

/// A vault without a person: it hands over the key at once, and does what a test tells it.
#[derive(Debug, Default)]
pub struct TestVault {
    key: Mutex<Option<[u8; 32]>>,
    refuses: Mutex<Option<VaultError>>,
}

impl TestVault {
    /// Loses the key, as a restored phone has.
    pub fn lose(&self) {
        *self.key.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    /// A copy of the key, where there is one.
    pub fn key(&self) -> Option<LocalKey> {
        self.key.lock().unwrap_or_else(PoisonError::into_inner).as_ref().map(LocalKey::from_bytes)
    }

    /// Holds this key from now on.
    pub fn hold(&self, key: &LocalKey) {
        *self.key.lock().unwrap_or_else(PoisonError::into_inner) = Some(*key.as_bytes());
    }

    /// Answers with this error until told otherwise.
    pub fn refuse(&self, error: Option<VaultError>) {
        *self.refuses.lock().unwrap_or_else(PoisonError::into_inner) = error;
    }

    fn ask(&self) -> Result<(), VaultError> {
        self.refuses.lock().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
    }
}

impl KeyVault for TestVault {
    fn load(&self) -> Result<LocalKey, VaultError> {
        self.ask()?;
        let key = self.key.lock().unwrap_or_else(PoisonError::into_inner);
        key.as_ref().map(LocalKey::from_bytes).ok_or(VaultError::KeyGone)
    }

    fn keep(&self, key: &LocalKey) -> Result<(), VaultError> {
        self.ask()?;
        self.hold(key);
        Ok(())
    }

    fn confirm(&self) -> Result<(), VaultError> {
        self.ask()
    }
}

/// Randomness that fails when a test wants to know what a failure leaves behind.
#[derive(Debug)]
pub struct TestEntropy {
    source: Seeded,
    /// Calls until the failure; negative for never.
    left: AtomicI64,
}

impl TestEntropy {
    /// Fails from the call after `calls` more on; `None` heals it.
    pub fn fail_after(&self, calls: Option<u32>) {
        self.left.store(calls.map_or(-1, i64::from), Ordering::Relaxed);
    }
}

impl Entropy for TestEntropy {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        match self.left.load(Ordering::Relaxed) {
            0 => return Err(EntropyError),
            1.. => drop(self.left.fetch_sub(1, Ordering::Relaxed)),
            _ => {}
        }
        self.source.fill(bytes)
    }
}

/// A phone with its store.
#[derive(Debug)]
pub struct TestPhone {
    folder: Folder,
    /// Its clocks.
    pub clock: Arc<TestClock>,
    /// Its vault.
    pub vault: Arc<TestVault>,
    /// Its randomness.
    pub entropy: Arc<TestEntropy>,
}

impl TestPhone {
    /// A phone with nothing on it.
    pub fn new(seed: u64) -> Self {
        Self {
            folder: Folder::new(),
            clock: Arc::new(TestClock { date: AtomicI64::new(START), elapsed_ms: AtomicU64::new(0) }),
            vault: Arc::new(TestVault::default()),
            entropy: Arc::new(TestEntropy { source: Seeded::new(seed), left: AtomicI64::new(-1) }),
        }
    }

    /// A phone with a workspace of one.
    ///
    /// # Panics
    /// Where the workspace cannot be created.
    pub fn with_workspace(seed: u64) -> (Self, Client, Unlocked) {
        let phone = Self::new(seed);
        let client = phone.open().expect("an empty folder takes a store");
        let unlocked = client.create_workspace(&names()).expect("an empty store takes a workspace");
        (phone, client, unlocked)
    }

    /// Where the store is.
    pub fn store(&self) -> PathBuf {
        self.folder.path().join("store.countersign")
    }

    /// A path beside the store.
    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Opens the store. The client before must be gone.
    ///
    /// # Errors
    /// As of [`Client::open`].
    pub fn open(&self) -> Result<Client, OpenError> {
        Client::open(&self.store(), self.host())
    }

    /// Opens and unlocks.
    ///
    /// # Panics
    /// Where either fails.
    pub fn unlock(&self) -> Unlocked {
        self.open().expect("the store opens").unlock().expect("the vault has the key")
    }

    /// The phone's ports.
    pub fn host(&self) -> Host {
        Host {
            vault: self.vault.clone(),
            clock: self.clock.clone(),
            monotonic: self.clock.clone(),
            entropy: self.entropy.clone(),
        }
    }
}

/// What Ana calls things.
pub fn names() -> WorkspaceNames {
    WorkspaceNames {
        workspace: "Blue".to_owned(),
        member: "Ana".to_owned(),
        device: "Ana's phone".to_owned(),
    }
}
