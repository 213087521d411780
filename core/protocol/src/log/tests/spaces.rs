//! V8: what makes a space dirty, and op 9, which makes it clean.

use crate::ids::{ManifestHash, SpaceId};
use crate::log::Alarm;
use crate::numbers::AccountRole::{Collaborator, Owner};
use crate::numbers::WorkspaceRole::{Admin, SuperAdmin, User};
use crate::op::{Op, Rotate};
use crate::testkit::{
    Keys, TestWorkspace, account, bytes32, commit, grant, remove_device, remove_member, set_role, user,
};

/// Ana's workspace with Ben's account "shop": Ben and Ana are Owners, Cleo is Collaborator.
fn shop() -> TestWorkspace {
    let mut ws = TestWorkspace::of_ana();
    ws.account("ben", "shop", &[("ben", Owner), ("ana", Owner), ("cleo", Collaborator)]);
    ws
}

/// Which of directory, codes and controls are dirty after an op.
fn dirty_after(by: &str, op: Op) -> [bool; 3] {
    let mut ws = shop();
    ws.must(&Keys::phone(by), op);
    [ws.directory(), ws.codes("shop"), ws.controls("shop")].map(|space| ws.is_dirty(space))
}

fn rotate_with(op: Op, change: impl FnOnce(&mut Rotate)) -> Op {
    let Op::Rotate(mut rotate) = op else { unreachable!() };
    change(&mut rotate);
    Op::Rotate(rotate)
}

#[test]
fn removing_an_owner_of_an_account_makes_all_that_they_read_dirty() {
    assert_eq!(dirty_after("ana", remove_member("ben")), [true, true, true]);
    assert_eq!(dirty_after("ana", remove_device(&Keys::phone("ben"))), [true, true, true]);
    assert_eq!(dirty_after("ana", remove_device(&Keys::kit("ben"))), [true, true, true]);
}

#[test]
fn removing_a_collaborator_leaves_controls_clean() {
    assert_eq!(dirty_after("ana", remove_member("cleo")), [true, true, false]);
    assert_eq!(dirty_after("cleo", remove_device(&Keys::phone("cleo"))), [true, true, false]);
}

#[test]
fn removing_somebody_without_accounts_makes_the_directory_dirty() {
    assert_eq!(dirty_after("ana", remove_member("adam")), [true, false, false]);
}

#[test]
fn taking_or_lowering_an_account_role_makes_its_spaces_dirty() {
    assert_eq!(dirty_after("ben", grant("shop", "cleo", None)), [false, true, false]);
    assert_eq!(dirty_after("ben", grant("shop", "ana", None)), [false, true, true]);
    assert_eq!(dirty_after("ben", grant("shop", "ana", Some(Collaborator))), [false, true, true]);
}

#[test]
fn giving_a_role_makes_nothing_dirty() {
    assert_eq!(dirty_after("ben", grant("shop", "cleo", Some(Owner))), [false; 3]);
    assert_eq!(dirty_after("ben", grant("shop", "adam", Some(Collaborator))), [false; 3]);
    assert_eq!(dirty_after("ana", set_role("ben", Admin)), [false; 3]);
}

#[test]
fn losing_admin_rights_makes_the_directory_dirty() {
    assert_eq!(dirty_after("ana", set_role("adam", User)), [true, false, false]);
    assert_eq!(dirty_after("ana", set_role("sue", User)), [true, false, false]);
    assert_eq!(dirty_after("ana", set_role("sue", Admin)), [false; 3]);
    assert_eq!(dirty_after("ana", set_role("adam", SuperAdmin)), [false; 3]);
}

#[test]
fn only_a_dirty_space_is_rotated_and_once() {
    let mut ws = shop();
    let ben = Keys::phone("ben");
    let early = ws.rotation(ws.codes("shop"), "second key");
    ws.refused(&ben, early, "NotDirty");
    ws.must(&ben, grant("shop", "cleo", None));
    let first = ws.rotation(ws.codes("shop"), "second key");
    ws.must(&ben, first.clone());
    ws.refused(&Keys::phone("ana"), first, "NotDirty");
    let codes = ws.log.state().live_space(ws.codes("shop")).unwrap();
    assert_eq!((codes.epoch(), codes.epoch_at(2).unwrap().commit), (2, commit("second key")));
    assert_eq!(codes.manifest, Some(ManifestHash::from_bytes(bytes32("second key"))));
}

#[test]
fn owners_rotate_their_account_and_admins_the_directory() {
    let mut ws = shop();
    ws.must(&Keys::phone("ben"), grant("shop", "ana", Some(Collaborator)));
    ws.must(&Keys::phone("ana"), remove_member("cleo"));
    for (space, may) in [
        (ws.codes("shop"), [false, false, true]),
        (ws.controls("shop"), [false, false, true]),
        (ws.directory(), [true, true, false]),
    ] {
        let tried = ["ana", "adam", "ben"].map(|by| {
            let op = ws.rotation(space, "next");
            ws.clone().post(&Keys::phone(by), op).is_ok()
        });
        assert_eq!(tried, may);
    }
    let op = ws.rotation(ws.codes("shop"), "next");
    ws.refused(&Keys::phone("ana"), op.clone(), "NotPermitted");
    ws.refused(&Keys::kit("ben"), op, "NotPermitted");
}

