//! What child and judge share: where everything lies, which secret is whose, and ports that survive a kill.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use countersign_core::client::{Client, Host, OpenError};
use countersign_core::otp::{Digits, OtpSecret, Period, TimeParameters};
use countersign_core::ports::{
    Clock, KeyVault, LocalKey, MonotonicClock, OsEntropy, SystemClock, Timestamp, VaultError,
};

/// The moment of every code: only then can a code be compared with a secret.
pub(super) const MOMENT: i64 = 1_700_000_000;

/// The account whose codes are counted.
pub(super) const COUNTER: &str = "counted";

/// One folder with a store and its files.
pub(super) struct Scene(PathBuf);

/// A key in a file, as it is: what is killed here is the store, not Argon2id.
struct FileVault(PathBuf);

impl KeyVault for FileVault {
    fn load(&self) -> Result<LocalKey, VaultError> {
        let bytes = fs::read(&self.0).map_err(|_| VaultError::KeyGone)?;
        Ok(LocalKey::from_bytes(bytes[..].try_into().map_err(|_| VaultError::KeyGone)?))
    }

    fn keep(&self, key: &LocalKey) -> Result<(), VaultError> {
        let unfinished = self.0.with_extension("new");
        fs::write(&unfinished, key.as_bytes()).map_err(|_| VaultError::Unavailable)?;
        fs::rename(&unfinished, &self.0).map_err(|_| VaultError::Unavailable)
    }

    fn confirm(&self) -> Result<(), VaultError> {
        Ok(())
    }
}

struct Standing;

impl Clock for Standing {
    fn now(&self) -> Timestamp {
        Timestamp::from_unix_seconds(MOMENT)
    }
}

impl Scene {
    pub(super) fn new(folder: &Path) -> Self {
        Self(folder.to_owned())
    }

    pub(super) fn folder(&self) -> &Path {
        &self.0
    }

    pub(super) fn store(&self) -> PathBuf {
        self.0.join("store")
    }

    pub(super) fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// What lies in the folder.
    pub(super) fn names(&self) -> std::io::Result<Vec<String>> {
        fs::read_dir(&self.0)?.map(|entry| Ok(entry?.file_name().into_string().unwrap_or_default())).collect()
    }

    /// The format of the closed store, after SQLite itself has found it sound.
    pub(super) fn sound_format(&self) -> anyhow::Result<u32> {
        let store = rusqlite::Connection::open(self.store())?;
        let sound: String = store.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
        anyhow::ensure!(sound == "ok", "integrity check: {sound}");
        Ok(store.query_row("PRAGMA user_version", [], |row| row.get(0))?)
    }

    pub(super) fn open(&self) -> Result<Client, OpenError> {
        let monotonic: Arc<dyn MonotonicClock> = Arc::new(SystemClock::new());
        let host = Host {
            vault: Arc::new(FileVault(self.0.join("key"))),
            clock: Arc::new(Standing),
            monotonic,
            entropy: Arc::new(OsEntropy),
        };
        Client::open(&self.store(), host)
    }
}

/// The secret of an account's n-th enrolment.
pub(super) fn secret(name: &str, generation: u32) -> Vec<u8> {
    format!("{name} {generation:08} secret").into_bytes()
}

/// The same as it is typed.
pub(super) fn key(name: &str, generation: u32) -> String {
    data_encoding::BASE32_NOPAD.encode(&secret(name, generation))
}

/// The code that this secret makes at [`MOMENT`].
pub(super) fn code(name: &str, generation: u32) -> anyhow::Result<String> {
    let parameters = TimeParameters::Totp {
        algorithm: countersign_core::otp::Algorithm::Sha1,
        digits: Digits::SIX,
        period: Period::THIRTY,
    };
    let secret = OtpSecret::from_bytes(&secret(name, generation))?;
    let code = parameters.code_at(&secret, Timestamp::from_unix_seconds(MOMENT))?;
    Ok(code.digits.as_str().to_owned())
}

/// Numbers from a seed (`SplitMix64`).
pub(super) struct Random(u64);

impl Random {
    pub(super) const fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub(super) fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ mixed >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
        (mixed ^ mixed >> 31) % bound
    }
}
