//! V5: boxes that nobody has to wait for. A rotator may be dishonest, or die before everybody is served; whoever
//! holds a key may hand it to whoever may read.

use std::collections::BTreeSet;

use countersign_protocol::device::DeviceRecord;
use countersign_protocol::ids::{DeviceId, SpaceId};
use countersign_protocol::keybox::KeyBox;
use countersign_protocol::numbers::DeviceKind;

use super::{Author, Batch, FlowError, records_of};
use crate::entropy::{Entropy, EntropyError};
use crate::key_box::SealBoxError;
use crate::space_key::{KeyPlace, SpaceKey};

impl Author<'_> {
    /// Boxes a key for the author's own other devices, kit first: done for each new epoch, whoever else did.
    ///
    /// # Errors
    /// [`FlowError::KeyMissing`] when this device does not hold the key.
    pub fn box_for_own_devices(&self, space: SpaceId, epoch: u64) -> Result<Vec<KeyBox>, FlowError> {
        let own = &self.state().member(self.user()?)?.devices;
        let others = own.iter().copied().filter(|device| *device != self.device.id()).collect();
        self.box_for_readers(space, epoch, &others)
    }

    /// Boxes a key for those of `without_box` that read the space; a device that may not gets none.
    ///
    /// # Errors
    /// [`FlowError::KeyMissing`] when this device does not hold the key.
    pub fn box_for_readers(
        &self,
        space: SpaceId,
        epoch: u64,
        without_box: &BTreeSet<DeviceId>,
    ) -> Result<Vec<KeyBox>, FlowError> {
        let key = self.keys.get(space, epoch).ok_or(FlowError::KeyMissing)?;
        let mut readers = self.state().readers(space)?;
        readers.retain(|reader| without_box.contains(reader));
        let readers = records_of(self.state(), readers);
        let place = KeyPlace { workspace: self.log.workspace(), space, epoch };
        Ok(boxes(key, &place, &readers, self.device.id(), self.entropy)?)
    }

    /// Everybody who reads a space.
    pub(super) fn readers(&self, space: SpaceId) -> Result<Vec<DeviceRecord>, FlowError> {
        Ok(records_of(self.state(), self.state().readers(space)?))
    }

    /// A new key at its first or next place, and its boxes for `readers`.
    pub(super) fn new_key(
        &self,
        batch: &mut Batch,
        place: KeyPlace,
        key: SpaceKey,
        readers: &[DeviceRecord],
    ) -> Result<(), FlowError> {
        batch.boxes.extend(boxes(&key, &place, readers, self.device.id(), self.entropy)?);
        batch.keys.push((place, key));
        Ok(())
    }

    /// Boxes of the current keys of `spaces` for `readers`. A key that this device does not hold is left to those who
    /// do: a box that cannot be made stops nothing.
    pub(super) fn box_current(
        &self,
        spaces: &[SpaceId],
        readers: &[DeviceRecord],
    ) -> Result<Vec<KeyBox>, FlowError> {
        let mut boxed = Vec::new();
        for &space in spaces {
            let place = KeyPlace {
                workspace: self.log.workspace(),
                space,
                epoch: self.state().live_space(space)?.epoch(),
            };
            if let Some(key) = self.keys.get(space, place.epoch) {
                boxed.extend(boxes(key, &place, readers, self.device.id(), self.entropy)?);
            }
        }
        Ok(boxed)
    }
}

/// One key for several devices, kits first: what is on paper is what is left when every phone is gone.
///
/// A device whose own key is worthless gets none. No verified log has one (V3), and it must stop no rotation.
pub(super) fn boxes(
    key: &SpaceKey,
    place: &KeyPlace,
    readers: &[DeviceRecord],
    by: DeviceId,
    entropy: &dyn Entropy,
) -> Result<Vec<KeyBox>, EntropyError> {
    let mut boxed = Vec::with_capacity(readers.len());
    for kind in [DeviceKind::Kit, DeviceKind::Phone] {
        for reader in readers.iter().filter(|reader| reader.kind == kind) {
            match key.seal_box(place, reader, by, entropy) {
                Ok(key_box) => boxed.push(key_box),
                Err(SealBoxError::WeakRecipient) => {}
                Err(SealBoxError::Entropy(error)) => return Err(error),
            }
        }
    }
    Ok(boxed)
}
