//! Bytes under a passphrase: Argon2id (RFC 9106) makes a key of it, and that key seals.
//!
//! The file says which parameters it was made with, so they can rise over the years. A reader has a floor, below
//! which a file protects nothing, and a ceiling, above which a stranger's file would eat the device's memory.
//! `line | m | t | p (4 bytes each, big-endian) | salt16 | sealed`, where the first line says what it is.

use argon2::{Algorithm, Argon2, Block, Params, Version};
use countersign_crypto::entropy::{Entropy, EntropyError};
use countersign_crypto::local::{LocalKey, Place};
use zeroize::Zeroizing;

use super::Passphrase;

/// What the bytes are, as their first line says: one cannot be taken for the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// A store's local key.
    Vault,
    /// An exported backup.
    Backup,
}

impl Purpose {
    const fn line(self) -> &'static [u8] {
        match self {
            Self::Vault => b"countersign vault 1\n",
            Self::Backup => b"countersign backup 1\n",
        }
    }

    /// The first line without its version.
    fn name(self) -> &'static [u8] {
        let line = self.line();
        &line[..line.len() - 2]
    }
}

/// What Argon2id costs: memory in KiB, passes, lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cost {
    memory: u32,
    passes: u32,
    lanes: u32,
}

/// A cost below the floor or above the ceiling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("use a passphrase: its cost must be 19 MiB to 1 GiB, 2 to 16 passes, 1 to 8 lanes")]
pub struct CostOutOfRange;

impl Cost {
    /// 64 MiB, 3 passes, 4 lanes: the second choice of RFC 9106 section 4, for devices that share their memory.
    pub const USUAL: Self = Self { memory: 64 * 1024, passes: 3, lanes: 4 };
    /// 19 MiB, 2 passes, 1 lane: the least that a reader takes (OWASP, Password Storage Cheat Sheet).
    pub const LEAST: Self = Self { memory: 19 * 1024, passes: 2, lanes: 1 };

    /// # Errors
    /// [`CostOutOfRange`] outside 19 MiB to 1 GiB, 2 to 16 passes, 1 to 8 lanes.
    pub fn new(memory_kib: u32, passes: u32, lanes: u32) -> Result<Self, CostOutOfRange> {
        let in_range = (Self::LEAST.memory..=1024 * 1024).contains(&memory_kib)
            && (Self::LEAST.passes..=16).contains(&passes)
            && (Self::LEAST.lanes..=8).contains(&lanes);
        if in_range { Ok(Self { memory: memory_kib, passes, lanes }) } else { Err(CostOutOfRange) }
    }

    fn bytes(self) -> [u8; 12] {
        let mut bytes = [0; 12];
        for (chunk, number) in bytes.chunks_exact_mut(4).zip([self.memory, self.passes, self.lanes]) {
            chunk.copy_from_slice(&number.to_be_bytes());
        }
        bytes
    }

    fn from_bytes(bytes: &[u8; 12]) -> Result<Self, CostOutOfRange> {
        let number =
            |at: usize| bytes[at..at + 4].iter().fold(0_u32, |sum, &byte| sum << 8 | u32::from(byte));
        Self::new(number(0), number(4), number(8))
    }
}

/// Why bytes under a passphrase were not opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum SealedError {
    /// They begin otherwise.
    Foreign,
    /// A later version made them.
    Newer,
    /// Their cost is out of range.
    Cost,
    /// They end too early.
    CutShort,
    /// The passphrase is another, or the bytes were altered.
    DoesNotOpen,
}

const SALT: usize = 16;

/// Seals `plaintext` under `passphrase`.
pub(crate) fn seal_with(
    passphrase: &Passphrase,
    purpose: Purpose,
    cost: Cost,
    plaintext: &[u8],
    entropy: &dyn Entropy,
) -> Result<Vec<u8>, EntropyError> {
    let mut salt = [0; SALT];
    entropy.fill(&mut salt)?;
    let header = [purpose.line(), &cost.bytes(), &salt].concat();
    let sealed = key(passphrase, cost, &salt).seal(Place::Store(&header), plaintext, entropy)?;
    Ok([header, sealed].concat())
}

/// Opens what [`seal_with`] made for the same purpose.
pub(crate) fn open_with(
    passphrase: &Passphrase,
    purpose: Purpose,
    bytes: &[u8],
) -> Result<Zeroizing<Vec<u8>>, SealedError> {
    Sealed::read(purpose, bytes)?.open(passphrase)
}

