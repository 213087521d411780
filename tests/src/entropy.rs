//! Randomness from a seed: the same bytes in each run, for vectors and for tests that must be repeatable.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use countersign_crypto::entropy::{Entropy, EntropyError};
use sha2::{Digest, Sha256};

/// `SHA-256("countersign test entropy" | seed | block)`, block after block. Good for nothing that is real.
#[derive(Debug)]
pub struct Seeded {
    seed: u64,
    blocks: AtomicU64,
}

impl Seeded {
    /// The source that begins with the first block of `seed`.
    pub const fn new(seed: u64) -> Self {
        Self { seed, blocks: AtomicU64::new(0) }
    }
}

impl Entropy for Seeded {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        for chunk in bytes.chunks_mut(32) {
            let block = self.blocks.fetch_add(1, Ordering::Relaxed);
            let mut hash = Sha256::new_with_prefix(b"countersign test entropy");
            hash.update(self.seed.to_be_bytes());
            hash.update(block.to_be_bytes());
            chunk.copy_from_slice(&hash.finalize()[..chunk.len()]);
        }
        Ok(())
    }
}

/// Gives out the bytes that a vector lists, in order, and then fails.
#[derive(Debug)]
pub struct Given(Mutex<VecDeque<u8>>);

impl Given {
    /// The source of exactly these bytes, one part after the other.
    pub fn new(parts: &[&[u8]]) -> Self {
        Self(Mutex::new(parts.concat().into()))
    }
}

impl Entropy for Given {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        let mut left = self.0.lock().map_err(|_| EntropyError)?;
        if left.len() < bytes.len() {
            return Err(EntropyError);
        }
        bytes.fill_with(|| left.pop_front().unwrap_or_default());
        Ok(())
    }
}
