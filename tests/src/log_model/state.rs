//! The product's state beside the model's, field by field.

use std::collections::BTreeMap;

use countersign_protocol::log::{
    Account, Device, Dirt, Invite, InviteStatus as Status, LiveSpace, Log, Rights, SpaceOf, User,
};

use super::message::{Hash, Id};
use super::rules::{DeviceState, DirtState, EpochState, InviteState, InviteStatus, Model, SpaceState};

/// Whether both hold the same.
pub(super) fn same(model: &Model, log: &Log) -> Result<(), String> {
    let state = log.state();
    equal("length", &(model.heads.len() as u64), &log.next_seq())?;
    // Each head before was the last one of a step before.
    equal("head", &model.heads.last(), &Some(log.head().as_bytes()))?;
    equal("users", &model.users, &users(log))?;
    equal("devices", &devices(model), &log_devices(log))?;
    equal("invites", &model.invites, &log_invites(log))?;
    equal("accounts", &model.accounts, &accounts(log))?;
    equal("spaces", &spaces(model), &log_spaces(log)?)?;
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

/// Signing key, kind, user, and when it came and went.
type Devices = BTreeMap<Id, (Hash, u64, Id, u64, Option<u64>)>;

fn devices(model: &Model) -> Devices {
    let of = |device: &DeviceState| (device.sign, device.kind, device.user, device.added, device.removed);
    model.devices.iter().map(|(id, device)| (*id, of(device))).collect()
}

fn log_devices(log: &Log) -> Devices {
    let of = |device: &Device| {
        let Device { record, user, added, removed } = device;
        (*record.signing_key.as_bytes(), u64::from(record.kind.number()), *user.as_bytes(), *added, *removed)
    };
    log.state().devices().iter().map(|(id, device)| (*id.as_bytes(), of(device))).collect()
}

fn log_invites(log: &Log) -> BTreeMap<Id, InviteState> {
    let of = |invite: &Invite| InviteState {
        key: *invite.key.as_bytes(),
        role: u64::from(invite.role.number()),
        not_after: invite.not_after,
        issuer: *invite.issuer.as_bytes(),
        status: match invite.status {
            Status::Pending => InviteStatus::Pending,
            Status::Used { by } => InviteStatus::Used(*by.as_bytes()),
            Status::Revoked => InviteStatus::Revoked,
        },
    };
    log.state().invites().iter().map(|(id, invite)| (*id.as_bytes(), of(invite))).collect()
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

fn spaces(model: &Model) -> BTreeMap<Id, SpaceState> {
    let live = model.spaces.iter().filter(|(_, space)| {
        space.account.is_none_or(|account| model.accounts.get(&account).is_some_and(Option::is_some))
    });
    live.map(|(id, space)| (*id, space.clone())).collect()
}

fn log_spaces(log: &Log) -> Result<BTreeMap<Id, SpaceState>, String> {
    let live = log.state().spaces().iter().filter_map(|(id, space)| space.live().map(|live| (id, live)));
    live.map(|(id, space)| Ok((*id.as_bytes(), log_space(space)?))).collect()
}

fn log_space(space: &LiveSpace) -> Result<SpaceState, String> {
    let (kind, account) = match space.of {
        SpaceOf::Directory => (0, None),
        SpaceOf::Codes(account) => (1, Some(*account.as_bytes())),
        SpaceOf::Controls(account) => (2, Some(*account.as_bytes())),
    };
    let epochs = (1..=space.epoch()).filter_map(|number| space.epoch_at(number));
    let epochs = epochs.map(|epoch| EpochState {
        commit: *epoch.commit.as_bytes(),
        by: *epoch.by.as_bytes(),
        seq: epoch.seq,
    });
    Ok(SpaceState {
        account,
        kind,
        epochs: epochs.collect(),
        manifest: space.manifest.map(|manifest| *manifest.as_bytes()),
        dirty: space.dirt.as_ref().map(|dirt| log_dirt(dirt, account.is_some())).transpose()?,
    })
}

fn log_dirt(dirt: &Dirt, of_account: bool) -> Result<DirtState, String> {
    let strongest = |rights: &Rights| match (rights.workspace, rights.account) {
        (Some(role), None) if !of_account => Ok(u64::from(role.number())),
        (None, Some(role)) if of_account => Ok(u64::from(role.number())),
        rights => Err(format!("former rights of the other kind: {rights:?}")),
    };
    let former = dirt.former.iter().map(|(user, rights)| Ok((*user.as_bytes(), strongest(rights)?)));
    let former = former.collect::<Result<_, String>>()?;
    Ok(DirtState { since: dirt.since, rescue: dirt.rescue, former })
}
