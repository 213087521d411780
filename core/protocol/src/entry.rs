//! V1: one entry of the log, as it is signed and as it is sent.

use crate::cbor::{self, Decode, DecodeError, Encode, Reader, Writer};
use crate::ids::{DeviceId, Head, Signature, WorkspaceId};
use crate::limits::MAX_ENTRY_BYTES;
use crate::numbers::Message;
use crate::op::Op;

/// What a device signs: `[1, 1, ws, seq, prev, ts, by, op]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The entry's place in the log; the genesis has 0.
    pub seq: u64,
    /// The hash of the entry before; zeros for the genesis.
    pub prev: Head,
    /// When its author says it was made, in ms since the Unix epoch.
    pub ts: u64,
    /// The device that signs it.
    pub by: DeviceId,
    /// What it does.
    pub op: Op,
}

impl Entry {
    /// The canonical bytes, to be signed.
    pub fn encode(&self) -> Vec<u8> {
        cbor::to_bytes(self)
    }

    /// Whether [`SignedEntry::decode`] would read it once it is signed: a length or a number in it may be above its limit.
    ///
    /// # Errors
    /// As `decode`.
    pub fn check_form(&self) -> Result<(), DecodeError> {
        let mut wire = self.encode();
        wire.extend([0; 64]);
        SignedEntry::decode(&wire).map(drop)
    }
}

impl Encode for Entry {
    fn write(&self, writer: &mut Writer) {
        writer.message(Message::Entry, 6);
        self.workspace.write(writer);
        writer.integer(self.seq);
        self.prev.write(writer);
        writer.integer(self.ts);
        self.by.write(writer);
        self.op.write(writer);
    }
}

impl Decode for Entry {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.message(Message::Entry, 6)?;
        Ok(Self {
            workspace: WorkspaceId::read(reader)?,
            seq: reader.integer("seq")?,
            prev: Head::read(reader)?,
            ts: reader.integer("ts")?,
            by: DeviceId::read(reader)?,
            op: Op::read(reader)?,
        })
    }
}

/// An entry and its signature. On the wire: the entry's bytes, then 64 bytes of signature.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedEntry {
    /// What was signed.
    pub entry: Entry,
    /// The author's signature, in the domain `entry`.
    pub signature: Signature,
}

impl SignedEntry {
    /// The bytes that are sent, stored and hashed to the log's head.
    pub fn encode(&self) -> Vec<u8> {
        let mut wire = self.entry.encode();
        wire.extend_from_slice(self.signature.as_bytes());
        wire
    }

    /// Reads an entry's form. Who signed it, and whether they might, is for the log to say.
    ///
    /// # Errors
    /// [`DecodeError`], where `wire` is not an entry in its canonical encoding followed by a signature.
    pub fn decode(wire: &[u8]) -> Result<Self, DecodeError> {
        if wire.len() > MAX_ENTRY_BYTES {
            return Err(DecodeError::TooLong { limit: MAX_ENTRY_BYTES });
        }
        let (bytes, signature) = wire
            .split_last_chunk::<64>()
            .ok_or(DecodeError::Malformed { what: "an entry without signature" })?;
        Ok(Self {
            entry: cbor::from_bytes(bytes, MAX_ENTRY_BYTES)?,
            signature: Signature::from_bytes(*signature),
        })
    }
}
