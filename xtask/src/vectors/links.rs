//! Links: what travels as a QR code or as text.

use countersign_crypto::kit::RecoveryKit;
use countersign_crypto::link::{Anchor, DeviceLink, InviteLink, KitLink, Link, ServerAddress};
use countersign_protocol::device::DeviceOffer;
use countersign_protocol::ids::{Head, UserId, WorkspaceId};
use serde_json::{Value, json};

use super::shared::{Phone, bytes, hex, invite_secret, kit_secret, refused};

const SERVER: &str = "https://vault.example.com:8443/team";

fn anchor() -> Anchor {
    Anchor {
        server: ServerAddress::new(SERVER).expect("an address"),
        workspace: WorkspaceId::from_bytes(bytes("workspace")),
        seq: 42,
        head: Head::from_bytes(bytes("head")),
    }
}

fn kit() -> RecoveryKit {
    RecoveryKit::new(kit_secret("kit"), WorkspaceId::from_bytes(bytes("workspace")))
}

/// Every kind of link, and texts that are none.
pub(super) fn links() -> Value {
    let place = json!({
        "server": SERVER,
        "workspace": hex(bytes::<16>("workspace")),
        "seq": 42,
        "head": hex(bytes::<32>("head")),
    });
    let with = |name: &str, value: String| {
        let mut inputs = place.clone();
        inputs[name] = Value::String(value);
        inputs
    };
    let phone = Phone::new("ana");
    let offer = DeviceOffer(phone.keys.proven());
    let user = UserId::from_bytes(bytes("user"));
    let kit_inputs = |server: Value| json!({ "server": server, "kit": hex(bytes::<20>("kit")), "workspace": hex(bytes::<16>("workspace")) });
    let good = [
        (
            "an invite",
            with("secret", hex(bytes::<20>("invite"))),
            Link::Invite(InviteLink { anchor: anchor(), secret: invite_secret("invite") }),
        ),
        ("a new device", json!({ "offer": hex(offer.encode()) }), Link::NewDevice(Box::new(offer))),
        (
            "the answer to a new device",
            with("user", hex(user.as_bytes())),
            Link::DeviceAdded(DeviceLink { anchor: anchor(), user }),
        ),
        (
            "a kit",
            kit_inputs(json!(SERVER)),
            Link::Kit(KitLink { server: Some(anchor().server), kit: kit() }),
        ),
        (
            "a kit of a workspace without a server",
            kit_inputs(Value::Null),
            Link::Kit(KitLink { server: None, kit: kit() }),
        ),
    ];
    json!({
        "about": "`countersign://<kind>/…`: bytes are base64url without padding, the server is percent-encoded.",
        "good": good.iter().map(|(name, inputs, link)| json!({ "name": name, "inputs": inputs, "text": *link.to_text() })).collect::<Vec<_>>(),
        "bad": bad(&good[2].2.to_text()),
    })
}

/// Texts that are no link, most of them made from a good one: the answer to a new device.
fn bad(text: &str) -> [Value; 14] {
    let bad = [
        ("another product's", "otpauth://totp/x?secret=MZXW6".to_owned()),
        ("another kind", "countersign://z/x".to_owned()),
        ("no kind", "countersign://".to_owned()),
        ("cut short", text[..text.len() - 1].to_owned()),
        ("a part too many", format!("{text}/")),
        ("a percent sign in lower case", text.replace("%3A", "%3a")),
        ("a letter percent-encoded", text.replacen("vault", "%76ault", 1)),
        ("no server", text.replacen("https%3A%2F%2Fvault.example.com%3A8443%2Fteam", "", 1)),
        ("a server of another scheme", text.replacen("https", "ftp", 1)),
        ("a seq with a zero before it", text.replacen("/42/", "/042/", 1)),
        ("a seq above 2^53 - 1", text.replacen("/42/", "/9007199254740992/", 1)),
        ("padded base64", format!("{text}==")),
        ("longer than any link", format!("{text}{}", "A".repeat(4096))),
        ("a kit with dashes", format!("countersign://k//{}", *kit().to_text())),
    ];
    bad.map(|(name, text)| {
        let error = refused(name, Link::parse(&text)).name();
        json!({ "name": name, "text": text, "error": error })
    })
}
