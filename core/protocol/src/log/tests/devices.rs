//! Ops 3 and 4: a member's devices (V3).

use crate::limits::MAX_USER_DEVICES;
use crate::log::Log;
use crate::numbers::DeviceKind;
use crate::testkit::{
    Keys, TestWorkspace, add_device, invite, remove_device, remove_member, set_role, transfer, user,
};

use crate::numbers::WorkspaceRole::{Admin, User};

fn tablet(owner: &str) -> Keys {
    Keys::of(&format!("{owner}'s tablet"), DeviceKind::Phone)
}

#[test]
fn phones_and_kits_add_devices_of_either_kind_to_their_own_user() {
    let mut ws = TestWorkspace::of_ana();
    ws.must(&Keys::phone("ben"), add_device("ben", &tablet("ben")));
    ws.must(&Keys::kit("ben"), add_device("ben", &Keys::of("ben's second kit", DeviceKind::Kit)));
    assert_eq!(ws.log.state().member(user("ben")).unwrap().devices.len(), 4);
    // A new device acts at once.
    ws.must(&tablet("ben"), remove_device(&Keys::phone("ben")));
}

#[test]
fn nobody_adds_a_device_to_another_user() {
    let mut ws = TestWorkspace::of_ana();
    ws.refused(&Keys::phone("ana"), add_device("ben", &tablet("ben")), "NotPermitted");
    ws.refused(&Keys::kit("ana"), add_device("ben", &tablet("ben")), "NotPermitted");
    ws.refused(&Keys::phone("ana"), add_device("nobody", &tablet("ben")), "Absent");
    ws.must(&Keys::phone("ana"), remove_member("ben"));
    ws.refused(&Keys::phone("ana"), add_device("ben", &tablet("ben")), "Inactive");
}

#[test]
fn a_device_is_born_once_even_after_its_removal() {
    let mut ws = TestWorkspace::of_ana();
    ws.must(&Keys::phone("ben"), add_device("ben", &tablet("ben")));
    ws.refused(&Keys::phone("ben"), add_device("ben", &tablet("ben")), "Reborn");
    ws.must(&Keys::phone("ben"), remove_device(&tablet("ben")));
    ws.refused(&Keys::phone("ben"), add_device("ben", &tablet("ben")), "Reborn");
    ws.refused(&Keys::phone("ben"), add_device("ben", &Keys::kit("ana")), "Reborn");
}

#[test]
fn hostile_member_adds_devices_until_a_list_of_their_names_would_be_full() {
    let mut ws = TestWorkspace::of_ana();
    let ben = Keys::phone("ben");
    let nth = |n: u64| Keys::of(&format!("ben's device {n}"), DeviceKind::Kit);
    // A phone and a kit came with him.
    for n in 2..MAX_USER_DEVICES {
        ws.must(&ben, add_device("ben", &nth(n)));
        ws.must(&ben, remove_device(&nth(n)));
    }
    let one_more = add_device("ben", &nth(MAX_USER_DEVICES));
    ws.refused(&ben, one_more.clone(), "TooManyDevices");
    ws.must(&Keys::phone("cleo"), add_device("cleo", &tablet("cleo")));
    let (seq, head) = (ws.log.next_seq() - 1, ws.log.head());
    let mut loaded = Log::from_checkpoint(&ws.log.to_checkpoint(), ws.id(), seq, head).unwrap();
    let refused = loaded.verify_next(&ws.signed(&ben, one_more)).unwrap_err();
    assert_eq!(refused.name(), "TooManyDevices");
}

#[test]
fn a_device_without_its_own_proof_is_refused() {
    let mut ws = TestWorkspace::of_ana();
    let mut device = tablet("ben").proven();
    device.pop = Keys::phone("ben").proven().pop;
    let op = crate::op::Op::AddDevice { user: user("ben"), device };
    ws.refused(&Keys::phone("ben"), op, "BadProof");
}

#[test]
fn a_device_that_no_box_can_be_made_for_is_refused() {
    let mut ws = TestWorkspace::of_ana();
    let mut one = [0; 32];
    one[0] = 1;
    for weak in [[0; 32], one] {
        let device = tablet("ben").with_box_key(weak);
        ws.refused(&Keys::phone("ben"), add_device("ben", &device), "UnusableBoxKey");
    }
}

