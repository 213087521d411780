//! V1, V2: genesis, places, signatures, forks.

use crate::entry::{Entry, SignedEntry};
use crate::ids::{Head, WorkspaceId};
use crate::log::{ChainError, EntryError, Log, OpError, Thing};
use crate::numbers::AccountRole::{Collaborator, Owner};
use crate::numbers::{DeviceKind, WorkspaceRole};
use crate::testkit::{
    Keys, TestWorkspace, genesis, genesis_op, grant, invite, remove_member, set_role, sign_genesis, user,
};

use WorkspaceRole::{Admin, SuperAdmin, User};

fn begin(wire: &[u8]) -> Result<Log, EntryError> {
    Log::begin(wire, SignedEntry::decode(wire).unwrap().entry.workspace)
}

#[test]
fn a_genesis_makes_its_founder_the_owner_with_a_phone_and_a_kit() {
    let ws = TestWorkspace::founded_by("ana");
    let state = ws.log.state();
    assert_eq!((state.owner(), state.founder()), (user("ana"), user("ana")));
    assert_eq!(state.member(user("ana")).unwrap().role, WorkspaceRole::Owner);
    assert!(state.has(user("ana"), DeviceKind::Phone) && state.has(user("ana"), DeviceKind::Kit));
    assert_eq!(state.live_space(ws.directory()).unwrap().epoch(), 1);
    assert_eq!((ws.log.next_seq(), ws.log.head()), (1, Head::of_entry(&ws.entries[0])));
}

#[test]
fn a_genesis_whose_kit_is_a_phone_is_refused() {
    let mut spoiled = genesis_op("ana");
    spoiled.kit = Keys::of("ana's tablet", DeviceKind::Phone).proven();
    assert_eq!(begin(&sign_genesis("ana", spoiled)).unwrap_err().name(), "WrongDeviceKind");
}

#[test]
fn a_genesis_needs_the_proofs_of_both_devices() {
    let mut spoiled = genesis_op("ana");
    spoiled.kit.pop = spoiled.device.pop;
    assert_eq!(begin(&sign_genesis("ana", spoiled)).unwrap_err().name(), "BadProof");
}

#[test]
fn a_genesis_with_a_box_key_of_small_order_is_refused() {
    let mut spoiled = genesis_op("ana");
    spoiled.kit = Keys::kit("ana").with_box_key([0; 32]).proven();
    assert_eq!(begin(&sign_genesis("ana", spoiled)).unwrap_err().name(), "UnusableBoxKey");
}

#[test]
fn a_genesis_is_signed_by_the_phone_that_it_names() {
    let wire = genesis("ana");
    let entry = SignedEntry::decode(&wire).unwrap().entry;
    assert_eq!(begin(&Keys::kit("ana").sign_entry(&entry)).unwrap_err().name(), "BadSignature");
    let by_kit = crate::entry::Entry { by: Keys::kit("ana").id(), ..entry };
    assert_eq!(begin(&Keys::kit("ana").sign_entry(&by_kit)).unwrap_err().name(), "UnknownAuthor");
}

#[test]
fn a_genesis_stands_at_seq_0_after_nothing() {
    let entry = SignedEntry::decode(&genesis("ana")).unwrap().entry;
    let late = crate::entry::Entry { seq: 1, ..entry.clone() };
    assert_eq!(begin(&Keys::phone("ana").sign_entry(&late)).unwrap_err().name(), "MisplacedGenesis");
    let after = crate::entry::Entry { prev: Head::from_bytes([1; 32]), ..entry };
    assert_eq!(begin(&Keys::phone("ana").sign_entry(&after)).unwrap_err().name(), "NotNext");
}

#[test]
fn a_log_does_not_begin_with_another_op() {
    let ws = TestWorkspace::founded_by("ana");
    let first = crate::entry::Entry { seq: 0, ..ws.entry(&Keys::phone("ana"), invite("ben", User)) };
    let wire = Keys::phone("ana").sign_entry(&first);
    assert_eq!(Log::begin(&wire, ws.id()).unwrap_err().name(), "MisplacedGenesis");
}

#[test]
fn a_genesis_other_than_the_one_pinned_is_refused() {
    let pinned = WorkspaceId::from_bytes([9; 16]);
    assert_eq!(Log::begin(&genesis("ana"), pinned).unwrap_err().name(), "WrongWorkspace");
}

