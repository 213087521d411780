//! Writing records outside a batch of the log: the next revision of something, under the space's current key.

use countersign_protocol::ids::{InstanceId, SpaceId};
use countersign_protocol::manifest::Line;
use countersign_protocol::numbers::RecordType;

use super::{Author, FlowError};
use crate::content::Content;
use crate::record::{Draft, OpenedRecord, OwnedRecord};
use crate::space_key::{KeyPlace, SpaceKey};

impl Author<'_> {
    /// Writes `content` as the revision after `base`, or as a new record.
    ///
    /// # Errors
    /// [`FlowError`]: the space is dirty, the author may not write this, its key is missing, the log allows no higher
    /// revision, or there is no randomness.
    pub fn write<T: Content>(
        &self,
        space: SpaceId,
        instance: InstanceId,
        base: Option<Line>,
        content: &T,
    ) -> Result<OwnedRecord, FlowError> {
        let (draft, key) = self.draft(space, T::TYPE, instance, base)?;
        Ok(draft.seal(content, key, self.device, self.entropy)?)
    }

    /// Deletes a record: a signed revision after `base` that says so.
    ///
    /// # Errors
    /// [`FlowError`]: the space is dirty, the author may not write this, its key is missing, the log allows no higher
    /// revision, or there is no randomness.
    pub fn delete(
        &self,
        space: SpaceId,
        record_type: RecordType,
        instance: InstanceId,
        base: Line,
    ) -> Result<OwnedRecord, FlowError> {
        let (draft, key) = self.draft(space, record_type, instance, Some(base))?;
        Ok(draft.seal_tombstone(record_type, key, self.device, self.entropy)?)
    }

    /// Seals what was opened once more, as the revision after `base` or as a new record: one that a manifest left behind
    /// (V7), or one that was not sent before its space had another key.
    ///
    /// # Errors
    /// [`FlowError`]: the space is dirty, the author may not write this, its key is missing, the log allows no higher
    /// revision, or there is no randomness.
    pub fn reseal(
        &self,
        space: SpaceId,
        instance: InstanceId,
        base: Option<Line>,
        opened: &OpenedRecord,
    ) -> Result<OwnedRecord, FlowError> {
        let (draft, key) = self.draft(space, opened.record_type(), instance, base)?;
        Ok(draft.reseal(opened, key, self.device, self.entropy)?)
    }

    fn draft(
        &self,
        space: SpaceId,
        record_type: RecordType,
        instance: InstanceId,
        base: Option<Line>,
    ) -> Result<(Draft, &SpaceKey), FlowError> {
        let live = self.state().live_space(space)?;
        if live.dirt.is_some() {
            return Err(FlowError::SpaceDirty);
        }
        if !self.state().may_write(self.device.id(), space, record_type, instance) {
            return Err(FlowError::NotPermitted);
        }
        let place = KeyPlace { workspace: self.log.workspace(), space, epoch: live.epoch() };
        let key = self.keys.get(space, place.epoch).ok_or(FlowError::KeyMissing)?;
        let (log_seq, log_head) = (self.log.next_seq() - 1, self.log.head());
        Ok((Draft { place, instance, base, log_seq, log_head }, key))
    }
}
