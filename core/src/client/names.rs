//! What members call the workspace, themselves and their devices: read from the directory, which all of them have.

use countersign_crypto::content::{DeviceName, MemberName, WorkspaceName};
use countersign_protocol::ids::{DeviceId, InstanceId, SpaceId, UserId};
use countersign_protocol::log::InviteStatus;

use super::desk::{Desk, instance_of};
use super::{Doer, Unlocked, WorkspaceNames};
use crate::error::Unavailable;

impl Unlocked {
    /// The names of the workspace, this member and this device; empty where one is not known here.
    ///
    /// # Errors
    /// [`Unavailable`], as of any verb.
    pub fn names(&self) -> Result<WorkspaceNames, Unavailable> {
        self.with(Doer::Screen, |desk| {
            let (member, device) = (desk.session.identity.user, desk.session.identity.device);
            let directory = SpaceId::directory(desk.session.identity.workspace);
            let workspace = desk.read::<WorkspaceName>(directory, InstanceId::ZERO)?.content;
            Ok(WorkspaceNames {
                workspace: workspace.map(|name| name.name.as_str().to_owned()).unwrap_or_default(),
                member: member_name(desk, member)?.unwrap_or_default(),
                device: device_name(desk, device)?.unwrap_or_default(),
            })
        })
    }
}

/// A member's name lies under the invite they came by, the founder's under their own id.
pub(super) fn member_name(desk: &mut Desk<'_>, member: UserId) -> Result<Option<String>, Unavailable> {
    let state = desk.session.log.state();
    let invite =
        state.invites().iter().find(|(_, invite)| invite.status == InviteStatus::Used { by: member });
    let instance = invite.map_or(*member.as_bytes(), |(invite, _)| *invite.as_bytes());
    let directory = SpaceId::directory(desk.session.identity.workspace);
    let name = desk.read::<MemberName>(directory, InstanceId::from_bytes(instance))?.content;
    Ok(name.map(|name| name.name.as_str().to_owned()))
}

pub(super) fn device_name(desk: &mut Desk<'_>, device: DeviceId) -> Result<Option<String>, Unavailable> {
    let directory = SpaceId::directory(desk.session.identity.workspace);
    let name = desk.read::<DeviceName>(directory, instance_of(device))?.content;
    Ok(name.map(|name| name.name.as_str().to_owned()))
}
