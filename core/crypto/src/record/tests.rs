//! A record opens in its place, for its holder, at its revision, and nowhere else.

mod types;

use std::collections::HashSet;

use countersign_protocol::ids::SpaceId;
use countersign_protocol::numbers::Message;
use countersign_protocol::signature::verify;

use super::*;
use crate::content::{Name, WorkspaceName};
use crate::testing::{Failing, Seeded, place, workspace};

fn draft() -> Draft {
    Draft {
        place: place(1, 5),
        instance: InstanceId::ZERO,
        base: Some(Line { rev: 2, hash: RecordHash::from_bytes([4; 32]) }),
        log_seq: 6,
        log_head: Head::from_bytes([7; 32]),
    }
}

fn header() -> RecordHeader {
    draft().header(RecordType::WorkspaceName).unwrap()
}

fn name(name: &str) -> WorkspaceName {
    WorkspaceName::new(Name::new(name).unwrap())
}

fn open(record: &OwnedRecord, key: &SpaceKey) -> OpenedRecord {
    OpenedRecord::open(&record.header, &record.as_sealed(), key).unwrap()
}

#[test]
fn content_comes_back_and_a_record_of_another_type_does_not_pass_for_it() {
    let record = draft().seal(&name("Blue"), &key(51), &device(), &Seeded::new(53)).unwrap();
    let opened = open(&record, &key(51));
    assert_eq!(opened.content::<WorkspaceName>().unwrap().unwrap().name.as_str(), "Blue");
    let as_a_member = opened.content::<crate::content::MemberName>();
    assert_eq!(as_a_member.unwrap_err().name(), "Malformed");
}

#[test]
fn a_tombstone_has_no_content_and_says_of_what_type_it_is() {
    let record_type = RecordType::WorkspaceName;
    let record = draft().seal_tombstone(record_type, &key(51), &device(), &Seeded::new(53)).unwrap();
    assert!(record.header.tombstone && record.header.record_type == record_type);
    let opened = open(&record, &key(51));
    assert!(opened.content::<WorkspaceName>().unwrap().is_none() && opened.plaintext().is_empty());
    let again = draft().reseal(&opened, &key(51), &device(), &Seeded::new(57)).unwrap();
    assert!(again.header.tombstone, "a deleted record that is sealed again stays deleted");
}

#[test]
fn a_revision_counts_from_its_base_and_a_new_record_from_one() {
    let of = |base| Draft { base, ..draft() }.header(RecordType::Card).unwrap();
    assert_eq!((of(None).rev, of(None).prev), (1, RecordHash::ZERO));
    assert_eq!((header().rev, header().prev), (3, RecordHash::from_bytes([4; 32])));
}

#[test]
fn no_revision_is_made_above_the_highest_that_the_log_allows() {
    let limit = highest_revision(draft().log_seq + 1);
    let after = |rev| {
        let base = Some(Line { rev, hash: RecordHash::from_bytes([4; 32]) });
        Draft { base, ..draft() }.header(RecordType::Counter).map(|header| header.rev)
    };
    assert_eq!(after(limit - 1), Ok(limit));
    for used_up in [limit, limit + 1, u64::MAX] {
        assert_eq!(after(used_up), Err(SealError::RevisionTooFar { limit }));
    }
    // The longest log that can be thought of allows every number, and still none after the last.
    let last = Some(Line { rev: u64::MAX, hash: RecordHash::ZERO });
    assert_eq!(next_revision(last, u64::MAX), Err(SealError::RevisionTooFar { limit: u64::MAX }));
}

#[test]
fn debug_output_has_no_plaintext() {
    let record = draft().seal(&name("Blue"), &key(51), &device(), &Seeded::new(53)).unwrap();
    let shown = format!("{:?} {:?} {:?}", open(&record, &key(51)), name("Blue"), key(51));
    assert!(shown.contains("OpenedRecord(name of the workspace, …)") && !shown.contains("Blue"), "{shown}");
}

