//! Many frames, one scan: a code is reported once, however often the camera sees it.
//!
//! A code flickers in and out of a stream, and two codes may lie side by side: what was reported is kept for
//! the length of the session. A message spread over several symbols (Structured Append) is put together here.
//! The parts of a Google export are *not*: each is a whole symbol, and that they belong together stands in
//! their payload, which `enrol` reads.

use std::time::Duration;

use zeroize::Zeroizing;

use super::frame::Frame;
use super::reader::{Hint, Reader, Reading};
use super::symbol::{StructuredAppend, Symbol};

/// What a frame added to a session.
#[derive(Debug)]
pub enum Scanned {
    /// Symbols that this session had not seen, at least one.
    New(Vec<Symbol>),
    /// Symbols, all of them seen before.
    SeenBefore,
    /// No symbol.
    Nothing(Hint),
}

/// A scan under way.
pub struct Session {
    reader: Reader,
    budget: Duration,
    seen: Vec<Seen>,
}

/// A symbol that was reported.
#[derive(PartialEq)]
struct Seen {
    bytes: Zeroizing<Vec<u8>>,
    structured_append: Option<StructuredAppend>,
}

impl Session {
    /// A session that gives each frame `budget`.
    pub const fn new(reader: Reader, budget: Duration) -> Self {
        Self { reader, budget, seen: Vec::new() }
    }

    /// Reads the next frame of the stream.
    pub fn feed(&mut self, frame: &Frame<'_>) -> Scanned {
        let symbols = match self.reader.read(frame, self.budget) {
            Reading::Symbols(symbols) => symbols,
            Reading::Nothing(hint) => return Scanned::Nothing(hint),
        };
        let new: Vec<_> = symbols.into_iter().filter(|symbol| self.remember(symbol)).collect();
        if new.is_empty() { Scanned::SeenBefore } else { Scanned::New(new) }
    }

    /// Whether a symbol is new to this session.
    fn remember(&mut self, symbol: &Symbol) -> bool {
        let seen = Seen { bytes: symbol.bytes.clone(), structured_append: symbol.structured_append };
        let new = !self.seen.contains(&seen);
        if new {
            self.seen.push(seen);
        }
        new
    }
}
