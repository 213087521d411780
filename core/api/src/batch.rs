//! Writing: batches that are taken whole or not at all.

use serde::{Deserialize, Serialize};

use crate::{Bytes, Cursor, Hex16};

/// Gives a workspace to a server: its genesis, as it was signed. The same one again changes nothing.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Entry 0.
    pub entry: Bytes,
    /// What the operator gives to those who may make workspaces, where the server asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
}

/// The workspace is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Founded {
    /// Its id.
    pub ws: Hex16,
    /// Where its changes stand.
    pub next: Cursor,
}

/// A batch: taken as a whole, in this order.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Batch {
    /// At least one.
    pub ops: Vec<Operation>,
}

/// One thing to store.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "k")]
pub enum Operation {
    /// The next entry of the log.
    #[serde(rename = "l")]
    Entry {
        /// As it was signed.
        entry: Bytes,
    },
    /// A key box.
    #[serde(rename = "b")]
    KeyBox {
        /// Its canonical bytes.
        #[serde(rename = "box")]
        sealed: Bytes,
    },
    /// The manifest of the rotation in this batch.
    #[serde(rename = "m")]
    Manifest {
        /// Of which space.
        space: Hex16,
        /// Its canonical bytes.
        manifest: Bytes,
    },
    /// A revision of a record.
    #[serde(rename = "r")]
    Record {
        /// The revision that it is made from, as the server is believed to hold it; 0 for the first.
        base_rev: u64,
        /// The revision.
        #[serde(flatten)]
        record: WireRecord,
    },
}

/// A sealed record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct WireRecord {
    /// The header's canonical bytes.
    pub hdr: Bytes,
    /// The ciphertext.
    pub ct: Bytes,
    /// The author's signature.
    pub sig: Bytes,
}

/// The batch is durable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// Where its last operation stands.
    pub next: Cursor,
}
