//! V2: two entries of which one log can hold but one, kept as evidence that anybody with the log can check.

use crate::entry::SignedEntry;
use crate::ids::Head;

use super::{ChainError, EntryError, Log};

/// Two authentic entries that lie on different logs of one workspace: the server, or a member, shows different people
/// different ones. They have one seq, or the other one is the next and follows another entry than the one held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ForkEvidence {
    /// The entry on this log.
    pub held: SignedEntry,
    /// The other one.
    pub other: SignedEntry,
}

impl ForkEvidence {
    /// Whether one device signed both for one seq: it is at fault itself, or its key is in other hands.
    pub fn is_one_device_signing_twice(&self) -> bool {
        let (held, other) = (&self.held.entry, &self.other.entry);
        held.by == other.by && held.seq == other.seq
    }
}

impl Log {
    /// Checks that `held` is on this log, and `other` an authentic entry that a log with `held` on it cannot hold: another
    /// one with its seq, or one with the next seq that follows another entry. The log may have gone on since.
    ///
    /// # Errors
    /// [`ChainError::NotNext`] where `held` is not on this log or both fit on one; otherwise why `other` is no evidence, as
    /// [`Log::verify_next`] names it.
    pub fn fork_evidence(&self, held: &[u8], other: &[u8]) -> Result<ForkEvidence, EntryError> {
        let (held_entry, other_entry) = (SignedEntry::decode(held)?, SignedEntry::decode(other)?);
        let (seq, held_head) = (held_entry.entry.seq, Head::of_entry(held));
        if self.head_at(seq) != Some(held_head) {
            return Err(ChainError::NotNext.into());
        }
        let next = &other_entry.entry;
        match self.check_place(next, Head::of_entry(other), other) {
            Err(EntryError::Chain(ChainError::Fork { seq: found })) if found == seq => {}
            // The seq after: whatever this log has there by now, it follows `held`.
            Err(EntryError::Chain(
                ChainError::Fork { seq: found } | ChainError::ForkBefore { seq: found },
            )) if found == seq + 1 && next.prev != held_head => {}
            Err(error) => return Err(error),
            Ok(()) => return Err(ChainError::NotNext.into()),
        }
        Ok(ForkEvidence { held: held_entry, other: other_entry })
    }
}
