//! What servers and members try with records. None of it is believed.

use super::{ben, counter, name, otp, remove_cleo, shop};
use std::collections::BTreeMap;

use crate::ids::{Head, InstanceId, RecordHash, RecordId};
use crate::limits::{MAX_INTEGER, REVISIONS_PER_ENTRY};
use crate::manifest::{Line, Manifest};
use crate::numbers::AccountRole::{Collaborator, Owner};
use crate::numbers::WorkspaceRole::User;
use crate::numbers::{DeviceKind, RecordType};
use crate::op::Op;
use crate::placement::Standing::{Listed, Marked, Written};
use crate::placement::{Place, RecordError};
use crate::record::RecordHeader;
use crate::revision::{Fault, Revision, faults};
use crate::testkit::records::TestRecord;
use crate::testkit::{Keys, TestWorkspace, add_device, grant, invite, remove_member};

#[test]
fn hostile_server_swaps_records_by_id() {
    let ws = shop();
    let mut record = otp(&ws, |_| {});
    record.place.record = counter(&ws, 1).place.record;
    assert_eq!(name(&ws, &record), "WrongPlace");
    record.place.record = RecordId::from_bytes([3; 16]);
    assert_eq!(name(&ws, &record), "WrongPlace");
}

#[test]
fn hostile_server_swaps_records_by_space() {
    let mut ws = shop();
    ws.account("ben", "bank", &[("ben", Owner)]);
    let mut record = otp(&ws, |_| {});
    let theirs = RecordId::of(ws.codes("bank"), RecordType::Otp, InstanceId::ZERO);
    record.place = Place { space: ws.codes("bank"), record: theirs };
    assert_eq!(name(&ws, &record), "WrongPlace");
    // Changing the header to fit breaks the signature.
    let mut header = RecordHeader::decode(&record.header).unwrap();
    header.space = ws.codes("bank");
    record.header = header.encode();
    assert_eq!(name(&ws, &record), "BadSignature");
}

#[test]
fn hostile_server_swaps_records_by_type() {
    let ws = shop();
    let mut record = otp(&ws, |_| {});
    let mut header = RecordHeader::decode(&record.header).unwrap();
    header.record_type = RecordType::Card;
    record = TestRecord {
        place: Place { record: header.id(), ..record.place },
        header: header.encode(),
        ..record
    };
    assert_eq!(name(&ws, &record), "BadSignature");
}

#[test]
fn hostile_server_swaps_records_by_workspace() {
    let ws = shop();
    let mut other = TestWorkspace::founded_by("zoe");
    other.account("zoe", "shop", &[("zoe", Owner)]);
    let zoe = Keys::phone("zoe");
    let record = TestRecord::of(&zoe, &other.header(&zoe, other.codes("shop"), RecordType::Otp));
    assert_eq!(name(&ws, &record), "WrongWorkspace");
}

#[test]
fn hostile_server_swaps_records_by_epoch() {
    let mut ws = shop();
    let old = otp(&ws, |_| {});
    remove_cleo(&mut ws);
    let codes = ws.codes("shop");
    let manifest = ws.rotate(&ben(), codes, &[]);
    assert_eq!(ws.judge(&old, Some(&manifest)), Err(RecordError::NotInManifest));
    let mut header = RecordHeader::decode(&old.header).unwrap();
    header.epoch = 2;
    let relabelled = TestRecord { header: header.encode(), ..old };
    assert_eq!(name(&ws, &relabelled), "BadSignature");
}

#[test]
fn hostile_owner_dates_a_record_before_its_space_was_born() {
    let mut ws = shop();
    let (seq, head) = (ws.log.next_seq() - 1, ws.log.head());
    ws.account("ben", "bank", &[("ben", Owner)]);
    let mut header = ws.header(&ben(), ws.codes("bank"), RecordType::Otp);
    (header.log_seq, header.log_head) = (seq, head);
    // At that head the space had no epoch: neither its first nor one numbered 0 is a way in.
    for epoch in [0, 1] {
        header.epoch = epoch;
        assert_eq!(name(&ws, &TestRecord::of(&ben(), &header)), "WrongEpoch", "epoch {epoch}");
    }
}

