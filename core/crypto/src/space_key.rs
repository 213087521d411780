//! Space keys: every access level is a key, and the log says which key is the right one.
//!
//! The log never has a key, only its commitment (V5). So whoever offers a key, in a box or wrapped under the next
//! one, can offer the committed one or be refused.

use countersign_protocol::ids::{Commitment, SpaceId, WorkspaceId};
use countersign_protocol::limits::PREV_WRAP_BYTES;
use countersign_protocol::op::PrevWrap;
use subtle::ConstantTimeEq;

use crate::entropy::{self, Entropy, EntropyError};
use crate::local::{AtRestError, LocalKey, Place};
use crate::secret::{self, SecretBytes, secret_newtype};
use crate::{aead, kdf};

secret_newtype! {
    /// The key `SK[s, e]` of one space in one epoch: 32 random bytes.
    pub struct SpaceKey([u8; 32]) in space_key;
}

/// A key was offered that the log does not commit to, or nothing that opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// It does not open: made for another device, space, epoch or key, or altered on the way.
    #[error("open a sealed key")]
    DoesNotOpen,
    /// It opens to a key other than the committed one (V5).
    #[error("match a key with its commitment in the log")]
    WrongKey,
}

impl KeyError {
    /// The error's stable name, as vectors have it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::DoesNotOpen => "DoesNotOpen",
            Self::WrongKey => "WrongKey",
        }
    }
}

impl SpaceKey {
    /// The key of a new space, or of the next epoch.
    ///
    /// # Errors
    /// [`EntropyError`] when the source of randomness fails.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        Ok(Self(secret::random(entropy)?))
    }

    /// `HKDF-Expand(SK, "cs/1/commit", 32)`: says which key is meant and nothing about it.
    pub fn commitment(&self) -> Commitment {
        Commitment::from_bytes(*kdf::expand(&self.0, &[b"cs/1/commit"]))
    }

    /// Takes `bytes` as the key that `commitment` names.
    pub(crate) fn committed(bytes: &[u8], commitment: &Commitment) -> Result<Self, KeyError> {
        let mut key: SecretBytes<32> = secret::zeros();
        if bytes.len() != key.len() {
            return Err(KeyError::WrongKey);
        }
        key.copy_from_slice(bytes);
        let key = Self(key);
        let same: bool = key.commitment().as_bytes().ct_eq(commitment.as_bytes()).into();
        if same { Ok(key) } else { Err(KeyError::WrongKey) }
    }

    pub(crate) fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The key of the epoch before, sealed under this one of `epoch`, for readers who come later.
    ///
    /// # Errors
    /// [`EntropyError`] when the source of randomness fails.
    pub fn wrap_previous(
        &self,
        previous: &Self,
        place: &KeyPlace,
        entropy: &dyn Entropy,
    ) -> Result<PrevWrap, EntropyError> {
        let nonce: [u8; NONCE] = entropy::public(entropy)?;
        let mut sealed = Vec::with_capacity(previous.0.len() + aead::TAG);
        sealed.extend_from_slice(previous.bytes());
        aead::seal(&self.wrapping_key(), &nonce, &place.wrap_aad(), &mut sealed);
        let mut wrap = [0; PREV_WRAP_BYTES];
        wrap[..NONCE].copy_from_slice(&nonce);
        wrap[NONCE..].copy_from_slice(&sealed);
        Ok(PrevWrap(wrap))
    }

    /// The key of the epoch before, which must be the one that the log committed to then.
    ///
    /// # Errors
    /// [`KeyError`]: an alarm that names the entry's author; the entry stands (V8).
    pub fn unwrap_previous(
        &self,
        wrap: &PrevWrap,
        place: &KeyPlace,
        committed_before: &Commitment,
    ) -> Result<Self, KeyError> {
        let (nonce, sealed) = wrap.0.split_first_chunk::<NONCE>().ok_or(KeyError::DoesNotOpen)?;
        let key = aead::open(&self.wrapping_key(), nonce, &place.wrap_aad(), sealed)
            .map_err(|_| KeyError::DoesNotOpen)?;
        Self::committed(&key, committed_before)
    }

    fn wrapping_key(&self) -> zeroize::Zeroizing<[u8; 32]> {
        kdf::expand(&self.0, &[b"cs/1/prev"])
    }

    /// This key sealed for this phone's own storage.
    ///
    /// # Errors
    /// [`EntropyError`] when the source of randomness fails.
    pub fn seal_at_rest(
        &self,
        place: &KeyPlace,
        local: &LocalKey,
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, EntropyError> {
        local.seal(Place::SpaceKey(place.space, place.epoch), self.bytes(), entropy)
    }

    /// Takes back what [`seal_at_rest`](Self::seal_at_rest) made; the log's commitment decides here too.
    ///
    /// # Errors
    /// [`AtRestError`] when the bytes were made for another place or under another key.
    pub fn open_at_rest(
        place: &KeyPlace,
        commitment: &Commitment,
        sealed: &[u8],
        local: &LocalKey,
    ) -> Result<Self, AtRestError> {
        let key = local.open(Place::SpaceKey(place.space, place.epoch), sealed)?;
        Self::committed(&key, commitment).map_err(|_| AtRestError)
    }
}

