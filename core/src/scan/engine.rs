//! The engine behind the reader: `countersign-qr`, fed with the part of a frame to look at.
//!
//! It knows no product types, so this translates: geometry in, symbols out. Text is decided here and not there,
//! segment by segment, as the symbol declares it.

use std::cmp::Ordering;
use std::sync::{Mutex, PoisonError};

use countersign_qr::{Content, EcLevel, Luma, Mode};
use zeroize::Zeroizing;

use super::frame::Frame;
use super::reader::{Deadline, Hint, Reading};
use super::symbol::{ErrorCorrection, Point, StructuredAppend, Symbol};
use super::text::{self, Charset, Run};

/// Reads frames, one at a time, in memory that it keeps from one to the next.
#[derive(Default)]
pub(super) struct Engine {
    reader: Mutex<countersign_qr::Reader>,
}

impl Engine {
    /// Looks for symbols until all is tried or the deadline has passed.
    pub(super) fn read(&self, frame: &Frame<'_>, deadline: &Deadline<'_>) -> Reading {
        self.look(frame, |reader, luma| reader.read(luma, &|| !deadline.passed()))
    }

    /// The same for a frame that follows others of its stream.
    pub(super) fn follow(&self, frame: &Frame<'_>, deadline: &Deadline<'_>) -> Reading {
        self.look(frame, |reader, luma| reader.follow(luma, &|| !deadline.passed()))
    }

    fn look(
        &self,
        frame: &Frame<'_>,
        read: impl FnOnce(&mut countersign_qr::Reader, Luma<'_>) -> countersign_qr::Reading,
    ) -> Reading {
        let Some(luma) = luma(frame) else { return Reading::Nothing(Hint::NothingLikeACode) };
        // What a panic elsewhere left behind is scratch memory.
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let found = read(&mut reader, luma);
        drop(reader);
        if !found.symbols.is_empty() {
            let mut symbols: Vec<Symbol> =
                found.symbols.iter().map(|symbol| translate(symbol, frame)).collect();
            symbols.sort_by(|a, b| in_reading_order(frame, a, b));
            Reading::Symbols(symbols)
        } else if found.resembles_a_symbol {
            Reading::Nothing(Hint::LikeACodeButUnreadable)
        } else {
            Reading::Nothing(Hint::NothingLikeACode)
        }
    }
}

/// The part of a frame to look at; nothing if it is larger than any picture.
fn luma<'a>(frame: &Frame<'a>) -> Option<Luma<'a>> {
    let crop = frame.crop();
    let (width, height) = (crop.width as usize, crop.height as usize);
    Luma::with_strides(frame.part(), width, height, frame.row_stride(), frame.pixel_stride()).ok()
}

fn translate(symbol: &countersign_qr::Symbol, frame: &Frame<'_>) -> Symbol {
    let crop = frame.crop();
    #[allow(clippy::cast_precision_loss, reason = "pixel counts of real pictures fit 24 bits")]
    let (left, top) = (crop.left as f32, crop.top as f32);
    let (bytes, text) = payload(&symbol.content);
    Symbol {
        bytes,
        text,
        corners: symbol.corners.map(|corner| Point { x: corner.x + left, y: corner.y + top }),
        version: symbol.version.number(),
        error_correction: match symbol.level {
            EcLevel::Low => ErrorCorrection::Low,
            EcLevel::Medium => ErrorCorrection::Medium,
            EcLevel::Quartile => ErrorCorrection::Quartile,
            EcLevel::High => ErrorCorrection::High,
        },
        structured_append: symbol.content.structured_append.map(|part| StructuredAppend {
            index: part.index,
            count: part.total,
            parity: part.parity,
        }),
    }
}

fn payload(content: &Content) -> (Zeroizing<Vec<u8>>, Option<Zeroizing<String>>) {
    let mut start = 0;
    let mut runs: Vec<Run> = Vec::with_capacity(content.segments.len());
    for segment in &content.segments {
        let charset = match segment.mode {
            Mode::Numeric | Mode::Alphanumeric => Charset::Ascii,
            Mode::Byte => segment.eci.map_or(Charset::Undeclared, Charset::from_eci),
            Mode::Kanji => Charset::ShiftJis,
            Mode::Hanzi => Charset::CHINESE,
        };
        // A run goes on across segments: encoders may cut within a character.
        if runs.last().is_none_or(|run| run.charset != charset) {
            runs.push(Run { charset, start });
        }
        start += segment.bytes.len();
    }
    let bytes = content.bytes();
    let text = text::decode(&bytes, &runs);
    (bytes, text)
}

/// Top to bottom, then left to right, in the upright picture.
fn in_reading_order(frame: &Frame<'_>, a: &Symbol, b: &Symbol) -> Ordering {
    let [a, b] = [a, b].map(|symbol| frame.upright(symbol.corners[0]));
    a.y.total_cmp(&b.y).then(a.x.total_cmp(&b.x))
}
