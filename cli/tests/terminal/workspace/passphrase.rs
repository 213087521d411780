//! Where a passphrase may come from when nobody types.

use std::os::unix::fs::PermissionsExt as _;
use std::process::{Command, Stdio};

use super::Home;

fn locked(test: &str) -> Home {
    let home = Home::empty(test);
    home.done(&["init", "--passphrase-file", "passphrase"]);
    home
}

#[test]
fn a_wrong_one_is_named_and_changes_nothing() {
    let home = locked("passphrase_wrong");
    let before = std::fs::read(home.store()).unwrap();
    for wrong in ["another horse", "short", ""] {
        home.secret_file("wrong", wrong.as_bytes());
        let refusal = home.refusal(&["list", "--passphrase-file", "wrong"]);
        assert_eq!(refusal, ("wrong_passphrase".to_owned(), Some(5)), "{wrong:?}");
    }
    assert_eq!(std::fs::read(home.store()).unwrap(), before);
    assert_eq!(home.run(&["list", "--passphrase-file", "passphrase"]).code, Some(1));
}

#[test]
fn a_file_that_others_can_read_is_refused() {
    let home = locked("passphrase_open");
    let path = home.folder.join("passphrase");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o640)).unwrap();
    let run = home.run(&["list", "--passphrase-file", "passphrase"]);
    assert!(run.err.contains("others can read it") && run.err.contains("chmod 600"), "{}", run.err);
    assert_eq!(run.code, Some(5));
}

#[test]
fn one_that_cannot_be_read_is_told_as_what_it_is() {
    let home = locked("passphrase_unreadable");
    home.secret_file("bytes", b"\xFF\xFE correct\n");
    for (arguments, said) in [
        (["--passphrase-file", "none"], "there is no passphrase file none"),
        (["--passphrase-fd", "9"], "the file descriptor 9 is not open"),
        (["--passphrase-file", "bytes"], "the passphrase that was given is not text"),
    ] {
        let list = [&["list"][..], &arguments].concat();
        let run = home.run(&list);
        assert!(run.err.contains(said) && run.code == Some(5), "{} {:?}", run.err, run.code);
        assert_eq!(home.refusal(&list), ("passphrase_file".to_owned(), Some(5)));
    }
}

#[test]
fn a_wrong_one_is_refused_while_an_agent_runs() {
    let home = Home::unlocked("passphrase_agent");
    home.secret_file("wrong", b"another horse battery\n");
    let refusal = home.refusal(&["list", "--passphrase-file", "wrong"]);
    assert_eq!(refusal, ("wrong_passphrase".to_owned(), Some(5)));
    assert_eq!(home.run(&["list"]).code, Some(1), "still unlocked");
    assert_eq!(home.run(&["list", "--passphrase-file", "passphrase"]).code, Some(1));
}

#[test]
fn so_is_a_key_file_that_others_can_read() {
    let home = locked("passphrase_key_file");
    let key = home.store().with_extension("countersign.key");
    std::fs::set_permissions(&key, std::fs::Permissions::from_mode(0o644)).unwrap();
    let refusal = home.refusal(&["list", "--passphrase-file", "passphrase"]);
    assert_eq!(refusal, ("key_file".to_owned(), Some(6)));
}

#[test]
fn a_key_file_that_is_not_whole_or_newer_is_told_as_that_and_no_passphrase_is_blamed() {
    let home = locked("passphrase_damaged_key");
    let key = home.store().with_extension("countersign.key");
    let whole = std::fs::read(&key).unwrap();
    let mut newer = whole.clone();
    newer[18] = b'2';
    let mut cheap = whole.clone();
    cheap[20..24].copy_from_slice(&[0, 0, 0, 8]);
    let longer = [&whole[..], b"x"].concat();
    for (file, id) in [
        (&b""[..], "damaged_key"),
        (&whole[..10], "damaged_key"),
        (&whole[..60], "damaged_key"),
        (&whole[..whole.len() - 1], "damaged_key"),
        (&longer, "damaged_key"),
        (b"something else", "damaged_key"),
        (&cheap, "damaged_key"),
        (&newer, "newer_key"),
    ] {
        std::fs::write(&key, file).unwrap();
        let list = ["list", "--passphrase-file", "passphrase"];
        assert_eq!(home.refusal(&list), (id.to_owned(), Some(5)), "{} bytes", file.len());
        assert!(home.run(&list).err.contains("countersign recover"));
    }
    std::fs::write(&key, whole).unwrap();
    assert_eq!(home.run(&["list", "--passphrase-file", "passphrase"]).code, Some(1));
}

