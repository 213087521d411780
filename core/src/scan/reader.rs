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
        self.engine.read(frame, &self.deadline(budget))
    }

    /// The same for a frame that follows others of its stream: what none of them shows well enough may be read from
    /// what several show together.
    pub(super) fn follow(&self, frame: &Frame<'_>, budget: Duration) -> Reading {
        self.engine.follow(frame, &self.deadline(budget))
    }

    fn deadline(&self, budget: Duration) -> Deadline<'_> {
        Deadline { clock: &*self.clock, end: self.clock.elapsed().saturating_add(budget) }
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
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use qrcodegen::{QrCode, QrCodeEcc};

    use super::*;
    use crate::ports::SystemClock;
    use crate::scan::{ErrorCorrection, Geometry};

    const TEXT: &str = "otpauth://totp/Example:ana?secret=JBSWY3DPEHPK3PXP&issuer=Example";

    /// A clean code with its quiet zone, and the length of a side.
    fn picture(code: &QrCode) -> (Vec<u8>, u32) {
        let side = (code.size() + 8) * 4;
        let pixels = (0..side * side)
            .map(|i| if code.get_module(i % side / 4 - 4, i / side / 4 - 4) { 0 } else { 255 })
            .collect();
        (pixels, u32::try_from(side).unwrap())
    }

    #[test]
    fn a_clean_code_is_read_with_its_text_version_and_level() {
        let code = QrCode::encode_text(TEXT, QrCodeEcc::Medium).unwrap();
        let (pixels, side) = picture(&code);
        let frame = Frame::new(&pixels, Geometry::packed(side, side)).unwrap();
        let Reading::Symbols(symbols) = Reader::new(SystemClock::new()).read(&frame, STILL_BUDGET) else {
            panic!("nothing read");
        };
        assert_eq!(symbols.len(), 1);
        assert_eq!(symbols[0].text(), Some(TEXT));
        assert_eq!(i32::from(symbols[0].version()), i32::from(code.version().value()));
        assert!(symbols[0].error_correction() >= ErrorCorrection::Medium);
    }

    /// A clock that goes on by a millisecond whenever it is asked, so that a step takes as long as it asks often.
    #[derive(Clone, Default)]
    struct Counting(Arc<AtomicU64>);

    impl MonotonicClock for Counting {
        fn elapsed(&self) -> Duration {
            Duration::from_millis(self.0.fetch_add(1, Ordering::Relaxed))
        }
    }

    /// What a picture is read as within `budget`, and how often the clock was asked.
    fn read_within(budget: Duration, pixels: &[u8], side: u32) -> (Reading, u64) {
        let clock = Counting::default();
        let frame = Frame::new(pixels, Geometry::packed(side, side)).unwrap();
        let reading = Reader::new(clock.clone()).read(&frame, budget);
        (reading, clock.0.load(Ordering::Relaxed))
    }

    #[test]
    fn without_any_budget_nothing_is_read() {
        let (pixels, side) = picture(&QrCode::encode_text(TEXT, QrCodeEcc::Medium).unwrap());
        let (reading, asked) = read_within(Duration::ZERO, &pixels, side);
        assert!(matches!(reading, Reading::Nothing(Hint::NothingLikeACode)), "{reading:?}");
        assert!(asked <= 1 + ASKED_AFTER_THE_END, "asked {asked} times");
        // The same with all the time of the world, so that it is the budget that made the difference.
        assert!(matches!(read_within(Duration::MAX, &pixels, side).0, Reading::Symbols(_)));
    }

    /// Every step on the way out asks once more, and none begins another: a handful, not one for every row.
    const ASKED_AFTER_THE_END: u64 = 16;

    #[test]
    fn once_the_budget_is_spent_no_further_step_is_begun() {
        // Finder patterns everywhere and no symbol: enough to try for much longer than any budget here.
        let side = 640;
        let pixels: Vec<u8> = (0..side * side)
            .map(|i| {
                let (x, y) = (i % side % 32 / 4, i / side % 32 / 4);
                let ring = (x.min(6).min(6 - x.min(6))).min(y.min(6).min(6 - y.min(6)));
                if x > 6 || y > 6 || ring == 1 { 255 } else { 0 }
            })
            .collect();
        let (_, unbounded) = read_within(Duration::MAX, &pixels, side);
        for budget in [1, 5, 25] {
            assert!(unbounded > 4 * (budget + ASKED_AFTER_THE_END), "asked {unbounded} times without an end");
            let (_, asked) = read_within(Duration::from_millis(budget), &pixels, side);
            assert!(asked <= 1 + budget + ASKED_AFTER_THE_END, "{budget} ms: asked {asked} times");
        }
    }
}
