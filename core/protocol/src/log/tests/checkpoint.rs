//! Checkpoints: loaded as they were stored, refused by name otherwise.

use crate::cbor::DecodeError;
use crate::ids::{Head, sha256};
use crate::log::{CheckpointError, Log, Space};
use crate::numbers::AccountRole::{Collaborator, Owner};
use crate::numbers::WorkspaceRole::{Admin, User};
use crate::op::{Op, Rotate};
use crate::testkit::{
    Keys, TestWorkspace, account, grant, invite, invite_id, remove_device, remove_member, set_role, transfer,
};

/// A workspace in which everything that a checkpoint holds occurs.
fn eventful() -> TestWorkspace {
    let mut ws = TestWorkspace::of_ana();
    let ana = Keys::phone("ana");
    ws.account("ben", "shop", &[("ben", Owner), ("cleo", Collaborator)]);
    ws.account("ana", "bank", &[("ana", Owner), ("adam", Owner)]);
    ws.account("ana", "gone", &[("ana", Owner)]);
    ws.must(&ana, Op::DeleteAccount { account: account("gone") });
    ws.must(&ana, invite("dora", User));
    ws.must(&ana, invite("eve", Admin));
    ws.must(&ana, Op::RevokeInvite { invite: invite_id("eve") });
    ws.must(&ana, remove_member("ben"));
    let rotation = ws.rotation(ws.directory(), "second");
    ws.must(&ana, rotation);
    ws.must(&ana, grant("shop", "cleo", Some(Owner)));
    let Op::Rotate(rotate) = ws.rotation(ws.controls("shop"), "anew") else { unreachable!() };
    ws.must(&Keys::phone("cleo"), Op::Rotate(Rotate { prev_wrap: None, ..rotate }));
    ws.must(&ana, remove_device(&Keys::kit("adam")));
    ws.must(&ana, set_role("adam", User));
    ws.must(&ana, transfer("sue"));
    ws
}

fn load(ws: &TestWorkspace, bytes: &[u8]) -> Result<Log, CheckpointError> {
    Log::from_checkpoint(bytes, ws.id(), ws.log.next_seq() - 1, ws.log.head())
}

#[test]
fn a_checkpoint_loads_as_the_log_that_made_it() {
    let ws = eventful();
    let loaded = load(&ws, &ws.log.to_checkpoint()).unwrap();
    assert!(loaded == ws.log);
    assert_eq!(loaded.to_checkpoint(), ws.log.to_checkpoint());
    let controls = loaded.state().live_space(ws.controls("shop")).unwrap();
    assert_eq!([1, 2].map(|epoch| controls.epoch_at(epoch).unwrap().anew), [false, true]);
}

#[test]
fn a_loaded_log_goes_on_as_the_one_that_was_replayed() {
    let mut ws = eventful();
    let mut loaded = load(&ws, &ws.log.to_checkpoint()).unwrap();
    for (by, op) in [
        ("sue", transfer("sue")),
        ("cleo", ws.rotation(ws.codes("shop"), "x")),
        ("ana", remove_member("adam")),
    ] {
        let wire = ws.signed(&Keys::phone(by), op);
        assert_eq!(loaded.verify_next(&wire), ws.receive(&wire));
    }
    assert!(loaded == ws.log);
}

#[test]
fn damage_anywhere_is_noticed() {
    let ws = eventful();
    let bytes = ws.log.to_checkpoint();
    for at in (0..bytes.len()).step_by(7) {
        let mut damaged = bytes.clone();
        damaged[at] ^= 0x10;
        assert_eq!(load(&ws, &damaged).unwrap_err().name(), "Damaged", "byte {at}");
    }
    for length in [0, 31, 32, bytes.len() - 1] {
        assert_eq!(load(&ws, &bytes[..length]).unwrap_err().name(), "Damaged", "{length} bytes");
    }
}

#[test]
fn a_checkpoint_of_another_workspace_is_refused() {
    let ws = eventful();
    let bytes = TestWorkspace::founded_by("zoe").log.to_checkpoint();
    assert_eq!(load(&ws, &bytes).unwrap_err(), CheckpointError::WrongWorkspace);
}

#[test]
fn a_checkpoint_of_another_head_is_refused() {
    let mut ws = eventful();
    let bytes = ws.log.to_checkpoint();
    ws.must(&Keys::phone("ana"), set_role("cleo", Admin));
    assert_eq!(load(&ws, &bytes).unwrap_err(), CheckpointError::WrongHead);
    // Either alone is another head: the hash at another seq, and another hash at the seq.
    let bytes = ws.log.to_checkpoint();
    let (seq, head) = (ws.log.next_seq() - 1, ws.log.head());
    for (seq, head) in [(seq + 1, head), (seq, Head::ZERO)] {
        let refused = Log::from_checkpoint(&bytes, ws.id(), seq, head).unwrap_err();
        assert_eq!(refused, CheckpointError::WrongHead);
    }
}

#[test]
fn a_checkpoint_of_a_later_version_asks_for_an_update() {
    let ws = TestWorkspace::of_ana();
    let bytes = ws.log.to_checkpoint();
    let mut later = bytes[..bytes.len() - 32].to_vec();
    later[1] = 2;
    let checksum = sha256(&[&later]);
    later.extend(checksum);
    assert_eq!(load(&ws, &later).unwrap_err().name(), "NeedsUpdate");
}

#[test]
fn a_checkpoint_that_is_not_canonical_is_refused() {
    let ws = TestWorkspace::of_ana();
    let bytes = ws.log.to_checkpoint();
    let mut longer = bytes[..bytes.len() - 32].to_vec();
    longer.push(0);
    let checksum = sha256(&[&longer]);
    longer.extend(checksum);
    assert_eq!(load(&ws, &longer).unwrap_err().name(), "NotCanonical");
}

#[test]
fn a_checkpoint_without_entries_is_malformed() {
    let mut ws = TestWorkspace::of_ana();
    let (seq, head) = (ws.log.next_seq() - 1, ws.log.head());
    ws.log.heads.clear();
    let refused = Log::from_checkpoint(&ws.log.to_checkpoint(), ws.id(), seq, head).unwrap_err();
    assert_eq!(refused.name(), "Malformed");
}

#[test]
fn a_checkpoint_of_a_space_without_epochs_is_malformed() {
    let mut ws = TestWorkspace::of_ana();
    let directory = ws.directory();
    let Some(Space::Live(space)) = ws.log.state.spaces.get_mut(&directory) else { unreachable!() };
    space.epochs.clear();
    assert_eq!(
        load(&ws, &ws.log.to_checkpoint()).unwrap_err(),
        CheckpointError::Form(DecodeError::Malformed { what: "a space without an epoch" })
    );
}
