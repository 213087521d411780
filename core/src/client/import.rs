//! Bringing accounts in: a backup of this product, or an export of Google Authenticator.
//!
//! What is here already is recognised by its secret and left alone. All of an import is one step: a kill leaves
//! everything of it, or nothing.

use std::fmt;
use std::path::Path;

use countersign_crypto::content::{Action, Otp, OtpId, Unknown};
use countersign_protocol::ids::{AccountId, InstanceId};

use super::accounts::{create, sealed};
use super::backup_form::{Entry, OtpEntry, codes_record, decode};
use super::desk::Desk;
use super::line::{Line, Secret, fingerprint};
use super::recovery_codes::unused;
use super::secrets::put_in_use;
use super::{CardFields, Doer, Unlocked};
use crate::enrol::{AccountPayload, EntryError, Export, sealed_otp};
use crate::error::{EnrolError, ImportError, Unavailable};
use crate::store::{StoreError, read_whole};
use crate::vault::{Passphrase, Purpose, SealedError, open_with};

/// Longest backup that is read, in bytes.
const LIMIT: u64 = 256 * 1024 * 1024;

/// What an import of a backup did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Imported {
    /// Accounts that are new here.
    pub added: usize,
    /// Accounts that were here already, and were left as they were.
    pub present: usize,
}

/// One account of an export, before anything is saved.
#[derive(Clone, PartialEq, Eq)]
pub struct Candidate {
    /// Its place in the export, to choose it by.
    pub index: usize,
    /// The service, as the export names it.
    pub app: String,
    /// The login name, as the export names it.
    pub login: String,
    /// What it would mean to save it.
    pub state: CandidateState,
}

/// Names are not printed.
impl fmt::Debug for Candidate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Candidate({}, {:?})", self.index, self.state)
    }
}

/// What an account of an export is to this workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CandidateState {
    /// Not here yet.
    New,
    /// Here already, with this secret.
    Here {
        /// Where.
        account: AccountId,
    },
    /// Here under the same names with another secret, which it would replace: only if the person says so.
    OtherSecret {
        /// Where.
        account: AccountId,
    },
    /// It cannot be imported, and why.
    Refused(EntryError),
}

/// What became of one chosen account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryResult {
    /// A new account, with MFA on.
    Added(AccountId),
    /// Its secret took the place of the one in use, which is sealed for 30 days.
    Replaced(AccountId),
    /// Left as it was: here already, refused, or not there.
    Left,
}

impl Unlocked {
    /// Adds what is in an encrypted backup and not here yet.
    ///
    /// # Errors
    /// [`ImportError`]; nothing was added.
    pub fn import_backup(&self, path: &Path, passphrase: &Passphrase) -> Result<Imported, ImportError> {
        let file = read_whole(path, LIMIT)?;
        let plaintext = open_with(passphrase, Purpose::Backup, &file).map_err(|error| match error {
            SealedError::Foreign => ImportError::Foreign,
            SealedError::Newer => ImportError::Newer,
            SealedError::Cost => ImportError::Cost,
            SealedError::CutShort | SealedError::DoesNotOpen => ImportError::DoesNotOpen,
        })?;
        let entries = decode(&plaintext).ok_or(ImportError::Newer)?;
        self.with(Doer::Person, |desk| {
            let mut imported = Imported { added: 0, present: 0 };
            for entry in entries {
                if is_here(desk, &entry) {
                    imported.present += 1;
                } else {
                    add(desk, entry)?;
                    imported.added += 1;
                }
            }
            desk.commit()?;
            Ok(imported)
        })
    }

    /// What the accounts of a Google export are to this workspace, in the export's order. Nothing is saved.
    ///
    /// # Errors
    /// [`Unavailable`], as of any verb.
    pub fn preview_export(&self, export: &Export) -> Result<Vec<Candidate>, Unavailable> {
        self.with(Doer::Person, |desk| {
            let entries = export.entries().enumerate();
            Ok(entries.map(|(index, entry)| candidate(desk, index, entry.as_ref())).collect())
        })
    }

    /// Saves the `chosen` accounts of an export, by their index in its preview, all in one step. Choosing one with
    /// another secret replaces the secret in use.
    ///
    /// # Errors
    /// [`EnrolError`]; nothing was saved.
    pub fn import_export(
        &self,
        export: &Export,
        chosen: &[usize],
    ) -> Result<Vec<(usize, EntryResult)>, EnrolError> {
        self.with(Doer::Person, |desk| {
            let mut results = Vec::with_capacity(chosen.len());
            let mut taken = Vec::new();
            for (index, entry) in export.entries().enumerate().filter(|(index, _)| chosen.contains(index)) {
                let result = match entry {
                    // One secret twice in one export is one account.
                    Ok(payload) if taken.contains(&fingerprint(payload.secret.expose())) => EntryResult::Left,
                    Ok(payload) => {
                        taken.push(fingerprint(payload.secret.expose()));
                        let state = candidate(desk, index, entry.as_ref()).state;
                        import_one(desk, payload, state)?
                    }
                    Err(_) => EntryResult::Left,
                };
                results.push((index, result));
            }
            desk.commit()?;
            Ok(results)
        })
    }
}

