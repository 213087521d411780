//! The rules of `docs/payloads.md` at their corners, one test a rule.

use super::*;

#[test]
fn schemes_types_and_parameter_names_have_no_case() {
    let plain = account("otpauth://totp/a?secret=AAAA&issuer=b&digits=8");
    assert_eq!(account("OTPAUTH://TOTP/a?SECRET=AAAA&Issuer=b&dIGITS=8"), plain);
    assert_eq!(account("Apple-OtpAuth://Totp/a?s%65cret=AAAA&issuer=b&digits=8"), plain);
}

#[test]
fn a_type_is_the_whole_of_what_stands_before_the_label() {
    for (text, found) in [
        ("otpauth://", ""),
        ("otpauth:", ""),
        ("otpauth:totp/a?secret=AAAA", ""),
        ("otpauth:///totp/a?secret=AAAA", ""),
        ("otpauth://?secret=AAAA", ""),
        ("otpauth://totp:80/a?secret=AAAA", "totp:80"),
        ("otpauth://me@totp/a?secret=AAAA", "me@totp"),
        ("otpauth://totp2/a?secret=AAAA", "totp2"),
        ("otpauth://yaotp/a?secret=AAAA", "yaotp"),
        ("otpauth://ťotp/a?secret=AAAA", "ťotp"),
    ] {
        assert_eq!(refusal(read(text, Entry::Qr)), ("unsupported_type", found.to_owned()), "{text}");
    }
    assert_eq!(account("otpauth://totp?secret=AAAA"), account("otpauth://totp/?secret=AAAA"));
    assert_eq!(refusal(read("otpauth://totp", Entry::Qr)).0, "missing_secret");
}

#[test]
fn the_first_question_mark_counts_and_a_hash_is_a_character() {
    assert_eq!(account("otpauth://totp/a#b?secret=AAAA").account.as_deref(), Some("a#b"));
    assert_eq!(refusal(read("otpauth://totp/a?b?secret=AAAA", Entry::Qr)).0, "missing_secret");
    assert_eq!(refusal(read("otpauth://totp/a?secret=AAAA#b", Entry::Qr)).0, "invalid_secret");
    assert_eq!(with("issuer=C%23#1").unwrap().issuer.as_deref(), Some("C##1"));
}

#[test]
fn ampersands_of_a_web_page_separate() {
    let text = "otpauth://totp/R&amp;D:a?secret=AAAA&amp;issuer=R%26D&amp;digits=8&&";
    let read = account(text);
    assert_eq!((read.issuer.as_deref(), read.account.as_deref()), (Some("R&D"), Some("a")));
    assert_eq!(read.parameters.digits().get(), 8);
    assert_eq!(with("issuer=a%26amp;b").unwrap().issuer.as_deref(), Some("a&amp;b"));
    // A semicolon separates nothing: cutting there would cut names.
    assert_eq!(with("issuer=a;digits=8").unwrap().issuer.as_deref(), Some("a;digits=8"));
}

#[test]
fn a_known_parameter_twice_is_refused_and_an_unknown_one_is_not() {
    for name in ["secret", "issuer", "algorithm", "digits", "period", "counter", "encoder", "steam"] {
        let twice = format!("otpauth://totp/a?{name}=AAAA&x=1&{}=AAAA", name.to_uppercase());
        assert_eq!(refusal(read(&twice, Entry::Qr)), ("duplicate_parameter", name.to_owned()));
    }
    with("image=a&image=b&x&x&=&==&data=1&data=2").unwrap();
}

