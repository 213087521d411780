//! An invitation link is read as it was written, and nothing else is one.

use countersign_protocol::ids::Head;
use proptest::prelude::*;

use super::*;
use crate::device::DeviceKeys;
use crate::kit::KitSecret;
use crate::testing::{Seeded, workspace};

fn anchor() -> Anchor {
    Anchor {
        server: ServerAddress::new("https://vault.example.com:8443/team").unwrap(),
        workspace: workspace(0xA1),
        seq: 42,
        head: Head::from_bytes([0xB2; 32]),
    }
}

/// One link of each kind.
fn links() -> [Link; 5] {
    let entropy = Seeded::new(3);
    let kit = || RecoveryKit::new(KitSecret::generate(&entropy).unwrap(), workspace(0xA1));
    [
        Link::Invite(InviteLink { anchor: anchor(), secret: InviteSecret::generate(&entropy).unwrap() }),
        Link::NewDevice(Box::new(DeviceOffer(DeviceKeys::generate(&entropy).unwrap().proven()))),
        Link::DeviceAdded(DeviceLink { anchor: anchor(), user: UserId::from_bytes([0xD4; 16]) }),
        Link::Kit(KitLink { server: Some(anchor().server), kit: kit() }),
        Link::Kit(KitLink { server: None, kit: kit() }),
    ]
}

#[test]
fn every_kind_of_link_reads_back_to_the_same_text() {
    for (link, start) in links().iter().zip([
        "countersign://i/https%3A%2F%2Fvault.example.com%3A8443%2Fteam/oaGhoaGhoaGhoaGhoaGhoQ/42/srKy",
        "countersign://n/hAEJhAEA",
        "countersign://d/https%3A%2F%2Fvault.example.com%3A8443%2Fteam/oaGhoaGhoaGhoaGhoaGhoQ/42/srKy",
        "countersign://k/https%3A%2F%2Fvault.example.com%3A8443%2Fteam/",
        "countersign://k//",
    ]) {
        let text = link.to_text();
        assert!(text.starts_with(start), "{}", *text);
        assert_eq!(*Link::parse(&text).unwrap().to_text(), *text);
    }
}

#[test]
fn a_link_that_is_cut_anywhere_is_damaged() {
    for link in links() {
        let text = link.to_text();
        for end in "countersign://i".len()..text.len() {
            assert!(matches!(Link::parse(&text[..end]), Err(LinkError::Damaged { .. })), "{}", &text[..end]);
        }
    }
}

#[test]
fn what_is_added_to_a_link_damages_it() {
    for link in links() {
        for added in ["/", "A", "=", "?x=1", "#x", " ", "\n"] {
            let text = format!("{}{added}", *link.to_text());
            assert!(matches!(Link::parse(&text), Err(LinkError::Damaged { .. })), "{text}");
        }
    }
}

#[test]
fn another_way_to_write_the_same_is_refused() {
    let text =
        Link::DeviceAdded(DeviceLink { anchor: anchor(), user: UserId::from_bytes([0xD4; 16]) }).to_text();
    for (part, other, damaged) in [
        ("%3A", "%3a", "server"),
        ("%3A", ":", "server"),
        ("vault", "v%61ult", "server"),
        ("/42/", "/042/", "seq"),
        ("/42/", "/+42/", "seq"),
        ("/42/", "/9007199254740992/", "seq"),
        ("oQ/", "oR/", "workspace"),
        ("oQ/", "oQ==/", "workspace"),
    ] {
        let text = text.replacen(part, other, 1);
        assert_eq!(Link::parse(&text).unwrap_err(), LinkError::Damaged { part: damaged }, "{text}");
    }
}

#[test]
fn other_texts_say_what_they_are_not() {
    for (text, error) in [
        ("", "NotALink"),
        ("otpauth://totp/x?secret=MZXW6", "NotALink"),
        ("Countersign://i/", "NotALink"),
        ("countersign://", "Damaged"),
        ("countersign://z/whatever", "NeedsUpdate"),
        (&"countersign://i/".repeat(1000), "TooLong"),
    ] {
        assert_eq!(Link::parse(text).unwrap_err().name(), error, "{text}");
    }
}

#[test]
fn a_server_address_is_http_printable_and_short() {
    for bad in
        ["", "https://", "vault.example.com", "ftp://x", "https://a b", "https://\u{e9}", "https://a\n"]
    {
        assert!(ServerAddress::new(bad).is_err(), "{bad:?}");
    }
    let longest = format!("https://{}", "a".repeat(255 - 8));
    assert!(ServerAddress::new(&longest).is_ok());
    assert!(ServerAddress::new(&(longest + "a")).is_err());
}

#[test]
fn debug_output_has_no_secret() {
    let [invite, ..] = links();
    let shown = format!("{invite:?}");
    assert!(shown.contains("InviteSecret(…)") && !shown.contains(&invite.to_text()[90..]), "{shown}");
}

proptest! {
    #[test]
    fn whatever_reads_is_the_one_text_of_what_it_says(text in "countersign://[indk]/[A-Za-z0-9%/._~-]{0,200}") {
        if let Ok(link) = Link::parse(&text) {
            prop_assert_eq!(&*link.to_text(), &text);
        }
    }

    #[test]
    fn one_changed_character_never_passes_unseen(which in 0_usize..5, at in any::<prop::sample::Index>(), to in "[ -~]") {
        let text = links()[which].to_text();
        let at = at.index(text.len());
        let changed = format!("{}{to}{}", &text[..at], &text[at + 1..]);
        if let Ok(link) = Link::parse(&changed) {
            prop_assert_eq!(&*link.to_text(), &changed);
        }
    }
}
