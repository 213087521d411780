//! One frame in, every symbol in it out, within a budget.
//!
//! Callers see this and nothing of the engine: what is tried, in which order, at which size, is the engine's.

use std::time::Duration;

use super::engine::Engine;
use super::frame::Frame;
use super::symbol::Symbol;
use crate::ports::MonotonicClock;

/// A camera's budget: three frames of a 60 Hz preview. The common cases take a tenth of it.
pub const CAMERA_BUDGET: Duration = Duration::from_millis(50);

/// A still picture's budget: a person waits for it once.
pub const STILL_BUDGET: Duration = Duration::from_secs(2);

/// What a frame holds.
#[derive(Debug)]
pub enum Reading {
    /// At least one symbol, in reading order of the upright picture (top to bottom, then left to right).
    Symbols(Vec<Symbol>),
    /// No symbol, and what that looks like.
    Nothing(Hint),
}

/// What can be said of a frame without a readable symbol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hint {
    /// Nothing that looks like a QR code.
    NothingLikeACode,
    /// The corner marks of a QR code, but it could not be read: move, focus, or give it light.
    LikeACodeButUnreadable,
}

/// Reads frames.
pub struct Reader {
    clock: Box<dyn MonotonicClock>,
    engine: Engine,
}

impl Reader {
    /// A reader whose budgets are measured by `clock`.
    pub fn new(clock: impl MonotonicClock + 'static) -> Self {
        Self { clock: Box::new(clock), engine: Engine::default() }
    }

    /// Finds every symbol in `frame`.
    ///
    /// The budget decides how much is tried: steps are ordered by what they find for what they cost, and none is
    /// begun once `budget` is spent. A step under way is finished, and none is long. With [`CAMERA_BUDGET`] the
    /// costly steps are left to the next frame, with [`STILL_BUDGET`] all run.
    pub fn read(&self, frame: &Frame<'_>, budget: Duration) -> Reading {
        self.engine
            .read(frame, &Deadline { clock: &*self.clock, end: self.clock.elapsed().saturating_add(budget) })
    }
}

/// When to begin no further step.
pub(super) struct Deadline<'a> {
    clock: &'a dyn MonotonicClock,
    end: Duration,
}

impl Deadline<'_> {
    pub(super) fn passed(&self) -> bool {
        self.clock.elapsed() >= self.end
    }
}

#[cfg(test)]
mod tests {
    use qrcodegen::{QrCode, QrCodeEcc};

    use super::*;
    use crate::ports::SystemClock;
    use crate::scan::{ErrorCorrection, Geometry};

    #[test]
    fn a_clean_code_is_read_with_its_text_version_and_level() {
        let text = "otpauth://totp/Example:ana?secret=JBSWY3DPEHPK3PXP&issuer=Example";
        let code = QrCode::encode_text(text, QrCodeEcc::Medium).unwrap();
        let side = (code.size() + 8) * 4;
        let pixels: Vec<u8> = (0..side * side)
            .map(|i| if code.get_module(i % side / 4 - 4, i / side / 4 - 4) { 0 } else { 255 })
            .collect();
        let side = u32::try_from(side).unwrap();
        let frame = Frame::new(&pixels, Geometry::packed(side, side)).unwrap();
        let Reading::Symbols(symbols) = Reader::new(SystemClock::new()).read(&frame, STILL_BUDGET) else {
            panic!("nothing read");
        };
        assert_eq!(symbols.len(), 1);
        assert_eq!(symbols[0].text(), Some(text));
        assert_eq!(i32::from(symbols[0].version()), code.version().value().into());
        assert!(symbols[0].error_correction() >= ErrorCorrection::Medium);
    }
}
