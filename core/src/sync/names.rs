//! What somebody who joins calls themselves and their device: kept here until they may write it where all can read it.

use countersign_crypto::content::{self, Content, DeviceName, MemberName};
use countersign_crypto::local::{LocalKey, Place};
use countersign_protocol::ids::{InstanceId, SpaceId, UserId};
use countersign_protocol::log::{InviteStatus, State};

use super::SyncError;
use crate::client::{Desk, instance_of};
use crate::error::Unavailable;
use crate::ports::{Entropy, EntropyError};
use crate::store::Step;

const MEMBER: &str = "own member name";
const DEVICE: &str = "own device name";

/// Keeps the names until there is a key to write them under.
pub(crate) fn keep(
    step: &Step<'_>,
    member: Option<&MemberName>,
    device: &DeviceName,
    local: &LocalKey,
    entropy: &dyn Entropy,
) -> Result<(), Unavailable> {
    if let Some(member) = member {
        step.put_local(MEMBER, &sealed(MEMBER, member, local, entropy)?)?;
    }
    Ok(step.put_local(DEVICE, &sealed(DEVICE, device, local, entropy)?)?)
}

fn sealed<T: Content>(
    name: &str,
    content: &T,
    local: &LocalKey,
    entropy: &dyn Entropy,
) -> Result<Vec<u8>, EntropyError> {
    local.seal(Place::Store(name.as_bytes()), &content::encode(content), entropy)
}

/// Writes the names that are kept here, once this device can. Whether it did.
pub(super) fn write_own(desk: &mut Desk<'_>) -> Result<bool, SyncError> {
    let (user, device) = (desk.session.identity.user, desk.session.identity.device);
    let state = desk.session.log.state();
    let directory = SpaceId::directory(desk.session.identity.workspace);
    let is_clean = state.live_space(directory).is_ok_and(|live| live.dirt.is_none());
    if !state.may_read(device, directory) || !is_clean {
        return Ok(false);
    }
    let member = member_instance(state, user);
    let wrote = write::<MemberName>(desk, directory, MEMBER, member)?;
    Ok(write::<DeviceName>(desk, directory, DEVICE, instance_of(device))? || wrote)
}

fn write<T: Content>(
    desk: &mut Desk<'_>,
    directory: SpaceId,
    name: &'static str,
    instance: InstanceId,
) -> Result<bool, SyncError> {
    let Some(sealed) = desk.store.local(name)? else { return Ok(false) };
    let plaintext =
        desk.session.local.open(Place::Store(name.as_bytes()), &sealed).map_err(Unavailable::from)?;
    let content: T = content::decode(&plaintext).map_err(Unavailable::from)?;
    let base = match desk.read::<T>(directory, instance) {
        Ok(current) => current.base,
        // The key is on its way.
        Err(Unavailable::KeyPending) => return Ok(false),
        Err(error) => return Err(error.into()),
    };
    match desk.write(directory, instance, base, &content) {
        Ok(()) => {}
        Err(Unavailable::KeyPending) => return Ok(false),
        Err(error) => return Err(error.into()),
    }
    desk.set_local(name, None);
    desk.commit()?;
    Ok(true)
}

/// A member's name lies under the invite that they came by, the founder's under their own id.
pub(crate) fn member_instance(state: &State, member: UserId) -> InstanceId {
    let invite =
        state.invites().iter().find(|(_, invite)| invite.status == InviteStatus::Used { by: member });
    InstanceId::from_bytes(invite.map_or(*member.as_bytes(), |(invite, _)| *invite.as_bytes()))
}
