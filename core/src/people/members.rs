//! Members: who they are, their roles, removing them, leaving, and handing the workspace over.

use countersign_protocol::ids::UserId;
use countersign_protocol::log::User;
use countersign_protocol::numbers::WorkspaceRole;

use super::PeopleError;
use super::change::Sent;
use crate::client::{Desk, Doer, Unlocked, member_name};
use crate::error::Unavailable;
use crate::sync::Connection;

/// A member of the workspace.
#[derive(Clone, PartialEq, Eq)]
pub struct MemberInfo {
    /// The member.
    pub id: UserId,
    /// What they call themselves, where it is known here.
    pub name: Option<String>,
    /// Their role in the workspace.
    pub role: WorkspaceRole,
    /// How many devices they have, the recovery kit not counted.
    pub devices: usize,
    /// Whether it is the member whose device this is.
    pub is_me: bool,
    /// Whether the workspace was offered to them and they have not answered.
    pub is_offered: bool,
}

/// Names are not printed.
impl std::fmt::Debug for MemberInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemberInfo").field("id", &self.id).field("role", &self.role).finish_non_exhaustive()
    }
}

impl Unlocked {
    /// The members of the workspace, the highest role first, then by name.
    ///
    /// # Errors
    /// [`Unavailable`], as of any verb.
    pub fn members(&self) -> Result<Vec<MemberInfo>, Unavailable> {
        self.with(Doer::Screen, |desk| {
            let me = desk.session.identity.user;
            let state = desk.session.log.state();
            let offered = state.offer().map(|offer| offer.to);
            let is_phone = |device| {
                state.devices().get(device).is_some_and(|device| {
                    device.record.kind == countersign_protocol::numbers::DeviceKind::Phone
                })
            };
            let active = state.users().iter().filter_map(|(id, user)| match user {
                User::Active(member) => Some((*id, member)),
                User::Removed => None,
            });
            let mut members: Vec<_> = active
                .map(|(id, member)| MemberInfo {
                    id,
                    name: None,
                    role: member.role,
                    devices: member.devices.iter().filter(|device| is_phone(device)).count(),
                    is_me: id == me,
                    is_offered: offered == Some(id),
                })
                .collect();
            for member in &mut members {
                member.name = name_if_known(desk, member.id)?;
            }
            members.sort_by(|one, other| {
                (other.role, &one.name, one.id).cmp(&(one.role, &other.name, other.id))
            });
            Ok(members)
        })
    }
}

/// A member's name; `None` also while the key that it lies under has not come.
pub(super) fn name_if_known(desk: &mut Desk<'_>, member: UserId) -> Result<Option<String>, Unavailable> {
    match member_name(desk, member) {
        Err(Unavailable::KeyPending) => Ok(None),
        name => name,
    }
}

impl Connection {
    /// Changes a member's role. Admins and above, for members and roles below their own.
    ///
    /// # Errors
    /// [`PeopleError`]; the role is then as it was.
    pub fn set_role(&self, member: UserId, role: WorkspaceRole) -> Result<Sent, PeopleError> {
        self.of_member(member, |desk| Ok(desk.author().set_role(member, role)?))
    }

    /// Removes a member, or leaves. It counts at once; their devices lose what they have at their next sync, the keys are
    /// replaced by those who may, and [`known_secrets`](Unlocked::known_secrets) says what must be enrolled anew.
    ///
    /// # Errors
    /// [`PeopleError`]; the member then still is one.
    pub fn remove_member(&self, member: UserId) -> Result<Sent, PeopleError> {
        self.of_member(member, |desk| Ok(desk.author().remove_member(member)?))
    }

    /// Offers the workspace to a member, in place of any earlier offer. Its Owner only.
    ///
    /// # Errors
    /// [`PeopleError`]; no offer stands then, or the one before.
    pub fn offer_workspace(&self, member: UserId) -> Result<Sent, PeopleError> {
        self.of_member(member, |desk| Ok(desk.author().offer_workspace(member)?))
    }

    /// Takes over the workspace that was offered, which needs a recovery kit; as its Owner, withdraws the offer.
    ///
    /// # Errors
    /// [`PeopleError`]; the workspace's Owner is then who it was.
    pub fn accept_workspace(&self) -> Result<Sent, PeopleError> {
        self.change_and(|desk| Ok(desk.author().accept_workspace()?), |_| Ok(()))
    }

    fn of_member(
        &self,
        member: UserId,
        flow: impl FnOnce(&Desk<'_>) -> Result<countersign_crypto::flow::Batch, PeopleError>,
    ) -> Result<Sent, PeopleError> {
        let checked = |desk: &mut Desk<'_>| {
            desk.session.log.state().member(member).map_err(|_| PeopleError::NotFound)?;
            flow(desk)
        };
        self.change_and(checked, |_| Ok(()))
    }
}
