//! The product's state beside the model's, field by field.

use std::collections::{BTreeMap, BTreeSet};

use countersign_protocol::log::{
    Account, Device, Dirt, Invite, InviteStatus as Status, LiveSpace, Log, Member, Rights, Space, SpaceOf,
    User,
};

use super::message::Id;
use super::rules::{
    DeviceState, DirtState, EpochState, InviteState, InviteStatus, Model, SpaceState, WORKSPACE_OWNER,
};

/// Whether both hold the same.
pub(super) fn same(model: &Model, log: &Log) -> Result<(), String> {
    let state = log.state();
    equal("length", &(model.heads.len() as u64), &log.next_seq())?;
    // Each head before was the last one of a step before.
    equal("head", &model.heads.last(), &Some(log.head().as_bytes()))?;
    equal("founder", &model.founder, state.founder().as_bytes())?;
    equal("owner", &owners(model), &vec![*state.owner().as_bytes()])?;
    equal("users", &users(model), &log_users(log))?;
    equal("devices", &model.devices, &log_devices(log))?;
    equal("invites", &model.invites, &log_invites(log))?;
    equal("accounts", &model.accounts, &accounts(log))?;
    equal("spaces", &spaces(model), &log_spaces(log)?)?;
    equal("ended spaces", &ended_spaces(model), &log_ended_spaces(log))?;
    let offer = state.offer().map(|offer| (*offer.to.as_bytes(), *offer.by.as_bytes()));
    equal("offer", &model.offer, &offer)
}

fn equal<T: PartialEq + std::fmt::Debug>(what: &str, model: &T, product: &T) -> Result<(), String> {
    if model == product { Ok(()) } else { Err(format!("{what}: model {model:?}, product {product:?}")) }
}

fn owners(model: &Model) -> Vec<Id> {
    model.users.iter().filter(|(_, role)| **role == WORKSPACE_OWNER).map(|(user, _)| *user).collect()
}

/// Of a member: role, active devices, how many there ever were, accounts. Of somebody who is removed, nothing.
type Users = BTreeMap<Id, Option<(u64, BTreeSet<Id>, u64, BTreeSet<Id>)>>;

fn users(model: &Model) -> Users {
    let of = |user: &Id, role: u64| {
        let devices = model.devices.iter();
        let devices = devices.filter(|(_, device)| device.user == *user && model.device_is_active(device));
        let accounts = model.accounts.keys().filter(|account| model.account_role(account, user) != 0);
        let ever = model.devices_ever(user) as u64;
        (role, devices.map(|(id, _)| *id).collect(), ever, accounts.copied().collect())
    };
    model.users.iter().map(|(id, role)| (*id, (*role != 0).then(|| of(id, *role)))).collect()
}

fn log_users(log: &Log) -> Users {
    let of = |user: &User| match user {
        User::Active(Member { role, devices, devices_ever, accounts }) => {
            let devices = devices.iter().map(|device| *device.as_bytes());
            let accounts = accounts.iter().map(|account| *account.as_bytes());
            Some((u64::from(role.number()), devices.collect(), *devices_ever, accounts.collect()))
        }
        User::Removed => None,
    };
    log.state().users().iter().map(|(id, user)| (*id.as_bytes(), of(user))).collect()
}

fn log_devices(log: &Log) -> BTreeMap<Id, DeviceState> {
    let of = |device: &Device| {
        let Device { record, user, added, removed } = *device;
        DeviceState {
            suite: u64::from(record.suite.number()),
            kind: u64::from(record.kind.number()),
            sign: *record.signing_key.as_bytes(),
            key_box: *record.box_key.as_bytes(),
            user: *user.as_bytes(),
            added,
            removed,
        }
    };
    log.state().devices().iter().map(|(id, device)| (*id.as_bytes(), of(device))).collect()
}

fn log_invites(log: &Log) -> BTreeMap<Id, InviteState> {
    let of = |invite: &Invite| InviteState {
        key: *invite.key.as_bytes(),
        role: u64::from(invite.role.number()),
        not_after: invite.not_after,
        issuer: *invite.issuer.as_bytes(),
        added: invite.added,
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

/// Whether a space's account, if it has one, is live.
fn is_live(model: &Model, space: &SpaceState) -> bool {
    space.account.is_none_or(|account| model.accounts.get(&account).is_some_and(Option::is_some))
}

fn spaces(model: &Model) -> BTreeMap<Id, SpaceState> {
    let live = model.spaces.iter().filter(|(_, space)| is_live(model, space));
    live.map(|(id, space)| (*id, space.clone())).collect()
}

fn ended_spaces(model: &Model) -> BTreeSet<Id> {
    model.spaces.iter().filter(|(_, space)| !is_live(model, space)).map(|(id, _)| *id).collect()
}

fn log_ended_spaces(log: &Log) -> BTreeSet<Id> {
    let ended = log.state().spaces().iter().filter(|(_, space)| matches!(space, Space::Ended));
    ended.map(|(id, _)| *id.as_bytes()).collect()
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
        anew: epoch.anew,
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
