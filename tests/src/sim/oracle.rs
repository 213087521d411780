//! What people were told is saved, so that it can be asked for in the end.

use std::collections::{BTreeMap, BTreeSet};

use countersign_core::client::AccountId;
use countersign_core::people::UserId;

/// Everything that was acknowledged.
#[derive(Default)]
pub(super) struct Oracle {
    pub(super) accounts: BTreeMap<AccountId, Promised>,
    /// Who was to lose access to what, at any time: what they had not sent goes with it (V11).
    pub(super) lost: BTreeSet<(AccountId, UserId)>,
    /// Who was to be removed.
    pub(super) removed: BTreeSet<UserId>,
    counter: u64,
}

/// What was acknowledged of an account.
pub(super) struct Promised {
    pub(super) name: String,
    /// Whose device made it.
    pub(super) by: UserId,
    /// Logins that somebody wrote on the card.
    pub(super) logins: BTreeSet<String>,
    /// Recovery codes, with whose device saved them.
    pub(super) codes: Vec<(UserId, String)>,
    /// How often each device has copied a code.
    pub(super) copied: BTreeMap<usize, u64>,
    /// How many secrets were confirmed, each by whom.
    pub(super) secrets: Vec<UserId>,
}

impl Oracle {
    /// A number that was not used before.
    pub(super) fn number(&mut self) -> u64 {
        self.counter += 1;
        self.counter
    }

    /// Whether what `member` was told about an account must hold.
    pub(super) fn holds(&self, account: AccountId, member: UserId) -> bool {
        !self.lost.contains(&(account, member)) && !self.removed.contains(&member)
    }
}
