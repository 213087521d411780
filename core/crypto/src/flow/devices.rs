//! A second phone: it shows a device offer, an unlocked phone adds it and shows a link back.

use countersign_protocol::device::DeviceOffer;
use countersign_protocol::ids::{DeviceId, SpaceId, UserId};
use countersign_protocol::log::Log;
use countersign_protocol::numbers::AccountRole;
use countersign_protocol::op::Op;

use super::{Author, Batch, FlowError};
use crate::device::DeviceKeys;
use crate::link::{Anchor, DeviceLink, ServerAddress};

impl Author<'_> {
    /// Adds a device to the author's own user, with every key that the author holds and the user may read.
    ///
    /// # Errors
    /// [`FlowError::Refused`] names what is wrong with the offer.
    pub fn add_device(&self, offer: &DeviceOffer) -> Result<Batch, FlowError> {
        let user = self.user()?;
        let mut batch = self.batch(Op::AddDevice { user, device: offer.0 })?;
        batch.boxes = self.box_current(&self.spaces_of(user)?, &[offer.0.record])?;
        Ok(batch)
    }

    /// Removes a device: one of the author's own, or of somebody of lower role. It takes effect with this entry; the
    /// spaces that its user reads are [rotated](Author::rotate) next.
    ///
    /// # Errors
    /// [`FlowError::Refused`]: the author may not, or the workspace Owner would be left without phone or kit.
    pub fn remove_device(&self, device: DeviceId) -> Result<Batch, FlowError> {
        self.batch(Op::RemoveDevice { device })
    }

    /// The spaces that a member may read.
    pub(super) fn spaces_of(&self, user: UserId) -> Result<Vec<SpaceId>, FlowError> {
        let workspace = self.log.workspace();
        let mut spaces = vec![SpaceId::directory(workspace)];
        for &account in &self.state().member(user)?.accounts {
            spaces.push(SpaceId::codes(workspace, account));
            if self.state().account_roles(account)?.get(&user) == Some(&AccountRole::Owner) {
                spaces.push(SpaceId::controls(workspace, account));
            }
        }
        Ok(spaces)
    }
}

impl Batch {
    /// What the phone that added a device shows to it, once the batch is accepted.
    pub fn device_link(&self, server: ServerAddress, log: &Log, user: UserId) -> DeviceLink {
        let anchor = Anchor { server, workspace: log.workspace(), seq: self.seq, head: self.head };
        DeviceLink { anchor, user }
    }
}

/// Why a log is not the one that a new device was added to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AdditionError {
    /// The log ends before the entry that the link names: fetch more of it.
    #[error("find the entry that added this device")]
    LogTooShort,
    /// Another workspace, or another log under its name.
    #[error("find the other phone's log at this server")]
    WrongLog,
    /// The device was removed since.
    #[error("go on as a device that was removed since it was added")]
    Removed,
    /// An alarm: the entry that the link names did not add this device for that user.
    #[error("be added as oneself: the entry adds another device or another member")]
    Misbound,
}

impl AdditionError {
    /// The error's stable name, as vectors have it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::LogTooShort => "LogTooShort",
            Self::WrongLog => "WrongLog",
            Self::Removed => "Removed",
            Self::Misbound => "Misbound",
        }
    }
}

impl DeviceLink {
    /// Whether the entry that the link names is the one that adds `device` for its user.
    ///
    /// # Errors
    /// [`AdditionError`]: it is not, or not yet.
    pub fn check(&self, log: &Log, device: &DeviceKeys) -> Result<(), AdditionError> {
        let anchor = &self.anchor;
        let held = log.head_at(anchor.seq).ok_or(AdditionError::LogTooShort)?;
        if anchor.workspace != log.workspace() || held != anchor.head {
            return Err(AdditionError::WrongLog);
        }
        let added = log.state().devices().get(&device.id()).ok_or(AdditionError::Misbound)?;
        if added.user != self.user || added.added != anchor.seq {
            return Err(AdditionError::Misbound);
        }
        if added.removed.is_some() { Err(AdditionError::Removed) } else { Ok(()) }
    }
}