/// What [`seal_with`] made, as far as it can be judged without the passphrase.
pub(crate) struct Sealed<'a> {
    cost: Cost,
    salt: &'a [u8; SALT],
    header: &'a [u8],
    body: &'a [u8],
}

impl<'a> Sealed<'a> {
    pub(crate) fn read(purpose: Purpose, bytes: &'a [u8]) -> Result<Self, SealedError> {
        let Some(rest) = bytes.strip_prefix(purpose.line()) else {
            let ours = bytes.len() >= purpose.line().len() && bytes.starts_with(purpose.name());
            return Err(if ours { SealedError::Newer } else { SealedError::Foreign });
        };
        let (cost, rest) = rest.split_first_chunk::<12>().ok_or(SealedError::CutShort)?;
        let (salt, sealed) = rest.split_first_chunk::<SALT>().ok_or(SealedError::CutShort)?;
        if sealed.len() < LocalKey::OVERHEAD {
            return Err(SealedError::CutShort);
        }
        let cost = Cost::from_bytes(cost).map_err(|_| SealedError::Cost)?;
        Ok(Self { cost, salt, header: &bytes[..bytes.len() - sealed.len()], body: sealed })
    }

    /// How many bytes were sealed.
    pub(crate) const fn length(&self) -> usize {
        self.body.len() - LocalKey::OVERHEAD
    }

    pub(crate) fn open(&self, passphrase: &Passphrase) -> Result<Zeroizing<Vec<u8>>, SealedError> {
        let key = key(passphrase, self.cost, self.salt);
        key.open(Place::Store(self.header), self.body).map_err(|_| SealedError::DoesNotOpen)
    }
}

fn key(passphrase: &Passphrase, cost: Cost, salt: &[u8; SALT]) -> LocalKey {
    let mut key = Zeroizing::new([0; 32]);
    let params = Params::new(cost.memory, cost.passes, cost.lanes, Some(key.len()))
        .expect("every cost in range is one that Argon2 takes");
    // Memory of our own, wiped: the passphrase can be tried against what would be left in it.
    let mut blocks = Zeroizing::new(vec![Block::default(); params.block_count()]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into_with_memory(passphrase.expose().as_bytes(), salt, &mut key[..], &mut blocks[..])
        .expect("salt, key and memory have lengths that Argon2 takes");
    LocalKey::from_bytes(&key)
}

#[cfg(test)]
mod tests {
    use countersign_crypto::entropy::OsEntropy;

    use super::*;

    fn passphrase(text: &str) -> Passphrase {
        Passphrase::new(text).unwrap()
    }

    fn sealed() -> Vec<u8> {
        seal_with(&passphrase("correct horse"), Purpose::Vault, Cost::LEAST, b"key", &OsEntropy).unwrap()
    }

    #[test]
    fn only_the_same_passphrase_opens_and_only_for_the_same_purpose() {
        let sealed = sealed();
        let open = |text, purpose| open_with(&passphrase(text), purpose, &sealed).map(|bytes| bytes.to_vec());
        assert_eq!(open("correct horse", Purpose::Vault), Ok(b"key".to_vec()));
        assert_eq!(open("correct house", Purpose::Vault), Err(SealedError::DoesNotOpen));
        assert_eq!(open("correct horse", Purpose::Backup), Err(SealedError::Foreign));
    }

    #[test]
    fn a_cost_that_protects_nothing_or_eats_the_memory_is_refused_before_it_is_paid() {
        for (at, value) in [(20, [0, 0, 0, 8]), (20, [0xFF; 4]), (24, [0, 0, 0, 1]), (28, [0, 0, 0, 9])] {
            let mut bytes = sealed();
            bytes[at..at + 4].copy_from_slice(&value);
            let refused = open_with(&passphrase("correct horse"), Purpose::Vault, &bytes);
            assert_eq!(refused.unwrap_err(), SealedError::Cost);
        }
    }

    #[test]
    fn a_file_of_a_later_version_says_so() {
        let mut bytes = sealed();
        bytes[18] = b'2';
        let refused = open_with(&passphrase("correct horse"), Purpose::Vault, &bytes);
        assert_eq!(refused.unwrap_err(), SealedError::Newer);
    }
}
