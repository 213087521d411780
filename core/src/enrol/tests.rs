//! The reader as a whole: what each entry may be, the rules one by one, and that nothing it says holds the text.
//!
//! Readings of payloads met in the wild are the conformance cases; here are their neighbours.

use super::*;
use crate::otp::{Algorithm, OtpParameters, TimeParameters};

mod corners;
mod migration;
mod properties;
mod writing;

/// Reads a link that must be an account.
fn account(text: &str) -> AccountPayload {
    match read(text, Entry::Qr) {
        Ok(Payload::Account(account)) => account,
        other => panic!("not an account: {other:?}"),
    }
}

/// Reads the usual link with `parameters` behind its secret.
fn with(parameters: &str) -> Result<AccountPayload, PayloadError> {
    match read(&format!("otpauth://totp/Example:alice?secret=JBSWY3DPEHPK3PXP&{parameters}"), Entry::Qr)? {
        Payload::Account(account) => Ok(account),
        Payload::Migration(_) => panic!("not an account"),
    }
}

/// The id and the detail of a refusal.
fn refusal<T: std::fmt::Debug>(outcome: Result<T, PayloadError>) -> (&'static str, String) {
    let error = outcome.unwrap_err();
    (error.id(), error.detail().unwrap_or_default().to_owned())
}

fn is_steam(account: &AccountPayload) -> bool {
    account.parameters == OtpParameters::Time(TimeParameters::Steam)
}

#[test]
fn a_bare_word_is_a_key_only_where_keys_are_typed() {
    let key = "JBSW Y3DP EHPK 3PXP";
    assert!(matches!(read(key, Entry::Manual), Ok(Payload::Account(_))));
    for entry in [Entry::Qr, Entry::Link] {
        assert_eq!(read(key, entry).unwrap_err(), PayloadError::NotOtpauth(Foreign::BareKey));
    }
    assert_eq!(read("office", Entry::Qr).unwrap_err(), PayloadError::NotOtpauth(Foreign::Other));
}

#[test]
fn a_six_digit_code_is_named_even_where_it_would_be_base32() {
    for code in ["287082", "234567", "287 082", "2345-6723"] {
        let typed = read(code, Entry::Manual).unwrap_err();
        assert_eq!(typed, PayloadError::InvalidSecret(SecretFault::LooksLikeCode), "{code}");
        assert_eq!(read(code, Entry::Qr).unwrap_err(), PayloadError::NotOtpauth(Foreign::OneTimeCode));
    }
}

#[test]
fn other_kinds_of_text_are_named_wherever_they_come_from() {
    let table = [
        ("http://example.com", PayloadError::NotOtpauth(Foreign::WebLink)),
        ("HTTPS://EXAMPLE.COM", PayloadError::NotOtpauth(Foreign::WebLink)),
        ("wifi:T:WPA;S:a;;", PayloadError::NotOtpauth(Foreign::Wifi)),
        ("FIDO:/1234567890", PayloadError::NotOtpauth(Foreign::Passkey)),
        ("phonefactor://x", PayloadError::VendorLocked(Vendor::Microsoft)),
        ("OktaVerify://x", PayloadError::VendorLocked(Vendor::Okta)),
        ("https://m-1.duosecurity.com/activate/x", PayloadError::VendorLocked(Vendor::Duo)),
        (
            "https://login.microsoftonline.com/authenticatorApp/activateAccount?source=qrCode&code=x",
            PayloadError::VendorLocked(Vendor::Microsoft),
        ),
        ("https://login.microsoftonline.com/", PayloadError::NotOtpauth(Foreign::WebLink)),
        ("https://duosecurity.com.example.com/", PayloadError::NotOtpauth(Foreign::WebLink)),
        ("com-okta-authenticator:/actions/enroll", PayloadError::VendorLocked(Vendor::Okta)),
        ("duo://code-host", PayloadError::VendorLocked(Vendor::Duo)),
        ("code-YXBpLTEuZHVvc2VjdXJpdHkuY29t", PayloadError::VendorLocked(Vendor::Duo)),
        ("code-YXBpLTEuZHVvZmVkZXJhbC5jb20=", PayloadError::VendorLocked(Vendor::Duo)),
        ("oraclemobileauthenticator://totp/a?OTP=AAAA", PayloadError::VendorLocked(Vendor::Oracle)),
        ("lpaauth-migration://offline?data=x", PayloadError::VendorLocked(Vendor::LastPass)),
        ("motp://a:b?secret=00", PayloadError::UnsupportedType { found: Found::new("motp") }),
        ("ftp://example.com", PayloadError::NotOtpauth(Foreign::Other)),
    ];
    for (text, expected) in table {
        for entry in [Entry::Qr, Entry::Link, Entry::Manual] {
            assert_eq!(read(text, entry).unwrap_err(), expected, "{text}");
        }
    }
}

