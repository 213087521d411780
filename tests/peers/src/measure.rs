//! The run: every picture, every decoder, one thread, the same bytes.

use std::cell::Cell;
use std::io::{IsTerminal, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::decoders::{Decoder, Payload};
use crate::manifest::Row;
use crate::picture::{self, Picture};
use crate::score::{self, Outcome};

/// One decoder on one picture.
#[derive(Debug, Clone)]
pub(crate) struct Attempt {
    pub outcome: Outcome,
    pub milliseconds: f64,
    pub panicked: bool,
    /// Symbols that match no accepted text, beside one that does.
    pub extra_texts: usize,
}

/// One picture with every decoder's attempt, in the order of [`Run::decoders`].
#[derive(Debug)]
pub(crate) struct Measured {
    pub row: Row,
    /// The file is not the one that the manifest describes.
    pub differs_from_manifest: bool,
    pub attempts: Vec<Attempt>,
}

/// A whole run.
#[derive(Debug)]
pub(crate) struct Run {
    pub decoders: Vec<Decoder>,
    pub pictures: Vec<Measured>,
}

/// Measures every decoder on every picture.
///
/// # Errors
/// A file that is not a picture: the figures would not be about what the manifest says.
pub(crate) fn run(rows: &[Row], images: &Path, decoders: &[Decoder]) -> anyhow::Result<Run> {
    silence_panics_while_decoding();
    let mut progress = Progress::new(rows.len());
    let mut pictures = Vec::with_capacity(rows.len());
    for row in rows {
        progress.next(&row.path);
        let picture = picture::load(&images.join(&row.path))?;
        pictures.push(Measured {
            row: row.clone(),
            differs_from_manifest: picture.sha256 != row.sha256,
            attempts: decoders.iter().map(|decoder| attempt(*decoder, &picture, row)).collect(),
        });
    }
    progress.end();
    Ok(Run { decoders: decoders.to_vec(), pictures })
}

fn attempt(decoder: Decoder, picture: &Picture, row: &Row) -> Attempt {
    let (payloads, milliseconds) = timed(|| decoder.decode(picture, &row.kind));
    let panicked = payloads.is_none();
    let payloads = payloads.unwrap_or_default();
    let outcome = score::judge(row, &payloads);
    Attempt { outcome, milliseconds, panicked, extra_texts: extra_texts(row, outcome, &payloads) }
}

/// What a decoder gives, nothing if it panics, and the milliseconds it takes.
#[allow(clippy::disallowed_methods, reason = "this program exists to measure elapsed time")]
pub(crate) fn timed(decode: impl FnOnce() -> Vec<Payload>) -> (Option<Vec<Payload>>, f64) {
    DECODING.set(true);
    let started = Instant::now();
    let result = catch_unwind(AssertUnwindSafe(decode));
    let elapsed = started.elapsed();
    DECODING.set(false);
    (result.ok(), elapsed.as_secs_f64() * 1000.0)
}

fn extra_texts(row: &Row, outcome: Outcome, payloads: &[Payload]) -> usize {
    if outcome != Outcome::Read {
        return 0;
    }
    payloads.iter().filter(|payload| !score::is_accepted(payload, &row.accepted)).count()
}

thread_local! {
    static DECODING: Cell<bool> = const { Cell::new(false) };
}

/// A decoder's panic is counted, not printed; a panic of this program still says what it is.
fn silence_panics_while_decoding() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if !DECODING.get() {
            usual(panic);
        }
    }));
}

/// Says on standard error where the run is: some decoders need half a minute for a single picture.
struct Progress {
    done: usize,
    total: usize,
    started: Instant,
    last_said: Duration,
}

impl Progress {
    /// Between two lines where standard error is a file.
    const QUIET: Duration = Duration::from_secs(10);

    #[allow(clippy::disallowed_methods, reason = "progress is told by the clock on the wall")]
    fn new(total: usize) -> Self {
        Self { done: 0, total, started: Instant::now(), last_said: Duration::ZERO }
    }

    #[allow(clippy::disallowed_methods, reason = "progress is told by the clock on the wall")]
    fn next(&mut self, path: &str) {
        self.done += 1;
        let elapsed = self.started.elapsed();
        let mut out = std::io::stderr();
        // A progress line that cannot be written is no reason to stop measuring.
        if out.is_terminal() {
            let _ = write!(out, "\r\x1b[K{}/{} {path}", self.done, self.total);
            let _ = out.flush();
        } else if self.done == 1 || elapsed.saturating_sub(self.last_said) >= Self::QUIET {
            let _ = writeln!(out, "{}/{} after {} s: {path}", self.done, self.total, elapsed.as_secs());
            self.last_said = elapsed;
        }
    }

    /// Leaves no trace on a terminal.
    fn end(self) {
        let mut out = std::io::stderr();
        if self.done > 0 && out.is_terminal() {
            let _ = write!(out, "\r\x1b[K");
            let _ = out.flush();
        }
    }
}
