//! What a log says to records, manifests and boxes. Each case names the outcome that it is there for, so that a file
//! never lists by accident what it was not made to show.

use std::collections::BTreeMap;

use countersign_protocol::ids::{
    AccountId, DeviceId, Head, InstanceId, RecordHash, RecordId, SpaceId, WorkspaceId,
};
use countersign_protocol::keybox::KeyBox;
use countersign_protocol::limits::highest_revision;
use countersign_protocol::manifest::{Line, Manifest};
use countersign_protocol::numbers::RecordType;
use countersign_protocol::placement::Place;
use countersign_protocol::record::SealedRecord;
use countersign_protocol::revision::faults;
use serde_json::{Value, json};

use super::scene::{
    BEGUN_ANEW, DELETED, OWNER_GONE, ROTATED, ROTATED_AGAIN, SHARED, Scene, Signed, TAKEN_AWAY, id, line,
    listed, record,
};
use super::shared::{Phone, bytes, hex};

/// The cases of one file, as they are listed.
struct Cases<'a> {
    scene: &'a Scene,
    listed: Vec<Value>,
}

impl Cases<'_> {
    /// Lists what the log after an entry says to a record at its own place.
    fn record(&mut self, name: &str, after: usize, expected: &str, found: &Signed) {
        self.record_at(name, after, expected, found, (found.header.id(), None));
    }

    fn record_at(
        &mut self,
        name: &str,
        after: usize,
        expected: &str,
        found: &Signed,
        (at, manifest): (RecordId, Option<&Manifest>),
    ) {
        let log = &self.scene.logs[after];
        let place = Place { space: found.header.space, record: at };
        let header = found.header.encode();
        let sealed =
            SealedRecord { header: &header, ciphertext: &found.ciphertext, signature: &found.signature };
        let current = manifest.map(|lines| {
            log.verify_manifest(place.space, &lines.encode()).expect("the manifest of the current epoch")
        });
        let verdict = log.verify_record(place, sealed, current.as_ref());
        let (standing, error) = match verdict {
            Ok(record) => (Some(record.standing.name()), None),
            Err(error) => (None, Some(error.name())),
        };
        assert_eq!(standing.or(error), Some(expected), "{name}");
        // A ciphertext of zeros says nothing that its length does not.
        let zeros = found.ciphertext.iter().all(|byte| *byte == 0).then_some(found.ciphertext.len());
        let ciphertext = zeros.is_none().then(|| hex(&found.ciphertext));
        self.listed.push(json!({
            "name": name,
            "after": after,
            "space": hex(place.space.as_bytes()),
            "record": hex(place.record.as_bytes()),
            "header": hex(&header),
            "zeros": zeros,
            "ciphertext": ciphertext,
            "signature": hex(found.signature.as_bytes()),
            "manifest": manifest.map(|lines| hex(lines.encode())),
            "standing": standing,
            "error": error,
        }));
    }
}

/// Records that stand, in each of the three ways, and one for each reason to refuse one.
pub(super) fn records(scene: &Scene) -> Vec<Value> {
    let mut cases = Cases { scene, listed: Vec::new() };
    standing(&mut cases);
    misplaced(&mut cases);
    at_odds_with_the_log(&mut cases);
    at_odds_with_itself(&mut cases);
    without_the_right(&mut cases);
    cases.listed
}

fn standing(cases: &mut Cases<'_>) {
    let Scene { secret, counter, first, logs, ben, codes, .. } = cases.scene;
    let otp = (*codes, RecordType::Otp);
    cases.record("an Owner's secret", SHARED, "written", secret);
    cases.record("a Collaborator's counter", SHARED, "written", counter);
    let gone = record(&logs[SHARED], &ben.device, otp, |header| header.tombstone = true);
    cases.record("a tombstone", SHARED, "written", &gone);
    cases.record("by whose role was taken away since, until the rotation", TAKEN_AWAY, "marked", counter);
    let own = secret.header.id();
    cases.record_at(
        "of the epoch before, as the manifest lists it",
        ROTATED,
        "listed",
        secret,
        (own, Some(first)),
    );
    let next = record(&logs[ROTATED], &ben.device, otp, |_| {});
    cases.record("in the new epoch, without the manifest", ROTATED, "written", &next);
}

