//! Chores: what a device does for its workspace by itself, once it has everything and has sent everything.
//!
//! It lets in who was invited, replaces keys that somebody must not have any more, boxes keys for who lacks them, and
//! writes what waited for a key. Each chore leaves something to send, or nothing to do.

use std::collections::BTreeSet;

use countersign_crypto::flow::{Batch, FlowError};
use countersign_protocol::entry::SignedEntry;
use countersign_protocol::ids::{DeviceId, SpaceId};
use countersign_protocol::join::JoinRequest;
use countersign_protocol::log::{Log, SpaceOf};
use countersign_protocol::manifest::Manifest;
use countersign_protocol::numbers::{AccountRole, WorkspaceRole};
use countersign_protocol::op::Op;
use countersign_protocol::placement::Standing;

use super::pull::progress;
use super::rotations::counted;
use super::server::WorkspaceServer;
use super::{Connection, SyncError, names};
use crate::client::Desk;
use crate::error::Unavailable;
use crate::store::{Doubt, Progress, Slot, StoreError};

/// Does the next chore. Whether there was one.
pub(super) fn next(connection: &Connection, server: &WorkspaceServer<'_>) -> Result<bool, SyncError> {
    if connection.with(names::write_own)? || connection.with(rotate_next)? {
        return Ok(true);
    }
    if connection.with(write_waiting)? || connection.with(reseal_left_out)? {
        return Ok(true);
    }
    if connection.with(|desk| Ok(lets_in(desk)))? {
        for request in server.joins()?.requests {
            if connection.with(|desk| let_in(desk, &request.0))? {
                return Ok(true);
            }
        }
    }
    box_for_others(connection, server)
}

/// Whether this device answers join requests: an Admin's does.
fn lets_in(desk: &Desk<'_>) -> bool {
    let member = desk.session.log.state().member(desk.session.identity.user);
    let is_open = |log: &Log| {
        let invites = log.state().invites().values();
        invites.filter(|invite| invite.status == countersign_protocol::log::InviteStatus::Pending).count() > 0
    };
    member.is_ok_and(|member| member.role >= WorkspaceRole::Admin) && is_open(&desk.session.log)
}

/// V4: lets in whoever asks as the invite says. A request that is not good is left to expire.
fn let_in(desk: &mut Desk<'_>, request: &[u8]) -> Result<bool, SyncError> {
    let Ok(request) = JoinRequest::decode(request) else { return Ok(false) };
    if desk.session.log.check_join(&request, desk.now()).is_err() {
        return Ok(false);
    }
    desk.fetch_current_key(SpaceId::directory(desk.session.identity.workspace))?;
    let batch = desk.author().accept_join(&request);
    append(desk, batch)
}

/// Takes a batch into this device's own log, to be sent. One that the log would refuse is none.
fn append(desk: &mut Desk<'_>, batch: Result<Batch, FlowError>) -> Result<bool, SyncError> {
    match batch {
        Ok(batch) => {
            desk.append(batch)?;
            desk.commit()?;
            Ok(true)
        }
        Err(FlowError::Refused(_) | FlowError::KeyMissing | FlowError::NotPermitted) => Ok(false),
        Err(error) => Err(error.into()),
    }
}

