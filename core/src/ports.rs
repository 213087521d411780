//! What the host provides: the outside world, as small traits.
//!
//! The core never asks the operating system for the time. A test that needs tomorrow asks for tomorrow, and a
//! phone whose clock is wrong can be corrected in one place.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

pub use countersign_crypto::entropy::{Entropy, EntropyError, OsEntropy};
pub use countersign_crypto::local::LocalKey;
use countersign_protocol::limits::MAX_INTEGER;

/// A moment, in whole seconds since the Unix epoch; negative before 1970 (RFC 6238 calls it *Unix time*).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

impl Timestamp {
    /// The moment `seconds` after (negative: before) 1970-01-01T00:00:00Z.
    pub const fn from_unix_seconds(seconds: i64) -> Self {
        Self(seconds)
    }

    /// Seconds since 1970-01-01T00:00:00Z.
    pub const fn unix_seconds(self) -> i64 {
        self.0
    }

    /// The same in ms, as the protocol writes it; 0 for what lies before 1970, the largest it knows for what lies too far.
    pub fn unix_millis(self) -> u64 {
        u64::try_from(self.0).unwrap_or(0).saturating_mul(1000).min(MAX_INTEGER)
    }

    /// The moment that the protocol wrote as `millis` after 1970, rounded down to whole seconds.
    pub const fn from_unix_millis(millis: u64) -> Self {
        Self((millis / 1000).cast_signed())
    }
}

/// Wall-clock time, for codes and their windows. Never used to verify what somebody signed.
pub trait Clock: Send + Sync {
    /// The current moment.
    fn now(&self) -> Timestamp;
}

/// Elapsed time, for budgets. Never goes back, has no relation to the date.
pub trait MonotonicClock: Send + Sync {
    /// Time passed since a fixed moment of the clock's own choosing.
    fn elapsed(&self) -> Duration;
}

/// Where the local key of one store is kept: the phone's Keystore or Keychain, or a file under a passphrase.
///
/// Every call may show something to the person and wait for them.
pub trait KeyVault: Send + Sync {
    /// The local key, once the person has unlocked it.
    ///
    /// # Errors
    /// [`VaultError`]: [`KeyGone`](VaultError::KeyGone), [`Damaged`](VaultError::Damaged) and [`Newer`](VaultError::Newer) say
    /// that waiting or trying again cannot help.
    fn load(&self) -> Result<LocalKey, VaultError>;

    /// Keeps `key` in place of whatever was kept before; durable when it returns.
    ///
    /// # Errors
    /// [`VaultError`]; what was kept before is then still kept.
    fn keep(&self, key: &LocalKey) -> Result<(), VaultError>;

    /// Makes sure that the person who is there now may unlock the key: asked before an export.
    ///
    /// # Errors
    /// [`VaultError`], as for `load`.
    fn confirm(&self) -> Result<(), VaultError>;
}

/// Why a vault did not hand over the key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    /// The person was not recognised, or did not want to; ask again when they do.
    #[error("unlock: not recognised")]
    Refused,
    /// There is no key, or the platform has made it unusable: a restored phone, a changed screen lock.
    #[error("unlock: this device has lost its key")]
    KeyGone,
    /// What the key is kept in is not whole, or was altered.
    #[error("unlock: what this device keeps its key in is damaged")]
    Damaged,
    /// A later version of this product keeps its key there.
    #[error("unlock: a later version keeps the key of this device")]
    Newer,
    /// The vault cannot be used now.
    #[error("unlock: the key vault cannot be used now")]
    Unavailable,
}

/// The operating system's clocks: the default adapter for both clock ports.
#[derive(Debug, Clone, Copy)]
pub struct SystemClock {
    started: Instant,
}

impl SystemClock {
    /// A clock whose [`elapsed`](MonotonicClock::elapsed) counts from this call.
    #[allow(clippy::disallowed_methods, reason = "the one adapter that asks the operating system")]
    pub fn new() -> Self {
        Self { started: Instant::now() }
    }
}

impl Default for SystemClock {
    fn default() -> Self {
        Self::new()
    }
}

impl Clock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "the one adapter that asks the operating system")]
    fn now(&self) -> Timestamp {
        let now = SystemTime::now();
        let seconds = match now.duration_since(UNIX_EPOCH) {
            Ok(after) => i64::try_from(after.as_secs()).unwrap_or(i64::MAX),
            Err(before) => {
                let before = before.duration();
                let whole = i64::try_from(before.as_secs()).unwrap_or(i64::MAX);
                // Round towards the past, as for moments after 1970.
                -whole - i64::from(before.subsec_nanos() > 0)
            }
        };
        Timestamp(seconds)
    }
}

impl MonotonicClock for SystemClock {
    #[allow(clippy::disallowed_methods, reason = "the one adapter that asks the operating system")]
    fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}