fn misplaced(cases: &mut Cases<'_>) {
    let Scene { secret, counter, logs, ben, codes, controls, .. } = cases.scene;
    let (log, device) = (&logs[SHARED], &ben.device);
    let otp = (*codes, RecordType::Otp);
    let other = counter.header.id();
    cases.record_at("at another record's place", SHARED, "WrongPlace", secret, (other, None));
    let elsewhere = record(log, device, otp, |header| header.workspace = WorkspaceId::ZERO);
    cases.record("of another workspace", SHARED, "WrongWorkspace", &elsewhere);
    let nowhere = SpaceId::codes(log.workspace(), AccountId::ZERO);
    let absent = record(log, device, (nowhere, RecordType::Otp), |_| {});
    cases.record("in a space that never was", SHARED, "Absent", &absent);
    cases.record("in the space of a deleted account", DELETED, "Inactive", secret);
    let hidden = record(log, device, (*controls, RecordType::Otp), |_| {});
    cases.record("a secret among the controls", SHARED, "WrongType", &hidden);
    let second = record(log, device, otp, |header| header.instance = InstanceId::from_bytes([1; 16]));
    cases.record("a second secret beside the one that a space has", SHARED, "WrongInstance", &second);
}

fn at_odds_with_the_log(cases: &mut Cases<'_>) {
    let Scene { secret, counter, first, logs, ben, cleo, codes, .. } = cases.scene;
    let otp = (*codes, RecordType::Otp);
    let ahead = record(&logs[ROTATED], &ben.device, otp, |_| {});
    cases.record("by an author who has more of the log", TAKEN_AWAY, "LogBehind", &ahead);
    let forked = record(&logs[SHARED], &ben.device, otp, |header| header.log_head = Head::ZERO);
    cases.record("on another log", SHARED, "ForkedLog", &forked);
    let epoch = record(&logs[SHARED], &ben.device, otp, |header| header.epoch = 2);
    cases.record("of an epoch that had not begun", SHARED, "WrongEpoch", &epoch);
    let epoch = record(&logs[ROTATED], &ben.device, otp, |header| header.epoch = 1);
    cases.record("of an epoch that had ended", ROTATED, "WrongEpoch", &epoch);
    let name = (SpaceId::directory(logs[0].workspace()), RecordType::DeviceName);
    let own = |header: &mut countersign_protocol::record::RecordHeader| {
        header.instance = InstanceId::from_bytes(*header.by.as_bytes());
    };
    let early = record(&logs[0], &cleo.device, name, own);
    cases.record("from before its author came", SHARED, "AuthorNotThere", &early);
    let late = record(&logs[OWNER_GONE], &ben.device, otp, |_| {});
    cases.record("from after its author went", OWNER_GONE, "AuthorNotThere", &late);
    let dirty = record(&logs[TAKEN_AWAY], &ben.device, otp, |_| {});
    cases.record("written into a dirty space", TAKEN_AWAY, "SpaceDirty", &dirty);
    let own = counter.header.id();
    cases.record_at(
        "of the epoch before, not in the manifest",
        ROTATED,
        "NotInManifest",
        counter,
        (own, Some(first)),
    );
    cases.record("of the epoch before, without the manifest at hand", ROTATED, "ManifestNeeded", secret);
}

