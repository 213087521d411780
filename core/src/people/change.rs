//! One change of the log: made on what is newest, stored before it is sent, and looked for in the log that comes back.

use countersign_crypto::flow::Batch;
use countersign_protocol::entry::SignedEntry;
use countersign_protocol::ids::Head;
use countersign_protocol::op::Op;

use super::PeopleError;
use crate::client::Desk;
use crate::store::StoreError;
use crate::sync::{Connection, SyncError};

/// What became of a change that is valid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sent {
    /// The server has it: it counts for everybody from now on.
    Now,
    /// It is signed and waits; the next sync sends it. Until then it counts for nobody.
    Later,
}

/// Where a change stands in the log.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    pub(super) seq: u64,
    pub(super) head: Head,
}

impl Connection {
    /// Syncs, makes a change on the log as it then is, and sends it. `None` where it could not be sent any more.
    pub(super) fn change(
        &self,
        flow: impl FnOnce(&mut Desk<'_>) -> Result<Batch, PeopleError>,
        and: impl FnOnce(&mut Desk<'_>) -> Result<(), PeopleError>,
    ) -> Result<Option<Place>, PeopleError> {
        self.sync()?;
        let (op, from) = self.on_desk(|desk| {
            let batch = flow(desk)?;
            let op = SignedEntry::decode(&batch.entry).map_err(|_| StoreError::Damaged)?.entry.op;
            let from = batch.seq;
            desk.append(batch)?;
            and(desk)?;
            desk.commit()?;
            Ok((op, from))
        })?;
        match self.sync() {
            Ok(_) => {}
            // It waits in this device's own log, and is sent as it was signed.
            Err(SyncError::Server(_)) => return Ok(None),
            Err(error) => return Err(error.into()),
        }
        let found = self.with(|desk| Ok(find(desk, &op, from)?))?;
        found.map(Some).ok_or(PeopleError::Overtaken)
    }

    /// The same, where nothing is asked about the place.
    pub(super) fn change_and(
        &self,
        flow: impl FnOnce(&mut Desk<'_>) -> Result<Batch, PeopleError>,
        and: impl FnOnce(&mut Desk<'_>) -> Result<(), PeopleError>,
    ) -> Result<Sent, PeopleError> {
        Ok(self.change(flow, and)?.map_or(Sent::Later, |_| Sent::Now))
    }

    /// Runs a part of a verb with the store and the keys.
    pub(super) fn on_desk<T>(
        &self,
        part: impl FnOnce(&mut Desk<'_>) -> Result<T, PeopleError>,
    ) -> Result<T, PeopleError> {
        self.unlocked.with(crate::client::Doer::Person, part)
    }
}

/// The entry with this op, from `from` on: others may have come before it.
fn find(desk: &Desk<'_>, op: &Op, from: u64) -> Result<Option<Place>, StoreError> {
    for (seq, wire) in (from..).zip(desk.store.entries_from(from)?) {
        let signed = SignedEntry::decode(&wire).map_err(|_| StoreError::Damaged)?;
        if signed.entry.op == *op {
            return Ok(Some(Place { seq, head: Head::of_entry(&wire) }));
        }
    }
    Ok(None)
}
