//! Keys that came: a box is tried, and the keys of earlier epochs follow from the newest (V5, V8).

use std::collections::BTreeSet;

use countersign_crypto::space_key::KeyPlace;
use countersign_protocol::entry::SignedEntry;
use countersign_protocol::ids::SpaceId;
use countersign_protocol::op::Op;

use super::SyncError;
use super::notice::Notice;
use crate::client::Desk;
use crate::store::{Step, StoreError};

/// Opens the boxes whose key is not here yet, and goes back from there. Returns the spaces that have a new key.
pub(super) fn open(desk: &mut Desk<'_>, step: &Step<'_>) -> Result<BTreeSet<SpaceId>, SyncError> {
    let mut opened = BTreeSet::new();
    for key_box in desk.store.boxes_to_open(desk.session.identity.device)? {
        let state = desk.session.log.state();
        // What was boxed for an entry that has not come yet stays for later.
        if state.box_aad(key_box.space, key_box.epoch, key_box.device).is_err() {
            continue;
        }
        let (space, epoch) = (key_box.space, key_box.epoch);
        if desk.keys.open_boxes(state, [&key_box], &desk.session.device) == 0 {
            // Garbage blocks nobody: it is dropped, and another device's box is tried.
            step.forget_box(&key_box)?;
            continue;
        }
        keep(desk, step, space, epoch)?;
        step.forget_box(&key_box)?;
        opened.insert(space);
    }
    for &space in &opened {
        go_back(desk, step, space)?;
    }
    Ok(opened)
}

/// Seals a key of the ring for this device.
fn keep(desk: &Desk<'_>, step: &Step<'_>, space: SpaceId, epoch: u64) -> Result<(), SyncError> {
    let place = KeyPlace { workspace: desk.session.identity.workspace, space, epoch };
    let Some(key) = desk.keys.get(space, epoch) else { return Ok(()) };
    let sealed = key.seal_at_rest(&place, &desk.session.local, &*desk.host.entropy)?;
    Ok(step.put_space_key(space, epoch, &sealed)?)
}

/// V8: takes the keys of earlier epochs, each from the one after it. A wrong one is an alarm that names the rotator.
fn go_back(desk: &mut Desk<'_>, step: &Step<'_>, space: SpaceId) -> Result<(), SyncError> {
    let state = desk.session.log.state();
    let Ok(live) = state.live_space(space) else { return Ok(()) };
    for epoch in (2..=live.epoch()).rev() {
        if desk.store.space_key(space, epoch)?.is_none() || desk.store.space_key(space, epoch - 1)?.is_some()
        {
            continue;
        }
        desk.fetch_key(space, epoch)?;
        let state = desk.session.log.state();
        let Some(begun) = state.live_space(space).ok().and_then(|live| live.epoch_at(epoch)).copied() else {
            return Ok(());
        };
        let signed = SignedEntry::decode(&desk.store.entry(begun.seq)?).map_err(|_| StoreError::Damaged)?;
        let Op::Rotate(rotate) = signed.entry.op else { return Err(StoreError::Damaged.into()) };
        if desk.keys.unwrap_previous(state, &rotate).is_err() {
            step.put_notice(&Notice::WrongPrevious { space, by: begun.by }.stored(Vec::new()))?;
        }
        keep(desk, step, space, epoch - 1)?;
    }
    Ok(())
}
