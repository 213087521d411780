//! How a store and its server stand: the clock, and how long there was no sync.

use std::time::Duration;

use countersign_core::otp::ClockState;
use serde_json::json;

use crate::outcome::Failure;
use crate::view::answer::Answer;
use crate::view::counted;

/// Seconds of a day.
const DAY: u64 = 24 * 60 * 60;

/// What there is to say about the clock; nothing where it is right.
pub(super) fn clock(state: ClockState) -> Option<String> {
    match state {
        ClockState::Right => None,
        ClockState::Corrected { ahead } => Some(format!(
            "This computer's clock is {} s {}. Codes go by the server's.",
            ahead.unsigned_abs(),
            side(ahead)
        )),
        ClockState::TooFar { ahead } => Some(format!(
            "This computer's clock is {} s {}: too far to be corrected. Set it, or its codes may be refused.",
            ahead.unsigned_abs(),
            side(ahead)
        )),
    }
}

const fn side(ahead: i64) -> &'static str {
    if ahead < 0 { "behind" } else { "ahead" }
}

/// The same in an answer.
pub(super) fn with_clock(answer: Answer, state: ClockState) -> Answer {
    let (name, ahead) = match state {
        ClockState::Right => ("right", 0),
        ClockState::Corrected { ahead } => ("corrected", ahead),
        ClockState::TooFar { ahead } => ("too_far", ahead),
    };
    let answer = answer.field("clock", json!({ "state": name, "ahead": ahead }));
    clock(state).into_iter().fold(answer, Answer::line)
}

/// What there is to say about a store that was not in sync for so long.
pub(super) fn stale(time: Duration) -> String {
    let days = usize::try_from(time.as_secs() / DAY).unwrap_or(usize::MAX);
    format!("Not synced for {}. Members and codes may have changed.", counted(days, "day"))
}

/// A failure to sync, with that said too.
pub(super) fn also_stale(failure: Failure, time: Option<Duration>) -> Failure {
    match (failure, time) {
        (Failure::Workspace(exit, mut problem), Some(time)) => {
            problem.advice.next_step = format!("{} {}", stale(time), problem.advice.next_step);
            Failure::Workspace(exit, problem)
        }
        (failure, _) => failure,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wrong_clock_is_told_with_its_side_and_a_right_one_is_not() {
        assert_eq!(clock(ClockState::Right), None);
        let ahead = clock(ClockState::Corrected { ahead: 38 }).unwrap();
        assert!(ahead.starts_with("This computer's clock is 38 s ahead."), "{ahead}");
        let behind = clock(ClockState::TooFar { ahead: -90_000 }).unwrap();
        assert!(behind.contains("90000 s behind"), "{behind}");
    }

    #[test]
    fn whole_days_without_a_sync_are_told() {
        let hours = |hours| stale(Duration::from_hours(hours));
        assert_eq!(hours(72), "Not synced for 3 days. Members and codes may have changed.");
        assert!(hours(95).contains("3 days") && hours(96).contains("4 days"));
    }
}
