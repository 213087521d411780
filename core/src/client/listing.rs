//! The list of accounts, and search as one types: what matches, in the order in which a person looks for it.

use countersign_protocol::ids::AccountId;
use countersign_protocol::numbers::AccountRole;

use super::desk::Desk;
use super::line::Line;
use super::{Doer, Unlocked};
use crate::error::Unavailable;
use crate::ports::Timestamp;

/// One account on the list.
#[derive(Clone, PartialEq, Eq)]
pub struct AccountSummary {
    /// The account.
    pub id: AccountId,
    /// What members call it.
    pub name: String,
    /// The app or service.
    pub app: String,
    /// The login name.
    pub login: String,
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
        self.with(Doer::Screen, |desk| Ok(list(desk, query)))
    }
}

pub(super) fn list(desk: &Desk<'_>, query: &str) -> Vec<AccountSummary> {
    let query = query.trim().to_lowercase();
    let words: Vec<&str> = query.split_whitespace().collect();
    // Favourites whose name begins with the query, other favourites, others that begin with it, and all others.
    let mut found: [Vec<AccountSummary>; 4] = Default::default();
    for (account, line) in desk.session.lines.in_order() {
        if line.binned.is_some() || !line.matches(&words) {
            continue;
        }
        // The folded text begins with the name.
        let begins = !query.is_empty() && line.folded.starts_with(&query);
        let rank = 2 * usize::from(!line.favourite) + usize::from(!begins);
        found[rank].extend(summary(desk, account, line));
    }
    found.into_iter().flatten().collect()
}

pub(super) fn summary(desk: &Desk<'_>, id: AccountId, line: &Line) -> Option<AccountSummary> {
    Some(AccountSummary {
        id,
        name: line.name.clone(),
        app: line.app.clone(),
        login: line.login.clone(),
        favourite: line.favourite,
        mfa: line.mfa(),
        role: desk.role(id)?,
    })
}

impl Line {
    fn matches(&self, words: &[&str]) -> bool {
        words.iter().all(|word| self.folded.contains(word))
    }
}
