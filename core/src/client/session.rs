//! What is in memory while a client is unlocked, and what comes from the store to get there.
//!
//! The log is loaded from its checkpoint, which is under the local key: nobody else can have written it. Entries after
//! it are verified like anybody's. Space keys stay sealed until a verb needs one.

use std::collections::BTreeMap;
use std::time::Duration;

use countersign_crypto::content::Otp;
use countersign_crypto::device::DeviceKeys;
use countersign_crypto::local::{LocalKey, Place};
use countersign_protocol::ids::{AccountId, Head, WorkspaceId};
use countersign_protocol::log::Log;
use zeroize::Zeroizing;

use super::line::Line;
use super::lines::Lines;
use super::settings::{stored_drift, stored_lock_after};
use crate::error::Unavailable;
use crate::otp::Drift;
use crate::ports::Entropy;
use crate::store::{Identity, Step, Store, StoreError};
use crate::vault::AutoLock;

/// Entries that may follow a checkpoint before the next one is written: at most this many signatures are verified
/// when a store is opened, and each entry pays its share of one checkpoint.
const ENTRIES_PER_CHECKPOINT: u64 = 256;
/// Where the checkpoint is sealed.
const CHECKPOINT: Place<'static> = Place::Store(b"checkpoint");

pub(crate) struct Session {
    pub(crate) identity: Identity,
    pub(crate) local: LocalKey,
    pub(crate) device: DeviceKeys,
    pub(crate) log: Log,
    /// The seq of the stored checkpoint.
    checkpoint: Option<u64>,
    pub(crate) lines: Lines,
    /// Secrets that the list has shown since the unlock.
    pub(crate) secrets: BTreeMap<AccountId, Otp>,
    pub(crate) lock: AutoLock,
    pub(crate) drift: Drift,
}

impl Session {
    /// Reads all that a session begins with. `local` has opened `device` already.
    pub(super) fn load(
        store: &Store,
        identity: Identity,
        local: LocalKey,
        device: DeviceKeys,
        now: Duration,
    ) -> Result<Self, Unavailable> {
        let held = held_checkpoint(store, &local)?;
        let open = |account, sealed: &[u8]| Line::open(account, sealed, &local);
        let read = || held.as_ref().and_then(|held| held.read(identity.workspace));
        // Reading who may what with ten thousand accounts takes as long as opening their lines. The thread beside this one
        // gets no key: its stack outlives it.
        let (checkpoint, lines) = std::thread::scope(|scope| {
            let beside = std::thread::Builder::new().name("checkpoint".to_owned()).spawn_scoped(scope, read);
            let lines = store.listing(open).map(Lines::from_iter);
            (beside.map_or_else(|_| read(), |beside| beside.join().unwrap_or_default()), lines)
        });
        let (log, checkpoint) = catch_up(store, &identity, checkpoint)?;
        let lines = lines?;
        let lock = AutoLock::new(stored_lock_after(store, &local)?, now);
        let drift = stored_drift(store, &local)?;
        Ok(Self { identity, local, device, log, checkpoint, lines, secrets: BTreeMap::new(), lock, drift })
    }

    /// Goes back to the log as it is stored.
    pub(super) fn reload_log(&mut self, store: &Store) -> Result<(), Unavailable> {
        let checkpoint = held_checkpoint(store, &self.local)?;
        let checkpoint = checkpoint.and_then(|held| held.read(self.identity.workspace));
        (self.log, self.checkpoint) = catch_up(store, &self.identity, checkpoint)?;
        Ok(())
    }

    /// The log as it was after its first `entries` entries, read from the store.
    pub(crate) fn log_up_to(&self, store: &Store, entries: u64) -> Result<Log, Unavailable> {
        let checkpoint = held_checkpoint(store, &self.local)?.filter(|held| held.seq < entries);
        let checkpoint = checkpoint.and_then(|held| held.read(self.identity.workspace));
        let (mut log, damaged) = (begun(store, &self.identity, checkpoint)?.0, |_| StoreError::Damaged);
        for seq in log.next_seq()..entries {
            log.verify_next(&store.entry(seq)?).map_err(damaged)?;
        }
        Ok(log)
    }

    /// The seq of a checkpoint that is due, written into `step`. What the server does not have yet may have to be signed
    /// again elsewhere, so none is made of it once there is a server.
    pub(crate) fn put_checkpoint(
        &self,
        store: &Store,
        step: &Step<'_>,
        entropy: &dyn Entropy,
    ) -> Result<Option<u64>, Unavailable> {
        let last = self.log.next_seq() - 1;
        if store.progress()?.is_some_and(|progress| progress.confirmed <= last) {
            return Ok(None);
        }
        if self.checkpoint.is_some_and(|held| last - held < ENTRIES_PER_CHECKPOINT) {
            return Ok(None);
        }
        step.put_checkpoint(last, &self.local.seal(CHECKPOINT, &self.log.to_checkpoint(), entropy)?)?;
        Ok(Some(last))
    }

    /// Notes the checkpoint that became durable.
    pub(crate) fn checkpointed(&mut self, seq: Option<u64>) {
        self.checkpoint = seq.or(self.checkpoint);
    }
}

/// A checkpoint as it was stored, opened.
struct HeldCheckpoint {
    seq: u64,
    head: Head,
    bytes: Zeroizing<Vec<u8>>,
}

impl HeldCheckpoint {
    /// The log that it is of, and its seq; `None` where it is damaged.
    fn read(&self, workspace: WorkspaceId) -> Option<(Log, u64)> {
        Some((Log::from_checkpoint(&self.bytes, workspace, self.seq, self.head).ok()?, self.seq))
    }
}

fn held_checkpoint(store: &Store, local: &LocalKey) -> Result<Option<HeldCheckpoint>, StoreError> {
    Ok(store.checkpoint()?.and_then(|(seq, head, sealed)| {
        Some(HeldCheckpoint { seq, head, bytes: local.open(CHECKPOINT, &sealed).ok()? })
    }))
}

/// The log with all of its entries, and the seq of the checkpoint that it was read from.
fn catch_up(
    store: &Store,
    identity: &Identity,
    checkpoint: Option<(Log, u64)>,
) -> Result<(Log, Option<u64>), Unavailable> {
    let damaged = |_| StoreError::Damaged;
    let (mut log, seq) = begun(store, identity, checkpoint)?;
    for entry in store.entries_from(log.next_seq())? {
        log.verify_next(&entry).map_err(damaged)?;
    }
    Ok((log, seq))
}

/// The log to go on from: that of the checkpoint, which can always be made again, or its first entry alone.
fn begun(
    store: &Store,
    identity: &Identity,
    checkpoint: Option<(Log, u64)>,
) -> Result<(Log, Option<u64>), StoreError> {
    if let Some((log, seq)) = checkpoint {
        return Ok((log, Some(seq)));
    }
    let log = Log::begin(&store.genesis()?, identity.workspace).map_err(|_| StoreError::Damaged)?;
    Ok((log, None))
}
