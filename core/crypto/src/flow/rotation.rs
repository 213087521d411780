//! V7, V8: the next key of a dirty space, for everybody who still reads it, with the list of what is in it.

use countersign_protocol::ids::{InstanceId, SpaceId};
use countersign_protocol::limits::MAX_MANIFEST_LINES;
use countersign_protocol::log::LiveSpace;
use countersign_protocol::manifest::{Line, Manifest};
use countersign_protocol::op::{Op, Rotate};

use super::{Author, Batch, FlowError};
use crate::record::{Draft, OpenedRecord, next_revision};
use crate::space_key::{KeyPlace, SpaceKey};

/// A record that a rotation seals anew instead of carrying it over: one more revision, under the new key.
#[derive(Debug)]
pub struct Adopted<'a> {
    /// Which of its type in the space.
    pub instance: InstanceId,
    /// The revision that is held.
    pub base: Line,
    /// What it holds.
    pub opened: &'a OpenedRecord,
}

impl Author<'_> {
    /// Rotates a dirty space. `manifest` lists every record of the space that this device accepts; `adopted` are those
    /// that it seals anew, after the Owner was asked where the author of one may no longer write it.
    ///
    /// # Errors
    /// [`FlowError::NotPermitted`] when this device may not write one of `adopted`: somebody else seals that one.
    /// [`FlowError::RevisionTooFar`] when one has the highest revision that the log allows.
    /// [`FlowError::ManifestTooLong`] when no reader would take the list. [`FlowError::ContentLost`] when it lists what is
    /// lost with its key.
    /// [`FlowError::Refused`] when the author may not or the space is clean. [`FlowError::KeyMissing`] when this device
    /// was not given the key that ends: it waits for its box, or [cuts the chain](Self::rotate_without_previous). The
    /// controls of a rescued account are the exception: their key is lost with the account's Owners, and so is what they
    /// held. `manifest` is empty then.
    pub fn rotate(
        &self,
        space: SpaceId,
        manifest: Manifest,
        adopted: &[Adopted<'_>],
    ) -> Result<Batch, FlowError> {
        let live = self.state().live_space(space)?;
        let previous = self.keys.get(space, live.epoch());
        if previous.is_none() && !live.may_lose_its_key() {
            return Err(FlowError::KeyMissing);
        }
        self.rotate_from(space, live, previous, manifest, adopted)
    }

    /// Rotates a dirty space whose current key nobody can give this device any more. Older records are lost to whoever
    /// does not hold that key, and everybody is told who did this and who made that key.
    ///
    /// # Errors
    /// [`FlowError::Refused`] when the author may not or the space is clean.
    pub fn rotate_without_previous(
        &self,
        space: SpaceId,
        manifest: Manifest,
        adopted: &[Adopted<'_>],
    ) -> Result<Batch, FlowError> {
        self.rotate_from(space, self.state().live_space(space)?, None, manifest, adopted)
    }

    fn rotate_from(
        &self,
        space: SpaceId,
        live: &LiveSpace,
        previous: Option<&SpaceKey>,
        manifest: Manifest,
        adopted: &[Adopted<'_>],
    ) -> Result<Batch, FlowError> {
        if manifest.lines.len() > MAX_MANIFEST_LINES {
            return Err(FlowError::ManifestTooLong);
        }
        if previous.is_none() && live.may_lose_its_key() && !manifest.lines.is_empty() {
            return Err(FlowError::ContentLost);
        }
        // Everybody would refuse what its author may not write, and the record would stay behind in the ended epoch.
        let may_write = |adopted: &Adopted<'_>| {
            let record_type = adopted.opened.record_type();
            self.state().may_write(self.device.id(), space, record_type, adopted.instance)
        };
        if !adopted.iter().all(may_write) {
            return Err(FlowError::NotPermitted);
        }
        for Adopted { base, .. } in adopted {
            next_revision(Some(*base), self.log.next_seq())?;
        }
        let place = KeyPlace { workspace: self.log.workspace(), space, epoch: live.epoch() + 1 };
        let key = SpaceKey::generate(self.entropy)?;
        let prev_wrap =
            previous.map(|previous| key.wrap_previous(previous, &place, self.entropy)).transpose()?;
        let op = Op::Rotate(Rotate {
            space,
            epoch: place.epoch,
            commit: key.commitment(),
            prev_wrap,
            manifest: manifest.hash(),
        });
        let mut batch = self.batch(op)?;
        for Adopted { instance, base, opened } in adopted {
            let (instance, base) = (*instance, Some(*base));
            let draft = Draft { place, instance, base, log_seq: batch.seq, log_head: batch.head };
            batch.records.push(draft.reseal(opened, &key, self.device, self.entropy)?);
        }
        self.new_key(&mut batch, place, key, &self.readers(space)?)?;
        batch.manifest = Some((space, manifest));
        Ok(batch)
    }
}
