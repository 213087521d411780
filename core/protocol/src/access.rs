//! V5, V8, V11: who reads a space now, who writes in it, and when local data goes.
//!
//! All of it follows from the log's state: a right to read is a key that the reader's devices are boxed, and a right
//! that is gone makes the space dirty and the local copies go.

use crate::ids::{DeviceId, InstanceId, InviteId, SpaceId, UserId};
use crate::keybox::{BoxAad, KeyBox};
use crate::log::OpError;
use crate::log::{InviteStatus, LiveSpace, Rights, SpaceOf, State, Thing, User};
use crate::numbers::{DeviceKind, RecordType};
use crate::rights::{Authorship, Instance, least_reader};

/// V5: why a box is not taken from its poster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BoxError {
    /// It belongs to another workspace.
    #[error("take a box of another workspace")]
    WrongWorkspace,
    /// The space never was in this log.
    #[error("find the box's space")]
    Absent,
    /// The space's account was deleted.
    #[error("take a box of a deleted account")]
    Inactive,
    /// The space never had that epoch.
    #[error("take a box of an epoch that the space never had")]
    WrongEpoch,
    /// The device it is for may not read the space.
    #[error("take a box for a device that may not read the space")]
    NotAReader,
    /// The device that posts it may not read the space.
    #[error("take a box from a device that may not read the space")]
    PosterNotAReader,
}

impl BoxError {
    /// The error's stable name, as vectors have it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::WrongWorkspace => "WrongWorkspace",
            Self::Absent => "Absent",
            Self::Inactive => "Inactive",
            Self::WrongEpoch => "WrongEpoch",
            Self::NotAReader => "NotAReader",
            Self::PosterNotAReader => "PosterNotAReader",
        }
    }
}

/// V11: what the log says that takes a space's data from a device. Nothing else does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loss {
    /// The device was removed; its member stays.
    DeviceRemoved,
    /// The member was removed, or left.
    MemberRemoved,
    /// The member's account role no longer reads the space.
    RoleTaken,
    /// The account was deleted.
    AccountDeleted,
}

impl State {
    /// Whether a device may read a space now: it is active, and its member's role reads that kind.
    pub fn may_read(&self, device: DeviceId, space: SpaceId) -> bool {
        let Ok(space) = self.live_space(space) else { return false };
        self.active_device(device).is_ok_and(|device| self.reads(device.user, space))
    }

    /// The devices that may read a space, and so must be able to get its key.
    ///
    /// # Errors
    /// [`OpError::Absent`] and [`OpError::Inactive`], where there is no such space.
    pub fn readers(&self, space: SpaceId) -> Result<Vec<DeviceId>, OpError> {
        let space = self.live_space(space)?;
        let members: Vec<_> = match space.of {
            SpaceOf::Directory => self.users().keys().copied().collect(),
            SpaceOf::Codes(account) | SpaceOf::Controls(account) => {
                self.account_roles(account)?.keys().copied().collect()
            }
        };
        let readers = members.into_iter().filter(|user| self.reads(*user, space));
        Ok(readers
            .filter_map(|user| self.member(user).ok())
            .flat_map(|member| &member.devices)
            .copied()
            .collect())
    }

    /// V5: whether a box may be posted, by a device that reads the space to one that does; what it is bound to.
    ///
    /// # Errors
    /// [`BoxError`]: the first rule that fails.
    pub fn check_box(&self, posted: &KeyBox) -> Result<BoxAad, BoxError> {
        if posted.workspace != self.workspace() {
            return Err(BoxError::WrongWorkspace);
        }
        let aad = self.box_aad(posted.space, posted.epoch, posted.device)?;
        if !self.may_read(posted.device, posted.space) {
            return Err(BoxError::NotAReader);
        }
        if !self.may_read(posted.by, posted.space) {
            return Err(BoxError::PosterNotAReader);
        }
        Ok(aad)
    }

    /// What the box of a space's key for a device is bound to, by this log; to seal and to open it.
    ///
    /// # Errors
    /// [`BoxError::Absent`], [`BoxError::Inactive`] and [`BoxError::WrongEpoch`].
    pub fn box_aad(&self, space: SpaceId, epoch: u64, device: DeviceId) -> Result<BoxAad, BoxError> {
        let live = self.live_space(space).map_err(|error| match error {
            OpError::Inactive(_) => BoxError::Inactive,
            _ => BoxError::Absent,
        })?;
        let commit = live.epoch_at(epoch).ok_or(BoxError::WrongEpoch)?.commit;
        Ok(BoxAad { workspace: self.workspace(), space, epoch, device, commit })
    }