fn import_one(
    desk: &mut Desk<'_>,
    payload: &AccountPayload,
    state: CandidateState,
) -> Result<EntryResult, EnrolError> {
    let otp = match sealed_otp(payload, desk) {
        Err(EnrolError::Secret(_)) => return Ok(EntryResult::Left),
        otp => otp?,
    };
    match state {
        CandidateState::Here { .. } | CandidateState::Refused(_) => Ok(EntryResult::Left),
        CandidateState::New => {
            let app = shortened(payload.issuer.as_deref(), 256);
            let login = shortened(payload.account.as_deref(), 512);
            let name = if app.is_empty() { shortened(Some(&login), 256) } else { app.clone() };
            let card = sealed(&CardFields { name, app, login, ..CardFields::default() })?;
            let account = create_on(desk, &card, &otp, Line::default())?;
            Ok(EntryResult::Added(account))
        }
        CandidateState::OtherSecret { account } => {
            desk.require(account, countersign_protocol::numbers::RecordType::Otp)?;
            let line = desk.line(account)?.clone();
            put_in_use(desk, account, &otp, 0, line)?;
            desk.note(account, &[Action::Replaced], None)?;
            Ok(EntryResult::Replaced(account))
        }
    }
}

/// A name as a card holds it: one that a service made too long is still the account's name.
fn shortened(name: Option<&str>, limit: usize) -> String {
    let name = name.unwrap_or_default();
    name[..name.floor_char_boundary(limit)].to_owned()
}

fn candidate(desk: &Desk<'_>, index: usize, entry: Result<&AccountPayload, &EntryError>) -> Candidate {
    let payload = match entry {
        Ok(payload) => payload,
        Err(refused) => {
            let state = CandidateState::Refused(*refused);
            return Candidate { index, app: String::new(), login: String::new(), state };
        }
    };
    let app = payload.issuer.clone().unwrap_or_default();
    let login = payload.account.clone().unwrap_or_default();
    let sought = fingerprint(payload.secret.expose());
    let mut live = desk.session.lines.iter().filter(|(_, line)| line.binned.is_none());
    let same_secret = live.clone().find(|(_, line)| line.has_secret(&sought));
    let same_names = live.find(|(_, line)| line.on.is_some() && line.is_named(&app, &login));
    let state = match (same_secret, same_names) {
        (Some((account, _)), _) => CandidateState::Here { account: *account },
        (None, Some((account, _))) => CandidateState::OtherSecret { account: *account },
        (None, None) => CandidateState::New,
    };
    Candidate { index, app, login, state }
}

/// Whether an account of a backup is here: by its secret, or, without one, by its names.
fn is_here(desk: &Desk<'_>, entry: &Entry) -> bool {
    let mut lines = desk.session.lines.iter().map(|(_, line)| line);
    match &entry.otp {
        Some(otp) => {
            let sought = fingerprint(otp.secret.expose());
            lines.any(|line| line.has_secret(&sought))
        }
        None => lines.any(|line| {
            let Line { name, app, login, .. } = line;
            (&**name, &**app, &**login) == (&*entry.card.name, &*entry.card.app, &*entry.card.login)
        }),
    }
}

fn add(desk: &mut Desk<'_>, entry: Entry) -> Result<(), ImportError> {
    let card = sealed(&entry.card).map_err(|_| ImportError::Foreign)?;
    let codes = codes_record(entry.codes);
    let line = Line { recovery_codes: codes.as_ref().map_or(0, unused), ..Line::default() };
    let account = match entry.otp {
        None => create(desk, &card, line)?,
        Some(secret) => {
            let otp = secret.into_otp(OtpId::generate(&*desk.host.entropy)?);
            create_on(desk, &card, &otp, line)?
        }
    };
    if let Some(codes) = codes {
        desk.write(desk.controls(account), InstanceId::ZERO, None, &codes)?;
    }
    Ok(())
}

/// A new account with MFA on from the start.
fn create_on(
    desk: &mut Desk<'_>,
    card: &countersign_crypto::content::Card,
    otp: &Otp,
    line: Line,
) -> Result<AccountId, Unavailable> {
    let on = Some(Secret::of(otp, desk.now()));
    let account = create(desk, card, Line { on, ..line })?;
    desk.write(desk.codes(account), InstanceId::ZERO, None, otp)?;
    desk.note(account, &[Action::Enrolled], None)?;
    Ok(account)
}

impl OtpEntry {
    /// As a record holds it, under the id of a new scan.
    fn into_otp(self, id: OtpId) -> Otp {
        let Self { kind, algorithm, digits, secret } = self;
        Otp { id, kind, algorithm, digits, secret, unknown: Unknown::default() }
    }

    /// A copy as a record would hold it.
    pub(super) fn to_otp(&self, id: OtpId) -> Result<Otp, StoreError> {
        let secret = countersign_crypto::content::OtpSecret::new(self.secret.expose());
        let secret = secret.map_err(|_| StoreError::Damaged)?;
        Ok(Otp {
            id,
            kind: self.kind,
            algorithm: self.algorithm,
            digits: self.digits,
            secret,
            unknown: Unknown::default(),
        })
    }
}

impl Line {
    fn has_secret(&self, sought: &super::line::Fingerprint) -> bool {
        [self.on, self.pending].into_iter().flatten().any(|secret| secret.fingerprint == *sought)
    }

    /// Whether the card has just these names, in any letters. Without a login name nothing is the same.
    pub(crate) fn is_named(&self, app: &str, login: &str) -> bool {
        let same = |one: &str, other: &str| one.to_lowercase() == other.to_lowercase();
        !login.is_empty() && same(&self.login, login) && same(&self.app, app)
    }
}
