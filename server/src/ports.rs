//! What the server takes from the machine it runs on: the time and randomness.

use std::time::{SystemTime, UNIX_EPOCH};

/// What the server takes from outside, so that a test can hand it another day.
pub trait Host: Send + Sync + 'static {
    /// Milliseconds since the Unix epoch.
    fn now(&self) -> u64;

    /// Fills `bytes` with randomness fit for secrets.
    ///
    /// # Errors
    /// Where there is none: nothing that needs it is made.
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness>;
}

/// The system has no randomness to give.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("get randomness from the system")]
pub struct NoRandomness;

/// The machine itself.
#[derive(Debug, Clone, Copy, Default)]
pub struct System;

impl Host for System {
    #[allow(clippy::disallowed_methods, reason = "this is the adapter that the port stands for")]
    fn now(&self) -> u64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    }

    #[allow(clippy::disallowed_methods, reason = "this is the adapter that the port stands for")]
    fn fill(&self, bytes: &mut [u8]) -> Result<(), NoRandomness> {
        getrandom::fill(bytes).map_err(|_| NoRandomness)
    }
}