#[test]
fn a_secret_keeps_every_bit_or_is_refused() {
    let secret = |text: &str| account(&format!("otpauth://totp/a?secret={text}")).secret.expose().to_vec();
    let plain = secret("JBSWY3DPEHPK3PXP");
    for same in [
        "jbsw-y3dp_ehpk 3pxp",
        "JBSWY3DPEHPK3PXP%3D%3d=",
        "%4aBSWY3DPEHPK3PXP",
        "+JBSWY3DP%09EHPK3PXP%0D%0A",
        "JBSW%C2%A0Y3DP%E3%80%80EHPK3PXP",
        "JBSWY3DPEHPK3PXP==%20-",
    ] {
        // Padding may be followed by what is dropped anyway.
        assert_eq!(secret(same), plain, "{same}");
    }
    for bad in [
        "JBSW=Y3DP",
        "JBSWY3DP0",
        "JBSWY3DP1",
        "JBSWY3DP8",
        "JBSWY3DP9",
        "JBSW.Y3DP",
        "JBSW%00Y3DP",
        "JBSW%2BY3DP",
        "JBSWY3DP%FF",
        "JBSWY3DP%",
        "JBSWY3DP%253D",
        "ıBSWY3DP",
        "JBſWY3DP",
        "JBSW\u{200b}Y3DP",
        "JBSW‐Y3DP",
        "JBSWY3DP,",
        "\"JBSWY3DP\"",
    ] {
        assert_eq!(
            refusal(read(&format!("otpauth://totp/a?secret={bad}"), Entry::Qr)).0,
            "invalid_secret",
            "{bad}"
        );
    }
    for empty in ["", "%20", "===", "-_-", "+"] {
        assert_eq!(refusal(read(&format!("otpauth://totp/a?secret={empty}"), Entry::Qr)).0, "empty_secret");
    }
    assert_eq!(refusal(read("otpauth://totp/a?secret=A", Entry::Qr)).0, "invalid_secret");
    assert_eq!(refusal(read("otpauth://totp/a?secret", Entry::Qr)).0, "empty_secret");
    assert_eq!(secret("AB"), [0]);
}

#[test]
fn a_long_secret_is_kept_whole() {
    let read = account(&format!("otpauth://totp/a?secret={}", "A7".repeat(2_000)));
    assert_eq!(read.secret.bits(), 20_000);
    assert!(read.warnings.is_empty());
}

#[test]
fn algorithms_have_three_names_and_the_spellings_of_java() {
    for (text, expected) in [
        ("sha1", Algorithm::Sha1),
        ("SHA-1", Algorithm::Sha1),
        ("HmacSHA1", Algorithm::Sha1),
        ("hmac-sha-256", Algorithm::Sha256),
        ("+SHA256+", Algorithm::Sha256),
        ("Sha-512", Algorithm::Sha512),
    ] {
        let read = with(&format!("algorithm={text}")).unwrap();
        assert_eq!(read.parameters.algorithm(), expected, "{text}");
    }
    for text in [
        "",
        "SHA",
        "1",
        "SHA2",
        "SHA01",
        "SHA 1",
        "SHA224",
        "SHA384",
        "SHA3-256",
        "SHA512/256",
        "ſHA1",
        "HMAC",
        "MD5",
    ] {
        let refused = refusal(with(&format!("algorithm={text}")));
        assert_eq!(refused, ("unsupported_algorithm", text.to_owned()));
    }
}

#[test]
fn numbers_are_ascii_digits_in_range() {
    for (text, digits) in [("5", 5), ("06", 6), ("%206+", 6), ("000000000000000000000010", 10), ("%38", 8)] {
        assert_eq!(with(&format!("digits={text}")).unwrap().parameters.digits().get(), digits, "{text}");
    }
    for text in
        ["", "4", "11", "6.0", "6e0", "0x6", "٦", "六", "６", "-6", "6 6", "99999999999999999999999999"]
    {
        assert_eq!(refusal(with(&format!("digits={text}"))), ("invalid_digits", text.to_owned()));
        assert_eq!(refusal(with(&format!("period={}", text.replace(['4', '1'], "0")))).0, "invalid_period");
    }
    assert_eq!(refusal(with("digits=%2B6")), ("invalid_digits", "+6".to_owned()));
    with("period=2147483647").unwrap();
    assert_eq!(refusal(with("period=4294967326")).0, "invalid_period");
}

