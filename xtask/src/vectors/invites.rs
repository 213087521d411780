//! Invites: the greeting in op 1, and the join request that answers it.

use aes_gcm::aead::inout::InOutBuf;
use aes_gcm::{AeadInOut, Aes256Gcm, KeyInit};
use countersign_crypto::flow::join_request;
use countersign_crypto::link::{Anchor, InviteLink, ServerAddress};
use countersign_protocol::ids::{Head, UserId, WorkspaceId};
use countersign_protocol::join::JoinRequest;
use countersign_protocol::limits::{GREETING_BYTES, MAX_SMALL_BYTES};
use hkdf::Hkdf;
use serde_json::{Value, json};
use sha2::Sha256;

use super::shared::{Phone, bytes, hex, invite_secret, kit_secret, refused, spoiled};

fn workspace() -> WorkspaceId {
    WorkspaceId::from_bytes(bytes("workspace"))
}

/// Greetings, and what does not open as one.
pub(super) fn greetings() -> Value {
    let secret = invite_secret("invite");
    let sealed = |inviter: &str| seal("invite", ["Blue Café", inviter]);
    let inputs = json!({ "secret": hex(bytes::<20>("invite")), "workspace": hex(workspace().as_bytes()), "invite": hex(secret.id(workspace()).as_bytes()) });
    let longest = "i".repeat(120);
    let mut altered = sealed("Ana");
    altered[0] ^= 1;
    let bad = [("one bit altered", altered), ("another invite's", seal("another invite", ["Blue", "Ana"]))];
    let bad = bad.map(|(name, sealed)| {
        let error = refused(name, secret.open_greeting(workspace(), &sealed)).name();
        json!({ "name": name, "inputs": inputs, "bytes": hex(sealed), "error": error })
    });
    json!({
        "about": "`[workspace name, inviter's name]`, padded to 256 bytes, AES-256-GCM under HKDF-SHA256(secret, info \"cs/1/greet\" | ws).",
        "good": [
            { "name": "two names", "inputs": inputs, "names": ["Blue Café", "Ana"], "bytes": hex(sealed("Ana")) },
            { "name": "the longest name", "inputs": inputs, "names": ["Blue Café", longest], "bytes": hex(sealed(&longest)) },
        ],
        "bad": bad,
    })
}

/// A greeting by HKDF and AES-GCM themselves: the product seals one greeting under each secret that it draws, and has no
/// way to seal under a given one.
fn seal(invite: &str, names: [&str; 2]) -> [u8; GREETING_BYTES] {
    let secret = bytes::<20>(invite);
    let mut derived = [0; 44];
    Hkdf::<Sha256>::new(None, &secret)
        .expand_multi_info(&[b"cs/1/greet", workspace().as_bytes()], &mut derived)
        .expect("44 bytes are two blocks");
    let (key, nonce) = derived.split_first_chunk::<32>().expect("44 bytes have a first 32");
    let nonce: &[u8; 12] = nonce.try_into().expect("44 bytes less 32");
    let mut text = minicbor::to_vec(names).expect("a vector takes every byte");
    text.push(0x80);
    text.resize(256, 0);
    let tag = Aes256Gcm::new(key.into())
        .encrypt_inout_detached(
            nonce.into(),
            invite_secret(invite).id(workspace()).as_bytes(),
            InOutBuf::from(&mut text[..]),
        )
        .expect("256 bytes are no long message");
    text.extend_from_slice(&tag);
    text.try_into().expect("256 bytes and the tag")
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
