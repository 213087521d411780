//! The shared secret and what hangs on it: its counter, its enrolment, its predecessor.

use std::fmt;

use countersign_protocol::DecodeError;
use countersign_protocol::numbers::RecordType;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::Content;
use super::encoding::{Fields, Reader, Unknown, Writer, redacted};
use crate::entropy::{self, Entropy, EntropyError};

/// Longest secret, in bytes.
pub const MAX_SECRET_BYTES: usize = 1024;

/// A secret of 1 to 1,024 bytes, as a service handed it out.
///
/// It cannot be cloned, printed or serialized; the last test is the control, so that each failure has one cause:
/// ```compile_fail,E0277
/// fn cloned<T: Clone>() {}
/// cloned::<countersign_crypto::content::OtpSecret>();
/// ```
/// ```compile_fail,E0277
/// fn shown<T: std::fmt::Display>() {}
/// shown::<countersign_crypto::content::OtpSecret>();
/// ```
/// ```compile_fail,E0277
/// fn written<T: serde::Serialize>() {}
/// written::<countersign_crypto::content::OtpSecret>();
/// ```
/// ```
/// fn named<T: std::fmt::Debug>() {}
/// fn written<T: serde::Serialize>() {}
/// named::<countersign_crypto::content::OtpSecret>();
/// written::<String>();
/// ```
pub struct OtpSecret(Zeroizing<Box<[u8]>>);

/// A secret has at least one byte and at most [`MAX_SECRET_BYTES`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("keep a secret of no byte, or of more than {MAX_SECRET_BYTES}")]
pub struct SecretLength;

impl OtpSecret {
    /// Copies `bytes`; wiping the original is up to its owner.
    ///
    /// # Errors
    /// [`SecretLength`] for none, or too many.
    pub fn new(bytes: &[u8]) -> Result<Self, SecretLength> {
        if (1..=MAX_SECRET_BYTES).contains(&bytes.len()) {
            Ok(Self(Zeroizing::new(bytes.into())))
        } else {
            Err(SecretLength)
        }
    }

    /// The bytes themselves. Every call is a place where the secret could leave.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }
}

/// Takes the same time wherever two secrets of one length differ.
impl PartialEq for OtpSecret {
    fn eq(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl Eq for OtpSecret {}

impl fmt::Debug for OtpSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("OtpSecret(…)")
    }
}

/// Names one scan of one secret: 16 random bytes. A counter belongs to one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OtpId([u8; 16]);

impl OtpId {
    /// The id of a new scan.
    ///
    /// # Errors
    /// [`EntropyError`] when the source of randomness fails.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        entropy::public(entropy).map(Self)
    }

    /// The bytes on the wire.
    pub const fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }
}

/// The hash under the HMAC.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub enum OtpAlgorithm {
    /// HMAC-SHA-1.
    Sha1 = 1,
    /// HMAC-SHA-256.
    Sha256 = 2,
    /// HMAC-SHA-512.
    Sha512 = 3,
}

/// How codes are made of the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OtpKind {
    /// RFC 6238, with a period in seconds.
    Totp {
        /// From 1 to 2³¹ − 1.
        period: u32,
    },
    /// RFC 4226. How far it has been drawn since is a record of its own.
    Hotp {
        /// The next counter when this was sealed, at most 2⁵³ − 1. It goes with the secret while no counter record
        /// can: before it is confirmed, and after it was replaced.
        counter: u64,
    },
    /// Steam's five letters, every 30 seconds.
    Steam,
}

/// A secret and its parameters: `[1, otp_id, kind, algorithm, digits, moving, secret]`.
///
/// Kind is 1 TOTP, 2 HOTP, 3 Steam; `moving` is TOTP's period, HOTP's counter, and 0 for Steam.
#[derive(PartialEq, Eq)]
pub struct Otp {
    /// New at each scan.
    pub id: OtpId,
    /// How codes are made.
    pub kind: OtpKind,
    /// The hash.
    pub algorithm: OtpAlgorithm,
    /// Digits of a code, 5 to 10.
    pub digits: u8,
    /// The shared secret.
    pub secret: OtpSecret,
    /// Fields of later versions.
    pub unknown: Unknown,
}

redacted! { Otp Counter Pending Replaced }

impl Content for Otp {
    const TYPE: RecordType = RecordType::Otp;
}

