//! Whether a batch is taken: the same verifier as the clients', and what a server adds to it.
//!
//! A client relies on none of this. It keeps honest devices from posting what every other device would refuse, and the
//! workspace from being filled by those who have no right to write. Deciding changes nothing: what comes out is a list of
//! steps for the writer.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use countersign_api::{Batch, Bytes, Hex16, Operation, Refusal, WireRecord};
use countersign_protocol::ids::{DeviceId, InviteId, RecordHash, RecordId, Signature, SpaceId};
use countersign_protocol::keybox::KeyBox;
use countersign_protocol::log::{ChainError, EntryError, Log};
use countersign_protocol::manifest::{Line, Manifest};
use countersign_protocol::op::Op;
use countersign_protocol::placement::{CurrentManifest, Place, RecordError, Standing};
use countersign_protocol::record::{RecordHeader, SealedRecord};

use crate::refusal::Refused;
use crate::store::{Rows, StoredRecord};

/// One change that the writer makes.
pub(crate) enum Step {
    Entry { seq: u64, ended: Option<InviteId>, wire: Vec<u8> },
    EndSpace(SpaceId),
    KeyBox(KeyBox),
    Manifest(SpaceId, Vec<u8>),
    Record(RecordHeader, StoredRecord),
}

/// Judges a batch that `device` posts, entry by entry on `log`, which is then as after the last of them.
/// Only an entry changes the log, so a batch without one copies nothing of it.
///
/// # Errors
/// The first operation that is not taken, and why.
pub(crate) fn judge(
    batch: &Batch,
    device: DeviceId,
    log: &mut Arc<Log>,
    rows: &Rows<'_>,
) -> Result<Vec<Step>, Refused> {
    let mut judge =
        Judge { device, rows, steps: Vec::new(), manifests: BTreeMap::new(), written: BTreeSet::new() };
    let mut awaited = BTreeSet::new();
    for operation in &batch.ops {
        match operation {
            Operation::Entry { entry } => awaited.extend(judge.entry(&entry.0, Arc::make_mut(log))?),
            Operation::KeyBox { sealed } => judge.key_box(&sealed.0, log)?,
            Operation::Manifest { space, manifest } => {
                let space = SpaceId::from_bytes(space.0);
                judge.manifest(space, &manifest.0, log)?;
                awaited.remove(&space);
            }
            Operation::Record { base_rev, record } => judge.record(*base_rev, record, log)?,
        }
    }
    // Without its manifest, nobody could tell which older records of the space stand.
    if awaited.is_empty() { Ok(judge.steps) } else { Err(Refused::rule(RecordError::ManifestNeeded.name())) }
}

struct Judge<'a> {
    device: DeviceId,
    rows: &'a Rows<'a>,
    steps: Vec<Step>,
    /// Manifests of this batch, which the rows do not have yet.
    manifests: BTreeMap<SpaceId, CurrentManifest>,
    written: BTreeSet<RecordId>,
}

