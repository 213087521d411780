//! Ops 1, 2, 5, 6 and 11: who comes, who goes, who may say so (V3, V4).

use crate::ids::InviteId;
use crate::join::Join;
use crate::log::{InviteStatus, User as LogUser};
use crate::numbers::{DeviceKind, WorkspaceRole};
use crate::op::{Invite, Op};
use crate::testkit::{
    Keys, NOT_AFTER, TestWorkspace, account, add_device, invite, invite_id, remove_device, remove_member,
    set_role, user,
};

use WorkspaceRole::{Admin, Owner, SuperAdmin, User};

fn revoke(name: &str) -> Op {
    Op::RevokeInvite { invite: invite_id(name) }
}

#[test]
fn admins_invite_for_roles_up_to_their_own() {
    let roles = [User, Admin, SuperAdmin, Owner];
    let allowed = |by: &str| {
        let may = |role| {
            let mut ws = TestWorkspace::of_ana();
            ws.post(&Keys::phone(by), invite("dora", role)).is_ok()
        };
        roles.map(may)
    };
    assert_eq!(allowed("ana"), [true, true, true, false]);
    assert_eq!(allowed("sue"), [true, true, true, false]);
    assert_eq!(allowed("adam"), [true, true, false, false]);
    assert_eq!(allowed("ben"), [false; 4]);
}

#[test]
fn an_invite_by_a_user_is_not_permitted() {
    TestWorkspace::of_ana().refused(&Keys::phone("ben"), invite("dora", User), "NotPermitted");
}

#[test]
fn an_invite_id_is_the_hash_of_its_key() {
    let Op::Invite(good) = invite("dora", User) else { unreachable!() };
    let wrong = Op::Invite(Invite { invite: InviteId::from_bytes([3; 16]), ..good });
    TestWorkspace::of_ana().refused(&Keys::phone("ana"), wrong, "WrongInviteId");
}

#[test]
fn an_invite_is_born_once_even_after_its_end() {
    let mut ws = TestWorkspace::of_ana();
    ws.refused(&Keys::phone("ana"), invite("ben", User), "Reborn");
    ws.must(&Keys::phone("ana"), invite("dora", User));
    ws.must(&Keys::phone("ana"), revoke("dora"));
    ws.refused(&Keys::phone("ana"), invite("dora", User), "Reborn");
}

#[test]
fn whoever_joins_gets_the_role_of_the_invite() {
    let mut ws = TestWorkspace::of_ana();
    ws.must(&Keys::phone("sue"), invite("dora", SuperAdmin));
    let join = ws.join("dora", true);
    // Any Admin's device may post it, also one who could not have issued the invite.
    ws.must(&Keys::phone("adam"), Op::Join(join));
    let state = ws.log.state();
    let dora = state.member(user("dora")).unwrap();
    assert_eq!((dora.role, dora.devices.len()), (SuperAdmin, 2));
    assert_eq!(state.invites()[&invite_id("dora")].status, InviteStatus::Used { by: user("dora") });
}

#[test]
fn a_join_is_posted_by_an_admin() {
    let mut ws = TestWorkspace::of_ana();
    ws.must(&Keys::phone("ana"), invite("dora", User));
    let join = Op::Join(ws.join("dora", false));
    ws.refused(&Keys::phone("ben"), join.clone(), "NotPermitted");
    ws.refused(&Keys::kit("adam"), join, "NotPermitted");
}

#[test]
fn a_join_needs_an_invite() {
    let mut ws = TestWorkspace::of_ana();
    let join = Op::Join(ws.join("dora", false));
    ws.refused(&Keys::phone("ana"), join, "Absent");
}

#[test]
fn a_join_is_in_time_at_the_last_moment_and_late_after() {
    let mut ws = TestWorkspace::of_ana();
    ws.must(&Keys::phone("ana"), invite("dora", User));
    let join = ws.join("dora", false);
    ws.now = NOT_AFTER + 1;
    ws.refused(&Keys::phone("ana"), Op::Join(join), "InviteExpired");
    ws.now = NOT_AFTER;
    ws.must(&Keys::phone("ana"), Op::Join(join));
}

