//! Every plaintext comes back as it was, in one form only, and nothing malformed is read.

use minicbor::Encoder;
use proptest::prelude::*;

use super::*;
use crate::testing::Seeded;

fn otp(kind: OtpKind) -> Otp {
    Otp {
        id: OtpId::generate(&Seeded::new(61)).unwrap(),
        kind,
        algorithm: OtpAlgorithm::Sha1,
        digits: 6,
        secret: OtpSecret::new(b"12345678901234567890").unwrap(),
        unknown: Unknown::default(),
    }
}

fn card(name: &str, notes: &str) -> Card {
    Card {
        name: Text::new(name).unwrap(),
        app: Text::new("Example").unwrap(),
        address: Text::new("https://example.com").unwrap(),
        login: Text::new("ana@example.com").unwrap(),
        notes: Text::new(notes).unwrap(),
        binned: None,
        unknown: Unknown::default(),
    }
}

fn activity(entries: usize) -> Activity {
    let mut activity = Activity::default();
    for index in 0..entries {
        let subject = (index % 3 == 0).then_some(countersign_protocol::ids::UserId::from_bytes([7; 16]));
        activity.push(1_700_000_000_000 + index as u64, Action::Viewed, subject);
    }
    activity
}

/// Reads a value's own encoding and returns it encoded once more.
fn again<T: Content>(content: &T) -> Vec<u8> {
    let bytes = encode(content);
    let back: T = decode(&bytes).unwrap();
    assert_eq!(*encode(&back), *bytes);
    bytes.to_vec()
}

/// The encoding with fields of a later version at its end.
fn extended<T: Content>(content: &T) -> Vec<u8> {
    let mut bytes = encode(content).to_vec();
    bytes[0] += 3;
    let mut later = Encoder::new(Vec::new());
    later.str("later").unwrap();
    later.array(2).unwrap().map(1).unwrap().u8(1).unwrap().null().unwrap().i8(-1).unwrap();
    later.bool(true).unwrap();
    bytes.extend(later.into_writer());
    bytes
}

#[test]
fn every_type_reads_what_it_writes() {
    again(&card("Example", "notes"));
    again(&otp(OtpKind::Totp { period: 30 }));
    again(&otp(OtpKind::Hotp { counter: 7 }));
    again(&otp(OtpKind::Steam));
    again(&Counter { otp: otp(OtpKind::Hotp { counter: 7 }).id, next: 7, unknown: Unknown::default() });
    again(&Pending { at: 1, otp: otp(OtpKind::Hotp { counter: 7 }), unknown: Unknown::default() });
    again(&Replaced { at: 1, otp: otp(OtpKind::Hotp { counter: 7 }), unknown: Unknown::default() });
    again(&activity(100));
    again(&WorkspaceName::new(Text::new("Blue").unwrap()));
    again(&MemberName::new(Text::new("Ana").unwrap()));
    again(&DeviceName::new(Text::new("Ana's phone").unwrap()));
    let code = |used| RecoveryCode { code: Text::new("1234-5678").unwrap(), used };
    again(&RecoveryCodes::new(vec![code(None), code(Some(5))]).unwrap());
}

#[test]
fn fields_of_a_later_version_survive_an_edit() {
    let bytes = extended(&card("Example", "notes"));
    let mut read: Card = decode(&bytes).unwrap();
    read.name = Text::new("Renamed").unwrap();
    assert_eq!(*encode(&read), extended(&card("Renamed", "notes")));

    let bytes = extended(&otp(OtpKind::Hotp { counter: 7 }));
    assert_eq!(*encode(&decode::<Otp>(&bytes).unwrap()), bytes);
}

#[test]
fn the_buffer_never_grows_from_plaintext_to_ciphertext() {
    for notes in [0, 100, 255, 256, 5000] {
        let plaintext = encode(&card("Example", &"x".repeat(notes)));
        assert!(plaintext.capacity() >= padded(plaintext.len()) + aead::TAG);
    }
}