fn at_odds_with_itself(cases: &mut Cases<'_>) {
    let Scene { secret, counter, logs, ben, codes, .. } = cases.scene;
    let (log, device) = (&logs[SHARED], &ben.device);
    let otp = (*codes, RecordType::Otp);
    for length in [16, 271, 64 * 1024 + 16 + 256] {
        let cut = Signed::new(device, secret.header, vec![0; length]);
        cases.record(&format!("a ciphertext of {length} bytes"), SHARED, "WrongLength", &cut);
    }
    let of = |rev, prev| record(log, device, otp, |header| (header.rev, header.prev) = (rev, prev));
    let some = RecordHash::from_bytes(bytes("revision before"));
    cases.record("revision 0", SHARED, "WrongRevision", &of(0, RecordHash::ZERO));
    cases.record("revision 1 that follows one", SHARED, "WrongRevision", &of(1, some));
    cases.record("revision 2 that follows none", SHARED, "WrongRevision", &of(2, RecordHash::ZERO));
    let highest = highest_revision(log.next_seq());
    cases.record("the highest revision that its head allows", SHARED, "written", &of(highest, some));
    cases.record("one above it", SHARED, "RevisionTooFar", &of(highest + 1, some));
    let mut altered = secret.clone();
    altered.ciphertext[100] ^= 1;
    cases.record("one bit of its ciphertext altered", SHARED, "BadSignature", &altered);
    let anothers = Signed { signature: counter.signature, ..secret.clone() };
    cases.record("another record's signature", SHARED, "BadSignature", &anothers);
    let ghost = Phone::new("ghost").keys;
    cases.record(
        "by a device that never was there",
        SHARED,
        "UnknownAuthor",
        &record(log, &ghost, otp, |_| {}),
    );
}

fn without_the_right(cases: &mut Cases<'_>) {
    let Scene { forged, first, logs, ben, cleo, kit, codes, controls, .. } = cases.scene;
    let log = &logs[SHARED];
    let codes_of = |by, of| record(log, by, (*codes, of), |_| {});
    let card = codes_of(&cleo.device, RecordType::Card);
    cases.record("a Collaborator's card", SHARED, "NotPermitted", &card);
    let list = record(log, &cleo.device, (*controls, RecordType::RecoveryCodes), |_| {});
    cases.record("a Collaborator's recovery codes", SHARED, "NotPermitted", &list);
    cases.record("a kit's secret", SHARED, "NotPermitted", &codes_of(kit, RecordType::Otp));
    cases.record("another device's activity", SHARED, "NotPermitted", forged);
    let back = record(&logs[ROTATED], &cleo.device, (*codes, RecordType::Counter), |_| {});
    cases.record("by whose role was taken away before", ROTATED, "NotPermitted", &back);
    let own = forged.header.id();
    cases.record_at(
        "another device's activity, although the manifest lists it",
        ROTATED,
        "NotPermitted",
        forged,
        (own, Some(first)),
    );
    let name = (SpaceId::directory(log.workspace()), RecordType::DeviceName);
    let bens = InstanceId::from_bytes(*ben.device.id().as_bytes());
    let named = record(log, &cleo.device, name, |header| header.instance = bens);
    cases.record("a name for another member's device", SHARED, "NotPermitted", &named);
}