#[test]
fn hostile_server_changes_a_ciphertext() {
    let ws = shop();
    let mut record = otp(&ws, |_| {});
    record.ciphertext[100] ^= 1;
    assert_eq!(name(&ws, &record), "BadSignature");
}

#[test]
fn hostile_server_shows_an_old_manifests_record_to_a_fresh_device() {
    let mut ws = shop();
    let (first, codes) = (otp(&ws, |_| {}), ws.codes("shop"));
    remove_cleo(&mut ws);
    let old_manifest = ws.rotate(&ben(), codes, &[&first]);
    let second = otp(&ws, |header| (header.rev, header.prev) = (2, first.sealed().hash()));
    ws.must(&ben(), grant("shop", "adam", Some(Collaborator)));
    ws.must(&ben(), grant("shop", "adam", None));
    let manifest = ws.rotate(&ben(), codes, &[&second]);
    assert_eq!(ws.judge(&first, Some(&manifest)), Err(RecordError::NotInManifest));
    assert_eq!(ws.log.verify_manifest(codes, &old_manifest).unwrap_err().name(), "WrongManifest");
    assert_eq!(ws.judge(&second, Some(&manifest)), Ok(Listed));
}

#[test]
fn hostile_server_withholds_a_rotation_and_lets_a_writer_go_on_in_the_dirty_space() {
    let mut ws = shop();
    remove_cleo(&mut ws);
    assert_eq!(name(&ws, &otp(&ws, |_| {})), "SpaceDirty");
}

#[test]
fn hostile_server_merges_two_groups_that_it_forked() {
    let mut ws = shop();
    let mut others = ws.clone();
    ws.must(&Keys::phone("ana"), remove_member("adam"));
    others.must(&Keys::phone("ana"), remove_member("sue"));
    let record = otp(&others, |_| {});
    let seq = ws.log.next_seq() - 1;
    assert_eq!(ws.judge(&record, None), Err(RecordError::ForkedLog { seq }));
    assert_eq!(name(&ws, &otp(&ws, |header| header.log_head = Head::ZERO)), "ForkedLog");
}

#[test]
fn hostile_removed_member_backdates_a_record_with_the_servers_help() {
    let mut ws = shop();
    let before = ws.clone();
    remove_cleo(&mut ws);
    // Signed after the removal, on the head before it: marked until the rotation, then refused.
    let backdated = counter(&before, 7);
    assert_eq!(ws.judge(&backdated, None), Ok(Marked));
    let codes = ws.codes("shop");
    let manifest = ws.rotate(&ben(), codes, &[]);
    assert_eq!(ws.judge(&backdated, Some(&manifest)), Err(RecordError::NotInManifest));
    // In the new epoch she has no right, and naming the old head contradicts it.
    let mut header = RecordHeader::decode(&counter(&before, 8).header).unwrap();
    header.epoch = 2;
    assert_eq!(name(&ws, &TestRecord::of(&Keys::phone("cleo"), &header)), "WrongEpoch");
    assert_eq!(name(&ws, &counter(&ws, 8)), "NotPermitted");
}

#[test]
fn hostile_removed_device_writes_after_its_removal() {
    let mut ws = shop();
    ws.must(&Keys::phone("ana"), remove_member("cleo"));
    assert_eq!(name(&ws, &counter(&ws, 2)), "AuthorNotThere");
}

#[test]
fn hostile_collaborator_writes_an_owners_type() {
    let mut ws = shop();
    let cleo = Keys::phone("cleo");
    for (space, of) in [
        (ws.codes("shop"), RecordType::Otp),
        (ws.codes("shop"), RecordType::Card),
        (ws.controls("shop"), RecordType::Pending),
        (ws.controls("shop"), RecordType::RecoveryCodes),
    ] {
        assert_eq!(name(&ws, &TestRecord::of(&cleo, &ws.header(&cleo, space, of))), "NotPermitted");
    }
    // Nor does it become a former Owner's, once she is removed.
    let otp = TestRecord::of(&cleo, &ws.header(&cleo, ws.codes("shop"), RecordType::Otp));
    remove_cleo(&mut ws);
    assert_eq!(name(&ws, &otp), "NotPermitted");
}

