//! Accounts: found by a part of their names, changed, and had back.

use std::io::{BufRead as _, BufReader};

use super::Home;
use crate::pictures::{EXAMPLE, RFC_KEY, png};
use crate::program::file;

fn three(test: &str) -> Home {
    let home = Home::unlocked(test);
    for name in ["GitHub", "GitLab", "Mail"] {
        home.account(name);
    }
    home
}

#[test]
fn an_address_is_one_of_the_web() {
    let home = Home::unlocked("address");
    for wrong in ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd"] {
        let add = ["add", "--name", "Mail", "--address", wrong];
        assert_eq!(home.refusal(&add), ("address".to_owned(), Some(6)), "{wrong}");
    }
    assert!(home.names().is_empty());
    home.done(&["add", "--name", "Mail", "--address", "mail.example.com"]);
    assert_eq!(home.document(&["show", "mail"])["address"], "https://mail.example.com");
    assert_eq!(home.refusal(&["edit", "mail", "--address", "javascript:alert(1)"]).0, "address");
    assert_eq!(home.document(&["show", "mail"])["address"], "https://mail.example.com");
}

#[test]
fn a_name_is_its_beginning_in_any_letters() {
    let home = three("names");
    for words in [&["code", "GITHUB"][..], &["code", "gith"], &["code", "m"]] {
        assert_eq!(home.run(words).code, Some(0), "{words:?}");
    }
    let run = home.run(&["code", "git"]);
    assert!(run.err.contains("the beginning of 2 accounts: GitHub (GitHub); GitLab (GitLab)"), "{}", run.err);
    assert_eq!(run.code, Some(1));
    assert_eq!(home.refusal(&["code", "nothing", "like", "it"]), ("no_account".to_owned(), Some(1)));
    // The middle of a name, or what is in the notes, is none.
    home.done(&["edit", "mail", "--notes", "like a zebra"]);
    for words in [["code", "ail"], ["remove", "zebra"], ["off", "like a"]] {
        assert_eq!(home.refusal(&words).0, "no_account", "{words:?}");
    }
    assert_eq!(home.names().len(), 3);
    assert_eq!(home.refusal(&["show", " "]), ("no_account".to_owned(), Some(1)));
}

#[test]
fn a_whole_name_comes_before_the_beginning_of_a_longer_one() {
    let home = Home::unlocked("names_whole");
    home.account("Git");
    home.account("Git work");
    assert!(home.done(&["code", "git"]).starts_with("Git\n"));
    assert!(home.done(&["code", "git", "work"]).starts_with("Git work\n"));
}

#[test]
fn two_of_the_same_name_are_told_apart_by_what_stands_in_brackets() {
    let home = Home::unlocked("names_same");
    for login in ["ana", "ben"] {
        home.done(&["add", "--name", "Bank", "--login", login]);
    }
    let run = home.run(&["show", "bank"]);
    assert!(run.err.contains("Bank · ana ('Bank ana')"), "{}", run.err);
    assert!(home.done(&["show", "bank", "ben"]).contains("login: ben"));
    let id = home.document(&["show", "bank", "ana"])["account"]["id"].as_str().unwrap().to_owned();
    assert!(home.done(&["show", &id]).contains("login: ana"));
}

#[test]
fn a_card_is_edited_favoured_removed_and_had_back() {
    let home = three("cards");
    home.done(&["edit", "mail", "--login", "ana", "--notes", "ask Ben", "--address", "https://mail.example"]);
    let card = home.document(&["show", "mail"]);
    assert_eq!((&card["account"]["login"], &card["notes"]), (&"ana".into(), &"ask Ben".into()));
    assert_eq!(home.run(&["edit", "mail"]).code, Some(2));
    for emptied in [&["--name", ""][..], &["--name", " ", "--app", "", "--login", ""]] {
        let run = home.run(&[&["edit", "mail"], emptied].concat());
        assert!(run.err.contains("the account has no name"), "{}", run.err);
        assert_eq!(run.code, Some(2));
    }
    home.done(&["favourite", "mail"]);
    assert_eq!(home.names(), ["Mail", "GitHub", "GitLab"]);
    home.done(&["favourite", "mail", "--off"]);
    home.done(&["remove", "mail"]);
    assert_eq!(home.names(), ["GitHub", "GitLab"]);
    home.done(&["undo"]);
    assert_eq!(home.refusal(&["undo"]).0, "empty_bin");
    assert_eq!(home.document(&["show", "mail"])["notes"], "ask Ben");
}

#[test]
fn a_secret_is_replaced_restored_and_turned_off() {
    let home = Home::unlocked("secrets");
    home.account("GitHub");
    let code = || home.document(&["list"])["accounts"][0]["code"]["digits"].clone();
    let other = "NBSWY3DPEB3W64TMMQQGQZLMNRXSA53P";
    home.done_with(other.as_bytes(), &["replace", "github", "-"]);
    home.done(&["confirm"]);
    let given = || home.run_with(other.as_bytes(), &["code", "-", "--json"]).out;
    assert!(given().contains(code().as_str().unwrap()), "the new secret is in use");
    home.done(&["restore", "github"]);
    assert!(!given().contains(code().as_str().unwrap()), "the old one is");
    assert_eq!(home.run(&["off", "github"]).code, Some(2), "it asks first");
    home.done(&["off", "github", "--yes"]);
    assert_eq!(home.document(&["show", "github"])["restorable"].as_array().unwrap().len(), 2);
    let shown = home.done(&["show", "github"]);
    assert!(
        shown.contains("  1. an earlier secret, in use until ") && !shown.contains("replaced"),
        "{shown}"
    );
    assert!(
        shown.contains("→ countersign restore GitHub\n→ countersign activate GitHub PICTURE\n"),
        "{shown}"
    );
    assert_eq!(home.refusal(&["code", "github"]), ("mfa_off".to_owned(), Some(6)));
    assert_eq!(home.refusal(&["restore", "github", "--number", "3"]).0, "nothing_to_restore");
}

