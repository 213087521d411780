//! The scanner as its callers see it: frames in, symbols out.
//!
//! Nothing here knows which engine reads, so that another one can take its place and be held to the same. Codes
//! are drawn by an unrelated encoder, and the clock stands still: what is read must not depend on the machine.

mod canvas;
mod content;
mod geometry;
mod hostile;
mod photos;
mod poses;
mod recall;

use std::time::Duration;

use countersign_core::ports::MonotonicClock;
use countersign_core::scan::{Frame, Hint, Reader, Reading, STILL_BUDGET, Symbol};

/// A clock that stands still: no budget ends.
struct StoppedClock;

impl MonotonicClock for StoppedClock {
    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }
}

fn reader() -> Reader {
    Reader::new(StoppedClock)
}

fn read(frame: &Frame<'_>) -> Result<Vec<Symbol>, Hint> {
    match reader().read(frame, STILL_BUDGET) {
        Reading::Symbols(symbols) => Ok(symbols),
        Reading::Nothing(hint) => Err(hint),
    }
}

fn texts(frame: &Frame<'_>) -> Vec<String> {
    let symbols = read(frame).unwrap_or_default();
    symbols.iter().map(|symbol| symbol.text().unwrap_or("(no text)").to_owned()).collect()
}
