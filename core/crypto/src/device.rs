//! A device's two key pairs: one signs what it says, the other opens the boxes that are sealed for it.
//!
//! The suite stands in the signed device record and nowhere else. Nothing negotiates it, and a device that wants
//! another one is added anew.

use std::fmt;

use countersign_protocol::device::{DeviceRecord, ProvenDevice};
use countersign_protocol::ids::{DeviceId, PublicBoxKey, PublicSigningKey, Signature};
use countersign_protocol::numbers::{DeviceKind, Message, Suite};
use countersign_protocol::signature::signing_input;
use ed25519_dalek::Signer;
use zeroize::Zeroizing;

use crate::entropy::{Entropy, EntropyError};
use crate::hpke_base;
use crate::local::{AtRestError, LocalKey, Place};
use crate::secret;

/// An Ed25519 key that signs in the protocol's domains only (RFC 8032).
///
/// It cannot be cloned, printed or serialized; the last test is the control, so that each failure has one cause:
/// ```compile_fail,E0277
/// fn cloned<T: Clone>() {}
/// cloned::<countersign_crypto::device::SigningKey>();
/// ```
/// ```compile_fail,E0277
/// fn shown<T: std::fmt::Display>() {}
/// shown::<countersign_crypto::device::SigningKey>();
/// ```
/// ```compile_fail,E0277
/// fn written<T: serde::Serialize>() {}
/// written::<countersign_crypto::device::SigningKey>();
/// ```
/// ```
/// fn named<T: std::fmt::Debug>() {}
/// fn written<T: serde::Serialize>() {}
/// named::<countersign_crypto::device::SigningKey>();
/// written::<String>();
/// ```
pub struct SigningKey(Box<ed25519_dalek::SigningKey>);

impl SigningKey {
    pub(crate) fn from_seed(seed: &[u8; 32]) -> Self {
        Self(Box::new(ed25519_dalek::SigningKey::from_bytes(seed)))
    }

    /// The public half.
    pub fn public(&self) -> PublicSigningKey {
        PublicSigningKey::from_bytes(self.0.verifying_key().to_bytes())
    }

    /// The signature over the concatenation of `parts`, in the domain of `message`.
    pub fn sign(&self, message: Message, parts: &[&[u8]]) -> Signature {
        self.sign_bare(&signing_input(message, parts))
    }

    /// The signature over bytes that begin with their domain already.
    pub(crate) fn sign_bare(&self, input: &[u8]) -> Signature {
        Signature::from_bytes(self.0.sign(input).to_bytes())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningKey(…)")
    }
}

/// The secret keys of one device in one workspace, with the public record that the log has of it.
///
/// They cannot be cloned, printed or serialized; the last test is the control, so that each failure has one cause:
/// ```compile_fail,E0277
/// fn cloned<T: Clone>() {}
/// cloned::<countersign_crypto::device::DeviceKeys>();
/// ```
/// ```compile_fail,E0277
/// fn shown<T: std::fmt::Display>() {}
/// shown::<countersign_crypto::device::DeviceKeys>();
/// ```
/// ```compile_fail,E0277
/// fn written<T: serde::Serialize>() {}
/// written::<countersign_crypto::device::DeviceKeys>();
/// ```
/// ```
/// fn named<T: std::fmt::Debug>() {}
/// fn written<T: serde::Serialize>() {}
/// named::<countersign_crypto::device::DeviceKeys>();
/// written::<String>();
/// ```
pub struct DeviceKeys {
    signing: SigningKey,
    boxing: Box<hpke_base::PrivateKey>,
    record: DeviceRecord,
    id: DeviceId,
}

impl DeviceKeys {
    /// A new phone or computer, of suite 1.
    ///
    /// # Errors
    /// [`EntropyError`] when the source of randomness fails.
    pub fn generate(entropy: &dyn Entropy) -> Result<Self, EntropyError> {
        let (signing, boxing) = (secret::random(entropy)?, secret::random(entropy)?);
        Ok(Self::of_suite_1(DeviceKind::Phone, &signing, &boxing))
    }

    /// The device on paper whose keys a kit's secret gives.
    pub(crate) fn of_kit(signing: &[u8; 32], boxing: &[u8; 32]) -> Self {
        Self::of_suite_1(DeviceKind::Kit, signing, boxing)
    }

