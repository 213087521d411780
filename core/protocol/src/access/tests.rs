//! Who reads, who is boxed, who writes, and whose copies go.

use super::{BoxError, Loss};
use crate::ids::{DeviceId, InstanceId, SpaceId};
use crate::keybox::KeyBox;
use crate::numbers::AccountRole::{Collaborator, Owner};
use crate::numbers::RecordType;
use crate::numbers::WorkspaceRole::{Admin, User};
use crate::op::Op;
use crate::testkit::{
    Keys, TestWorkspace, account, commit, grant, invite, invite_id, remove_device, remove_member, set_role,
    user,
};

/// Ana's workspace with Ben's account "shop", in which Cleo is Collaborator.
fn shop() -> TestWorkspace {
    let mut ws = TestWorkspace::of_ana();
    ws.account("ben", "shop", &[("ben", Owner), ("cleo", Collaborator)]);
    ws
}

fn posted(ws: &TestWorkspace, space: SpaceId, epoch: u64, by: &Keys, to: &Keys) -> KeyBox {
    KeyBox { workspace: ws.id(), space, epoch, device: to.id(), by: by.id(), sealed: [0; 80] }
}

/// What becomes of a box in "shop" from one device to another.
fn check(ws: &TestWorkspace, space: SpaceId, epoch: u64, by: &Keys, to: &Keys) -> Result<(), BoxError> {
    ws.log.state().check_box(&posted(ws, space, epoch, by, to)).map(|_| ())
}

fn instance(device: &Keys) -> InstanceId {
    InstanceId::from_bytes(*device.id().as_bytes())
}

#[test]
fn a_space_is_read_by_the_devices_of_those_whose_role_reads_it() {
    let ws = shop();
    let readers = |space| ws.log.state().readers(space).unwrap();
    let mut owners = vec![Keys::phone("ben").id(), Keys::kit("ben").id()];
    owners.sort();
    let mut controls = readers(ws.controls("shop"));
    controls.sort();
    assert_eq!(controls, owners);
    assert_eq!(readers(ws.codes("shop")).len(), 3);
    // Four members have a phone and a kit, Cleo a phone.
    assert_eq!(readers(ws.directory()).len(), 9);
}

#[test]
fn readers_and_may_read_agree() {
    let mut ws = shop();
    ws.must(&Keys::phone("adam"), remove_device(&Keys::phone("ben")));
    ws.must(&Keys::phone("ana"), remove_member("sue"));
    for space in [ws.directory(), ws.codes("shop"), ws.controls("shop")] {
        let state = ws.log.state();
        let mut readers = state.readers(space).unwrap();
        readers.sort();
        let reads = |device: &&DeviceId| state.may_read(**device, space);
        assert_eq!(state.devices().keys().filter(reads).copied().collect::<Vec<_>>(), readers);
    }
}

#[test]
fn a_box_is_bound_to_the_commitment_in_the_log() {
    let ws = shop();
    let (by, to) = (Keys::phone("ben"), Keys::phone("cleo"));
    let aad = ws.log.state().check_box(&posted(&ws, ws.codes("shop"), 1, &by, &to)).unwrap();
    assert_eq!((aad.commit, aad.device, aad.epoch), (commit("shop: codes"), to.id(), 1));
}

#[test]
fn a_missing_box_of_an_earlier_epoch_may_still_be_posted() {
    let mut ws = shop();
    ws.must(&Keys::phone("ben"), grant("shop", "cleo", None));
    let codes = ws.codes("shop");
    ws.rotate(&Keys::phone("ben"), codes, &[]);
    for epoch in [1, 2] {
        assert_eq!(check(&ws, codes, epoch, &Keys::phone("ben"), &Keys::kit("ben")), Ok(()));
    }
}

#[test]
fn hostile_member_boxes_a_key_to_a_device_that_may_not_read() {
    let ws = shop();
    let ben = Keys::phone("ben");
    let not_a_reader = Err(BoxError::NotAReader);
    assert_eq!(check(&ws, ws.controls("shop"), 1, &ben, &Keys::phone("cleo")), not_a_reader);
    assert_eq!(check(&ws, ws.codes("shop"), 1, &ben, &Keys::phone("ana")), not_a_reader);
    assert_eq!(check(&ws, ws.codes("shop"), 1, &ben, &Keys::phone("mallory")), not_a_reader);
}

#[test]
fn hostile_outsider_posts_garbage_boxes() {
    let mut ws = shop();
    let refused = Err(BoxError::PosterNotAReader);
    for by in ["ana", "mallory"] {
        assert_eq!(check(&ws, ws.codes("shop"), 1, &Keys::phone(by), &Keys::phone("ben")), refused);
    }
    ws.must(&Keys::phone("ben"), grant("shop", "cleo", None));
    assert_eq!(check(&ws, ws.codes("shop"), 1, &Keys::phone("cleo"), &Keys::phone("ben")), refused);
}

