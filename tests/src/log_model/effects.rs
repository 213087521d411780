//! The second half of the model's rules: removals, roles, accounts, and what makes a space dirty.

use std::collections::BTreeMap;

use super::message::{Device, Entry, Hash, Id, Op};
use super::rules::{
    ADMIN, COLLABORATOR, DeviceState, DirtState, EpochState, Model, OWNER, SUPER_ADMIN, SpaceState, USER,
    Verdict, WORKSPACE_OWNER, device_id, space_id,
};

const NO_ACCOUNT: Id = [0; 16];
const DIRECTORY: u8 = 0;
const CODES: u8 = 1;
const CONTROLS: u8 = 2;

type Judged = Result<(), &'static str>;

/// Why a space becomes dirty.
#[derive(Clone, Copy)]
enum Why {
    Rescue,
    /// Somebody had this role in it, and has less now.
    Lost {
        user: Id,
        role: u64,
    },
}

fn must(holds: bool, error: &'static str) -> Judged {
    if holds { Ok(()) } else { Err(error) }
}

impl Model {
    pub(super) fn add_device(&mut self, device: &Device, user: Id) {
        let added = self.seq();
        let Device { suite, kind, sign, key_box, .. } = *device;
        let state = DeviceState { suite, kind, sign, key_box, user, added, removed: None };
        self.devices.insert(device_id(device), state);
    }

    pub(super) fn add_space(&mut self, kind: u8, account: Option<Id>, commit: Hash, by: Id) {
        let id = space_id(&self.ws, kind, &account.unwrap_or(NO_ACCOUNT));
        let epochs = vec![EpochState { commit, by, seq: self.seq(), anew: false }];
        self.spaces.insert(id, SpaceState { account, kind, epochs, manifest: None, dirty: None });
    }

    /// The seq of the entry that is being applied: its head is not held yet.
    fn seq(&self) -> u64 {
        self.heads.len() as u64
    }

    /// "A device is active only with its user: removing a member removes all of its devices."
    pub(crate) fn device_is_active(&self, device: &DeviceState) -> bool {
        device.removed.is_none() && self.users[&device.user] != 0
    }

    /// How many devices a user ever had.
    pub(crate) fn devices_ever(&self, user: &Id) -> usize {
        self.devices.values().filter(|device| device.user == *user).count()
    }

    /// Whose device it is, where it is an active one of Admin and above.
    pub(crate) fn admin_of(&self, device: &Id) -> Option<Id> {
        let held = self.devices.get(device).filter(|held| self.device_is_active(held))?;
        (self.users[&held.user] >= ADMIN).then_some(held.user)
    }

    /// Whether a user has an active device of that kind.
    pub(crate) fn has(&self, user: &Id, kind: u64) -> bool {
        self.devices
            .values()
            .any(|device| device.user == *user && device.kind == kind && self.device_is_active(device))
    }

    pub(crate) fn account_role(&self, account: &Id, user: &Id) -> u64 {
        self.accounts
            .get(account)
            .and_then(Option::as_ref)
            .and_then(|roles| roles.get(user))
            .copied()
            .unwrap_or(0)
    }

    pub(crate) fn may_read(&self, user: &Id, space: &SpaceState) -> bool {
        match (space.kind, space.account) {
            (CODES, Some(account)) => self.account_role(&account, user) >= COLLABORATOR,
            (CONTROLS, Some(account)) => self.account_role(&account, user) == OWNER,
            _ => self.users.get(user).is_some_and(|role| *role != 0),
        }
    }

    /// "Dirty, since which seq": the first. A rescue and the strongest role that somebody lost are remembered until the
    /// rotation.
    fn dirty(&mut self, space: Id, why: Why) {
        let since = self.seq();
        let space = self.spaces.get_mut(&space).expect("spaces of live accounts exist");
        let clean = || DirtState { since, rescue: false, former: BTreeMap::new() };
        let dirt = space.dirty.get_or_insert_with(clean);
        match why {
            Why::Rescue => dirt.rescue = true,
            Why::Lost { user, role } => {
                let strongest = dirt.former.entry(user).or_default();
                *strongest = (*strongest).max(role);
            }
        }
    }

