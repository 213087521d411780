//! Records and manifests.

use std::collections::BTreeMap;

use countersign_crypto::flow::{self, Names};
use countersign_crypto::record::{OpenedRecord, OwnedRecord};
use countersign_crypto::space_key::SpaceKey;
use countersign_protocol::ids::{InstanceId, RecordHash, RecordId, Salt, SpaceId, UserId, WorkspaceId};
use countersign_protocol::limits::{MAX_HEADER_BYTES, MAX_MANIFEST_BYTES};
use countersign_protocol::manifest::{Line, Manifest};
use countersign_protocol::numbers::RecordType;
use countersign_protocol::record::RecordHeader;
use countersign_tests::entropy::Given;
use countersign_tests::workspace::name;
use serde_json::{Value, json};

use super::judged;
use super::scene::{Scene, listed};
use super::shared::{Phone, TS, bytes, hex, kit_secret, refusal, refused, secret, space_key, spoiled};

/// Manifests, and bytes that are none.
pub(super) fn manifests(scene: &Scene) -> Value {
    let line = |rev| Line { rev, hash: RecordHash::from_bytes(bytes(&format!("revision {rev}"))) };
    let id = |name: &str| RecordId::from_bytes(bytes(name));
    let two = Manifest { lines: BTreeMap::from([(id("card"), line(3)), (id("otp"), line(1))]) };
    let good = two.encode();
    let mut bad = spoiled(&good, MAX_MANIFEST_BYTES, Manifest::decode);
    let (head, lines) = good.split_at(4);
    let (one, other) = lines.split_at(lines.len() / 2);
    bad.push(refusal("lines in descending order", &[head, other, one].concat(), Manifest::decode));
    bad.push(refusal("a line twice", &[head, one, one].concat(), Manifest::decode));
    json!({
        "about": "`[1, 7, [[rec, rev, hash], …]]`, in ascending order. Each of `judged` is shown where `judged_by.log` ends with entry `after`: refused by `error`, or taken; `faults` are those that whoever holds `held` finds in it.",
        "good": [
            { "name": "empty", "lines": [], "bytes": hex(Manifest::default().encode()), "hash": hex(Manifest::default().hash().as_bytes()) },
            { "name": "two records", "lines": listed(&two.lines), "bytes": hex(&good), "hash": hex(two.hash().as_bytes()) },
        ],
        "bad": bad,
        "judged_by": scene.listed(),
        "judged": judged::manifests(scene),
    })
}

/// The first three records of a workspace, and what does not read or open as one.
pub(super) fn records(scene: &Scene) -> Value {
    let ana = Phone::new("ana");
    let drawn = ["key 1", "ephemeral", "ephemeral 2", "salt 1", "salt 2", "salt 3"].map(secret);
    let entropy = Given::new(&drawn.each_ref().map(|bytes| &bytes[..]));
    let names = Names { workspace: name("Blue"), member: name("Ana"), device: name("Phone") };
    let user = UserId::from_bytes(bytes("ana"));
    let founded =
        flow::found(names, user, &ana.keys, kit_secret("kit"), TS, &entropy).expect("a founder may");
    let key = space_key("key 1");
    let good = founded.batch.records.iter().zip(["salt 1", "salt 2", "salt 3"]).map(|(record, salt)| {
        let opened = OpenedRecord::open(&record.header, &record.as_sealed(), &key).expect("sealed under this key");
        json!({
            "name": record.header.record_type.name(),
            "inputs": { "space_key": hex(secret("key 1")), "salt": hex(secret(salt)), "plaintext": hex(opened.plaintext()) },
            "record": hex(record.header.id().as_bytes()),
            "header": hex(&record.header_bytes),
            "ciphertext": hex(&record.ciphertext),
            "signature": hex(record.signature.as_bytes()),
            "hash": hex(record.as_sealed().hash().as_bytes()),
        })
    });
    let first = &founded.batch.records[0];
    let mut bad = unopened(first, &founded.batch.records[1], &key);
    bad.extend(spoiled(&first.header_bytes, MAX_HEADER_BYTES, RecordHeader::decode));
    let mut flags = first.header_bytes.clone();
    if let Some(last) = flags.last_mut() {
        *last = 2;
    }
    bad.push(refusal("flags that are not known", &flags, RecordHeader::decode));
    json!({
        "about": "The records of a new workspace, in its directory, under the key that its genesis commits to. The signature is over the header and SHA-256 of the ciphertext. Each of `judged` is shown, with `manifest` at hand where there is one, at the place `space`, `record`, where `judged_by.log` ends with entry `after`: it has that `standing`, or is refused by `error`. `zeros` stands for a ciphertext of that many.",
        "workspace": hex(founded.log.workspace().as_bytes()),
        "genesis": hex(&founded.batch.entry),
        "author": ana.listed(),
        "good": good.collect::<Vec<_>>(),
        "bad": bad,
        "judged_by": scene.listed(),
        "judged": judged::records(scene),
    })
}

/// Records that do not open: each differs from a good one in one part.
fn unopened(good: &OwnedRecord, other: &OwnedRecord, key: &SpaceKey) -> Vec<Value> {
    let with = |change: fn(&mut RecordHeader)| {
        let mut header = good.header;
        change(&mut header);
        OwnedRecord { header, header_bytes: header.encode(), ..good.clone() }
    };
    let mut altered = good.clone();
    altered.ciphertext[0] ^= 1;
    let mut cut = good.clone();
    cut.ciphertext.truncate(15);
    let bad = [
        ("one bit of its ciphertext altered", altered),
        ("a ciphertext shorter than its tag", cut),
        ("another record's ciphertext", OwnedRecord { ciphertext: other.ciphertext.clone(), ..good.clone() }),
        ("moved to another type", with(|header| header.record_type = RecordType::MemberName)),
        ("moved to another space", with(|header| header.space = SpaceId::ZERO)),
        ("moved to another workspace", with(|header| header.workspace = WorkspaceId::ZERO)),
        ("moved to another instance", with(|header| header.instance = InstanceId::from_bytes([1; 16]))),
        ("moved to another epoch", with(|header| header.epoch = 2)),
        ("made into a tombstone", with(|header| header.tombstone = true)),
        ("under another salt", with(|header| header.salt = Salt::ZERO)),
    ];
    let bad = bad.map(|(name, record)| {
        let error = refused(name, OpenedRecord::open(&record.header, &record.as_sealed(), key)).name();
        json!({ "name": name, "header": hex(&record.header_bytes), "ciphertext": hex(&record.ciphertext), "open_error": error })
    });
    bad.to_vec()
}
