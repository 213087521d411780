//! V3, V4, V8: whether an op is valid now. Reads the state and never changes it.
//!
//! Each function is one op's paragraph in `docs/protocol.md`, with its checks in the same order: what is named
//! exists and is active, the author has the right, then the op's own conditions, signatures last.

use crate::device::ProvenDevice;
use crate::entry::Entry;
use crate::ids::{AccountId, DeviceId, InviteId, PublicSigningKey, UserId};
use crate::join::Join;
use crate::limits::MAX_USER_DEVICES;
use crate::numbers::{AccountRole, DeviceKind, OpKind, WorkspaceRole};
use crate::op::{self, Op};
use crate::rights::{self, About, Ground, Need, Situation};

use super::error::{OpError, Thing};
use super::state::{Offer, SpaceOf, State};

/// The device that signs an entry, and whose it is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Author {
    pub(super) device: DeviceId,
    pub(super) key: PublicSigningKey,
    pub(super) kind: DeviceKind,
    pub(super) user: UserId,
    pub(super) role: WorkspaceRole,
}

impl State {
    /// Judges the op of an entry whose place and signature are good.
    pub(super) fn judge(&self, author: Author, entry: &Entry) -> Result<Ground, OpError> {
        match &entry.op {
            // Judged where a log begins; anywhere else nobody has a ground for it.
            Op::Genesis(_) => permit(author, OpKind::Genesis, About::Workspace),
            Op::Invite(invite) => self.judge_invite(author, invite),
            Op::Join(join) => self.judge_join(author, join, entry.ts),
            Op::AddDevice { user, device } => self.judge_add_device(author, *user, device),
            Op::RemoveDevice { device } => self.judge_remove_device(author, *device),
            Op::RemoveMember { user } => permit(author, OpKind::RemoveMember, self.about(author, *user)?),
            Op::Role { user, role } => self.judge_role(author, *user, *role),
            Op::Account(account) => self.judge_account(author, account),
            Op::Grant { account, user, role } => self.judge_grant(author, *account, *user, *role),
            Op::Rotate(rotate) => self.judge_rotate(author, rotate),
            Op::Transfer { user } => self.judge_transfer(author, *user),
            Op::RevokeInvite { invite } => {
                self.pending_invite(*invite)?;
                permit(author, OpKind::RevokeInvite, About::Workspace)
            }
            Op::DeleteAccount { account } => self.judge_delete_account(author, *account),
        }
    }

    fn judge_invite(&self, author: Author, invite: &op::Invite) -> Result<Ground, OpError> {
        let ground = permit_giving(author, OpKind::Invite, About::Workspace, invite.role)?;
        ensure(invite.invite == InviteId::of_key(&invite.key), OpError::WrongInviteId)?;
        ensure(!self.invites.contains_key(&invite.invite), OpError::Reborn(Thing::Invite))?;
        Ok(ground)
    }

    fn judge_join(&self, author: Author, join: &Join, ts: u64) -> Result<Ground, OpError> {
        self.pending_invite(join.invite)?;
        let ground = permit(author, OpKind::Join, About::Workspace)?;
        self.judge_join_body(join, ts)?;
        Ok(ground)
    }

    /// V4: all that a join must be, whoever posts it.
    pub(super) fn judge_join_body(&self, join: &Join, ts: u64) -> Result<(), OpError> {
        let invite = self.pending_invite(join.invite)?;
        ensure(ts <= invite.not_after, OpError::InviteExpired)?;
        let issuer = self.active_device(invite.issuer).and_then(|device| self.member(device.user));
        let may_issue = |role| role >= WorkspaceRole::Admin && role >= invite.role;
        ensure(issuer.is_ok_and(|issuer| may_issue(issuer.role)), OpError::IssuerLapsed)?;

        ensure(join.device.record.kind == DeviceKind::Phone, OpError::WrongDeviceKind)?;
        ensure(join.kit.is_none_or(|kit| kit.record.kind == DeviceKind::Kit), OpError::WrongDeviceKind)?;
        ensure(!self.users.contains_key(&join.user), OpError::Reborn(Thing::User))?;
        let devices = [Some(join.device), join.kit];
        self.judge_births(devices.iter().flatten())?;
        ensure(join.is_signed_by(&invite.key, self.workspace), OpError::BadInviteSignature)
    }

    fn judge_add_device(
        &self,
        author: Author,
        user: UserId,
        device: &ProvenDevice,
    ) -> Result<Ground, OpError> {
        let ground = permit(author, OpKind::AddDevice, self.about(author, user)?)?;
        ensure(self.member(user)?.devices_ever < MAX_USER_DEVICES, OpError::TooManyDevices)?;
        self.judge_births([device].into_iter())?;
        Ok(ground)
    }

