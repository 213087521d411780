//! Records of a test's workspace, signed for real and sealed with nothing.

use countersign_protocol::ids::{InstanceId, RecordHash, RecordId, Salt, Signature, SpaceId};
use countersign_protocol::manifest::{Line, Manifest};
use countersign_protocol::numbers::{Message, RecordType};
use countersign_protocol::op::{Op, Rotate};
use countersign_protocol::placement::{Place, RecordError, Standing};
use countersign_protocol::record::{RecordHeader, SealedRecord};
use sha2::{Digest, Sha256};

use super::{Keys, TestWorkspace, bytes32};

/// One revision of a record as it is sent. What it seals is made up: nothing here opens it.
#[derive(Clone)]
pub(crate) struct TestRecord {
    pub(crate) place: Place,
    pub(crate) header: Vec<u8>,
    pub(crate) ciphertext: Vec<u8>,
    pub(crate) signature: Signature,
}

impl TestRecord {
    /// A record as `by` signs it.
    pub(crate) fn of(by: &Keys, header: &RecordHeader) -> Self {
        let place = Place { space: header.space, record: header.id() };
        let (header, ciphertext) = (header.encode(), vec![0; 256 + 16]);
        let hash: [u8; 32] = Sha256::digest(&ciphertext).into();
        let signature = by.sign(Message::Record, &[&header, &hash]);
        Self { place, header, ciphertext, signature }
    }

    pub(crate) fn sealed(&self) -> SealedRecord<'_> {
        SealedRecord { header: &self.header, ciphertext: &self.ciphertext, signature: &self.signature }
    }

    /// The manifest line of this revision.
    pub(crate) fn line(&self) -> (RecordId, Line) {
        let rev = RecordHeader::decode(&self.header).unwrap().rev;
        (self.place.record, Line { rev, hash: self.sealed().hash() })
    }
}

impl TestWorkspace {
    /// The header of a first revision, written now.
    pub(crate) fn header(&self, by: &Keys, space: SpaceId, record_type: RecordType) -> RecordHeader {
        RecordHeader {
            workspace: self.id(),
            space,
            record_type,
            instance: InstanceId::ZERO,
            rev: 1,
            prev: RecordHash::ZERO,
            epoch: self.log.state().live_space(space).unwrap().epoch(),
            salt: Salt::from_bytes(bytes32("salt")),
            by: by.id(),
            log_seq: self.log.next_seq() - 1,
            log_head: self.log.head(),
            tombstone: false,
        }
    }

    /// Rotates a space with a manifest of these records.
    pub(crate) fn rotate(&mut self, by: &Keys, space: SpaceId, records: &[&TestRecord]) -> Vec<u8> {
        let manifest = Manifest { lines: records.iter().map(|record| record.line()).collect() };
        self.rotate_to(by, space, &manifest)
    }

    /// Rotates a space with any manifest.
    pub(crate) fn rotate_to(&mut self, by: &Keys, space: SpaceId, manifest: &Manifest) -> Vec<u8> {
        let name = format!("key after entry {}", self.log.next_seq());
        let Op::Rotate(rotate) = self.rotation(space, &name) else { unreachable!() };
        self.must(by, Op::Rotate(Rotate { manifest: manifest.hash(), ..rotate }));
        manifest.encode()
    }

    /// How this device judges a record, with the manifest that it has.
    pub(crate) fn judge(
        &self,
        record: &TestRecord,
        manifest: Option<&[u8]>,
    ) -> Result<Standing, RecordError> {
        let space = record.place.space;
        let manifest = manifest.map(|bytes| self.log.verify_manifest(space, bytes).unwrap());
        let verified = self.log.verify_record(record.place, record.sealed(), manifest.as_ref())?;
        Ok(verified.standing)
    }
}