    fn of_suite_1(kind: DeviceKind, signing: &[u8; 32], boxing: &[u8; 32]) -> Self {
        let signing = SigningKey::from_seed(signing);
        let boxing = Box::new(hpke_base::private_key(boxing));
        let record = DeviceRecord {
            suite: Suite::X25519,
            kind,
            signing_key: signing.public(),
            box_key: PublicBoxKey::from_bytes(hpke_base::public_key(&boxing)),
        };
        Self { signing, boxing, record, id: record.id() }
    }

    /// What the log has, or will have, of this device.
    pub const fn record(&self) -> &DeviceRecord {
        &self.record
    }

    /// The hash of [`record`](Self::record).
    pub const fn id(&self) -> DeviceId {
        self.id
    }

    /// The key that signs.
    pub const fn signing(&self) -> &SigningKey {
        &self.signing
    }

    /// The record with its proof of possession, as ops and offers carry it.
    pub fn proven(&self) -> ProvenDevice {
        ProvenDevice { record: self.record, pop: self.signing.sign(Message::Pop, &[&self.record.encode()]) }
    }

    pub(crate) const fn boxing(&self) -> &hpke_base::PrivateKey {
        &self.boxing
    }

    /// The keys of a phone or computer sealed for this phone's own storage. A kit's keys are sealed as its
    /// [`KitSecret`](crate::kit::KitSecret).
    ///
    /// # Errors
    /// [`EntropyError`] when the source of randomness fails.
    pub fn seal_at_rest(&self, local: &LocalKey, entropy: &dyn Entropy) -> Result<Vec<u8>, EntropyError> {
        let mut keys = Zeroizing::new([0; 64]);
        keys[..32].copy_from_slice(self.signing.0.as_bytes());
        keys[32..].copy_from_slice(&hpke_base::private_bytes(&self.boxing)[..]);
        local.seal(Place::Device(self.id), &keys[..], entropy)
    }

    /// Takes back what [`seal_at_rest`](Self::seal_at_rest) made for the phone or computer `id`.
    ///
    /// # Errors
    /// [`AtRestError`] when the bytes were made for another device or under another key.
    pub fn open_at_rest(id: DeviceId, sealed: &[u8], local: &LocalKey) -> Result<Self, AtRestError> {
        let keys = local.open(Place::Device(id), sealed)?;
        let (signing, boxing) = keys.split_first_chunk().ok_or(AtRestError)?;
        let keys = Self::of_suite_1(DeviceKind::Phone, signing, boxing.try_into().map_err(|_| AtRestError)?);
        if keys.id == id { Ok(keys) } else { Err(AtRestError) }
    }
}

impl fmt::Debug for DeviceKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DeviceKeys({}, …)", self.id)
    }
}

#[cfg(test)]
mod tests {
    use countersign_protocol::signature::verify;

    use super::*;
    use crate::testing::{Failing, Seeded};

    fn device() -> DeviceKeys {
        DeviceKeys::generate(&Seeded::new(41)).unwrap()
    }

    #[test]
    fn a_device_proves_that_it_holds_its_key() {
        assert!(device().proven().is_proven());
        assert!(device().record().can_be_boxed());
    }

    #[test]
    fn a_signature_is_good_in_its_own_domain_only() {
        let key = device().record().signing_key;
        let signature = device().signing().sign(Message::Login, &[b"one", b"two"]);
        assert!(verify(&key, Message::Login, &[b"onetwo"], &signature));
        for other in Message::ALL.iter().filter(|&&other| other != Message::Login) {
            assert!(!verify(&key, *other, &[b"onetwo"], &signature));
        }
    }

    #[test]
    fn keys_at_rest_come_back_for_their_device_only() {
        let local = LocalKey::generate(&Seeded::new(42)).unwrap();
        let sealed = device().seal_at_rest(&local, &Seeded::new(43)).unwrap();
        let back = DeviceKeys::open_at_rest(device().id(), &sealed, &local).unwrap();
        assert_eq!(back.record(), device().record());
        assert!(back.proven().is_proven());
        let other = DeviceKeys::generate(&Seeded::new(44)).unwrap();
        assert_eq!(DeviceKeys::open_at_rest(other.id(), &sealed, &local).unwrap_err(), AtRestError);
    }

    #[test]
    fn without_randomness_there_is_no_device_whichever_key_it_fails_at() {
        for fills in 0..2 {
            assert_eq!(DeviceKeys::generate(&Failing::after(fills)).unwrap_err(), EntropyError);
        }
    }
}
