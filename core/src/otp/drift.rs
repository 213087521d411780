//! A phone's clock that is wrong: measured against a server, kept, and corrected for codes alone.
//!
//! Two seconds are noise of the network, and a day is no drift but a wrong date, on one side or the other: neither is
//! corrected. Nothing that somebody signed is ever judged by this.

use super::{Code, OtpSecret, TimeOutOfRange, TimeParameters};
use crate::ports::Timestamp;

/// The least that is corrected, in seconds.
const LEAST: u64 = 2;
/// The most that is corrected, in seconds: 24 hours.
const MOST: u64 = 24 * 60 * 60;

/// How far this device's clock is from a server's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Drift {
    /// Seconds to add to this device's clock to get the server's.
    offset: i64,
}

/// What a screen says about the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockState {
    /// It is right, or was never measured.
    Right,
    /// Codes use the server's time.
    Corrected {
        /// Seconds by which this device is ahead; negative where it is behind.
        ahead: i64,
    },
    /// More than 24 hours lie between the clocks: codes use this device's, and may be refused.
    TooFar {
        /// Seconds by which this device is ahead; negative where it is behind.
        ahead: i64,
    },
}

impl Drift {
    /// From both clocks read at one moment.
    pub const fn measured(server: Timestamp, device: Timestamp) -> Self {
        Self { offset: server.unix_seconds().saturating_sub(device.unix_seconds()) }
    }

    /// The code that holds when this device's clock says `device`. Its window is told by the same clock, so that
    /// whoever shows the code can count down.
    ///
    /// # Errors
    /// [`TimeOutOfRange`], as of [`TimeParameters::code_at`].
    pub fn code_at(
        self,
        parameters: TimeParameters,
        secret: &OtpSecret,
        device: Timestamp,
    ) -> Result<Code, TimeOutOfRange> {
        let correction = self.correction();
        let moved =
            |time: Timestamp, by| Timestamp::from_unix_seconds(time.unix_seconds().saturating_add(by));
        let code = parameters.code_at(secret, moved(device, correction))?;
        let (valid_from, valid_until) =
            (moved(code.valid_from, -correction), moved(code.valid_until, -correction));
        Ok(Code { valid_from, valid_until, ..code })
    }

    /// What the server's clock says when this device's says `device`; `None` where they are more than a day apart, so that
    /// nobody knows which of them is wrong.
    pub fn corrected(self, device: Timestamp) -> Option<Timestamp> {
        let is_known = !matches!(self.state(), ClockState::TooFar { .. });
        let moved = || {
            let seconds = device.unix_seconds().saturating_add(self.correction());
            Timestamp::from_unix_seconds(seconds)
        };
        is_known.then(moved)
    }

    /// Seconds that are added to this device's clock for codes: at most a day, in either direction.
    fn correction(self) -> i64 {
        match self.state() {
            ClockState::Corrected { .. } => self.offset,
            ClockState::Right | ClockState::TooFar { .. } => 0,
        }
    }

    /// What there is to say.
    pub fn state(self) -> ClockState {
        let ahead = self.offset.saturating_neg();
        match self.offset.unsigned_abs() {
            0..LEAST => ClockState::Right,
            LEAST..=MOST => ClockState::Corrected { ahead },
            _ => ClockState::TooFar { ahead },
        }
    }

    pub(crate) const fn to_bytes(self) -> [u8; 8] {
        self.offset.to_be_bytes()
    }

    pub(crate) const fn from_bytes(bytes: [u8; 8]) -> Self {
        Self { offset: i64::from_be_bytes(bytes) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_700_000_000;

    fn correction(server_ahead: i64) -> i64 {
        let at = Timestamp::from_unix_seconds;
        Drift::measured(at(NOW + server_ahead), at(NOW)).correction()
    }

    #[test]
    fn only_what_lies_between_two_seconds_and_a_day_is_corrected() {
        for offset in [2, -2, 30, -3600, 86_400, -86_400] {
            assert_eq!(correction(offset), offset);
        }
        for offset in [0, 1, -1, 86_401, -86_401, i64::MAX - NOW] {
            assert_eq!(correction(offset), 0, "{offset}");
        }
    }

    #[test]
    fn a_screen_is_told_by_how_much_this_device_is_ahead() {
        let at = Timestamp::from_unix_seconds;
        assert_eq!(Drift::measured(at(NOW - 60), at(NOW)).state(), ClockState::Corrected { ahead: 60 });
        assert_eq!(Drift::measured(at(NOW + 90_000), at(NOW)).state(), ClockState::TooFar { ahead: -90_000 });
        assert_eq!(Drift::default().state(), ClockState::Right);
    }
}
