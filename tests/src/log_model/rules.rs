//! The rules of the log, as `docs/protocol.md` has them: one function an op, its checks in the order of the text.
//!
//! Plain on purpose: numbers for roles, maps for sets, no types that make a mistake impossible. It is read beside the
//! document, and everything clever is left to the product.

use std::collections::BTreeMap;

use super::message::{
    Device, Entry, Hash, Id, Op, Signature, read, write, write_devrec, write_join_text, write_op_alone,
};
use super::primitives::{box_key_is_usable, hash, hash16, verifies};

pub(crate) const USER: u64 = 1;
pub(crate) const ADMIN: u64 = 2;
pub(crate) const SUPER_ADMIN: u64 = 3;
pub(crate) const WORKSPACE_OWNER: u64 = 4;
pub(crate) const COLLABORATOR: u64 = 1;
pub(crate) const OWNER: u64 = 2;
pub(crate) const PHONE: u64 = 0;
pub(crate) const KIT: u64 = 1;
/// "Most devices that a user ever has", those removed and kits included.
const MOST_DEVICES: usize = 32;

/// The error's name where an entry is refused; the alarm's where it is taken.
pub(crate) type Verdict = Result<Option<&'static str>, &'static str>;
type Judged = Result<(), &'static str>;

#[derive(Clone, PartialEq, Debug)]
pub(crate) struct DeviceState {
    pub(crate) suite: u64,
    pub(crate) kind: u64,
    pub(crate) sign: Hash,
    pub(crate) key_box: Hash,
    pub(crate) user: Id,
    /// The seq of the entry that added it, and of the one that removed it or its user.
    pub(crate) added: u64,
    pub(crate) removed: Option<u64>,
}

#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) enum InviteStatus {
    Pending,
    /// By this user.
    Used(Id),
    Revoked,
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) struct InviteState {
    pub(crate) key: Hash,
    pub(crate) role: u64,
    pub(crate) not_after: u64,
    pub(crate) issuer: Id,
    /// The seq of the entry that made it.
    pub(crate) added: u64,
    pub(crate) status: InviteStatus,
}

#[derive(Clone, PartialEq, Debug)]
pub(crate) struct SpaceState {
    /// `None` for the directory.
    pub(crate) account: Option<Id>,
    pub(crate) kind: u8,
    /// Epoch 1 first.
    pub(crate) epochs: Vec<EpochState>,
    /// Of the current epoch, where a rotation began it.
    pub(crate) manifest: Option<Hash>,
    pub(crate) dirty: Option<DirtState>,
}

/// "Of each, for every epoch from 1: commitment, author device and seq of the entry that began it, and whether it began
/// anew."
#[derive(Clone, Copy, PartialEq, Debug)]
pub(crate) struct EpochState {
    pub(crate) commit: Hash,
    pub(crate) by: Id,
    pub(crate) seq: u64,
    pub(crate) anew: bool,
}

/// "Since which seq, whether by a rescue, and whose rights shrank in this epoch, with the strongest roles that they had":
/// in the directory the workspace role, elsewhere the account role.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct DirtState {
    pub(crate) since: u64,
    pub(crate) rescue: bool,
    pub(crate) former: BTreeMap<Id, u64>,
}

/// What a verifier holds.
#[derive(Clone, PartialEq, Debug)]
pub(crate) struct Model {
    pub(crate) ws: Id,
    /// The user of the genesis.
    pub(crate) founder: Id,
    pub(crate) heads: Vec<Hash>,
    /// The role of an active user; 0 of a removed one.
    pub(crate) users: BTreeMap<Id, u64>,
    pub(crate) devices: BTreeMap<Id, DeviceState>,
    pub(crate) invites: BTreeMap<Id, InviteState>,
    /// The roles in a live account; `None` where it was deleted.
    pub(crate) accounts: BTreeMap<Id, Option<BTreeMap<Id, u64>>>,
    pub(crate) spaces: BTreeMap<Id, SpaceState>,
    /// The user offered, and the device that offered.
    pub(crate) offer: Option<(Id, Id)>,
}

pub(crate) fn device_id(device: &Device) -> Id {
    hash16(&[b"cs/1/dev", &write_devrec(device)])
}

pub(crate) fn space_id(ws: &Id, kind: u8, account: &Id) -> Id {
    hash16(&[b"cs/1/space", ws, &[kind], account])
}

pub(crate) fn workspace_id(genesis: &Op) -> Id {
    hash16(&[b"cs/1/ws", &write_op_alone(genesis)])
}

fn must(holds: bool, error: &'static str) -> Judged {
    if holds { Ok(()) } else { Err(error) }
}

fn signed_by(key: &Hash, domain: &str, parts: &[&[u8]], signature: &Signature) -> bool {
    verifies(key, &[format!("cs/1/{domain}\0").as_bytes(), &parts.concat()].concat(), signature)
}

