//! Key boxes: a space key for one device, in HPKE base mode.
//!
//! Nobody signs a box. What is in it is believed only if it is the key that the signed log commits to (V5), so a
//! box may come from anyone, and garbage costs its reader one failed try.

use countersign_protocol::device::DeviceRecord;
use countersign_protocol::ids::{Commitment, DeviceId};
use countersign_protocol::keybox::{BoxAad, KeyBox};
use countersign_protocol::numbers::Suite;

use crate::device::DeviceKeys;
use crate::entropy::{Entropy, EntropyError};
use crate::hpke_base::{self, SealFailed};
use crate::space_key::{KeyError, KeyPlace, SpaceKey};

const INFO: &[u8] = b"cs/1/box";

/// Why no box could be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealBoxError {
    /// The source of randomness failed.
    #[error(transparent)]
    Entropy(#[from] EntropyError),
    /// The device's box key is a point of low order. No such device is in a verified log (V3).
    #[error("seal a key for a device whose own key is worthless")]
    WeakRecipient,
}

impl SpaceKey {
    /// This key, boxed by the device `by` for `recipient`.
    ///
    /// # Errors
    /// [`SealBoxError`] when there is no randomness, or nothing can be sealed for this recipient.
    #[allow(clippy::missing_panics_doc, reason = "32 bytes always seal to the length of suite 1")]
    pub fn seal_box(
        &self,
        place: &KeyPlace,
        recipient: &DeviceRecord,
        by: DeviceId,
        entropy: &dyn Entropy,
    ) -> Result<KeyBox, SealBoxError> {
        let device = recipient.id();
        let aad = aad(place, device, self.commitment());
        let sealed = match recipient.suite {
            Suite::X25519 => hpke_base::seal(recipient.box_key.as_bytes(), INFO, &aad, self.bytes(), entropy),
        };
        let sealed = sealed.map_err(|failed| match failed {
            SealFailed::Entropy(error) => SealBoxError::Entropy(error),
            SealFailed::WeakRecipient => SealBoxError::WeakRecipient,
        })?;
        Ok(KeyBox {
            workspace: place.workspace,
            space: place.space,
            epoch: place.epoch,
            device,
            by,
            sealed: sealed.try_into().expect("32 bytes seal to the length of suite 1"),
        })
    }

    /// Opens one box for `device`. Only what the log says about `place` and `commitment` goes in; what the box says
    /// of itself is not looked at.
    ///
    /// # Errors
    /// [`KeyError::DoesNotOpen`] for a box that was made for another place or device, or for a key other than the
    /// committed one; [`KeyError::WrongKey`] for one that lies about it.
    pub fn open_box(
        key_box: &KeyBox,
        place: &KeyPlace,
        commitment: &Commitment,
        device: &DeviceKeys,
    ) -> Result<Self, KeyError> {
        let aad = aad(place, device.id(), *commitment);
        let key =
            hpke_base::open(device.boxing(), INFO, &aad, &key_box.sealed).ok_or(KeyError::DoesNotOpen)?;
        Self::committed(&key, commitment)
    }
}

fn aad(place: &KeyPlace, device: DeviceId, commit: Commitment) -> Vec<u8> {
    BoxAad { workspace: place.workspace, space: place.space, epoch: place.epoch, device, commit }.encode()
}

#[cfg(test)]
mod tests {
    use countersign_protocol::ids::PublicBoxKey;

    use super::*;
    use crate::testing::{Failing, Seeded, place};

    struct Scene {
        key: SpaceKey,
        ana: DeviceKeys,
        ben: DeviceKeys,
    }

    fn scene() -> Scene {
        let entropy = Seeded::new(21);
        Scene {
            key: SpaceKey::generate(&entropy).unwrap(),
            ana: DeviceKeys::generate(&entropy).unwrap(),
            ben: DeviceKeys::generate(&entropy).unwrap(),
        }
    }

