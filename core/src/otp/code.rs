//! The code itself, with the window in which it holds and the one that follows.
//!
//! A screen draws its countdown from `valid_from` and `valid_until` and asks again once a period. The dynamic
//! truncation is done here in 64 bits: ten digits do not fit the 32-bit power of ten that most libraries use.

use std::fmt;

use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

use super::{Algorithm, CounterParameters, Digits, OtpSecret, TimeParameters};
use crate::ports::Timestamp;

/// What Steam shows instead of the ten digits: no vowels, nothing that is misread.
const STEAM_ALPHABET: &[u8; 26] = b"23456789BCDFGHJKMNPQRTVWXY";

/// The characters of one code, wiped from memory when dropped.
///
/// ```compile_fail,E0277
/// fn clone<T: Clone>() {}
/// clone::<countersign_core::otp::CodeDigits>();
/// ```
/// ```compile_fail,E0277
/// fn show<T: std::fmt::Display>() {}
/// show::<countersign_core::otp::CodeDigits>();
/// ```
/// ```compile_fail,E0277
/// fn serialise<T: serde::Serialize>() {}
/// serialise::<countersign_core::otp::CodeDigits>();
/// ```
/// ```
/// // The control, so that a failure above has one cause.
/// fn debug<T: std::fmt::Debug>() {}
/// fn serialise<T: serde::Serialize>() {}
/// debug::<countersign_core::otp::CodeDigits>();
/// serialise::<String>();
/// ```
pub struct CodeDigits(Zeroizing<String>);

impl CodeDigits {
    /// The characters as they are typed, without grouping; leading zeros are part of the code.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The characters in two groups, as people read and type them: halves, the first one longer if they differ.
    /// Five characters stay together, and the second group is empty.
    pub fn groups(&self) -> (&str, &str) {
        let length = self.0.len();
        self.0.split_at(if length > 5 { length.div_ceil(2) } else { length })
    }
}

impl PartialEq for CodeDigits {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_bytes().ct_eq(other.0.as_bytes()).into()
    }
}

impl Eq for CodeDigits {}

impl fmt::Debug for CodeDigits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CodeDigits(…)")
    }
}

/// A time-based code and its window: it holds at `valid_from <= t < valid_until`.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// The code that holds now.
    pub digits: CodeDigits,
    /// The first second at which it holds.
    pub valid_from: Timestamp,
    /// The first second at which it does not hold any more, and `next` does.
    pub valid_until: Timestamp,
    /// The code after this one.
    pub next: CodeDigits,
}

/// A counter-based code. It has no window: it holds until the service has seen it or a later one.
#[derive(Debug, PartialEq, Eq)]
pub struct CounterCode {
    /// The code.
    pub digits: CodeDigits,
    /// The counter it was made from.
    pub counter: u64,
}

/// The time lies before 1970, where RFC 6238 has no codes, or so far ahead that its window has no end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the time must lie after 1970 and within the calendar")]
pub struct TimeOutOfRange;

impl TimeParameters {
    /// The code that holds `at` that moment.
    ///
    /// # Errors
    /// [`TimeOutOfRange`] before 1970, and where the end of the window is past the last [`Timestamp`].
    pub fn code_at(self, secret: &OtpSecret, at: Timestamp) -> Result<Code, TimeOutOfRange> {
        let period = u64::from(self.period().seconds());
        let now = u64::try_from(at.unix_seconds()).map_err(|_| TimeOutOfRange)?;
        let step = now / period;
        let moment = |step: u64| {
            let seconds = step.checked_mul(period).and_then(|seconds| i64::try_from(seconds).ok());
            seconds.map(Timestamp::from_unix_seconds).ok_or(TimeOutOfRange)
        };
        Ok(Code {
            digits: self.digits_for(secret, step),
            valid_from: moment(step)?,
            valid_until: moment(step + 1)?,
            next: self.digits_for(secret, step + 1),
        })
    }

    fn digits_for(self, secret: &OtpSecret, step: u64) -> CodeDigits {
        let number = truncated(secret, self.algorithm(), step);
        match self {
            Self::Totp { digits, .. } => decimal(number, digits),
            Self::Steam => steam(number),
        }
    }
}

impl CounterParameters {
    /// The code for the counter in these parameters.
    pub fn code(self, secret: &OtpSecret) -> CounterCode {
        let number = truncated(secret, self.algorithm, self.counter);
        CounterCode { digits: decimal(number, self.digits), counter: self.counter }
    }
}

/// RFC 4226 section 5.3, steps 1 and 2: 31 bits out of the HMAC of `counter`.
fn truncated(secret: &OtpSecret, algorithm: Algorithm, counter: u64) -> u32 {
    let algorithm = match algorithm {
        Algorithm::Sha1 => totp_rs::Algorithm::SHA1,
        Algorithm::Sha256 => totp_rs::Algorithm::SHA256,
        Algorithm::Sha512 => totp_rs::Algorithm::SHA512,
    };
    // With steps of one second, the time that is signed is the counter itself.
    let signer = totp_rs::Builder::new()
        .with_algorithm(algorithm)
        .with_step_duration(1)
        .with_secret(secret.expose())
        .build_noncompliant();
    let signature = signer.sign(counter);
    let hash = signature.as_ref();
    let last = hash.last().expect("an HMAC is not empty");
    let offset = usize::from(last & 0x0f);
    let word = hash.get(offset..).and_then(|tail| tail.first_chunk::<4>());
    let word = word.expect("an HMAC has at least 20 bytes and the offset is at most 15");
    u32::from_be_bytes(*word) & 0x7fff_ffff
}

/// RFC 4226 section 5.3, step 3: the last `digits` decimal digits, with their leading zeros.
fn decimal(number: u32, digits: Digits) -> CodeDigits {
    let width = usize::from(digits.get());
    let shown = u64::from(number) % 10_u64.pow(u32::from(digits.get()));
    CodeDigits(Zeroizing::new(format!("{shown:0width$}")))
}

/// Steam's own last step: five characters, least significant first.
fn steam(mut number: u32) -> CodeDigits {
    let mut text = Zeroizing::new(String::with_capacity(5));
    for _ in 0..5 {
        text.push(char::from(STEAM_ALPHABET[(number % 26) as usize]));
        number /= 26;
    }
    CodeDigits(text)
}