#[test]
fn an_invite_lapses_when_its_issuer_may_no_longer_give_its_role() {
    let mut ws = TestWorkspace::of_ana();
    ws.must(&Keys::phone("sue"), invite("dora", SuperAdmin));
    ws.must(&Keys::phone("ana"), set_role("sue", Admin));
    let join = Op::Join(ws.join("dora", false));
    ws.refused(&Keys::phone("ana"), join.clone(), "IssuerLapsed");
    ws.must(&Keys::phone("ana"), set_role("sue", SuperAdmin));
    ws.must(&Keys::phone("ana"), join);
}

#[test]
fn an_invite_lapses_when_its_issuer_becomes_a_user() {
    let mut ws = TestWorkspace::of_ana();
    ws.must(&Keys::phone("adam"), invite("dora", User));
    ws.must(&Keys::phone("ana"), set_role("adam", User));
    let join = Op::Join(ws.join("dora", false));
    ws.refused(&Keys::phone("ana"), join, "IssuerLapsed");
}

#[test]
fn a_join_brings_a_phone_and_perhaps_a_kit() {
    let mut ws = TestWorkspace::of_ana();
    ws.must(&Keys::phone("ana"), invite("dora", User));
    let (phone, kit) = (Keys::phone("dora"), Keys::kit("dora"));
    let join = |phone: &Keys, kit| Op::Join(ws.join_as("dora", user("dora"), phone, kit));
    let tablet = Keys::of("dora's tablet", DeviceKind::Phone);
    let (kit_first, two_phones) = (join(&kit, None), join(&phone, Some(&tablet)));
    ws.refused(&Keys::phone("ana"), kit_first, "WrongDeviceKind");
    ws.refused(&Keys::phone("ana"), two_phones, "WrongDeviceKind");
}

#[test]
fn a_join_needs_the_proofs_of_its_devices_and_usable_box_keys() {
    let mut ws = TestWorkspace::of_ana();
    ws.must(&Keys::phone("ana"), invite("dora", User));
    let good = ws.join("dora", true);
    let mut spoiled = good;
    spoiled.device.pop = spoiled.inv_sig;
    ws.refused(&Keys::phone("ana"), Op::Join(spoiled), "BadProof");
    let weak = Keys::kit("dora").with_box_key([0; 32]);
    let spoiled = ws.join_as("dora", user("dora"), &Keys::phone("dora"), Some(&weak));
    ws.refused(&Keys::phone("ana"), Op::Join(spoiled), "UnusableBoxKey");
}

#[test]
fn a_join_request_is_judged_as_the_op_that_it_becomes() {
    let mut ws = TestWorkspace::of_ana();
    ws.must(&Keys::phone("ana"), invite("dora", User));
    let good = ws.join_request("dora", true);
    assert_eq!(ws.log.check_join(&good, NOT_AFTER), Ok(()));
    assert_eq!(ws.log.check_join(&good, NOT_AFTER + 1).unwrap_err().name(), "InviteExpired");
    let mut spoiled = good;
    spoiled.join = Join { user: user("eve"), ..spoiled.join };
    assert_eq!(ws.log.check_join(&spoiled, 0).unwrap_err().name(), "BadInviteSignature");
    spoiled.workspace = TestWorkspace::founded_by("zoe").id();
    assert_eq!(ws.log.check_join(&spoiled, 0).unwrap_err().name(), "WrongWorkspace");
}

#[test]
fn a_revoked_invite_is_revoked_once() {
    let mut ws = TestWorkspace::of_ana();
    ws.must(&Keys::phone("ana"), invite("dora", SuperAdmin));
    ws.refused(&Keys::phone("ben"), revoke("dora"), "NotPermitted");
    ws.must(&Keys::phone("adam"), revoke("dora"));
    ws.refused(&Keys::phone("adam"), revoke("dora"), "Inactive");
    ws.refused(&Keys::phone("adam"), revoke("ben"), "Inactive");
    ws.refused(&Keys::phone("adam"), revoke("nobody"), "Absent");
}

