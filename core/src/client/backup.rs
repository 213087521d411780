//! Backup: the accounts that a member owns, in a file that they keep.
//!
//! The person is asked for first, whatever is unlocked. The file is written and read back, then each account's activity
//! says that it was exported, and then the file gets its name: an export that failed is none, and no file is there that
//! the activity does not know.

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
use crate::store::{Existing, Unnamed};
use crate::vault::{Cost, Passphrase, Purpose, open_with, seal_with};

/// What an export wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exported {
    /// Accounts in the file.
    pub accounts: usize,
    /// Recovery codes in the file.
    pub recovery_codes: usize,
    /// What is not in it.
    pub left_out: Vec<LeftOut>,
}

/// What of an account is not in an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeftOut {
    /// Whose.
    pub account: AccountId,
    /// What, and why.
    pub what: Omission,
}

/// What is left out of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Omission {
    /// The account: it is not this member's to export.
    NotOwned,
    /// The account: it is in the bin.
    Binned,
    /// The account: a plain list is one of secrets, and it has none.
    NoSecret,
    /// The account: its secret is pending, and a plain list has nothing else.
    Unconfirmed,
    /// The account: no link says its secret exactly.
    NoExactLink,
    /// A secret that is pending, of an account that is in the file.
    PendingSecret,
    /// So many recovery codes: a plain list has no place for them.
    RecoveryCodes(usize),
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
            let (owned, mut left_out) = owned(desk);
            left_out.extend(owned.iter().filter_map(|account| pending_secret(desk, *account)));
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
            let file = Unnamed::write(path, &file, Existing::Keep)?;
            note(desk, &owned)?;
            file.name()?;
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
            let (owned, mut left_out) = owned(desk);
            let mut lines = Vec::new();
            let mut written = Vec::new();
            for (&account, entry) in owned.iter().zip(entries(desk, &owned)?) {
                let mut leave = |what| left_out.push(LeftOut { account, what });
                let pending = pending_secret(desk, account);
                // A link is read back as it is written; what would not come back the same is left out.
                match payload(desk, &entry)?.map(|payload| write_otpauth(&payload)) {
                    Some(Ok(link)) => {
                        lines.push(link);
                        written.push(account);
                        if let Some(pending) = pending {
                            leave(pending.what);
                        }
                    }
                    Some(Err(_)) => leave(Omission::NoExactLink),
                    None if pending.is_some() => leave(Omission::Unconfirmed),
                    None => leave(Omission::NoSecret),
                }
                if !entry.codes.is_empty() {
                    leave(Omission::RecoveryCodes(entry.codes.len()));
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
            let file = Unnamed::write(path, text.as_bytes(), Existing::Keep)?;
            note(desk, &written)?;
            file.name()?;
            Ok(Exported { accounts: written.len(), recovery_codes: 0, left_out })
        })
    }
}

/// The accounts that this member owns, and those that are left out whatever they have.
fn owned(desk: &Desk<'_>) -> (Vec<AccountId>, Vec<LeftOut>) {
    let (mut owned, mut left_out) = (Vec::new(), Vec::new());
    for (&account, line) in desk.session.lines.iter() {
        let what = match (line.binned, desk.role(account)) {
            (None, Some(AccountRole::Owner)) => {
                owned.push(account);
                continue;
            }
            // What still lies in the store of an account that was taken away is none of this member's.
            (_, None) => continue,
            (Some(_), Some(_)) => Omission::Binned,
            (None, Some(_)) => Omission::NotOwned,
        };
        left_out.push(LeftOut { account, what });
    }
    (owned, left_out)
}

/// A secret that is pending is not in any export: nobody has confirmed that it works.
fn pending_secret(desk: &Desk<'_>, account: AccountId) -> Option<LeftOut> {
    let pending = desk.session.lines.get(&account)?.pending;
    pending.map(|_| LeftOut { account, what: Omission::PendingSecret })
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
