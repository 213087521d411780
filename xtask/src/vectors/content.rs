//! What records hold: plaintexts before padding.

use countersign_crypto::content::{
    Action, Activity, Card, Content, Counter, DeviceName, MemberName, Otp, OtpAlgorithm, OtpId, OtpKind,
    OtpSecret, Pending, RecoveryCode, RecoveryCodes, Replaced, Text, Unknown, WorkspaceName, decode, encode,
};
use countersign_protocol::DecodeError;
use countersign_protocol::ids::UserId;
use countersign_tests::entropy::Given;
use countersign_tests::workspace::name;
use serde_json::{Value, json};

use super::shared::{TS, bytes, hex, refusal};

/// One plaintext of each type, and bytes that are none.
pub(super) fn contents() -> Value {
    let codes = vec![
        RecoveryCode { code: text("1234-5678"), used: None },
        RecoveryCode { code: text("8765-4321"), used: Some(TS) },
    ];
    let codes = RecoveryCodes::new(codes).unwrap_or_else(|_| unreachable!("two codes are few"));
    let mut activity = Activity::default();
    activity.push(TS, Action::Enrolled, None);
    activity.push(TS + 1000, Action::Shared, Some(UserId::from_bytes(bytes("ben"))));
    let later = later_card();
    json!({
        "about": "`[1, field, …, fields of later versions…]`. Whoever writes one again keeps the fields it does not know.",
        "good": [
            good("a card", &json!(["Mail", "Example", "https://example.com", "ana@example.com", "notes", null]), &card(Unknown::default())),
            good("a card in the bin", &json!(["Mail", "Example", "https://example.com", "ana@example.com", "notes", TS]), &Card { binned: Some(TS), ..card(Unknown::default()) }),
            { "name": "a card with fields of a later version", "type": Card::TYPE.number(), "bytes": hex(&later) },
            good("a TOTP secret", &json!({ "algorithm": 1, "digits": 6, "period": 30, "secret": "12345678901234567890" }), &otp(OtpKind::Totp { period: 30 })),
            good("an HOTP secret", &json!({ "algorithm": 1, "digits": 6, "counter": 7, "secret": "12345678901234567890" }), &otp(OtpKind::Hotp { counter: 7 })),
            good("a Steam secret", &json!({ "algorithm": 1, "digits": 6, "secret": "12345678901234567890" }), &otp(OtpKind::Steam)),
            good("a counter", &json!({ "next": 7 }), &Counter { otp: otp_id(), next: 7, unknown: Unknown::default() }),
            good("a pending enrolment", &json!({ "ts": TS }), &Pending { at: TS, otp: otp(OtpKind::Hotp { counter: 7 }), unknown: Unknown::default() }),
            good("a replaced secret", &json!({ "ts": TS }), &Replaced { at: TS, otp: otp(OtpKind::Hotp { counter: 7 }), unknown: Unknown::default() }),
            good("recovery codes", &json!([["1234-5678", null], ["8765-4321", TS]]), &codes),
            good("an activity", &json!([[1, TS, 1, null], [2, TS + 1000, 8, hex(bytes::<16>("ben"))]]), &activity),
            good("a member's name", &json!("Ana"), &MemberName::new(name("Ana"))),
            good("a device's name", &json!("Phone"), &DeviceName::new(name("Phone"))),
            good("the workspace's name", &json!("Blue"), &WorkspaceName::new(name("Blue"))),
        ],
        "bad": bad(&activity),
    })
}

fn bad(activity: &Activity) -> Vec<Value> {
    let counter = encode(&Counter { otp: otp_id(), next: 7, unknown: Unknown::default() });
    let beyond = [&counter[..counter.len() - 1], &[0x1b, 0x80, 0, 0, 0, 0, 0, 0, 0]].concat();
    let mut unchained = encode(activity).to_vec();
    let last = unchained.len() - 1;
    unchained[last] ^= 1;
    let plain = encode(&card(Unknown::default())).to_vec();
    let mut later = plain.clone();
    later[1] = 2;
    let mut floating = encode(&card(Unknown::default())).to_vec();
    floating[0] += 1;
    floating.extend([0xf9, 0x3c, 0x00]);
    let with_field = |field: &[u8]| [&[plain[0] + 1], &plain[1..], field].concat();
    let cut = encode(&card(Unknown::default()));
    let with_type = |number: u8, mut line: Value| {
        line["type"] = json!(number);
        line
    };
    vec![
        with_type(3, refusal("a counter of 2^63", &beyond, decode::<Counter>)),
        with_type(
            4,
            refusal("an activity whose entries do not follow each other", &unchained, decode::<Activity>),
        ),
        with_type(1, refusal("a card of version 2", &later, decode::<Card>)),
        with_type(1, refusal("a later field that is a float", &floating, decode::<Card>)),
        with_type(
            1,
            refusal(
                "a later map whose keys are not in order",
                &with_field(b"\xa2\x02\xf5\x01\xf5"),
                decode::<Card>,
            ),
        ),
        with_type(
            1,
            refusal("a later map with a key twice", &with_field(b"\xa2\x01\xf5\x01\xf6"), decode::<Card>),
        ),
        with_type(1, refusal("a card cut short", &cut[..cut.len() - 1], decode::<Card>)),
        with_type(
            10,
            refusal("a length in more bytes than it takes", b"\x82\x01\x78\x04Blue", decode::<WorkspaceName>),
        ),
        with_type(10, refusal("a byte after the end", b"\x82\x01\x64Blue\0", decode::<WorkspaceName>)),
    ]
}

fn good<T: Content>(name: &str, fields: &Value, content: &T) -> Value {
    json!({ "name": name, "type": T::TYPE.number(), "fields": fields, "bytes": hex(&*encode(content)) })
}

fn text<const MAX: usize>(text: &str) -> Text<MAX> {
    Text::new(text).expect("a short text")
}

fn card(unknown: Unknown) -> Card {
    Card {
        name: text("Mail"),
        app: text("Example"),
        address: text("https://example.com"),
        login: text("ana@example.com"),
        notes: text("notes"),
        binned: None,
        unknown,
    }
}

/// A card to which a later version has added a text and a map.
fn later_card() -> Vec<u8> {
    let mut bytes = encode(&card(Unknown::default())).to_vec();
    bytes[0] += 2;
    bytes.extend(b"\x65later\xa1\x01\xf5");
    let read: Result<Card, DecodeError> = decode(&bytes);
    read.map(|card| encode(&card).to_vec()).unwrap_or_default()
}

fn otp_id() -> OtpId {
    OtpId::generate(&Given::new(&[&bytes::<16>("otp")])).expect("16 bytes make an id")
}

fn otp(kind: OtpKind) -> Otp {
    Otp {
        id: otp_id(),
        kind,
        algorithm: OtpAlgorithm::Sha1,
        digits: 6,
        secret: OtpSecret::new(b"12345678901234567890").expect("a secret of RFC 4226"),
        unknown: Unknown::default(),
    }
}
