//! What gets in the way: another process, a full disk, a place that cannot be written, a file that is no store, a
//! reader that goes away.

use std::process::{Command, Stdio};
use std::sync::Arc;

use countersign_core::client::{Client, Host};
use countersign_core::ports::{KeyVault, LocalKey, OsEntropy, SystemClock, VaultError};

use super::Home;
use crate::pictures::RFC_KEY;
use crate::program::file;

struct NoVault;

impl KeyVault for NoVault {
    fn load(&self) -> Result<LocalKey, VaultError> {
        Err(VaultError::Unavailable)
    }

    fn keep(&self, _: &LocalKey) -> Result<(), VaultError> {
        Err(VaultError::Unavailable)
    }

    fn confirm(&self) -> Result<(), VaultError> {
        Err(VaultError::Unavailable)
    }
}

#[test]
fn a_store_that_another_process_has_is_in_use_and_free_again_afterwards() {
    let home = Home::unlocked("in_use");
    let clock = Arc::new(SystemClock::new());
    let host = Host {
        vault: Arc::new(NoVault),
        clock: clock.clone(),
        monotonic: clock,
        entropy: Arc::new(OsEntropy),
    };
    let other = Client::open(&home.store(), host).unwrap();
    assert_eq!(home.refusal(&["list"]), ("store_in_use".to_owned(), Some(6)));
    drop(other);
    assert_eq!(home.run(&["list"]).code, Some(1));
}

#[test]
fn commands_at_the_same_time_wait_for_each_other_or_say_so() {
    let home = Home::unlocked("at_once");
    let names = ["a", "b", "c", "d"];
    let children = names.map(|name| (name, home.program().args(["add", "--name", name]).spawn().unwrap()));
    let mut done = Vec::new();
    for (name, child) in children {
        let output = child.wait_with_output().unwrap();
        if output.status.success() {
            done.push(name);
            continue;
        }
        // Where a disk is slow, three seconds are not enough for the last one.
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.contains("another Countersign has it open"), "{said}");
    }
    assert!(!done.is_empty());
    assert_eq!(home.names(), done, "what was reported as done is there, and nothing else");
}

#[test]
fn a_reader_that_goes_away_ends_a_command_quietly_and_what_it_did_is_done() {
    let home = Home::unlocked("closed");
    for arguments in [&["list"][..], &["list", "--json"], &["add", "--name", "Mail"], &["workspaces"]] {
        // Gone before the program begins: later it could have written all it has to say.
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let child = home.program().args(arguments).stdout(writer).spawn().unwrap();
        let output = child.wait_with_output().unwrap();
        assert_eq!((output.stderr.as_slice(), output.status.code()), (&b""[..], Some(0)), "{arguments:?}");
    }
    assert_eq!(home.names(), ["Mail"]);
}

#[test]
fn what_is_no_store_is_named_and_left_as_it_was() {
    let home = Home::unlocked("no_store");
    let text = file(&home.folder, "text", b"hello, this is a letter");
    let store = ["--store", super::shown(&text)];
    let list = [&["list"][..], &store, &["--passphrase-file", "passphrase"]].concat();
    assert_eq!(home.refusal(&list), ("foreign_store".to_owned(), Some(6)));
    let init = [&["init"][..], &store, &["--passphrase-file", "passphrase"]].concat();
    assert_eq!(home.refusal(&init), ("foreign_store".to_owned(), Some(6)));
    assert_eq!(std::fs::read(text).unwrap(), b"hello, this is a letter");
    assert_eq!(home.refusal(&["list", "--store", "nothing"]), ("no_workspace".to_owned(), Some(6)));
    assert!(!home.folder.join("nothing").exists());
}

#[cfg(target_os = "linux")]
#[test]
fn a_place_that_cannot_be_written_is_named() {
    let home = Home::empty("read_only");
    let init = ["init", "--store", "/proc/none.countersign", "--passphrase-file", "passphrase"];
    assert_eq!(home.refusal(&init), ("store_read_only".to_owned(), Some(6)));
}

/// A shell's words, before which the program can write no file larger than so many blocks of 512 bytes.
fn limited(home: &Home, blocks: u64, words: &str) -> std::process::Output {
    let program = env!("CARGO_BIN_EXE_countersign");
    let script = format!("trap '' XFSZ; ulimit -f {blocks}; exec {program} {words}");
    let mut shell = Command::new("sh");
    shell.args(["-c", &script]).current_dir(&home.folder).env("XDG_DATA_HOME", &home.data);
    shell.stdin(Stdio::null()).output().unwrap()
}

#[test]
fn a_file_that_may_not_grow_is_told_and_nothing_is_lost_or_half_there() {
    let home = Home::unlocked("no_room");
    home.account("GitHub");
    let mut refused = 0;
    for blocks in [8, 16, 32, 64] {
        let output = limited(&home, blocks, "add --name Mail");
        if output.status.success() {
            break;
        }
        refused += 1;
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(6), "{said}");
        assert!(said.starts_with("error: failed to "), "{said}");
        assert_eq!(home.names(), ["GitHub"], "{blocks}");
    }
    assert!(refused > 0, "there was room");
    let output = limited(&home, 1, "export --plain links.txt --yes --passphrase-file passphrase");
    assert_ne!(output.status.code(), Some(0));
    assert!(!home.folder.join("links.txt").exists());
    assert!(!home.folder.join("links.txt.countersign-unfinished").exists());
    home.done(&["add", "--name", "Mail"]);
    assert_eq!(home.names(), ["GitHub", "Mail"]);
}

#[test]
fn nothing_of_an_account_is_in_the_files_of_the_store() {
    let home = Home::unlocked("files");
    home.done_with(RFC_KEY.as_bytes(), &["add", "-", "--name", "canary-name", "--app", "canary-app"]);
    home.done(&["confirm"]);
    for entry in std::fs::read_dir(home.store().parent().unwrap()).unwrap() {
        let path = entry.unwrap().path();
        let Ok(bytes) = std::fs::read(&path) else { continue };
        for canary in [&b"canary"[..], RFC_KEY.as_bytes(), b"12345678901234567890", b"correct horse"] {
            assert!(!bytes.windows(canary.len()).any(|window| window == canary), "{}", path.display());
        }
    }
}