#[test]
fn hostile_member_writes_another_devices_activity() {
    let ws = shop();
    let mut header = ws.header(&ben(), ws.codes("shop"), RecordType::Activity);
    header.instance = InstanceId::from_bytes(*Keys::phone("cleo").id().as_bytes());
    assert_eq!(name(&ws, &TestRecord::of(&ben(), &header)), "NotPermitted");
    header.instance = InstanceId::from_bytes([1; 16]);
    assert_eq!(name(&ws, &TestRecord::of(&ben(), &header)), "WrongInstance");
    header.instance = InstanceId::from_bytes(*ben().id().as_bytes());
    assert_eq!(ws.judge(&TestRecord::of(&ben(), &header), None), Ok(Written));
}

#[test]
fn hostile_rotator_lists_what_its_author_never_might_write() {
    let mut ws = shop();
    let codes = ws.codes("shop");
    let mut header = ws.header(&ben(), codes, RecordType::Activity);
    header.instance = InstanceId::from_bytes(*Keys::phone("cleo").id().as_bytes());
    let forged = TestRecord::of(&ben(), &header);
    header.instance = InstanceId::from_bytes(*ben().id().as_bytes());
    let own = TestRecord::of(&ben(), &header);
    remove_cleo(&mut ws);
    let manifest = ws.rotate(&ben(), codes, &[&forged, &own]);
    assert_eq!(ws.judge(&forged, Some(&manifest)), Err(RecordError::NotPermitted));
    assert_eq!(ws.judge(&own, Some(&manifest)), Ok(Listed));
}

#[test]
fn hostile_rotator_lists_names_that_a_kit_or_another_member_gave() {
    let mut ws = shop();
    let directory = ws.directory();
    let named = |by: &Keys, whose: &Keys| {
        let mut header = ws.header(by, directory, RecordType::DeviceName);
        header.instance = InstanceId::from_bytes(*whose.id().as_bytes());
        TestRecord::of(by, &header)
    };
    let (adam, kit) = (Keys::phone("adam"), Keys::kit("ben"));
    // A kit writes nothing, not even its own name; an Admin names no device of another member, phone or kit.
    let forged = [named(&kit, &kit), named(&adam, &ben()), named(&adam, &Keys::kit("cleo"))];
    assert_eq!(
        forged.each_ref().map(|record| name(&ws, record)),
        ["NotPermitted", "NotPermitted", "WrongInstance"]
    );
    let honest = named(&ben(), &kit);
    remove(&mut ws, "sue");
    let manifest = ws.rotate(&adam, directory, &[&forged[0], &forged[1], &forged[2]]);
    for (record, refused) in forged.iter().zip(["NotPermitted", "NotPermitted", "WrongInstance"]) {
        assert_eq!(ws.judge(record, Some(&manifest)).unwrap_err().name(), refused);
    }
    remove(&mut ws, "cleo");
    let manifest = ws.rotate(&adam, directory, &[&honest]);
    assert_eq!(ws.judge(&honest, Some(&manifest)), Ok(Listed), "its member named the kit, from a phone");
}

fn remove(ws: &mut TestWorkspace, member: &str) {
    ws.must(&Keys::phone("ana"), remove_member(member));
}

