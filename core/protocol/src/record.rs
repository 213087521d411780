//! A record's header, and the keyless form of what follows it. Which records are believed: the rules under V6 in `docs/protocol.md`.

use crate::cbor::{self, Decode, DecodeError, Encode, Reader, Writer};
use crate::ids::{
    DeviceId, Head, InstanceId, RecordHash, RecordId, Salt, Signature, SpaceId, WorkspaceId, sha256,
};
use crate::limits::{MAX_CIPHERTEXT_BYTES, MAX_HEADER_BYTES, PADDING_BYTES, TAG_BYTES};
use crate::numbers::{Message, RecordType};
use crate::signature::signing_input;

/// `[1, 2, ws, space, type, instance, rev, prev_rec, epoch, salt, by, log_seq, log_head, flags]`.
///
/// It is signed with the ciphertext's hash, is the ciphertext's additional data, and goes into the derivation of
/// its key: a ciphertext is good under its own header only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordHeader {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The space whose key seals the record.
    pub space: SpaceId,
    /// What it holds.
    pub record_type: RecordType,
    /// Which of its type in the space.
    pub instance: InstanceId,
    /// Counts revisions from 1.
    pub rev: u64,
    /// The hash of the revision before; zeros at revision 1.
    pub prev: RecordHash,
    /// The epoch of the space's key.
    pub epoch: u64,
    /// The salt of this encryption.
    pub salt: Salt,
    /// The device that signs.
    pub by: DeviceId,
    /// The last entry of the log that the author had verified.
    pub log_seq: u64,
    /// That entry's hash.
    pub log_head: Head,
    /// Flag bit 0: the record is deleted.
    pub tombstone: bool,
}

impl RecordHeader {
    /// The canonical bytes.
    pub fn encode(&self) -> Vec<u8> {
        cbor::to_bytes(self)
    }

    /// # Errors
    /// [`DecodeError`], where `bytes` are not a record header in its canonical encoding.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        cbor::from_bytes(bytes, MAX_HEADER_BYTES)
    }

    /// The record's place, recomputed from what the header says.
    pub fn id(&self) -> RecordId {
        RecordId::of(self.space, self.record_type, self.instance)
    }
}

impl Encode for RecordHeader {
    fn write(&self, writer: &mut Writer) {
        writer.message(Message::Record, 12);
        self.workspace.write(writer);
        self.space.write(writer);
        self.record_type.write(writer);
        self.instance.write(writer);
        writer.integer(self.rev);
        self.prev.write(writer);
        writer.integer(self.epoch);
        self.salt.write(writer);
        self.by.write(writer);
        writer.integer(self.log_seq);
        self.log_head.write(writer);
        writer.integer(u64::from(self.tombstone));
    }
}

impl Decode for RecordHeader {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.message(Message::Record, 12)?;
        Ok(Self {
            workspace: WorkspaceId::read(reader)?,
            space: SpaceId::read(reader)?,
            record_type: RecordType::read(reader)?,
            instance: InstanceId::read(reader)?,
            rev: reader.integer("rev")?,
            prev: RecordHash::read(reader)?,
            epoch: reader.integer("epoch")?,
            salt: Salt::read(reader)?,
            by: DeviceId::read(reader)?,
            log_seq: reader.integer("log_seq")?,
            log_head: Head::read(reader)?,
            tombstone: match reader.integer("flags")? {
                0 => false,
                1 => true,
                number => return Err(DecodeError::NeedsUpdate { what: "flags", number }),
            },
        })
    }
}

/// One revision of a record as it is sent and stored: header, ciphertext and signature, borrowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealedRecord<'a> {
    /// The header's canonical bytes.
    pub header: &'a [u8],
    /// The padded plaintext under AES-256-GCM, tag last.
    pub ciphertext: &'a [u8],
    /// The author's signature over the header and the ciphertext's hash, in the domain `record`.
    pub signature: &'a Signature,
}

impl SealedRecord<'_> {
    /// The revision's hash: what manifests list and the next revision names.
    pub fn hash(&self) -> RecordHash {
        RecordHash::of(self.header, self.ciphertext)
    }

    /// Whether the ciphertext has a length that padding and tag can give, within the limit.
    pub fn has_sealed_length(&self) -> bool {
        let length = self.ciphertext.len();
        length <= MAX_CIPHERTEXT_BYTES
            && length.checked_sub(TAG_BYTES).is_some_and(|padded| padded > 0 && padded % PADDING_BYTES == 0)
    }
}

/// What the author of a record signs, domain included: `header | SHA-256(ct)`.
pub fn record_signing_input(header: &[u8], ciphertext: &[u8]) -> Vec<u8> {
    signing_input(Message::Record, &[header, &sha256(&[ciphertext])])
}
