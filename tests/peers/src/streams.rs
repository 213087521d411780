//! Streams: the frames of one scene in their order, until something is read.
//!
//! What a person waits for is the first read. Our reader gets a session, as an app has it; the others get each frame
//! as if it were the first, for that is what they know. A stream ends for a decoder with its first read.

use std::fmt::Write;
use std::path::Path;

use crate::decoders::{Decoder, Feeder};
use crate::manifest::Row;
use crate::measure;
use crate::picture::{self, Picture};
use crate::score::{self, Outcome};
use crate::statistics::{percent, percentile};

/// One decoder on one stream.
struct Attempt {
    outcome: Outcome,
    /// Frames fed, with the one that was read.
    frames: usize,
    /// Spent on all of them.
    milliseconds: f64,
    panics: usize,
}

/// One stream with every decoder's attempt.
struct Measured {
    row: Row,
    attempts: Vec<Attempt>,
}

/// All streams of a manifest.
pub(crate) struct Streams {
    decoders: Vec<Decoder>,
    measured: Vec<Measured>,
    longest: usize,
}

/// Frames after which the share read is told.
const MOMENTS: [usize; 5] = [1, 2, 3, 5, 10];

/// Feeds every stream among the rows to every decoder.
///
/// # Errors
/// A file that is not a picture.
pub(crate) fn run(rows: &[Row], images: &Path, decoders: &[Decoder]) -> anyhow::Result<Streams> {
    let mut measured = Vec::new();
    let mut longest = 0;
    let framed: Vec<Row> = rows.iter().filter(|row| !row.stream.is_empty()).cloned().collect();
    for group in framed.chunk_by(|a, b| a.stream == b.stream) {
        let pictures: Vec<Picture> =
            group.iter().map(|row| picture::load(&images.join(&row.path))).collect::<anyhow::Result<_>>()?;
        longest = longest.max(pictures.len());
        let attempts = decoders.iter().map(|decoder| attempt(*decoder, &pictures, &group[0])).collect();
        measured.push(Measured { row: group[0].clone(), attempts });
    }
    Ok(Streams { decoders: decoders.to_vec(), measured, longest })
}

fn attempt(decoder: Decoder, pictures: &[Picture], row: &Row) -> Attempt {
    let mut feeder = Feeder::new(decoder);
    let mut attempt = Attempt { outcome: score::judge(row, &[]), frames: 0, milliseconds: 0.0, panics: 0 };
    for picture in pictures {
        let (payloads, milliseconds) = measure::timed(|| feeder.feed(picture, &row.kind));
        attempt.frames += 1;
        attempt.milliseconds += milliseconds;
        attempt.panics += usize::from(payloads.is_none());
        let payloads = payloads.unwrap_or_default();
        if !payloads.is_empty() {
            attempt.outcome = score::judge(row, &payloads);
            break;
        }
    }
    attempt
}

impl Streams {
    pub(crate) fn is_empty(&self) -> bool {
        self.measured.is_empty()
    }

    /// Attempts of decoder number `index` on streams that show a code.
    fn with_code(&self, index: usize) -> impl Iterator<Item = (&Row, &Attempt)> {
        let streams = self.measured.iter().filter(|stream| stream.row.is_scored());
        streams.map(move |stream| (&stream.row, &stream.attempts[index]))
    }

    fn read_within(&self, index: usize, frames: usize) -> f64 {
        let read = |attempt: &Attempt| attempt.outcome == Outcome::Read && attempt.frames <= frames;
        let count = self.with_code(index).filter(|(_, attempt)| read(attempt)).count();
        percent(count, self.with_code(index).count())
    }

    fn count(&self, index: usize, outcome: Outcome) -> usize {
        self.measured.iter().filter(|stream| stream.attempts[index].outcome == outcome).count()
    }

    fn panics(&self, index: usize) -> usize {
        self.measured.iter().map(|stream| stream.attempts[index].panics).sum()
    }

    /// Tables: the share read after so many frames, the wait for the first read, and what was missed.
    pub(crate) fn text(&self) -> String {
        let mut out = String::new();
        self.write(&mut out).expect("writing to a String does not fail");
        out
    }

    fn write(&self, out: &mut String) -> std::fmt::Result {
        write!(out, "\n{:<34}", "streams: % read by frame")?;
        for moment in MOMENTS {
            write!(out, " {moment:>6}")?;
        }
        writeln!(out, " | frames, ms to first read (95) | wrong false panics")?;
        for (index, decoder) in self.decoders.iter().enumerate() {
            write!(out, "{:<34}", decoder.name())?;
            for moment in MOMENTS {
                write!(out, " {:>6.1}", self.read_within(index, moment))?;
            }
            let read = || self.with_code(index).filter(|(_, attempt)| attempt.outcome == Outcome::Read);
            #[allow(clippy::cast_precision_loss, reason = "a stream has few frames")]
            let frames: Vec<f64> = read().map(|(_, attempt)| attempt.frames as f64).collect();
            let times: Vec<f64> = read().map(|(_, attempt)| attempt.milliseconds).collect();
            let [frames, times] = [frames, times].map(|values| {
                let [median, high] = [50, 95].map(|percent| percentile(&values, percent).unwrap_or(0.0));
                format!("{median:.1} ({high:.1})")
            });
            writeln!(
                out,
                " | {frames:>12} {times:>17} | {:>5} {:>5} {:>6}",
                self.count(index, Outcome::WrongText),
                self.count(index, Outcome::FalseRead),
                self.panics(index),
            )?;
        }
        for (index, decoder) in self.decoders.iter().enumerate() {
            let missed = self.with_code(index).filter(|(_, attempt)| attempt.outcome == Outcome::Missed);
            let names: Vec<&str> = missed.map(|(row, _)| row.stream.as_str()).collect();
            writeln!(out, "{} missed: {}", decoder.name(), names.join(", "))?;
        }
        Ok(())
    }

    /// One line, and whether `ours` reads at least that share with nothing that is not there.
    pub(crate) fn summary(&self, min_read: Option<f64>) -> (String, bool) {
        let shares: Vec<String> = (self.decoders.iter().enumerate())
            .map(|(index, decoder)| {
                format!("{} {:.1} %", decoder.name(), self.read_within(index, self.longest))
            })
            .collect();
        let line = format!("bench scan: {} streams; read {}", self.measured.len(), shares.join(", "));
        let ours = self.decoders.iter().position(|decoder| *decoder == Decoder::Ours);
        let (Some(bar), Some(index)) = (min_read, ours) else { return (line, true) };
        let nothing_else = self.count(index, Outcome::WrongText) + self.count(index, Outcome::FalseRead) == 0;
        let holds = self.read_within(index, self.longest) >= bar && nothing_else && self.panics(index) == 0;
        (format!("{line}; the bar of {bar} % {}", if holds { "holds" } else { "does not hold" }), holds)
    }
}
