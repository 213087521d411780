//! What members call the workspace, themselves and their devices: read from the directory, which all of them have.

use countersign_crypto::content::{DeviceName, MemberName, WorkspaceName};
use countersign_protocol::ids::{DeviceId, InstanceId, SpaceId, UserId};

use super::desk::{Desk, instance_of};
use super::{Doer, Unlocked, WorkspaceNames};
use crate::error::Unavailable;
use crate::sync::names::member_instance;

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

pub(crate) fn member_name(desk: &mut Desk<'_>, member: UserId) -> Result<Option<String>, Unavailable> {
    let instance = member_instance(desk.session.log.state(), member);
    let directory = SpaceId::directory(desk.session.identity.workspace);
    let name = desk.read::<MemberName>(directory, instance)?.content;
    Ok(name.map(|name| name.name.as_str().to_owned()))
}

pub(crate) fn device_name(desk: &mut Desk<'_>, device: DeviceId) -> Result<Option<String>, Unavailable> {
    let directory = SpaceId::directory(desk.session.identity.workspace);
    let name = desk.read::<DeviceName>(directory, instance_of(device))?.content;
    Ok(name.map(|name| name.name.as_str().to_owned()))
}
