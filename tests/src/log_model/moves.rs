//! Random moves: mostly what a person or a device would try next, sometimes what nobody should.
//!
//! A move that is nonsense everywhere is refused by the first check and shows nothing about the second. So each field
//! is picked from what stands in the workspace nine times in ten, and from anything otherwise.

use std::collections::BTreeMap;

use super::keys::{Holder, InviteKey, keys};
use super::message::{Entry, Hash, Id, Op};
use super::primitives::hash;
use super::random::Random;
use super::rules::{InviteStatus, Model, workspace_id};

const USERS: u64 = 10;
const ACCOUNTS: u64 = 6;
const COMMITS: u64 = 400;

fn id(name: &str, n: u64) -> Id {
    *hash(format!("{name} {n}").as_bytes()).first_chunk().expect("32 bytes have a first 16")
}

fn commit(random: &mut Random) -> Hash {
    hash(&random.below(COMMITS).to_be_bytes())
}

fn account_of_anyone(random: &mut Random) -> Id {
    id("account", random.below(ACCOUNTS))
}

/// The holder of a device's key.
pub(crate) fn holder(device: &Id) -> Option<&'static Holder> {
    let keys = keys();
    keys.phones.iter().chain(&keys.kits).chain(&keys.faulty).find(|holder| holder.id == *device)
}

/// The first entry, one in forty of them faulty; and the workspace that is pinned.
pub(crate) fn genesis(random: &mut Random) -> (Vec<u8>, Id) {
    let keys = keys();
    let mut phone = random.pick(&keys.phones);
    let mut kit = random.pick(&keys.kits);
    let by = phone;
    match random.below(160) {
        0 => phone = random.pick(&keys.faulty),
        1 => kit = random.pick(&keys.faulty),
        2 => kit = random.pick(&keys.phones),
        3 => phone = random.pick(&keys.kits),
        _ => {}
    }
    let by = if random.one_in(4) { by } else { phone };
    let op = Op::Genesis {
        user: id("user", 0),
        phone: phone.device.clone(),
        kit: kit.device.clone(),
        commit: commit(random),
    };
    let ws = workspace_id(&op);
    let entry = Entry { version: 1, ws, seq: 0, prev: [0; 32], ts: 1, by: by.id, op };
    (signed(&entry, by), ws)
}

/// An entry for the head that `model` stands at, by some device.
pub(crate) fn entry(random: &mut Random, model: &Model) -> (Entry, &'static Holder) {
    let author = author(random, model);
    let op = op(random, model, author);
    let head = *model.heads.last().expect("a log has a genesis");
    let entry = Entry {
        version: 1,
        ws: model.ws,
        seq: model.heads.len() as u64,
        prev: head,
        ts: random.below(100),
        by: author.id,
        op,
    };
    (entry, author)
}

/// The bytes on the wire.
pub(crate) fn signed(entry: &Entry, author: &Holder) -> Vec<u8> {
    let body = super::message::write(entry);
    let signature = author.sign_entry(&body);
    [&body[..], &signature].concat()
}

fn author(random: &mut Random, model: &Model) -> &'static Holder {
    let phones: Vec<&Id> = model
        .devices
        .iter()
        .filter(|(_, device)| model.device_is_active(device) && (device.kind == 0 || random.one_in(4)))
        .map(|(id, _)| id)
        .collect();
    let any: Vec<&Id> = model.devices.keys().collect();
    let picked = match random.below(40) {
        0 => None,
        1..=2 => holder(random.pick::<&Id>(&any)),
        _ if phones.is_empty() => None,
        _ => holder(random.pick::<&Id>(&phones)),
    };
    picked.unwrap_or_else(|| random.pick(&keys().phones))
}

fn op(random: &mut Random, model: &Model, author: &Holder) -> Op {
    let own = model.devices.get(&author.id).map_or_else(|| id("user", 0), |device| device.user);
    // What a move is about may not be there yet; then mostly the move that makes it.
    let nothing_pending = !model.invites.values().any(|invite| invite.status == InviteStatus::Pending);
    let no_account = !model.accounts.values().any(Option::is_some);
    let all_clean = model.spaces.values().all(|space| space.dirty.is_none());
    let instead = !random.one_in(12);
    match random.below(100) {
        0..=11 => invite(random, model),
        12..=30 | 96 if nothing_pending && instead => invite(random, model),
        12..=30 => join(random, model),
        31..=39 => add_device(random, model, own),
        40..=46 => Op::RemoveDevice { device: device(random, model) },
        47..=50 => Op::RemoveMember { user: user(random, model) },
        51..=57 => Op::Role { user: user(random, model), role: 1 + random.below(4) },
        58..=66 => account(random, model, own),
        67..=79 | 97..=98 if no_account && instead => account(random, model, own),
        67..=79 => grant(random, model),
        80..=89 if all_clean && instead => add_device(random, model, own),
        80..=89 => rotate(random, model),
        90..=95 => transfer(random, model, own),
        96 => Op::RevokeInvite { invite: pending_invite(random, model).id },
        97..=98 => Op::DeleteAccount { account: live_account(random, model) },
        _ => Op::Genesis {
            user: own,
            phone: author.device.clone(),
            kit: keys().kits[0].device.clone(),
            commit: commit(random),
        },
    }
}

fn user(random: &mut Random, model: &Model) -> Id {
    let active: Vec<&Id> = model.users.iter().filter(|(_, role)| **role != 0).map(|(id, _)| id).collect();
    if random.one_in(12) || active.is_empty() {
        id("user", random.below(USERS))
    } else {
        **random.pick(&active)
    }
}