const NONCE: usize = 12;

/// Which key is meant: its workspace, space and epoch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyPlace {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The space.
    pub space: SpaceId,
    /// Counts from 1.
    pub epoch: u64,
}

impl KeyPlace {
    fn wrap_aad(&self) -> Vec<u8> {
        PrevWrap::aad(self.workspace, self.space, self.epoch)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Failing, Seeded, place};

    fn keys() -> (SpaceKey, SpaceKey) {
        let entropy = Seeded::new(11);
        (SpaceKey::generate(&entropy).unwrap(), SpaceKey::generate(&entropy).unwrap())
    }

    #[test]
    fn a_later_reader_reaches_the_key_before() {
        let (before, now) = keys();
        let wrap = now.wrap_previous(&before, &place(1, 2), &Seeded::new(12)).unwrap();
        let back = now.unwrap_previous(&wrap, &place(1, 2), &before.commitment()).unwrap();
        assert_eq!(back.bytes(), before.bytes());
    }

    #[test]
    fn hostile_wrap_of_another_key_is_refused_by_the_commitment() {
        let (before, now) = keys();
        let wrap = now.wrap_previous(&now, &place(1, 2), &Seeded::new(12)).unwrap();
        let refused = now.unwrap_previous(&wrap, &place(1, 2), &before.commitment());
        assert_eq!(refused.unwrap_err(), KeyError::WrongKey);
    }

    #[test]
    fn hostile_wrap_moved_to_another_place_or_altered_does_not_open() {
        let (before, now) = keys();
        let wrap = now.wrap_previous(&before, &place(1, 2), &Seeded::new(12)).unwrap();
        for moved in [place(2, 2), place(1, 3), KeyPlace { space: place(5, 2).space, ..place(1, 2) }] {
            let refused = now.unwrap_previous(&wrap, &moved, &before.commitment());
            assert_eq!(refused.unwrap_err(), KeyError::DoesNotOpen);
        }
        for bit in 0..PREV_WRAP_BYTES * 8 {
            let mut altered = wrap;
            altered.0[bit / 8] ^= 1 << (bit % 8);
            let refused = now.unwrap_previous(&altered, &place(1, 2), &before.commitment());
            assert_eq!(refused.unwrap_err(), KeyError::DoesNotOpen);
        }
    }

    #[test]
    fn a_commitment_says_nothing_that_two_keys_share() {
        let (one, other) = keys();
        assert_ne!(one.commitment(), other.commitment());
        assert_ne!(one.commitment().as_bytes(), one.bytes());
    }

    #[test]
    fn without_randomness_there_is_neither_key_nor_wrap() {
        let (before, now) = keys();
        assert_eq!(SpaceKey::generate(&Failing::after(0)).unwrap_err(), EntropyError);
        assert_eq!(now.wrap_previous(&before, &place(1, 2), &Failing::after(0)).unwrap_err(), EntropyError);
    }

    #[test]
    fn a_key_at_rest_opens_in_its_place_only() {
        let (key, other) = keys();
        let local = LocalKey::generate(&Seeded::new(13)).unwrap();
        let sealed = key.seal_at_rest(&place(1, 1), &local, &Seeded::new(14)).unwrap();
        let open =
            |place, commitment: &Commitment| SpaceKey::open_at_rest(&place, commitment, &sealed, &local);
        assert_eq!(open(place(1, 1), &key.commitment()).unwrap().bytes(), key.bytes());
        assert_eq!(open(place(1, 2), &key.commitment()).unwrap_err(), AtRestError);
        assert_eq!(open(place(1, 1), &other.commitment()).unwrap_err(), AtRestError);
    }
}