#[test]
fn a_rotation_begins_the_next_epoch_with_a_new_key() {
    let mut ws = shop();
    let ben = Keys::phone("ben");
    ws.must(&ben, grant("shop", "cleo", None));
    let good = ws.rotation(ws.codes("shop"), "second key");
    for epoch in [0, 1, 3] {
        let wrong = rotate_with(good.clone(), |rotate| rotate.epoch = epoch);
        ws.refused(&ben, wrong, "WrongEpoch");
    }
    let same_key = rotate_with(good, |rotate| rotate.commit = commit("shop: codes"));
    ws.refused(&ben, same_key, "CommitmentReused");
}

#[test]
fn a_rotation_names_a_space_in_use() {
    let mut ws = shop();
    ws.must(&Keys::phone("ben"), grant("shop", "cleo", None));
    let good = ws.rotation(ws.codes("shop"), "second key");
    let nowhere = rotate_with(good.clone(), |rotate| rotate.space = SpaceId::from_bytes([4; 16]));
    ws.refused(&Keys::phone("ben"), nowhere, "Absent");
    ws.must(&Keys::phone("ben"), Op::DeleteAccount { account: account("shop") });
    ws.refused(&Keys::phone("ben"), good, "Inactive");
}

#[test]
fn a_space_stays_dirty_since_the_first_that_made_it_so() {
    let mut ws = shop();
    let since = ws.must(&Keys::phone("ben"), grant("shop", "cleo", None)).signed.entry.seq;
    ws.must(&Keys::phone("ben"), grant("shop", "ana", Some(Collaborator)));
    let codes = ws.log.state().live_space(ws.codes("shop")).unwrap();
    let dirt = codes.dirt.as_ref().unwrap();
    assert_eq!((dirt.since, dirt.rescue, dirt.former.len()), (since, false, 2));
    assert_eq!(dirt.former[&user("ana")].account, Some(Owner));
}

#[test]
fn a_rotation_without_the_key_before_is_valid_and_an_alarm_that_names_both() {
    let mut ws = shop();
    ws.must(&Keys::phone("ben"), grant("shop", "cleo", None));
    let space = ws.codes("shop");
    let cut = rotate_with(ws.rotation(space, "second key"), |rotate| rotate.prev_wrap = None);
    let accepted = ws.must(&Keys::phone("ana"), cut);
    let (by, before) = (Keys::phone("ana").id(), Keys::phone("ben").id());
    assert_eq!(accepted.alarm, Some(Alarm::KeyChainCut { space, by, before }));
}

/// Whether the current epoch of a space began without the key before, and nobody is to blame.
fn begins_anew(ws: &TestWorkspace, space: SpaceId) -> bool {
    let live = ws.log.state().live_space(space).unwrap();
    live.epoch_at(live.epoch()).unwrap().anew
}

#[test]
fn after_a_rescue_the_controls_start_anew_without_alarm_and_the_codes_do_not() {
    let mut ws = TestWorkspace::of_ana();
    ws.account("ben", "shop", &[("ben", Owner), ("cleo", Collaborator)]);
    ws.must(&Keys::phone("ana"), remove_member("ben"));
    let [codes, controls] = [ws.codes("shop"), ws.controls("shop")];
    let early = ws.rotation(controls, "second key");
    ws.refused(&Keys::phone("cleo"), early, "NotPermitted");
    ws.must(&Keys::phone("adam"), grant("shop", "cleo", Some(Owner)));
    for space in [codes, controls] {
        // With the key before, neither is an alarm: whoever was a Collaborator holds that of the codes.
        let chained = ws.rotation(space, "chained");
        let mut kept = ws.clone();
        assert_eq!(kept.must(&Keys::phone("cleo"), chained).alarm, None);
        assert!(!begins_anew(&kept, space));
        let cut = rotate_with(ws.rotation(space, "next"), |rotate| rotate.prev_wrap = None);
        let (by, before) = (Keys::phone("cleo").id(), Keys::phone("ben").id());
        let alarm = (space == codes).then_some(Alarm::KeyChainCut { space, by, before });
        assert_eq!(ws.must(&Keys::phone("cleo"), cut).alarm, alarm);
        assert!(!ws.is_dirty(space));
        assert_eq!(begins_anew(&ws, space), space == controls);
    }
}

#[test]
fn a_rescue_makes_clean_spaces_dirty_too() {
    let mut ws = TestWorkspace::of_ana();
    ws.account("ben", "shop", &[("ben", Owner), ("cleo", Collaborator)]);
    ws.must(&Keys::phone("ben"), grant("shop", "ana", Some(Owner)));
    ws.must(&Keys::phone("ana"), remove_device(&Keys::phone("ben")));
    for space in [ws.codes("shop"), ws.controls("shop")] {
        let op = ws.rotation(space, "second");
        ws.must(&Keys::phone("ana"), op);
    }
    // Ana steps down; Ben has a kit only.
    ws.must(&Keys::phone("ana"), grant("shop", "ana", None));
    for space in [ws.codes("shop"), ws.controls("shop")] {
        assert!(ws.is_dirty(space));
    }
    ws.must(&Keys::phone("adam"), grant("shop", "cleo", Some(Owner)));
    let dirt = ws.log.state().live_space(ws.controls("shop")).unwrap().dirt.clone().unwrap();
    assert!(dirt.rescue && dirt.former.contains_key(&user("ana")));
}

#[test]
fn a_grant_in_a_dirty_space_is_valid() {
    let mut ws = shop();
    ws.must(&Keys::phone("ben"), grant("shop", "cleo", None));
    ws.must(&Keys::phone("ben"), grant("shop", "adam", Some(Collaborator)));
    assert!(ws.is_dirty(ws.codes("shop")));
}
