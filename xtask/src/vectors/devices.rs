//! Devices: their offers, their proofs, their logins.

use countersign_protocol::device::{DeviceOffer, ProvenDevice};
use countersign_protocol::ids::Nonce;
use countersign_protocol::limits::MAX_SMALL_BYTES;
use countersign_protocol::login::LoginText;
use countersign_protocol::numbers::Message;
use serde_json::{Value, json};

use super::shared::{Phone, bytes, hex, kit_secret, refusal, refused, spoiled};

/// Device records with their proofs of possession.
pub(super) fn pops() -> Value {
    let phone = Phone::new("ana");
    let kit = kit_secret("kit").device();
    let proven = phone.keys.proven();
    let other = Phone::new("ben").keys.proven();
    let bad = [
        ("another device's proof", ProvenDevice { pop: other.pop, ..proven }),
        ("another device's box key", {
            let mut swapped = proven;
            swapped.record.box_key = other.record.box_key;
            swapped
        }),
        (
            "the same bytes signed for another purpose",
            ProvenDevice {
                pop: phone.keys.signing().sign(Message::Login, &[&proven.record.encode()]),
                ..proven
            },
        ),
    ];
    json!({
        "about": "A proof is Ed25519 over `cs/1/pop`, a zero byte and the device record. A kit's secrets: recovery-kit.json.",
        "good": [
            { "name": "a phone", "inputs": phone.listed(), "devrec": hex(proven.record.encode()), "pop": hex(proven.pop.as_bytes()) },
            { "name": "a kit", "inputs": { "kit": hex(bytes::<20>("kit")) }, "devrec": hex(kit.record().encode()), "pop": hex(kit.proven().pop.as_bytes()) },
        ],
        "bad": bad.map(|(name, device)| {
            assert!(!device.is_proven(), "{name}: this bad vector is accepted");
            json!({
                "name": name,
                "devrec": hex(device.record.encode()),
                "pop": hex(device.pop.as_bytes()),
                "error": "BadProof",
            })
        }),
    })
}

/// What a new device shows.
pub(super) fn offers() -> Value {
    let phone = Phone::new("ana");
    let good = DeviceOffer(phone.keys.proven()).encode();
    let mut bad = spoiled(&good, MAX_SMALL_BYTES, DeviceOffer::decode);
    for (name, at, number) in [("suite 2", 4, 2), ("suite 0", 4, 0), ("kind 2", 5, 2)] {
        let mut changed = good.clone();
        changed[at] = number;
        bad.push(refusal(name, &changed, DeviceOffer::decode));
    }
    json!({
        "about": "`[1, 9, devrec, pop]`, shown as `countersign://n/…` (link.json). The proof is judged by who adds it.",
        "good": [{ "name": "a phone", "inputs": phone.listed(), "bytes": hex(&good) }],
        "bad": bad,
    })
}

/// What a device, or an invite's key, signs to log in.
pub(super) fn logins() -> Value {
    let phone = Phone::new("ana");
    let text = |origin: &str| LoginText {
        origin: origin.to_owned(),
        dev: phone.keys.id(),
        nonce: Nonce::from_bytes(bytes("nonce")),
    };
    let good = text("https://vault.example.com");
    let sign = |message| phone.keys.signing().sign(message, &[&good.encode()]);
    let signature = sign(Message::Login);
    let bad = [
        ("passed on to another server", text("https://evil.example.com"), signature),
        ("signed for another purpose", good.clone(), sign(Message::Pop)),
        ("an origin longer than 255 bytes", text(&"a".repeat(256)), signature),
    ];
    let key = &phone.keys.record().signing_key;
    json!({
        "about": "`[1, 5, origin, dev, nonce]`, signed in the domain `login`.",
        "good": [{
            "name": "a phone",
            "inputs": { "device": phone.listed(), "origin": good.origin, "nonce": hex(good.nonce.as_bytes()) },
            "bytes": hex(good.encode()),
            "signature": hex(signature.as_bytes()),
        }],
        "bad": bad.map(|(name, text, signature)| {
            let error = refused(name, text.check(key, &signature)).name();
            json!({
                "name": name,
                "origin": text.origin,
                "bytes": hex(text.encode()),
                "signature": hex(signature.as_bytes()),
                "error": error,
            })
        }),
    })
}