fn proven(device: &Device) -> bool {
    signed_by(&device.sign, "pop", &[&write_devrec(device)], &device.pop)
}

impl Model {
    /// Genesis (seq 0), for a workspace that an invite, a QR or a kit has pinned.
    pub(crate) fn begin(wire: &[u8], pinned: Id) -> Result<Self, &'static str> {
        let (entry, signature) = read(wire).ok_or("form")?;
        let Op::Genesis { user, phone, kit, commit } = &entry.op else { return Err("MisplacedGenesis") };
        must(entry.seq == 0, "MisplacedGenesis")?;
        must(entry.prev == [0; 32], "NotNext")?;
        let ws = workspace_id(&entry.op);
        must(ws == entry.ws && ws == pinned, "WrongWorkspace")?;
        must(entry.by == device_id(phone), "UnknownAuthor")?;
        must(signed_by(&phone.sign, "entry", &[&write(&entry)], &signature), "BadSignature")?;
        must(phone.kind == PHONE && kit.kind == KIT, "WrongDeviceKind")?;
        must(box_key_is_usable(&phone.key_box) && box_key_is_usable(&kit.key_box), "UnusableBoxKey")?;
        must(proven(phone) && proven(kit), "BadProof")?;
        let mut model = Self {
            ws,
            founder: *user,
            heads: Vec::new(),
            users: BTreeMap::from([(*user, WORKSPACE_OWNER)]),
            devices: BTreeMap::new(),
            invites: BTreeMap::new(),
            accounts: BTreeMap::new(),
            spaces: BTreeMap::new(),
            offer: None,
        };
        model.add_device(phone, *user);
        model.add_device(kit, *user);
        model.add_space(0, None, *commit, entry.by);
        model.heads.push(hash(wire));
        Ok(model)
    }

    /// Verifying the next entry, steps 1 to 6. A refused entry changes nothing.
    pub(crate) fn verify_next(&mut self, wire: &[u8]) -> Verdict {
        let (entry, signature) = read(wire).ok_or("form")?;
        must(entry.ws == self.ws, "WrongWorkspace")?;
        let n = self.heads.len() as u64;
        let is_genesis = matches!(entry.op, Op::Genesis { .. });
        must(is_genesis == (entry.seq == 0), "MisplacedGenesis")?;
        must(entry.seq <= n, "Gap")?;
        if entry.seq < n {
            let held = self.heads[usize::try_from(entry.seq).expect("below the length")];
            must(held != hash(wire), "AlreadyHeld")?;
            let author = self.devices.get(&entry.by).ok_or("UnknownAuthor")?;
            must(signed_by(&author.sign, "entry", &[&write(&entry)], &signature), "BadSignature")?;
            return Err("Fork");
        }
        let author = self.devices.get(&entry.by).ok_or("UnknownAuthor")?;
        if Some(&entry.prev) != self.heads.last() {
            must(signed_by(&author.sign, "entry", &[&write(&entry)], &signature), "BadSignature")?;
            return Err("ForkBefore");
        }
        must(self.device_is_active(author), "RemovedAuthor")?;
        must(signed_by(&author.sign, "entry", &[&write(&entry)], &signature), "BadSignature")?;
        let mut next = self.clone();
        let alarm = next.apply(&entry, author.user, author.kind == KIT)?;
        next.heads.push(hash(wire));
        *self = next;
        Ok(alarm)
    }

    fn apply(&mut self, entry: &Entry, author: Id, by_kit: bool) -> Verdict {
        self.named_things_stand(&entry.op)?;
        let open_to_kits = matches!(entry.op, Op::AddDevice { .. } | Op::RemoveDevice { .. });
        must(open_to_kits || !by_kit, "NotPermitted")?;
        match &entry.op {
            Op::Genesis { .. } => return Err("MisplacedGenesis"),
            Op::Invite { invite, key, role, not_after, .. } => {
                self.invite(entry.by, author, *invite, *key, *role, *not_after)?;
            }
            Op::Join { .. } => self.join(entry, author)?,
            Op::AddDevice { user, device } => self.add_dev(author, *user, device)?,
            Op::RemoveDevice { device } => self.rm_dev(author, by_kit, *device)?,
            Op::RemoveMember { user } => self.rm_member(author, *user)?,
            Op::Role { user, role } => self.role(author, *user, *role)?,
            Op::Account { .. } => self.account(entry, author)?,
            Op::Grant { account, user, role } => self.grant(author, *account, *user, *role)?,
            Op::Rotate { .. } => return self.rotate(entry, author),
            Op::Transfer { user } => self.transfer(entry.by, author, *user)?,
            Op::RevokeInvite { invite } => {
                must(self.users[&author] >= ADMIN, "NotPermitted")?;
                self.invites.get_mut(invite).expect("judged").status = InviteStatus::Revoked;
            }
            Op::DeleteAccount { account } => self.delete_account(author, *account)?,
        }
        Ok(None)
    }

    /// "What an op names must exist (`Absent`) and be active (`Inactive`). In the order of the op's fields."
    fn named_things_stand(&self, op: &Op) -> Judged {
        let user = |id: &Id| match self.users.get(id) {
            None => Err("Absent"),
            Some(0) => Err("Inactive"),
            Some(_) => Ok(()),
        };
        let account = |id: &Id| match self.accounts.get(id) {
            None => Err("Absent"),
            Some(None) => Err("Inactive"),
            Some(Some(_)) => Ok(()),
        };
        let invite = |id: &Id| match self.invites.get(id) {
            None => Err("Absent"),
            Some(invite) => must(invite.status == InviteStatus::Pending, "Inactive"),
        };
        match op {
            Op::Genesis { .. } | Op::Invite { .. } => Ok(()),
            Op::Join { invite: id, .. } | Op::RevokeInvite { invite: id } => invite(id),
            Op::RemoveDevice { device } => {
                let device = self.devices.get(device).ok_or("Absent")?;
                must(self.device_is_active(device), "Inactive")
            }
            Op::AddDevice { user: id, .. }
            | Op::RemoveMember { user: id }
            | Op::Role { user: id, .. }
            | Op::Transfer { user: id } => user(id),
            Op::Account { roles, .. } => roles.iter().try_for_each(|(id, _)| user(id)),
            Op::Grant { account: id, user: whom, .. } => account(id).and_then(|()| user(whom)),
            Op::DeleteAccount { account: id } => account(id),
            Op::Rotate { space, .. } => {
                let space = self.spaces.get(space).ok_or("Absent")?;
                space.account.as_ref().map_or(Ok(()), account)
            }
        }
    }

    fn invite(&mut self, by: Id, author: Id, invite: Id, key: Hash, role: u64, not_after: u64) -> Judged {
        let own = self.users[&author];
        must(own >= ADMIN && role <= own && role != WORKSPACE_OWNER, "NotPermitted")?;
        must(invite == hash16(&[&key]), "WrongInviteId")?;
        must(!self.invites.contains_key(&invite), "Reborn")?;
        let added = self.heads.len() as u64;
        let state = InviteState { key, role, not_after, issuer: by, added, status: InviteStatus::Pending };
        self.invites.insert(invite, state);
        Ok(())
    }

    fn join(&mut self, entry: &Entry, author: Id) -> Judged {
        let Op::Join { invite: id, user, phone, kit, signature } = &entry.op else { unreachable!("op 2") };
        let invite = self.invites[id].clone();
        must(self.users[&author] >= ADMIN, "NotPermitted")?;
        must(entry.ts <= invite.not_after, "InviteExpired")?;
        let issuer = &self.devices[&invite.issuer];
        let issuer_role = self.users[&issuer.user];
        let stands = self.device_is_active(issuer) && issuer_role >= ADMIN && issuer_role >= invite.role;
        must(stands, "IssuerLapsed")?;
        let kit_of = |judge: &dyn Fn(&Device) -> bool| kit.as_ref().is_none_or(judge);
        must(phone.kind == PHONE && kit_of(&|kit| kit.kind == KIT), "WrongDeviceKind")?;
        let born = |device: &Device| self.devices.contains_key(&device_id(device));
        must(!self.users.contains_key(user) && !born(phone) && kit_of(&|kit| !born(kit)), "Reborn")?;
        let usable = |device: &Device| box_key_is_usable(&device.key_box);
        must(usable(phone) && kit_of(&usable), "UnusableBoxKey")?;
        must(proven(phone) && kit_of(&proven), "BadProof")?;
        let text = write_join_text(&self.ws, id, user, phone, kit.as_ref());
        must(signed_by(&invite.key, "join", &[&text], signature), "BadInviteSignature")?;
        self.users.insert(*user, invite.role);
        self.add_device(phone, *user);
        if let Some(kit) = kit {
            self.add_device(kit, *user);
        }
        self.invites.get_mut(id).expect("judged").status = InviteStatus::Used(*user);
        Ok(())
    }

    fn add_dev(&mut self, author: Id, user: Id, device: &Device) -> Judged {
        must(user == author, "NotPermitted")?;
        must(self.devices_ever(&user) < MOST_DEVICES, "TooManyDevices")?;
        must(!self.devices.contains_key(&device_id(device)), "Reborn")?;
        must(box_key_is_usable(&device.key_box), "UnusableBoxKey")?;
        must(proven(device), "BadProof")?;
        self.add_device(device, user);
        Ok(())
    }
}
