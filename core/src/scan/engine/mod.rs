//! The engine behind the reader: a few looks at the frame, cheap and likely ones first.
//!
//! Most frames of a live camera hold no code, so the looks that every frame gets are few, and the costly ones
//! wait for evidence. Which looks, in which order, and what each is worth: `docs/adr/0005-first-scan-engine.md`.
//! Everything called from here is third-party code on hostile input: it is bounded in size and contained.

mod filter;
mod finder;
mod patterns;
mod plane;
mod second;
mod threshold;

use std::borrow::Borrow;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::frame::Frame;
use super::reader::{Deadline, Hint, Reading};
use super::symbol::{Point, Symbol};
use finder::Sighting;
use plane::Plane;
use threshold::Threshold;

/// Frames of more pixels are reduced first. 1080p passes as it is, a photo of 12 megapixels is halved.
const MOST_PIXELS: u64 = 3_200_000;

/// The longer side at which codes on monitors are read: above it the display's own grid is in the way, and a
/// plane this small costs a quarter of a 720p one.
const WORKING_SIDE: u32 = 640;

/// Up to this longer side, modules may be a pixel or two wide, and enlarging costs little.
const TINY_SIDE: u32 = 320;

/// Finder patterns in one look that justify the costly looks. One is met in any page of text.
const EVIDENCE: usize = 2;

/// Cut-outs shown to the second reader, and their longer side: it takes seconds where it is shown a lot.
const SECOND_LOOKS: usize = 3;
const SECOND_SIDE: u32 = 500;

/// Looks for symbols until all is tried or the deadline has passed.
pub(super) fn read(frame: &Frame<'_>, deadline: &Deadline<'_>) -> Reading {
    let mut search = Search { deadline, symbols: Vec::new(), patterns: 0, unread: Vec::new() };
    search.run(&Plane::of(frame, MOST_PIXELS));
    let Search { mut symbols, unread, .. } = search;
    if symbols.is_empty() {
        return Reading::Nothing(if unread.is_empty() {
            Hint::NothingLikeACode
        } else {
            Hint::LikeACodeButUnreadable
        });
    }
    symbols.sort_by(|one, other| {
        let [one, other] = [one, other].map(|symbol| frame.upright(symbol.centre()));
        one.y.total_cmp(&other.y).then(one.x.total_cmp(&other.x))
    });
    Reading::Symbols(symbols)
}

struct Search<'a> {
    deadline: &'a Deadline<'a>,
    symbols: Vec<Symbol>,
    /// The most finder patterns that one plain look saw.
    patterns: usize,
    /// Where codes seem to be that no look has read, in coordinates of the frame.
    unread: Vec<[Point; 3]>,
}

impl Search<'_> {
    fn run(&mut self, full: &Plane<'_>) {
        let small = full.longer_side() <= WORKING_SIDE;
        let half = full.halved();
        let working = if small { full } else { &half };

        // Every size, so that a large code does not hide a small one.
        self.look(working, Threshold::Local);
        if half.longer_side() > WORKING_SIDE {
            self.look(&half.halved(), Threshold::Local);
        }
        if !small {
            self.look(full, Threshold::Local);
        }
        if self.found() {
            return;
        }

        // What every frame gets: a dark page, and a code too pale or too blurred for the plain looks.
        self.look(&working.inverted(), Threshold::Local);
        self.peek(Threshold::Local, || filter::sharpened(working));

        // What only evidence justifies, or a picture so small that it costs nothing.
        if small || self.patterns >= EVIDENCE {
            self.peek(Threshold::Local, || filter::softened(full));
            self.peek(Threshold::Global, || working);
            self.peek(Threshold::Global, || working.halved());
            if full.longer_side() <= TINY_SIDE {
                self.peek(Threshold::Local, || full.enlarged(3));
            }
            self.ask_another(full);
        }
    }

    fn found(&self) -> bool {
        !self.symbols.is_empty()
    }

    /// A plain look, whose finder patterns count as evidence.
    fn look(&mut self, plane: &Plane<'_>, threshold: Threshold) {
        if self.deadline.passed() {
            return;
        }
        let sighting = contain(|| finder::look(plane, threshold, self.deadline)).unwrap_or_default();
        self.patterns = self.patterns.max(sighting.patterns);
        self.unread.extend(&sighting.unread);
        self.keep(sighting);
    }

    /// A look at pixels that were processed until they show something: what it reads is right, for error
    /// correction vouches for it, but what it almost reads is as likely made of noise.
    fn peek<'p, P: Borrow<Plane<'p>>>(&mut self, threshold: Threshold, plane: impl FnOnce() -> P) {
        if !self.found() && !self.deadline.passed() {
            let sighting = contain(|| finder::look(plane().borrow(), threshold, self.deadline));
            self.keep(sighting.unwrap_or_default());
        }
    }

    /// Shows the places that seem to hold a code to a reader that shares nothing with the first.
    fn ask_another(&mut self, full: &Plane<'_>) {
        for place in self.unread.clone().iter().take(SECOND_LOOKS) {
            if self.found() || self.deadline.passed() {
                return;
            }
            let Some(mut cut) = full.cut_around(place) else { continue };
            while cut.longer_side() > SECOND_SIDE {
                cut = cut.halved();
            }
            self.symbols.extend(contain(|| second::look(&cut)).flatten());
        }
    }

    /// Keeps the symbols that no earlier look saw in the same place.
    fn keep(&mut self, sighting: Sighting) {
        for symbol in sighting.symbols {
            if !self.symbols.iter().any(|known| known.surrounds(symbol.centre())) {
                self.symbols.push(symbol);
            }
        }
    }
}

/// Runs third-party code that may panic on a picture made for it; `None` if it did.
///
/// The host's panic hook still runs, as for any panic: a library has no business to replace it. What it prints
/// is about indices: these engines are given pixels and modules, and never see a payload as text.
fn contain<T>(look: impl FnOnce() -> T) -> Option<T> {
    // A look borrows pixels only to read them: nothing is left half written.
    catch_unwind(AssertUnwindSafe(look)).ok()
}
