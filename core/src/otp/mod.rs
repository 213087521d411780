//! From a shared secret to the digits on the screen: TOTP (RFC 6238), HOTP (RFC 4226) and Steam.
//!
//! The types leave nothing to check later: a [`Digits`] is five to ten, a [`Period`] is not zero, a secret is not
//! empty, and a counter-based key has no clock. What is left to go wrong is the time itself, so that is the one
//! error. Why HMAC is borrowed and the rest is ours: `docs/adr/0004-code-generation.md`.

mod code;
mod drift;
mod parameters;
mod secret;
#[cfg(test)]
mod tests;

pub use code::{Code, CodeDigits, CounterCode, TimeOutOfRange};
pub use drift::{ClockState, Drift};
pub use parameters::{
    Algorithm, CounterParameters, Digits, DigitsOutOfRange, OtpParameters, Period, PeriodOutOfRange,
    TimeParameters,
};
pub use secret::{EmptySecret, OtpSecret};