/// Manifests as the log takes and refuses them, and how they differ from what somebody holds.
pub(super) fn manifests(scene: &Scene) -> Vec<Value> {
    let Scene { logs, codes, controls, secret, first, second, .. } = scene;
    let empty = Manifest::default();
    let verdict = |name: &str, after: usize, expected: &str, lines: &Manifest| {
        let found = logs[after].verify_manifest(*codes, &lines.encode());
        let error = found.err().map(|error| error.name());
        assert_eq!(error.unwrap_or("taken"), expected, "{name}");
        json!({ "name": name, "after": after, "space": hex(codes.as_bytes()), "bytes": hex(lines.encode()), "error": error })
    };
    let compared =
        |name: &str, after: usize, space: SpaceId, lines: &Manifest, held: &BTreeMap<RecordId, Line>| {
            let current = logs[after].verify_manifest(space, &lines.encode()).expect("the current manifest");
            let found = faults(lines, current.began(), held);
            let found: BTreeMap<String, &str> =
                found.iter().map(|(id, fault)| (hex(id.as_bytes()), fault.name())).collect();
            json!({
                "name": name, "after": after, "space": hex(space.as_bytes()), "bytes": hex(lines.encode()),
                "held": listed(held), "faults": found,
            })
        };
    let held = BTreeMap::from([
        secret.line(),
        (id("lowered"), line(3, "third")),
        (id("exchanged"), line(3, "third")),
        (id("ahead"), line(4, "fourth")),
        (id("omitted"), line(1, "first")),
        (id("rev 0"), line(1, "first")),
        (id("highest"), line(highest_revision(ROTATED_AGAIN as u64), "highest")),
    ]);
    let lost = BTreeMap::from([(id("recovery codes"), line(1, "first"))]);
    vec![
        verdict("of an epoch that no rotation began", SHARED, "NoManifest", first),
        verdict("of a space that ended", DELETED, "NoManifest", second),
        verdict("the one that the rotation names", ROTATED, "taken", first),
        verdict("another one", ROTATED, "WrongManifest", &empty),
        verdict("that of the rotation before", ROTATED_AGAIN, "WrongManifest", first),
        compared("beside what somebody holds", ROTATED_AGAIN, *codes, second, &held),
        compared(
            "after a rescue: what was held is lost, and nothing omitted",
            BEGUN_ANEW,
            *controls,
            &empty,
            &lost,
        ),
    ]
}

/// Boxes as the log lets them be posted, and as it refuses them.
pub(super) fn boxes(scene: &Scene) -> Vec<Value> {
    let Scene { logs, ana, ben, cleo, kit, codes, controls, .. } = scene;
    let workspace = logs[0].workspace();
    let of = |space: SpaceId, epoch: u64, device: DeviceId, by: DeviceId| KeyBox {
        workspace,
        space,
        epoch,
        device,
        by,
        sealed: [0; 80],
    };
    let [ana, ben, cleo] = [ana, ben, cleo].map(|phone| phone.device.id());
    let good = of(*codes, 1, cleo, ben);
    let absent = SpaceId::codes(workspace, AccountId::ZERO);
    let cases = [
        ("by an Owner for a Collaborator", SHARED, "taken", good),
        ("for the Owner's kit", SHARED, "taken", of(*controls, 1, kit.id(), ben)),
        ("of an epoch that has ended", ROTATED, "taken", of(*codes, 1, ana, ben)),
        ("of another workspace", SHARED, "WrongWorkspace", KeyBox { workspace: WorkspaceId::ZERO, ..good }),
        ("in a space that never was", SHARED, "Absent", of(absent, 1, cleo, ben)),
        ("in the space of a deleted account", DELETED, "Inactive", of(*codes, 1, ana, ana)),
        ("of epoch 0", SHARED, "WrongEpoch", of(*codes, 0, cleo, ben)),
        ("of an epoch that has not begun", SHARED, "WrongEpoch", of(*codes, 2, cleo, ben)),
        ("of the controls, for a Collaborator", SHARED, "NotAReader", of(*controls, 1, cleo, ben)),
        ("for whose role was taken away", TAKEN_AWAY, "NotAReader", good),
        ("of the controls, by a Collaborator", SHARED, "PosterNotAReader", of(*controls, 1, ben, cleo)),
        ("by a member who was removed", OWNER_GONE, "PosterNotAReader", of(*codes, 1, ana, ben)),
    ];
    let cases = cases.map(|(name, after, expected, posted)| {
        let error = logs[after].state().check_box(&posted).err().map(|error| error.name());
        assert_eq!(error.unwrap_or("taken"), expected, "{name}");
        json!({ "name": name, "after": after, "bytes": hex(posted.encode()), "error": error })
    });
    cases.to_vec()
}
