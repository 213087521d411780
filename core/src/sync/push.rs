//! Push: what the server does not have, in batches that are taken whole or not at all.
//!
//! Entries first, then records, those of one account always together, and boxes once the entries behind them are taken
//! (docs/adr/0017-a-key-leaves-after-its-entry.md). A batch is named by its content: sent again after a lost answer it is
//! the same batch, and is taken once.

use countersign_api::{Batch, Bytes, Hex16, Operation, Receipt, Refusal, WireRecord};
use countersign_protocol::access::BoxError;
use countersign_protocol::entry::SignedEntry;
use countersign_protocol::ids::{AccountId, RecordId, SpaceId};
use countersign_protocol::keybox::KeyBox;
use countersign_protocol::log::SpaceOf;
use countersign_protocol::op::Op;
use sha2::{Digest as _, Sha256};

use super::pull::progress;
use super::server::{ServerError, WorkspaceServer};
use super::tail::give_up;
use super::{Connection, SyncError};
use crate::client::Desk;
use crate::store::{Held, Progress, Slot, StoreError};

/// The most operations in a batch, but for an account's own records, which stay together.
const MAX_OPERATIONS: usize = 1_000;

/// Bytes of records and entries in a batch before the next one is begun: below what a server takes, in base64 too.
const MAX_BYTES: usize = 1 << 20;

/// The most boxes that go with a rotation, beside what is in its batch: the server takes no larger batch. Those left over
/// follow like any.
const MAX_BOXES: usize = countersign_api::MAX_OPERATIONS - MAX_OPERATIONS - 2;

/// What came of sending.
pub(super) enum Pushed {
    /// The server has everything that can be sent now.
    All {
        /// How many operations were sent.
        sent: usize,
    },
    /// Somebody else was first: fetch, and plan again.
    Overtaken {
        /// How many operations were sent before that.
        sent: usize,
    },
}

/// Sends what waits.
pub(super) fn push(connection: &Connection, server: &WorkspaceServer<'_>) -> Result<Pushed, SyncError> {
    let mut sent = 0;
    loop {
        let Some(outgoing) = connection.with(plan)? else { return Ok(Pushed::All { sent }) };
        match server.post(outgoing.name(), &outgoing.batch) {
            Ok(Receipt { .. }) => {
                connection.with(|desk| outgoing.is_sent(desk))?;
                sent += outgoing.batch.ops.len();
            }
            Err(ServerError::Refused { refusal, retry_after }) => match refusal {
                Refusal::HeadMoved { .. } | Refusal::Conflict { .. } => {
                    return Ok(Pushed::Overtaken { sent });
                }
                // Whoever was to get a key, or who hands it on, lost the right to it meanwhile.
                Refusal::Refused { rule } if outgoing.entries == 0 && is_of_a_reader_lost(&rule) => {
                    return Ok(Pushed::Overtaken { sent });
                }
                Refusal::Forbidden if outgoing.entries == 0 && !outgoing.boxes.is_empty() => {
                    return Ok(Pushed::Overtaken { sent });
                }
                Refusal::Refused { rule } => {
                    if outgoing.entries > 0 {
                        connection.with(give_up)?;
                    }
                    return Err(SyncError::Refused { rule });
                }
                refusal => return Err(ServerError::Refused { refusal, retry_after }.into()),
            },
            Err(error) => return Err(error.into()),
        }
    }
}

/// Whether the server refused a box because of what the log has said since this device last looked.
fn is_of_a_reader_lost(rule: &str) -> bool {
    [BoxError::Inactive, BoxError::NotAReader].iter().any(|error| error.name() == rule)
}

/// A batch, and what it is made of here.
#[derive(Default)]
struct Outgoing {
    batch: Batch,
    bytes: usize,
    entries: u64,
    boxes: Vec<KeyBox>,
    manifest: Option<SpaceId>,
    records: Vec<Held>,
}

/// The next batch; `None` where nothing waits.
fn plan(desk: &mut Desk<'_>) -> Result<Option<Outgoing>, SyncError> {
    let mut outgoing = Outgoing::default();
    let confirmed = progress(desk)?.confirmed;
    for seq in confirmed..desk.session.log.next_seq() {
        if outgoing.is_full() {
            return Ok(Some(outgoing));
        }
        outgoing.add_entry(desk, desk.store.entry(seq)?)?;
    }
    if outgoing.entries == 0 {
        outgoing.add_boxes(desk)?;
    }
    outgoing.add_records(desk)?;
    Ok(if outgoing.batch.ops.is_empty() { None } else { Some(outgoing) })
}

impl Outgoing {
    fn is_full(&self) -> bool {
        self.batch.ops.len() >= MAX_OPERATIONS || self.bytes >= MAX_BYTES
    }

