//! The list of accounts, and search as one types: what matches, in the order in which a person looks for it.

use std::sync::Arc;

use countersign_protocol::ids::{AccountId, UserId};
use countersign_protocol::log::Log;
use countersign_protocol::numbers::AccountRole;

use super::line::Line;
use super::session::Session;
use super::{Doer, Unlocked};
use crate::error::Unavailable;
use crate::ports::Timestamp;

/// One account on the list. Its texts are shared with the list in memory: ten thousand of these are made while somebody
/// types.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountSummary {
    /// The account.
    pub id: AccountId,
    /// What members call it.
    pub name: Arc<str>,
    /// The app or service.
    pub app: Arc<str>,
    /// The login name.
    pub login: Arc<str>,
    /// Whether it is one of this device's favourites.
    pub favourite: bool,
    /// How far MFA is.
    pub mfa: MfaState,
    /// What this member may do with it.
    pub role: AccountRole,
}

/// A list may be printed in an error report; what people wrote is not in it.
impl std::fmt::Debug for AccountSummary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("AccountSummary")
            .field("id", &self.id)
            .field("favourite", &self.favourite)
            .field("mfa", &self.mfa)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

/// How far MFA is for an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MfaState {
    /// There is no secret.
    Off,
    /// Scanned and not confirmed.
    Pending {
        /// When it was scanned.
        since: Timestamp,
    },
    /// Codes are shown.
    On {
        /// How its codes move on.
        codes: CodeKind,
        /// When the secret was scanned that is to replace this one, while that is not confirmed.
        replacing: Option<Timestamp>,
    },
}

/// What makes the next code of an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CodeKind {
    /// Time: TOTP and Steam.
    Clock,
    /// A person who asks for it: HOTP.
    Counter,
}

impl Unlocked {
    /// The accounts that match `query`, all of whose words must be found; with nothing to look for, all of them.
    /// Favourites come first, then those whose name begins with the query, then by name.
    ///
    /// # Errors
    /// [`Unavailable`], as of any verb.
    pub fn accounts(&self, query: &str) -> Result<Vec<AccountSummary>, Unavailable> {
        self.with(Doer::Screen, |desk| Ok(list(desk.session, query)))
    }
}

pub(super) fn list(session: &mut Session, query: &str) -> Vec<AccountSummary> {
    let query = query.trim().to_lowercase();
    let words: Vec<&str> = query.split_whitespace().collect();
    let Session { lines, log, identity, .. } = session;
    lines.note_roles(log.next_seq(), |account| role(log, identity.user, account));
    // Favourites whose name begins with the query, other favourites, others that begin with it, and all others. What is
    // found is moved once, into the room that it needs.
    let mut found: [Vec<(AccountId, &Line, AccountRole)>; 4] = Default::default();
    for (account, line, role) in lines.in_order() {
        if line.binned.is_some() || !line.matches(&words) {
            continue;
        }
        // The folded text begins with the name.
        let begins = !query.is_empty() && line.folded.starts_with(&query);
        let rank = 2 * usize::from(!line.favourite) + usize::from(!begins);
        found[rank].push((account, line, role));
    }
    let mut list = Vec::with_capacity(found.iter().map(Vec::len).sum());
    list.extend(found.into_iter().flatten().map(|(account, line, role)| summary(account, line, role)));
    list
}

/// This member's role in an account, as the log says it.
pub(super) fn role(log: &Log, user: UserId, account: AccountId) -> Option<AccountRole> {
    log.state().account_roles(account).ok()?.get(&user).copied()
}

pub(super) fn summary(id: AccountId, line: &Line, role: AccountRole) -> AccountSummary {
    AccountSummary {
        id,
        name: Arc::clone(&line.name),
        app: Arc::clone(&line.app),
        login: Arc::clone(&line.login),
        favourite: line.favourite,
        mfa: line.mfa(),
        role,
    }
}

impl Line {
    fn matches(&self, words: &[&str]) -> bool {
        words.iter().all(|word| self.folded.contains(word))
    }
}
