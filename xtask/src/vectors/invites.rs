//! Invites: the greeting in op 1, and the join request that answers it.

use countersign_crypto::content::Text;
use countersign_crypto::flow::join_request;
use countersign_crypto::invite::Greeting;
use countersign_crypto::link::{Anchor, InviteLink, ServerAddress};
use countersign_protocol::ids::{Head, UserId, WorkspaceId};
use countersign_protocol::join::JoinRequest;
use countersign_protocol::limits::MAX_SMALL_BYTES;
use serde_json::{Value, json};

use super::shared::{Phone, bytes, hex, invite_secret, kit_secret, spoiled};

fn workspace() -> WorkspaceId {
    WorkspaceId::from_bytes(bytes("workspace"))
}

/// Greetings, and what does not open as one.
pub(super) fn greetings() -> Value {
    let secret = invite_secret("invite");
    let name = |text: &str| Text::new(text).expect("a short name");
    let sealed = |inviter: &str| {
        let greeting = Greeting { workspace: name("Blue Café"), inviter: name(inviter) };
        secret.seal_greeting(workspace(), &greeting)
    };
    let inputs = json!({ "secret": hex(bytes::<20>("invite")), "workspace": hex(workspace().as_bytes()), "invite": hex(secret.id(workspace()).as_bytes()) });
    let longest = "i".repeat(120);
    let mut altered = sealed("Ana");
    altered[0] ^= 1;
    let other = invite_secret("another invite")
        .seal_greeting(workspace(), &Greeting { workspace: name("Blue"), inviter: name("Ana") });
    json!({
        "about": "`[workspace name, inviter's name]`, padded to 256 bytes, AES-256-GCM under HKDF-SHA256(secret, info \"cs/1/greet\" | ws).",
        "good": [
            { "name": "two names", "inputs": inputs, "names": ["Blue Café", "Ana"], "bytes": hex(sealed("Ana")) },
            { "name": "the longest name", "inputs": inputs, "names": ["Blue Café", longest], "bytes": hex(sealed(&longest)) },
        ],
        "bad": [
            { "name": "one bit altered", "inputs": inputs, "bytes": hex(altered), "error": "GreetingError" },
            { "name": "another invite's", "inputs": inputs, "bytes": hex(other), "error": "GreetingError" },
        ],
    })
}

/// Join requests, and bytes that are none.
pub(super) fn join_requests() -> Value {
    let phone = Phone::new("ben");
    let kit = kit_secret("ben's kit").device();
    let user = UserId::from_bytes(bytes("ben"));
    let anchor = Anchor {
        server: ServerAddress::new("https://vault.example.com").expect("an address"),
        workspace: workspace(),
        seq: 1,
        head: Head::from_bytes(bytes("head")),
    };
    let link = InviteLink { anchor, secret: invite_secret("invite") };
    let alone = join_request(&link, user, &phone.keys, None).encode();
    let with_kit = join_request(&link, user, &phone.keys, Some(&kit)).encode();
    let inputs = |kit: Value| {
        json!({
            "secret": hex(bytes::<20>("invite")),
            "workspace": hex(workspace().as_bytes()),
            "user": hex(user.as_bytes()),
            "device": phone.listed(),
            "kit": kit,
        })
    };
    json!({
        "about": "`[1, 8, ws, invite, user, devrec, pop, kit | null, kit_pop | null, inv_sig]`. Its signatures are judged as op 2's: entry.json.",
        "good": [
            { "name": "a phone", "inputs": inputs(Value::Null), "bytes": hex(&alone) },
            { "name": "a phone and a kit", "inputs": inputs(json!(hex(bytes::<20>("ben's kit")))), "bytes": hex(&with_kit) },
        ],
        "bad": spoiled(&alone, MAX_SMALL_BYTES, JoinRequest::decode),
    })
}
