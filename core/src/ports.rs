//! What the host provides: the outside world, as small traits.
//!
//! The core never asks the operating system for the time. A test that needs tomorrow asks for tomorrow, and a
//! phone whose clock is wrong can be corrected in one place.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

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
    fn elapsed(&self) -> Duration {
        self.started.elapsed()
    }
}
