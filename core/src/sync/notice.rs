//! What people must be told: alarms that name whoever is at fault, and questions that only a person can answer.

use countersign_protocol::ids::{AccountId, DeviceId, Head, RecordId, SpaceId};

use crate::store;

/// Something that people must be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// V2: the server shows another history from this entry on. Compare safety words.
    Fork {
        /// The entry.
        seq: u64,
    },
    /// V9: a record was written on another history than this one.
    ForkedRecord {
        /// The record.
        record: RecordId,
    },
    /// V7, V8: a rotation's manifest leaves out, lowers or exchanges records, or is missing.
    WrongManifest {
        /// The space.
        space: SpaceId,
        /// The device that made the rotation.
        by: DeviceId,
    },
    /// V8: a rotation gave no key, or a wrong one, for what was there before.
    WrongPrevious {
        /// The space.
        space: SpaceId,
        /// The device that made the rotation.
        by: DeviceId,
    },
    /// Two different secrets for one account: both are kept, and an Owner decides.
    TwoSecrets {
        /// The account.
        account: AccountId,
    },
    /// V7: a record whose author lost the right to it was left out by a rotation: keep it?
    LeftOut {
        /// The record.
        record: RecordId,
    },
    /// A change of the workspace that this device had signed was overtaken by another one, and is not valid any more.
    Overtaken,
    /// The server has refused by name a change of the workspace that this device had signed.
    Refused,
    /// V11: access ended before these changes were sent; they are gone.
    UnsentLost {
        /// How many.
        count: u64,
    },
}

impl Notice {
    /// As it is stored, with what proves it.
    pub(super) fn stored(self, evidence: Vec<u8>) -> store::Notice {
        let (kind, subject) = match self {
            Self::Fork { seq } => (1, seq.to_be_bytes().to_vec()),
            Self::ForkedRecord { record } => (2, record.as_bytes().to_vec()),
            Self::WrongManifest { space, by } => (3, [*space.as_bytes(), *by.as_bytes()].concat()),
            Self::WrongPrevious { space, by } => (4, [*space.as_bytes(), *by.as_bytes()].concat()),
            Self::TwoSecrets { account } => (5, account.as_bytes().to_vec()),
            Self::LeftOut { record } => (6, record.as_bytes().to_vec()),
            Self::Overtaken => (7, Head::of_entry(&evidence).as_bytes().to_vec()),
            Self::Refused => (9, Head::of_entry(&evidence).as_bytes().to_vec()),
            Self::UnsentLost { count } => (8, count.to_be_bytes().to_vec()),
        };
        store::Notice { kind, subject, evidence }
    }

    /// The same about an entry, which proves it.
    pub(super) fn about_entry(self, wire: &[u8]) -> store::Notice {
        self.stored(wire.to_vec())
    }

    /// Reads what [`stored`](Self::stored) wrote; `None` for what a later version stored.
    pub(crate) fn read(notice: &store::Notice) -> Option<Self> {
        let subject = &notice.subject[..];
        let pair = || {
            let (space, by) = subject.split_first_chunk()?;
            Some((SpaceId::from_bytes(*space), DeviceId::from_bytes(by.try_into().ok()?)))
        };
        let number = || Some(u64::from_be_bytes(subject.try_into().ok()?));
        let id = || <[u8; 16]>::try_from(subject).ok();
        Some(match notice.kind {
            1 => Self::Fork { seq: number()? },
            2 => Self::ForkedRecord { record: RecordId::from_bytes(id()?) },
            3 => pair().map(|(space, by)| Self::WrongManifest { space, by })?,
            4 => pair().map(|(space, by)| Self::WrongPrevious { space, by })?,
            5 => Self::TwoSecrets { account: AccountId::from_bytes(id()?) },
            6 => Self::LeftOut { record: RecordId::from_bytes(id()?) },
            7 => Self::Overtaken,
            9 => Self::Refused,
            8 => Self::UnsentLost { count: number()? },
            _ => return None,
        })
    }
}
