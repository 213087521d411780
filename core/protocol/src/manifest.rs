//! V7: the list of a space's records at a rotation. What it means for a device's copies: the rules under V7 in `docs/protocol.md`.

use std::collections::BTreeMap;

use crate::cbor::{self, Decode, DecodeError, Encode, Reader, Writer};
use crate::ids::{ManifestHash, RecordHash, RecordId};
use crate::limits::{MAX_MANIFEST_BYTES, MAX_MANIFEST_LINES, highest_revision};
use crate::numbers::Message;

/// Every record of a space, of whatever epoch: `[1, 7, [[record, rev, hash], …]]`, in ascending order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// The revision listed for each record.
    pub lines: BTreeMap<RecordId, Line>,
}

/// One record's line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Line {
    /// The revision.
    pub rev: u64,
    /// The revision's hash.
    pub hash: RecordHash,
}

impl Line {
    /// Whether a record of an epoch that ended with the entry at `rotated_at` can have this revision: it counts from 1,
    /// and its author had at most the entries before (ADR 0009).
    pub const fn is_possible(&self, rotated_at: u64) -> bool {
        0 < self.rev && self.rev <= highest_revision(rotated_at)
    }
}

impl Manifest {
    /// The canonical bytes.
    pub fn encode(&self) -> Vec<u8> {
        cbor::to_bytes(self)
    }

    /// What the rotate entry holds.
    pub fn hash(&self) -> ManifestHash {
        ManifestHash::of(&self.encode())
    }

    /// # Errors
    /// [`DecodeError`], where `bytes` are not a manifest in its canonical encoding.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        cbor::from_bytes(bytes, MAX_MANIFEST_BYTES)
    }
}

impl Encode for Manifest {
    fn write(&self, writer: &mut Writer) {
        writer.message(Message::Manifest, 1);
        writer.list(self.lines.iter(), |writer, (record, line)| {
            writer.array(3);
            record.write(writer);
            writer.integer(line.rev);
            line.hash.write(writer);
        });
    }
}

impl Decode for Manifest {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.message(Message::Manifest, 1)?;
        let lines = reader.map(MAX_MANIFEST_LINES, "a manifest's lines", |reader| {
            reader.array(3, "a manifest's line")?;
            let record = RecordId::read(reader)?;
            let rev = reader.integer("rev")?;
            Ok((record, Line { rev, hash: RecordHash::read(reader)? }))
        })?;
        Ok(Self { lines })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_manifest_is_four_bytes() {
        assert_eq!(Manifest::default().encode(), [0x83, 1, 7, 0x80]);
    }

    #[test]
    fn lines_out_of_order_or_given_twice_are_not_canonical() {
        let line = |first: u8| [vec![0x83, 0x50], vec![first; 16], vec![1, 0x58, 0x20], vec![0; 32]].concat();
        let manifest = |lines: &[u8]| {
            let mut bytes = vec![0x83, 1, 7, 0x80 + u8::try_from(lines.len()).unwrap()];
            bytes.extend(lines.iter().copied().flat_map(line));
            Manifest::decode(&bytes)
        };
        assert_eq!(manifest(&[1, 2]).unwrap().lines.len(), 2);
        assert_eq!(manifest(&[2, 1]), Err(DecodeError::NotCanonical));
        assert_eq!(manifest(&[1, 1]), Err(DecodeError::NotCanonical));
    }

    proptest::proptest! {
        #[test]
        fn every_list_comes_back_as_it_was(
            lines in proptest::collection::btree_map(
                proptest::array::uniform16(0_u8..), (0..=crate::limits::MAX_INTEGER, proptest::array::uniform32(0_u8..)), 0..40,
            )
        ) {
            let line = |(rev, hash)| Line { rev, hash: RecordHash::from_bytes(hash) };
            let lines = lines.into_iter().map(|(id, of)| (RecordId::from_bytes(id), line(of)));
            let manifest = Manifest { lines: lines.collect() };
            proptest::prop_assert_eq!(Manifest::decode(&manifest.encode()), Ok(manifest));
        }

        #[test]
        fn no_bytes_are_a_list_that_is_written_in_another_way(
            bytes in proptest::collection::vec(0_u8.., 0..200), count in 0_u8..4
        ) {
            let bytes = [&[0x83, 1, 7, 0x80 + count], &bytes[..]].concat();
            if let Ok(manifest) = Manifest::decode(&bytes) {
                proptest::prop_assert_eq!(manifest.encode(), bytes);
            }
        }
    }

    #[test]
    fn the_longest_list_fits_into_the_bytes_of_a_manifest_and_one_line_more_is_refused() {
        let line = Line { rev: crate::limits::MAX_INTEGER, hash: RecordHash::from_bytes([0xFF; 32]) };
        let of = |lines: usize| Manifest {
            lines: (0..lines as u128).map(|n| (RecordId::from_bytes(n.to_be_bytes()), line)).collect(),
        };
        let longest = of(MAX_MANIFEST_LINES);
        assert_eq!(Manifest::decode(&longest.encode()).as_ref(), Ok(&longest));
        let refused = Manifest::decode(&of(MAX_MANIFEST_LINES + 1).encode());
        assert_eq!(refused, Err(DecodeError::Malformed { what: "a manifest's lines" }));
    }

    #[test]
    fn a_count_beyond_the_limit_is_refused_before_anything_is_allocated() {
        let bytes = [0x83, 1, 7, 0x9b, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
        assert_eq!(Manifest::decode(&bytes), Err(DecodeError::Malformed { what: "a manifest's lines" }));
    }
}
