//! What a QR code or a typed text turned out to be, kept apart from how it is shown.

use countersign_core::enrol::{
    self, AccountPayload, Batch, BatchError, Batches, Entry, EntryError, MigrationPayload, Payload,
};
use countersign_core::otp::{Code, CounterCode, OtpParameters, TimeOutOfRange};
use countersign_core::ports::Timestamp;

use crate::problem::Problem;

/// What was read.
#[derive(Debug)]
pub(crate) enum Content {
    /// One account.
    Account(AccountPayload),
    /// An export of Google Authenticator, or a part of one.
    Export(ExportPart),
    /// Something else, with its name and a next step.
    Refused(Problem),
}

/// One part of an export.
#[derive(Debug)]
pub(crate) struct ExportPart {
    /// The accounts in their order, and those that cannot be used.
    pub(crate) entries: Vec<Result<AccountPayload, EntryError>>,
    /// Which part it says to be.
    pub(crate) batch: Batch,
    /// Why it does not count as a part of its export.
    pub(crate) misplaced: Option<BatchError>,
}

impl From<ExportPart> for MigrationPayload {
    fn from(part: ExportPart) -> Self {
        Self { entries: part.entries, batch: part.batch }
    }
}

impl Content {
    /// Reads `text`; the parts of exports are noted in `exports`.
    pub(crate) fn read(text: &str, entry: Entry, exports: &mut Batches) -> Self {
        match enrol::read(text, entry) {
            Ok(Payload::Account(account)) => Self::Account(account),
            Ok(Payload::Migration(MigrationPayload { entries, batch })) => {
                // Only the numbers of the parts are collected: their accounts are shown where they were found.
                let misplaced = exports.add(MigrationPayload { entries: Vec::new(), batch }).err();
                Self::Export(ExportPart { entries, batch, misplaced })
            }
            Err(error) => Self::Refused(Problem::from(&error)),
        }
    }

    /// The accounts in it.
    pub(crate) fn accounts(&self) -> Vec<&AccountPayload> {
        match self {
            Self::Account(account) => vec![account],
            Self::Export(part) => part.entries.iter().flatten().collect(),
            Self::Refused(_) => Vec::new(),
        }
    }
}

/// Whether one of `accounts` has a code at a moment: what `scan` and `code -` say they found.
pub(crate) fn has_code<'a>(accounts: impl IntoIterator<Item = &'a AccountPayload>, at: Timestamp) -> bool {
    accounts.into_iter().any(|account| code_at(account, at).is_ok())
}

/// The code of an account at a moment.
pub(crate) enum CodeNow {
    /// It holds for a while, and another follows.
    Timed(Code),
    /// It holds until it is used.
    Counted(CounterCode),
}

/// The code of `account` at a moment; only a clock that is far off leaves it without one.
pub(crate) fn code_at(account: &AccountPayload, at: Timestamp) -> Result<CodeNow, TimeOutOfRange> {
    match &account.parameters {
        OtpParameters::Time(time) => time.code_at(&account.secret, at).map(CodeNow::Timed),
        OtpParameters::Counter(counter) => Ok(CodeNow::Counted(counter.code(&account.secret))),
    }
}
