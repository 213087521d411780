//! Why a text was refused, as decisions for the caller.
//!
//! A message says which part is wrong and what was expected. It never holds the text: a refused payload still has
//! somebody's secret in it, and messages end up in logs. What a screen may show of it is a [`Found`], on request.

use std::fmt;

use zeroize::Zeroizing;

use super::MAX_TEXT_BYTES;

/// Why a text is not an account.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum PayloadError {
    /// Nothing that long is a payload; not looked at any further.
    #[error("the text is longer than {MAX_TEXT_BYTES} bytes")]
    TooLong,
    /// Something else altogether: when scanning, say so and go on.
    #[error("this is {0}, not an otpauth code")]
    NotOtpauth(Foreign),
    /// An activation code of an app that keeps its secrets to itself.
    #[error("this code is only for {0}")]
    VendorLocked(Vendor),
    /// An otpauth code of a kind that is not supported.
    #[error("the type is not supported: expected totp, hotp or steam")]
    UnsupportedType {
        /// The type as written.
        found: Found,
    },
    /// There is no `secret` parameter.
    #[error("the secret is missing")]
    MissingSecret,
    /// There is a place for the secret with nothing in it.
    #[error("the secret is empty")]
    EmptySecret,
    /// The secret cannot be kept exactly, so it is not kept at all.
    #[error("the secret is not valid: {0}")]
    InvalidSecret(SecretFault),
    /// A parameter is there twice; which one counts would be a guess.
    #[error("the parameter {} is there more than once", .0.name())]
    DuplicateParameter(Parameter),
    /// A hash that is not supported. There is no fallback: another hash makes other codes.
    #[error("the algorithm is not supported: expected SHA1, SHA256 or SHA512")]
    UnsupportedAlgorithm {
        /// The algorithm as written.
        found: Found,
    },
    /// Not a number of digits.
    #[error("the digits are not valid: expected a whole number from 5 to 10")]
    InvalidDigits {
        /// The value as written.
        found: Found,
    },
    /// Not a period.
    #[error("the period is not valid: expected a whole number of seconds from 1 to 2147483647")]
    InvalidPeriod {
        /// The value as written.
        found: Found,
    },
    /// A counter-based code without its counter; a screen may ask for it and offer 0.
    #[error("the counter is missing")]
    MissingCounter,
    /// Not a counter.
    #[error("the counter is not valid: expected a whole number below 2^64")]
    InvalidCounter {
        /// The value as written.
        found: Found,
    },
    /// A Google Authenticator export that cannot be read as a whole.
    #[error("the export is not readable: {0}")]
    BadMigration(MigrationFault),
}

impl PayloadError {
    /// A stable name for this refusal, as in the conformance cases.
    pub const fn id(&self) -> &'static str {
        match self {
            Self::TooLong => "too_long",
            Self::NotOtpauth(_) => "not_otpauth",
            Self::VendorLocked(_) => "vendor_locked",
            Self::UnsupportedType { .. } => "unsupported_type",
            Self::MissingSecret => "missing_secret",
            Self::EmptySecret => "empty_secret",
            Self::InvalidSecret(_) => "invalid_secret",
            Self::DuplicateParameter(_) => "duplicate_parameter",
            Self::UnsupportedAlgorithm { .. } => "unsupported_algorithm",
            Self::InvalidDigits { .. } => "invalid_digits",
            Self::InvalidPeriod { .. } => "invalid_period",
            Self::MissingCounter => "missing_counter",
            Self::InvalidCounter { .. } => "invalid_counter",
            Self::BadMigration(_) => "bad_migration_payload",
        }
    }

    /// What a screen may point at: the value that is wrong, or else the name of the part; never a secret part's
    /// content.
    pub fn detail(&self) -> Option<&str> {
        match self {
            Self::UnsupportedType { found }
            | Self::UnsupportedAlgorithm { found }
            | Self::InvalidDigits { found }
            | Self::InvalidPeriod { found }
            | Self::InvalidCounter { found } => Some(found.as_str()),
            Self::DuplicateParameter(parameter) => Some(parameter.name()),
            Self::MissingSecret | Self::EmptySecret | Self::InvalidSecret(_) => {
                Some(Parameter::Secret.name())
            }
            Self::MissingCounter => Some(Parameter::Counter.name()),
            Self::BadMigration(_) => Some(Parameter::Data.name()),
            Self::TooLong | Self::NotOtpauth(_) | Self::VendorLocked(_) => None,
        }
    }
}

