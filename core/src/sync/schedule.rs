//! When to sync next: a function of what happened, of what had happened before, and of a random number.
//!
//! A device syncs when it starts, when its server says that something changed, when its person changed something, and now
//! and then. Where the server does not answer it waits for longer and longer, and for a random part of that (full jitter):
//! a thousand phones whose server comes back do not all ask at once. Pure, so that a day passes in a test at once.

use std::time::Duration;

/// The longest time between two syncs while all is well.
const INTERVAL: Duration = Duration::from_mins(15);
/// The longest time between two looks whether an Admin's device has answered: a person waits for it.
const WAITING: Duration = Duration::from_secs(10);
/// How long a change waits for the next one: who types a card changes several things.
const GATHERED: Duration = Duration::from_millis(500);
/// Over how long those who were told of a change at one moment are spread.
const SPREAD: Duration = Duration::from_millis(250);
/// The least time between two syncs that a server can cause: what it says costs a battery.
const REST: Duration = Duration::from_secs(1);
/// The longest wait after the first failure.
const FIRST: Duration = Duration::from_secs(1);
/// The longest wait after any.
const LONGEST: Duration = Duration::from_mins(15);
/// The most that a server can put a device off.
const MOST_PUT_OFF: Duration = Duration::from_hours(1);
/// A stream that lived for this long was a good one.
const STEADY: Duration = Duration::from_mins(1);
/// Failures after which the wait does not grow any more: 1 s doubled this often is above the longest.
const MOST_DOUBLINGS: u32 = 10;

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Event {
    /// The server says that something changed.
    Poked,
    /// A change of this device's own waits to be sent.
    Written,
    /// A person asks.
    Asked,
    /// A sync ended well.
    InStep,
    /// A sync ended well, and this device waits to be let in.
    Waiting,
    /// Somebody else is syncing this store.
    Taken,
    /// A sync did not end well.
    Failed {
        /// How long the server asked to be left alone.
        retry_after: Option<Duration>,
        /// Whether trying again soon is no use.
        lasting: bool,
    },
    /// The stream by which the server speaks has ended.
    Silent {
        /// How long it had lived.
        after: Duration,
    },
}

/// When to sync next. Moments are those of a monotonic clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Schedule {
    due: Duration,
    /// The server asked to be left alone until then.
    not_before: Duration,
    /// Pokes are heard from then on.
    rested: Duration,
    failures: u32,
    silences: u32,
}

impl Schedule {
    /// The first sync is due `now`.
    pub(super) const fn new(now: Duration) -> Self {
        Self { due: now, not_before: now, rested: now, failures: 0, silences: 0 }
    }

    /// When the next sync is due.
    pub(super) const fn due(&self) -> Duration {
        self.due
    }

    /// The schedule once `event` has happened `now`. `random` decides within what is allowed.
    #[must_use]
    pub(super) fn after(self, event: Event, now: Duration, random: u64) -> Self {
        let up_to = |most: Duration| part(most, random);
        match event {
            Event::Poked => self.by((now + up_to(SPREAD)).max(self.rested)),
            Event::Asked => self.by(now),
            // Whoever has waited for the server goes on waiting: the change is sent with the rest.
            Event::Written if self.failures > 0 => self,
            Event::Written => self.by(now + GATHERED),
            Event::InStep => self.well(now, INTERVAL / 2 + up_to(INTERVAL / 2)),
            Event::Waiting => self.well(now, WAITING / 2 + up_to(WAITING / 2)),
            Event::Taken => Self { due: now + up_to(FIRST), ..self },
            Event::Failed { retry_after, lasting } => {
                let failures = if lasting { MOST_DOUBLINGS + 1 } else { self.failures.saturating_add(1) };
                let not_before = now + retry_after.unwrap_or_default().min(MOST_PUT_OFF);
                Self { due: not_before + up_to(longest(failures)), not_before, failures, ..self }
            }
            Event::Silent { after } => {
                let silences = if after >= STEADY { 1 } else { self.silences.saturating_add(1) };
                Self { silences, ..self }.by(now + up_to(longest(silences)))
            }
        }
    }

    /// All is well, and the next sync is due after `wait`.
    fn well(self, now: Duration, wait: Duration) -> Self {
        Self { due: now + wait, not_before: now, rested: now + REST, failures: 0, ..self }
    }

    /// Due at `when` at the latest, unless the server asked to be left alone.
    fn by(self, when: Duration) -> Self {
        Self { due: self.due.min(when.max(self.not_before)), ..self }
    }
}

/// The longest wait after this many failures in a row.
fn longest(failures: u32) -> Duration {
    (FIRST * (1 << failures.saturating_sub(1).min(MOST_DOUBLINGS))).min(LONGEST)
}

