//! V2: a device never signs two entries for one place of the log.
//!
//! Two such entries are a fork that names the device, whoever was at fault. A device that signs, loses the answer and
//! signs anew would make one: so what was signed last goes into the next flow, and a second entry there is refused.

use countersign_protocol::DecodeError;
use countersign_protocol::entry::{Entry, SignedEntry};
use countersign_protocol::ids::Head;

use super::FlowError;

/// What a device signed last, and nobody has answered yet. It is stored as the entry itself, before that is sent.
///
/// It is dropped when the server refuses the entry by name (not by 409, which says that the head moved): only then may
/// the device sign another one there. When the head has moved past it, it forbids nothing any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outstanding {
    seq: u64,
    head: Head,
}

impl Outstanding {
    /// What the signed entry stands for, as it was stored.
    ///
    /// # Errors
    /// [`DecodeError`], where `wire` is no entry.
    pub fn read(wire: &[u8]) -> Result<Self, DecodeError> {
        Ok(Self { seq: SignedEntry::decode(wire)?.entry.seq, head: Head::of_entry(wire) })
    }

    /// The same, of an entry that was just signed.
    pub(super) fn of(entry: &Entry, head: Head) -> Self {
        Self { seq: entry.seq, head }
    }

    /// Whether another entry may be signed after this one: the same once more, or one for a later place.
    pub(super) fn check(self, next: Self) -> Result<(), FlowError> {
        if next.seq > self.seq || next == self {
            Ok(())
        } else {
            Err(FlowError::AlreadySigned { seq: next.seq })
        }
    }
}
