//! HPKE base mode (RFC 9180) of suite 1: DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM, one message a box.
//!
//! Base mode, because a box needs no sender: what makes a key authentic is its commitment in the signed log.
//! The ephemeral key is made from the [`Entropy`] port, and a low-order recipient key is refused here, where the
//! shared secret would be zero.

use std::convert::Infallible;

use hpke::aead::{AeadTag, AesGcm256};
use hpke::inout::InOutBuf;
use hpke::kdf::HkdfSha256;
use hpke::kem::X25519HkdfSha256;
use hpke::rand_core::{TryCryptoRng, TryRng};
use hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use zeroize::Zeroizing;

use crate::entropy::{Entropy, EntropyError};

/// The X25519 secret key of a device, clamped, wiped when dropped.
pub(crate) type PrivateKey = <X25519HkdfSha256 as Kem>::PrivateKey;
type PublicKey = <X25519HkdfSha256 as Kem>::PublicKey;
type EncappedKey = <X25519HkdfSha256 as Kem>::EncappedKey;

/// Length of the encapsulated key that begins a message.
const ENC: usize = 32;

/// Why nothing was sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SealFailed {
    /// The randomness for the ephemeral key was not to be had.
    Entropy(EntropyError),
    /// The recipient's key is a point of low order: the shared secret would be zero.
    WeakRecipient,
}

/// The secret key of `bytes` (clamped, RFC 7748 section 5).
pub(crate) fn private_key(bytes: &[u8; 32]) -> PrivateKey {
    PrivateKey::from_bytes(bytes).expect("32 bytes are an X25519 key")
}

/// The clamped bytes of `secret`.
pub(crate) fn private_bytes(secret: &PrivateKey) -> Zeroizing<[u8; 32]> {
    let mut bytes = Zeroizing::new([0; 32]);
    secret.write_exact(&mut bytes[..]);
    bytes
}

/// The public key that belongs to `secret`.
pub(crate) fn public_key(secret: &PrivateKey) -> [u8; 32] {
    X25519HkdfSha256::sk_to_pk(secret).to_bytes().into()
}

/// `enc | ciphertext | tag` of `plaintext` for the holder of `recipient`.
pub(crate) fn seal(
    recipient: &[u8; 32],
    info: &[u8],
    aad: &[u8],
    plaintext: &[u8],
    entropy: &dyn Entropy,
) -> Result<Vec<u8>, SealFailed> {
    let recipient = PublicKey::from_bytes(recipient).expect("32 bytes are an X25519 key");
    let mut rng = Recorded { entropy, failed: false };
    let mut message = Vec::with_capacity(ENC + plaintext.len() + crate::aead::TAG);
    message.extend_from_slice(&[0; ENC]);
    message.extend_from_slice(plaintext);
    let outcome = hpke::single_shot_seal_inout_detached_with_rng::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
        &OpModeS::Base,
        &recipient,
        info,
        InOutBuf::from(&mut message[ENC..]),
        aad,
        &mut rng,
    );
    // Asked first: bytes that stand in for missing randomness must never be seen by anyone.
    if rng.failed {
        return Err(SealFailed::Entropy(EntropyError));
    }
    let (enc, tag) = outcome.map_err(|_| SealFailed::WeakRecipient)?;
    message[..ENC].copy_from_slice(&enc.to_bytes());
    message.extend_from_slice(&tag.to_bytes());
    Ok(message)
}

/// The plaintext of a message that [`seal`] made for `secret`, or `None` for anything else.
pub(crate) fn open(
    secret: &PrivateKey,
    info: &[u8],
    aad: &[u8],
    message: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    let (enc, sealed) = message.split_at_checked(ENC)?;
    let (ciphertext, tag) = sealed.split_last_chunk::<{ crate::aead::TAG }>()?;
    let mut plaintext = Zeroizing::new(vec![0; ciphertext.len()]);
    hpke::single_shot_open_inout_detached::<AesGcm256, HkdfSha256, X25519HkdfSha256>(
        &OpModeR::Base,
        secret,
        &EncappedKey::from_bytes(enc).ok()?,
        info,
        InOutBuf::new(ciphertext, &mut plaintext[..]).ok()?,
        aad,
        &AeadTag::from_bytes(tag).ok()?,
    )
    .ok()?;
    Some(plaintext)
}

/// Hands the port's bytes to HPKE, whose generator may not fail, and remembers a failure so that nothing made
/// from it leaves [`seal`].
struct Recorded<'a> {
    entropy: &'a dyn Entropy,
    failed: bool,
}

impl TryRng for Recorded<'_> {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.failed |= self.entropy.fill(bytes).is_err();
        Ok(())
    }
}

impl TryCryptoRng for Recorded<'_> {}
