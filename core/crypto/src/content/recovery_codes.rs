//! The service's own backup codes, for the day when the second factor is gone.

use std::fmt;

use countersign_protocol::DecodeError;
use countersign_protocol::numbers::RecordType;

use super::encoding::{Fields, Reader, Unknown, Writer, redacted};
use super::{Content, Text};

/// Most codes of one account.
pub const MAX_RECOVERY_CODES: usize = 100;

/// One backup code: `[code, used | null]`.
pub struct RecoveryCode {
    /// As the service wrote it.
    pub code: Text<256>,
    /// When somebody marked it as used, in ms since the Unix epoch.
    pub used: Option<u64>,
}

redacted! { RecoveryCode }

/// The backup codes of an account: `[1, [[code, used | null], …]]`, in the service's order.
pub struct RecoveryCodes {
    codes: Vec<RecoveryCode>,
    /// Fields of later versions.
    pub unknown: Unknown,
}

/// More codes than an account may have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("keep more than {MAX_RECOVERY_CODES} recovery codes")]
pub struct TooManyCodes;

impl fmt::Debug for RecoveryCodes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RecoveryCodes({} codes)", self.codes.len())
    }
}

impl RecoveryCodes {
    /// # Errors
    /// [`TooManyCodes`] above [`MAX_RECOVERY_CODES`].
    pub fn new(codes: Vec<RecoveryCode>) -> Result<Self, TooManyCodes> {
        if codes.len() <= MAX_RECOVERY_CODES {
            Ok(Self { codes, unknown: Unknown::default() })
        } else {
            Err(TooManyCodes)
        }
    }

    /// The codes, in the service's order.
    pub fn codes(&self) -> &[RecoveryCode] {
        &self.codes
    }

    /// The same, to mark one as used.
    pub fn codes_mut(&mut self) -> &mut [RecoveryCode] {
        &mut self.codes
    }
}

impl Content for RecoveryCodes {
    const TYPE: RecordType = RecordType::RecoveryCodes;
}

impl Fields for RecoveryCodes {
    fn write(&self, writer: &mut Writer<'_>) {
        writer.versioned(1, &self.unknown);
        writer.array(self.codes.len());
        for code in &self.codes {
            writer.array(2);
            code.code.write(writer);
            writer.optional_integer(code.used);
        }
        writer.unknown(&self.unknown);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let what = "recovery codes";
        let later = reader.versioned(1, what)?;
        let count = reader.length(MAX_RECOVERY_CODES as u64, what)?;
        let mut codes = Vec::new();
        for _ in 0..count {
            if reader.length(2, what)? != 2 {
                return Err(DecodeError::Malformed { what });
            }
            codes
                .push(RecoveryCode { code: Text::read(reader, what)?, used: reader.optional_integer(what)? });
        }
        Ok(Self { codes, unknown: reader.unknown(later)? })
    }
}
