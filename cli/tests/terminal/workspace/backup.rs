//! Out to a file and in from one.

use std::os::unix::fs::MetadataExt as _;

use super::Home;
use crate::pictures::{RFC_KEY, entry, export, png};
use crate::program::file;

#[test]
fn a_backup_comes_back_in_another_workspace() {
    let home = Home::unlocked("backup");
    home.account("GitHub");
    home.secret_file("backup-passphrase", b"a third passphrase\n");
    let secrets = ["--passphrase-file", "passphrase", "--backup-passphrase-file", "backup-passphrase"];
    let said = home.done(&[&["export", "backup"][..], &secrets].concat());
    assert!(
        said.starts_with("1 account in backup; it was read back\nHow it comes back, here or elsewhere:\n→ countersign import backup\n"),
        "{said}"
    );
    assert_eq!(home.folder.join("backup").metadata().unwrap().mode() & 0o777, 0o600);
    assert_eq!(home.refusal(&[&["export", "backup"][..], &secrets].concat()), ("file".to_owned(), Some(6)));

    let other = ["--store", "other.countersign", "--passphrase-file", "passphrase"];
    home.done(&[&["init"][..], &other].concat());
    let import = [&["import", "backup", "--backup-passphrase-file"][..]].concat();
    home.secret_file("short", b"1234567\n");
    for wrong in ["passphrase", "short"] {
        let wrong = [&import[..], &[wrong], &other].concat();
        assert_eq!(home.refusal(&wrong), ("wrong_passphrase".to_owned(), Some(6)));
    }
    let right = [&import[..], &["backup-passphrase"], &other].concat();
    assert!(home.done(&right).starts_with("1 account added\n"));
    assert!(home.done(&right).contains("1 account here already"));
}

#[test]
fn a_plain_list_is_asked_about_and_holds_the_links() {
    let home = Home::unlocked("backup_plain");
    home.account("GitHub");
    let export = ["export", "--plain", "links.txt", "--passphrase-file", "passphrase"];
    assert_eq!(home.run(&export).code, Some(2), "nobody was there to ask");
    assert!(home.done(&[&export[..], &["--yes"]].concat()).contains("Delete the file"));
    assert!(std::fs::read_to_string(home.folder.join("links.txt")).unwrap().starts_with("otpauth://totp/"));
}

#[test]
fn what_an_export_leaves_out_is_named_and_a_plain_list_comes_back() {
    let home = Home::unlocked("backup_left_out");
    home.account("GitHub");
    home.account("Old");
    home.done(&["remove", "old"]);
    home.done(&["add", "--name", "Card"]);
    home.done_with(b"1111\n2222\n", &["recovery-codes", "github", "--save", "-"]);
    home.done_with(RFC_KEY.as_bytes(), &["add", "-", "--name", "New"]);
    let export = ["export", "--plain", "links.txt", "--passphrase-file", "passphrase", "--yes"];
    let said = home.done(&export);
    for line in [
        "Left out: GitHub: its 2 recovery codes\n",
        "Left out: Old: it is in the bin\n",
        "Left out: Card: its MFA is off\n",
        "Left out: New: it is pending\n",
        "Delete the file as soon as it has served.\n",
    ] {
        assert!(said.contains(line), "{line}{said}");
    }
    let again = home.document(&["export", "--plain", "more.txt", "--passphrase-file", "passphrase", "--yes"]);
    assert_eq!(again["left_out"], 2, "of those on the list");
    let whats: Vec<_> =
        again["omitted"].as_array().unwrap().iter().map(|one| one["what"].as_str().unwrap()).collect();
    for what in ["recovery_codes", "in_bin", "mfa_off", "pending"] {
        assert!(whats.contains(&what), "{whats:?}");
    }

    let mut list = std::fs::read(home.folder.join("links.txt")).unwrap();
    list.extend(b"otpauth://totp/Broken\n");
    file(&home.folder, "links.txt", &list);
    let other = ["--store", "other.countersign", "--passphrase-file", "passphrase"];
    home.done(&[&["init"][..], &other].concat());
    let import = [&["import", "links.txt"][..], &other].concat();
    let said = home.done(&import);
    assert!(said.contains("1. GitHub   added\n"), "{said}");
    assert!(said.contains("cannot be used: the line is no link of an account (missing_secret)\n"), "{said}");
    assert!(home.done(&import).contains("1. GitHub   here already\n"));
    let codes = |arguments: &[&str]| home.document(arguments)["accounts"][0]["code"]["digits"].clone();
    let (here, there) = (codes(&["list", "github"]), codes(&[&["list"][..], &other].concat()));
    assert!(here == there || here == codes(&["list", "github"]), "{here} {there}");
}

#[test]
fn a_google_export_over_two_pictures_is_saved_with_a_result_for_each() {
    let home = Home::unlocked("google");
    let parts = [export(&[entry("one", 1), entry("md5", 4)], 0, 2), export(&[entry("two", 1)], 1, 2)];
    let [first, second] = [0, 1].map(|part| file(&home.folder, &format!("{part}.png"), &png(&parts[part])));
    let [first, second] = [super::shown(&first), super::shown(&second)];
    let run = home.run(&["import", first]);
    assert!(run.err.contains("the export has 2 parts; missing: 2"), "{}", run.err);
    assert_eq!(run.code, Some(3));
    assert_eq!(home.refusal(&["add", first]), ("export".to_owned(), Some(3)));
    assert_eq!(home.refusal(&["import", first, second, "--only", "9"]).0, "no_such_entry");
    let entries = home.document(&["import", first, second])["entries"].clone();
    let states: Vec<_> = entries.as_array().unwrap().iter().map(|entry| entry["state"].clone()).collect();
    // Both have the RFC's secret: the second is the first once more.
    assert_eq!(states, ["added", "cannot be used", "left out"]);
    assert_eq!(home.names(), ["one"]);
}

#[test]
fn what_is_neither_a_backup_nor_an_export_is_named() {
    let home = Home::unlocked("import_other");
    let text = file(&home.folder, "text", b"hello");
    assert_eq!(home.refusal(&["import", super::shown(&text)]), ("not_a_picture".to_owned(), Some(3)));
    let link = format!("otpauth://totp/x?secret={RFC_KEY}");
    let picture = file(&home.folder, "one.png", &png(&link));
    assert_eq!(home.refusal(&["import", super::shown(&picture)]), ("one_account".to_owned(), Some(3)));
}