#[test]
fn hostile_rotator_lists_a_revision_that_no_record_can_have() {
    // Taken as a floor, the largest number would leave the secret shown as outdated for ever.
    let mut ws = shop();
    let (codes, held) = (ws.codes("shop"), otp(&ws, |_| {}));
    remove_cleo(&mut ws);
    let rotated_at = ws.log.next_seq();
    let highest = rotated_at * REVISIONS_PER_ENTRY;
    for (rev, is_floor) in
        [(0, false), (1, true), (highest, true), (highest + 1, false), (MAX_INTEGER, false)]
    {
        let mut ws = ws.clone();
        let (record, line) = held.line();
        let manifest = Manifest { lines: BTreeMap::from([(record, Line { rev, ..line })]) };
        let bytes = ws.rotate_to(&ben(), codes, &manifest);
        let verified = ws.log.verify_manifest(codes, &bytes).unwrap();
        assert_eq!((verified.began().seq, verified.line(record).is_some()), (rotated_at, is_floor), "{rev}");
        let found = faults(&manifest, verified.began(), &BTreeMap::from([(record, line)]));
        assert_eq!(found.contains(&(record, Fault::Impossible)), !is_floor, "{rev}");
        // What was accepted before stays, unmarked, and is to be resealed.
        let copy = Revision { rev: 1, hash: line.hash, prev: RecordHash::ZERO, epoch: 1, standing: Written };
        assert_eq!(copy.is_shown_marked(verified.line(record)), is_floor && rev > 1, "{rev}");
    }
}

#[test]
fn hostile_member_writes_a_second_secret_beside_the_one_that_a_space_has() {
    let ws = shop();
    assert_eq!(
        name(&ws, &otp(&ws, |header| header.instance = InstanceId::from_bytes([1; 16]))),
        "WrongInstance"
    );
}

#[test]
fn hostile_owner_puts_a_secret_where_collaborators_do_not_look() {
    let ws = shop();
    assert_eq!(name(&ws, &otp(&ws, |header| header.space = ws.controls("shop"))), "WrongType");
    assert_eq!(name(&ws, &otp(&ws, |header| header.space = ws.directory())), "WrongType");
}

#[test]
fn hostile_joiner_writes_before_they_are_let_in() {
    let mut ws = shop();
    let tablet = Keys::of("ben's tablet", DeviceKind::Phone);
    let early = TestRecord::of(&tablet, &ws.header(&tablet, ws.codes("shop"), RecordType::Otp));
    assert_eq!(name(&ws, &early), "UnknownAuthor");
    ws.must(&ben(), add_device("ben", &tablet));
    // Once it is known, the head that the record names is still one at which it was not there.
    assert_eq!(name(&ws, &early), "AuthorNotThere");
}

#[test]
fn hostile_outsider_writes_a_record() {
    let mut ws = shop();
    let mallory = Keys::phone("mallory");
    let record = TestRecord::of(&mallory, &ws.header(&mallory, ws.codes("shop"), RecordType::Otp));
    assert_eq!(name(&ws, &record), "UnknownAuthor");
    ws.must(&Keys::phone("ana"), invite("mallory", User));
    let join = Op::Join(ws.join("mallory", false));
    ws.must(&Keys::phone("ana"), join);
    let as_member = TestRecord::of(&mallory, &ws.header(&mallory, ws.codes("shop"), RecordType::Otp));
    assert_eq!(name(&ws, &as_member), "NotPermitted");
    let mut in_bens_name = otp(&ws, |_| {});
    in_bens_name.signature = as_member.signature;
    assert_eq!(name(&ws, &in_bens_name), "BadSignature");
}

#[test]
fn hostile_collaborator_uses_up_the_revision_numbers() {
    // Without a bound, one counter at the largest number could never be followed by another revision (ADR 0009).
    let mut ws = shop();
    let highest = ws.log.next_seq() * REVISIONS_PER_ENTRY;
    assert_eq!(
        ws.judge(&counter(&ws, highest + 1), None),
        Err(RecordError::RevisionTooFar { limit: highest })
    );
    let used_up = counter(&ws, highest);
    assert_eq!(ws.judge(&used_up, None), Ok(Written));
    // Removing her makes room again: the removal and the rotation are entries.
    remove_cleo(&mut ws);
    let codes = ws.codes("shop");
    ws.rotate(&ben(), codes, &[&used_up]);
    let mut next = ws.header(&ben(), codes, RecordType::Counter);
    (next.rev, next.prev) = (highest + 1, used_up.sealed().hash());
    assert_eq!(ws.judge(&TestRecord::of(&ben(), &next), None), Ok(Written));
}