#[test]
fn members_remove_their_own_devices_even_the_one_that_signs() {
    let mut ws = TestWorkspace::of_ana();
    ws.must(&Keys::phone("ben"), remove_device(&Keys::phone("ben")));
    ws.must(&Keys::kit("ben"), remove_device(&Keys::kit("ben")));
    assert!(ws.log.state().member(user("ben")).unwrap().devices.is_empty());
}

#[test]
fn admins_remove_devices_of_members_of_lower_role_only() {
    let may = |by: &str, of: &str| {
        TestWorkspace::of_ana().post(&Keys::phone(by), remove_device(&Keys::phone(of))).is_ok()
    };
    let others = ["ana", "sue", "adam", "ben"];
    assert_eq!(others.map(|of| may("ana", of)), [false, true, true, true]);
    assert_eq!(others.map(|of| may("sue", of)), [false, true, true, true]);
    assert_eq!(others.map(|of| may("adam", of)), [false, false, true, true]);
    assert_eq!(others.map(|of| may("ben", of)), [false, false, false, true]);
}

#[test]
fn a_kit_signs_ops_3_and_4_for_its_own_user_and_nothing_else() {
    let mut ws = TestWorkspace::of_ana();
    ws.must(&Keys::phone("ana"), invite("dora", User));
    let kit = Keys::kit("ana");
    let join = ws.join("dora", false);
    for op in [
        invite("eve", User),
        crate::op::Op::Join(join),
        remove_device(&Keys::phone("ben")),
        remove_member("ben"),
        set_role("ben", Admin),
        crate::testkit::account_op("shop", &[("ana", crate::numbers::AccountRole::Owner)]),
        transfer("sue"),
        crate::op::Op::RevokeInvite { invite: crate::testkit::invite_id("dora") },
    ] {
        ws.refused(&kit, op, "NotPermitted");
    }
    ws.must(&kit, add_device("ana", &tablet("ana")));
    ws.must(&kit, remove_device(&Keys::phone("ana")));
}

#[test]
fn the_owner_keeps_a_phone_and_a_kit() {
    let mut ws = TestWorkspace::of_ana();
    ws.refused(&Keys::kit("ana"), remove_device(&Keys::phone("ana")), "OwnerNeedsPhoneAndKit");
    ws.refused(&Keys::phone("ana"), remove_device(&Keys::kit("ana")), "OwnerNeedsPhoneAndKit");
    ws.must(&Keys::kit("ana"), add_device("ana", &tablet("ana")));
    ws.must(&Keys::kit("ana"), remove_device(&Keys::phone("ana")));
    ws.refused(&tablet("ana"), remove_device(&Keys::kit("ana")), "OwnerNeedsPhoneAndKit");
    ws.must(&tablet("ana"), add_device("ana", &Keys::of("ana's second kit", DeviceKind::Kit)));
    ws.must(&tablet("ana"), remove_device(&Keys::kit("ana")));
}

#[test]
fn a_device_that_is_gone_or_never_was_is_not_removed() {
    let mut ws = TestWorkspace::of_ana();
    ws.refused(&Keys::phone("ana"), remove_device(&tablet("ben")), "Absent");
    ws.must(&Keys::phone("ana"), remove_device(&Keys::phone("ben")));
    ws.refused(&Keys::phone("ana"), remove_device(&Keys::phone("ben")), "Inactive");
}

#[test]
fn a_device_knows_when_it_was_there() {
    let mut ws = TestWorkspace::of_ana();
    let added = ws.must(&Keys::phone("ben"), add_device("ben", &tablet("ben"))).signed.entry.seq;
    ws.must(&Keys::phone("ana"), set_role("ben", Admin));
    let removed = ws.must(&Keys::phone("ana"), remove_device(&tablet("ben"))).signed.entry.seq;
    let device = ws.log.state().devices()[&tablet("ben").id()];
    let there: Vec<_> = (added - 1..=removed).filter(|seq| device.was_active_at(*seq)).collect();
    assert_eq!(there, [added, added + 1]);
}
