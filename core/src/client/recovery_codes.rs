//! The service's own backup codes: typed, pasted or scanned, and marked once used. Account Owners only.

use std::fmt;

use countersign_crypto::content::{Action, RecoveryCode, RecoveryCodes, Text};
use countersign_protocol::ids::{AccountId, InstanceId};
use countersign_protocol::numbers::RecordType;
use zeroize::Zeroizing;

use super::desk::{Current, Desk};
use super::{Doer, Unlocked};
use crate::enrol::{self, Entry, Foreign, Payload, PayloadError, Vendor};
use crate::error::RecoveryCodesError;
use crate::ports::Timestamp;

/// One backup code, as it is shown. It does not print itself.
#[derive(PartialEq, Eq)]
pub struct ShownRecoveryCode {
    /// As the service wrote it.
    pub code: Zeroizing<String>,
    /// When somebody marked it as used.
    pub used: Option<Timestamp>,
}

impl fmt::Debug for ShownRecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ShownRecoveryCode(…)")
    }
}

/// What a text is that holds no recovery codes: the QR code beside them, scanned by mistake, would be kept as one and
/// its secret shown to whoever looks for a backup code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OtherKind {
    /// The secret of an account, readable or not.
    #[error("an account's own QR code or link")]
    Account,
    /// An export of Google Authenticator.
    #[error("an export of Google Authenticator")]
    Export,
    /// The activation code of an app that keeps its secrets to itself.
    #[error("a code only for {0}")]
    Vendor(Vendor),
    /// Something else that has a name.
    #[error("{0}")]
    Foreign(Foreign),
}

impl OtherKind {
    /// What a line is, where it is something that no service gives as a recovery code.
    fn of(line: &str) -> Option<Self> {
        match enrol::read(line, Entry::Qr) {
            Ok(Payload::Migration(_)) | Err(PayloadError::BadMigration(_)) => Some(Self::Export),
            Err(PayloadError::VendorLocked(vendor)) => Some(Self::Vendor(vendor)),
            Err(PayloadError::NotOtpauth(foreign)) => match foreign {
                Foreign::WebLink | Foreign::Wifi | Foreign::Passkey | Foreign::SteamCommand => {
                    Some(Self::Foreign(foreign))
                }
                // What a recovery code looks like.
                Foreign::Empty | Foreign::OneTimeCode | Foreign::BareKey | Foreign::Other => None,
            },
            Err(PayloadError::TooLong) => None,
            Ok(Payload::Account(_)) | Err(_) => Some(Self::Account),
        }
    }
}

impl Unlocked {
    /// The codes of an account, in the service's order. That they were looked at is in the account's activity before
    /// they are handed out.
    ///
    /// # Errors
    /// [`RecoveryCodesError::Refused`] where there is no such account, or this member is no Owner of it.
    pub fn recovery_codes(&self, account: AccountId) -> Result<Vec<ShownRecoveryCode>, RecoveryCodesError> {
        self.with(Doer::Person, |desk| {
            let Some(codes) = held(desk, account)?.content else { return Ok(Vec::new()) };
            desk.note(account, &[Action::RecoveryCodesViewed], None)?;
            desk.commit()?;
            let shown = codes.codes().iter().map(|code| ShownRecoveryCode {
                code: Zeroizing::new(code.code.as_str().to_owned()),
                used: code.used.map(Timestamp::from_unix_millis),
            });
            Ok(shown.collect())
        })
    }

    /// Saves the codes in `text`, as typed, pasted or scanned, in place of those that were there. One that stays keeps
    /// its mark. Returns how many there are now; with a text without codes, none.
    ///
    /// # Errors
    /// [`RecoveryCodesError`], `NotCodes` where a line is known to be something else; the codes are then as they were.
    pub fn save_recovery_codes(&self, account: AccountId, text: &str) -> Result<usize, RecoveryCodesError> {
        self.with(Doer::Person, |desk| {
            let current = held(desk, account)?;
            if let Some(kind) = text.lines().find_map(OtherKind::of) {
                return Err(RecoveryCodesError::NotCodes(kind));
            }
            let before = current.content.as_ref().map_or(&[][..], RecoveryCodes::codes);
            let mut codes = Vec::new();
            for code in split(text) {
                let used = before.iter().find(|held| held.code.as_str() == code).and_then(|held| held.used);
                codes.push(RecoveryCode { code: Text::new(code)?, used });
            }
            let count = codes.len();
            write(desk, account, &current, &RecoveryCodes::new(codes)?)?;
            Ok(count)
        })
    }