    impl Scene {
        fn boxed_for(&self, device: &DeviceKeys, seed: u64) -> KeyBox {
            self.key.seal_box(&place(1, 1), device.record(), self.ana.id(), &Seeded::new(seed)).unwrap()
        }

        fn open(
            &self,
            key_box: &KeyBox,
            place: &KeyPlace,
            device: &DeviceKeys,
        ) -> Result<[u8; 32], KeyError> {
            SpaceKey::open_box(key_box, place, &self.key.commitment(), device).map(|key| *key.bytes())
        }
    }

    #[test]
    fn the_device_it_is_for_opens_a_box() {
        let scene = scene();
        let key_box = scene.boxed_for(&scene.ben, 22);
        assert_eq!(scene.open(&key_box, &place(1, 1), &scene.ben), Ok(*scene.key.bytes()));
        assert_eq!((key_box.device, key_box.by), (scene.ben.id(), scene.ana.id()));
    }

    #[test]
    fn hostile_box_for_another_device_does_not_open() {
        let scene = scene();
        let mut key_box = scene.boxed_for(&scene.ana, 22);
        key_box.device = scene.ben.id();
        assert_eq!(scene.open(&key_box, &place(1, 1), &scene.ben), Err(KeyError::DoesNotOpen));
    }

    #[test]
    fn hostile_box_for_another_epoch_space_or_workspace_does_not_open() {
        let scene = scene();
        let key_box = scene.boxed_for(&scene.ben, 22);
        for moved in [place(1, 2), place(2, 1), KeyPlace { space: place(5, 1).space, ..place(1, 1) }] {
            assert_eq!(scene.open(&key_box, &moved, &scene.ben), Err(KeyError::DoesNotOpen));
        }
    }

    #[test]
    fn hostile_box_with_another_key_under_the_true_commitment_is_refused() {
        let scene = scene();
        let false_key = SpaceKey::generate(&Seeded::new(23)).unwrap();
        // What a member who was never given the key can do: seal a key of their own under the log's commitment.
        let aad = aad(&place(1, 1), scene.ben.id(), scene.key.commitment());
        let public = scene.ben.record().box_key;
        let sealed =
            hpke_base::seal(public.as_bytes(), INFO, &aad, false_key.bytes(), &Seeded::new(24)).unwrap();
        let key_box = KeyBox { sealed: sealed.try_into().unwrap(), ..scene.boxed_for(&scene.ben, 22) };
        assert_eq!(scene.open(&key_box, &place(1, 1), &scene.ben), Err(KeyError::WrongKey));
    }

    #[test]
    fn hostile_box_with_any_bit_flipped_does_not_open() {
        let scene = scene();
        let key_box = scene.boxed_for(&scene.ben, 22);
        for bit in 0..key_box.sealed.len() * 8 {
            // X25519 ignores the highest bit of a point (RFC 7748 section 5); HPKE's key schedule does not.
            let mut altered = key_box;
            altered.sealed[bit / 8] ^= 1 << (bit % 8);
            assert_eq!(
                scene.open(&altered, &place(1, 1), &scene.ben),
                Err(KeyError::DoesNotOpen),
                "bit {bit}"
            );
        }
    }

    #[test]
    fn hostile_device_key_of_low_order_gets_no_box() {
        let scene = scene();
        let weak = DeviceRecord { box_key: PublicBoxKey::from_bytes([0; 32]), ..*scene.ben.record() };
        let refused = scene.key.seal_box(&place(1, 1), &weak, scene.ana.id(), &Seeded::new(22));
        assert_eq!(refused.unwrap_err(), SealBoxError::WeakRecipient);
    }

    #[test]
    fn without_randomness_there_is_no_box() {
        let scene = scene();
        let refused =
            scene.key.seal_box(&place(1, 1), scene.ben.record(), scene.ana.id(), &Failing::after(0));
        assert_eq!(refused.unwrap_err(), SealBoxError::Entropy(EntropyError));
    }
}
