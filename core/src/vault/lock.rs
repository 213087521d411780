//! When an unlocked client locks itself: a time after a person last did something with it.
//!
//! Showing the list is not doing something, or a phone on a desk would never lock. Time is counted by the monotonic
//! clock; the date can be changed by whoever holds the phone.

use std::time::Duration;

/// How long a client stays unlocked while nobody does anything: one second to 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockAfter(Duration);

/// A time outside one second to 24 hours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("lock after less than a second, or more than 24 hours")]
pub struct LockAfterOutOfRange;

impl LockAfter {
    /// Five minutes, until somebody chooses.
    pub const USUAL: Self = Self(Duration::from_mins(5));

    /// # Errors
    /// [`LockAfterOutOfRange`] below one second and above 24 hours.
    pub fn new(time: Duration) -> Result<Self, LockAfterOutOfRange> {
        if (Duration::from_secs(1)..=Duration::from_hours(24)).contains(&time) {
            Ok(Self(time))
        } else {
            Err(LockAfterOutOfRange)
        }
    }

    /// The time itself.
    pub const fn time(self) -> Duration {
        self.0
    }
}

/// Counts the time since the last thing that a person did.
#[derive(Debug)]
pub(crate) struct AutoLock {
    pub(crate) after: LockAfter,
    used: Duration,
}

impl AutoLock {
    /// Begins `now`, a reading of the monotonic clock.
    pub(crate) const fn new(after: LockAfter, now: Duration) -> Self {
        Self { after, used: now }
    }

    /// A person did something.
    pub(crate) fn touch(&mut self, now: Duration) {
        self.used = self.used.max(now);
    }

    /// The time left; `None` once the lock is due.
    pub(crate) fn left(&self, now: Duration) -> Option<Duration> {
        (self.used + self.after.0).checked_sub(now).filter(|left| !left.is_zero())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_lock_is_due_exactly_when_its_time_is_over() {
        let mut lock = AutoLock::new(LockAfter::new(Duration::from_mins(1)).unwrap(), Duration::from_secs(5));
        assert_eq!(lock.left(Duration::from_secs(64)), Some(Duration::from_secs(1)));
        assert_eq!(lock.left(Duration::from_secs(65)), None);
        lock.touch(Duration::from_secs(64));
        assert_eq!(lock.left(Duration::from_secs(65)), Some(Duration::from_secs(59)));
    }

    #[test]
    fn a_time_nobody_means_is_refused() {
        assert_eq!(LockAfter::new(Duration::from_millis(999)), Err(LockAfterOutOfRange));
        assert_eq!(LockAfter::new(Duration::from_secs(86_401)), Err(LockAfterOutOfRange));
    }
}
