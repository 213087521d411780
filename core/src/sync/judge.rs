//! Records that came, judged by the whole log (V6, V7, V9), and what becomes of the copies that are here.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use countersign_crypto::content::{
    Activity, Card, Counter, DeviceName, MemberName, Otp, Pending, RecoveryCodes, Replaced, WorkspaceName,
};
use countersign_crypto::record::OpenedRecord;
use countersign_protocol::ids::{RecordId, SpaceId};
use countersign_protocol::numbers::RecordType;
use countersign_protocol::placement::{CurrentManifest, RecordError, VerifiedRecord};
use countersign_protocol::revision::{Decision, Revision, decide};

use super::notice::Notice;
use super::{SyncError, reconcile};
use crate::client::Desk;
use crate::error::Unavailable;
use crate::store::{Doubt, Held, Received, Slot, Step};

/// How many revisions are judged at a time.
const BATCH: usize = 256;

/// The manifests of spaces that were rotated, read once each.
#[derive(Default)]
pub(super) struct Manifests(BTreeMap<SpaceId, Option<CurrentManifest>>);

impl Manifests {
    pub(super) fn of(
        &mut self,
        desk: &Desk<'_>,
        space: SpaceId,
    ) -> Result<Option<&CurrentManifest>, SyncError> {
        if let Entry::Vacant(place) = self.0.entry(space) {
            let stored = desk.store.manifest(space)?;
            place.insert(stored.and_then(|bytes| desk.session.log.verify_manifest(space, &bytes).ok()));
        }
        Ok(self.0.get(&space).and_then(Option::as_ref))
    }
}

/// Judges all that came. Returns the spaces in which something changed.
pub(super) fn received(desk: &mut Desk<'_>, step: &Step<'_>) -> Result<BTreeSet<SpaceId>, SyncError> {
    let (mut changed, mut manifests, mut after) = (BTreeSet::new(), Manifests::default(), None);
    loop {
        let batch = desk.store.received(after, BATCH)?;
        for received in &batch {
            after = Some(received.place.record);
            let floor = manifests.of(desk, received.place.space)?;
            let verdict = judge(desk, received, floor);
            match verdict {
                Verdict::Believed(verified) => {
                    let listed = floor.and_then(|floor| floor.line(received.place.record));
                    match take(desk, step, received, *verified, listed) {
                        Ok(true) => drop(changed.insert(received.place.space)),
                        Ok(false) => {}
                        // It is judged again when the key has come, or the space has been given one.
                        Err(SyncError::Unavailable(Unavailable::KeyPending)) => continue,
                        Err(error) => return Err(error),
                    }
                    step.forget_received(received.place.record)?;
                }
                Verdict::Later => {}
                Verdict::Alarm => {
                    let notice = Notice::ForkedRecord { record: received.place.record };
                    step.put_notice(&notice.stored(received.sealed().header.to_vec()))?;
                    step.forget_received(received.place.record)?;
                }
                Verdict::Refused => step.forget_received(received.place.record)?,
            }
        }
        if batch.len() < BATCH {
            return Ok(changed);
        }
    }
}

enum Verdict {
    Believed(Box<VerifiedRecord>),
    /// What it is to be judged by has not come.
    Later,
    /// V9: it was written on another history.
    Alarm,
    Refused,
}

fn judge(desk: &Desk<'_>, received: &Received, manifest: Option<&CurrentManifest>) -> Verdict {
    let log = &desk.session.log;
    if !log.state().may_read(desk.session.identity.device, received.place.space) {
        return Verdict::Refused;
    }
    match log.verify_record(received.place, received.sealed(), manifest) {
        Ok(verified) => Verdict::Believed(Box::new(verified)),
        Err(RecordError::LogBehind { .. } | RecordError::ManifestNeeded) => Verdict::Later,
        Err(RecordError::ForkedLog { .. }) => Verdict::Alarm,
        Err(_) => Verdict::Refused,
    }
}

