//! A member's devices: which there are, adding one that was scanned, removing one that is lost.

use countersign_crypto::content::{DeviceName, Unknown};
use countersign_crypto::link::{Anchor, DeviceLink, Link, ServerAddress};
use countersign_protocol::device::DeviceOffer;
use countersign_protocol::ids::{DeviceId, SpaceId, UserId};
use countersign_protocol::numbers::DeviceKind;
use zeroize::Zeroizing;

use super::PeopleError;
use super::change::Sent;
use crate::client::{Desk, Doer, Unlocked, device_name, instance_of, named, own_accounts};
use crate::error::Unavailable;
use crate::sync::Connection;

/// One device of a member.
#[derive(Clone, PartialEq, Eq)]
pub struct DeviceInfo {
    /// The device.
    pub id: DeviceId,
    /// What it is called, where that is known here.
    pub name: Option<String>,
    /// Whether it is a recovery kit, on paper.
    pub is_kit: bool,
    /// Whether it is this one.
    pub is_this: bool,
}

/// Names are not printed.
impl std::fmt::Debug for DeviceInfo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DeviceInfo")
            .field("id", &self.id)
            .field("is_kit", &self.is_kit)
            .finish_non_exhaustive()
    }
}

impl Unlocked {
    /// The devices of a member, of this one where nobody is named; this device first, recovery kits last.
    ///
    /// # Errors
    /// [`Unavailable`], as of any verb.
    pub fn devices(&self, member: Option<UserId>) -> Result<Vec<DeviceInfo>, Unavailable> {
        self.with(Doer::Screen, |desk| {
            let this = desk.session.identity.device;
            let member = member.unwrap_or(desk.session.identity.user);
            let state = desk.session.log.state();
            let ids = state.member(member).map(|member| member.devices.clone()).unwrap_or_default();
            let mut devices = Vec::with_capacity(ids.len());
            for id in ids {
                let kind = desk.session.log.state().devices().get(&id).map(|device| device.record.kind);
                let name = match device_name(desk, id) {
                    Err(Unavailable::KeyPending) => None,
                    name => name?,
                };
                devices.push(DeviceInfo {
                    id,
                    name,
                    is_kit: kind == Some(DeviceKind::Kit),
                    is_this: id == this,
                });
            }
            devices.sort_by(|one, other| {
                (one.is_kit, !one.is_this, &one.name, one.id).cmp(&(
                    other.is_kit,
                    !other.is_this,
                    &other.name,
                    other.id,
                ))
            });
            Ok(devices)
        })
    }
}

impl Connection {
    /// Adds a device of this member's own, which showed `offer`; it is called `name`. Returns what to show back to it.
    ///
    /// # Errors
    /// [`PeopleError`]; the device was not added then.
    pub fn add_device(&self, offer: &DeviceOffer, name: &str) -> Result<Zeroizing<String>, PeopleError> {
        let name = DeviceName { name: named(name)?, unknown: Unknown::default() };
        let flow = |desk: &mut Desk<'_>| {
            fetch_own_keys(desk)?;
            Ok(desk.author().add_device(offer)?)
        };
        let write_name = |desk: &mut Desk<'_>| {
            let directory = SpaceId::directory(desk.session.identity.workspace);
            Ok(desk.write(directory, instance_of(offer.0.record.id()), None, &name)?)
        };
        let place = self.change(flow, write_name)?.ok_or(PeopleError::Overtaken)?;
        let (workspace, user) =
            self.with(|desk| Ok((desk.session.identity.workspace, desk.session.identity.user)))?;
        let server = ServerAddress::new(self.transport.origin()).map_err(|_| PeopleError::NotFound)?;
        let anchor = Anchor { server, workspace, seq: place.seq, head: place.head };
        Ok(Link::DeviceAdded(DeviceLink { anchor, user }).to_text())
    }

    /// Removes a device: one of this member's own, or of somebody of lower role. It counts at once.
    ///
    /// # Errors
    /// [`PeopleError`]; the device still is one then.
    pub fn remove_device(&self, device: DeviceId) -> Result<Sent, PeopleError> {
        let flow = |desk: &mut Desk<'_>| {
            desk.session.log.state().active_device(device).map_err(|_| PeopleError::NotFound)?;
            Ok(desk.author().remove_device(device)?)
        };
        self.change_and(flow, |_| Ok(()))
    }
}

/// Takes the current key of everything that this member reads.
fn fetch_own_keys(desk: &mut Desk<'_>) -> Result<(), Unavailable> {
    let mut spaces = vec![SpaceId::directory(desk.session.identity.workspace)];
    for account in own_accounts(desk) {
        spaces.extend([desk.codes(account), desk.controls(account)]);
    }
    for space in spaces {
        match desk.fetch_current_key(space) {
            // What this device does not hold, another one hands out.
            Ok(()) | Err(Unavailable::KeyPending) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
