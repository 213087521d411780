//! The commands that come next: they reach the store that was named, and what is in them can be typed.

use std::process::Command;

use serde_json::Value;

use super::Home;
use crate::pictures::RFC_KEY;

/// What a shell makes of a command that was told, in another folder.
fn typed(home: &Home, command: &str) -> String {
    let words = command.strip_prefix("countersign ").unwrap();
    let mut shell = Command::new("sh");
    shell.args(["-c", &format!("{} {words}", env!("CARGO_BIN_EXE_countersign"))]);
    shell.current_dir("/").env("XDG_DATA_HOME", home.folder.join("data")).env_remove("COUNTERSIGN_STORE");
    let output = shell.output().unwrap();
    assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn next(document: &Value) -> Vec<String> {
    document["next"].as_array().unwrap().iter().map(|command| command.as_str().unwrap().to_owned()).collect()
}

#[test]
fn every_next_command_reaches_the_store_that_was_named() {
    let home = Home::empty("hints_store");
    std::fs::create_dir(home.folder.join("Ana's files")).unwrap();
    let store = ["--store", "Ana's files/work.countersign"];
    let with = |arguments: &[&'static str]| [arguments, &store].concat();
    let path = home.folder.canonicalize().unwrap().join("Ana's files/work.countersign");
    let named = format!("--store '{}'", path.to_str().unwrap().replace('\'', r"'\''"));
    for made in [
        home.document(&with(&["init", "--passphrase-file", "passphrase"])),
        home.document(&with(&["unlock", "--passphrase-file", "passphrase"])),
        home.document(&with(&["add", "--name", "GitHub"])),
        home.document(&with(&["list"])),
        home.document(&with(&["show", "GitHub"])),
        home.document(&with(&["edit", "GitHub", "--login", "ana"])),
    ] {
        let next = next(&made);
        assert!(!next.is_empty() && next.iter().all(|command| command.contains(&named)), "{next:?}");
    }
    let listed = home.done(&with(&["list"]));
    assert!(listed.contains(&format!("countersign activate {named} GitHub PICTURE")), "{listed}");
    let refused = home.run(&with(&["code", "GitHub"]));
    assert!(refused.err.contains(&format!("countersign activate {named} GitHub PICTURE")), "{}", refused.err);
    let added: Value = serde_json::from_str(
        &home.done_with(RFC_KEY.as_bytes(), &with(&["add", "-", "--name", "Mail (old)", "--json"])),
    )
    .unwrap();
    assert!(typed(&home, &next(&added)[0]).starts_with("Mail (old) has MFA on"));
    home.done(&with(&["lock"]));
}

#[test]
fn a_store_of_the_environment_is_not_repeated() {
    let home = Home::empty("hints_environment");
    let mut init = home.program();
    init.args(["init", "--passphrase-file", "passphrase"]).env("COUNTERSIGN_STORE", "mine.countersign");
    let run = crate::program::finish(&mut init, b"");
    assert!(run.out.ends_with("→ countersign kit\n→ countersign add PICTURE\n"), "{}", run.out);
}

#[test]
fn names_that_act_on_a_terminal_are_shown_and_the_account_can_be_called_all_the_same() {
    let home = Home::unlocked("hints_hidden");
    let link =
        format!("otpauth://totp/Evil%1B%5B2J%E2%80%AE:ana%07?secret={RFC_KEY}&issuer=Evil%1B%5B2J%E2%80%AE");
    let added: Value =
        serde_json::from_str(&home.done_with(link.as_bytes(), &["add", "-", "--json"])).unwrap();
    let said = typed(&home, &next(&added)[0]);
    assert!(said.starts_with(r"Evil\u{1b}[2J\u{202e} · ana\u{7} has MFA on"), "{said}");
    let id = added["account"]["id"].as_str().unwrap();
    home.done_with(b"x\n", &["recovery-codes", id, "--save", "-"]);
    for arguments in [
        &["list"][..],
        &["show", id],
        &["code", id],
        &["activity", id],
        &["recovery-codes", id],
        &["favourite", id],
        &["edit", id, "--notes", "a\u{1b}]0;b\u{7}"],
        &["show", id],
        &["off", id, "--yes"],
        &["restore", id],
        &["remove", id],
        &["undo"],
    ] {
        for run in [home.run(arguments), home.run(&[arguments, &["--json"]].concat())] {
            let shown = [run.out, run.err].concat();
            assert!(!shown.contains(['\u{1b}', '\u{7}', '\u{202e}']), "{arguments:?}: {shown:?}");
        }
    }
}

#[test]
fn a_name_that_looks_like_an_option_is_not_told_as_one() {
    let home = Home::unlocked("hints_option");
    let added: Value =
        serde_json::from_str(&home.done_with(RFC_KEY.as_bytes(), &["add", "-", "--name=--json", "--json"]))
            .unwrap();
    assert!(typed(&home, &next(&added)[0]).starts_with("--json has MFA on"));
}
