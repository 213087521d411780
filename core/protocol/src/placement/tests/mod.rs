//! Records: believed where they belong, refused by name otherwise.

mod hostile;

use super::{RecordError, Standing};
use crate::ids::{InstanceId, RecordHash};
use crate::numbers::AccountRole::{Collaborator, Owner};
use crate::numbers::RecordType;
use crate::numbers::WorkspaceRole::User;
use crate::op::Op;
use crate::record::RecordHeader;
use crate::testkit::records::TestRecord;
use crate::testkit::{Keys, TestWorkspace, account, grant, remove_device, remove_member, set_role};

use Standing::{Listed, Marked, Written};

/// Ana's workspace with Ben's account "shop", in which Cleo is Collaborator.
fn shop() -> TestWorkspace {
    let mut ws = TestWorkspace::of_ana();
    ws.account("ben", "shop", &[("ben", Owner), ("cleo", Collaborator)]);
    ws
}

fn ben() -> Keys {
    Keys::phone("ben")
}

/// Ben's secret in "shop", changed before he signs it.
fn otp(ws: &TestWorkspace, change: impl FnOnce(&mut RecordHeader)) -> TestRecord {
    let mut header = ws.header(&ben(), ws.codes("shop"), RecordType::Otp);
    change(&mut header);
    TestRecord::of(&ben(), &header)
}

/// A counter as Cleo writes it.
fn counter(ws: &TestWorkspace, rev: u64) -> TestRecord {
    let cleo = Keys::phone("cleo");
    let mut header = ws.header(&cleo, ws.codes("shop"), RecordType::Counter);
    header.rev = rev;
    if rev > 1 {
        header.prev = RecordHash::from_bytes([5; 32]);
    }
    TestRecord::of(&cleo, &header)
}

fn name(ws: &TestWorkspace, record: &TestRecord) -> &'static str {
    ws.judge(record, None).expect_err("believed").name()
}

/// Takes Cleo's role away.
fn remove_cleo(ws: &mut TestWorkspace) {
    ws.must(&ben(), grant("shop", "cleo", None));
}

#[test]
fn a_record_by_somebody_who_may_write_it_stands() {
    let ws = shop();
    assert_eq!(ws.judge(&otp(&ws, |_| {}), None), Ok(Written));
    assert_eq!(ws.judge(&counter(&ws, 1), None), Ok(Written));
    assert_eq!(ws.judge(&otp(&ws, |header| header.tombstone = true), None), Ok(Written));
}

#[test]
fn a_record_written_before_later_entries_still_stands() {
    let mut ws = shop();
    let record = otp(&ws, |_| {});
    ws.must(&Keys::phone("ana"), set_role("cleo", crate::numbers::WorkspaceRole::Admin));
    assert_eq!(ws.judge(&record, None), Ok(Written));
}

#[test]
fn a_record_from_further_along_the_log_waits_for_the_log() {
    let ws = shop();
    let mut ahead = ws.clone();
    ahead.must(&ben(), grant("shop", "adam", Some(Collaborator)));
    let record = otp(&ahead, |_| {});
    let seq = ahead.log.next_seq() - 1;
    assert_eq!(ws.judge(&record, None), Err(RecordError::LogBehind { seq }));
}

#[test]
fn a_ciphertext_has_the_length_of_padded_text_and_tag() {
    let ws = shop();
    for length in [0, 15, 16, 17, 271, 273, 64 * 1024 + 16 + 256] {
        let mut record = otp(&ws, |_| {});
        record.ciphertext = vec![0; length];
        assert_eq!(name(&ws, &record), "WrongLength", "{length} bytes");
    }
}

#[test]
fn a_revision_agrees_with_what_it_was_made_from() {
    let ws = shop();
    let some = RecordHash::from_bytes([1; 32]);
    for (rev, prev) in [(0, RecordHash::ZERO), (0, some), (1, some), (2, RecordHash::ZERO)] {
        let record = otp(&ws, |header| (header.rev, header.prev) = (rev, prev));
        assert_eq!(name(&ws, &record), "WrongRevision", "{rev}");
    }
}

#[test]
fn a_kit_writes_no_records() {
    let ws = shop();
    let kit = Keys::kit("ben");
    let record = TestRecord::of(&kit, &ws.header(&kit, ws.codes("shop"), RecordType::Otp));
    assert_eq!(name(&ws, &record), "NotPermitted");
}

#[test]
fn a_record_of_a_deleted_account_is_refused() {
    let mut ws = shop();
    let record = otp(&ws, |_| {});
    ws.must(&ben(), Op::DeleteAccount { account: account("shop") });
    assert_eq!(name(&ws, &record), "Inactive");
}

