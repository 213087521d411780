//! The product's state beside the model's, field by field.

use std::collections::BTreeMap;

use countersign_protocol::log::{Account, InviteStatus as Status, Log, SpaceOf, User};

use super::message::Id;
use super::rules::{InviteStatus, Model};

/// Whether both hold the same.
pub(super) fn same(model: &Model, log: &Log) -> Result<(), String> {
    let state = log.state();
    equal("head", &model.heads.last(), &Some(log.head().as_bytes()))?;
    equal("length", &(model.heads.len() as u64), &log.next_seq())?;
    equal("users", &model.users, &users(log))?;
    equal("devices", &active_devices(model), &log_devices(log))?;
    equal("invites", &invites(model), &log_invites(log))?;
    equal("accounts", &model.accounts, &accounts(log))?;
    equal("spaces", &spaces(model), &log_spaces(log))?;
    let offer = state.offer().map(|offer| (*offer.to.as_bytes(), *offer.by.as_bytes()));
    equal("offer", &model.offer, &offer)
}

fn equal<T: PartialEq + std::fmt::Debug>(what: &str, model: &T, product: &T) -> Result<(), String> {
    if model == product { Ok(()) } else { Err(format!("{what}: model {model:?}, product {product:?}")) }
}

fn users(log: &Log) -> BTreeMap<Id, u64> {
    let role = |user: &User| match user {
        User::Active(member) => u64::from(member.role.number()),
        User::Removed => 0,
    };
    log.state().users().iter().map(|(id, user)| (*id.as_bytes(), role(user))).collect()
}

fn active_devices(model: &Model) -> BTreeMap<Id, bool> {
    model.devices.iter().map(|(id, device)| (*id, model.device_is_active(device))).collect()
}

fn invites(model: &Model) -> BTreeMap<Id, u8> {
    let number = |status: &InviteStatus| match status {
        InviteStatus::Pending => 0,
        InviteStatus::Used => 1,
        InviteStatus::Revoked => 2,
    };
    model.invites.iter().map(|(id, invite)| (*id, number(&invite.status))).collect()
}

fn log_devices(log: &Log) -> BTreeMap<Id, bool> {
    log.state().devices().iter().map(|(id, device)| (*id.as_bytes(), device.removed.is_none())).collect()
}

fn log_invites(log: &Log) -> BTreeMap<Id, u8> {
    let number = |status: Status| match status {
        Status::Pending => 0,
        Status::Used { .. } => 1,
        Status::Revoked => 2,
    };
    log.state().invites().iter().map(|(id, invite)| (*id.as_bytes(), number(invite.status))).collect()
}

fn accounts(log: &Log) -> BTreeMap<Id, Option<BTreeMap<Id, u64>>> {
    let roles = |account: &Account| match account {
        Account::Live(roles) => {
            Some(roles.iter().map(|(user, role)| (*user.as_bytes(), u64::from(role.number()))).collect())
        }
        Account::Deleted => None,
    };
    log.state().accounts().iter().map(|(id, account)| (*id.as_bytes(), roles(account))).collect()
}

/// Kind, epochs and dirt of each live space.
type Spaces = BTreeMap<Id, (u8, u64, Option<(u64, bool)>)>;

fn spaces(model: &Model) -> Spaces {
    let live = model.spaces.iter().filter(|(_, space)| {
        space.account.is_none_or(|account| model.accounts.get(&account).is_some_and(Option::is_some))
    });
    live.map(|(id, space)| (*id, (space.kind, space.commits.len() as u64, space.dirty))).collect()
}

fn log_spaces(log: &Log) -> Spaces {
    let live = log.state().spaces().iter().filter_map(|(id, space)| space.live().map(|live| (id, live)));
    live.map(|(id, space)| {
        let kind = match space.of {
            SpaceOf::Directory => 0,
            SpaceOf::Codes(_) => 1,
            SpaceOf::Controls(_) => 2,
        };
        let dirty = space.dirt.as_ref().map(|dirt| (dirt.since, dirt.rescue));
        (*id.as_bytes(), (kind, space.epoch(), dirty))
    })
    .collect()
}