#[test]
fn the_largest_of_each_fits_into_a_record() {
    let code = || RecoveryCode { code: Text::new(&"c".repeat(256)).unwrap(), used: Some((1 << 53) - 1) };
    let codes = RecoveryCodes::new((0..MAX_RECOVERY_CODES).map(|_| code()).collect()).unwrap();
    let longest =
        [encode(&card(&"n".repeat(256), &"x".repeat(16_384))), encode(&codes), encode(&activity(100))];
    assert!(longest.iter().all(|plaintext| plaintext.len() < MAX_PLAINTEXT_BYTES));
    assert!(RecoveryCodes::new((0..=MAX_RECOVERY_CODES).map(|_| code()).collect()).is_err());
    assert!(Text::<256>::new(&"n".repeat(257)).is_err());
    assert!(OtpSecret::new(&[]).is_err() && OtpSecret::new(&[0; MAX_SECRET_BYTES + 1]).is_err());
}

#[test]
fn another_encoding_of_the_same_is_refused() {
    let bytes = encode(&WorkspaceName::new(Text::new("Blue").unwrap()));
    assert_eq!(**bytes, *b"\x82\x01\x64Blue");
    for (other, error) in [
        (&b"\x82\x01\x64Blue\x00"[..], "NotCanonical"),
        (b"\x98\x02\x01\x64Blue", "NotCanonical"),
        (b"\x82\x18\x01\x64Blue", "NotCanonical"),
        (b"\x82\x01\x78\x04Blue", "NotCanonical"),
        (b"\x82\x01\x44Blue", "Malformed"),
        (b"\x9f\x01\x64Blue\xff", "Malformed"),
        (b"\x81\x01", "Malformed"),
        (b"\x82\x02\x64Blue", "NeedsUpdate"),
        (b"\x82\x01\x64\xff\xff\xff\xff", "Malformed"),
        (b"\x83\x01\x64Blue\x18\x01", "Malformed"),
        (b"\x83\x01\x64Blue\xc1\x01", "Malformed"),
        (b"\x83\x01\x64Blue\xf9\x3c\x00", "Malformed"),
        (b"\x83\x01\x64Blue\xa2\x02\xf5\x01\xf5", "NotCanonical"),
        (b"\x83\x01\x64Blue\xa2\x01\xf5\x01\xf6", "NotCanonical"),
        (b"\x83\x01\x64Blue\x81\xa2\x61b\x01\x61a\x01", "NotCanonical"),
        (b"\x83\x01\x64Blue\xa2\x20\x01\x18\x18\x01", "NotCanonical"),
        (b"\x83\x01\x64Blue\xa1\x01", "Malformed"),
        (b"\x83\x01\x64Blue\x9b\xff\xff\xff\xff\xff\xff\xff\xff", "Malformed"),
        (b"\x83\x01\x64Blue\x81\x81\x81\x81\x81\x81\x81\x81\x81\x01", "Malformed"),
        (b"", "Malformed"),
    ] {
        assert_eq!(decode::<WorkspaceName>(other).unwrap_err().name(), error, "{other:02x?}");
    }
}

#[test]
fn a_later_map_is_kept_with_its_keys_in_order() {
    // 1, 24, "a", "aa", -1 is not the order of their encodings; 1, 24, -1, "a", "aa" is.
    let sorted = b"\x83\x01\x64Blue\xa5\x01\xf5\x18\x18\xf5\x20\xf5\x61a\xf5\x62aa\xf5";
    let name: WorkspaceName = decode(sorted).unwrap();
    assert_eq!(**encode(&name), *sorted);
}

#[test]
fn a_later_field_is_kept_in_its_shortest_form_only() {
    let read = |field: &[u8]| {
        let bytes = [b"\x83\x01\x64Blue", field].concat();
        decode::<WorkspaceName>(&bytes).map(|name| assert_eq!(**encode(&name), *bytes)).is_ok()
    };
    let nested = |depth: usize| [&vec![0x81; depth][..], &[0]].concat();
    for kept in [
        &b"\x00"[..],
        b"\x17",
        b"\x18\x18",
        b"\x18\xff",
        b"\x19\x01\x00",
        b"\x19\xff\xff",
        b"\x1a\x00\x01\x00\x00",
        b"\x1a\xff\xff\xff\xff",
        b"\x1b\x00\x00\x00\x01\x00\x00\x00\x00",
        b"\x20",
        b"\x38\x18",
        b"\x43abc",
        b"\x63abc",
        b"\xf4",
        b"\xf6",
        b"\x80",
        b"\xa0",
        &nested(8),
    ] {
        assert!(read(kept), "{kept:02x?}");
    }
    for refused in [
        &b"\x18\x17"[..],
        b"\x19\x00\xff",
        b"\x1a\x00\x00\xff\xff",
        b"\x1b\x00\x00\x00\x00\xff\xff\xff\xff",
        b"\x38\x17",
        b"\x58\x03abc",
        b"\x78\x03abc",
        b"\x98\x01\x00",
        b"\xb8\x01\x00\x00",
        b"\xa1\x00",
        b"\x82\x00",
        b"\xfb\x00\x00\x00\x00\x00\x00\x00\x00",
        b"\xf7",
        &nested(9),
    ] {
        assert!(!read(refused), "{refused:02x?}");
    }
}