/// A random part of `whole`.
fn part(whole: Duration, random: u64) -> Duration {
    let nanos = (whole.as_nanos() * u128::from(random)) >> 64;
    Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Duration = Duration::from_secs(1_000);
    const NONE: u64 = 0;
    const ALL: u64 = u64::MAX;

    const fn failed(retry_after: Option<u64>) -> Event {
        let retry_after = match retry_after {
            Some(seconds) => Some(Duration::from_secs(seconds)),
            None => None,
        };
        Event::Failed { retry_after, lasting: false }
    }

    /// The longest wait after `failures` in a row, to the nearest second.
    fn longest_wait(failures: u32) -> u64 {
        let after = |schedule: Schedule, _| schedule.after(failed(None), NOW, ALL);
        let schedule = (0..failures).fold(Schedule::new(NOW), after);
        (schedule.due().saturating_sub(NOW) + Duration::from_millis(1)).as_secs()
    }

    fn well(random: u64) -> Schedule {
        Schedule::new(NOW).after(Event::InStep, NOW, random)
    }

    #[test]
    fn a_device_syncs_when_it_starts_and_then_now_and_then() {
        assert_eq!(Schedule::new(NOW).due(), NOW);
        assert_eq!(well(NONE).due().saturating_sub(NOW), INTERVAL / 2);
        assert!(well(ALL).due().saturating_sub(NOW) <= INTERVAL);
    }

    #[test]
    fn the_wait_doubles_from_a_second_to_a_quarter_of_an_hour() {
        let waits = [1, 2, 3, 4, 9, 10, 11, 1_000].map(longest_wait);
        assert_eq!(waits, [1, 2, 4, 8, 256, 512, 900, 900]);
    }

    #[test]
    fn the_whole_wait_is_random() {
        let schedule = (0..7).fold(Schedule::new(NOW), |schedule, _| schedule.after(failed(None), NOW, ALL));
        let wait = |random| schedule.after(failed(None), NOW, random).due().saturating_sub(NOW);
        assert_eq!((wait(NONE), wait(1 << 63)), (Duration::ZERO, Duration::from_secs(64)));
    }

    #[test]
    fn nothing_is_asked_of_a_server_before_the_time_it_named_and_that_has_a_bound() {
        let schedule = Schedule::new(NOW).after(failed(Some(60)), NOW, ALL);
        assert!(schedule.due().saturating_sub(NOW) >= Duration::from_mins(1));
        for event in [Event::Poked, Event::Asked, Event::Written] {
            assert!(
                schedule.after(event, NOW, NONE).due().saturating_sub(NOW) >= Duration::from_mins(1),
                "{event:?}"
            );
        }
        let forever = Schedule::new(NOW).after(failed(Some(u64::MAX / 2)), NOW, NONE);
        assert_eq!(forever.due().saturating_sub(NOW), MOST_PUT_OFF);
        // Once all is well, it is over.
        let later = schedule.due();
        assert_eq!(schedule.after(Event::InStep, later, NONE).after(Event::Asked, later, NONE).due(), later);
    }

    #[test]
    fn what_lasts_is_tried_rarely() {
        let lasting = Event::Failed { retry_after: None, lasting: true };
        let wait = Schedule::new(NOW).after(lasting, NOW, 1 << 63).due().saturating_sub(NOW);
        assert_eq!(wait, LONGEST / 2);
    }

    #[test]
    fn a_poke_is_heard_at_once_but_not_more_than_once_a_second() {
        let later = NOW + Duration::from_mins(1);
        assert_eq!(well(ALL).after(Event::Poked, later, NONE).due(), later);
        assert!(well(ALL).after(Event::Poked, later, ALL).due().saturating_sub(later) <= SPREAD);
        assert_eq!(well(ALL).after(Event::Poked, NOW, NONE).due(), NOW + REST);
        // A server that speaks is there, however long it was not.
        let away = (0..9).fold(Schedule::new(NOW), |schedule, _| schedule.after(failed(None), NOW, ALL));
        assert_eq!(away.after(Event::Poked, NOW, NONE).due(), NOW);
    }

    #[test]
    fn a_change_is_sent_soon_and_does_not_hurry_a_server_that_is_away() {
        assert_eq!(well(ALL).after(Event::Written, NOW, ALL).due().saturating_sub(NOW), GATHERED);
        let away = Schedule::new(NOW).after(failed(None), NOW, ALL);
        assert_eq!(away.after(Event::Written, NOW, NONE), away);
    }

    #[test]
    fn nothing_that_happens_puts_a_sync_off_that_is_due() {
        let due = Schedule::new(NOW);
        let silent = Event::Silent { after: Duration::ZERO };
        for event in [Event::Poked, Event::Written, Event::Asked, silent] {
            assert_eq!(due.after(event, NOW, ALL).due(), NOW, "{event:?}");
        }
    }

    #[test]
    fn streams_that_end_at_once_are_opened_again_more_and_more_rarely() {
        let short = Event::Silent { after: Duration::from_secs(1) };
        let silent = |schedule: Schedule, event| {
            let waits = schedule.after(event, NOW, ALL).due().saturating_sub(NOW);
            (schedule.after(event, NOW, ALL).after(Event::InStep, NOW, ALL), waits + Duration::from_millis(1))
        };
        let (mut schedule, mut waits) = (well(ALL), Vec::new());
        for _ in 0..4 {
            let (next, wait) = silent(schedule, short);
            waits.push(wait.as_secs());
            schedule = next;
        }
        assert_eq!(waits, [1, 2, 4, 8]);
        assert_eq!(silent(schedule, Event::Silent { after: STEADY }).1.as_secs(), 1);
    }

    #[test]
    fn who_waits_to_be_let_in_looks_often() {
        let wait = |random| Schedule::new(NOW).after(Event::Waiting, NOW, random).due().saturating_sub(NOW);
        assert_eq!((wait(NONE), wait(ALL).as_secs()), (WAITING / 2, 9));
    }
}