    /// Marks the code at `index`, counted from 0, as used, or takes the mark away.
    ///
    /// # Errors
    /// [`RecoveryCodesError::NoSuchCode`] where there are not as many.
    pub fn mark_recovery_code(
        &self,
        account: AccountId,
        index: usize,
        used: bool,
    ) -> Result<(), RecoveryCodesError> {
        self.with(Doer::Person, |desk| {
            let mut current = held(desk, account)?;
            let mut codes = current.content.take().ok_or(RecoveryCodesError::NoSuchCode)?;
            let now = desk.now();
            let code = codes.codes_mut().get_mut(index).ok_or(RecoveryCodesError::NoSuchCode)?;
            code.used = used.then_some(now);
            write(desk, account, &current, &codes)
        })
    }
}

fn held(desk: &mut Desk<'_>, account: AccountId) -> Result<Current<RecoveryCodes>, RecoveryCodesError> {
    desk.line(account)?;
    desk.require(account, RecordType::RecoveryCodes)?;
    Ok(desk.read(desk.controls(account), InstanceId::ZERO)?)
}

fn write(
    desk: &mut Desk<'_>,
    account: AccountId,
    current: &Current<RecoveryCodes>,
    codes: &RecoveryCodes,
) -> Result<(), RecoveryCodesError> {
    desk.write(desk.controls(account), InstanceId::ZERO, current.base, codes)?;
    desk.note(account, &[Action::RecoveryCodesChanged], None)?;
    let mut line = desk.line(account)?.clone();
    line.recovery_codes = unused(codes);
    desk.set_line(account, Some(line));
    Ok(desk.commit()?)
}

/// How many are left, which is what the card shows.
pub(super) fn unused(codes: &RecoveryCodes) -> u64 {
    codes.codes().iter().filter(|code| code.used.is_none()).count() as u64
}

/// The codes in a text: one a line, or several in a line with commas or blanks between them. A line's own number or
/// bullet is left out, and so is a code that was there already.
fn split(text: &str) -> Vec<&str> {
    let pieces =
        text.split(['\n', '\r', ',', ';', '\t']).map(without_number).filter(|piece| !piece.is_empty());
    let mut codes = Vec::new();
    for piece in pieces {
        let words: Vec<&str> = piece.split_whitespace().collect();
        // "1234 5678" is one code written in two groups; more words than that, as long as each other, are codes.
        let several =
            words.len() > 2 && words.iter().all(|word| word.len() == words[0].len() && word.len() > 5);
        let found = if several { words } else { vec![piece] };
        for code in found {
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
    }
    codes
}

/// Without "1. ", "2) ", "- ", "* " or "• " at the beginning.
fn without_number(piece: &str) -> &str {
    let piece = piece.trim();
    let Some((first, rest)) = piece.split_once(' ') else { return piece };
    let number = first.strip_suffix(['.', ')', ':']);
    let is_number =
        number.is_some_and(|number| number.len() <= 3 && number.bytes().all(|b| b.is_ascii_digit()));
    if is_number || ["-", "*", "•"].contains(&first) { rest.trim() } else { piece }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn codes_are_found_as_services_print_and_people_type_them() {
        assert_eq!(split("1234-5678\r\n 8765-4321 \n\n"), ["1234-5678", "8765-4321"]);
        assert_eq!(split("1. abcd efgh\n2. ijkl mnop"), ["abcd efgh", "ijkl mnop"]);
        assert_eq!(split("- one-code\n• two-code"), ["one-code", "two-code"]);
        assert_eq!(split("12345678, 23456789;34567890"), ["12345678", "23456789", "34567890"]);
        assert_eq!(split("12345678 23456789 34567890"), ["12345678", "23456789", "34567890"]);
        assert_eq!(split("same\nsame"), ["same"]);
        assert!(split(" \n , ").is_empty());
    }
}
