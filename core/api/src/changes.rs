//! Reading: pages of what is new, and what a device gets when it is given access.

use serde::{Deserialize, Serialize};

use crate::{Bytes, Cursor, Hex16, WireRecord};

/// One page of changes, oldest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Changes {
    /// The changes that this device may see.
    pub items: Vec<Item>,
    /// What to ask for next.
    pub next: Cursor,
    /// Whether there is more already.
    pub more: bool,
    /// The server's time, in ms since the Unix epoch.
    pub now: u64,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "k")]
pub enum Item {
    /// An entry of the log.
    #[serde(rename = "l")]
    Entry {
        /// Its place among the changes.
        pos: u64,
        /// As it was signed.
        entry: Bytes,
    },
    /// A key box for this device.
    #[serde(rename = "b")]
    KeyBox {
        /// Its place among the changes.
        pos: u64,
        /// Its canonical bytes.
        #[serde(rename = "box")]
        sealed: Bytes,
    },
    /// The newest manifest of a space that this device reads.
    #[serde(rename = "m")]
    Manifest {
        /// Its place among the changes.
        pos: u64,
        /// Of which space.
        space: Hex16,
        /// Its canonical bytes.
        manifest: Bytes,
    },
    /// The newest revision of a record in a space that this device reads.
    #[serde(rename = "r")]
    Record {
        /// Its place among the changes.
        pos: u64,
        /// The revision.
        #[serde(flatten)]
        record: WireRecord,
    },
}

impl Item {
    /// Its place among the changes.
    pub const fn pos(&self) -> u64 {
        match self {
            Self::Entry { pos, .. }
            | Self::KeyBox { pos, .. }
            | Self::Manifest { pos, .. }
            | Self::Record { pos, .. } => *pos,
        }
    }
}

/// Entries of the log alone, oldest first: for those who are not members yet, or no more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogPage {
    /// As they were signed.
    pub entries: Vec<Bytes>,
    /// Whether there is more already.
    pub more: bool,
}

/// What a space holds now, for a device that was given access after most of it was written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpaceRecords {
    /// The manifest of the current epoch; none where the space was born with it.
    pub manifest: Option<Bytes>,
    /// The newest revision of each record, in the order of their ids.
    pub records: Vec<WireRecord>,
    /// What to ask for next with `after`; none when this was all.
    pub after: Option<Hex16>,
}

/// The devices that have a box of a space's epoch.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Boxed {
    /// Each once.
    pub devices: Vec<Hex16>,
}

/// Join requests that wait for an Admin's device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct JoinRequests {
    /// Their canonical bytes.
    pub requests: Vec<Bytes>,
}
