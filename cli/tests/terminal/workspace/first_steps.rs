//! The way of the README, from nothing to a code.

use std::path::Path;

use serde_json::Value;

use super::Home;
use crate::pictures::{EXAMPLE, RFC_KEY, png};
use crate::program::file;

/// The README's picture.
fn photo() -> String {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../tests/images/demo/mfa-code.jpg")
        .to_str()
        .unwrap()
        .to_owned()
}

/// The code that `scan` finds in the photo, and the one after it.
fn expected(home: &Home) -> [Value; 2] {
    let scanned = home.document(&["scan", &photo()]);
    let code = &scanned["pictures"][0]["symbols"][0]["accounts"][0]["code"];
    [code["digits"].clone(), code["next"].clone()]
}

#[test]
fn a_photo_becomes_a_code_that_is_kept() {
    let home = Home::empty("first_steps");
    let passphrase = ["--passphrase-file", "passphrase"];
    let with = |arguments: &[&'static str]| [arguments, &passphrase].concat();
    let made = home.done(&with(&["init", "--workspace", "Blue", "--member", "Ana", "--device", "laptop"]));
    assert!(made.starts_with("The workspace Blue is ready"), "{made}");
    assert!(made.ends_with("→ countersign kit\n→ countersign add PICTURE\n"), "{made}");

    let photo = photo();
    let added = home.done(&[&["add", &photo][..], &passphrase].concat());
    assert!(added.starts_with("Example Corp · ana@example.com   Pending\n"), "{added}");
    assert!(added.contains("→ countersign confirm 'Example Corp'\n"), "{added}");
    let confirmed = home.done(&with(&["confirm"]));
    assert!(confirmed.starts_with("Example Corp · ana@example.com has MFA on\n"), "{confirmed}");
    assert!(confirmed.contains("→ countersign recovery-codes 'Example Corp' --save -\n"), "{confirmed}");

    let before = expected(&home);
    let shown = home.document(&with(&["code", "example"]));
    assert!(before.contains(&shown["code"]["digits"]), "{shown} {before:?}");
}

#[test]
fn every_step_names_a_command_that_can_be_typed() {
    let home = Home::unlocked("next_steps");
    let words = home.done_with(RFC_KEY.as_bytes(), &["add", "-", "--name", "Ana's mail (old)"]);
    let next = words.lines().find_map(|line| line.strip_prefix("→ countersign ")).unwrap().to_owned();
    assert_eq!(next, r"confirm 'Ana'\''s mail (old)'");
    let program = env!("CARGO_BIN_EXE_countersign");
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", &format!("{program} {next}")]).env("XDG_DATA_HOME", home.folder.join("data"));
    let output = shell.output().unwrap();
    assert!(String::from_utf8(output.stdout).unwrap().starts_with("Ana's mail (old) has MFA on"));
}

#[test]
fn each_next_command_stands_below_the_line_that_it_belongs_to() {
    let home = Home::unlocked("next_order");
    let kit = "\nThe recovery kit is not saved yet:\n→ countersign kit\n";
    assert_eq!(
        home.run(&["list"]).out,
        format!("There are no accounts yet\n→ countersign add PICTURE\n{kit}")
    );
    let added = home.done_with(&png(EXAMPLE), &["add", "-"]);
    let place = |text: &str| added.find(text).unwrap_or_else(|| panic!("{text}: {added}"));
    assert!(place("warning: ") < place("Type this code") && place("Then:\n→ countersign confirm ") > 0);
    home.done(&["confirm"]);
    assert!(home.done(&["list"]).ends_with(&format!(" s left\n{kit}")));
}

#[test]
fn a_picture_may_come_through_a_pipe() {
    let home = Home::unlocked("add_pipe");
    let added = home.done_with(&png(EXAMPLE), &["add", "-"]);
    assert!(added.starts_with("Example Corp · ana@example.com   Pending"), "{added}");
    assert!(added.contains("warning: The service's secret is shorter"), "{added}");
}

#[test]
fn the_same_picture_again_goes_on_where_it_was_and_adds_nothing() {
    let home = Home::unlocked("add_twice");
    let picture = file(&home.folder, "code.png", &png(EXAMPLE));
    let add = ["add", super::shown(&picture)];
    home.done(&add);
    assert!(home.done(&add).contains("   Pending\n"));
    home.done(&["confirm"]);
    assert_eq!(home.refusal(&add), ("known_secret".to_owned(), Some(6)));
    home.done(&["remove", "example"]);
    assert_eq!(home.refusal(&add), ("known_secret".to_owned(), Some(6)));
    assert!(home.names().is_empty());
}

#[test]
fn a_card_that_was_cancelled_is_taken_again() {
    let home = Home::unlocked("add_cancel");
    let picture = file(&home.folder, "code.png", &png(EXAMPLE));
    home.done(&["add", super::shown(&picture)]);
    let cancelled = home.done(&["cancel"]);
    assert!(cancelled.contains("has MFA off; its card stays"), "{cancelled}");
    assert_eq!(home.refusal(&["cancel"]).0, "nothing_pending");
    home.done(&["add", super::shown(&picture)]);
    assert_eq!(home.names(), ["Example Corp"]);
}

#[test]
fn the_code_of_what_is_pending_can_be_seen_again_until_it_is_confirmed() {
    let home = Home::unlocked("code_pending");
    let first = format!("otpauth://totp/One:ana?secret={RFC_KEY}&issuer=One&period=86400");
    let added = home.done_with(first.as_bytes(), &["add", "-"]);
    let digits = |text: &str| text.lines().nth(1).unwrap().trim().to_owned()[..7].to_owned();
    let again = home.done(&["code", "one"]);
    assert_eq!(digits(&again), digits(&added));
    assert!(again.contains("   Pending\n") && again.contains("→ countersign confirm One\n"), "{again}");
    assert_eq!(home.document(&["code", "one"])["copied"], false);
    home.done(&["confirm"]);
    assert_eq!(home.refusal(&["code", "one", "--pending"]), ("nothing_pending".to_owned(), Some(6)));

    let other = format!("otpauth://totp/One:ana?secret={}&issuer=One&period=86400", &RFC_KEY[..26]);
    let replaced = home.done_with(other.as_bytes(), &["replace", "one", "-"]);
    let in_use = home.done(&["code", "one"]);
    assert!(in_use.ends_with("→ countersign code One --pending\n"), "{in_use}");
    assert_eq!(digits(&in_use), digits(&added));
    assert_eq!(digits(&home.done(&["code", "one", "--pending"])), digits(&replaced));
    let shown = home.document(&["activity", "one"])["activity"].as_array().unwrap().len();
    assert_eq!(shown, 2, "turned on, and viewed once: the codes of what is pending are no logins");
}

#[test]
fn a_key_or_a_link_as_an_argument_is_told_where_it_goes() {
    let home = Home::empty("add_argument");
    for (command, instead) in [
        (&["add"][..], "countersign add -"),
        (&["activate", "Mail"], "countersign activate NAME -"),
        (&["replace", "Mail"], "countersign replace NAME -"),
        (&["scan"], "countersign code -"),
    ] {
        let link = format!("otpauth://totp/x?secret={RFC_KEY}");
        let run = home.run(&[command, &[link.as_str()]].concat());
        assert!(run.err.contains(instead) && !run.err.contains(RFC_KEY), "{}", run.err);
        assert_eq!(run.code, Some(2));
    }
}

#[test]
fn nothing_to_cancel_is_not_answered_with_a_scan() {
    let home = Home::unlocked("cancel_nothing");
    let run = home.run(&["cancel"]);
    assert!(run.err.contains("countersign list") && !run.err.contains("add PICTURE"), "{}", run.err);
}

#[test]
fn a_second_workspace_does_not_replace_the_first() {
    let home = Home::unlocked("init_twice");
    assert_eq!(home.refusal(&["init", "--passphrase-file", "passphrase"]), ("not_empty".to_owned(), Some(6)));
    let other = ["--store", "other.countersign"];
    home.done(&[&["init", "--passphrase-file", "passphrase"][..], &other].concat());
    let stores = home.document(&[&["workspaces"][..], &other].concat());
    assert_eq!(stores["workspaces"].as_array().unwrap().len(), 2);
    let used = |store: &Value| store["used"].as_bool().unwrap();
    assert_eq!(stores["workspaces"].as_array().unwrap().iter().filter(|store| used(store)).count(), 1);
}

#[test]
fn a_store_that_was_moved_away_without_its_key_keeps_it() {
    let home = Home::empty("moved_store");
    home.done(&["init", "--passphrase-file", "passphrase"]);
    let key = home.store().with_extension("countersign.key");
    let before = std::fs::read(&key).unwrap();
    let moved = home.folder.join("moved.countersign");
    std::fs::rename(home.store(), &moved).unwrap();
    let refusal = home.refusal(&["init", "--passphrase-file", "passphrase"]);
    assert_eq!(refusal, ("key_without_store".to_owned(), Some(6)));
    assert_eq!(home.refusal(&["link", "--passphrase-file", "passphrase"]).0, "key_without_store");
    assert!(std::fs::read(&key).unwrap() == before && !home.store().exists());
    // What the refusal says to do.
    std::fs::rename(&key, moved.with_extension("countersign.key")).unwrap();
    let list = ["list", "--store", super::shown(&moved), "--passphrase-file", "passphrase"];
    assert_eq!(home.run(&list).code, Some(1), "opened, and nothing in it");
    home.done(&["init", "--passphrase-file", "passphrase"]);
}