#[test]
fn a_record_that_is_sealed_again_keeps_its_content_and_shares_nothing_else() {
    let first = draft().seal(&name("Blue"), &key(51), &device(), &Seeded::new(53)).unwrap();
    let base = Some(Line { rev: 3, hash: first.as_sealed().hash() });
    let next = Draft { place: place(1, 6), base, ..draft() };
    let again = next.reseal(&open(&first, &key(51)), &key(55), &device(), &Seeded::new(56)).unwrap();
    assert_eq!(open(&again, &key(55)).content::<WorkspaceName>().unwrap().unwrap().name.as_str(), "Blue");
    assert_ne!(first.header.salt, again.header.salt);
    assert_eq!(again.header.record_type, first.header.record_type);
}

fn key(seed: u64) -> SpaceKey {
    SpaceKey::generate(&Seeded::new(seed)).unwrap()
}

fn device() -> DeviceKeys {
    DeviceKeys::generate(&Seeded::new(52)).unwrap()
}

fn sealed(plaintext: &[u8]) -> OwnedRecord {
    seal(header(), Zeroizing::new(plaintext.to_vec()), &key(51), &device(), &Seeded::new(53)).unwrap()
}

fn opened(record: &OwnedRecord, key: &SpaceKey) -> Result<Vec<u8>, OpenError> {
    let header = RecordHeader::decode(&record.header_bytes).unwrap_or(record.header);
    OpenedRecord::open(&header, &record.as_sealed(), key).map(|opened| opened.plaintext.to_vec())
}

#[test]
fn a_reader_with_the_key_opens_a_record_and_knows_its_author() {
    let record = sealed(b"a card");
    assert_eq!(opened(&record, &key(51)).as_deref(), Ok(&b"a card"[..]));
    assert_eq!(record.header.by, device().id());
    assert_eq!(RecordHeader::decode(&record.header_bytes), Ok(record.header));
    let hash = sha2::Digest::finalize(sha2::Digest::chain_update(
        <sha2::Sha256 as sha2::Digest>::new(),
        &record.ciphertext,
    ));
    let key = device().record().signing_key;
    assert!(verify(&key, Message::Record, &[&record.header_bytes, &hash], &record.signature));
}

#[test]
fn records_are_opened_where_they_lie_in_a_page_of_many() {
    // One buffer, as a server's answer or a row of a database is: everything that reads a ciphertext borrows it.
    let (one, other) = (sealed(b"a card"), sealed(b"another"));
    let page = [&one.ciphertext[..], &other.ciphertext[..]].concat();
    let (first, second) = page.split_at(one.ciphertext.len());
    for (record, ciphertext, text) in [(&one, first, "a card"), (&other, second, "another")] {
        let lying = SealedRecord { ciphertext, ..record.as_sealed() };
        assert!(lying.has_sealed_length() && lying.hash() == record.as_sealed().hash());
        let opened = OpenedRecord::open(&record.header, &lying, &key(51)).unwrap();
        assert_eq!(opened.plaintext(), text.as_bytes());
    }
}

#[test]
fn sizes_differ_in_steps_of_256_only() {
    for (length, size) in [(0, 256), (1, 256), (255, 256), (256, 512), (511, 512), (512, 768)] {
        let record = sealed(&vec![b'x'; length]);
        assert_eq!(record.ciphertext.len(), size + aead::TAG);
        assert!(record.as_sealed().has_sealed_length());
    }
}

#[test]
fn hostile_record_moved_by_id_type_space_workspace_or_epoch_does_not_open() {
    let record = sealed(b"a card");
    let moves: [fn(&mut RecordHeader); 9] = [
        |header| header.workspace = workspace(9),
        |header| header.space = SpaceId::from_bytes([9; 16]),
        |header| header.record_type = RecordType::MemberName,
        |header| header.instance = InstanceId::from_bytes([9; 16]),
        |header| header.rev = 9,
        |header| header.epoch = 9,
        |header| header.log_seq = 9,
        |header| header.tombstone = true,
        |header| header.salt = Salt::from_bytes([9; 32]),
    ];
    for change in moves {
        let mut moved = record.clone();
        change(&mut moved.header);
        moved.header_bytes = moved.header.encode();
        assert_eq!(opened(&moved, &key(51)), Err(OpenError::DoesNotOpen));
    }
}

