//! AES-256-GCM, always under a key and nonce that encrypt one message only.
//!
//! Both directions work without copying a ciphertext: sealing turns the plaintext's own buffer into the
//! ciphertext, opening reads a borrowed ciphertext and writes the plaintext into memory that wipes itself.

use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::{AeadInOut, Aes256Gcm, KeyInit};
use zeroize::Zeroizing;

/// Length of the authentication tag that ends every ciphertext.
pub(crate) const TAG: usize = 16;

/// The ciphertext, its associated data, the key or the nonce are not what was sealed; which one cannot be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct DoesNotOpen;

/// Encrypts `buffer` where it lies and appends the tag.
///
/// Give `buffer` [`TAG`] bytes of spare capacity, or growing it leaves a copy of the plaintext in freed memory.
pub(crate) fn seal(key: &[u8; 32], nonce: &[u8; 12], aad: &[u8], buffer: &mut Vec<u8>) {
    let tag = Aes256Gcm::new(key.into())
        .encrypt_inout_detached(nonce.into(), aad, InOutBuf::from(&mut buffer[..]))
        .expect("no message of the protocol comes near AES-GCM's limit of 64 GiB");
    buffer.extend_from_slice(&tag);
}

/// Decrypts a ciphertext with its tag; nothing is written before the tag has been checked.
pub(crate) fn open(
    key: &[u8; 32],
    nonce: &[u8; 12],
    aad: &[u8],
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, DoesNotOpen> {
    let (ciphertext, tag) = sealed.split_last_chunk::<TAG>().ok_or(DoesNotOpen)?;
    let mut plaintext = Zeroizing::new(vec![0; ciphertext.len()]);
    let buffer = InOutBuf::new(ciphertext, &mut plaintext[..]).expect("both have the ciphertext's length");
    Aes256Gcm::new(key.into())
        .decrypt_inout_detached(nonce.into(), aad, buffer, tag.into())
        .map_err(|_| DoesNotOpen)?;
    Ok(plaintext)
}

/// Splits 44 derived bytes into the key and nonce of one encryption.
pub(crate) fn key_and_nonce(derived: &[u8; 44]) -> (Zeroizing<[u8; 32]>, [u8; 12]) {
    let (mut key, mut nonce) = (Zeroizing::new([0; 32]), [0; 12]);
    key.copy_from_slice(&derived[..32]);
    nonce.copy_from_slice(&derived[32..]);
    (key, nonce)
}
