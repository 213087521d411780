//! The bin: a deleted account is hidden at once and for everyone, and gone for good 30 days later.

use countersign_crypto::content::Action;
use countersign_protocol::ids::{AccountId, InstanceId};
use countersign_protocol::numbers::RecordType;

use super::accounts::card;
use super::desk::Desk;
use super::line::Line;
use super::listing::{AccountSummary, summary};
use super::purge::{KEPT_MS, due_since, is_over, look_anew};
use super::{Doer, Unlocked};
use crate::error::{AccountError, Refusal, Unavailable};
use crate::ports::Timestamp;

/// Where the last look at the bin is kept.
const LOOK: &str = "due.bin";

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

    /// Deletes for everybody and for good what has been in the bin for 30 days, where this member may, and was due at a look
    /// at least a day ago, too: one wrong date deletes nothing. A host calls it after an unlock. Returns how many accounts went.
    ///
    /// # Errors
    /// [`Unavailable`]; what was deleted before it happened stays deleted.
    pub fn purge_bin(&self) -> Result<usize, Unavailable> {
        self.with(Doer::Screen, |desk| {
            let mine = |(account, line): (&AccountId, &Line)| {
                let at = line.binned?;
                desk.require(*account, RecordType::Card).is_ok().then_some((*account, at))
            };
            let binned: Vec<(AccountId, u64)> = desk.session.lines.iter().filter_map(mine).collect();
            let first = binned.iter().map(|(_, at)| *at).min();
            let Some(then) = due_since(desk, LOOK, first)? else { return Ok(0) };
            let due: Vec<AccountId> =
                binned.into_iter().filter(|(_, at)| is_over(*at, then)).map(|(account, _)| account).collect();
            for &account in &due {
                let batch = desk.author().delete_account(account)?;
                desk.append(batch)?;
                desk.set_line(account, None);
                desk.commit()?;
            }
            look_anew(desk, LOOK)?;
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
