//! How long a step took, for the times that commands print. Nothing is decided by them.

use std::time::Duration;

use countersign_core::ports::{MonotonicClock, SystemClock};

/// Runs `step` and returns what it gave with the time it took.
pub(crate) fn time<T>(step: impl FnOnce() -> T) -> (T, Duration) {
    let clock = SystemClock::new();
    let outcome = step();
    (outcome, clock.elapsed())
}