#[test]
fn parameters_that_no_code_has_are_refused() {
    for (at, bad, error) in [
        (18, 4, "NeedsUpdate"),
        (18, 0, "NeedsUpdate"),
        (19, 4, "NeedsUpdate"),
        (20, 4, "Malformed"),
        (20, 11, "Malformed"),
        (21, 1, "Malformed"),
    ] {
        let mut bytes = encode(&otp(OtpKind::Steam)).to_vec();
        bytes[at + 1] = bad;
        assert_eq!(decode::<Otp>(&bytes).unwrap_err().name(), error, "{at} {bad}");
    }
}

#[test]
fn hostile_counter_beyond_every_integer_is_refused() {
    let mut bytes =
        encode(&Counter { otp: otp(OtpKind::Hotp { counter: 7 }).id, next: 0, unknown: Unknown::default() })
            .to_vec();
    bytes.pop();
    bytes.extend([0x1B, 0x80, 0, 0, 0, 0, 0, 0, 0]);
    assert_eq!(decode::<Counter>(&bytes).unwrap_err().name(), "Malformed");
}

#[test]
fn the_larger_counter_wins_within_one_scan_only() {
    let scan = |seed| OtpId::generate(&Seeded::new(seed)).unwrap();
    let counter = |otp, next| Counter { otp, next, unknown: Unknown::default() };
    let (old, new) = (scan(1), scan(2));
    assert!(counter(old, 5).replaces(None, old));
    assert!(counter(old, 5).replaces(Some(&counter(old, 4)), old));
    assert!(!counter(old, 5).replaces(Some(&counter(old, 5)), old));
    assert!(!counter(old, 4).replaces(Some(&counter(old, 5)), old));
    assert!(counter(new, 0).replaces(Some(&counter(old, 99)), new));
    assert!(!counter(old, 99).replaces(Some(&counter(new, 0)), new));
}

#[test]
fn activity_keeps_its_last_hundred_and_shows_when_it_was_rewritten() {
    let mut grown = activity(150);
    assert_eq!(grown.entries().len(), MAX_ACTIVITY_ENTRIES);
    assert_eq!(grown.entries()[0].number, 51);
    assert!(grown.continues(&activity(150)) && grown.continues(&activity(0)));
    grown.push(0, Action::Copied, None);
    assert!(
        grown.continues(&activity(150)) && grown.continues(&activity(51)) && grown.continues(&activity(20))
    );
    assert!(!activity(150).continues(&grown), "an entry was taken back");

    let mut rewritten = activity(149);
    rewritten.push(0, Action::Exported, None);
    rewritten.push(0, Action::Copied, None);
    assert!(!rewritten.continues(&activity(150)), "an entry was changed");
    assert!(!activity(0).continues(&activity(1)), "the chain was started again");
}

#[test]
fn hostile_activity_with_an_entry_left_out_or_altered_is_refused() {
    let bytes = encode(&activity(3));
    for index in 4..bytes.len() {
        let mut altered = bytes.to_vec();
        altered[index] ^= 1;
        let last = bytes.len() - 60;
        assert!(decode::<Activity>(&altered).is_err() || index > last, "byte {index}");
    }
}

proptest! {
    #[test]
    fn whatever_reads_is_its_one_encoding(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
        if let Ok(card) = decode::<Card>(&bytes) {
            prop_assert_eq!(&**encode(&card), &bytes);
        }
    }

    #[test]
    fn one_changed_byte_is_refused_or_reads_as_what_it_now_says(at in any::<prop::sample::Index>(), to: u8, later: bool) {
        let whole = otp(OtpKind::Totp { period: 30 });
        let mut bytes = if later { extended(&whole) } else { encode(&whole).to_vec() };
        let at = at.index(bytes.len());
        bytes[at] = to;
        if let Ok(read) = decode::<Otp>(&bytes) {
            prop_assert_eq!(&**encode(&read), &bytes);
        }
    }
}
