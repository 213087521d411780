//! The canonical form, letter by letter, and what has none.

use super::*;
use crate::otp::{Digits, OtpSecret, Period};

/// Reads a link and writes it again.
fn rewritten(text: &str) -> String {
    write_otpauth(&account(text)).unwrap().expose().to_owned()
}

#[test]
fn every_default_is_spelled_out_and_every_name_encoded() {
    let table = [
        ("otpauth://totp/?secret=aaaa", "otpauth://totp/?secret=AAAA&algorithm=SHA1&digits=6&period=30"),
        (
            "otpauth://totp/A b+c:d.e-f_g~h@i?secret=AAAA&algorithm=Hmac-SHA256&digits=08&period=60",
            "otpauth://totp/A%20b%2Bc:d.e-f_g~h%40i?secret=AAAA&issuer=A%20b%2Bc&algorithm=SHA256&digits=8&period=60",
        ),
        (
            "otpauth://totp/Tenant:ä?secret=AAAA&issuer=a:b",
            "otpauth://totp/a%3Ab:%C3%A4?secret=AAAA&issuer=a%3Ab&algorithm=SHA1&digits=6&period=30",
        ),
        (
            "otpauth://totp/:a:b?secret=AAAA",
            "otpauth://totp/:a%3Ab?secret=AAAA&algorithm=SHA1&digits=6&period=30",
        ),
        (
            "otpauth://hotp/a?secret=AAAA&counter=7&period=60",
            "otpauth://hotp/a?secret=AAAA&algorithm=SHA1&digits=6&counter=7",
        ),
        ("steam://AAAA", "otpauth://steam/Steam:?secret=AAAA&issuer=Steam"),
    ];
    for (text, expected) in table {
        assert_eq!(rewritten(text), expected);
        assert_eq!(rewritten(expected), expected, "not one form");
    }
}

#[test]
fn an_account_that_would_come_back_as_another_one_is_not_written() {
    let plain = || account("otpauth://totp/Example:alice?secret=AAAA");
    let changes: [fn(&mut AccountPayload); 6] = [
        |account| account.issuer = Some(" Example".to_owned()),
        |account| account.issuer = Some(String::new()),
        |account| account.account = Some("alice\n".to_owned()),
        |account| account.account = Some(String::new()),
        // Would be read as Steam's codes.
        |account| account.issuer = Some("STEAM".to_owned()),
        |account| account.account = Some("a".repeat(MAX_TEXT_BYTES)),
    ];
    write_otpauth(&plain()).unwrap();
    for (number, change) in changes.iter().enumerate() {
        let mut account = plain();
        change(&mut account);
        assert_eq!(write_otpauth(&account).unwrap_err(), WriteError, "change {number}");
    }
}

#[test]
fn the_longest_names_and_numbers_do_not_outgrow_the_buffer() {
    let widest = AccountPayload {
        issuer: Some("é".repeat(500)),
        account: Some(":".repeat(500)),
        label_issuer: None,
        secret: OtpSecret::from_bytes(&[0xff; 200]).unwrap(),
        parameters: OtpParameters::Time(TimeParameters::Totp {
            algorithm: Algorithm::Sha512,
            digits: Digits::MAX,
            period: Period::MAX,
        }),
        warnings: Vec::new(),
    };
    // The writer itself asserts it, in test builds.
    write_otpauth(&widest).unwrap();
}

#[test]
fn debug_of_a_written_link_hides_it() {
    let written = write_otpauth(&account("otpauth://totp/a?secret=AAAA")).unwrap();
    assert_eq!(format!("{written:?}"), "OtpauthUri(…)");
}
