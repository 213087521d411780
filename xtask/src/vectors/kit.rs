//! The recovery kit and the safety words: what people read and write.

use countersign_crypto::kit::RecoveryKit;
use countersign_crypto::words::safety_words;
use countersign_protocol::ids::WorkspaceId;
use serde_json::{Value, json};

use super::shared::{bytes, hex, kit_secret, refused, secret};

/// Kits as text, and what is not one.
pub(super) fn kits() -> Value {
    let workspace = WorkspaceId::from_bytes(bytes("workspace"));
    let kit = RecoveryKit::new(kit_secret("kit"), workspace);
    let text = kit.to_text().to_string();
    let record = kit.device();
    let typed = [
        ("as it is printed", text.clone()),
        ("in lower case", text.to_lowercase()),
        ("without dashes", text.replace('-', "")),
        ("with spaces", text.replace('-', "  ")),
        ("with 0 for O and 8 for B", text.replace('O', "0").replace('B', "8")),
        ("with 1 for the first I or L", text.replacen(['I', 'L'], "1", 1)),
    ];
    let with = |index: usize, to: &str| format!("{}{to}{}", &text[..index], &text[index + 1..]);
    let swapped = format!("{}{}{}{}", &text[..10], &text[11..12], &text[10..11], &text[12..]);
    let bad = [
        ("nothing", String::new()),
        ("fifteen groups", text[..74].to_owned()),
        ("a group of three", format!("{}{}", &text[..2], &text[3..])),
        ("a character that no kit has", with(5, "9")),
        ("one wrong character", with(20, if &text[20..21] == "Q" { "A" } else { "Q" })),
        ("two neighbours swapped", swapped),
        ("two wrong characters", with(20, "Q").replacen(&text[70..72], "22", 1)),
    ];
    let bad = bad.map(|(name, text)| {
        let error = refused(name, RecoveryKit::parse(&text));
        json!({ "name": name, "text": text, "error": error.name(), "message": error.to_string() })
    });
    json!({
        "about": "base32(kit20 | ws16 | SHA-256(\"cs/1/kit/sum\" | kit20 | ws16)[..4]); the keys are HKDF-SHA256 of kit20.",
        "good": typed.iter().map(|(name, typed)| json!({
            "name": name,
            "inputs": { "kit": hex(bytes::<20>("kit")), "workspace": hex(workspace.as_bytes()) },
            "text": typed,
            "printed": text,
            "devrec": hex(record.record().encode()),
        })).collect::<Vec<_>>(),
        "bad": bad,
    })
}

/// Safety words of a few heads.
pub(super) fn words() -> Value {
    let heads = [("zeros", [0; 32]), ("ones", [0xFF; 32]), ("a head", secret("head"))];
    json!({
        "about": "The first 132 bits of SHA-256(head), eleven bits a word, from the English list of BIP-39.",
        "good": heads.map(|(name, head)| json!({
            "name": name,
            "inputs": { "head": hex(head) },
            "words": safety_words(&head).join(" "),
        })),
        "bad": [],
    })
}
