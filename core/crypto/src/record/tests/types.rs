//! A plaintext does not say of what type it is: the header does, which is signed and authenticated with the ciphertext. So
//! what was sealed as one type never passes for another, though the bytes of some are those of another too.

use super::*;
use crate::content::{
    Action, Activity, Card, Counter, DeviceName, MemberName, Otp, OtpAlgorithm, OtpId, OtpKind, OtpSecret,
    Pending, RecoveryCode, RecoveryCodes, Replaced, Text, Unknown, decode, encode,
};

fn otp() -> Otp {
    Otp {
        id: OtpId::generate(&Seeded::new(61)).unwrap(),
        kind: OtpKind::Totp { period: 7_654_321 },
        algorithm: OtpAlgorithm::Sha1,
        digits: 6,
        secret: OtpSecret::new(b"12345678901234567890").unwrap(),
        unknown: Unknown::default(),
    }
}

fn card() -> Card {
    let unknown = Unknown::default();
    let (app, address, login) = (Text::default(), Text::default(), Text::default());
    Card { name: text("Blue"), app, address, login, notes: Text::default(), binned: Some(7_654_321), unknown }
}

fn text<const MAX: usize>(text: &str) -> Text<MAX> {
    Text::new(text).unwrap()
}

fn activity() -> Activity {
    let mut activity = Activity::default();
    activity.push(7_654_321, Action::Viewed, Some(countersign_protocol::ids::UserId::from_bytes([0x77; 16])));
    activity
}

fn codes() -> RecoveryCodes {
    RecoveryCodes::new(vec![RecoveryCode { code: text("Blue"), used: Some(7_654_321) }]).unwrap()
}

fn counter() -> Counter {
    Counter { otp: otp().id, next: 7_654_321, unknown: Unknown::default() }
}

/// One record of each type, by its number.
fn one_of_each() -> Vec<OwnedRecord> {
    fn sealed<T: Content>(content: &T) -> OwnedRecord {
        draft().seal(content, &key(51), &device(), &Seeded::new(53)).unwrap()
    }
    vec![
        sealed(&card()),
        sealed(&otp()),
        sealed(&counter()),
        sealed(&activity()),
        sealed(&Pending { at: 7_654_321, otp: otp(), unknown: Unknown::default() }),
        sealed(&codes()),
        sealed(&Replaced { at: 7_654_321, otp: otp(), unknown: Unknown::default() }),
        sealed(&MemberName::new(text("Blue"))),
        sealed(&DeviceName::new(text("Blue"))),
        sealed(&name("Blue")),
    ]
}

type Read = fn(&OpenedRecord) -> Result<(), DecodeError>;

fn read<T: Content>(opened: &OpenedRecord) -> Result<(), DecodeError> {
    opened.content::<T>().map(|content| assert!(content.is_some()))
}

/// Each type's reader, in the order of the numbers.
const READERS: [(RecordType, Read); 10] = [
    (RecordType::Card, read::<Card>),
    (RecordType::Otp, read::<Otp>),
    (RecordType::Counter, read::<Counter>),
    (RecordType::Activity, read::<Activity>),
    (RecordType::Pending, read::<Pending>),
    (RecordType::RecoveryCodes, read::<RecoveryCodes>),
    (RecordType::Replaced, read::<Replaced>),
    (RecordType::MemberName, read::<MemberName>),
    (RecordType::DeviceName, read::<DeviceName>),
    (RecordType::WorkspaceName, read::<WorkspaceName>),
];

#[test]
fn hostile_plaintext_of_one_type_passes_for_no_other() {
    let records = one_of_each();
    assert_eq!(records.len(), READERS.len());
    for (record, (own, _)) in records.iter().zip(READERS) {
        assert_eq!(record.header.record_type, own);
        let opened = open(record, &key(51));
        for (other, read) in READERS {
            let malformed = DecodeError::Malformed { what: "a record of another type" };
            let expected = if other == own { Ok(()) } else { Err(malformed) };
            assert_eq!(read(&opened), expected, "{} read as {}", own.name(), other.name());
            // Under the header of the other type it does not even open.
            let mut relabelled = record.clone();
            relabelled.header.record_type = other;
            relabelled.header_bytes = relabelled.header.encode();
            let opens = opened_as(&relabelled).is_ok();
            assert_eq!(opens, other == own, "{} relabelled as {}", own.name(), other.name());
        }
    }
}

fn opened_as(record: &OwnedRecord) -> Result<OpenedRecord, OpenError> {
    OpenedRecord::open(&record.header, &record.as_sealed(), &key(51))
}

#[test]
fn the_bytes_of_two_types_can_be_the_same_so_the_header_decides() {
    let bytes = encode(&MemberName::new(text("Blue")));
    assert_eq!(decode::<DeviceName>(&bytes).unwrap().name.as_str(), "Blue");
    let pending = encode(&Pending { at: 1, otp: otp(), unknown: Unknown::default() });
    assert_eq!(decode::<Replaced>(&pending).unwrap().at, 1);
}

#[test]
fn debug_output_of_no_type_shows_what_it_holds() {
    let pending = Pending { at: 7_654_321, otp: otp(), unknown: Unknown::default() };
    let replaced = Replaced { at: 7_654_321, otp: otp(), unknown: Unknown::default() };
    let shown = [
        format!("{:?} {:?} {:?} {:?}", card(), otp(), counter(), activity()),
        format!("{:?} {:?} {pending:?} {replaced:?}", activity().entries(), codes()),
        format!("{:?} {:?}", codes().codes(), MemberName::new(text("Blue"))),
    ]
    .join(" ");
    for held in ["Blue", "7654321", "119", "Viewed", "Totp", "Sha1", "49, 50"] {
        assert!(!shown.contains(held), "{held} in {shown}");
    }
    assert!(shown.contains("Card(…) Otp(…) Counter(…) Activity(1 entries)"), "{shown}");
    assert!(shown.contains("RecoveryCodes(1 codes) Pending(…) Replaced(…)"), "{shown}");
}
