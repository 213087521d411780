//! The bin: a deleted account is hidden at once and for everyone, and gone for good 30 days later.

use countersign_crypto::content::Action;
use countersign_protocol::ids::{AccountId, InstanceId};
use countersign_protocol::numbers::RecordType;

use super::accounts::card;
use super::desk::Desk;
use super::listing::{AccountSummary, summary};
use super::{Doer, Unlocked};
use crate::error::{AccountError, Refusal, Unavailable};
use crate::ports::Timestamp;

/// How long what was removed or replaced can be had back: 30 days, in ms.
pub(crate) const KEPT_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// An account in the bin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binned {
    /// As it was on the list.
    pub summary: AccountSummary,
    /// When it goes for good.
    pub until: Timestamp,
}

impl Unlocked {
    /// Puts an account into the bin; account Owners only. Its codes are hidden from now on.
    ///
    /// # Errors
    /// [`AccountError::Refused`] where there is no such account, or this member is no Owner of it.
    pub fn remove_account(&self, account: AccountId) -> Result<(), AccountError> {
        self.with(Doer::Person, |desk| {
            desk.line(account)?;
            let now = desk.now();
            set_binned(desk, account, Some(now), Action::Removed)
        })
    }

    /// Takes an account out of the bin, with all that it had.
    ///
    /// # Errors
    /// [`AccountError::Refused`] where it is not in the bin, or this member is no Owner of it.
    pub fn undo_remove(&self, account: AccountId) -> Result<(), AccountError> {
        self.with(Doer::Person, |desk| {
            desk.any_line(account)?.binned.ok_or(Refusal::NoSuchAccount)?;
            set_binned(desk, account, None, Action::Unbinned)
        })
    }

    /// What is in the bin, what goes first at the top.
    ///
    /// # Errors
    /// [`Unavailable`], as of any verb.
    pub fn bin(&self) -> Result<Vec<Binned>, Unavailable> {
        self.with(Doer::Screen, |desk| {
            let lines = desk.session.lines.iter();
            let mut binned: Vec<_> = lines
                .filter_map(|(account, line)| {
                    let until = Timestamp::from_unix_millis(line.binned?.saturating_add(KEPT_MS));
                    Some(Binned { summary: summary(*account, line, desk.role(*account)?), until })
                })
                .collect();
            binned.sort_by_key(|binned| (binned.until, binned.summary.id));
            Ok(binned)
        })
    }

    /// Deletes for everybody and for good what has been in the bin for 30 days, where this member may. A host calls
    /// it after an unlock. Returns how many accounts went.
    ///
    /// # Errors
    /// [`Unavailable`]; what was deleted before it happened stays deleted.
    pub fn purge_bin(&self) -> Result<usize, Unavailable> {
        self.with(Doer::Screen, |desk| {
            let now = desk.now();
            let lines = desk.session.lines.iter();
            let due: Vec<AccountId> = lines
                .filter(|(_, line)| line.binned.is_some_and(|at| at.saturating_add(KEPT_MS) <= now))
                .map(|(account, _)| *account)
                .filter(|account| desk.require(*account, RecordType::Card).is_ok())
                .collect();
            for &account in &due {
                let batch = desk.author().delete_account(account)?;
                desk.append(batch)?;
                desk.set_line(account, None);
                desk.commit()?;
            }
            Ok(due.len())
        })
    }
}

fn set_binned(
    desk: &mut Desk<'_>,
    account: AccountId,
    binned: Option<u64>,
    action: Action,
) -> Result<(), AccountError> {
    desk.require(account, RecordType::Card)?;
    let mut line = desk.any_line(account)?.clone();
    let (current, mut card) = card(desk, account)?;
    card.binned = binned;
    desk.write(desk.codes(account), InstanceId::ZERO, current.base, &card)?;
    desk.note(account, &[action], None)?;
    line.set_card(&card);
    desk.set_line(account, Some(line));
    Ok(desk.commit()?)
}