impl Fields for Otp {
    fn write(&self, writer: &mut Writer<'_>) {
        let (kind, moving) = match self.kind {
            OtpKind::Totp { period } => (1, u64::from(period)),
            OtpKind::Hotp { counter } => (2, counter),
            OtpKind::Steam => (3, 0),
        };
        writer.versioned(6, &self.unknown);
        writer.bytes(&self.id.0);
        writer.integer(kind);
        writer.integer(self.algorithm as u64);
        writer.integer(u64::from(self.digits));
        writer.integer(moving);
        writer.bytes(self.secret.expose());
        writer.unknown(&self.unknown);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let later = reader.versioned(6, "a secret")?;
        let id = OtpId(reader.fixed("a scan's id")?);
        let kind = reader.integer("a kind of code")?;
        let algorithm = algorithm(reader.integer("an algorithm")?)?;
        let digits = reader.integer("digits")?;
        let kind = self::kind(kind, reader.integer("a period or counter")?)?;
        let secret = OtpSecret::new(reader.bytes("a secret")?).map_err(|_| malformed("a secret"))?;
        let digits = u8::try_from(digits).ok().filter(|digits| (5..=10).contains(digits));
        Ok(Self {
            id,
            kind,
            algorithm,
            digits: digits.ok_or(malformed("digits"))?,
            secret,
            unknown: reader.unknown(later)?,
        })
    }
}

fn kind(number: u64, moving: u64) -> Result<OtpKind, DecodeError> {
    match (number, moving) {
        (1, 1..=0x7FFF_FFFF) => {
            Ok(OtpKind::Totp { period: u32::try_from(moving).map_err(|_| malformed("a period"))? })
        }
        (2, counter) => Ok(OtpKind::Hotp { counter }),
        (3, 0) => Ok(OtpKind::Steam),
        (1 | 3, _) => Err(malformed("a period")),
        _ => Err(DecodeError::NeedsUpdate { what: "a kind of code", number }),
    }
}

fn algorithm(number: u64) -> Result<OtpAlgorithm, DecodeError> {
    match number {
        1 => Ok(OtpAlgorithm::Sha1),
        2 => Ok(OtpAlgorithm::Sha256),
        3 => Ok(OtpAlgorithm::Sha512),
        _ => Err(DecodeError::NeedsUpdate { what: "an algorithm", number }),
    }
}

const fn malformed(what: &'static str) -> DecodeError {
    DecodeError::Malformed { what }
}

/// How far an HOTP secret has been drawn: `[1, otp_id, n]`, where `n` is the next counter to use.
pub struct Counter {
    /// The scan whose secret it counts for.
    pub otp: OtpId,
    /// At most 2⁵³ − 1.
    pub next: u64,
    /// Fields of later versions.
    pub unknown: Unknown,
}

impl Counter {
    /// Whether this one replaces `held`: the larger number wins, within one scan only. A counter for another scan
    /// than the account's `current` one never does, so that a Collaborator cannot lower one.
    pub fn replaces(&self, held: Option<&Self>, current: OtpId) -> bool {
        self.otp == current && held.is_none_or(|held| held.otp != current || held.next < self.next)
    }
}

impl Content for Counter {
    const TYPE: RecordType = RecordType::Counter;
}

impl Fields for Counter {
    fn write(&self, writer: &mut Writer<'_>) {
        writer.versioned(2, &self.unknown);
        writer.bytes(&self.otp.0);
        writer.integer(self.next);
        writer.unknown(&self.unknown);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let later = reader.versioned(2, "a counter")?;
        Ok(Self {
            otp: OtpId(reader.fixed("a scan's id")?),
            next: reader.integer("a counter")?,
            unknown: reader.unknown(later)?,
        })
    }
}

macro_rules! dated_otp {
    ($($(#[$docs:meta])* $name:ident, $record_type:expr, $what:literal, $(#[$at_docs:meta])* at;)*) => {$(
        $(#[$docs])*
        pub struct $name {
            $(#[$at_docs])*
            pub at: u64,
            /// The secret.
            pub otp: Otp,
            /// Fields of later versions.
            pub unknown: Unknown,
        }

        impl Content for $name {
            const TYPE: RecordType = $record_type;
        }

        impl Fields for $name {
            fn write(&self, writer: &mut Writer<'_>) {
                writer.versioned(2, &self.unknown);
                writer.integer(self.at);
                self.otp.write(writer);
                writer.unknown(&self.unknown);
            }

            fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
                let later = reader.versioned(2, $what)?;
                Ok(Self { at: reader.integer($what)?, otp: Otp::read(reader)?, unknown: reader.unknown(later)? })
            }
        }
    )*};
}

dated_otp! {
    /// A secret that was scanned and not confirmed yet: `[1, ts, otp]`.
    Pending, RecordType::Pending, "a pending enrolment",
        /// When it was scanned, in ms since the Unix epoch.
        at;
    /// A secret that was replaced or turned off: `[1, ts, otp]`. Purged when it is 30 days old.
    Replaced, RecordType::Replaced, "a replaced secret",
        /// When it was replaced, in ms since the Unix epoch.
        at;
}
