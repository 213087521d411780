//! Two people in two terminals, and a server between them.

use std::net::SocketAddr;

use countersign_server::{Background, Config, System};

use super::{Home, file};
use crate::program::folder;

/// A server that ends with the test, and what is typed to reach it.
fn server(test: &str) -> (Background, String) {
    let database = folder(&format!("{test}-server")).join("server.db");
    let config = Config::new(SocketAddr::from(([127, 0, 0, 1], 0)), database);
    let server = Background::start(config, Box::new(System), std::future::pending()).unwrap();
    let url = format!("http://{}", server.address());
    (server, url)
}

/// Somebody with an unlocked store who has joined.
fn joined(test: &str, ana: &Home, name: &str) -> Home {
    let invitation = ana.document(&["invite"]);
    let home = Home::empty(test);
    let link = file(&home.folder, "link", invitation["link"].as_str().unwrap().as_bytes());
    let asked = home.document(&[
        "join",
        "--link-file",
        link.to_str().unwrap(),
        "--member",
        name,
        "--device",
        "laptop",
        "--passphrase-file",
        "passphrase",
    ]);
    assert_eq!((asked["workspace"].as_str(), asked["standing"].as_str()), (Some("Blue"), Some("waiting")));
    home.done(&["unlock", "--passphrase-file", "passphrase"]);
    assert_eq!(home.document(&["sync"])["standing"], "waiting");
    ana.done(&["sync"]);
    assert_eq!(home.document(&["sync"])["standing"], "member");
    home
}

#[test]
fn a_team_invites_shares_and_removes_in_the_terminal() {
    let (server, url) = server("team");
    let ana = Home::empty("team-ana");
    ana.done(&["init", "--workspace", "Blue", "--member", "Ana", "--passphrase-file", "passphrase"]);
    ana.done(&["unlock", "--passphrase-file", "passphrase"]);
    ana.account("Bank");
    assert_eq!(ana.refusal(&["sync"]), ("no_server".to_owned(), Some(6)));
    ana.done(&["attach", &url]);
    let ben = joined("team-ben", &ana, "Ben");
    ana.done(&["sync"]);
    let members = ana.document(&["members"]);
    let names: Vec<_> = members["members"]
        .as_array()
        .unwrap()
        .iter()
        .map(|member| member["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, ["Ana", "Ben"]);
    let words = |home: &Home| home.document(&["safety-words", "2"])["words"].clone();
    assert_eq!(words(&ana), words(&ben));

    ana.done(&["share", "bank", "ben"]);
    ben.done(&["sync"]);
    let at = |home: &Home| home.document(&["list"])["accounts"][0]["code"]["valid_until"].clone();
    assert_eq!(ben.names(), ["Bank"]);
    assert_eq!(at(&ana), at(&ben));
    assert_eq!(ben.refusal(&["share", "bank", "ana", "--as", "none"]), ("not_valid".to_owned(), Some(6)));
    assert_eq!(ana.refusal(&["share", "bank", "zoe"]), ("nobody".to_owned(), Some(1)));
    let unasked = ana.run(&["members", "ben", "--remove"]);
    assert_eq!(unasked.code, Some(2), "there is nobody to ask: {}", unasked.out);
    assert!(unasked.err.contains("--yes"), "{}", unasked.err);

    ana.done(&["members", "ben", "--remove", "--yes"]);
    let gone = ben.document(&["sync"]);
    assert_eq!(gone["standing"], "member_removed");
    assert!(ben.names().is_empty());
    let known = ana.document(&["known"]);
    assert_eq!(
        (known["known"][0]["name"].as_str(), known["known"][0]["member"].as_str()),
        (Some("Bank"), Some("Ben"))
    );
    drop(server);
    assert_eq!(ana.refusal(&["sync"]), ("offline".to_owned(), Some(6)));
    assert_eq!(ana.names(), ["Bank"]);
}

#[test]
fn what_is_no_link_joins_nothing_and_leaves_no_store() {
    let home = Home::empty("team-wrong");
    for text in ["", "https://example.com", "countersign://i/damaged"] {
        let link = file(&home.folder, "link", text.as_bytes());
        let arguments = ["join", "--link-file", link.to_str().unwrap(), "--passphrase-file", "passphrase"];
        assert_eq!(home.refusal(&arguments), ("bad_link".to_owned(), Some(3)), "{text}");
    }
    assert!(!home.store().exists());
}
