//! Records, manifests and boxes, judged by the log that their files list.

use std::collections::{BTreeMap, BTreeSet};

use countersign_protocol::ids::{RecordHash, RecordId, Signature, SpaceId};
use countersign_protocol::keybox::KeyBox;
use countersign_protocol::manifest::Line;
use countersign_protocol::placement::{ManifestError, Place, RecordError};
use countersign_protocol::record::SealedRecord;
use countersign_protocol::revision::{Fault, faults};
use serde_json::Value;

use super::file::{File, after, bytes, fixed, logs, text, zeros};

/// Every name by which a record is refused once its header reads.
const RECORD_ERRORS: [&str; 19] = [
    "WrongLength",
    "WrongWorkspace",
    "WrongPlace",
    "LogBehind",
    "UnknownAuthor",
    "BadSignature",
    "ForkedLog",
    "Absent",
    "Inactive",
    "WrongType",
    "WrongInstance",
    "WrongRevision",
    "RevisionTooFar",
    "WrongEpoch",
    "AuthorNotThere",
    "ManifestNeeded",
    "NotInManifest",
    "SpaceDirty",
    "NotPermitted",
];

/// Every name by which a box is refused that somebody posts.
const BOX_ERRORS: [&str; 6] =
    ["WrongWorkspace", "Absent", "Inactive", "WrongEpoch", "NotAReader", "PosterNotAReader"];

pub(super) fn sorted<'a>(names: impl IntoIterator<Item = &'a str>) -> BTreeSet<&'a str> {
    names.into_iter().collect()
}

/// The names that vectors have under `key`.
pub(super) fn names<'a>(vectors: &'a [Value], key: &str) -> BTreeSet<&'a str> {
    vectors.iter().filter_map(|vector| text(&vector[key])).collect()
}

fn judged(file: &File) -> &[Value] {
    file.0["judged"].as_array().unwrap()
}

#[test]
fn each_record_stands_or_is_refused_where_it_says() {
    let file = File::read("record.json");
    let logs = logs(&file);
    for vector in judged(&file) {
        let log = &logs[after(vector)];
        let place = Place {
            space: SpaceId::from_bytes(fixed(&vector["space"])),
            record: RecordId::from_bytes(fixed(&vector["record"])),
        };
        let header = bytes(&vector["header"]);
        let ciphertext = zeros(vector).unwrap_or_else(|| bytes(&vector["ciphertext"]));
        let signature = Signature::from_bytes(fixed(&vector["signature"]));
        let sealed = SealedRecord { header: &header, ciphertext: &ciphertext, signature: &signature };
        let manifest = &vector["manifest"];
        let manifest = text(manifest).map(|_| log.verify_manifest(place.space, &bytes(manifest)).unwrap());
        let verdict = log.verify_record(place, sealed, manifest.as_ref());
        let standing = verdict.as_ref().ok().map(|record| record.standing.name());
        let error = verdict.as_ref().err().map(RecordError::name);
        let expected = (text(&vector["standing"]), text(&vector["error"]));
        assert_eq!((standing, error), expected, "{}", vector["name"]);
    }
    assert_eq!(names(judged(&file), "standing"), sorted(["written", "listed", "marked"]));
    assert_eq!(names(judged(&file), "error"), sorted(RECORD_ERRORS), "every error has its vector");
}

#[test]
fn each_manifest_is_the_one_that_its_rotation_names_or_is_refused_and_its_faults_are_found() {
    let file = File::read("manifest.json");
    let logs = logs(&file);
    let mut found = BTreeSet::new();
    for vector in judged(&file) {
        let space = SpaceId::from_bytes(fixed(&vector["space"]));
        let verdict = logs[after(vector)].verify_manifest(space, &bytes(&vector["bytes"]));
        let error = verdict.as_ref().err().map(ManifestError::name);
        assert_eq!(error, text(&vector["error"]), "{}", vector["name"]);
        let (Ok(current), Some(held)) = (verdict, vector["held"].as_array()) else { continue };
        let held: BTreeMap<RecordId, Line> = held.iter().map(line).collect();
        let differs = faults(current.manifest(), current.began(), &held);
        for (record, fault) in &differs {
            let is_floor = current.line(*record).is_some();
            assert_eq!(is_floor, !matches!(fault, Fault::Impossible | Fault::Omitted), "{fault:?}");
            found.insert(fault.name());
        }
        let differs: BTreeMap<_, _> = differs.iter().map(|(id, fault)| (hex(id), fault.name())).collect();
        assert_eq!(serde_json::json!(differs), vector["faults"], "{}", vector["name"]);
    }
    assert_eq!(names(judged(&file), "error"), sorted(["NoManifest", "WrongManifest"]));
    assert_eq!(found, sorted(["Omitted", "Lowered", "Exchanged", "Unheld", "Impossible"]));
}

fn line(listed: &Value) -> (RecordId, Line) {
    let (rev, hash) = (listed[1].as_u64().unwrap(), RecordHash::from_bytes(fixed(&listed[2])));
    (RecordId::from_bytes(fixed(&listed[0])), Line { rev, hash })
}

fn hex(id: &RecordId) -> String {
    data_encoding::HEXLOWER.encode(id.as_bytes())
}

#[test]
fn each_box_is_taken_from_its_poster_or_refused() {
    let file = File::read("key-box.json");
    let logs = logs(&file);
    for vector in judged(&file) {
        let posted = KeyBox::decode(&bytes(&vector["bytes"])).unwrap();
        let error = logs[after(vector)].state().check_box(&posted).err().map(|error| error.name());
        assert_eq!(error, text(&vector["error"]), "{}", vector["name"]);
    }
    assert_eq!(names(judged(&file), "error"), sorted(BOX_ERRORS), "every error has its vector");
}