fn device(random: &mut Random, model: &Model) -> Id {
    let known: Vec<&Id> = model.devices.keys().collect();
    if random.one_in(16) { random.pick(&keys().phones).id } else { **random.pick(&known) }
}

fn live_account(random: &mut Random, model: &Model) -> Id {
    let live: Vec<&Id> =
        model.accounts.iter().filter(|(_, roles)| roles.is_some()).map(|(id, _)| id).collect();
    if random.one_in(12) || live.is_empty() { account_of_anyone(random) } else { **random.pick(&live) }
}

fn pending_invite(random: &mut Random, model: &Model) -> &'static InviteKey {
    let all = &keys().invites;
    let fitting: Vec<&InviteKey> = all
        .iter()
        .filter(|key| model.invites.get(&key.id).is_some_and(|invite| invite.status == InviteStatus::Pending))
        .collect();
    if random.one_in(10) || fitting.is_empty() {
        random.pick(all)
    } else {
        random.pick::<&InviteKey>(&fitting)
    }
}

fn invite(random: &mut Random, model: &Model) -> Op {
    let fresh: Vec<&InviteKey> =
        keys().invites.iter().filter(|key| !model.invites.contains_key(&key.id)).collect();
    let stale = random.one_in(20) || fresh.is_empty();
    let key = if stale { random.pick(&keys().invites) } else { *random.pick(&fresh) };
    let mut invite = key.id;
    invite[0] ^= u8::from(random.one_in(40));
    let not_after = if random.one_in(10) { 20 } else { 1_000 };
    Op::Invite { invite, key: key.public, role: 1 + random.below(4), not_after, greeting: vec![7; 272] }
}

fn join(random: &mut Random, model: &Model) -> Op {
    let key = pending_invite(random, model);
    let phone = newcomer(random, model, &keys().phones);
    let kit = random.one_in(2).then(|| newcomer(random, model, &keys().kits));
    let user = newborn(random, model);
    let signer = if random.one_in(30) { random.pick(&keys().invites) } else { key };
    let signature = signer.sign_join(&model.ws, &user, &phone.device, kit.map(|kit| &kit.device));
    Op::Join {
        invite: key.id,
        user,
        phone: phone.device.clone(),
        kit: kit.map(|kit| kit.device.clone()),
        signature,
    }
}

fn newborn(random: &mut Random, model: &Model) -> Id {
    let unborn = (0..USERS).map(|n| id("user", n)).find(|user| !model.users.contains_key(user));
    if random.one_in(15) { user(random, model) } else { unborn.unwrap_or_else(|| id("user", USERS)) }
}

fn newcomer(random: &mut Random, model: &Model, of: &'static [Holder]) -> &'static Holder {
    let keys = keys();
    match random.below(40) {
        0 => random.pick(&keys.faulty),
        1 => random.pick(&keys.phones),
        2 => random.pick(&keys.kits),
        3 => random.pick(of),
        _ => {
            let fresh: Vec<&Holder> =
                of.iter().filter(|holder| !model.devices.contains_key(&holder.id)).collect();
            if fresh.is_empty() { random.pick(of) } else { random.pick::<&Holder>(&fresh) }
        }
    }
}

fn add_device(random: &mut Random, model: &Model, own: Id) -> Op {
    let of = if random.one_in(3) { &keys().kits } else { &keys().phones };
    let user = if random.one_in(12) { user(random, model) } else { own };
    Op::AddDevice { user, device: newcomer(random, model, of).device.clone() }
}

fn account(random: &mut Random, model: &Model, own: Id) -> Op {
    let mut roles: BTreeMap<Id, u64> =
        (0..random.below(4)).map(|_| (user(random, model), 1 + random.below(2))).collect();
    if !random.one_in(12) {
        roles.insert(own, 2);
    }
    let unborn =
        (0..ACCOUNTS).map(|n| id("account", n)).find(|account| !model.accounts.contains_key(account));
    let account = if random.one_in(10) { None } else { unborn };
    let codes = commit(random);
    let controls = if random.one_in(30) { codes } else { commit(random) };
    Op::Account {
        account: account.unwrap_or_else(|| account_of_anyone(random)),
        codes,
        controls,
        roles: roles.into_iter().collect(),
    }
}

fn grant(random: &mut Random, model: &Model) -> Op {
    let account = live_account(random, model);
    let role = if random.one_in(3) { 2 } else { random.below(3) };
    Op::Grant { account, user: user(random, model), role }
}

fn rotate(random: &mut Random, model: &Model) -> Op {
    let dirty: Vec<&Id> =
        model.spaces.iter().filter(|(_, space)| space.dirty.is_some()).map(|(id, _)| id).collect();
    let all: Vec<&Id> = model.spaces.keys().collect();
    let picked = if random.one_in(8) || dirty.is_empty() { random.pick(&all) } else { random.pick(&dirty) };
    let space = if random.one_in(40) { id("space", 0) } else { **picked };
    let epoch = model.spaces.get(&space).map_or(2, |space| space.epochs.len() as u64 + 1);
    let epoch = if random.one_in(15) { random.below(4) } else { epoch };
    let prev_wrap = (!random.one_in(6)).then(|| vec![9; 60]);
    Op::Rotate { space, epoch, commit: commit(random), prev_wrap, manifest: commit(random) }
}

fn transfer(random: &mut Random, model: &Model, own: Id) -> Op {
    let accepts = model.offer.is_some_and(|(to, _)| to == own);
    Op::Transfer { user: if accepts || random.one_in(4) { own } else { user(random, model) } }
}
