//! What one device did with one account: a chain that the device signs, readable by all who have the account.
//!
//! It is the device's own word: it may invent, leave out or restart. What it cannot do unseen is rewrite what
//! others have read, because each entry carries the hash of the one before.

use std::fmt;

use countersign_protocol::DecodeError;
use countersign_protocol::ids::UserId;
use countersign_protocol::numbers::RecordType;
use sha2::{Digest, Sha256};

use super::Content;
use super::encoding::{Fields, Reader, Unknown, Writer, redacted};

/// Entries that a record keeps; older ones fall off its front.
pub const MAX_ACTIVITY_ENTRIES: usize = 100;

macro_rules! actions {
    ($($(#[$docs:meta])* $name:ident = $number:literal;)*) => {
        /// What was done.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Action {
            $($(#[$docs])* $name,)*
            /// Something that a later version knows; kept as it is.
            Later(u64),
        }

        impl Action {
            const fn number(self) -> u64 {
                match self { $(Self::$name => $number,)* Self::Later(number) => number }
            }

            const fn from_number(number: u64) -> Self {
                match number { $($number => Self::$name,)* later => Self::Later(later) }
            }
        }
    };
}

actions! {
    /// MFA was turned on.
    Enrolled = 1;
    /// A code was revealed.
    Viewed = 2;
    /// A code was copied.
    Copied = 3;
    /// The secret was replaced.
    Replaced = 4;
    /// A replaced secret was restored.
    Restored = 5;
    /// MFA was turned off.
    TurnedOff = 6;
    /// The account was exported.
    Exported = 7;
    /// The account was shared with the subject, or their role in it changed.
    Shared = 8;
    /// The subject's access was taken away.
    Unshared = 9;
    /// The card was edited.
    Edited = 10;
    /// Recovery codes were saved or changed.
    RecoveryCodesChanged = 11;
    /// Recovery codes were looked at.
    RecoveryCodesViewed = 12;
    /// The account was put into the bin.
    Removed = 13;
    /// The account was taken out of the bin.
    Unbinned = 14;
}

/// One thing done: `[n, ts, action, subject | empty, prev]`.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct ActivityEntry {
    /// Counts from 1 over the device's whole life with the account.
    pub number: u64,
    /// When the device says it was, in ms since the Unix epoch.
    pub at: u64,
    /// What was done.
    pub action: Action,
    /// The member it was done to.
    pub subject: Option<UserId>,
    /// The hash of the entry before; zeros at the first.
    prev: [u8; 32],
}

impl ActivityEntry {
    /// `SHA-256("cs/1/act" | entry)`.
    fn hash(&self) -> [u8; 32] {
        let mut hash = Sha256::new_with_prefix(b"cs/1/act");
        self.write(&mut Writer::to(&mut |bytes| hash.update(bytes)));
        hash.finalize().into()
    }
}

impl Fields for ActivityEntry {
    fn write(&self, writer: &mut Writer<'_>) {
        writer.array(5);
        writer.integer(self.number);
        writer.integer(self.at);
        writer.integer(self.action.number());
        writer.bytes(self.subject.as_ref().map_or(&[], |subject| subject.as_bytes()));
        writer.bytes(&self.prev);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let what = "an activity entry";
        let malformed = DecodeError::Malformed { what };
        if reader.length(5, what)? != 5 {
            return Err(malformed);
        }
        Ok(Self {
            number: reader.integer(what)?,
            at: reader.integer(what)?,
            action: Action::from_number(reader.integer(what)?),
            subject: match reader.bytes(what)? {
                [] => None,
                subject => Some(UserId::from_bytes(subject.try_into().map_err(|_| malformed)?)),
            },
            prev: reader.fixed(what)?,
        })
    }
}

redacted! { ActivityEntry }

/// The last entries of one device: `[1, [entry, …]]`, oldest first.
#[derive(Default)]
pub struct Activity {
    entries: Vec<ActivityEntry>,
    /// Fields of later versions.
    pub unknown: Unknown,
}

impl fmt::Debug for Activity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Activity({} entries)", self.entries.len())
    }
}

impl Activity {
    /// The entries, oldest first.
    pub fn entries(&self) -> &[ActivityEntry] {
        &self.entries
    }

    /// Adds what was just done; the oldest entry goes where there are too many.
    pub fn push(&mut self, at: u64, action: Action, subject: Option<UserId>) {
        let (number, prev) = self.entries.last().map_or((1, [0; 32]), |last| (last.number + 1, last.hash()));
        if self.entries.len() == MAX_ACTIVITY_ENTRIES {
            self.entries.remove(0);
        }
        self.entries.push(ActivityEntry { number, at, action, subject, prev });
    }

    /// Whether nothing that `earlier` showed was rewritten since. Entries may have fallen off the front; that as
    /// many were added that none of the earlier ones is left proves nothing, and counts as continued.
    pub fn continues(&self, earlier: &Self) -> bool {
        let Some(last) = earlier.entries.last() else { return true };
        match self.entries.first() {
            None => false,
            Some(first) if first.number > last.number + 1 => true,
            Some(first) if first.number == last.number + 1 => first.prev == last.hash(),
            Some(_) => self.entries.contains(last),
        }
    }

    fn is_chained(&self) -> bool {
        self.entries.iter().all(|entry| entry.number > 0 && (entry.number > 1 || entry.prev == [0; 32]))
            && self
                .entries
                .windows(2)
                .all(|pair| pair[1].number == pair[0].number + 1 && pair[1].prev == pair[0].hash())
    }
}

impl Content for Activity {
    const TYPE: RecordType = RecordType::Activity;
}

impl Fields for Activity {
    fn write(&self, writer: &mut Writer<'_>) {
        writer.versioned(1, &self.unknown);
        writer.array(self.entries.len());
        for entry in &self.entries {
            entry.write(writer);
        }
        writer.unknown(&self.unknown);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let later = reader.versioned(1, "an activity")?;
        let count = reader.length(MAX_ACTIVITY_ENTRIES as u64, "an activity")?;
        let entries = (0..count).map(|_| ActivityEntry::read(reader)).collect::<Result<_, _>>()?;
        let activity = Self { entries, unknown: reader.unknown(later)? };
        if activity.is_chained() {
            Ok(activity)
        } else {
            Err(DecodeError::Malformed { what: "an activity's chain" })
        }
    }
}
