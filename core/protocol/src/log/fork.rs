//! V2: two entries at one seq, kept as evidence that anybody with the log can check.

use crate::entry::SignedEntry;
use crate::ids::Head;

use super::{ChainError, EntryError, Log};

/// Two authentic entries at one seq of one workspace: the server, or a member, shows different people different logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForkEvidence {
    /// The entry on this log.
    pub held: SignedEntry,
    /// The other one.
    pub other: SignedEntry,
}

impl ForkEvidence {
    /// Whether one device signed both: it is at fault itself, or its key is in other hands.
    pub fn is_one_device_signing_twice(&self) -> bool {
        self.held.entry.by == self.other.entry.by
    }
}

impl Log {
    /// Checks that `held` is this log's entry at its seq and `other` an authentic second one.
    ///
    /// # Errors
    /// [`ChainError::NotNext`] where `held` is not on this log; otherwise why `other` is no evidence, as
    /// [`Log::verify_next`] names it.
    pub fn fork_evidence(&self, held: &[u8], other: &[u8]) -> Result<ForkEvidence, EntryError> {
        let (held_entry, other_entry) = (SignedEntry::decode(held)?, SignedEntry::decode(other)?);
        if self.head_at(held_entry.entry.seq) != Some(Head::of_entry(held)) {
            return Err(ChainError::NotNext.into());
        }
        let seq = held_entry.entry.seq;
        match self.check_place(&other_entry.entry, Head::of_entry(other), other) {
            Err(EntryError::Chain(ChainError::Fork { seq: found })) if found == seq => {
                Ok(ForkEvidence { held: held_entry, other: other_entry })
            }
            Err(error) => Err(error),
            Ok(()) => Err(ChainError::NotNext.into()),
        }
    }
}
