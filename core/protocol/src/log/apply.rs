//! What a valid op changes. Judges nothing: [`super::judge`] has said yes.
//!
//! V8 lies here: every op that takes somebody's right to read or write says which spaces it makes dirty.

use std::collections::BTreeMap;

use crate::device::ProvenDevice;
use crate::entry::Entry;
use crate::ids::{AccountId, Commitment, DeviceId, SpaceId, UserId, WorkspaceId};
use crate::join::Join;
use crate::numbers::{AccountRole, WorkspaceRole};
use crate::op::{self, Op};
use crate::rights::Ground;

use super::judge::Author;
use super::state::{
    Account, Device, Dirt, Epoch, Invite, InviteStatus, LiveSpace, Member, Offer, Rights, Space, SpaceOf,
    State, User,
};

/// Something valid that people must be told about (V8).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alarm {
    /// A rotation did not carry the key before over, and no rescue explains it: either its author was never given
    /// that key, or withholds it. Older records of the space may be lost to newcomers.
    KeyChainCut {
        /// The space.
        space: SpaceId,
        /// The rotator.
        by: DeviceId,
        /// Who began the epoch before.
        before: DeviceId,
    },
}

impl State {
    /// The state after a genesis that was judged good.
    pub(super) fn begin(workspace: WorkspaceId, genesis: &op::Genesis) -> Self {
        let device = genesis.device.record.id();
        let mut state = Self {
            workspace,
            founder: genesis.user,
            owner: genesis.user,
            users: BTreeMap::new(),
            devices: BTreeMap::new(),
            invites: BTreeMap::new(),
            accounts: BTreeMap::new(),
            spaces: BTreeMap::new(),
            offer: None,
        };
        state.add_member(genesis.user, WorkspaceRole::Owner, [&genesis.device, &genesis.kit], 0);
        let first = Epoch { commit: genesis.commit_directory, by: device, seq: 0, anew: false };
        state.spaces.insert(SpaceId::directory(workspace), born(SpaceOf::Directory, first));
        state
    }

    /// Makes the changes of an op that was judged valid on `ground`.
    pub(super) fn apply(&mut self, author: Author, entry: &Entry, ground: Ground) -> Option<Alarm> {
        let seq = entry.seq;
        match &entry.op {
            // A log begins once.
            Op::Genesis(_) => {}
            Op::Invite(invite) => self.apply_invite(author, invite, seq),
            Op::Join(join) => self.apply_join(join, seq),
            Op::AddDevice { user, device } => self.add_device(*user, device, seq),
            Op::RemoveDevice { device } => self.remove_device(*device, seq),
            Op::RemoveMember { user } => self.remove_member(*user, seq),
            Op::Role { user, role } => self.set_role(*user, *role, seq),
            Op::Account(account) => self.apply_account(author, account, seq),
            Op::Grant { account, user, role } => self.apply_grant(*account, *user, *role, ground, seq),
            Op::Rotate(rotate) => return self.apply_rotate(author, rotate, seq),
            Op::Transfer { user } => self.apply_transfer(author, *user, ground),
            Op::RevokeInvite { invite } => {
                if let Some(invite) = self.invites.get_mut(invite) {
                    invite.status = InviteStatus::Revoked;
                }
            }
            Op::DeleteAccount { account } => self.delete_account(*account),
        }
        None
    }

    fn apply_invite(&mut self, author: Author, invite: &op::Invite, seq: u64) {
        let state = Invite {
            key: invite.key,
            role: invite.role,
            not_after: invite.not_after,
            issuer: author.device,
            added: seq,
            status: InviteStatus::Pending,
        };
        self.invites.insert(invite.invite, state);
    }

    fn apply_join(&mut self, join: &Join, seq: u64) {
        let Some(invite) = self.invites.get_mut(&join.invite) else { return };
        invite.status = InviteStatus::Used { by: join.user };
        let role = invite.role;
        let devices = [Some(&join.device), join.kit.as_ref()];
        self.add_member(join.user, role, devices.into_iter().flatten(), seq);
    }