#[test]
fn a_code_for_another_card_is_a_question() {
    let home = Home::unlocked("mismatch");
    home.done(&["add", "--name", "Work", "--app", "GitLab"]);
    let picture = file(&home.folder, "code.png", &png(EXAMPLE));
    let activate = ["activate", "work", super::shown(&picture)];
    let run = home.run(&activate);
    assert!(
        run.err.contains("the code is for Example Corp · ana@example.com, and the card for GitLab"),
        "{}",
        run.err
    );
    assert_eq!(home.refusal(&activate), ("other_account".to_owned(), Some(6)));
    assert!(home.done(&[&activate[..], &["--anyway"]].concat()).contains("Pending"));
}

#[test]
fn counted_codes_are_drawn_and_never_shown_twice() {
    let home = Home::unlocked("counted");
    let link = format!("otpauth://hotp/Bank?secret={RFC_KEY}&counter=0");
    home.done_with(link.as_bytes(), &["add", "-"]);
    home.done(&["confirm"]);
    // RFC 4226, appendix D; counter 0 was typed at the service.
    for (counter, digits) in [(1, "287082"), (2, "359152"), (3, "969429")] {
        let drawn = home.document(&["code", "bank"]);
        assert_eq!((&drawn["code"]["counter"], &drawn["code"]["digits"]), (&counter.into(), &digits.into()));
        assert!(home.document(&["list"])["accounts"][0]["code"].is_null(), "a list draws none");
    }
}

#[test]
fn recovery_codes_are_kept_counted_and_marked() {
    let home = Home::unlocked("recovery_codes");
    home.account("GitHub");
    let saved = home.done_with(
        b"1. aaaa-1111\n2. bbbb-2222\n3. cccc-3333\n",
        &["recovery-codes", "github", "--save", "-"],
    );
    assert!(saved.starts_with("3 recovery codes saved for GitHub"), "{saved}");
    assert!(home.done(&["recovery-codes", "github", "--used", "2"]).contains("bbbb-2222 used 20"));
    assert_eq!(home.document(&["show", "github"])["recovery_codes_left"], 2);
    assert_eq!(home.refusal(&["recovery-codes", "github", "--used", "4"]).0, "no_such_recovery_code");
    let picture = file(&home.folder, "codes.png", &png("dddd-4444\neeee-5555"));
    let save = ["recovery-codes", "github", "--save"];
    for nothing in [&b""[..], b"\n \n\t\n"] {
        let run = home.run_with(nothing, &[&save[..], &["-", "--yes"]].concat());
        assert!(run.err.contains("no recovery codes were given"), "{}", run.err);
        assert_eq!(run.code, Some(3));
    }
    let unasked = [&save[..], &[super::shown(&picture)]].concat();
    assert_eq!(home.run(&unasked).code, Some(2), "nobody was there to ask");
    assert_eq!(home.document(&["show", "github"])["recovery_codes_left"], 2);
    home.done(&[&unasked[..], &["--yes"]].concat());
    let codes = home.document(&["recovery-codes", "github"]);
    assert_eq!(codes["recovery_codes"][1], serde_json::json!({ "code": "eeee-5555", "used": null }));
}

#[test]
fn turning_mfa_off_says_what_is_still_pending() {
    let home = Home::unlocked("off_pending");
    home.account("Mail");
    home.done_with(b"MFRGGZDFMZTWQ2LKNNWG23TPOA======", &["replace", "mail", "-", "--anyway"]);
    let off = home.done(&["off", "mail", "--yes"]);
    assert!(!off.contains("MFA off") && off.contains("still pending"), "{off}");
    assert!(off.contains("→ countersign cancel Mail\n"), "{off}");
    home.done(&["cancel", "mail"]);
    assert_eq!(home.document(&["show", "mail"])["account"]["mfa"], "off");
}

#[test]
fn the_activity_says_what_was_done_and_a_list_is_not_in_it() {
    let home = Home::unlocked("activity");
    home.account("GitHub");
    home.done(&["list"]);
    home.done(&["code", "github"]);
    // Without a desktop nothing is copied, and nothing is said to be.
    let mut program = home.program();
    program.args(["code", "github", "--copy"]).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
    let run = crate::program::finish(&mut program, b"");
    if cfg!(target_os = "linux") {
        assert!(run.err.contains("there is no clipboard"), "{}", run.err);
        assert_eq!(run.code, Some(6));
    }
    let activity = home.document(&["activity", "github"]);
    let actions: Vec<_> =
        activity["activity"].as_array().unwrap().iter().map(|deed| deed["action"].clone()).collect();
    assert_eq!(actions, ["viewed", "enrolled"]);
}

#[test]
fn a_watch_over_an_account_goes_on_with_each_code() {
    let home = Home::unlocked("account_watch");
    home.done_with(format!("otpauth://totp/Fast?secret={RFC_KEY}&period=1").as_bytes(), &["add", "-"]);
    home.done(&["confirm"]);
    let mut child = home.program().args(["code", "fast", "--watch", "--json"]).spawn().unwrap();
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().take(3);
    let lines = lines.collect::<Result<Vec<_>, _>>().unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(0));
    for line in &lines {
        let document: serde_json::Value = serde_json::from_str(line).unwrap();
        assert_eq!(document["account"]["name"], "Fast");
    }
    let actions = home.document(&["activity", "fast"]);
    assert_eq!(actions["activity"].as_array().unwrap().len(), 2, "one person looked once: {actions}");
}
