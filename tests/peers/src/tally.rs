//! Counts and times of one decoder over a set of pictures.

use serde::Serialize;

use crate::manifest::Row;
use crate::measure::{Attempt, Run};
use crate::score::Outcome;
use crate::statistics::{self, percent, percentile};

/// What one decoder did on a set of pictures.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Tally {
    /// Rows that count towards `read`, `wrong_text` and `missed`.
    pub scored: usize,
    pub read: usize,
    pub wrong_text: usize,
    pub missed: usize,
    /// Rows without a QR code.
    pub empty: usize,
    pub false_reads: usize,
    /// Rows with a code whose text is not scored.
    pub others: usize,
    /// Of those, rows where at least one symbol was read.
    pub others_read: usize,
    pub panics: usize,
    /// Symbols with a text nobody stated, in pictures that count as read.
    pub extra_texts: usize,
    pub with_code: Option<Milliseconds>,
    pub without_code: Option<Milliseconds>,
    pub worst: Option<Worst>,
}

/// How long a picture took.
#[derive(Debug, Serialize)]
pub(crate) struct Milliseconds {
    pub median: f64,
    pub p95: f64,
    pub mean: f64,
}

/// The picture that took longest.
#[derive(Debug, Serialize)]
pub(crate) struct Worst {
    pub path: String,
    pub milliseconds: f64,
}

impl Tally {
    /// Counts the attempts of decoder number `index` on the pictures that `wanted` picks.
    pub(crate) fn of(run: &Run, index: usize, wanted: impl Fn(&Row) -> bool) -> Self {
        let pairs = || {
            run.pictures
                .iter()
                .filter(|picture| wanted(&picture.row))
                .map(|picture| (&picture.row, &picture.attempts[index]))
        };
        let mut tally = Self::default();
        for (_, attempt) in pairs() {
            tally.count(attempt);
        }
        tally.with_code = Milliseconds::of(pairs().filter(|(row, _)| row.has_code()));
        tally.without_code = Milliseconds::of(pairs().filter(|(row, _)| !row.has_code()));
        tally.worst = pairs()
            .max_by(|(_, a), (_, b)| a.milliseconds.total_cmp(&b.milliseconds))
            .map(|(row, attempt)| Worst { path: row.path.clone(), milliseconds: attempt.milliseconds });
        tally
    }

    fn count(&mut self, attempt: &Attempt) {
        self.panics += usize::from(attempt.panicked);
        self.extra_texts += attempt.extra_texts;
        match attempt.outcome {
            Outcome::Read => self.read += 1,
            Outcome::WrongText => self.wrong_text += 1,
            Outcome::Missed => self.missed += 1,
            Outcome::FalseRead => self.false_reads += 1,
            Outcome::OtherRead => self.others_read += 1,
            Outcome::Silent | Outcome::OtherMissed => {}
        }
        match attempt.outcome {
            Outcome::Read | Outcome::WrongText | Outcome::Missed => self.scored += 1,
            Outcome::FalseRead | Outcome::Silent => self.empty += 1,
            Outcome::OtherRead | Outcome::OtherMissed => self.others += 1,
        }
    }

    /// Share of the scored rows that were read, in percent.
    pub(crate) fn read_percent(&self) -> f64 {
        percent(self.read, self.scored)
    }

    /// Nothing was read that is not there.
    pub(crate) fn is_clean(&self) -> bool {
        self.wrong_text == 0 && self.false_reads == 0 && self.panics == 0 && self.extra_texts == 0
    }
}

impl Milliseconds {
    fn of<'a>(pairs: impl Iterator<Item = (&'a Row, &'a Attempt)>) -> Option<Self> {
        let values: Vec<f64> = pairs.map(|(_, attempt)| attempt.milliseconds).collect();
        let mean = statistics::mean(&values)?;
        Some(Self { median: percentile(&values, 50)?, p95: percentile(&values, 95)?, mean })
    }
}
