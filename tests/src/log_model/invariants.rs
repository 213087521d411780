//! What holds in every workspace, whatever its members and its server try.

use std::collections::{BTreeMap, BTreeSet};

use super::message::{Entry, Id, Op};
use super::rules::{
    COLLABORATOR, DeviceState, KIT, Model, OWNER, PHONE, SUPER_ADMIN, SpaceState, WORKSPACE_OWNER,
};

/// Compares a step: the state before the entry and after it.
pub(super) fn hold(before: &Model, after: &Model, entry: &Entry) -> Result<(), String> {
    nobody_removed_signs_and_nobody_reaches_up(before, after, entry)?;
    whoever_stops_reading_leaves_the_space_dirty(before, after)?;
    one_workspace_owner_with_phone_and_kit(after)?;
    a_dirty_directory_can_be_rotated(after)?;
    every_account_has_an_owner_or_a_way_out(after)?;
    nothing_is_unborn(before, after)
}

fn must(holds: bool, what: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(format!("invariant: {what}")) }
}

fn one_workspace_owner_with_phone_and_kit(model: &Model) -> Result<(), String> {
    let owners: Vec<_> = model.users.iter().filter(|(_, role)| **role == WORKSPACE_OWNER).collect();
    must(owners.len() == 1, "there is exactly one workspace Owner")?;
    must(
        owners.iter().all(|(user, _)| model.has(user, 0) && model.has(user, 1)),
        "the Owner has a phone and a kit",
    )
}

/// By the workspace Owner, whatever else is lost.
fn a_dirty_directory_can_be_rotated(model: &Model) -> Result<(), String> {
    let owner = workspace_owner(model);
    must(rotates(model.clone(), owner, None), "the workspace Owner can rotate a dirty directory")
}

/// Somebody can be its Owner with a phone and rotate what is dirty, or it can be deleted. Each step of the way is one
/// that the rules take.
fn every_account_has_an_owner_or_a_way_out(model: &Model) -> Result<(), String> {
    for (id, roles) in &model.accounts {
        let Some(roles) = roles else { continue };
        let attended = roles.iter().any(|(user, role)| *role == OWNER && model.has(user, PHONE));
        let dirty = model.spaces.values().any(|space| space.account == Some(*id) && space.dirty.is_some());
        must(attended && !dirty || has_a_way_out(model.clone(), *id, roles), "an account has a way out")?;
        must(
            roles.keys().all(|user| model.users.get(user).is_some_and(|role| *role != 0)),
            "account roles are those of active members",
        )?;
    }
    Ok(())
}

/// Walks it: an Owner, else a Collaborator whom the workspace Owner makes one, each with a phone or a kit that adds one;
/// else the workspace Owner deletes an account that nobody can open.
fn has_a_way_out(mut model: Model, account: Id, roles: &BTreeMap<Id, u64>) -> bool {
    let able = |role: u64, kind: u64| {
        let found = roles.iter().find(|(user, held)| **held == role && model.has(user, kind));
        found.map(|(user, _)| *user)
    };
    let by_kit = || able(OWNER, KIT).or_else(|| able(COLLABORATOR, KIT));
    let Some(user) = able(OWNER, PHONE).or_else(|| able(COLLABORATOR, PHONE)).or_else(by_kit) else {
        let owner = workspace_owner(&model);
        return model.delete_account(owner, account).is_ok();
    };
    if !model.has(&user, PHONE) {
        let (sign, key_box) = ([0; 32], [0; 32]);
        let phone = DeviceState { suite: 1, kind: PHONE, sign, key_box, user, added: 0, removed: None };
        model.devices.insert(Id::default(), phone);
    }
    let owner = workspace_owner(&model);
    let owns = roles[&user] == OWNER || model.grant(owner, account, user, OWNER).is_ok();
    owns && rotates(model, user, Some(account))
}

