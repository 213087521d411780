//! Secrets at rest on one phone, under the local key that the platform guards (Keystore, Keychain).
//!
//! What is sealed is bound to its place: a database whose rows were exchanged opens nothing. The key itself never
//! leaves the host's vault but to be handed in here.

use countersign_protocol::ids::{DeviceId, SpaceId, WorkspaceId};
use zeroize::Zeroizing;

use crate::entropy::{self, Entropy, EntropyError};
use crate::secret::{self, secret_newtype};
use crate::{aead, kdf};

secret_newtype! {
    /// The 32 random bytes that the platform keeps for this app.
    pub struct LocalKey([u8; 32]) in local;
}

/// What was stored does not open under this local key at this place: the key is another, or the data is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("open what this device had sealed for itself")]
pub struct AtRestError;

/// What a secret at rest is, and whose.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place<'a> {
    /// A device's own two secret keys.
    Device(DeviceId),
    /// A space key, of this epoch.
    SpaceKey(SpaceId, u64),
    /// A kit that is not saved on paper yet.
    Kit(WorkspaceId),
    /// An invite's secret, while this phone waits to be let in.
    Invite(WorkspaceId),
    /// Anything else that the host's store seals, under a name of its own.
    Store(&'a [u8]),
}

impl Place<'_> {
    /// The place as bytes that no other place has.
    fn bytes(&self) -> Vec<u8> {
        let parts: [&[u8]; 3] = match self {
            Self::Device(id) => [b"d", id.as_bytes(), &[]],
            Self::SpaceKey(space, epoch) => [b"s", space.as_bytes(), &epoch.to_be_bytes()],
            Self::Kit(workspace) => [b"k", workspace.as_bytes(), &[]],
            Self::Invite(workspace) => [b"i", workspace.as_bytes(), &[]],
            Self::Store(name) => [b"x", name, &[]],
        };
        parts.concat()
    }
}

impl LocalKey {
    /// A new local key, for the platform to keep.
    ///
    /// # Errors
    /// [`EntropyError`] when the source of randomness fails.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        Ok(Self(secret::random(entropy)?))
    }

    /// The key that the platform handed back; whoever calls wipes `bytes`.
    pub fn from_bytes(bytes: &[u8; 32]) -> Self {
        Self(secret::copied(bytes))
    }

    /// The bytes to hand to the platform.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// How many bytes more are sealed than there were.
    pub const OVERHEAD: usize = SALT + aead::TAG;

    /// Seals `plaintext` for `place`: salt (32 bytes), ciphertext, tag (16).
    ///
    /// # Errors
    /// [`EntropyError`] when the source of randomness fails.
    pub fn seal(
        &self,
        place: Place<'_>,
        plaintext: &[u8],
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, EntropyError> {
        let salt: [u8; SALT] = entropy::public(entropy)?;
        let mut ciphertext = Vec::with_capacity(plaintext.len() + aead::TAG);
        ciphertext.extend_from_slice(plaintext);
        let (key, nonce) = self.key_and_nonce(&salt);
        aead::seal(&key, &nonce, &place.bytes(), &mut ciphertext);
        Ok([&salt[..], &ciphertext].concat())
    }

    /// Opens what [`seal`](Self::seal) made for the same place.
    ///
    /// # Errors
    /// [`AtRestError`] for anything else.
    pub fn open(&self, place: Place<'_>, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, AtRestError> {
        let (salt, ciphertext) = sealed.split_first_chunk::<SALT>().ok_or(AtRestError)?;
        let (key, nonce) = self.key_and_nonce(salt);
        aead::open(&key, &nonce, &place.bytes(), ciphertext).map_err(|_| AtRestError)
    }

    fn key_and_nonce(&self, salt: &[u8; SALT]) -> (Zeroizing<[u8; 32]>, [u8; 12]) {
        aead::key_and_nonce(&kdf::derive(&self.0[..], salt, &[b"cs/1/local"]))
    }
}

const SALT: usize = 32;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{Failing, Seeded, workspace};

    fn key(seed: u64) -> LocalKey {
        LocalKey::generate(&Seeded::new(seed)).unwrap()
    }

    #[test]
    fn what_was_sealed_opens_with_the_same_key_at_the_same_place() {
        let sealed = key(1).seal(Place::Store(b"search index"), b"plain", &Seeded::new(2)).unwrap();
        let handed_back = LocalKey::from_bytes(key(1).as_bytes());
        assert_eq!(**handed_back.open(Place::Store(b"search index"), &sealed).unwrap(), *b"plain");
    }

    #[test]
    fn hostile_database_with_exchanged_or_altered_rows_opens_nothing() {
        let sealed = key(1).seal(Place::Kit(workspace(1)), b"plain", &Seeded::new(2)).unwrap();
        for place in [
            Place::Kit(workspace(2)),
            Place::Invite(workspace(1)),
            Place::Device(DeviceId::from_bytes([1; 16])),
            Place::SpaceKey(SpaceId::from_bytes([1; 16]), 1),
            Place::Store(&[1; 16]),
        ] {
            assert_eq!(key(1).open(place, &sealed).unwrap_err(), AtRestError);
        }
        assert_eq!(key(3).open(Place::Kit(workspace(1)), &sealed).unwrap_err(), AtRestError);
        for length in 0..sealed.len() {
            assert_eq!(key(1).open(Place::Kit(workspace(1)), &sealed[..length]).unwrap_err(), AtRestError);
        }
        for index in 0..sealed.len() {
            let mut altered = sealed.clone();
            altered[index] ^= 1;
            assert_eq!(key(1).open(Place::Kit(workspace(1)), &altered).unwrap_err(), AtRestError);
        }
    }

    #[test]
    fn the_same_secret_sealed_twice_looks_different() {
        let entropy = Seeded::new(2);
        let seal = || key(1).seal(Place::Store(b"x"), b"plain", &entropy).unwrap();
        assert_ne!(seal(), seal());
    }

    #[test]
    fn without_randomness_nothing_is_sealed() {
        assert_eq!(key(1).seal(Place::Store(b"x"), b"plain", &Failing::after(0)).unwrap_err(), EntropyError);
        assert_eq!(LocalKey::generate(&Failing::after(0)).unwrap_err(), EntropyError);
    }
}