    fn dirty_all_that_reads(&mut self, user: &Id) {
        let readable: Vec<(Id, Option<Id>)> = self
            .spaces
            .iter()
            .filter(|(_, space)| self.may_read(user, space))
            .map(|(id, space)| (*id, space.account))
            .collect();
        for (space, account) in readable {
            let role = account.map_or(self.users[user], |account| self.account_role(&account, user));
            self.dirty(space, Why::Lost { user: *user, role });
        }
    }

    fn dirty_of(&mut self, account: Id, kinds: &[u8], why: Why) {
        for kind in kinds {
            self.dirty(space_id(&self.ws, *kind, &account), why);
        }
    }

    fn lapse_offer_to(&mut self, user: Id) {
        if self.offer.is_some_and(|(to, _)| to == user) {
            self.offer = None;
        }
    }

    pub(super) fn rm_dev(&mut self, author: Id, by_kit: bool, device: Id) -> Judged {
        let user = self.devices[&device].user;
        let own = user == author;
        let above = self.users[&author] >= ADMIN && !by_kit && self.users[&user] < self.users[&author];
        must(own || above, "NotPermitted")?;
        if self.users[&user] == WORKSPACE_OWNER {
            let mut without = self.clone();
            without.devices.get_mut(&device).expect("judged").removed = Some(0);
            must(without.has(&user, 0) && without.has(&user, 1), "OwnerNeedsPhoneAndKit")?;
        }
        self.devices.get_mut(&device).expect("judged").removed = Some(self.heads.len() as u64);
        if self.offer.is_some_and(|(_, by)| by == device) {
            self.offer = None;
        }
        self.dirty_all_that_reads(&user);
        Ok(())
    }

    pub(super) fn rm_member(&mut self, author: Id, user: Id) -> Judged {
        let (own, theirs) = (self.users[&author], self.users[&user]);
        let leaves = user == author && own != WORKSPACE_OWNER;
        must(leaves || (own >= ADMIN && own > theirs), "NotPermitted")?;
        self.dirty_all_that_reads(&user);
        self.users.insert(user, 0);
        let seq = self.seq();
        for device in self.devices.values_mut().filter(|device| device.user == user) {
            device.removed = device.removed.or(Some(seq));
        }
        for roles in self.accounts.values_mut().flatten() {
            roles.remove(&user);
        }
        self.lapse_offer_to(user);
        Ok(())
    }

    pub(super) fn role(&mut self, author: Id, user: Id, role: u64) -> Judged {
        let (own, theirs) = (self.users[&author], self.users[&user]);
        let permitted = own >= ADMIN && theirs < own && role <= own && role != WORKSPACE_OWNER;
        must(permitted, "NotPermitted")?;
        must(role != theirs, "NothingChanges")?;
        self.users.insert(user, role);
        self.lapse_offer_to(user);
        if theirs >= ADMIN && role == USER {
            self.dirty(space_id(&self.ws, DIRECTORY, &NO_ACCOUNT), Why::Lost { user, role: theirs });
        }
        Ok(())
    }

    pub(super) fn account(&mut self, entry: &Entry, author: Id) -> Judged {
        let Op::Account { account, codes, controls, roles } = &entry.op else { unreachable!("op 7") };
        let (account, commits) = (*account, [*codes, *controls]);
        must(roles.contains(&(author, OWNER)), "NotPermitted")?;
        must(!self.accounts.contains_key(&account), "Reborn")?;
        must(commits[0] != commits[1], "CommitmentReused")?;
        self.accounts.insert(account, Some(roles.iter().copied().collect()));
        self.add_space(CODES, Some(account), commits[0], entry.by);
        self.add_space(CONTROLS, Some(account), commits[1], entry.by);
        Ok(())
    }