/// V8: replaces the key of a space from which somebody was removed.
fn rotate_next(desk: &mut Desk<'_>) -> Result<bool, SyncError> {
    for space in dirty_spaces(desk) {
        match desk.fetch_current_key(space) {
            // Without the key that ends only the controls of a rescued account are rotated: the flow knows.
            Ok(()) | Err(Unavailable::KeyPending) => {}
            Err(error) => return Err(error.into()),
        }
        let manifest = manifest(desk, space)?;
        let batch = desk.author().rotate(space, manifest, &[]);
        if append(desk, batch)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// What stands in a space; of one whose key is lost with those who had it, nothing.
fn manifest(desk: &Desk<'_>, space: SpaceId) -> Result<Manifest, SyncError> {
    let live = desk.session.log.state().live_space(space).map_err(|error| Unavailable::Log(error.into()))?;
    if live.may_lose_its_key() && desk.keys.get(space, live.epoch()).is_none() {
        return Ok(Manifest::default());
    }
    let stands = counted(desk, space)?.into_iter().filter(|(_, held)| held.standing != Standing::Marked);
    Ok(Manifest { lines: stands.map(|(_, held)| (held.header.id(), held.line())).collect() })
}

/// The dirty spaces whose key this device may replace: an account Owner's, and in the directory an Admin's.
fn dirty_spaces(desk: &Desk<'_>) -> Vec<SpaceId> {
    let (state, user) = (desk.session.log.state(), desk.session.identity.user);
    let role = state.member(user).map(|member| member.role);
    let may = |of: SpaceOf| match of {
        SpaceOf::Directory => role.is_ok_and(|role| role >= WorkspaceRole::Admin),
        SpaceOf::Codes(account) | SpaceOf::Controls(account) => {
            desk.role(account) == Some(AccountRole::Owner)
        }
    };
    let live = state.spaces().iter().filter_map(|(space, found)| Some((*space, found.live()?)));
    live.filter(|(_, live)| live.dirt.is_some() && may(live.of)).map(|(space, _)| space).collect()
}

/// V8: writes what waited until a space had its next key.
fn write_waiting(desk: &mut Desk<'_>) -> Result<bool, SyncError> {
    let mut wrote = false;
    for waiting in desk.store.all_waiting()? {
        let state = desk.session.log.state();
        let is_clean = state.live_space(waiting.space).is_ok_and(|live| live.dirt.is_none());
        if is_clean {
            wrote |= desk.write_waiting(&waiting)?;
        }
    }
    Ok(wrote)
}

/// V7: seals again what a rotation left out, where its author and this device may both write it.
fn reseal_left_out(desk: &mut Desk<'_>) -> Result<bool, SyncError> {
    let (store, mut wrote) = (desk.store, false);
    for space in store.doubted_spaces()? {
        let state = desk.session.log.state();
        let Ok(live) = state.live_space(space) else { continue };
        let (epoch, is_clean) = (live.epoch(), live.dirt.is_none());
        for (slot, held) in counted(desk, space)? {
            let header = &held.header;
            let may = |device| {
                let state = desk.session.log.state();
                state.may_write(device, space, header.record_type, header.instance)
            };
            let due = slot == Slot::Accepted && held.doubt == Doubt::LeftOut && header.epoch < epoch;
            if !(due && is_clean && may(header.by) && may(desk.session.identity.device)) {
                continue;
            }
            let Some(opened) = desk.opened(&held)? else { continue };
            desk.fetch_current_key(space)?;
            let record = desk.author().reseal(space, held.instance(), Some(held.line()), &opened)?;
            store.step(|step| step.put_record(&record))?;
            wrote = true;
        }
    }
    Ok(wrote)
}

/// V5: boxes keys for those who may read and got none: a rotator may have boxed nobody, and somebody may have come while an
/// entry was on its way. Asked once after each entry of somebody else's that changed who reads what.
fn box_for_others(connection: &Connection, server: &WorkspaceServer<'_>) -> Result<bool, SyncError> {
    let (spaces, upto) = connection.with(spaces_to_look_after)?;
    let mut boxed = false;
    for (space, epoch) in spaces {
        let have: BTreeSet<_> =
            server.boxed(space, epoch)?.devices.into_iter().map(|id| DeviceId::from_bytes(id.0)).collect();
        boxed |= connection.with(|desk| box_missing(desk, space, epoch, &have))?;
    }
    connection.with(|desk| {
        let progress = Progress { boxed: upto, ..progress(desk)? };
        Ok(desk.store.step(|step| step.put_progress(&progress))?)
    })?;
    Ok(boxed)
}

/// The spaces whose readers changed by others' entries since this device last looked, with their current epoch, where it has
/// the key; and up to which entry that is.
fn spaces_to_look_after(desk: &mut Desk<'_>) -> Result<(BTreeSet<(SpaceId, u64)>, u64), SyncError> {
    let Progress { settled, boxed, .. } = progress(desk)?;
    let (me, state) = (desk.session.identity.device, desk.session.log.state());
    let mut spaces = BTreeSet::new();
    for seq in boxed..settled {
        let entry = SignedEntry::decode(&desk.store.entry(seq)?).map_err(|_| StoreError::Damaged)?.entry;
        if entry.by == me {
            continue;
        }
        match entry.op {
            Op::Rotate(rotate) => drop(spaces.insert(rotate.space)),
            Op::Grant { account, role: Some(_), .. } => {
                spaces.extend([desk.codes(account), desk.controls(account)]);
            }
            Op::Join(_) => drop(spaces.insert(SpaceId::directory(desk.session.identity.workspace))),
            Op::AddDevice { user, .. } => {
                spaces.insert(SpaceId::directory(desk.session.identity.workspace));
                let accounts = state.member(user).into_iter().flat_map(|member| &member.accounts);
                spaces.extend(accounts.flat_map(|account| [desk.codes(*account), desk.controls(*account)]));
            }
            _ => {}
        }
    }
    let mut held = BTreeSet::new();
    for space in spaces {
        let Ok(live) = state.live_space(space) else { continue };
        if live.dirt.is_none()
            && state.may_read(me, space)
            && desk.store.space_key(space, live.epoch())?.is_some()
        {
            held.insert((space, live.epoch()));
        }
    }
    Ok((held, settled))
}

fn box_missing(
    desk: &mut Desk<'_>,
    space: SpaceId,
    epoch: u64,
    have: &BTreeSet<DeviceId>,
) -> Result<bool, SyncError> {
    let state = desk.session.log.state();
    let readers = state.readers(space).map_err(|error| Unavailable::Log(error.into()))?;
    let mut missing: BTreeSet<_> = readers.into_iter().filter(|reader| !have.contains(reader)).collect();
    // Whoever else did: a rotator's box may be garbage, and one's own kit must open what one's phone opens.
    if let Ok(member) = state.member(desk.session.identity.user) {
        missing.extend(&member.devices);
    }
    for mine in desk.store.boxes_of(space, epoch)? {
        if mine.by == desk.session.identity.device {
            missing.remove(&mine.device);
        }
    }
    missing.remove(&desk.session.identity.device);
    if missing.is_empty() {
        return Ok(false);
    }
    desk.fetch_key(space, epoch)?;
    let boxes = desk.author().box_for_readers(space, epoch, &missing)?;
    desk.store.step(|step| boxes.iter().try_for_each(|key_box| step.put_box(key_box)))?;
    Ok(!boxes.is_empty())
}
