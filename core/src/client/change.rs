//! What a verb changes: collected while it decides, and written in one step.

use countersign_crypto::flow::Batch;
use countersign_crypto::record::OwnedRecord;
use countersign_crypto::space_key::KeyPlace;
use countersign_protocol::ids::{AccountId, SpaceId};

use super::line::Line;
use super::session::Session;
use crate::error::Unavailable;
use crate::ports::Entropy;
use crate::store::{Known, Step, Waiting};

/// What is to change together.
#[derive(Default)]
pub(super) struct Change {
    pub(super) batches: Vec<Batch>,
    /// Keys that the batches made, sealed for this device.
    pub(super) keys: Vec<(KeyPlace, Vec<u8>)>,
    pub(super) records: Vec<OwnedRecord>,
    /// Writes into spaces whose key must be replaced first (V8).
    pub(super) waiting: Vec<Waiting>,
    /// Secrets that somebody has known who loses access with a batch.
    pub(super) known: Vec<Known>,
    pub(super) lines: Vec<(AccountId, Option<Line>)>,
    pub(super) local: Vec<(&'static str, Option<Vec<u8>>)>,
}

impl Change {
    /// Writes all of it into one step.
    pub(super) fn put(
        &self,
        step: &Step<'_>,
        session: &Session,
        entropy: &dyn Entropy,
    ) -> Result<(), Unavailable> {
        for batch in &self.batches {
            step.put_entry(batch.seq, &batch.entry)?;
            batch.boxes.iter().try_for_each(|key_box| step.put_box(key_box))?;
            batch.records.iter().try_for_each(|record| step.put_record(record))?;
            if let Some((space, manifest)) = &batch.manifest {
                step.put_manifest(*space, &manifest.encode(), true)?;
            }
        }
        for (place, sealed) in &self.keys {
            step.put_space_key(place.space, place.epoch, sealed)?;
        }
        self.records.iter().try_for_each(|record| step.put_record(record))?;
        self.waiting.iter().try_for_each(|waiting| step.put_waiting(waiting))?;
        self.known.iter().try_for_each(|known| step.put_known(known))?;
        let workspace = session.identity.workspace;
        for (account, line) in &self.lines {
            if let Some(line) = line {
                step.put_line(*account, &line.seal(*account, &session.local, entropy)?)?;
            } else {
                step.forget_line(*account)?;
                step.forget_space(SpaceId::codes(workspace, *account))?;
                step.forget_space(SpaceId::controls(workspace, *account))?;
            }
        }
        for (name, sealed) in &self.local {
            match sealed {
                Some(sealed) => step.put_local(name, sealed)?,
                None => step.forget_local(name)?,
            }
        }
        Ok(())
    }
}
