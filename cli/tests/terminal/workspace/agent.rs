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
    assert_eq!(
        names,
        ["agents", "default.countersign", "default.countersign.agent", "default.countersign.key"]
    );
}

#[test]
fn a_store_whose_path_is_longer_than_a_sockets_has_an_agent_all_the_same() {
    let mut home = Home::empty("agent_long");
    // The usual folder of stores is seldom so deep: the agent is found from there.
    home.data = std::env::temp_dir().join(format!("countersign-agent-{}", std::process::id()));
    let folder = home.folder.join("a".repeat(60)).join("b".repeat(60));
    std::fs::create_dir_all(&folder).unwrap();
    let store = folder.join("store");
    let store = ["--store", super::shown(&store)];
    let passphrase = ["--passphrase-file", "passphrase"];
    home.done(&[&["init"][..], &store, &passphrase].concat());
    home.done(&[&["unlock"][..], &store, &passphrase].concat());
    assert_eq!(home.run(&[&["list"][..], &store].concat()).code, Some(1), "unlocked, and nothing in it");
    let told = home.document(&[&["workspaces"][..], &store].concat());
    assert_eq!(told["workspaces"][0]["unlocked"], true, "{told}");
    let locked = home.document(&["lock"]);
    assert_eq!(locked["also_locked"].as_array().unwrap().len(), 1, "{locked}");
    assert_eq!(home.refusal(&[&["list"][..], &store].concat()).0, "passphrase_needed");
    std::fs::remove_dir_all(&home.data).unwrap();
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

#[test]
fn a_lock_is_for_all_stores_unless_one_is_named() {
    let home = Home::unlocked("agent_others");
    let passphrase = ["--passphrase-file", "passphrase"];
    for name in ["first.countersign", "second.countersign"] {
        home.done(&[&["init", "--store", name][..], &passphrase].concat());
        home.done(&[&["unlock", "--store", name][..], &passphrase].concat());
    }
    let path = |name: &str| home.folder.canonicalize().unwrap().join(name).to_str().unwrap().to_owned();
    let (first, second) = (path("first.countersign"), path("second.countersign"));
    let usual = home.store().canonicalize().unwrap().to_str().unwrap().to_owned();

    let one = home.done(&["lock", "--store", "first.countersign"]);
    assert!(one.starts_with("Locked\n") && one.contains(&format!("Still unlocked: {second}\n")), "{one}");
    assert!(one.contains(&format!("→ countersign lock --store {usual}\n")), "{one}");
    assert_eq!(home.refusal(&["list", "--store", "first.countersign"]).0, "passphrase_needed");
    assert_eq!(home.run(&["list", "--store", "second.countersign"]).code, Some(1), "still unlocked");

    let rest = home.document(&["lock"]);
    assert_eq!((&rest["was_unlocked"], &rest["also_locked"]), (&true.into(), &vec![second].into()));
    assert_eq!(rest["still_unlocked"], serde_json::json!([]));
    for store in [&first, &usual] {
        assert_eq!(home.refusal(&["list", "--store", store]).0, "passphrase_needed");
    }
    assert_eq!(home.refusal(&["list", "--store", "second.countersign"]).0, "passphrase_needed");
    assert_eq!(home.done(&["lock"]), "It was locked already\n");
    let links = std::fs::read_dir(home.store().parent().unwrap().join("agents")).unwrap();
    assert_eq!(links.count(), 0, "nothing is left of agents that ended");
}

#[test]
fn workspaces_tells_of_every_store_that_can_be_meant() {
    let home = Home::unlocked("agent_workspaces");
    let passphrase = ["--passphrase-file", "passphrase"];
    for name in ["one.countersign", "two.countersign"] {
        home.done(&[&["init", "--store", name][..], &passphrase].concat());
    }
    let mut workspaces = home.program();
    workspaces
        .args(["workspaces", "--store", "one.countersign", "--json"])
        .env("COUNTERSIGN_STORE", "two.countersign");
    let document = crate::program::finish(&mut workspaces, b"").out;
    let document: serde_json::Value = serde_json::from_str(&document).unwrap();
    let stores = document["workspaces"].as_array().unwrap();
    let told: Vec<(bool, bool, bool)> = ["default", "one", "two"]
        .iter()
        .map(|name| {
            let has_name = |store: &&serde_json::Value| {
                store["store"].as_str().unwrap().ends_with(&format!("{name}.countersign"))
            };
            let store = stores.iter().find(has_name).unwrap();
            let flag = |key: &str| store[key].as_bool().unwrap();
            (flag("exists"), flag("used"), flag("unlocked"))
        })
        .collect();
    assert_eq!(told, [(true, false, true), (true, true, false), (true, false, false)]);
    let missing = home.done(&["workspaces", "--store", "three.countersign"]);
    assert!(missing.contains("three.countersign   not there yet\n"), "{missing}");
    assert!(missing.contains("→ countersign init --store "), "{missing}");
}
