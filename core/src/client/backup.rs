//! Backup: the accounts that a member owns, in a file that they keep.
//!
//! The person is asked for first, whatever is unlocked. That it happened is in each account's activity before the file
//! is there, and the file is read back before it gets its name: what is reported as saved can be read.

use std::path::Path;

use countersign_crypto::content::{Action, Counter, Otp, OtpId, OtpKind, RecoveryCode, RecoveryCodes, Text};
use countersign_protocol::ids::{AccountId, InstanceId};
use countersign_protocol::numbers::{AccountRole, RecordType};
use zeroize::Zeroizing;

use super::accounts::{card, fields};
use super::backup_form::{Entry, OtpEntry, decode, encode};
use super::codes::{next_counter, parameters, secret};
use super::desk::Desk;
use super::{Doer, Unlocked};
use crate::enrol::{AccountPayload, write_otpauth};
use crate::error::{ExportError, Unavailable};
use crate::store::{Existing, write_private};
use crate::vault::{Cost, Passphrase, Purpose, open_with, seal_with};

/// What an export wrote.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Exported {
    /// Accounts in the file.
    pub accounts: usize,
    /// Recovery codes in the file.
    pub recovery_codes: usize,
    /// Accounts on the list that are not in it: not this member's to export, or, in a plain list, without a secret or
    /// without an exact form.
    pub left_out: usize,
}

impl Unlocked {
    /// Writes an encrypted backup to `path`, which must not exist yet. Asks the vault for the person first.
    ///
    /// # Errors
    /// [`ExportError`]; there is then no file.
    pub fn export_encrypted(
        &self,
        path: &Path,
        passphrase: &Passphrase,
        cost: Cost,
    ) -> Result<Exported, ExportError> {
        self.inner.host.vault.confirm()?;
        self.with(Doer::Person, |desk| {
            let (owned, left_out) = owned(desk);
            let entries = entries(desk, &owned)?;
            if entries.is_empty() {
                return Err(ExportError::Nothing);
            }
            let plaintext = encode(&entries);
            let file = seal_with(passphrase, Purpose::Backup, cost, &plaintext, &*desk.host.entropy)?;
            let back =
                open_with(passphrase, Purpose::Backup, &file).map_err(|_| ExportError::NotAsWritten)?;
            if decode(&back).is_none_or(|back| back.len() != entries.len()) || *back != *plaintext {
                return Err(ExportError::NotAsWritten);
            }
            note(desk, &owned)?;
            write_private(path, &file, Existing::Keep)?;
            let recovery_codes = entries.iter().map(|entry| entry.codes.len()).sum();
            Ok(Exported { accounts: entries.len(), recovery_codes, left_out })
        })
    }

    /// Writes the secrets of the accounts that a member owns as a list of otpauth links, one a line, to `path`, which
    /// must not exist yet. Whoever reads that file can make every code in it: a screen says so first. Asks the vault
    /// for the person.
    ///
    /// # Errors
    /// [`ExportError`]; there is then no file.
    pub fn export_plain(&self, path: &Path) -> Result<Exported, ExportError> {
        self.inner.host.vault.confirm()?;
        self.with(Doer::Person, |desk| {
            let (owned, left_out) = owned(desk);
            let mut lines = Vec::new();
            let mut written = Vec::new();
            for (account, entry) in owned.iter().zip(entries(desk, &owned)?) {
                // A link is read back as it is written; what would not come back the same is left out.
                if let Some(link) = payload(desk, &entry)?.and_then(|payload| write_otpauth(&payload).ok()) {
                    lines.push(link);
                    written.push(*account);
                }
            }
            if lines.is_empty() {
                return Err(ExportError::Nothing);
            }
            let length = lines.iter().map(|line| line.expose().len() + 1).sum();
            let mut text = Zeroizing::new(String::with_capacity(length));
            for line in &lines {
                text.push_str(line.expose());
                text.push('\n');
            }
            note(desk, &written)?;
            write_private(path, text.as_bytes(), Existing::Keep)?;
            let left_out = left_out + owned.len() - written.len();
            Ok(Exported { accounts: written.len(), recovery_codes: 0, left_out })
        })
    }
}

/// The accounts that this member owns, and how many others are on the list.
fn owned(desk: &Desk<'_>) -> (Vec<AccountId>, usize) {
    let listed = desk.session.lines.iter().filter(|(_, line)| line.binned.is_none());
    let (owned, others): (Vec<AccountId>, Vec<AccountId>) = listed
        .map(|(account, _)| *account)
        .partition(|account| desk.role(*account) == Some(AccountRole::Owner));
    (owned, others.len())
}

fn note(desk: &mut Desk<'_>, accounts: &[AccountId]) -> Result<(), Unavailable> {
    for &account in accounts {
        desk.note(account, &[Action::Exported], None)?;
    }
    desk.commit()
}

fn entries(desk: &mut Desk<'_>, accounts: &[AccountId]) -> Result<Vec<Entry>, Unavailable> {
    accounts.iter().map(|account| entry(desk, *account)).collect()
}

fn entry(desk: &mut Desk<'_>, account: AccountId) -> Result<Entry, Unavailable> {
    let (codes_space, controls) = (desk.codes(account), desk.controls(account));
    let card = fields(&card(desk, account)?.1);
    let otp = match desk.read::<Otp>(codes_space, InstanceId::ZERO)?.content {
        None => None,
        Some(otp) => {
            let kind = match otp.kind {
                OtpKind::Hotp { counter } => {
                    let held = desk.read::<Counter>(codes_space, InstanceId::ZERO)?.content;
                    OtpKind::Hotp { counter: next_counter(&otp, held.as_ref(), counter) }
                }
                by_the_clock => by_the_clock,
            };
            Some(OtpEntry { kind, algorithm: otp.algorithm, digits: otp.digits, secret: otp.secret })
        }
    };
    debug_assert!(desk.require(account, RecordType::RecoveryCodes).is_ok());
    let codes = desk.read::<RecoveryCodes>(controls, InstanceId::ZERO)?.content;
    let codes = codes.as_ref().map_or_else(Vec::new, |codes| codes.codes().iter().map(copy).collect());
    Ok(Entry { card, otp, codes })
}

fn copy(code: &RecoveryCode) -> RecoveryCode {
    let same = Text::new(code.code.as_str()).expect("a text fits where it came from");
    RecoveryCode { code: same, used: code.used }
}

/// The account as a link would say it; `None` without a secret.
fn payload(desk: &Desk<'_>, entry: &Entry) -> Result<Option<AccountPayload>, Unavailable> {
    let Some(held) = &entry.otp else { return Ok(None) };
    let otp = held.to_otp(OtpId::generate(&*desk.host.entropy)?)?;
    let named = |text: &str| if text.is_empty() { None } else { Some(text.to_owned()) };
    let issuer = named(&entry.card.app).or_else(|| named(&entry.card.name));
    Ok(Some(AccountPayload {
        issuer,
        account: named(&entry.card.login),
        label_issuer: None,
        secret: secret(&otp)?,
        parameters: parameters(&otp)?,
        warnings: Vec::new(),
    }))
}
