//! From what was found to what is shown: pure functions, so that each screen and document can be tested at any
//! moment without a terminal.

pub(crate) mod account;
pub(crate) mod answer;
pub(crate) mod card;
pub(crate) mod content;
pub(crate) mod json;
pub(crate) mod scan;
pub(crate) mod trouble;
pub(crate) mod watch;

use countersign_core::ports::Timestamp;

pub(crate) use account::timed;

use crate::arguments::Shown;

/// What is shown besides what was found.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Showing {
    /// The moment of the codes.
    pub(crate) at: Timestamp,
    /// Whether that is the present, by this computer's clock.
    pub(crate) is_now: bool,
    /// Whether the secret itself is shown.
    pub(crate) secret: bool,
}

impl Showing {
    /// What the arguments ask for; `now` unless they name another moment.
    pub(crate) fn new(arguments: &Shown, now: Timestamp) -> Self {
        Self {
            at: arguments.at.unwrap_or(now),
            is_now: arguments.at.is_none(),
            secret: arguments.show_secret,
        }
    }

    /// The codes of `now`, and nothing besides.
    pub(crate) fn present(now: Timestamp) -> Self {
        Self { at: now, is_now: true, secret: false }
    }
}

/// `1 account`, `2 accounts`
pub(crate) fn counted(count: usize, noun: &str) -> String {
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {noun}{plural}")
}