#[test]
fn hostile_server_passes_a_box_to_another_place() {
    let ws = shop();
    let (by, to) = (Keys::phone("ben"), Keys::phone("cleo"));
    let aad = |space, epoch, device: &Keys| ws.log.state().box_aad(space, epoch, device.id());
    let sealed_for = aad(ws.codes("shop"), 1, &to).unwrap().encode();
    // Whoever opens makes the place from their own log: every other place has other additional data.
    for elsewhere in [
        aad(ws.codes("shop"), 1, &by).unwrap(),
        aad(ws.controls("shop"), 1, &to).unwrap(),
        aad(ws.directory(), 1, &to).unwrap(),
    ] {
        assert_ne!(elsewhere.encode(), sealed_for);
    }
    assert_eq!(aad(ws.codes("shop"), 2, &to), Err(BoxError::WrongEpoch));
    assert_eq!(aad(ws.codes("shop"), 0, &to), Err(BoxError::WrongEpoch));
    let mut of_another = posted(&ws, ws.codes("shop"), 1, &by, &to);
    of_another.workspace = TestWorkspace::founded_by("zoe").id();
    assert_eq!(ws.log.state().check_box(&of_another), Err(BoxError::WrongWorkspace));
}

#[test]
fn a_box_needs_a_space_in_use() {
    let mut ws = shop();
    let ben = Keys::phone("ben");
    let codes = ws.codes("shop");
    assert_eq!(check(&ws, ws.codes("bank"), 1, &ben, &ben), Err(BoxError::Absent));
    ws.must(&ben, Op::DeleteAccount { account: account("shop") });
    assert_eq!(check(&ws, codes, 1, &ben, &ben), Err(BoxError::Inactive));
}

/// Which of these may write a record type at an instance: Ana (Owner), Adam (Admin), Ben, Cleo, Ben's kit.
fn writers(ws: &TestWorkspace, record_type: RecordType, instance: InstanceId) -> [bool; 5] {
    let space = match record_type.row().space {
        crate::numbers::SpaceKind::Directory => ws.directory(),
        crate::numbers::SpaceKind::Codes => ws.codes("shop"),
        crate::numbers::SpaceKind::Controls => ws.controls("shop"),
    };
    let devices =
        [Keys::phone("ana"), Keys::phone("adam"), Keys::phone("ben"), Keys::phone("cleo"), Keys::kit("ben")];
    devices.map(|device| ws.log.state().may_write(device.id(), space, record_type, instance))
}

#[test]
fn each_record_type_is_written_by_those_in_the_table() {
    let ws = shop();
    let owner_only = [false, false, true, false, false];
    for record_type in [RecordType::Card, RecordType::Otp, RecordType::Pending, RecordType::RecoveryCodes] {
        assert_eq!(writers(&ws, record_type, InstanceId::ZERO), owner_only, "{}", record_type.name());
    }
    assert_eq!(writers(&ws, RecordType::Replaced, InstanceId::from_bytes([1; 16])), owner_only);
    assert_eq!(writers(&ws, RecordType::Counter, InstanceId::ZERO), [false, false, true, true, false]);
    assert_eq!(writers(&ws, RecordType::WorkspaceName, InstanceId::ZERO), [true, true, false, false, false]);
}

#[test]
fn activity_is_written_by_that_very_device() {
    let ws = shop();
    let of = |device: &Keys| writers(&ws, RecordType::Activity, instance(device));
    assert_eq!(of(&Keys::phone("ben")), [false, false, true, false, false]);
    assert_eq!(of(&Keys::phone("cleo")), [false, false, false, true, false]);
    assert_eq!(of(&Keys::kit("ben")), [false; 5]);
    assert_eq!(of(&Keys::phone("ana")), [false; 5]);
}

#[test]
fn names_are_written_by_those_whose_they_are() {
    let mut ws = shop();
    let of_ben = InstanceId::from_bytes(*invite_id("ben").as_bytes());
    assert_eq!(writers(&ws, RecordType::MemberName, of_ben), [true, true, true, false, false]);
    let of_founder = InstanceId::from_bytes(*user("ana").as_bytes());
    assert_eq!(writers(&ws, RecordType::MemberName, of_founder), [true, true, false, false, false]);
    let of_kit = instance(&Keys::kit("ben"));
    assert_eq!(writers(&ws, RecordType::DeviceName, of_kit), [false, false, true, false, false]);
    // Whom an open invite is for, only Admins may note.
    ws.must(&Keys::phone("ana"), invite("dora", User));
    let of_dora = InstanceId::from_bytes(*invite_id("dora").as_bytes());
    assert_eq!(writers(&ws, RecordType::MemberName, of_dora), [true, true, false, false, false]);
}

