//! What the log says now: members, devices, invites, accounts, spaces and the transfer offer.
//!
//! Everything that was ever born stays, if only as ended: ids are born once (V3), and what removed devices signed
//! is still verified. Nothing here judges; the rules are in the modules beside.

use std::collections::{BTreeMap, BTreeSet};

use crate::device::DeviceRecord;
use crate::ids::{
    AccountId, Commitment, DeviceId, InviteId, ManifestHash, PublicSigningKey, SpaceId, UserId, WorkspaceId,
};
use crate::numbers::{AccountRole, DeviceKind, SpaceKind, WorkspaceRole};

use super::error::{OpError, Thing};

/// The verified state of a workspace, comparable as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    pub(super) workspace: WorkspaceId,
    pub(super) founder: UserId,
    pub(super) owner: UserId,
    pub(super) users: BTreeMap<UserId, User>,
    pub(super) devices: BTreeMap<DeviceId, Device>,
    pub(super) invites: BTreeMap<InviteId, Invite>,
    pub(super) accounts: BTreeMap<AccountId, Account>,
    pub(super) spaces: BTreeMap<SpaceId, Space>,
    pub(super) offer: Option<Offer>,
}

/// Somebody who is or was a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum User {
    /// A member.
    Active(Member),
    /// Left, or was removed. Never comes back under this id.
    Removed,
}

/// A member, with what the log gave them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Member {
    /// The workspace role.
    pub role: WorkspaceRole,
    /// The active devices.
    pub devices: BTreeSet<DeviceId>,
    /// How many devices the member ever had; at most [`crate::limits::MAX_USER_DEVICES`].
    pub devices_ever: u64,
    /// The live accounts in which the member has a role.
    pub accounts: BTreeSet<AccountId>,
}

/// A device that is or was in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Device {
    /// Its keys and kind.
    pub record: DeviceRecord,
    /// Whose it is.
    pub user: UserId,
    /// The entry that added it.
    pub added: u64,
    /// The entry that removed it, or its member.
    pub removed: Option<u64>,
}

impl Device {
    /// Whether the device was in the log, added and not removed, after the entry at `seq`.
    pub fn was_active_at(&self, seq: u64) -> bool {
        self.added <= seq && self.removed.is_none_or(|removed| seq < removed)
    }
}

/// An invite that is or was open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Invite {
    /// The public half of the key that its secret makes.
    pub key: PublicSigningKey,
    /// The role that the invitee gets.
    pub role: WorkspaceRole,
    /// The last `ts` at which a join is valid, in ms since the Unix epoch.
    pub not_after: u64,
    /// The device that issued it.
    pub issuer: DeviceId,
    /// The entry that made it.
    pub added: u64,
    /// Whether it can still be used.
    pub status: InviteStatus,
}

/// What became of an invite.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InviteStatus {
    /// Open.
    Pending,
    /// Somebody joined by it.
    Used {
        /// Who.
        by: UserId,
    },
    /// Ended unused.
    Revoked,
}

/// An account that is or was live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Account {
    /// Who has which role. All are active members; the last Owner may have left the workspace.
    Live(BTreeMap<UserId, AccountRole>),
    /// Ended, with its spaces.
    Deleted,
}

/// A space that is or was live.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Space {
    /// In use.
    Live(LiveSpace),
    /// Its account was deleted.
    Ended,
}

impl Space {
    /// The space, while it is in use.
    pub const fn live(&self) -> Option<&LiveSpace> {
        match self {
            Self::Live(live) => Some(live),
            Self::Ended => None,
        }
    }
}

/// What a space is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpaceOf {
    /// The workspace's directory.
    Directory,
    /// The codes of an account.
    Codes(AccountId),
    /// The emergency controls of an account.
    Controls(AccountId),
}

impl SpaceOf {
    /// The kind, as numbered.
    pub const fn kind(self) -> SpaceKind {
        match self {
            Self::Directory => SpaceKind::Directory,
            Self::Codes(_) => SpaceKind::Codes,
            Self::Controls(_) => SpaceKind::Controls,
        }
    }
}

/// A space in use: its keys so far, and whether the current one must be replaced.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveSpace {
    /// What it is for.
    pub of: SpaceOf,
    /// Epochs 1, 2, …; the last is the current one. Never empty.
    pub(super) epochs: Vec<Epoch>,
    /// The manifest of the current epoch; none where the space was born with it.
    pub manifest: Option<ManifestHash>,
    /// V8: what made the space dirty in the current epoch.
    pub dirt: Option<Dirt>,
}

impl LiveSpace {
    /// The current epoch's number.
    pub fn epoch(&self) -> u64 {
        self.epochs.len() as u64
    }

    /// V8: whether the key that ends may be lost with nobody to blame: that of the controls of a rescued account, which only
    /// the Owners before had. Its codes are read by the Collaborator who was rescued.
    pub fn may_lose_its_key(&self) -> bool {
        let rescued = self.dirt.as_ref().is_some_and(|dirt| dirt.rescue);
        rescued && matches!(self.of, SpaceOf::Controls(_))
    }

    /// An epoch by its number, from 1.
    pub fn epoch_at(&self, number: u64) -> Option<&Epoch> {
        self.epochs.get(usize::try_from(number.checked_sub(1)?).ok()?)
    }

    /// The number of the epoch that the space had after the entry at `seq`; 0 before its birth.
    pub fn epoch_after(&self, seq: u64) -> u64 {
        self.epochs.partition_point(|epoch| epoch.seq <= seq) as u64
    }
}

