//! What holds in every workspace, whatever its members and its server try.

use std::collections::BTreeSet;

use super::message::{Entry, Id, Op};
use super::rules::{ADMIN, COLLABORATOR, DeviceState, Model, OWNER, SUPER_ADMIN, WORKSPACE_OWNER};

/// Compares a step: the state before the entry and after it.
pub(super) fn hold(before: &Model, after: &Model, entry: &Entry) -> Result<(), String> {
    nobody_removed_signs_and_nobody_reaches_up(before, after, entry)?;
    whoever_stops_reading_leaves_the_space_dirty(before, after)?;
    one_workspace_owner_with_phone_and_kit(after)?;
    every_dirty_space_can_be_rotated(after)?;
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

/// By the workspace Owner, the directory always; a space of an account by its Owners, who may first need a way out.
fn every_dirty_space_can_be_rotated(model: &Model) -> Result<(), String> {
    let dirty = model.spaces.values().filter(|space| space.dirty.is_some() && space.account.is_none());
    let admin = model.users.iter().any(|(user, role)| *role >= ADMIN && model.has(user, 0));
    must(dirty.count() == 0 || admin, "a dirty directory can be rotated")
}

/// An Owner with a phone; or a Collaborator with one, whom an Admin can make Owner; or an Owner whose kit adds a phone;
/// or nobody with any device, and an Admin may delete the account; or a Collaborator's kit adds a phone first.
fn every_account_has_an_owner_or_a_way_out(model: &Model) -> Result<(), String> {
    for roles in model.accounts.values().flatten() {
        let someone =
            |role: u64, kind: u64| roles.iter().any(|(user, held)| *held == role && model.has(user, kind));
        let by_phone = someone(OWNER, 0) || someone(COLLABORATOR, 0);
        let by_kit = someone(OWNER, 1) || someone(COLLABORATOR, 1);
        let unattended = !by_phone && !by_kit;
        let admin = model.users.iter().any(|(user, role)| *role >= ADMIN && model.has(user, 0));
        must(by_phone || by_kit || (unattended && admin), "an account has an Owner or a way out")?;
        must(
            roles.keys().all(|user| model.users.get(user).is_some_and(|role| *role != 0)),
            "account roles are those of active members",
        )?;
    }
    Ok(())
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
