//! Sharing: who has an account. Every access level is a key, which is handed out with the entry that grants it.

use countersign_crypto::content::Action;
use countersign_protocol::ids::{AccountId, UserId};
use countersign_protocol::numbers::AccountRole;

use super::PeopleError;
use super::change::Sent;
use super::members::name_if_known;
use crate::client::{Desk, Doer, Unlocked};
use crate::error::{AccountError, Refusal, Unavailable};
use crate::sync::Connection;

/// One member's access to an account.
#[derive(Clone, PartialEq, Eq)]
pub struct Access {
    /// The member.
    pub member: UserId,
    /// What they call themselves, where it is known here.
    pub name: Option<String>,
    /// What they may do with it.
    pub role: AccountRole,
    /// Whether it is the member whose device this is.
    pub is_me: bool,
}

/// Names are not printed.
impl std::fmt::Debug for Access {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Access")
            .field("member", &self.member)
            .field("role", &self.role)
            .finish_non_exhaustive()
    }
}

impl Unlocked {
    /// Who has an account, Owners first, then by name.
    ///
    /// # Errors
    /// [`AccountError::Refused`] where there is no such account.
    pub fn access(&self, account: AccountId) -> Result<Vec<Access>, AccountError> {
        self.with(Doer::Screen, |desk| {
            desk.any_line(account)?;
            let me = desk.session.identity.user;
            let roles = desk.session.log.state().account_roles(account).cloned().unwrap_or_default();
            let mut access = Vec::with_capacity(roles.len());
            for (member, role) in roles {
                access.push(Access { member, name: name_if_known(desk, member)?, role, is_me: member == me });
            }
            access.sort_by(|one, other| {
                (other.role, &one.name, one.member).cmp(&(one.role, &other.name, other.member))
            });
            Ok(access)
        })
    }
}

impl Connection {
    /// Gives a member access to an account, changes their role in it, or (`None`) takes it away. Account Owners; where no
    /// Owner has a phone any more, an Admin makes one of its Collaborators Owner.
    ///
    /// # Errors
    /// [`PeopleError`]; access is then as it was.
    pub fn share(
        &self,
        account: AccountId,
        member: UserId,
        role: Option<AccountRole>,
    ) -> Result<Sent, PeopleError> {
        let flow = |desk: &mut Desk<'_>| {
            let state = desk.session.log.state();
            state.member(member).map_err(|_| PeopleError::NotFound)?;
            state.account_roles(account).map_err(|_| Refusal::NoSuchAccount)?;
            for space in [desk.codes(account), desk.controls(account)] {
                match desk.fetch_current_key(space) {
                    // A key that is not here cannot be handed on; an Admin who rescues an account has none.
                    Ok(()) | Err(Unavailable::KeyPending) => {}
                    Err(error) => return Err(error.into()),
                }
            }
            Ok(desk.author().grant(account, member, role)?)
        };
        let note = |desk: &mut Desk<'_>| {
            if desk.role(account).is_none() {
                return Ok(());
            }
            let action = if role.is_some() { Action::Shared } else { Action::Unshared };
            Ok(desk.note(account, &[action], Some(member))?)
        };
        self.change_and(flow, note)
    }
}