/// Whether `author` can rotate all that is dirty of an account, or of the directory.
fn rotates(mut model: Model, author: Id, account: Option<Id>) -> bool {
    let of_it = |(_, space): &(&Id, &SpaceState)| space.account == account && space.dirty.is_some();
    let dirty: Vec<Id> = model.spaces.iter().filter(of_it).map(|(id, _)| *id).collect();
    model.has(&author, PHONE)
        && dirty.into_iter().all(|space| {
            let epoch = model.spaces[&space].epochs.len() as u64 + 1;
            let (commit, manifest) = ([0; 32], [0; 32]);
            let op = Op::Rotate { space, epoch, commit, prev_wrap: Some(Vec::new()), manifest };
            let by = Id::default();
            let entry = Entry { version: 1, ws: model.ws, seq: 0, prev: [0; 32], ts: 0, by, op };
            model.rotate(&entry, author).is_ok()
        })
}

fn workspace_owner(model: &Model) -> Id {
    let owner = model.users.iter().find(|(_, role)| **role == WORKSPACE_OWNER);
    owner.map_or(Id::default(), |(user, _)| *user)
}

/// Ids are kept for ever, so that none is born twice; a removed user, device or account never comes back.
fn nothing_is_unborn(before: &Model, after: &Model) -> Result<(), String> {
    for (id, role) in &before.users {
        let now = after.users.get(id);
        must(now.is_some() && (*role != 0 || now == Some(&0)), "a removed user stays removed")?;
    }
    for (id, device) in &before.devices {
        let now = after.devices.get(id).map(|device| after.device_is_active(device));
        must(
            now.is_some() && (before.device_is_active(device) || now == Some(false)),
            "a removed device stays so",
        )?;
    }
    for (id, account) in &before.accounts {
        let now = after.accounts.get(id);
        must(now.is_some() && (account.is_some() || now == Some(&None)), "a deleted account stays deleted")?;
    }
    Ok(())
}

/// The author was active. No op raises its author's workspace role, but for the offer that they accept, and none
/// changes or removes somebody of an equal or higher role.
fn nobody_removed_signs_and_nobody_reaches_up(
    before: &Model,
    after: &Model,
    entry: &Entry,
) -> Result<(), String> {
    let Some(device) = before.devices.get(&entry.by) else {
        return Err("invariant: an author that was never born".to_owned());
    };
    must(before.device_is_active(device), "a removed device signs nothing")?;
    let (author, own) = (device.user, before.users[&device.user]);
    let accepts = before.offer.is_some_and(|(to, _)| to == author) && matches!(entry.op, Op::Transfer { .. });
    for (user, role) in &before.users {
        let now = after.users[user];
        if now == *role {
            continue;
        }
        let handed_over = accepts
            && ((*user == author && now == WORKSPACE_OWNER)
                || (*role == WORKSPACE_OWNER && now == SUPER_ADMIN));
        let leaves = *user == author && now == 0;
        must(handed_over || leaves || *role < own, "an op reaches no equal or higher role")?;
        must(handed_over || now <= own, "nobody gives more than they have")?;
    }
    must(accepts || after.users[&author] <= own, "no op raises its author")
}

/// Who read a space with a device and no longer does has its current key: the space is dirty until the next one.
fn whoever_stops_reading_leaves_the_space_dirty(before: &Model, after: &Model) -> Result<(), String> {
    for (id, space) in &before.spaces {
        let ended = space.account.is_some_and(|account| after.accounts[&account].is_none());
        let Some(now) = after.spaces.get(id).filter(|_| !ended) else { continue };
        let stopped = readers(before, id).difference(&readers(after, id)).count() > 0;
        must(!stopped || now.dirty.is_some(), "whoever stops reading leaves the space dirty")?;
    }
    Ok(())
}

/// The active devices whose user may read a space.
fn readers(model: &Model, space: &Id) -> BTreeSet<Id> {
    let space = &model.spaces[space];
    let reads = |(_, device): &(&Id, &DeviceState)| {
        model.device_is_active(device) && model.may_read(&device.user, space)
    };
    model.devices.iter().filter(reads).map(|(id, _)| *id).collect()
}