/// Takes a revision that is believed, or does not; whether anything changed.
fn take(
    desk: &mut Desk<'_>,
    step: &Step<'_>,
    received: &Received,
    verified: VerifiedRecord,
    listed: Option<countersign_protocol::manifest::Line>,
) -> Result<bool, SyncError> {
    let (id, incoming) = (received.place.record, Revision::from(verified));
    let held = desk.store.record(id)?;
    if let Some(mine) = held.as_ref().filter(|held| held.unsent) {
        return reconcile::take(desk, step, mine, received, verified, listed);
    }
    let decision = decide(held.as_ref().map(Held::revision).as_ref(), &incoming, listed);
    match decision {
        Decision::Take | Decision::TakeBeside | Decision::ShowBeside => {
            let beside = decision != Decision::Take;
            replace(desk, step, id, received, &verified, beside)?;
        }
        Decision::KeepBeside => {
            step.put_accepted(&verified.header, received.sealed(), Slot::Beside, verified.standing)?;
            step.set_doubt(id, Doubt::TwoOfOne)?;
        }
        Decision::Confirm => step.set_standing(id, Slot::Accepted, verified.standing)?,
        Decision::Known | Decision::Older | Decision::Refuse => return Ok(false),
    }
    Ok(true)
}

/// Puts a revision in the place of the one that counts. The last that could be read is kept where this one cannot.
fn replace(
    desk: &mut Desk<'_>,
    step: &Step<'_>,
    id: RecordId,
    received: &Received,
    verified: &VerifiedRecord,
    beside: bool,
) -> Result<(), SyncError> {
    if reads(desk, received, verified)? == Some(false) {
        // V6: damaged by its author. What was readable before goes on being shown.
        let before = desk.store.record(id)?;
        let was_readable = match &before {
            Some(before) => desk.opened(before)?.is_some_and(|opened| is_content(&opened)),
            None => false,
        };
        if was_readable {
            step.move_record(id, Slot::Accepted, Slot::Readable)?;
        }
    } else {
        step.forget_record(id, Slot::Readable)?;
        if beside {
            step.move_record(id, Slot::Accepted, Slot::Beside)?;
        } else {
            step.forget_record(id, Slot::Beside)?;
        }
    }
    step.put_accepted(&verified.header, received.sealed(), Slot::Accepted, verified.standing)?;
    if beside {
        step.set_doubt(id, Doubt::TwoOfOne)?;
    }
    Ok(())
}

/// Whether a revision opens to what its type says; `None` while its key is not here.
fn reads(
    desk: &mut Desk<'_>,
    received: &Received,
    verified: &VerifiedRecord,
) -> Result<Option<bool>, SyncError> {
    let header = &verified.header;
    match desk.fetch_key(header.space, header.epoch) {
        Ok(()) => {}
        Err(Unavailable::KeyPending) => return Ok(None),
        Err(error) => return Err(error.into()),
    }
    let Some(key) = desk.keys.get(header.space, header.epoch) else { return Ok(None) };
    let opened = OpenedRecord::open(header, &received.sealed(), key);
    Ok(Some(header.tombstone || opened.is_ok_and(|opened| is_content(&opened))))
}

/// Whether an opened record holds what its type says.
pub(super) fn is_content(opened: &OpenedRecord) -> bool {
    match opened.record_type() {
        RecordType::Card => opened.content::<Card>().is_ok(),
        RecordType::Otp => opened.content::<Otp>().is_ok(),
        RecordType::Counter => opened.content::<Counter>().is_ok(),
        RecordType::Activity => opened.content::<Activity>().is_ok(),
        RecordType::Pending => opened.content::<Pending>().is_ok(),
        RecordType::RecoveryCodes => opened.content::<RecoveryCodes>().is_ok(),
        RecordType::Replaced => opened.content::<Replaced>().is_ok(),
        RecordType::MemberName => opened.content::<MemberName>().is_ok(),
        RecordType::DeviceName => opened.content::<DeviceName>().is_ok(),
        RecordType::WorkspaceName => opened.content::<WorkspaceName>().is_ok(),
    }
}