#[test]
fn hostile_record_under_another_key_does_not_open() {
    assert_eq!(opened(&sealed(b"a card"), &key(54)), Err(OpenError::DoesNotOpen));
}

#[test]
fn hostile_record_with_any_bit_flipped_does_not_open() {
    let record = sealed(b"a card");
    for bit in 0..record.ciphertext.len() * 8 {
        let mut altered = record.clone();
        altered.ciphertext[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(opened(&altered, &key(51)), Err(OpenError::DoesNotOpen));
    }
    for bit in 0..record.header_bytes.len() * 8 {
        let mut altered = record.clone();
        altered.header_bytes[bit / 8] ^= 1 << (bit % 8);
        assert_eq!(opened(&altered, &key(51)), Err(OpenError::DoesNotOpen));
    }
}

#[test]
fn hostile_record_of_any_length_is_an_error_and_no_panic() {
    for length in 0..600 {
        let mut cut = sealed(&[b'x'; 300]);
        cut.ciphertext.truncate(length);
        if length < 528 {
            assert_eq!(opened(&cut, &key(51)), Err(OpenError::DoesNotOpen));
        }
    }
}

#[test]
fn hostile_author_who_seals_without_padding_is_named_by_the_error() {
    let mut record = sealed(b"");
    let (record_key, nonce) = key_and_nonce(&key(51), &record.header.salt, &record.header_bytes);
    record.ciphertext = vec![0; 256];
    aead::seal(&record_key, &nonce, &record.header_bytes, &mut record.ciphertext);
    assert_eq!(opened(&record, &key(51)), Err(OpenError::Padding));
}

#[test]
fn what_no_reader_takes_is_not_sealed() {
    let seal = |length| {
        let plaintext = Zeroizing::new(vec![b'x'; length]);
        seal(header(), plaintext, &key(51), &device(), &Seeded::new(53))
    };
    let largest = seal(MAX_PLAINTEXT_BYTES).unwrap();
    assert!(largest.as_sealed().has_sealed_length());
    assert_eq!(seal(MAX_PLAINTEXT_BYTES + 1).unwrap_err(), SealError::TooLarge);
}

#[test]
fn without_randomness_nothing_is_sealed() {
    let refused = seal(header(), Zeroizing::new(vec![1]), &key(51), &device(), &Failing::after(0));
    assert_eq!(refused.unwrap_err(), SealError::Entropy(EntropyError));
}

#[test]
fn a_hundred_thousand_encryptions_of_one_thing_repeat_no_key_no_nonce_and_no_salt() {
    let (key, entropy) = (key(51), crate::entropy::OsEntropy);
    let (mut keys, mut nonces, mut salts) = (HashSet::new(), HashSet::new(), HashSet::new());
    for _ in 0..100_000 {
        let record =
            seal(header(), Zeroizing::new(b"a card".to_vec()), &key, device_once(), &entropy).unwrap();
        let (record_key, nonce) = key_and_nonce(&key, &record.header.salt, &record.header_bytes);
        // These are the key and the nonce that it was sealed with: it opens by them.
        assert!(aead::open(&record_key, &nonce, &record.header_bytes, &record.ciphertext).is_ok());
        assert!(keys.insert(*record_key) && nonces.insert(nonce) && salts.insert(record.header.salt));
    }
}

fn device_once() -> &'static DeviceKeys {
    static DEVICE: std::sync::OnceLock<DeviceKeys> = std::sync::OnceLock::new();
    DEVICE.get_or_init(device)
}