#[test]
fn blanks_and_a_byte_order_mark_around_a_text_are_dropped() {
    let plain = account("otpauth://totp/a?secret=AAAA");
    assert_eq!(account("\u{feff} \r\n\totpauth://totp/a?secret=AAAA\u{a0}\r\n"), plain);
    assert_eq!(refusal(read("\u{feff}\n", Entry::Qr)).0, "not_otpauth");
    assert_eq!(refusal(read("\u{feff}\n", Entry::Manual)).0, "empty_secret");
}

#[test]
fn a_text_that_no_payload_has_room_for_is_not_looked_at() {
    let longest = format!("otpauth://totp/a?secret=AAAA&x={}", "x".repeat(MAX_TEXT_BYTES - 31));
    assert_eq!(longest.len(), MAX_TEXT_BYTES);
    account(&longest);
    assert_eq!(refusal(read(&(longest + "x"), Entry::Qr)).0, "too_long");
}

#[test]
fn every_refusal_has_a_next_step_and_tells_nothing() {
    let texts = [
        "otpauth://potp/NAMED?secret=SEKRET22SEKRET22",
        "otpauth://totp/NAMED?secret=SEKRET22SEKRET22&algorithm=SEKRET22",
        "otpauth://totp/NAMED?secret=SEKRET22SEKRET22&digits=SEKRET22",
        "otpauth://totp/NAMED?secret=SEKRET22SEKRET22&period=SEKRET22",
        "otpauth://hotp/NAMED?secret=SEKRET22SEKRET22&counter=SEKRET22",
        "otpauth://hotp/NAMED?secret=SEKRET22SEKRET22",
        "otpauth://totp/NAMED?secret=SEKRET22SEKRET22&secret=SEKRET22SEKRET22",
        "otpauth://totp/NAMED?secret=SEKRET22SEKRET220",
        "otpauth://totp/NAMED?secret=",
        "otpauth://SEKRET22/?secret=SEKRET22SEKRET22",
        "otpauth://totp/NAMED?secre=SEKRET22SEKRET22",
        "otpauth-migration://offline?data=SEKRET22SEKRET22",
        "https://SEKRET22.example.com/NAMED",
        "SEKRET22SEKRET22",
        "duo://SEKRET22-NAMED",
    ];
    for text in texts {
        let error = read(text, Entry::Qr).unwrap_err();
        let step = error.next_step();
        assert!(!step.id.is_empty() && step.sentence.ends_with('.'), "{text}");
        for told in [error.to_string(), format!("{error:?}"), step.sentence.to_owned()] {
            let told = told.to_uppercase();
            assert!(!told.contains("SEKRET22") && !told.contains("NAMED"), "{text}: {told}");
        }
    }
}

#[test]
fn a_vendor_is_named_to_a_person() {
    let error = read("phonefactor://x", Entry::Qr).unwrap_err();
    assert_eq!(error.to_string(), "this code is only for Microsoft Authenticator");
}

#[test]
fn debug_of_a_refused_value_shows_that_there_is_one() {
    assert_eq!(format!("{:?}", with("digits=99").unwrap_err()), "InvalidDigits { found: Found(…) }");
}

#[test]
fn debug_of_an_account_hides_the_secret() {
    let printed = format!("{:?}", account("otpauth://totp/a?secret=JBSWY3DPEHPK3PXP"));
    assert!(printed.contains("OtpSecret(…)") && !printed.contains("72, 101"), "{printed}");
    let read = read("otpauth://totp/canary1:canary2?secret=AAAA&issuer=canary3", Entry::Qr);
    assert!(!format!("{read:?}").contains("canary"), "{read:?}");
}

#[test]
fn what_is_usual_holds_where_a_link_says_nothing() {
    let expected = TimeParameters::Totp {
        algorithm: Algorithm::Sha1,
        digits: crate::otp::Digits::SIX,
        period: crate::otp::Period::THIRTY,
    };
    let Ok(Payload::Account(typed)) = read("JBSWY3DPEHPK3PXP", Entry::Manual) else { panic!("a key") };
    let scanned = account("otpauth://totp/?secret=JBSWY3DPEHPK3PXP");
    assert_eq!(typed, scanned);
    assert_eq!(scanned.parameters, OtpParameters::Time(expected));
}