#[test]
fn a_second_genesis_is_misplaced() {
    let mut ws = TestWorkspace::founded_by("ana");
    ws.refused(&Keys::phone("ana"), crate::op::Op::Genesis(genesis_op("ana")), "MisplacedGenesis");
}

#[test]
fn an_entry_received_again_is_known_and_nothing_is_wrong() {
    let mut ws = TestWorkspace::of_ana();
    let again = ws.entries[3].clone();
    assert_eq!(ws.log.verify_next(&again), Err(ChainError::AlreadyHeld { seq: 3 }.into()));
    assert_eq!(ws.log.verify_next(&ws.entries[0]).unwrap_err().name(), "AlreadyHeld");
}

#[test]
fn an_entry_too_far_ahead_asks_for_those_between() {
    let mut ws = TestWorkspace::of_ana();
    let mut ahead = ws.clone();
    ahead.must(&Keys::phone("ana"), set_role("ben", Admin));
    let wire = ahead.signed(&Keys::phone("ana"), set_role("ben", User));
    let expected = ws.log.next_seq();
    let error = ChainError::Gap { expected, found: expected + 1 };
    assert_eq!(ws.log.verify_next(&wire), Err(error.into()));
}

#[test]
fn two_admins_who_act_on_one_head_do_not_both_succeed() {
    let mut ws = TestWorkspace::of_ana();
    let by_sue = ws.signed(&Keys::phone("sue"), set_role("ben", Admin));
    let by_adam = ws.signed(&Keys::phone("adam"), set_role("cleo", Admin));
    ws.receive(&by_sue).unwrap();
    ws.refused_wire(&by_adam, "Fork");
    ws.must(&Keys::phone("adam"), set_role("cleo", Admin));
}

#[test]
fn a_removal_and_a_grant_to_the_one_who_is_removed_do_not_both_succeed() {
    let mut ws = TestWorkspace::of_ana();
    ws.account("adam", "shop", &[("adam", Owner), ("cleo", Collaborator)]);
    let removal = ws.signed(&Keys::phone("sue"), remove_member("ben"));
    let share = ws.signed(&Keys::phone("adam"), grant("shop", "ben", Some(Collaborator)));

    let mut shared_first = ws.clone();
    shared_first.receive(&share).unwrap();
    shared_first.refused_wire(&removal, "Fork");
    assert!(!shared_first.is_dirty(ws.codes("shop")));
    shared_first.must(&Keys::phone("sue"), remove_member("ben"));
    assert!(shared_first.is_dirty(ws.codes("shop")), "what Ben was given is replaced");

    ws.receive(&removal).unwrap();
    ws.refused_wire(&share, "Fork");
    ws.refused(&Keys::phone("adam"), grant("shop", "ben", Some(Collaborator)), "Inactive");
    assert!(!ws.is_dirty(ws.codes("shop")), "Ben was never given it");
}

#[test]
fn an_entry_of_another_workspace_is_refused() {
    let mut ws = TestWorkspace::founded_by("ana");
    let other = TestWorkspace::founded_by("zoe");
    let mut entry = ws.entry(&Keys::phone("ana"), invite("ben", User));
    entry.workspace = other.id();
    ws.refused_wire(&Keys::phone("ana").sign_entry(&entry), "WrongWorkspace");
}

#[test]
fn the_verdict_on_an_unsigned_entry_is_that_on_the_signed_one() {
    let ws = TestWorkspace::of_ana();
    for (by, role) in [("ana", Admin), ("ben", Admin), ("adam", User)] {
        let entry = ws.entry(&Keys::phone(by), set_role("cleo", role));
        let unsigned = ws.log.would_accept(&entry).map(|_| ());
        let signed = ws.log.clone().verify_next(&Keys::phone(by).sign_entry(&entry)).map(|_| ());
        assert_eq!(unsigned, signed, "{by}");
    }
}

#[test]
fn an_unsigned_entry_is_judged_for_the_next_place_only() {
    let ws = TestWorkspace::of_ana();
    let next = ws.entry(&Keys::phone("ana"), set_role("cleo", Admin));
    let elsewhere = Entry { seq: next.seq + 1, ..next.clone() };
    let beside = Entry { prev: Head::ZERO, ..next };
    for entry in [elsewhere, beside] {
        assert_eq!(ws.log.would_accept(&entry).unwrap_err().name(), "NotNext");
    }
}

