//! What the unit tests share: entropy from a seed, entropy that fails, ids that are easy to tell apart.

use std::sync::atomic::{AtomicU64, Ordering};

use countersign_protocol::ids::{SpaceId, WorkspaceId};
use sha2::{Digest, Sha256};

use crate::entropy::{Entropy, EntropyError};
use crate::space_key::KeyPlace;

/// SHA-256 over a seed and a counter: the same bytes in each run.
pub(crate) struct Seeded {
    seed: u64,
    blocks: AtomicU64,
}

impl Seeded {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, blocks: AtomicU64::new(0) }
    }
}

impl Entropy for Seeded {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        for chunk in bytes.chunks_mut(32) {
            let block = self.blocks.fetch_add(1, Ordering::Relaxed);
            let digest = Sha256::new()
                .chain_update(self.seed.to_be_bytes())
                .chain_update(block.to_be_bytes())
                .finalize();
            chunk.copy_from_slice(&digest[..chunk.len()]);
        }
        Ok(())
    }
}

/// Gives out what a vector says, then fails.
pub(crate) struct Fixed(pub(crate) std::sync::Mutex<Vec<u8>>);

impl Entropy for Fixed {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        let mut left = self.0.lock().map_err(|_| EntropyError)?;
        if left.len() < bytes.len() {
            return Err(EntropyError);
        }
        let rest = left.split_off(bytes.len());
        bytes.copy_from_slice(&left);
        *left = rest;
        Ok(())
    }
}

/// A source that fails after `left` fills, having written half of what was asked.
pub(crate) struct Failing {
    left: AtomicU64,
}

impl Failing {
    pub(crate) fn after(fills: u64) -> Self {
        Self { left: AtomicU64::new(fills) }
    }
}

impl Entropy for Failing {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), EntropyError> {
        let left = self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1));
        let half = bytes.len() / 2;
        let filled = if left.is_ok() { bytes.len() } else { half };
        bytes[..filled].fill(0x5A);
        left.map(|_| ()).map_err(|_| EntropyError)
    }
}

pub(crate) fn workspace(tag: u8) -> WorkspaceId {
    WorkspaceId::from_bytes([tag; 16])
}

pub(crate) fn place(tag: u8, epoch: u64) -> KeyPlace {
    KeyPlace { workspace: workspace(tag), space: SpaceId::from_bytes([tag + 1; 16]), epoch }
}
