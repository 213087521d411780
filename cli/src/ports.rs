//! What the commands need from the world besides the streams, so that a test can be any moment of any day.

use std::ops::ControlFlow;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use countersign_core::ports::Clock;
use countersign_core::scan::Reader;

/// The clock, the scanner and the beat.
pub(crate) struct Ports<'a> {
    /// The time of the codes.
    pub(crate) clock: &'a dyn Clock,
    /// Finds QR codes, within budgets measured by a clock of its own.
    pub(crate) reader: &'a Reader,
    /// Ticks once a second.
    pub(crate) metronome: &'a mut dyn Metronome,
}

/// Waits from one second to the next.
pub(crate) trait Metronome {
    /// Returns when the clock's next second begins; [`ControlFlow::Break`] when there is to be none.
    fn next_second(&mut self) -> ControlFlow<()>;
}

/// The seconds of the operating system's clock; they end with the process.
pub(crate) struct SystemMetronome;

impl Metronome for SystemMetronome {
    #[allow(
        clippy::disallowed_methods,
        reason = "the one adapter that waits, on the beat of the system's clock"
    )]
    fn next_second(&mut self) -> ControlFlow<()> {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let part = Duration::from_nanos(u64::from(since.subsec_nanos()));
        std::thread::sleep(Duration::from_secs(1).saturating_sub(part));
        ControlFlow::Continue(())
    }
}
