//! V1 as a property: whatever a reader takes, it writes again byte for byte; whatever it does not, it refuses.

use std::collections::BTreeMap;

use proptest::prelude::*;
use proptest::sample::Index;

use super::{Decode, DecodeError, from_bytes, to_bytes};
use crate::device::{DeviceOffer, DeviceRecord};
use crate::entry::SignedEntry;
use crate::ids::{InstanceId, RecordHash, RecordId, SpaceId, UserId, WorkspaceId};
use crate::join::JoinRequest;
use crate::keybox::KeyBox;
use crate::limits::MAX_INTEGER;
use crate::log::Log;
use crate::manifest::{Line, Manifest};
use crate::numbers::AccountRole::{Collaborator, Owner};
use crate::numbers::WorkspaceRole::{Admin, User};
use crate::numbers::{DeviceKind, RecordType};
use crate::op::{Op, PrevWrap};
use crate::record::RecordHeader;
use crate::testkit::{
    Keys, TestWorkspace, account, account_op, add_device, grant, invite, invite_id, remove_device,
    remove_member, set_role, transfer,
};

/// Reads bytes as one kind of message and writes what was read.
type Again = fn(&[u8]) -> Result<Vec<u8>, DecodeError>;

const READERS: [Again; 8] = [
    |bytes| SignedEntry::decode(bytes).map(|read| read.encode()),
    |bytes| RecordHeader::decode(bytes).map(|read| read.encode()),
    |bytes| KeyBox::decode(bytes).map(|read| read.encode()),
    |bytes| Manifest::decode(bytes).map(|read| read.encode()),
    |bytes| JoinRequest::decode(bytes).map(|read| read.encode()),
    |bytes| DeviceOffer::decode(bytes).map(|read| read.encode()),
    |bytes| DeviceRecord::decode(bytes).map(|read| read.encode()),
    |bytes| again::<Log>(bytes),
];

fn again<T: Decode>(bytes: &[u8]) -> Result<Vec<u8>, DecodeError> {
    from_bytes::<T>(bytes, usize::MAX).map(|read| to_bytes(&read))
}

/// A log with every op.
fn workspace() -> TestWorkspace {
    let mut ws = TestWorkspace::of_ana();
    let ana = Keys::phone("ana");
    ws.account("ben", "shop", &[("ben", Owner), ("cleo", Collaborator)]);
    ws.must(&ana, add_device("ana", &Keys::of("tablet", DeviceKind::Phone)));
    ws.must(&Keys::phone("ben"), grant("shop", "cleo", None));
    let rotation = ws.rotation(ws.codes("shop"), "second");
    ws.must(&Keys::phone("ben"), rotation);
    ws.must(&ana, invite("dora", User));
    ws.must(&ana, Op::RevokeInvite { invite: invite_id("dora") });
    ws.must(&ana, set_role("cleo", Admin));
    ws.must(&ana, remove_device(&Keys::of("tablet", DeviceKind::Phone)));
    ws.must(&Keys::phone("ben"), Op::DeleteAccount { account: account("shop") });
    ws.must(&ana, remove_member("ben"));
    ws.must(&ana, transfer("sue"));
    ws
}

/// Good bytes of every kind, each with its reader's place in [`READERS`].
fn samples() -> &'static [(usize, Vec<u8>)] {
    static SAMPLES: std::sync::OnceLock<Vec<(usize, Vec<u8>)>> = std::sync::OnceLock::new();
    SAMPLES.get_or_init(|| {
        let ws = workspace();
        let (ana, directory) = (Keys::phone("ana"), ws.directory());
        let line = |rev| Line { rev, hash: RecordHash::from_bytes([3; 32]) };
        let lines = [(RecordId::from_bytes([1; 16]), line(1)), (RecordId::from_bytes([2; 16]), line(300))];
        let boxed = KeyBox {
            workspace: ws.id(),
            space: directory,
            epoch: 70_000,
            device: ana.id(),
            by: ana.id(),
            sealed: [9; 80],
        };
        let mut samples: Vec<_> = ws.entries.iter().map(|entry| (0, entry.clone())).collect();
        samples.extend([
            (1, ws.header(&ana, directory, RecordType::WorkspaceName).encode()),
            (2, boxed.encode()),
            (3, Manifest { lines: lines.into() }.encode()),
            (4, ws.join_request("dora", true).encode()),
            (4, ws.join_request("dora", false).encode()),
            (5, DeviceOffer(ana.proven()).encode()),
            (6, ana.record.encode()),
            (7, to_bytes(&ws.log)),
        ]);
        samples
    })
}

#[derive(Debug, Clone)]
enum Edit {
    Set(Index, u8),
    Insert(Index, u8),
    Remove(Index),
    Cut(Index),
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        4 => any::<(Index, u8)>().prop_map(|(at, byte)| Edit::Set(at, byte)),
        2 => any::<(Index, u8)>().prop_map(|(at, byte)| Edit::Insert(at, byte)),
        1 => any::<Index>().prop_map(Edit::Remove),
        1 => any::<Index>().prop_map(Edit::Cut),
    ]
}