/// A value that was refused, kept so that a screen can show it: at most 64 characters, wiped when dropped, and
/// neither in `Display` nor in `Debug`, because a broken generator may have put the secret there.
#[derive(PartialEq, Eq)]
pub struct Found(Zeroizing<String>);

impl Found {
    const MAX_CHARACTERS: usize = 64;

    pub(super) fn new(value: &str) -> Self {
        let end = value.char_indices().nth(Self::MAX_CHARACTERS).map_or(value.len(), |(end, _)| end);
        Self(Zeroizing::new(value[..end].to_owned()))
    }

    /// The value as written, after percent-decoding. Untrusted text: escape it before it reaches a terminal.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Found(…)")
    }
}

/// The parameters that are read; all others are ignored (and an `image` is never fetched).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Parameter {
    /// The shared secret in base32.
    Secret,
    /// Who issued it.
    Issuer,
    /// The hash.
    Algorithm,
    /// The length of a code.
    Digits,
    /// How long a code holds.
    Period,
    /// The counter of a counter-based code.
    Counter,
    /// `steam`, as KeePassXC writes it.
    Encoder,
    /// The bare flag for Steam, as Stratum writes it.
    Steam,
    /// The export in a Google Authenticator code.
    Data,
}

impl Parameter {
    /// The name as it is written in a link.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Secret => "secret",
            Self::Issuer => "issuer",
            Self::Algorithm => "algorithm",
            Self::Digits => "digits",
            Self::Period => "period",
            Self::Counter => "counter",
            Self::Encoder => "encoder",
            Self::Steam => "steam",
            Self::Data => "data",
        }
    }
}

/// What is wrong with a secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum SecretFault {
    /// A character outside the alphabet. Dropping it would give plausible, wrong codes.
    #[error("expected only the letters A to Z and the digits 2 to 7")]
    NotBase32,
    /// A single character holds five bits, which is no byte.
    #[error("expected at least two characters")]
    TooShort,
    /// Six to eight digits: the code that changes, not the key that stays.
    #[error("expected the key, not a code made from it")]
    LooksLikeCode,
}

/// What a text is, when it is no payload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum Foreign {
    /// Nothing at all.
    #[error("an empty text")]
    Empty,
    /// An `http:` or `https:` address.
    #[error("a web link")]
    WebLink,
    /// The key of a wireless network.
    #[error("a Wi-Fi code")]
    Wifi,
    /// A passkey's hand-over from one device to another (FIDO hybrid transport).
    #[error("a passkey code")]
    Passkey,
    /// A link that makes the Steam client do something (`steam://run/…`).
    #[error("a link for the Steam client")]
    SteamCommand,
    /// Six to eight digits.
    #[error("a one-time code")]
    OneTimeCode,
    /// What could be a key, but came without the rest.
    #[error("a bare word, perhaps a key")]
    BareKey,
    /// None of these.
    #[error("another kind of text")]
    Other,
}

/// Whose app alone can use a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Vendor {
    /// Microsoft Authenticator (`phonefactor:`).
    Microsoft,
    /// Okta Verify.
    Okta,
    /// Duo Mobile.
    Duo,
    /// Oracle Mobile Authenticator.
    Oracle,
    /// A transfer between two phones with LastPass Authenticator.
    LastPass,
}

impl Vendor {
    /// A stable name, as in the conformance cases.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Microsoft => "microsoft",
            Self::Okta => "okta",
            Self::Duo => "duo",
            Self::Oracle => "oracle",
            Self::LastPass => "lastpass",
        }
    }
}

/// The name of the app.
impl fmt::Display for Vendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Microsoft => "Microsoft Authenticator",
            Self::Okta => "Okta Verify",
            Self::Duo => "Duo Mobile",
            Self::Oracle => "Oracle Mobile Authenticator",
            Self::LastPass => "LastPass Authenticator",
        })
    }
}

/// What is wrong with an export as a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum MigrationFault {
    /// It is not addressed to `offline`, the only place Google's app sends it to.
    #[error("expected otpauth-migration://offline")]
    NotOffline,
    /// No `data` parameter, or nothing in it.
    #[error("the data is missing")]
    NoData,
    /// Not base64.
    #[error("the data is not base64")]
    NotBase64,
    /// Not a message of Google's form, or cut off.
    #[error("the data is damaged or cut off")]
    NotProtobuf,
    /// A message without a single account.
    #[error("the data holds no accounts")]
    NoEntries,
}