    /// The same content has the same name.
    fn name(&self) -> Hex16 {
        let mut hash = Sha256::new_with_prefix(b"countersign/batch");
        for operation in &self.batch.ops {
            match operation {
                Operation::Entry { entry } => hash.update(&entry.0),
                Operation::KeyBox { sealed } => hash.update(&sealed.0),
                Operation::Manifest { manifest, .. } => hash.update(&manifest.0),
                Operation::Record { base_rev, record } => {
                    hash.update(base_rev.to_be_bytes());
                    hash.update(&record.hdr.0);
                    hash.update(&record.sig.0);
                }
            }
        }
        let mut name = [0; 16];
        name.copy_from_slice(&hash.finalize()[..16]);
        Hex16(name)
    }

    /// An entry; with a rotation, its manifest and the boxes of the key that begins with it, which is thrown away where the
    /// entry is refused.
    fn add_entry(&mut self, desk: &Desk<'_>, entry: Vec<u8>) -> Result<(), SyncError> {
        self.bytes += entry.len();
        self.entries += 1;
        let op = SignedEntry::decode(&entry).map_err(|_| StoreError::Damaged)?.entry.op;
        self.batch.ops.push(Operation::Entry { entry: Bytes(entry) });
        if let Op::Rotate(rotate) = op {
            let manifest = desk.store.manifest(rotate.space)?.ok_or(StoreError::Damaged)?;
            self.bytes += manifest.len();
            let space = Hex16(*rotate.space.as_bytes());
            self.batch.ops.push(Operation::Manifest { space, manifest: Bytes(manifest) });
            self.manifest = Some(rotate.space);
            let made = desk.store.boxes_of(rotate.space, rotate.epoch)?;
            for key_box in made.into_iter().take(MAX_BOXES) {
                self.add_box(key_box);
            }
        }
        Ok(())
    }

    fn add_box(&mut self, key_box: KeyBox) {
        self.batch.ops.push(Operation::KeyBox { sealed: Bytes(key_box.encode()) });
        self.boxes.push(key_box);
    }

    /// V5: boxes for those who read a space by the log that the server has. Of the others nobody will ask for one.
    fn add_boxes(&mut self, desk: &Desk<'_>) -> Result<(), SyncError> {
        loop {
            let waiting = desk.store.unsent_boxes(MAX_OPERATIONS)?;
            let is_due = |key_box: &KeyBox| desk.session.log.state().check_box(key_box).is_ok();
            let (due, stale): (Vec<_>, Vec<_>) = waiting.into_iter().partition(is_due);
            if stale.is_empty() {
                for key_box in due {
                    self.add_box(key_box);
                }
                return Ok(());
            }
            desk.store.step(|step| stale.iter().try_for_each(|key_box| step.forget_box(key_box)))?;
        }
    }

    /// Records of spaces that take any (V8), account by account.
    fn add_records(&mut self, desk: &Desk<'_>) -> Result<(), SyncError> {
        let mut waiting: Vec<(Option<AccountId>, SpaceId, RecordId)> = Vec::new();
        for (space, id) in desk.store.unsent_records()? {
            let Ok(live) = desk.session.log.state().live_space(space) else { continue };
            if live.dirt.is_none() {
                let account = match live.of {
                    SpaceOf::Directory => None,
                    SpaceOf::Codes(account) | SpaceOf::Controls(account) => Some(account),
                };
                waiting.push((account, space, id));
            }
        }
        waiting.sort_unstable();
        let mut last = None;
        for (account, _, id) in waiting {
            if last != Some(account) && self.is_full() {
                return Ok(());
            }
            last = Some(account);
            let Some(held) = desk.store.record(id)? else { continue };
            let base_rev = desk.store.record_in(id, Slot::Sent)?.map_or(0, |sent| sent.header.rev);
            let record = wire(&held);
            self.bytes += record.ct.0.len() + record.hdr.0.len();
            self.batch.ops.push(Operation::Record { base_rev, record });
            self.records.push(held);
        }
        Ok(())
    }

    /// The server has it.
    fn is_sent(&self, desk: &mut Desk<'_>) -> Result<(), SyncError> {
        let (store, before) = (desk.store, progress(desk)?);
        let confirmed = before.confirmed + self.entries;
        let checkpoint = store.step(|step| {
            step.put_progress(&Progress { confirmed, ..before })?;
            self.boxes.iter().try_for_each(|key_box| step.box_is_sent(key_box))?;
            if let Some(space) = self.manifest {
                step.manifest_is_sent(space)?;
            }
            for sent in &self.records {
                let held = store.record(sent.header.id())?;
                step.record_is_sent(held.as_ref(), &sent.header, sent.sealed(), sent.line())?;
            }
            Ok::<_, SyncError>(desk.session.put_checkpoint(store, step, &*desk.host.entropy)?)
        })?;
        desk.session.checkpointed(checkpoint);
        Ok(())
    }
}

fn wire(held: &Held) -> WireRecord {
    let sealed = held.sealed();
    WireRecord {
        hdr: Bytes(sealed.header.to_vec()),
        ct: Bytes(sealed.ciphertext.to_vec()),
        sig: Bytes(sealed.signature.as_bytes().to_vec()),
    }
}