    fn add_member<'a>(
        &mut self,
        user: UserId,
        role: WorkspaceRole,
        devices: impl IntoIterator<Item = &'a ProvenDevice>,
        seq: u64,
    ) {
        self.users.insert(user, User::Active(Member::new(role)));
        for device in devices {
            self.add_device(user, device, seq);
        }
    }

    fn add_device(&mut self, user: UserId, device: &ProvenDevice, seq: u64) {
        let id = device.record.id();
        self.devices.insert(id, Device { record: device.record, user, added: seq, removed: None });
        if let Some(member) = self.member_mut(user) {
            member.devices.insert(id);
            member.devices_ever += 1;
        }
    }

    fn remove_device(&mut self, device: DeviceId, seq: u64) {
        let Some(found) = self.devices.get_mut(&device) else { return };
        found.removed = Some(seq);
        let user = found.user;
        self.soil_spaces_of(user, seq);
        if let Some(member) = self.member_mut(user) {
            member.devices.remove(&device);
        }
        self.offer = self.offer.filter(|offer| offer.by != device);
    }

    fn remove_member(&mut self, user: UserId, seq: u64) {
        self.soil_spaces_of(user, seq);
        let Some(User::Active(member)) = self.users.insert(user, User::Removed) else { return };
        for device in &member.devices {
            if let Some(device) = self.devices.get_mut(device) {
                device.removed = Some(seq);
            }
        }
        for account in &member.accounts {
            if let Some(Account::Live(roles)) = self.accounts.get_mut(account) {
                roles.remove(&user);
            }
        }
        self.offer = self.offer.filter(|offer| offer.to != user);
    }

    fn set_role(&mut self, user: UserId, role: WorkspaceRole, seq: u64) {
        let Some(member) = self.member_mut(user) else { return };
        let before = std::mem::replace(&mut member.role, role);
        if before >= WorkspaceRole::Admin && role < WorkspaceRole::Admin {
            let rights = Rights { workspace: Some(before), account: None };
            self.soil(SpaceId::directory(self.workspace), seq, user, rights);
        }
        self.offer = self.offer.filter(|offer| offer.to != user);
    }

    fn apply_account(&mut self, author: Author, account: &op::Account, seq: u64) {
        let id = account.account;
        for user in account.roles.keys() {
            if let Some(member) = self.member_mut(*user) {
                member.accounts.insert(id);
            }
        }
        self.accounts.insert(id, Account::Live(account.roles.clone()));
        let first = |commit: Commitment| Epoch { commit, by: author.device, seq, anew: false };
        let codes = born(SpaceOf::Codes(id), first(account.commit_codes));
        self.spaces.insert(SpaceId::codes(self.workspace, id), codes);
        let controls = born(SpaceOf::Controls(id), first(account.commit_controls));
        self.spaces.insert(SpaceId::controls(self.workspace, id), controls);
    }

    fn apply_grant(
        &mut self,
        account: AccountId,
        user: UserId,
        role: Option<AccountRole>,
        ground: Ground,
        seq: u64,
    ) {
        let Some(Account::Live(roles)) = self.accounts.get_mut(&account) else { return };
        let before = match role {
            Some(role) => roles.insert(user, role),
            None => roles.remove(&user),
        };
        if let Some(member) = self.member_mut(user) {
            if role.is_some() {
                member.accounts.insert(account);
            } else {
                member.accounts.remove(&account);
            }
        }
        let codes = SpaceId::codes(self.workspace, account);
        let controls = SpaceId::controls(self.workspace, account);
        let lost = Rights { workspace: None, account: before };
        if role < before {
            self.soil(codes, seq, user, lost);
        }
        if before == Some(AccountRole::Owner) {
            self.soil(controls, seq, user, lost);
        }
        if matches!(ground, Ground::Rescue(_)) {
            self.mark_rescued(codes, seq);
            self.mark_rescued(controls, seq);
        }
    }

    fn apply_rotate(&mut self, author: Author, rotate: &op::Rotate, seq: u64) -> Option<Alarm> {
        let Some(Space::Live(space)) = self.spaces.get_mut(&rotate.space) else { return None };
        let before = space.epochs.last().map_or(author.device, |epoch| epoch.by);
        let (without_key, excused) = (rotate.prev_wrap.is_none(), space.may_lose_its_key());
        let anew = without_key && excused;
        space.epochs.push(Epoch { commit: rotate.commit, by: author.device, seq, anew });
        space.manifest = Some(rotate.manifest);
        space.dirt = None;
        (without_key && !excused).then_some(Alarm::KeyChainCut {
            space: rotate.space,
            by: author.device,
            before,
        })
    }

    fn apply_transfer(&mut self, author: Author, user: UserId, ground: Ground) {
        if ground != Ground::Offered {
            self.offer = (user != author.user).then_some(Offer { to: user, by: author.device });
            return;
        }
        self.offer = None;
        let before = std::mem::replace(&mut self.owner, user);
        if let Some(member) = self.member_mut(before) {
            member.role = WorkspaceRole::SuperAdmin;
        }
        if let Some(member) = self.member_mut(user) {
            member.role = WorkspaceRole::Owner;
        }
    }

    fn delete_account(&mut self, account: AccountId) {
        let before = self.accounts.insert(account, Account::Deleted);
        if let Some(Account::Live(roles)) = before {
            for user in roles.keys() {
                if let Some(member) = self.member_mut(*user) {
                    member.accounts.remove(&account);
                }
            }
        }
        self.spaces.insert(SpaceId::codes(self.workspace, account), Space::Ended);
        self.spaces.insert(SpaceId::controls(self.workspace, account), Space::Ended);
    }

    fn member_mut(&mut self, user: UserId) -> Option<&mut Member> {
        match self.users.get_mut(&user) {
            Some(User::Active(member)) => Some(member),
            _ => None,
        }
    }

    /// V8: makes every space dirty that a member reads, because they, or a device of theirs, go.
    fn soil_spaces_of(&mut self, user: UserId, seq: u64) {
        let Ok(member) = self.member(user) else { return };
        let workspace = Rights { workspace: Some(member.role), account: None };
        let accounts: Vec<_> = member
            .accounts
            .iter()
            .filter_map(|account| Some((*account, *self.account_roles(*account).ok()?.get(&user)?)))
            .collect();
        self.soil(SpaceId::directory(self.workspace), seq, user, workspace);
        for (account, role) in accounts {
            let rights = Rights { workspace: None, account: Some(role) };
            self.soil(SpaceId::codes(self.workspace, account), seq, user, rights);
            if role == AccountRole::Owner {
                self.soil(SpaceId::controls(self.workspace, account), seq, user, rights);
            }
        }
    }

    /// V8: makes a space dirty because `user`, who had `rights` in it, loses some.
    fn soil(&mut self, space: SpaceId, seq: u64, user: UserId, rights: Rights) {
        if let Some(dirt) = self.dirt(space, seq) {
            let former = dirt.former.entry(user).or_default();
            *former = former.or(rights);
        }
    }

    /// V8: makes a space dirty because an Admin rescued its account.
    fn mark_rescued(&mut self, space: SpaceId, seq: u64) {
        if let Some(dirt) = self.dirt(space, seq) {
            dirt.rescue = true;
        }
    }

    fn dirt(&mut self, space: SpaceId, seq: u64) -> Option<&mut Dirt> {
        match self.spaces.get_mut(&space) {
            Some(Space::Live(space)) => Some(space.dirt.get_or_insert_with(|| Dirt {
                since: seq,
                rescue: false,
                former: BTreeMap::new(),
            })),
            _ => None,
        }
    }
}

/// A space in its first epoch.
fn born(of: SpaceOf, first: Epoch) -> Space {
    Space::Live(LiveSpace { of, epochs: vec![first], manifest: None, dirt: None })
}