/// One key of a space.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Epoch {
    /// The commitment to the key.
    pub commit: Commitment,
    /// The device that made it.
    pub by: DeviceId,
    /// The entry that began the epoch.
    pub seq: u64,
    /// V8: whether it began after a rescue and without the key before: what the space held is lost with its Owners, and
    /// nobody is to blame.
    pub anew: bool,
}

/// V8: why a space is dirty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dirt {
    /// The first entry that made it so. What is sealed at it or later is refused.
    pub since: u64,
    /// Whether an Admin rescued the account: then the ended key may be lost with its Owners.
    pub rescue: bool,
    /// Those whose rights shrank in this epoch, with the strongest that they had in it. What they wrote before is
    /// shown marked (V7).
    pub former: BTreeMap<UserId, Rights>,
}

/// The roles by which somebody reads and writes a space.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Rights {
    /// In the workspace.
    pub workspace: Option<WorkspaceRole>,
    /// In the space's account.
    pub account: Option<AccountRole>,
}

impl Rights {
    /// The stronger of each.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self { workspace: self.workspace.max(other.workspace), account: self.account.max(other.account) }
    }
}

/// The workspace, offered to a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// To whom.
    pub to: UserId,
    /// The Owner's device that offers.
    pub by: DeviceId,
}

impl Member {
    /// Somebody who has nothing yet.
    pub(super) fn new(role: WorkspaceRole) -> Self {
        Self { role, devices: BTreeSet::new(), devices_ever: 0, accounts: BTreeSet::new() }
    }
}

impl State {
    /// The workspace.
    pub fn workspace(&self) -> WorkspaceId {
        self.workspace
    }

    /// Who founded the workspace; their name's instance is their user id.
    pub fn founder(&self) -> UserId {
        self.founder
    }

    /// The workspace Owner.
    pub fn owner(&self) -> UserId {
        self.owner
    }

    /// Everybody who is or was a member.
    pub fn users(&self) -> &BTreeMap<UserId, User> {
        &self.users
    }

    /// Every device that is or was in the log.
    pub fn devices(&self) -> &BTreeMap<DeviceId, Device> {
        &self.devices
    }

    /// Every invite that is or was open.
    pub fn invites(&self) -> &BTreeMap<InviteId, Invite> {
        &self.invites
    }

    /// Every account that is or was live.
    pub fn accounts(&self) -> &BTreeMap<AccountId, Account> {
        &self.accounts
    }

    /// Every space that is or was live.
    pub fn spaces(&self) -> &BTreeMap<SpaceId, Space> {
        &self.spaces
    }

    /// The standing offer to take over the workspace.
    pub fn offer(&self) -> Option<Offer> {
        self.offer
    }

    /// A member by id.
    ///
    /// # Errors
    /// [`OpError::Absent`] where the user never was one, [`OpError::Inactive`] where they no longer are.
    pub fn member(&self, user: UserId) -> Result<&Member, OpError> {
        match self.users.get(&user) {
            Some(User::Active(member)) => Ok(member),
            Some(User::Removed) => Err(OpError::Inactive(Thing::User)),
            None => Err(OpError::Absent(Thing::User)),
        }
    }

    /// An active device by id.
    ///
    /// # Errors
    /// [`OpError::Absent`] where the device never was in the log, [`OpError::Inactive`] where it no longer is.
    pub fn active_device(&self, device: DeviceId) -> Result<&Device, OpError> {
        match self.devices.get(&device) {
            Some(found) if found.removed.is_none() => Ok(found),
            Some(_) => Err(OpError::Inactive(Thing::Device)),
            None => Err(OpError::Absent(Thing::Device)),
        }
    }

    /// An open invite by id.
    ///
    /// # Errors
    /// [`OpError::Absent`] where there never was one, [`OpError::Inactive`] where it was used or revoked.
    pub fn pending_invite(&self, invite: InviteId) -> Result<&Invite, OpError> {
        match self.invites.get(&invite) {
            Some(found) if found.status == InviteStatus::Pending => Ok(found),
            Some(_) => Err(OpError::Inactive(Thing::Invite)),
            None => Err(OpError::Absent(Thing::Invite)),
        }
    }

    /// Who has which role in a live account.
    ///
    /// # Errors
    /// [`OpError::Absent`] where there never was one, [`OpError::Inactive`] where it was deleted.
    pub fn account_roles(&self, account: AccountId) -> Result<&BTreeMap<UserId, AccountRole>, OpError> {
        match self.accounts.get(&account) {
            Some(Account::Live(roles)) => Ok(roles),
            Some(Account::Deleted) => Err(OpError::Inactive(Thing::Account)),
            None => Err(OpError::Absent(Thing::Account)),
        }
    }

    /// A space in use.
    ///
    /// # Errors
    /// [`OpError::Absent`] where there never was one, [`OpError::Inactive`] where its account was deleted.
    pub fn live_space(&self, space: SpaceId) -> Result<&LiveSpace, OpError> {
        match self.spaces.get(&space) {
            Some(Space::Live(live)) => Ok(live),
            Some(Space::Ended) => Err(OpError::Inactive(Thing::Space)),
            None => Err(OpError::Absent(Thing::Space)),
        }
    }

    /// Whether a member has an active device of `kind`.
    pub fn has(&self, user: UserId, kind: DeviceKind) -> bool {
        self.member(user).is_ok_and(|member| member.devices.iter().any(|device| self.is_of(*device, kind)))
    }

    /// Whether a device is of `kind`.
    pub(super) fn is_of(&self, device: DeviceId, kind: DeviceKind) -> bool {
        self.devices.get(&device).is_some_and(|device| device.record.kind == kind)
    }
}
