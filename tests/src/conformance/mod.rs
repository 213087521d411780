//! Runs a file of payload cases against the reader: the same code behind `cargo xtask conformance FILE` and the suite.
//!
//! A case says what a text must be read as, or why it must be refused. What a mismatch prints is decided here as
//! well, because it must never be a secret: somebody will run this on payloads of their own. The form of a file:
//! `tests/conformance/README.md`.

mod case;
mod compare;
mod form;
mod secrets;

use std::fmt;

pub use case::{Case, FormError, parse};

/// What a run of one file found.
#[derive(Debug, Default)]
pub struct Report {
    /// Cases that were read, or refused, exactly as they say.
    pub held: usize,
    /// `extended` cases that were refused instead of read, which they allow.
    pub refused: usize,
    /// Cases of export files, which nothing reads yet.
    pub not_yet: usize,
    /// Cases that did not hold; one line each.
    pub mismatches: Vec<Mismatch>,
}

/// A case that did not hold: its id, what it expects and what was got, without anything secret, on one line.
#[derive(Debug, PartialEq, Eq)]
pub struct Mismatch {
    /// The id of the case.
    pub id: String,
    /// Each difference as `part: expected …, got …`; never empty.
    pub differences: Vec<String>,
}

/// Reads every case and compares.
pub fn run(cases: &[Case]) -> Report {
    let mut report = Report::default();
    for case in cases {
        match case.outcome() {
            case::Outcome::Held => report.held += 1,
            case::Outcome::Refused => report.refused += 1,
            case::Outcome::NotYet => report.not_yet += 1,
            case::Outcome::Differs(differences) => {
                report.mismatches.push(Mismatch { id: case.id().to_owned(), differences });
            }
        }
    }
    report
}

impl Report {
    /// Whether every case held, or was refused where that is allowed.
    pub fn holds(&self) -> bool {
        self.mismatches.is_empty()
    }
}

/// The closing line.
impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { held, refused, not_yet, mismatches } = self;
        let wrong = mismatches.len();
        write!(
            f,
            "{held} held, {refused} refused as they allow, {wrong} wrong, {not_yet} not yet (export files)"
        )
    }
}

impl fmt::Display for Mismatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.id.escape_debug(), self.differences.join("; "))
    }
}
