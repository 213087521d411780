//! What is given and is not what was meant: the exit code says which it is, and the next step leads on from there.

use image::{GrayImage, ImageFormat, Luma};
use serde_json::Value;

use super::{Home, shown};
use crate::pictures::{EXAMPLE, RFC_KEY, encoded, png};
use crate::program::file;

const WIFI: &str = "WIFI:T:WPA;S:Office;P:secret;;";

/// What a command says of a file: the problem's name, its next step, and the exit code.
fn said(home: &Home, command: &[&str], name: &str, bytes: &[u8]) -> (String, String, Option<i32>) {
    let path = file(&home.folder, name, bytes);
    let run = home.run(&[command, &[shown(&path), "--json"]].concat());
    let document: Value = serde_json::from_str(&run.out).unwrap();
    let text = |key: &str| document["error"][key].as_str().unwrap().to_owned();
    (text("id"), text("next_step"), run.code)
}

#[test]
fn a_picture_without_an_account_was_read_and_one_that_is_none_was_not() {
    let home = Home::unlocked("given_pictures");
    home.account("Mail");
    let blank = encoded(GrayImage::from_pixel(200, 200, Luma([255])), ImageFormat::Png);
    for command in [
        &["add"][..],
        &["activate", "mail"],
        &["replace", "mail"],
        &["recovery-codes", "mail", "--save"],
        &["import"],
    ] {
        let (id, _, code) = said(&home, command, "blank.png", &blank);
        assert_eq!((id.as_str(), code), ("no_code", Some(1)), "{command:?}");
        let (id, _, code) = said(&home, command, "half.png", &png(EXAMPLE)[..60]);
        assert_eq!((id.as_str(), code), ("damaged", Some(3)), "{command:?}");
    }
    for command in [&["add"][..], &["import"]] {
        let (id, _, code) = said(&home, command, "wifi.png", &png(WIFI));
        assert_eq!((id.as_str(), code), ("not_otpauth", Some(1)), "{command:?}");
    }
    assert_eq!(home.names(), ["Mail"]);
}

#[test]
fn a_key_in_a_file_is_led_to_the_command_that_keeps_it() {
    let home = Home::unlocked("given_text");
    home.account("Mail");
    for (command, instead) in [
        (&["add"][..], "countersign add -"),
        (&["activate", "mail"], "countersign activate NAME -"),
        (&["replace", "mail"], "countersign replace NAME -"),
        (&["recovery-codes", "mail", "--save"], "countersign recovery-codes NAME --save - < FILE"),
        (&["import"], "countersign add -"),
    ] {
        let (id, next, code) = said(&home, command, "key.txt", RFC_KEY.as_bytes());
        assert_eq!((id.as_str(), code), ("not_a_picture", Some(3)), "{command:?}");
        assert!(next.contains(instead) && !next.contains("countersign code -"), "{command:?}: {next}");
    }
}

#[test]
fn what_is_known_to_be_something_else_is_kept_as_no_recovery_code() {
    let home = Home::unlocked("given_recovery_codes");
    home.account("Mail");
    home.done_with(b"1111-2222", &["recovery-codes", "mail", "--save", "-"]);
    let save = ["recovery-codes", "mail", "--yes", "--save"];
    for (text, instead) in [
        (EXAMPLE, "countersign replace NAME PICTURE"),
        (WIFI, "recovery or backup codes"),
        ("https://github.com/settings", "recovery or backup codes"),
    ] {
        let (id, next, code) = said(&home, &save, "other.png", &png(text));
        assert_eq!((id.as_str(), code), ("not_recovery_codes", Some(3)), "{text}");
        assert!(next.contains(instead), "{next}");
        let typed = home.run_with(text.as_bytes(), &[&save[..], &["-"]].concat());
        assert_eq!(typed.code, Some(3), "{}", typed.err);
        assert!(!typed.err.contains("JBSWY3DPEHPK3PXP"), "{}", typed.err);
    }
    let kept = home.document(&["recovery-codes", "mail"]);
    assert_eq!(kept["recovery_codes"].as_array().unwrap().len(), 1, "{kept}");
}
