//! The space keys that a device holds. Each was matched with its commitment in the log before it got in (V5).

use std::collections::BTreeMap;
use std::fmt;

use countersign_protocol::ids::{Commitment, SpaceId};
use countersign_protocol::keybox::KeyBox;
use countersign_protocol::log::State;
use countersign_protocol::op::Rotate;

use crate::device::DeviceKeys;
use crate::space_key::{KeyError, KeyPlace, SpaceKey};

/// Keys by space and epoch.
///
/// It cannot be cloned, printed or serialized; the last test is the control, so that each failure has one cause:
/// ```compile_fail,E0277
/// fn cloned<T: Clone>() {}
/// cloned::<countersign_crypto::key_ring::KeyRing>();
/// ```
/// ```compile_fail,E0277
/// fn shown<T: std::fmt::Display>() {}
/// shown::<countersign_crypto::key_ring::KeyRing>();
/// ```
/// ```compile_fail,E0277
/// fn written<T: serde::Serialize>() {}
/// written::<countersign_crypto::key_ring::KeyRing>();
/// ```
/// ```
/// fn named<T: std::fmt::Debug>() {}
/// fn written<T: serde::Serialize>() {}
/// named::<countersign_crypto::key_ring::KeyRing>();
/// written::<String>();
/// ```
#[derive(Default)]
pub struct KeyRing(BTreeMap<(SpaceId, u64), SpaceKey>);

impl KeyRing {
    /// A ring without keys.
    pub fn new() -> Self {
        Self::default()
    }

    /// The key of a space in an epoch.
    pub fn get(&self, space: SpaceId, epoch: u64) -> Option<&SpaceKey> {
        self.0.get(&(space, epoch))
    }

    /// Takes a key that this device made, or had sealed for itself.
    ///
    /// # Errors
    /// [`KeyError::WrongKey`] unless the log commits to it at this place.
    pub fn insert(&mut self, state: &State, place: &KeyPlace, key: SpaceKey) -> Result<(), KeyError> {
        if commitment(state, place.space, place.epoch) != Some(key.commitment()) {
            return Err(KeyError::WrongKey);
        }
        self.0.insert((place.space, place.epoch), key);
        Ok(())
    }

    /// Tries each of `boxes` whose key is still missing, and takes the keys that the log commits to. What else was
    /// posted, by whomever and in whatever order, is passed over. Returns how many keys are new.
    pub fn open_boxes<'a>(
        &mut self,
        state: &State,
        boxes: impl IntoIterator<Item = &'a KeyBox>,
        device: &DeviceKeys,
    ) -> usize {
        let before = self.0.len();
        for key_box in boxes {
            let place = KeyPlace { workspace: state.workspace(), space: key_box.space, epoch: key_box.epoch };
            let Some(committed) = commitment(state, place.space, place.epoch) else { continue };
            if self.get(place.space, place.epoch).is_some() {
                continue;
            }
            if let Ok(key) = SpaceKey::open_box(key_box, &place, &committed, device) {
                self.0.insert((place.space, place.epoch), key);
            }
        }
        self.0.len() - before
    }

    /// Takes the key of the epoch before a rotation that this device can read.
    ///
    /// # Errors
    /// [`KeyError`]: an alarm that names the rotator (V8); its entry stands. `Ok` where there is nothing to take.
    pub fn unwrap_previous(&mut self, state: &State, rotate: &Rotate) -> Result<(), KeyError> {
        let Some(wrap) = &rotate.prev_wrap else { return Ok(()) };
        let Some(key) = self.get(rotate.space, rotate.epoch) else { return Ok(()) };
        let ended = rotate.epoch - 1;
        let committed = commitment(state, rotate.space, ended).ok_or(KeyError::WrongKey)?;
        let place = KeyPlace { workspace: state.workspace(), space: rotate.space, epoch: rotate.epoch };
        let previous = key.unwrap_previous(wrap, &place, &committed)?;
        self.0.insert((rotate.space, ended), previous);
        Ok(())
    }

    /// Wipes every key of a space: its reader was removed, or its account deleted (V11).
    pub fn forget(&mut self, space: SpaceId) {
        self.0.retain(|(held, _), _| *held != space);
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyRing({} keys)", self.0.len())
    }
}

fn commitment(state: &State, space: SpaceId, epoch: u64) -> Option<Commitment> {
    Some(state.live_space(space).ok()?.epoch_at(epoch)?.commit)
}