    /// V3: devices that an op adds are new, can be boxed, and hold their own keys.
    fn judge_births<'a>(
        &self,
        devices: impl Iterator<Item = &'a ProvenDevice> + Clone,
    ) -> Result<(), OpError> {
        for device in devices.clone() {
            ensure(!self.devices.contains_key(&device.record.id()), OpError::Reborn(Thing::Device))?;
        }
        for device in devices.clone() {
            ensure(device.record.can_be_boxed(), OpError::UnusableBoxKey)?;
        }
        for device in devices {
            ensure(device.is_proven(), OpError::BadProof)?;
        }
        Ok(())
    }

    fn judge_remove_device(&self, author: Author, device: DeviceId) -> Result<Ground, OpError> {
        let user = self.active_device(device)?.user;
        let ground = permit(author, OpKind::RemoveDevice, self.about(author, user)?)?;
        if user == self.owner {
            let left = |kind| {
                let mut devices = self.member(user)?.devices.iter();
                let stays = devices.any(|other| *other != device && self.is_of(*other, kind));
                ensure(stays, OpError::OwnerNeedsPhoneAndKit)
            };
            left(DeviceKind::Phone)?;
            left(DeviceKind::Kit)?;
        }
        Ok(ground)
    }

    fn judge_role(&self, author: Author, user: UserId, role: WorkspaceRole) -> Result<Ground, OpError> {
        let about = self.about(author, user)?;
        let ground = permit_giving(author, OpKind::Role, about, role)?;
        ensure(self.member(user)?.role != role, OpError::NothingChanges)?;
        Ok(ground)
    }

    fn judge_account(&self, author: Author, account: &op::Account) -> Result<Ground, OpError> {
        for user in account.roles.keys() {
            self.member(*user)?;
        }
        let role = account.roles.get(&author.user).copied();
        let ground = permit(author, OpKind::Account, About::Account { role, need: Need::Nothing })?;
        ensure(!self.accounts.contains_key(&account.account), OpError::Reborn(Thing::Account))?;
        ensure(account.commit_codes != account.commit_controls, OpError::CommitmentReused)?;
        Ok(ground)
    }

    fn judge_grant(
        &self,
        author: Author,
        account: AccountId,
        user: UserId,
        role: Option<AccountRole>,
    ) -> Result<Ground, OpError> {
        let roles = self.account_roles(account)?;
        self.member(user)?;
        let held = roles.get(&user).copied();
        let mut owners = roles.iter().filter(|(_, role)| **role == AccountRole::Owner).map(|(user, _)| *user);
        let rescues = role == Some(AccountRole::Owner)
            && held == Some(AccountRole::Collaborator)
            && self.has(user, DeviceKind::Phone)
            && !owners.clone().any(|owner| self.has(owner, DeviceKind::Phone));
        let need = if rescues { Need::Rescue } else { Need::Nothing };
        let about = About::Account { role: roles.get(&author.user).copied(), need };
        let ground = permit(author, OpKind::Grant, about)?;
        ensure(held != role, OpError::NothingChanges)?;
        ensure(owners.next() != Some(user) || owners.next().is_some(), OpError::LastOwner)?;
        Ok(ground)
    }

    fn judge_rotate(&self, author: Author, rotate: &op::Rotate) -> Result<Ground, OpError> {
        let space = self.live_space(rotate.space)?;
        let about = match space.of {
            SpaceOf::Directory => About::Directory,
            SpaceOf::Codes(account) | SpaceOf::Controls(account) => About::Account {
                role: self.account_roles(account)?.get(&author.user).copied(),
                need: Need::Nothing,
            },
        };
        let ground = permit(author, OpKind::Rotate, about)?;
        ensure(space.dirt.is_some(), OpError::NotDirty)?;
        let expected = space.epoch() + 1;
        ensure(rotate.epoch == expected, OpError::WrongEpoch { expected })?;
        let reused = space.epochs.iter().any(|epoch| epoch.commit == rotate.commit);
        ensure(!reused, OpError::CommitmentReused)?;
        Ok(ground)
    }

    fn judge_transfer(&self, author: Author, user: UserId) -> Result<Ground, OpError> {
        let ground = permit(author, OpKind::Transfer, self.about(author, user)?)?;
        if ground == Ground::Offered {
            ensure(self.has(user, DeviceKind::Kit), OpError::KitNeeded)?;
        } else {
            let wanted = (user != author.user).then_some(Offer { to: user, by: author.device });
            ensure(self.offer != wanted, OpError::NothingChanges)?;
        }
        Ok(ground)
    }

    fn judge_delete_account(&self, author: Author, account: AccountId) -> Result<Ground, OpError> {
        let roles = self.account_roles(account)?;
        let has_device = |user: &UserId| self.member(*user).is_ok_and(|member| !member.devices.is_empty());
        let need = if roles.keys().any(has_device) { Need::Nothing } else { Need::Burial };
        let role = roles.get(&author.user).copied();
        permit(author, OpKind::DeleteAccount, About::Account { role, need })
    }

    /// What an op about `user` is about, seen by its author.
    fn about(&self, author: Author, user: UserId) -> Result<About, OpError> {
        let role = self.member(user)?.role;
        let offered = self.offer.is_some_and(|offer| offer.to == user);
        Ok(if user == author.user { About::Themselves { offered } } else { About::Member(role) })
    }
}

fn ensure(holds: bool, error: OpError) -> Result<(), OpError> {
    if holds { Ok(()) } else { Err(error) }
}

/// Asks the table of rights.
fn permit(author: Author, op: OpKind, about: About) -> Result<Ground, OpError> {
    ask(op, Situation { role: author.role, signs_with: author.kind, gives: None, about })
}

/// Asks the table of rights about an op that gives a workspace role.
fn permit_giving(author: Author, op: OpKind, about: About, gives: WorkspaceRole) -> Result<Ground, OpError> {
    ask(op, Situation { role: author.role, signs_with: author.kind, gives: Some(gives), about })
}

fn ask(op: OpKind, situation: Situation) -> Result<Ground, OpError> {
    rights::ground(op, situation).ok_or(OpError::NotPermitted { op })
}
