//! Google's export, written here by an encoder of its own, byte by byte, so that reader and test share nothing.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::otp::{CounterParameters, Digits, OtpSecret, Period};

/// Protobuf, as much of it as an export needs (protobuf.dev, *Encoding*).
#[derive(Default, Clone)]
struct Message(Vec<u8>);

impl Message {
    fn varint(mut self, value: u64) -> Self {
        let mut rest = value;
        loop {
            let [low, ..] = rest.to_le_bytes();
            rest >>= 7;
            if rest == 0 {
                self.0.push(low & 0x7f);
                return self;
            }
            self.0.push(low | 0x80);
        }
    }

    /// A number; negative ones take ten bytes.
    fn number(self, field: u64, value: i64) -> Self {
        self.varint(field << 3).varint(value.cast_unsigned())
    }

    fn bytes(self, field: u64, value: &[u8]) -> Self {
        let mut message = self.varint(field << 3 | 2).varint(value.len() as u64);
        message.0.extend_from_slice(value);
        message
    }

    fn link(&self) -> String {
        format!(
            "otpauth-migration://offline?data={}",
            base64(&self.0).replace('+', "%2B").replace('=', "%3D")
        )
    }
}

fn base64(bytes: &[u8]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for chunk in bytes.chunks(3) {
        let word =
            chunk.iter().fold(0_u32, |word, byte| word << 8 | u32::from(*byte)) << (8 * (3 - chunk.len()));
        for place in 0..=chunk.len() {
            text.push(char::from(ALPHABET[(word >> (18 - 6 * place) & 63) as usize]));
        }
    }
    while !text.len().is_multiple_of(4) {
        text.push('=');
    }
    text
}

/// An entry with nothing but a secret.
fn entry() -> Message {
    Message::default().bytes(1, b"12345678901234567890")
}

fn export(entries: &[Message]) -> Message {
    entries.iter().fold(Message::default(), |export, entry| export.bytes(1, &entry.0))
}

fn migration(text: &str) -> MigrationPayload {
    match read(text, Entry::Qr) {
        Ok(Payload::Migration(migration)) => migration,
        other => panic!("not an export: {other:?}"),
    }
}

/// What becomes of one entry.
fn only(entry: Message) -> Result<AccountPayload, EntryError> {
    migration(&export(&[entry]).link()).entries.pop().unwrap()
}

fn fault(text: &str) -> MigrationFault {
    match read(text, Entry::Qr) {
        Err(PayloadError::BadMigration(fault)) => fault,
        other => panic!("not refused as an export: {other:?}"),
    }
}

#[test]
fn an_entry_with_only_a_secret_is_the_usual_totp() {
    let Ok(Payload::Account(typed)) = read("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ", Entry::Manual) else {
        panic!()
    };
    assert_eq!(only(entry()).unwrap(), typed);
    assert_eq!(only(entry().number(4, 0).number(5, 0).number(6, 0)).unwrap(), typed);
}

#[test]
fn numbers_in_an_entry_are_names_and_unknown_ones_refuse_it_alone() {
    for (number, digits) in [(1, 6), (2, 8)] {
        assert_eq!(only(entry().number(5, number)).unwrap().parameters.digits().get(), digits);
    }
    let refused = [
        (4, 4, EntryError::UnsupportedAlgorithm),
        (4, -1, EntryError::UnsupportedAlgorithm),
        (5, 3, EntryError::InvalidDigits),
        (5, 6, EntryError::InvalidDigits),
        (6, 3, EntryError::UnsupportedType),
    ];
    for (field, number, error) in refused {
        let read = migration(&export(&[entry(), entry().number(field, number), entry()]).link());
        let outcomes: Vec<_> = read.entries.iter().map(|entry| entry.as_ref().err().copied()).collect();
        assert_eq!(outcomes, [None, Some(error), None]);
    }
}

#[test]
fn hotp_starts_at_its_counter_and_at_zero_where_none_is_written() {
    let counter = |entry: Message| match only(entry.number(6, 1)).map(|account| account.parameters) {
        Ok(OtpParameters::Counter(hotp)) => Ok(hotp.counter),
        Ok(OtpParameters::Time(_)) => panic!("not HOTP"),
        Err(error) => Err(error),
    };
    assert_eq!(counter(entry()), Ok(0));
    assert_eq!(counter(entry().number(7, i64::MAX)), Ok(i64::MAX.unsigned_abs()));
    assert_eq!(counter(entry().number(7, -1)), Err(EntryError::InvalidCounter));
    // A counter says nothing about TOTP.
    assert!(only(entry().number(6, 2).number(7, -1)).is_ok());
}

#[test]
fn a_name_in_an_entry_is_a_label_that_is_not_encoded() {
    let names = |name: &str, issuer: &str| {
        let account = only(entry().bytes(2, name.as_bytes()).bytes(3, issuer.as_bytes())).unwrap();
        [account.issuer, account.account, account.label_issuer].map(Option::unwrap_or_default)
    };
    assert_eq!(names("", ""), ["", "", ""]);
    assert_eq!(names("alice", "GitHub"), ["GitHub", "alice", ""]);
    assert_eq!(names("GitHub:alice", "GitHub"), ["GitHub", "alice", ""]);
    assert_eq!(names("GitHub: alice", ""), ["GitHub", "alice", ""]);
    assert_eq!(names("Tenant:alice", "Microsoft"), ["Microsoft", "alice", "Tenant"]);
    assert_eq!(names("a+b%20%3Ac", " "), ["", "a+b%20%3Ac", ""]);
}