    pub(super) fn grant(&mut self, author: Id, account: Id, user: Id, role: u64) -> Judged {
        let roles: BTreeMap<Id, u64> = self.accounts[&account].clone().expect("judged");
        let before = self.account_role(&account, &user);
        let by_owner = self.account_role(&account, &author) == OWNER;
        let an_owner_has_a_phone = roles.iter().any(|(owner, role)| *role == OWNER && self.has(owner, 0));
        let rescue = !by_owner
            && self.users[&author] >= ADMIN
            && role == OWNER
            && before == COLLABORATOR
            && self.has(&user, 0)
            && !an_owner_has_a_phone;
        must(by_owner || rescue, "NotPermitted")?;
        must(role != before, "NothingChanges")?;
        let owners = roles.values().filter(|role| **role == OWNER).count();
        must(before != OWNER || owners > 1, "LastOwner")?;
        let roles = self.accounts.get_mut(&account).and_then(Option::as_mut).expect("judged");
        if role == 0 {
            roles.remove(&user);
        } else {
            roles.insert(user, role);
        }
        let lost = Why::Lost { user, role: before };
        match (before, role) {
            _ if rescue => self.dirty_of(account, &[CODES, CONTROLS], Why::Rescue),
            (OWNER, _) => self.dirty_of(account, &[CODES, CONTROLS], lost),
            (COLLABORATOR, 0) => self.dirty_of(account, &[CODES], lost),
            _ => {}
        }
        Ok(())
    }

    pub(super) fn rotate(&mut self, entry: &Entry, author: Id) -> Verdict {
        let Op::Rotate { space, epoch, commit, prev_wrap, manifest } = &entry.op else {
            unreachable!("op 9")
        };
        let held = self.spaces[space].clone();
        let permitted = match held.account {
            Some(account) => self.account_role(&account, &author) == OWNER,
            None => self.users[&author] >= ADMIN,
        };
        must(permitted, "NotPermitted")?;
        let dirt = held.dirty.ok_or("NotDirty")?;
        must(*epoch == held.epochs.len() as u64 + 1, "WrongEpoch")?;
        must(held.epochs.iter().all(|before| before.commit != *commit), "CommitmentReused")?;
        let excused = dirt.rescue && held.kind == CONTROLS;
        let anew = excused && prev_wrap.is_none();
        let began = EpochState { commit: *commit, by: entry.by, seq: self.seq(), anew };
        let space = self.spaces.get_mut(space).expect("judged");
        space.epochs.push(began);
        space.manifest = Some(*manifest);
        space.dirty = None;
        Ok((prev_wrap.is_none() && !excused).then_some("KeyChainCut"))
    }

    pub(super) fn transfer(&mut self, by: Id, author: Id, user: Id) -> Judged {
        let is_owner = self.users[&author] == WORKSPACE_OWNER;
        let is_offered = self.offer.is_some_and(|(to, _)| to == author);
        must(is_owner || (user == author && is_offered), "NotPermitted")?;
        if is_owner && user == author {
            must(self.offer.is_some(), "NothingChanges")?;
            self.offer = None;
        } else if is_owner {
            must(self.offer != Some((user, by)), "NothingChanges")?;
            self.offer = Some((user, by));
        } else {
            must(self.has(&author, 1), "KitNeeded")?;
            for role in self.users.values_mut().filter(|role| **role == WORKSPACE_OWNER) {
                *role = SUPER_ADMIN;
            }
            self.users.insert(author, WORKSPACE_OWNER);
            self.offer = None;
        }
        Ok(())
    }

    pub(super) fn delete_account(&mut self, author: Id, account: Id) -> Judged {
        let roles = self.accounts[&account].clone().expect("judged");
        let unattended = !roles.keys().any(|user| self.has(user, 0) || self.has(user, 1));
        let by_owner = roles.get(&author) == Some(&OWNER);
        must(by_owner || (self.users[&author] >= ADMIN && unattended), "NotPermitted")?;
        self.accounts.insert(account, None);
        Ok(())
    }
}