#[test]
fn an_instance_that_names_nobody_is_written_by_nobody() {
    let ws = shop();
    let nobody = InstanceId::from_bytes([9; 16]);
    for record_type in RecordType::ALL.iter().filter(|of| **of != RecordType::Replaced) {
        assert_eq!(writers(&ws, *record_type, nobody), [false; 5], "{}", record_type.name());
    }
    assert_eq!(writers(&ws, RecordType::Replaced, InstanceId::ZERO), [false; 5]);
    // A member's user id is no instance, but the founder's is.
    let of_ben = InstanceId::from_bytes(*user("ben").as_bytes());
    assert_eq!(writers(&ws, RecordType::MemberName, of_ben), [false; 5]);
}

#[test]
fn a_role_that_changes_changes_what_is_written() {
    let mut ws = shop();
    ws.must(&Keys::phone("ana"), set_role("cleo", Admin));
    ws.must(&Keys::phone("ana"), set_role("adam", User));
    let named = writers(&ws, RecordType::WorkspaceName, InstanceId::ZERO);
    assert_eq!(named, [true, false, false, true, false]);
    ws.must(&Keys::phone("ana"), remove_device(&Keys::phone("ben")));
    assert_eq!(writers(&ws, RecordType::Card, InstanceId::ZERO), [false; 5]);
}

#[test]
fn a_record_type_is_written_into_its_own_kind_of_space_only() {
    let ws = shop();
    let ben = Keys::phone("ben").id();
    let may = |space, of| ws.log.state().may_write(ben, space, of, InstanceId::ZERO);
    assert!(may(ws.codes("shop"), RecordType::Otp) && may(ws.controls("shop"), RecordType::Pending));
    assert!(!may(ws.controls("shop"), RecordType::Otp) && !may(ws.codes("shop"), RecordType::Pending));
}

#[test]
fn copies_go_only_when_the_log_says_so() {
    let mut ws = shop();
    let spaces = [ws.directory(), ws.codes("shop"), ws.controls("shop")];
    let losses =
        |ws: &TestWorkspace, device: &Keys| spaces.map(|space| ws.log.state().loss(device.id(), space));
    assert_eq!(losses(&ws, &Keys::phone("ben")), [None; 3]);
    // An account made offline is not in the log yet: nothing has ordered that it go.
    assert_eq!(ws.log.state().loss(Keys::phone("ben").id(), ws.codes("bank")), None);
    ws.must(&Keys::phone("ben"), grant("shop", "ana", Some(Owner)));
    ws.must(&Keys::phone("ben"), grant("shop", "ben", Some(Collaborator)));
    // Losing Owner takes the controls and nothing else.
    assert_eq!(losses(&ws, &Keys::phone("ben")), [None, None, Some(Loss::RoleTaken)]);
    ws.must(&Keys::phone("ana"), remove_device(&Keys::phone("ben")));
    assert_eq!(losses(&ws, &Keys::phone("ben")), [Some(Loss::DeviceRemoved); 3]);
    ws.must(&Keys::phone("ana"), remove_member("cleo"));
    assert_eq!(losses(&ws, &Keys::phone("cleo")), [Some(Loss::MemberRemoved); 3]);
    ws.must(&Keys::phone("ana"), Op::DeleteAccount { account: account("shop") });
    let deleted = Some(Loss::AccountDeleted);
    assert_eq!(losses(&ws, &Keys::phone("ana")), [None, deleted, deleted]);
}

#[test]
fn each_refusal_of_a_box_has_its_name() {
    let mut ws = shop();
    let (ben, cleo, mallory) = (Keys::phone("ben"), Keys::phone("cleo"), Keys::phone("mallory"));
    let codes = ws.codes("shop");
    let name = |ws: &TestWorkspace, posted: &KeyBox| ws.log.state().check_box(posted).unwrap_err().name();
    let good = posted(&ws, codes, 1, &ben, &cleo);
    let elsewhere = TestWorkspace::founded_by("zoe").id();
    assert_eq!(name(&ws, &KeyBox { workspace: elsewhere, ..good }), "WrongWorkspace");
    assert_eq!(name(&ws, &KeyBox { space: ws.codes("bank"), ..good }), "Absent");
    assert_eq!(name(&ws, &KeyBox { epoch: 2, ..good }), "WrongEpoch");
    assert_eq!(name(&ws, &KeyBox { device: mallory.id(), ..good }), "NotAReader");
    assert_eq!(name(&ws, &KeyBox { by: mallory.id(), ..good }), "PosterNotAReader");
    ws.must(&ben, Op::DeleteAccount { account: account("shop") });
    assert_eq!(name(&ws, &good), "Inactive");
}
