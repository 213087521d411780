//! Op 10: the workspace is offered, withdrawn, accepted, and offers lapse.

use crate::numbers::DeviceKind;
use crate::numbers::WorkspaceRole::{Admin, Owner, SuperAdmin, User};
use crate::testkit::{
    Keys, TestWorkspace, add_device, remove_device, remove_member, set_role, transfer, user,
};

#[test]
fn the_member_offered_accepts_and_the_old_owner_becomes_super_admin() {
    let mut ws = TestWorkspace::of_ana();
    ws.must(&Keys::phone("ana"), transfer("ben"));
    ws.must(&Keys::phone("ben"), transfer("ben"));
    let state = ws.log.state();
    assert_eq!((state.owner(), state.offer()), (user("ben"), None));
    let roles = ["ana", "ben"].map(|name| state.member(user(name)).unwrap().role);
    assert_eq!(roles, [SuperAdmin, Owner]);
    ws.refused(&Keys::phone("ana"), transfer("sue"), "NotPermitted");
}

#[test]
fn nobody_accepts_what_was_not_offered_to_them() {
    let mut ws = TestWorkspace::of_ana();
    ws.refused(&Keys::phone("ben"), transfer("ben"), "NotPermitted");
    ws.must(&Keys::phone("ana"), transfer("sue"));
    ws.refused(&Keys::phone("ben"), transfer("ben"), "NotPermitted");
    ws.refused(&Keys::phone("ben"), transfer("sue"), "NotPermitted");
}

#[test]
fn whoever_accepts_needs_a_kit() {
    let mut ws = TestWorkspace::of_ana();
    ws.must(&Keys::phone("ana"), transfer("cleo"));
    ws.refused(&Keys::phone("cleo"), transfer("cleo"), "KitNeeded");
    ws.must(&Keys::phone("cleo"), add_device("cleo", &Keys::kit("cleo")));
    ws.refused(&Keys::kit("cleo"), transfer("cleo"), "NotPermitted");
    ws.must(&Keys::phone("cleo"), transfer("cleo"));
}

#[test]
fn a_later_offer_replaces_an_earlier_one() {
    let mut ws = TestWorkspace::of_ana();
    ws.must(&Keys::phone("ana"), transfer("ben"));
    ws.must(&Keys::phone("ana"), transfer("sue"));
    ws.refused(&Keys::phone("ben"), transfer("ben"), "NotPermitted");
    ws.must(&Keys::phone("sue"), transfer("sue"));
}

#[test]
fn the_owner_withdraws_an_offer_once() {
    let mut ws = TestWorkspace::of_ana();
    ws.refused(&Keys::phone("ana"), transfer("ana"), "NothingChanges");
    ws.must(&Keys::phone("ana"), transfer("ben"));
    ws.must(&Keys::phone("ana"), transfer("ana"));
    ws.refused(&Keys::phone("ben"), transfer("ben"), "NotPermitted");
}

#[test]
fn the_same_offer_again_changes_nothing_but_another_device_may_renew_it() {
    let mut ws = TestWorkspace::of_ana();
    let tablet = Keys::of("ana's tablet", DeviceKind::Phone);
    ws.must(&Keys::phone("ana"), add_device("ana", &tablet));
    ws.must(&Keys::phone("ana"), transfer("ben"));
    ws.refused(&Keys::phone("ana"), transfer("ben"), "NothingChanges");
    ws.must(&tablet, transfer("ben"));
    assert_eq!(ws.log.state().offer().unwrap().by, tablet.id());
}

#[test]
fn an_offer_lapses_with_the_device_that_made_it() {
    let mut ws = TestWorkspace::of_ana();
    let tablet = Keys::of("ana's tablet", DeviceKind::Phone);
    ws.must(&Keys::phone("ana"), add_device("ana", &tablet));
    ws.must(&tablet, transfer("ben"));
    ws.must(&Keys::phone("ana"), remove_device(&tablet));
    ws.refused(&Keys::phone("ben"), transfer("ben"), "NotPermitted");
    // Another device of the Owner going makes no difference.
    ws.must(&Keys::phone("ana"), transfer("ben"));
    ws.must(&Keys::phone("ana"), add_device("ana", &Keys::of("ana's laptop", DeviceKind::Phone)));
    ws.must(&Keys::phone("ana"), remove_device(&Keys::of("ana's laptop", DeviceKind::Phone)));
    ws.must(&Keys::phone("ben"), transfer("ben"));
}

#[test]
fn an_offer_lapses_when_the_role_of_the_member_offered_changes() {
    let mut ws = TestWorkspace::of_ana();
    ws.must(&Keys::phone("ana"), transfer("ben"));
    ws.must(&Keys::phone("sue"), set_role("cleo", Admin));
    assert!(ws.log.state().offer().is_some());
    ws.must(&Keys::phone("adam"), set_role("ben", Admin));
    assert_eq!(ws.log.state().offer(), None);
    ws.must(&Keys::phone("ana"), transfer("ben"));
    ws.must(&Keys::phone("ana"), set_role("ben", User));
    ws.refused(&Keys::phone("ben"), transfer("ben"), "NotPermitted");
}

#[test]
fn an_offer_lapses_when_the_member_offered_goes() {
    let mut ws = TestWorkspace::of_ana();
    ws.must(&Keys::phone("ana"), transfer("ben"));
    ws.must(&Keys::phone("ben"), remove_member("ben"));
    assert_eq!(ws.log.state().offer(), None);
}

#[test]
fn the_workspace_is_offered_to_members_only() {
    let mut ws = TestWorkspace::of_ana();
    ws.refused(&Keys::phone("ana"), transfer("nobody"), "Absent");
    ws.must(&Keys::phone("ana"), remove_member("ben"));
    ws.refused(&Keys::phone("ana"), transfer("ben"), "Inactive");
}

#[test]
fn the_new_owner_is_bound_as_the_old_one_was() {
    let mut ws = TestWorkspace::of_ana();
    ws.must(&Keys::phone("ana"), transfer("sue"));
    ws.must(&Keys::phone("sue"), transfer("sue"));
    ws.refused(&Keys::phone("sue"), remove_device(&Keys::kit("sue")), "OwnerNeedsPhoneAndKit");
    ws.refused(&Keys::phone("sue"), remove_member("sue"), "NotPermitted");
    ws.must(&Keys::phone("ana"), remove_device(&Keys::kit("ana")));
    ws.must(&Keys::phone("ana"), remove_member("ana"));
}
