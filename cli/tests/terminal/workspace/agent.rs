//! The agent: one passphrase for several commands, in memory only, for a while.

use std::os::unix::fs::{FileTypeExt as _, MetadataExt as _};
use std::time::{Duration, Instant};

use super::Home;

#[test]
fn four_commands_ask_once_and_a_lock_ends_it() {
    let home = Home::unlocked("agent_lock");
    home.account("GitHub");
    for command in
        [&["list", "--json"][..], &["code", "github"], &["show", "github"], &["activity", "github"]]
    {
        home.done(command);
    }
    assert_eq!(home.done(&["lock"]), "Locked\n");
    assert_eq!(home.refusal(&["list"]), ("passphrase_needed".to_owned(), Some(5)));
    assert_eq!(home.done(&["lock"]), "It was locked already\n");
}

#[test]
#[allow(clippy::disallowed_methods, reason = "the agent of another process goes by the real clock")]
fn its_time_ends() {
    let home = Home::empty("agent_time");
    home.done(&["init", "--passphrase-file", "passphrase"]);
    home.done(&["unlock", "--for", "2s", "--passphrase-file", "passphrase"]);
    let began = Instant::now();
    assert_eq!(home.run(&["list"]).code, Some(1), "unlocked, and nothing in it");
    while home.run(&["list"]).code == Some(1) {
        assert!(began.elapsed() < Duration::from_secs(20), "it never locked");
        std::thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(home.refusal(&["list"]), ("passphrase_needed".to_owned(), Some(5)));
    while home.store().with_extension("countersign.agent").exists() {
        assert!(began.elapsed() < Duration::from_secs(20), "the socket stayed");
        std::thread::sleep(Duration::from_millis(50));
    }
}

#[test]
fn its_socket_is_for_its_owner_alone_and_no_file_has_the_key() {
    let home = Home::unlocked("agent_socket");
    let socket = home.store().with_extension("countersign.agent").metadata().unwrap();
    assert!(socket.file_type().is_socket());
    assert_eq!(socket.mode() & 0o777, 0o600);
    let folder = home.store().parent().unwrap().metadata().unwrap();
    assert_eq!(folder.mode() & 0o777, 0o700);
    let mut names: Vec<_> = std::fs::read_dir(home.store().parent().unwrap())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["default.countersign", "default.countersign.agent", "default.countersign.key"]);
}

#[test]
fn an_unlock_asks_again_and_a_wrong_passphrase_leaves_it_locked() {
    let home = Home::unlocked("agent_again");
    home.secret_file("wrong", b"another horse\n");
    assert_eq!(
        home.refusal(&["unlock", "--passphrase-file", "wrong"]),
        ("wrong_passphrase".to_owned(), Some(5))
    );
    assert_eq!(home.refusal(&["list"]).0, "passphrase_needed");
}

#[test]
fn what_a_killed_agent_left_is_no_obstacle() {
    let home = Home::empty("agent_killed");
    home.done(&["init", "--passphrase-file", "passphrase"]);
    let socket = home.store().with_extension("countersign.agent");
    drop(std::os::unix::net::UnixListener::bind(&socket).unwrap());
    assert!(socket.exists(), "a socket that nobody listens to");
    assert_eq!(home.refusal(&["list"]).0, "passphrase_needed");
    home.done(&["unlock", "--passphrase-file", "passphrase"]);
    assert_eq!(home.run(&["list"]).code, Some(1));
}

#[test]
fn an_export_asks_for_the_person_whatever_the_agent_holds() {
    let home = Home::unlocked("agent_export");
    home.account("GitHub");
    let export = ["export", "--plain", "links.txt", "--yes"];
    assert_eq!(home.refusal(&export), ("passphrase_needed".to_owned(), Some(5)));
    home.secret_file("wrong", b"another horse\n");
    let wrong = [&export[..], &["--passphrase-file", "wrong"]].concat();
    assert_eq!(home.refusal(&wrong), ("wrong_passphrase".to_owned(), Some(5)));
    assert!(!home.folder.join("links.txt").exists());
    home.done(&[&export[..], &["--passphrase-file", "passphrase"]].concat());
    assert!(home.folder.join("links.txt").exists());
}