#[test]
fn a_descriptor_is_read() {
    let home = locked("passphrase_descriptor");
    let mut shell = Command::new("sh");
    let program = env!("CARGO_BIN_EXE_countersign");
    shell.args([
        "-c",
        &format!("printf 'correct horse battery' | {program} list --passphrase-fd 3 3<&0 </dev/null"),
    ]);
    shell.env("XDG_DATA_HOME", home.folder.join("data"));
    assert_eq!(shell.output().unwrap().status.code(), Some(1), "opened, and nothing in it");
}

#[test]
fn it_is_never_an_argument() {
    let home = locked("passphrase_argument");
    for arguments in [&["list", "--passphrase", "canary horse"][..], &["unlock", "canary-horse"]] {
        let run = home.run(arguments);
        assert_eq!(run.code, Some(2), "{arguments:?}");
    }
}

#[test]
fn a_new_one_that_is_too_short_makes_no_workspace() {
    let home = Home::empty("passphrase_short");
    for short in ["1234567\n", ""] {
        home.secret_file("short", short.as_bytes());
        let run = home.run(&["init", "--passphrase-file", "short"]);
        assert!(run.err.contains("the passphrase has less than eight characters"), "{}", run.err);
        assert_eq!(run.code, Some(2));
    }
    assert!(!home.folder.join("data").exists(), "nothing was written");
    home.done(&["init", "--passphrase-file", "passphrase"]);
}

#[test]
fn where_nobody_can_be_asked_for_a_new_one_nothing_is_left() {
    let home = Home::empty("passphrase_nobody");
    let mut alone = Command::new("setsid");
    let program = env!("CARGO_BIN_EXE_countersign");
    alone.args(["-w", program, "init", "--json"]).env("XDG_DATA_HOME", home.folder.join("data"));
    alone.stdout(Stdio::piped()).stderr(Stdio::piped());
    let run = crate::program::finish(&mut alone, b"");
    assert!(run.out.contains("\"passphrase_needed\"") && run.code == Some(5), "{}", run.out);
    assert!(!home.folder.join("data").exists(), "nothing was written");
}

#[test]
fn the_kit_opens_a_store_whose_passphrase_is_lost() {
    let home = locked("passphrase_recover");
    let kit = home.document(&["kit", "--passphrase-file", "passphrase"])["kit"].as_str().unwrap().to_owned();
    home.done(&["kit", "--saved", "--passphrase-file", "passphrase"]);
    std::fs::remove_file(home.store().with_extension("countersign.key")).unwrap();
    assert_eq!(home.refusal(&["list", "--passphrase-file", "passphrase"]), ("key_lost".to_owned(), Some(5)));
    home.secret_file("new", b"quite another one\n");
    let wrong = home.run_with(b"AAAA-BBBB", &["recover", "--passphrase-file", "new", "--json"]);
    assert!(wrong.out.contains("\"kit\"") && wrong.code == Some(6), "{}", wrong.out);
    home.secret_file("short", b"1234567\n");
    let short = home.run_with(kit.as_bytes(), &["recover", "--passphrase-file", "short"]);
    assert!(short.err.contains("less than eight characters"), "{}", short.err);
    assert_eq!(short.code, Some(2));
    home.done_with(kit.to_lowercase().as_bytes(), &["recover", "--passphrase-file", "new"]);
    assert_eq!(home.run(&["list", "--passphrase-file", "new"]).code, Some(1));
    assert_eq!(home.refusal(&["list", "--passphrase-file", "passphrase"]).0, "wrong_passphrase");
}
