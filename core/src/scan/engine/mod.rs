//! The engine behind the reader: rxing's detector on the whole frame.

mod finder;
mod luma;

use super::frame::Frame;
use super::reader::{Deadline, Hint, Reading};
use luma::Luma;

/// Looks for symbols until all is tried or the deadline has passed.
pub(super) fn read(frame: &Frame<'_>, deadline: &Deadline<'_>) -> Reading {
    if deadline.passed() {
        return Reading::Nothing(Hint::NothingLikeACode);
    }
    let luma = Luma::of(frame);
    let found = finder::find(&luma);
    if !found.symbols.is_empty() {
        Reading::Symbols(found.symbols)
    } else if found.like_a_code {
        Reading::Nothing(Hint::LikeACodeButUnreadable)
    } else {
        Reading::Nothing(Hint::NothingLikeACode)
    }
}