#[test]
fn admins_remove_members_of_lower_role_only() {
    let may =
        |by: &str, who: &str| TestWorkspace::of_ana().post(&Keys::phone(by), remove_member(who)).is_ok();
    let members = ["ana", "sue", "adam", "ben"];
    let table = members.map(|by| members.map(|who| may(by, who)));
    // Themselves on the diagonal: anybody but the workspace Owner may leave.
    assert_eq!(
        table,
        [
            [false, true, true, true],
            [false, true, true, true],
            [false, false, true, true],
            [false, false, false, true],
        ]
    );
}

#[test]
fn a_removed_member_takes_their_devices_and_roles_along() {
    let mut ws = TestWorkspace::of_ana();
    ws.account("ben", "shop", &[("ben", crate::numbers::AccountRole::Owner)]);
    let seq = ws.log.next_seq();
    ws.must(&Keys::phone("adam"), remove_member("ben"));
    let state = ws.log.state();
    assert_eq!(state.users()[&user("ben")], LogUser::Removed);
    for device in [Keys::phone("ben"), Keys::kit("ben")] {
        assert_eq!(state.devices()[&device.id()].removed, Some(seq));
    }
    assert!(state.account_roles(account("shop")).unwrap().is_empty());
    ws.refused(&Keys::phone("adam"), remove_member("ben"), "Inactive");
    ws.refused(&Keys::phone("adam"), remove_member("nobody"), "Absent");
}

#[test]
fn roles_are_given_below_the_givers_own_to_members_below_it() {
    let may = |by: &str, role| {
        let mut ws = TestWorkspace::of_ana();
        ws.post(&Keys::phone(by), set_role("ben", role)).is_ok()
    };
    assert_eq!([Admin, SuperAdmin, Owner].map(|role| may("ana", role)), [true, true, false]);
    assert_eq!([Admin, SuperAdmin, Owner].map(|role| may("sue", role)), [true, true, false]);
    assert_eq!([Admin, SuperAdmin, Owner].map(|role| may("adam", role)), [true, false, false]);
    assert_eq!([Admin, SuperAdmin, Owner].map(|role| may("cleo", role)), [false; 3]);
}

#[test]
fn nobody_changes_the_role_of_an_equal_or_their_own() {
    let mut ws = TestWorkspace::of_ana();
    ws.must(&Keys::phone("ana"), set_role("ben", Admin));
    ws.refused(&Keys::phone("adam"), set_role("ben", User), "NotPermitted");
    ws.refused(&Keys::phone("adam"), set_role("adam", User), "NotPermitted");
    ws.refused(&Keys::phone("adam"), set_role("sue", User), "NotPermitted");
    ws.refused(&Keys::phone("ana"), set_role("ana", SuperAdmin), "NotPermitted");
}

#[test]
fn a_role_that_somebody_has_already_changes_nothing() {
    let mut ws = TestWorkspace::of_ana();
    ws.refused(&Keys::phone("ana"), set_role("ben", User), "NothingChanges");
    ws.refused(&Keys::phone("ana"), set_role("nobody", User), "Absent");
    ws.must(&Keys::phone("ana"), remove_member("ben"));
    ws.refused(&Keys::phone("ana"), set_role("ben", Admin), "Inactive");
}

#[test]
fn a_role_once_taken_is_gone_for_the_next_entry() {
    let mut ws = TestWorkspace::of_ana();
    ws.must(&Keys::phone("sue"), set_role("adam", User));
    ws.refused(&Keys::phone("adam"), invite("dora", User), "NotPermitted");
}

#[test]
fn a_member_without_devices_is_still_a_member() {
    let mut ws = TestWorkspace::of_ana();
    ws.must(&Keys::phone("adam"), remove_device(&Keys::phone("cleo")));
    ws.must(&Keys::phone("ana"), set_role("cleo", Admin));
    ws.refused(&Keys::phone("cleo"), add_device("cleo", &Keys::kit("cleo")), "RemovedAuthor");
}