#[test]
fn a_steam_entry_is_steam_whatever_digits_it_has() {
    let steam = only(entry().bytes(3, b"Steam").number(5, 1)).unwrap();
    assert!(is_steam(&steam));
    let other = only(entry().bytes(3, b"Steam").number(4, 2));
    assert_eq!(other.unwrap_err(), EntryError::UnsupportedAlgorithm);
}

#[test]
fn a_damaged_entry_costs_no_other() {
    let damaged = Message(vec![0x0a, 0xff]);
    let names = entry().bytes(2, &[0xff, b'a']);
    let read = migration(&export(&[damaged, Message::default(), names]).link());
    assert_eq!(read.entries[0], Err(EntryError::Damaged));
    assert_eq!(read.entries[1], Err(EntryError::EmptySecret));
    assert_eq!(read.entries[2].as_ref().unwrap().account.as_deref(), Some("\u{fffd}a"));
}

#[test]
fn unknown_fields_and_missing_ones_are_no_fault() {
    let inner = entry().bytes(8, b"6194bc1737727").number(99, -5);
    let outer = export(&[inner]).number(2, 2).bytes(1_000, b"future");
    assert_eq!(migration(&outer.link()).batch, Batch { id: 0, index: 0, size: 0 });
    let numbered = outer.number(3, 3).number(4, 1).number(5, -7);
    assert_eq!(migration(&numbered.link()).batch, Batch { id: -7, index: 1, size: 3 });
}

#[test]
fn data_is_read_however_it_travelled() {
    let export = export(&[Message::default().bytes(1, &[1, 2, 0xfb, 0xef, 0xbe, 0xff, 0xff])]);
    let text = base64(&export.0);
    assert!(text.contains('+') && text.contains('/') && text.ends_with('='), "{text}");
    let plain = migration(&export.link());
    for data in [
        text.clone(),
        text.replace('+', " "),
        text.replace('+', "%20").replace('/', "%2f"),
        text.replace('=', ""),
        text.replace('+', "-").replace('/', "_"),
        format!("{}%0D%0A{}\n", &text[..8], &text[8..]),
    ] {
        assert_eq!(migration(&format!("OTPAUTH-migration://Offline/?x=1&DATA={data}")), plain, "{data}");
    }
}

#[test]
fn an_export_that_is_no_export_is_refused_as_a_whole() {
    let good = base64(&export(&[entry()]).0);
    let with = |data: &str| fault(&format!("otpauth-migration://offline?data={data}"));
    assert_eq!(fault("otpauth-migration://online?data=CgA"), MigrationFault::NotOffline);
    assert_eq!(fault("otpauth-migration://offline?date=CgA"), MigrationFault::NoData);
    assert_eq!(with(""), MigrationFault::NoData);
    assert_eq!(with("=="), MigrationFault::NoData);
    assert_eq!(with("CgA!"), MigrationFault::NotBase64);
    // Decoded once: what was encoded twice is not what Google's app writes.
    assert_eq!(with(&good.replace('C', "%2543")), MigrationFault::NotBase64);
    assert_eq!(with(&good[..good.len() - 8]), MigrationFault::NotProtobuf);
    assert_eq!(with("EAEYASAA"), MigrationFault::NoEntries);
    let twice = read("otpauth-migration://offline?data=CgA&data=CgA", Entry::Qr);
    assert_eq!(refusal(twice), ("duplicate_parameter", "data".to_owned()));
}

#[test]
fn many_empty_entries_are_counted_not_multiplied() {
    let read =
        migration(&format!("otpauth-migration://offline?data={}", base64(&[0x0a, 0x00].repeat(20_000))));
    assert_eq!(read.entries.len(), 20_000);
}

proptest! {
    #[test]
    fn what_is_exported_is_read(
        secret in vec(any::<u8>(), 1..64),
        (account, issuer) in ("[^: ]{1,20}", "[^: ]{1,20}"),
        (algorithm, digits, hotp, counter) in (1..=3_i64, 1..=2_i64, any::<bool>(), 0..=i64::MAX),
    ) {
        prop_assume!(account.trim() == account && issuer.trim() == issuer && !issuer.eq_ignore_ascii_case("steam"));
        let entry = Message::default().bytes(1, &secret).bytes(2, account.as_bytes()).bytes(3, issuer.as_bytes());
        let entry = entry.number(4, algorithm).number(5, digits).number(6, if hotp { 1 } else { 2 });
        let read = only(entry.number(7, counter)).unwrap();
        prop_assert_eq!(read.secret, OtpSecret::from_bytes(&secret).unwrap());
        prop_assert_eq!((read.account, read.issuer), (Some(account), Some(issuer)));
        let digits = if digits == 1 { Digits::SIX } else { Digits::EIGHT };
        let algorithm = match algorithm {
            1 => Algorithm::Sha1,
            2 => Algorithm::Sha256,
            _ => Algorithm::Sha512,
        };
        let counter = counter.unsigned_abs();
        prop_assert_eq!(read.parameters, if hotp {
            OtpParameters::Counter(CounterParameters { algorithm, digits, counter })
        } else {
            OtpParameters::Time(TimeParameters::Totp { algorithm, digits, period: Period::THIRTY })
        });
    }

    #[test]
    fn no_export_makes_the_reader_panic(bytes in vec(any::<u8>(), 0..200)) {
        let _ = read(&Message(bytes.clone()).link(), Entry::Qr);
        let _ = read(&export(&[Message(bytes)]).link(), Entry::Qr);
    }
}