impl Edit {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            _ if bytes.is_empty() => {}
            Self::Set(at, byte) => {
                let at = at.index(bytes.len());
                bytes[at] = *byte;
            }
            Self::Insert(at, byte) => bytes.insert(at.index(bytes.len()), *byte),
            Self::Remove(at) => {
                bytes.remove(at.index(bytes.len()));
            }
            Self::Cut(at) => bytes.truncate(at.index(bytes.len())),
        }
    }
}

#[test]
fn every_kind_of_message_reads_and_is_written_again_as_it_was() {
    for (reader, bytes) in samples() {
        assert_eq!(READERS[*reader](bytes).as_ref(), Ok(bytes));
    }
    assert_eq!(workspace().entries.iter().map(|entry| op_number(entry)).max(), Some(12));
}

#[test]
fn a_message_longer_than_its_limit_is_refused_before_it_is_read() {
    for (reader, limit) in [(1, 512), (2, 1024), (3, 1024 * 1024), (4, 1024), (5, 1024), (6, 1024)] {
        let refused = |length: usize| READERS[reader](&vec![0; length]).unwrap_err();
        assert_eq!(refused(limit).name(), "Malformed", "{limit} bytes");
        assert_eq!(refused(limit + 1), DecodeError::TooLong { limit });
    }
}

#[test]
fn each_op_has_as_many_elements_as_the_document_says() {
    let found: BTreeMap<u8, u8> = workspace()
        .entries
        .iter()
        .map(|entry| (op_number(entry), SignedEntry::decode(entry).unwrap().entry.op.encode()[0] - 0x80))
        .collect();
    let elements = [7, 6, 8, 4, 2, 2, 3, 5, 4, 6, 2, 2, 2];
    assert_eq!(found.into_values().collect::<Vec<_>>(), elements);
}

#[test]
fn an_array_with_another_count_is_malformed_even_where_all_else_reads() {
    let offer = DeviceOffer(Keys::phone("ana").proven()).encode();
    let one_more = [&[offer[0] + 1], &offer[1..], &[0]].concat();
    assert_eq!(DeviceOffer::decode(&one_more).unwrap_err().name(), "Malformed");
}

#[test]
fn an_account_lists_a_thousand_users_and_no_more() {
    let ws = TestWorkspace::founded_by("ana");
    let decoded = |users: u16| {
        let mut op = account_op("shop", &[]);
        if let Op::Account(account) = &mut op {
            let id = |number: u16| {
                let mut id = [0; 16];
                id[..2].copy_from_slice(&number.to_be_bytes());
                UserId::from_bytes(id)
            };
            account.roles = (0..users).map(|number| (id(number), Owner)).collect();
        }
        SignedEntry::decode(&ws.signed(&Keys::phone("ana"), op)).map(|_| ())
    };
    assert_eq!(decoded(1_000), Ok(()));
    assert_eq!(decoded(1_001), Err(DecodeError::Malformed { what: "an account's users" }));
}

#[test]
fn a_wrapped_key_is_bound_to_its_place_as_the_document_says() {
    let (workspace, space) = (WorkspaceId::from_bytes([1; 16]), SpaceId::from_bytes([2; 16]));
    let expected = [&[0x83, 0x50][..], &[1; 16], &[0x50], &[2; 16], &[7]].concat();
    assert_eq!(PrevWrap::aad(workspace, space, 7), expected);
}

fn op_number(entry: &[u8]) -> u8 {
    SignedEntry::decode(entry).unwrap().entry.op.kind().number()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4_096))]

    #[test]
    fn whatever_reads_is_written_again_as_it_came(
        which in any::<Index>(),
        edits in prop::collection::vec(edit(), 1..4),
    ) {
        let (reader, bytes) = which.get(samples());
        let mut bytes = bytes.clone();
        for edit in edits {
            edit.apply(&mut bytes);
        }
        if let Ok(again) = READERS[*reader](&bytes) {
            prop_assert_eq!(again, bytes);
        }
    }

    #[test]
    fn bytes_that_nobody_wrote_are_read_by_nobody_or_as_they_are(
        bytes in prop::collection::vec(any::<u8>(), 0..200),
    ) {
        for reader in READERS {
            if let Ok(again) = reader(&bytes) {
                prop_assert_eq!(&again, &bytes);
            }
        }
    }

    #[test]
    fn a_header_of_any_numbers_comes_back(
        numbers in [0..=MAX_INTEGER, 0..=MAX_INTEGER, 0..=MAX_INTEGER],
        instance: [u8; 16],
        tombstone: bool,
    ) {
        let (_, header) = samples().iter().find(|(reader, _)| *reader == 1).unwrap();
        let mut header = RecordHeader::decode(header).unwrap();
        [header.rev, header.epoch, header.log_seq] = numbers;
        header.instance = InstanceId::from_bytes(instance);
        header.tombstone = tombstone;
        prop_assert_eq!(RecordHeader::decode(&header.encode()), Ok(header));
        header.rev = MAX_INTEGER + 1;
        prop_assert_eq!(RecordHeader::decode(&header.encode()), Err(DecodeError::Malformed { what: "rev" }));
    }
}