#[test]
fn a_record_of_a_space_that_never_was_is_refused() {
    let ws = shop();
    assert_eq!(name(&ws, &otp(&ws, |header| header.space = ws.codes("bank"))), "Absent");
}

#[test]
fn after_a_rotation_what_the_manifest_lists_stands() {
    let mut ws = shop();
    let (kept, left_out) = (otp(&ws, |_| {}), counter(&ws, 1));
    remove_cleo(&mut ws);
    let codes = ws.codes("shop");
    let manifest = ws.rotate(&ben(), codes, &[&kept]);
    assert_eq!(ws.judge(&kept, Some(&manifest)), Ok(Listed));
    assert_eq!(ws.judge(&left_out, Some(&manifest)), Err(RecordError::NotInManifest));
    assert_eq!(ws.judge(&kept, None), Err(RecordError::ManifestNeeded));
    // What is sealed under the new key needs no manifest.
    assert_eq!(ws.judge(&otp(&ws, |_| {}), None), Ok(Written));
}

#[test]
fn a_manifest_is_the_one_that_the_newest_rotation_names() {
    let mut ws = shop();
    let codes = ws.codes("shop");
    let name = |ws: &TestWorkspace, bytes: &[u8]| ws.log.verify_manifest(codes, bytes).unwrap_err().name();
    assert_eq!(name(&ws, &crate::manifest::Manifest::default().encode()), "NoManifest");
    let record = otp(&ws, |_| {});
    remove_cleo(&mut ws);
    let first = ws.rotate(&ben(), codes, &[&record]);
    let verified = ws.log.verify_manifest(codes, &first).unwrap();
    assert_eq!(verified.line(record.place.record), Some(record.line().1));
    assert_eq!(verified.manifest().encode(), first);
    assert_eq!(name(&ws, &crate::manifest::Manifest::default().encode()), "WrongManifest");
    assert_eq!(name(&ws, &first[1..]), "Malformed");
    ws.must(&ben(), grant("shop", "adam", Some(Collaborator)));
    ws.must(&ben(), grant("shop", "adam", None));
    ws.rotate(&ben(), codes, &[]);
    assert_eq!(name(&ws, &first), "WrongManifest");
}

#[test]
fn while_a_space_is_dirty_what_a_former_writer_wrote_before_is_marked() {
    let mut ws = shop();
    let (by_cleo, by_ben) = (counter(&ws, 1), otp(&ws, |_| {}));
    remove_cleo(&mut ws);
    assert_eq!(ws.judge(&by_cleo, None), Ok(Marked));
    assert_eq!(ws.judge(&by_ben, None), Ok(Written));
}

#[test]
fn a_removed_device_and_a_removed_member_leave_marked_records() {
    let mut ws = shop();
    let (by_cleo, by_ben) = (counter(&ws, 1), otp(&ws, |_| {}));
    ws.must(&Keys::phone("ana"), remove_member("cleo"));
    ws.must(&Keys::phone("ana"), remove_device(&ben()));
    assert_eq!([ws.judge(&by_cleo, None), ws.judge(&by_ben, None)], [Ok(Marked), Ok(Marked)]);
}

#[test]
fn a_demoted_owners_records_are_marked_and_a_former_admins_name_for_the_workspace() {
    let mut ws = shop();
    ws.must(&ben(), grant("shop", "ana", Some(Owner)));
    let by_ben = otp(&ws, |_| {});
    ws.must(&Keys::phone("ana"), grant("shop", "ben", Some(Collaborator)));
    assert_eq!(ws.judge(&by_ben, None), Ok(Marked));
    let adam = Keys::phone("adam");
    let named = TestRecord::of(&adam, &ws.header(&adam, ws.directory(), RecordType::WorkspaceName));
    ws.must(&Keys::phone("ana"), set_role("adam", User));
    assert_eq!(ws.judge(&named, None), Ok(Marked));
}

#[test]
fn the_workspaces_own_records_stand_in_the_directory() {
    let ws = shop();
    let mut header = ws.header(&ben(), ws.directory(), RecordType::DeviceName);
    header.instance = InstanceId::from_bytes(*Keys::kit("ben").id().as_bytes());
    assert_eq!(ws.judge(&TestRecord::of(&ben(), &header), None), Ok(Written));
}

#[test]
fn what_an_author_signs_is_what_is_verified() {
    let ws = shop();
    let record = otp(&ws, |_| {});
    let mut signed = b"cs/1/record\0".to_vec();
    signed.extend_from_slice(&record.header);
    signed.extend_from_slice(&crate::ids::sha256(&[&record.ciphertext]));
    assert_eq!(crate::record::record_signing_input(&record.header, &record.ciphertext), signed);
    assert_eq!(ws.judge(&record, None), Ok(Written));
}