impl Judge<'_> {
    /// An entry, and the space whose manifest must follow it. Which of two entries came first is the server's to say: the other has to be planned anew.
    fn entry(&mut self, wire: &[u8], log: &mut Log) -> Result<Option<SpaceId>, Refused> {
        let next_seq = log.next_seq();
        let accepted = log.verify_next(wire).map_err(|error| match error {
            EntryError::Chain(
                ChainError::NotNext
                | ChainError::Gap { .. }
                | ChainError::AlreadyHeld { .. }
                | ChainError::Fork { .. }
                | ChainError::ForkBefore { .. },
            ) => Refusal::HeadMoved { next_seq }.into(),
            error => Refused::rule(error.name()),
        })?;
        let op = &accepted.signed.entry.op;
        let ended = match op {
            Op::Join(join) => Some(join.invite),
            Op::RevokeInvite { invite } => Some(*invite),
            _ => None,
        };
        self.steps.push(Step::Entry { seq: accepted.signed.entry.seq, ended, wire: wire.to_vec() });
        match op {
            Op::Rotate(rotate) => Ok(Some(rotate.space)),
            Op::DeleteAccount { account } => {
                let spaces =
                    [SpaceId::codes, SpaceId::controls].map(|space| space(log.workspace(), *account));
                self.steps.extend(spaces.map(Step::EndSpace));
                Ok(None)
            }
            _ => Ok(None),
        }
    }

    /// A box is not signed, so it must come from the device that it names.
    fn key_box(&mut self, bytes: &[u8], log: &Log) -> Result<(), Refused> {
        let found = KeyBox::decode(bytes).map_err(|error| Refused::rule(error.name()))?;
        if found.by != self.device {
            return Err(Refusal::Forbidden.into());
        }
        self.reads(found.space, log)?;
        log.state().check_box(&found).map_err(|error| Refused::rule(error.name()))?;
        self.steps.push(Step::KeyBox(found));
        Ok(())
    }

    /// A manifest lists what the server holds, and leaves out nothing whose author may still write it.
    fn manifest(&mut self, space: SpaceId, bytes: &[u8], log: &Log) -> Result<(), Refused> {
        self.reads(space, log)?;
        let current = log.verify_manifest(space, bytes).map_err(|error| Refused::rule(error.name()))?;
        let mut missing = current.manifest().lines.clone();
        let mut after = None;
        loop {
            let page = self.rows.records(log.workspace(), space, after, PAGE)?;
            for (id, record) in &page {
                let listed = missing.remove(id);
                if !is_listed_right(current.manifest(), *id, record)
                    || (listed.is_none() && may_still_write(record, log))
                {
                    return Err(Refused::rule("WrongManifest"));
                }
            }
            after = match page.last() {
                Some((id, _)) if page.len() == PAGE as usize => Some(*id),
                _ => break,
            };
        }
        if !missing.is_empty() {
            return Err(Refused::rule("WrongManifest"));
        }
        self.manifests.insert(space, current);
        self.steps.push(Step::Manifest(space, bytes.to_vec()));
        Ok(())
    }

    /// Asked before anything else about a space: nobody learns what is held in one that they may not read.
    fn reads(&self, space: SpaceId, log: &Log) -> Result<(), Refused> {
        if log.state().may_read(self.device, space) { Ok(()) } else { Err(Refusal::Forbidden.into()) }
    }

    /// A record, judged by who wrote it before it is compared with what is held.
    fn record(&mut self, base_rev: u64, wire: &WireRecord, log: &Log) -> Result<(), Refused> {
        let header = RecordHeader::decode(&wire.hdr.0).map_err(|error| Refused::rule(error.name()))?;
        let (space, id) = (header.space, header.id());
        self.reads(space, log)?;
        let signature = <[u8; 64]>::try_from(wire.sig.0.as_slice()).map_err(|_| Refusal::BadRequest)?;
        let manifest = self.current_manifest(&header, log)?;
        let sealed = SealedRecord {
            header: &wire.hdr.0,
            ciphertext: &wire.ct.0,
            signature: &Signature::from_bytes(signature),
        };
        let verified = log
            .verify_record(Place { space, record: id }, sealed, manifest.as_ref())
            .map_err(|error| Refused::rule(error.name()))?;
        // Written before its author lost the right, and not sent until now: V11 says that it never is.
        if verified.standing == Standing::Marked {
            return Err(Refused::rule(RecordError::NotPermitted.name()));
        }
        if log.state().live_space(space).is_ok_and(|live| live.dirt.is_some()) {
            return Err(Refused::rule(RecordError::SpaceDirty.name()));
        }
        if !self.written.insert(id) {
            return Err(Refusal::BadRequest.into());
        }
        let held = self.rows.record(log.workspace(), id)?;
        let held_rev = held.as_ref().map_or(0, |held| held.rev);
        if base_rev != held_rev || header.rev <= held_rev {
            let held = held.map(|held| held.to_wire());
            return Err(Refusal::Conflict { record: Hex16(*id.as_bytes()), held }.into());
        }
        let (WireRecord { hdr: Bytes(hdr), ct: Bytes(ct), .. }, rev) = (wire.clone(), header.rev);
        self.steps.push(Step::Record(header, StoredRecord { rev, header: hdr, ciphertext: ct, signature }));
        Ok(())
    }

    /// The manifest that a record of an ended epoch is judged by.
    fn current_manifest(&self, header: &RecordHeader, log: &Log) -> Result<Option<CurrentManifest>, Refused> {
        let is_current = log.state().live_space(header.space).is_ok_and(|live| live.epoch() == header.epoch);
        if is_current {
            return Ok(None);
        }
        if let Some(manifest) = self.manifests.get(&header.space) {
            return Ok(Some(manifest.clone()));
        }
        let stored = self.rows.manifest(log.workspace(), header.space)?;
        Ok(stored.and_then(|bytes| log.verify_manifest(header.space, &bytes).ok()))
    }
}

/// Records that are read at a time.
const PAGE: u32 = 1_000;

fn is_listed_right(manifest: &Manifest, id: RecordId, held: &StoredRecord) -> bool {
    let line = Line { rev: held.rev, hash: RecordHash::of(&held.header, &held.ciphertext) };
    manifest.lines.get(&id).is_none_or(|listed| *listed == line)
}

fn may_still_write(held: &StoredRecord, log: &Log) -> bool {
    RecordHeader::decode(&held.header).is_ok_and(|header| {
        log.state().may_write(header.by, header.space, header.record_type, header.instance)
    })
}
