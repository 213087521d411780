//! What a text turned out to be.
//!
//! An account can be used as it stands: its secret is not empty and its parameters are in range. What is doubtful
//! but usable is a [`Warning`], never a refusal, and what is not usable never gets here.

use std::fmt;

use crate::otp::{OtpParameters, OtpSecret, TimeParameters};

use super::label::Names;

/// What was read.
#[derive(Debug, PartialEq, Eq)]
pub enum Payload {
    /// One account.
    Account(AccountPayload),
    /// An export of Google Authenticator, or a part of one.
    Migration(MigrationPayload),
}

/// One account, as the service or another app describes it.
///
/// Names are kept as written, control characters and all: escape them before they reach a terminal. `Debug` shows none of
/// them, since logs are where it ends up (rule 12 of `docs/payloads.md`).
#[derive(PartialEq, Eq)]
pub struct AccountPayload {
    /// The service; from the `issuer` parameter, else from the label. Never empty.
    pub issuer: Option<String>,
    /// The login name at the service. Never empty.
    pub account: Option<String>,
    /// The name before the colon in the label, where it is another than the issuer: often the tenant.
    pub label_issuer: Option<String>,
    /// The shared secret.
    pub secret: OtpSecret,
    /// How the secret becomes codes.
    pub parameters: OtpParameters,
    /// What a person should know, in no particular order, each at most once.
    pub warnings: Vec<Warning>,
}

impl AccountPayload {
    pub(super) fn new(names: Names, secret: OtpSecret, parameters: OtpParameters) -> Self {
        let Names { issuer, account, label_issuer } = names;
        let unusual =
            parameters != OtpParameters::Time(TimeParameters::Steam) && !parameters.digits().is_usual();
        let warnings = [
            (secret.bits() < 128, Warning::SecretBelow128Bits),
            (label_issuer.is_some(), Warning::IssuerDiffersFromLabel),
            (unusual, Warning::UnusualDigits),
        ];
        let warnings =
            warnings.into_iter().filter_map(|(raised, warning)| raised.then_some(warning)).collect();
        Self { issuer, account, label_issuer, secret, parameters, warnings }
    }
}

impl fmt::Debug for AccountPayload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("AccountPayload")
            .field("secret", &self.secret)
            .field("parameters", &self.parameters)
            .field("warnings", &self.warnings)
            .finish_non_exhaustive()
    }
}

/// What a person should know about an account that works all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Warning {
    /// RFC 4226 section 4 asks for 128 bits; many services hand out 80.
    SecretBelow128Bits,
    /// The label names another issuer than the `issuer` parameter, which is the one that counts.
    IssuerDiffersFromLabel,
    /// Codes of 5, 9 or 10 digits, which other apps may refuse or get wrong.
    UnusualDigits,
}

impl Warning {
    /// A stable name, as in the conformance cases.
    pub const fn id(self) -> &'static str {
        match self {
            Self::SecretBelow128Bits => "secret_below_128_bits",
            Self::IssuerDiffersFromLabel => "issuer_differs_from_label",
            Self::UnusualDigits => "unusual_digits",
        }
    }

    /// One English sentence for a person.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::SecretBelow128Bits => "The service's secret is shorter than the standard asks for.",
            Self::IssuerDiffersFromLabel => "The code names two different issuers.",
            Self::UnusualDigits => "The codes are not of the usual six to eight digits.",
        }
    }
}

/// An export of Google Authenticator, or the part of one that fits a QR code.
#[derive(Debug, PartialEq, Eq)]
pub struct MigrationPayload {
    /// The accounts in their order; one that cannot be used does not cost the others.
    pub entries: Vec<Result<AccountPayload, EntryError>>,
    /// Which part this is. [`Batches`](super::Batches) puts parts together.
    pub batch: Batch,
}

/// Which part of an export a code is: the numbers as written, which may make no sense.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Batch {
    /// The same for all parts of one export; chosen at random, often negative.
    pub id: i32,
    /// The number of this part, from 0.
    pub index: i32,
    /// How many parts there are; 0 where the export does not say.
    pub size: i32,
}

/// Why one account of an export cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum EntryError {
    /// The entry is damaged.
    #[error("the entry is damaged")]
    Damaged,
    /// It has no secret.
    #[error("the secret is empty")]
    EmptySecret,
    /// A hash that is not supported, such as MD5.
    #[error("the algorithm is not supported: expected SHA1, SHA256 or SHA512")]
    UnsupportedAlgorithm,
    /// A number of digits that Google's format does not know.
    #[error("the digits are not valid: expected six or eight")]
    InvalidDigits,
    /// Neither time-based nor counter-based.
    #[error("the type is not supported: expected totp or hotp")]
    UnsupportedType,
    /// A counter below zero.
    #[error("the counter is not valid: expected a number from 0")]
    InvalidCounter,
    /// A line of a list that is no account's link, by the name of what is wrong with it.
    #[error("the line is no link of an account ({0})")]
    Line(&'static str),
}

impl EntryError {
    /// A stable name, as in the conformance cases.
    pub const fn id(self) -> &'static str {
        match self {
            Self::Damaged => "bad_migration_payload",
            Self::EmptySecret => "empty_secret",
            Self::UnsupportedAlgorithm => "unsupported_algorithm",
            Self::InvalidDigits => "invalid_digits",
            Self::UnsupportedType => "unsupported_type",
            Self::InvalidCounter => "invalid_counter",
            Self::Line(id) => id,
        }
    }
}