#[test]
fn evidence_of_a_fork_holds_both_entries() {
    let mut ws = TestWorkspace::of_ana();
    let mine = ws.signed(&Keys::phone("sue"), set_role("ben", Admin));
    let theirs = ws.signed(&Keys::phone("adam"), set_role("cleo", Admin));
    ws.receive(&mine).unwrap();
    let evidence = ws.log.fork_evidence(&mine, &theirs).unwrap();
    assert_eq!((evidence.held.encode(), evidence.other.encode()), (mine.clone(), theirs.clone()));
    assert!(!evidence.is_one_device_signing_twice());
    assert_eq!(ws.log.fork_evidence(&theirs, &mine).unwrap_err().name(), "NotNext");
    assert_eq!(ws.log.fork_evidence(&mine, &mine).unwrap_err().name(), "AlreadyHeld");
    // What follows is no evidence of anything.
    let next = ws.signed(&Keys::phone("ana"), set_role("cleo", Admin));
    assert_eq!(ws.log.fork_evidence(&mine, &next).unwrap_err().name(), "NotNext");
}

#[test]
fn an_entry_that_follows_another_head_stays_evidence_when_the_log_has_gone_on() {
    let mut ws = TestWorkspace::of_ana();
    let mut others = ws.clone();
    let mine = ws.signed(&Keys::phone("sue"), set_role("ben", Admin));
    ws.receive(&mine).unwrap();
    // On the other log, another entry stands there, and this one follows it.
    others.must(&Keys::phone("sue"), set_role("ben", SuperAdmin));
    let theirs = others.signed(&Keys::phone("adam"), set_role("cleo", Admin));
    for further in 0..3 {
        let evidence = ws.log.fork_evidence(&mine, &theirs);
        assert_eq!(evidence.unwrap().other.encode(), theirs, "{further} entries later");
        ws.must(&Keys::phone("ana"), invite(["dora", "eve", "fay"][further], User));
    }
    // It is none about an entry before, which a log with both could have.
    let before = ws.entries[ws.entries.len() - 5].clone();
    let seq = SignedEntry::decode(&theirs).unwrap().entry.seq;
    assert_eq!(ws.log.fork_evidence(&before, &theirs), Err(ChainError::Fork { seq }.into()));
}

#[test]
fn what_nobody_of_this_log_signed_is_no_evidence() {
    let mut ws = TestWorkspace::of_ana();
    let mine = ws.signed(&Keys::phone("sue"), set_role("ben", Admin));
    let entry = ws.entry(&Keys::phone("adam"), set_role("cleo", Admin));
    ws.receive(&mine).unwrap();
    let made_up = Keys::phone("mallory").sign_entry(&entry);
    assert_eq!(ws.log.fork_evidence(&mine, &made_up).unwrap_err().name(), "BadSignature");
    let stranger = Entry { by: Keys::phone("mallory").id(), ..entry };
    let made_up = Keys::phone("mallory").sign_entry(&stranger);
    assert_eq!(ws.log.fork_evidence(&mine, &made_up).unwrap_err().name(), "UnknownAuthor");
}

#[test]
fn a_fork_at_another_place_is_no_evidence_about_this_one() {
    let mut ws = TestWorkspace::of_ana();
    let first = ws.signed(&Keys::phone("sue"), set_role("ben", Admin));
    ws.receive(&first).unwrap();
    let other = ws.signed(&Keys::phone("adam"), set_role("cleo", Admin));
    ws.must(&Keys::phone("sue"), set_role("cleo", Admin));
    let seq = ws.log.next_seq() - 1;
    assert_eq!(ws.log.fork_evidence(&first, &other), Err(ChainError::Fork { seq }.into()));
}

#[test]
fn an_error_says_what_it_is_about() {
    let things = [Thing::User, Thing::Device, Thing::Invite, Thing::Account, Thing::Space];
    let said = things.map(|thing| OpError::Absent(thing).to_string());
    assert_eq!(
        said,
        ["find the user", "find the device", "find the invite", "find the account", "find the space"]
    );
}
