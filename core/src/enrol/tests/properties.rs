//! What must hold for every text and every account: nothing panics, and what is written is read.

use proptest::collection::vec;
use proptest::prelude::*;

use super::*;
use crate::otp::{CounterParameters, Digits, OtpSecret, Period};

/// A name as accounts have them: not empty, no blanks around it, anything inside.
fn name() -> impl Strategy<Value = Option<String>> {
    let character =
        prop_oneof![any::<char>(), prop::sample::select(vec![':', '%', '+', '&', '/', '?', '#', ' '])];
    vec(character, 0..12).prop_map(|characters| {
        let text: String = characters.into_iter().collect();
        Some(text.trim().to_owned()).filter(|text| !text.is_empty())
    })
}

fn parameters() -> impl Strategy<Value = OtpParameters> {
    let algorithm = prop::sample::select(vec![Algorithm::Sha1, Algorithm::Sha256, Algorithm::Sha512]);
    let digits = (5_u64..=10).prop_map(|digits| Digits::try_from(digits).unwrap());
    let period = (1_u64..=2_147_483_647).prop_map(|period| Period::try_from(period).unwrap());
    let totp = (algorithm.clone(), digits.clone(), period).prop_map(|(algorithm, digits, period)| {
        OtpParameters::Time(TimeParameters::Totp { algorithm, digits, period })
    });
    let hotp = (algorithm, digits, any::<u64>()).prop_map(|(algorithm, digits, counter)| {
        OtpParameters::Counter(CounterParameters { algorithm, digits, counter })
    });
    prop_oneof![totp, hotp, Just(OtpParameters::Time(TimeParameters::Steam))]
}

fn accounts() -> impl Strategy<Value = AccountPayload> {
    (name(), name(), vec(any::<u8>(), 1..80), parameters()).prop_map(
        |(issuer, account, secret, parameters)| AccountPayload {
            issuer,
            account,
            label_issuer: None,
            secret: OtpSecret::from_bytes(&secret).unwrap(),
            parameters,
            warnings: Vec::new(),
        },
    )
}

/// Pieces that payloads are made of, so that random texts get past the first check.
fn pieces() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "otpauth://",
        "apple-otpauth:",
        "otpauth-migration://offline?data=",
        "steam://",
        "totp",
        "hotp/",
        "?",
        "&",
        "secret=",
        "AAAA",
        "issuer=",
        "Steam",
        ":",
        "%3A",
        "%",
        "+",
        "digits=",
        "6",
        "period=",
        "counter=",
        "algorithm=",
        "SHA1",
        "&amp;",
        "encoder=steam",
        "CjcKFDEyMzQ1",
        "-",
        "=",
        " ",
        "\u{feff}",
    ]);
    vec(prop_oneof![4 => known.prop_map(str::to_owned), 1 => any::<String>()], 0..16)
        .prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn no_text_makes_the_reader_panic(text in pieces()) {
        for entry in [Entry::Qr, Entry::Link, Entry::Manual] {
            let _ = read(&text, entry);
        }
    }

    #[test]
    fn what_is_written_is_read(account in accounts()) {
        let steam = account.issuer.as_deref().is_some_and(|issuer| issuer.eq_ignore_ascii_case("steam"));
        prop_assume!(!steam);
        let written = write_otpauth(&account).unwrap();
        let Ok(Payload::Account(read)) = read(written.expose(), Entry::Qr) else { panic!("not an account") };
        prop_assert_eq!(&read.issuer, &account.issuer);
        prop_assert_eq!(&read.account, &account.account);
        prop_assert_eq!(&read.secret, &account.secret);
        prop_assert_eq!(read.parameters, account.parameters);
        // One form: writing what was read gives the same text.
        let again = write_otpauth(&read).unwrap();
        prop_assert_eq!(again.expose(), written.expose());
    }

    #[test]
    fn what_was_read_can_be_written(text in pieces()) {
        if let Ok(Payload::Account(account)) = read(&text, Entry::Qr) {
            write_otpauth(&account).unwrap();
        }
    }

    #[test]
    fn a_name_never_changes_the_secret(label in any::<String>(), issuer in any::<String>()) {
        let plain = account("otpauth://totp/?secret=JBSWY3DPEHPK3PXP");
        let escaped: String = issuer.bytes().fold(String::new(), |text, byte| text + &format!("%{byte:02x}"));
        let label: String = label.chars().filter(|c| !matches!(c, '?')).collect();
        let named = account(&format!("otpauth://totp/{label}?secret=JBSWY3DPEHPK3PXP&issuer={escaped}"));
        prop_assert_eq!(named.secret, plain.secret);
    }
}
