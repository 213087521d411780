//! V7: what a rotation makes of the copies that are here.

use std::collections::{BTreeMap, BTreeSet};

use countersign_protocol::ids::{DeviceId, SpaceId};
use countersign_protocol::placement::{CurrentManifest, Standing};
use countersign_protocol::revision::{Fault, Settled, faults, settle};

use super::SyncError;
use super::notice::Notice;
use crate::client::Desk;
use crate::store::{Backfill, Doubt, Held, Slot, Step};

/// Holds the manifests that came against the log, and settles the copies of each space that was rotated.
pub(super) fn take(
    desk: &mut Desk<'_>,
    step: &Step<'_>,
    rotated: &BTreeSet<SpaceId>,
) -> Result<BTreeSet<SpaceId>, SyncError> {
    let mut new = BTreeSet::new();
    for (space, bytes) in desk.store.received_manifests()? {
        if desk.session.log.verify_manifest(space, &bytes).is_ok() {
            step.put_manifest(space, &bytes, false)?;
            new.insert(space);
        } else if desk.session.log.state().live_space(space).is_ok_and(|live| live.manifest.is_some()) {
            step.put_notice(&wrong(desk, space).stored(bytes))?;
        }
        step.forget_received_manifest(space)?;
    }
    let spaces: BTreeSet<_> = new.union(rotated).copied().collect();
    for &space in &spaces {
        settle_space(desk, step, space)?;
    }
    Ok(spaces)
}

/// An alarm that names the device that began the space's current epoch.
fn wrong(desk: &Desk<'_>, space: SpaceId) -> Notice {
    let live = desk.session.log.state().live_space(space);
    let by = live.ok().and_then(|live| live.epoch_at(live.epoch())).map(|epoch| epoch.by);
    Notice::WrongManifest { space, by: by.unwrap_or(DeviceId::ZERO) }
}

fn settle_space(desk: &mut Desk<'_>, step: &Step<'_>, space: SpaceId) -> Result<(), SyncError> {
    let Ok(live) = desk.session.log.state().live_space(space) else { return Ok(()) };
    let epoch = live.epoch();
    let stored = desk.store.manifest(space)?;
    let current = stored.and_then(|bytes| desk.session.log.verify_manifest(space, &bytes).ok());
    let Some(current) = current else {
        // The server must have it: it is fetched with the space.
        return Ok(step.put_backfill(&Backfill { space, after: None })?);
    };
    let counted = counted(desk, space)?;
    note_faults(desk, step, space, &current, &counted)?;
    for (slot, held) in counted {
        let id = held.header.id();
        let header = &held.header;
        let state = desk.session.log.state();
        let may = state.may_write(header.by, space, header.record_type, header.instance);
        match settle(&held.revision(), current.line(id), epoch, may) {
            Settled::Listed => {
                step.set_standing(id, slot, Standing::Listed)?;
                step.set_doubt(id, Doubt::None)?;
            }
            Settled::OtherListed => step.set_doubt(id, Doubt::TwoOfOne)?,
            Settled::Above { ask: false } => step.set_doubt(id, Doubt::LeftOut)?,
            Settled::Above { ask: true } => {
                step.set_doubt(id, Doubt::LeftOut)?;
                step.put_notice(&Notice::LeftOut { record: id }.stored(Vec::new()))?;
            }
            Settled::BelowFloor | Settled::Marked | Settled::Resealed => {}
        }
    }
    Ok(())
}

/// Of each record of a space, the revision that others have: the one that counts, or under a change of this device's own
/// the one before.
pub(super) fn counted(desk: &Desk<'_>, space: SpaceId) -> Result<Vec<(Slot, Held)>, SyncError> {
    let mut counted = Vec::new();
    for held in desk.store.records_in(space)? {
        if !held.unsent {
            counted.push((Slot::Accepted, held));
        } else if let Some(sent) = desk.store.record_in(held.header.id(), Slot::Sent)? {
            counted.push((Slot::Sent, sent));
        }
    }
    Ok(counted)
}

/// V7: a manifest that leaves out or alters what stood is an alarm that names its author.
fn note_faults(
    desk: &Desk<'_>,
    step: &Step<'_>,
    space: SpaceId,
    current: &CurrentManifest,
    counted: &[(Slot, Held)],
) -> Result<(), SyncError> {
    // What came in the epoch that begins was not there to be listed.
    let stood = counted
        .iter()
        .filter(|(_, held)| held.standing != Standing::Marked && held.header.log_seq < current.began().seq);
    let stood: BTreeMap<_, _> = stood.map(|(_, held)| (held.header.id(), held.line())).collect();
    let is_fault = |fault: &Fault| match fault {
        Fault::Omitted | Fault::Lowered | Fault::Exchanged | Fault::Impossible => true,
        // It is on its way.
        Fault::Unheld => false,
    };
    let found = faults(current.manifest(), current.began(), &stood);
    if found.iter().any(|(_, fault)| is_fault(fault)) {
        step.put_notice(&wrong(desk, space).stored(current.manifest().encode()))?;
    }
    Ok(())
}