#[test]
fn a_value_that_is_refused_is_kept_only_in_part() {
    let (_, detail) = refusal(with(&format!("digits={}", "é".repeat(1_000))));
    assert_eq!(detail, "é".repeat(64));
}

#[test]
fn unusual_digits_are_read_with_a_warning() {
    for (digits, unusual) in [(5, true), (6, false), (7, false), (8, false), (9, true), (10, true)] {
        let read = with(&format!("digits={digits}")).unwrap();
        assert_eq!(read.warnings.contains(&Warning::UnusualDigits), unusual, "{digits}");
    }
}

#[test]
fn a_counter_is_read_for_hotp_alone_and_a_period_for_totp_alone() {
    with("counter=x").unwrap();
    let hotp = |rest: &str| read(&format!("otpauth://hotp/a?secret=AAAA{rest}"), Entry::Qr);
    assert!(hotp("&counter=18446744073709551615&period=x").is_ok());
    assert_eq!(refusal(hotp("&period=30")).0, "missing_counter");
    for text in ["", "x", "-1", "1.5", "18446744073709551616"] {
        assert_eq!(refusal(hotp(&format!("&counter={text}"))), ("invalid_counter", text.to_owned()));
    }
}

#[test]
fn steam_is_found_by_type_encoder_flag_or_issuer() {
    for text in [
        "otpauth://steam/a?secret=AAAA",
        "otpauth://totp/a?secret=AAAA&encoder=STEAM",
        "otpauth://totp/a?secret=AAAA&steam",
        "otpauth://totp/a?secret=AAAA&steam=",
        "otpauth://totp/a?secret=AAAA&steam=true",
        "otpauth://totp/a?secret=AAAA&issuer=steam",
        "otpauth://totp/Steam:a?secret=AAAA&digits=6",
        "STEAM://AAAA",
        "steam://AAAA/",
    ] {
        assert!(is_steam(&account(text)), "{text}");
    }
    for text in [
        "otpauth://totp/Steam?secret=AAAA",
        "otpauth://totp/Steam:a?secret=AAAA&issuer=Valve",
        "otpauth://totp/a?secret=AAAA&issuer=Steamroller",
        "otpauth://totp/a?secret=AAAA&encoder=",
        "otpauth://totp/a?secret=AAAA&steam=false",
        "otpauth://totp/a?secret=AAAA&steam=%20FALSE",
        "otpauth://totp/a?secret=AAAA&steam=0",
        "otpauth://hotp/Steam:a?secret=AAAA&counter=0",
    ] {
        assert!(!is_steam(&account(text)), "{text}");
    }
}

#[test]
fn a_steam_link_that_contradicts_steam_is_refused() {
    for (rest, id) in [
        ("totp/a?secret=AAAA&encoder=base64", "unsupported_type"),
        ("hotp/a?secret=AAAA&counter=0&encoder=steam", "unsupported_type"),
        ("steam/a?secret=AAAA&algorithm=SHA256", "unsupported_algorithm"),
        ("steam/a?secret=AAAA&period=60", "invalid_period"),
        ("steam/a?secret=AAAA&digits=x", "invalid_digits"),
        ("steam/a", "missing_secret"),
    ] {
        assert_eq!(refusal(read(&format!("otpauth://{rest}"), Entry::Qr)).0, id, "{rest}");
    }
    for text in ["steam://rungameid/440", "steam://run/440", "STEAM://open/friends/", "steam:///install/440"]
    {
        let refused = read(text, Entry::Link);
        assert_eq!(refused.unwrap_err(), PayloadError::NotOtpauth(Foreign::SteamCommand), "{text}");
    }
    assert_eq!(refusal(read("steam://", Entry::Link)).0, "empty_secret");
}

#[test]
fn names_are_kept_as_they_are_written() {
    let read = account("otpauth://totp/a%00%1B[31m/b/:c+d%2B?secret=AAAA");
    assert_eq!(read.issuer.as_deref(), Some("a\0\u{1b}[31m/b/"));
    assert_eq!(read.account.as_deref(), Some("c+d+"));
}
