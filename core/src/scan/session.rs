//! Many frames, one scan: a code is reported once, however often the camera sees it.
//!
//! A code flickers in and out of a stream, and two codes may lie side by side: what was reported is kept for
//! the length of the session. A message spread over several symbols (*Structured Append*) is put together here,
//! for the symbols themselves say that they belong together. The parts of a Google export do *not*: each is a
//! whole symbol, and what ties them stands in their payload, which `enrol` reads and collects.

use std::collections::VecDeque;
use std::fmt;
use std::time::Duration;

use zeroize::Zeroizing;

use super::frame::Frame;
use super::reader::{Hint, Reader, Reading};
use super::symbol::{StructuredAppend, Symbol};

/// Symbols remembered, the latest; no scan by hand comes near, and a poster wall must not fill a phone.
const MOST_SEEN: usize = 256;

/// Parts kept of messages that are not whole yet: the four longest.
const MOST_PARTS: usize = 64;

/// What a frame added to a session.
#[derive(Debug)]
pub enum Scanned {
    /// Messages that this session had not seen, at least one.
    New(Vec<Message>),
    /// A part that this session had not seen, of a message spread over several symbols.
    Part {
        /// The parts still to be shown, from 0. All of them, if parts of different messages turned out to be
        /// mixed: their checksum is wrong, and they were dropped.
        missing: Vec<u8>,
    },
    /// Symbols, all of them seen before.
    SeenBefore,
    /// No symbol.
    Nothing(Hint),
}

/// What one symbol says, or several that belong together.
pub struct Message {
    bytes: Zeroizing<Vec<u8>>,
    text: Option<Zeroizing<String>>,
    symbols: Vec<Symbol>,
}

impl Message {
    /// The payload; that of a spread message is its parts' in order.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The payload as text, if it is text.
    pub fn text(&self) -> Option<&str> {
        self.text.as_deref().map(String::as_str)
    }

    /// The symbols it was read from, in the order of its parts.
    pub fn symbols(&self) -> &[Symbol] {
        &self.symbols
    }

    fn of_one(symbol: Symbol) -> Self {
        Self { bytes: symbol.bytes.clone(), text: symbol.text.clone(), symbols: vec![symbol] }
    }

    /// All parts, in order; `None` if the checksum says that they are not of one message.
    fn of_parts(symbols: Vec<Symbol>, parity: u8) -> Option<Self> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(symbols.iter().map(|part| part.bytes.len()).sum()));
        for part in &symbols {
            bytes.extend_from_slice(&part.bytes);
        }
        if bytes.iter().fold(0, |parity, byte| parity ^ byte) != parity {
            return None;
        }
        // Together first: a character may be cut between two parts, each of which is then no UTF-8.
        let text = match std::str::from_utf8(&bytes) {
            Ok(text) => Some(Zeroizing::new(text.to_owned())),
            Err(_) => joined(&symbols),
        };
        Some(Self { bytes, text, symbols })
    }
}

fn joined(symbols: &[Symbol]) -> Option<Zeroizing<String>> {
    let length = symbols.iter().map(|part| part.text().map_or(0, str::len)).sum();
    let mut text = Zeroizing::new(String::with_capacity(length));
    for part in symbols {
        text.push_str(part.text()?);
    }
    Some(text)
}

/// Shows the symbols, not the payload.
impl fmt::Debug for Message {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Message").field("symbols", &self.symbols).finish_non_exhaustive()
    }
}

/// A scan under way.
pub struct Session {
    reader: Reader,
    budget: Duration,
    seen: VecDeque<Seen>,
    parts: VecDeque<Symbol>,
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
        Self { reader, budget, seen: VecDeque::new(), parts: VecDeque::new() }
    }

    /// Reads the next frame of the stream.
    pub fn feed(&mut self, frame: &Frame<'_>) -> Scanned {
        let reading = self.reader.follow(frame, self.budget);
        self.take(reading)
    }

    fn take(&mut self, reading: Reading) -> Scanned {
        let symbols = match reading {
            Reading::Symbols(symbols) => symbols,
            Reading::Nothing(hint) => return Scanned::Nothing(hint),
        };
        let mut messages = Vec::new();
        let mut missing = None;
        for symbol in symbols {
            if !self.remember(&symbol) {
                continue;
            }
            match symbol.structured_append.filter(|append| append.index < append.count && append.count > 1) {
                None => messages.push(Message::of_one(symbol)),
                Some(append) => match self.collect(symbol, append) {
                    Ok(message) => messages.push(message),
                    Err(still_missing) => missing = Some(still_missing),
                },
            }
        }
        match (messages.is_empty(), missing) {
            (false, _) => Scanned::New(messages),
            (true, Some(missing)) => Scanned::Part { missing },
            (true, None) => Scanned::SeenBefore,
        }
    }

    /// Whether a symbol is new to this session.
    fn remember(&mut self, symbol: &Symbol) -> bool {
        let seen = Seen { bytes: symbol.bytes.clone(), structured_append: symbol.structured_append };
        let place = self.seen.iter().position(|earlier| *earlier == seen);
        match place {
            // What stays in view is the latest again, or the next 256 codes would push it out.
            Some(place) => drop(self.seen.remove(place)),
            None => self.seen.truncate(MOST_SEEN - 1),
        }
        self.seen.push_front(seen);
        place.is_none()
    }

    /// Puts a part to the others of its message: the whole of it, or what is still missing.
    fn collect(&mut self, part: Symbol, append: StructuredAppend) -> Result<Message, Vec<u8>> {
        let same_message = |symbol: &Symbol| {
            symbol
                .structured_append
                .is_some_and(|other| other.count == append.count && other.parity == append.parity)
        };
        let index_of = |symbol: &Symbol| symbol.structured_append.map_or(0, |append| append.index);
        self.parts.retain(|symbol| !(same_message(symbol) && index_of(symbol) == append.index));
        self.parts.truncate(MOST_PARTS - 1);
        self.parts.push_front(part);

        let there: Vec<u8> = self.parts.iter().filter(|symbol| same_message(symbol)).map(index_of).collect();
        let missing: Vec<u8> = (0..append.count).filter(|index| !there.contains(index)).collect();
        if !missing.is_empty() {
            return Err(missing);
        }
        let (whole, others): (VecDeque<_>, _) = self.parts.drain(..).partition(same_message);
        self.parts = others;
        let mut whole = Vec::from(whole);
        whole.sort_by_key(index_of);
        Message::of_parts(whole, append.parity).ok_or_else(|| {
            // Their parts may be shown again.
            self.seen.retain(|seen| {
                seen.structured_append
                    .is_none_or(|other| other.count != append.count || other.parity != append.parity)
            });
            (0..append.count).collect()
        })
    }
}

#[cfg(test)]
#[path = "session_tests.rs"]
mod tests;
