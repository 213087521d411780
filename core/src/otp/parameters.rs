//! How a secret becomes codes, in types in which a wrong combination cannot be written.
//!
//! A counter-based key has no period and a time-based one no counter; Steam has nothing to choose at all. So a
//! function that needs a clock takes [`TimeParameters`], and no code path has to ask "but what if it is HOTP?".

use std::fmt;

/// The hash under the HMAC (RFC 6238 section 1.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Algorithm {
    /// HMAC-SHA-1, what nearly every service uses and what holds when a payload names none.
    #[default]
    Sha1,
    /// HMAC-SHA-256.
    Sha256,
    /// HMAC-SHA-512.
    Sha512,
}

impl Algorithm {
    /// The spelling of the Key URI Format: `SHA1`, `SHA256`, `SHA512`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sha1 => "SHA1",
            Self::Sha256 => "SHA256",
            Self::Sha512 => "SHA512",
        }
    }
}

impl fmt::Display for Algorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// How many digits a code has: 5 to 10. RFC 4226 section 5.3 speaks of 6 to 8; 5 and 9 are met in the wild, and
/// 31 bits cannot fill more than 10.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digits(u8);

/// A number of digits outside [`Digits::MIN`]` ..= `[`Digits::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("digits must be a whole number from 5 to 10")]
pub struct DigitsOutOfRange;

impl Digits {
    /// Five digits.
    pub const MIN: Self = Self(5);
    /// Six digits, what holds when a payload names none.
    pub const SIX: Self = Self(6);
    /// Eight digits, the other number that Google's export knows.
    pub const EIGHT: Self = Self(8);
    /// Ten digits, of which the first is never above 2.
    pub const MAX: Self = Self(10);

    /// The number itself.
    pub const fn get(self) -> u8 {
        self.0
    }

    /// Whether every authenticator can be expected to show such a code: RFC 4226 names 6, 7 and 8.
    pub const fn is_usual(self) -> bool {
        matches!(self.0, 6..=8)
    }
}

impl Default for Digits {
    fn default() -> Self {
        Self::SIX
    }
}

impl TryFrom<u64> for Digits {
    type Error = DigitsOutOfRange;

    fn try_from(number: u64) -> Result<Self, DigitsOutOfRange> {
        u8::try_from(number)
            .map(Self)
            .ok()
            .filter(|digits| (Self::MIN..=Self::MAX).contains(digits))
            .ok_or(DigitsOutOfRange)
    }
}

/// How long a code holds, in seconds: 1 to 2³¹ − 1 (RFC 6238 calls it *time step*). The ceiling is the largest
/// number that an authenticator with a signed 32-bit period can hold; nobody needs a code that holds 68 years.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Period(u32);

/// A period outside [`Period::MIN`]` ..= `[`Period::MAX`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("period must be a whole number of seconds from 1 to 2147483647")]
pub struct PeriodOutOfRange;

impl Period {
    /// One second.
    pub const MIN: Self = Self(1);
    /// Thirty seconds, what holds when a payload names none (RFC 6238 section 5.2).
    pub const THIRTY: Self = Self(30);
    /// 2³¹ − 1 seconds.
    pub const MAX: Self = Self(i32::MAX.unsigned_abs());

    /// Seconds.
    pub const fn seconds(self) -> u32 {
        self.0
    }
}

impl Default for Period {
    fn default() -> Self {
        Self::THIRTY
    }
}

impl TryFrom<u64> for Period {
    type Error = PeriodOutOfRange;

    fn try_from(number: u64) -> Result<Self, PeriodOutOfRange> {
        u32::try_from(number)
            .map(Self)
            .ok()
            .filter(|period| (Self::MIN..=Self::MAX).contains(period))
            .ok_or(PeriodOutOfRange)
    }
}

/// Everything besides the secret that decides which code is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum OtpParameters {
    /// The code depends on the clock.
    Time(TimeParameters),
    /// The code depends on how many were used before.
    Counter(CounterParameters),
}

/// A code that depends on the clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TimeParameters {
    /// TOTP (RFC 6238), counted from 1970.
    Totp {
        /// The hash under the HMAC.
        algorithm: Algorithm,
        /// The length of a code.
        digits: Digits,
        /// How long a code holds.
        period: Period,
    },
    /// Steam Guard: five characters of `23456789BCDFGHJKMNPQRTVWXY`, always SHA-1 and thirty seconds.
    Steam,
}

/// A code that depends on a counter: HOTP (RFC 4226).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct CounterParameters {
    /// The hash under the HMAC.
    pub algorithm: Algorithm,
    /// The length of a code.
    pub digits: Digits,
    /// The counter of the next code to be used.
    pub counter: u64,
}

impl OtpParameters {
    /// The hash under the HMAC.
    pub const fn algorithm(self) -> Algorithm {
        match self {
            Self::Time(time) => time.algorithm(),
            Self::Counter(counter) => counter.algorithm,
        }
    }

    /// The length of a code, in characters.
    pub const fn digits(self) -> Digits {
        match self {
            Self::Time(time) => time.digits(),
            Self::Counter(counter) => counter.digits,
        }
    }
}

impl TimeParameters {
    /// The hash under the HMAC.
    pub const fn algorithm(self) -> Algorithm {
        match self {
            Self::Totp { algorithm, .. } => algorithm,
            Self::Steam => Algorithm::Sha1,
        }
    }

    /// The length of a code, in characters.
    pub const fn digits(self) -> Digits {
        match self {
            Self::Totp { digits, .. } => digits,
            Self::Steam => Digits::MIN,
        }
    }

    /// How long a code holds.
    pub const fn period(self) -> Period {
        match self {
            Self::Totp { period, .. } => period,
            Self::Steam => Period::THIRTY,
        }
    }
}