    /// Whether a device may write a record type into a space now, at that instance. Kits never do.
    ///
    /// That a dirty space takes no records (V8) is not looked at.
    pub fn may_write(
        &self,
        device: DeviceId,
        space: SpaceId,
        record_type: RecordType,
        instance: InstanceId,
    ) -> bool {
        let (Ok(live), Ok(found)) = (self.live_space(space), self.active_device(device)) else {
            return false;
        };
        let (Ok(named), DeviceKind::Phone) = (self.named(record_type, instance), found.record.kind) else {
            return false;
        };
        live.of.kind() == record_type.row().space
            && allows(record_type, self.rights(found.user, live), (device, found.user), named)
    }

    /// V11: why a device that held a space's data must wipe it; `None` while it may keep it, and for a space that this
    /// log does not know: only a verified entry orders a wipe.
    pub fn loss(&self, device: DeviceId, space: SpaceId) -> Option<Loss> {
        if self.may_read(device, space) {
            return None;
        }
        match self.live_space(space) {
            Err(OpError::Inactive(Thing::Space)) => return Some(Loss::AccountDeleted),
            Err(_) => return None,
            Ok(_) => {}
        }
        let user = self.devices().get(&device)?.user;
        Some(match (self.users().get(&user)?, self.active_device(device)) {
            (User::Removed, _) => Loss::MemberRemoved,
            (User::Active(_), Err(_)) => Loss::DeviceRemoved,
            (User::Active(_), Ok(_)) => Loss::RoleTaken,
        })
    }

    fn reads(&self, user: UserId, space: &LiveSpace) -> bool {
        let rights = self.rights(user, space);
        least_reader(space.of.kind())
            .map_or(rights.workspace.is_some(), |least| rights.account >= Some(least))
    }

    /// A member's roles, as they count in a space.
    pub(crate) fn rights(&self, user: UserId, space: &LiveSpace) -> Rights {
        let account = match space.of {
            SpaceOf::Directory => None,
            SpaceOf::Codes(account) | SpaceOf::Controls(account) => self.account_roles(account).ok(),
        };
        Rights {
            workspace: self.member(user).ok().map(|member| member.role),
            account: account.and_then(|roles| roles.get(&user)).copied(),
        }
    }

    /// Whom or what the instance of a record names; an error where it is not as the type says.
    pub(crate) fn named(
        &self,
        record_type: RecordType,
        instance: InstanceId,
    ) -> Result<Named, NotAnInstance> {
        let bytes = *instance.as_bytes();
        match record_type.row().instance {
            Instance::Single if instance == InstanceId::ZERO => Ok(Named::default()),
            Instance::Random if instance != InstanceId::ZERO => Ok(Named::default()),
            Instance::Single | Instance::Random => Err(NotAnInstance),
            Instance::Device => {
                let id = DeviceId::from_bytes(bytes);
                let device = self.devices().get(&id).ok_or(NotAnInstance)?;
                Ok(Named { device: Some(id), user: Some(device.user) })
            }
            Instance::Member => match self.invites().get(&InviteId::from_bytes(bytes)) {
                Some(invite) => {
                    let user = if let InviteStatus::Used { by } = invite.status { Some(by) } else { None };
                    Ok(Named { device: None, user })
                }
                None if self.founder() == UserId::from_bytes(bytes) => {
                    Ok(Named { device: None, user: Some(self.founder()) })
                }
                None => Err(NotAnInstance),
            },
        }
    }
}

/// Whom or what a record's instance names.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Named {
    device: Option<DeviceId>,
    user: Option<UserId>,
}

/// An instance that is not as its type says.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NotAnInstance;

/// Asks the table of rights about an author with `rights`.
pub(crate) fn allows(
    record_type: RecordType,
    rights: Rights,
    (device, user): (DeviceId, UserId),
    named: Named,
) -> bool {
    record_type.row().may_write(Authorship {
        workspace: rights.workspace,
        account: rights.account,
        is_that_device: named.device == Some(device),
        is_that_member: named.user == Some(user),
    })
}

#[cfg(test)]
mod tests;
