//! What a server tries that wants a reader of its own, or two truths. None of it leaves a trace.

use crate::entry::{Entry, SignedEntry};
use crate::ids::{Head, Signature, WorkspaceId};
use crate::log::{ChainError, Log};
use crate::numbers::WorkspaceRole::{Admin, SuperAdmin, User};
use crate::numbers::{AccountRole, DeviceKind, Message};
use crate::op::{Genesis, Op};
use crate::testkit::{
    Keys, NOT_AFTER, TestWorkspace, add_device, genesis_op, grant, invite, invite_id, remove_member,
    set_role, sign_genesis, user,
};

/// Keys that the server has.
fn servers() -> Keys {
    Keys::phone("the server")
}

#[test]
fn hostile_server_substitutes_the_keys_of_a_joiner() {
    let mut ws = TestWorkspace::of_ana();
    ws.must(&Keys::phone("ana"), invite("dora", User));
    let mut join = ws.join("dora", true);
    join.device = servers().proven();
    ws.refused(&Keys::phone("ana"), Op::Join(join), "BadInviteSignature");
    assert_eq!(
        ws.log.check_join(&crate::join::JoinRequest { workspace: ws.id(), join }, 0).unwrap_err().name(),
        "BadInviteSignature"
    );
}

#[test]
fn hostile_server_substitutes_the_box_key_of_a_joiner() {
    let mut ws = TestWorkspace::of_ana();
    ws.must(&Keys::phone("ana"), invite("dora", User));
    let mut join = ws.join("dora", false);
    join.device.record.box_key = servers().record.box_key;
    ws.refused(&Keys::phone("ana"), Op::Join(join), "BadProof");
}

#[test]
fn hostile_server_strips_the_kit_from_a_join() {
    let mut ws = TestWorkspace::of_ana();
    ws.must(&Keys::phone("ana"), invite("dora", User));
    let mut join = ws.join("dora", true);
    join.kit = None;
    ws.refused(&Keys::phone("ana"), Op::Join(join), "BadInviteSignature");
}

#[test]
fn hostile_server_adds_a_ghost_device() {
    let mut ws = TestWorkspace::of_ana();
    ws.refused(&servers(), add_device("ben", &servers()), "UnknownAuthor");
    // In Ben's name, but not by his key.
    let in_bens_name =
        Entry { by: Keys::phone("ben").id(), ..ws.entry(&servers(), add_device("ben", &servers())) };
    ws.refused_wire(&servers().sign_entry(&in_bens_name), "BadSignature");
}

#[test]
fn hostile_server_adds_a_ghost_member() {
    let mut ws = TestWorkspace::of_ana();
    let made_up = ws.join_as("ghost", user("ghost"), &servers(), None);
    ws.refused(&servers(), Op::Join(made_up), "UnknownAuthor");
    // Even an Admin's device that posts it by itself finds no invite behind it.
    ws.refused(&Keys::phone("adam"), Op::Join(made_up), "Absent");
}

#[test]
fn hostile_server_replays_a_used_invite() {
    let mut ws = TestWorkspace::of_ana();
    let again = ws.join_as("ben", user("ghost"), &servers(), None);
    ws.refused(&Keys::phone("adam"), Op::Join(again), "Inactive");
}

#[test]
fn hostile_server_replays_a_revoked_invite() {
    let mut ws = TestWorkspace::of_ana();
    ws.must(&Keys::phone("ana"), invite("dora", User));
    ws.must(&Keys::phone("ana"), Op::RevokeInvite { invite: invite_id("dora") });
    let join = Op::Join(ws.join("dora", false));
    ws.refused(&Keys::phone("adam"), join, "Inactive");
}

#[test]
fn hostile_server_holds_a_join_back_until_the_invite_has_expired() {
    let mut ws = TestWorkspace::of_ana();
    ws.must(&Keys::phone("ana"), invite("dora", User));
    ws.now = NOT_AFTER + 1;
    let join = Op::Join(ws.join("dora", false));
    ws.refused(&Keys::phone("adam"), join, "InviteExpired");
}

#[test]
fn hostile_server_uses_an_invite_of_another_workspace() {
    let mut ws = TestWorkspace::of_ana();
    ws.must(&Keys::phone("ana"), invite("dora", User));
    let elsewhere = TestWorkspace::founded_by("zoe").join("dora", false);
    ws.refused(&Keys::phone("adam"), Op::Join(elsewhere), "BadInviteSignature");
}

#[test]
fn hostile_server_replays_an_entry_at_a_later_place() {
    let mut ws = TestWorkspace::of_ana();
    let promoted = ws.signed(&Keys::phone("ana"), set_role("ben", Admin));
    ws.receive(&promoted).unwrap();
    ws.must(&Keys::phone("ana"), set_role("ben", User));
    ws.refused_wire(&promoted, "AlreadyHeld");
    // Moved to the next place, the signature is over another seq.
    let signed = SignedEntry::decode(&promoted).unwrap();
    let moved = Entry { seq: ws.log.next_seq(), prev: ws.log.head(), ..signed.entry };
    ws.refused_wire(&SignedEntry { entry: moved, ..signed }.encode(), "BadSignature");
}

#[test]
fn hostile_server_leaves_an_entry_out() {
    let mut ws = TestWorkspace::of_ana();
    let mut elsewhere = ws.clone();
    elsewhere.must(&Keys::phone("ana"), remove_member("ben"));
    let after = elsewhere.signed(&Keys::phone("ana"), set_role("cleo", Admin));
    ws.refused_wire(&after, "Gap");
    // Renumbered to hide the gap, it does not verify.
    let signed = SignedEntry::decode(&after).unwrap();
    let entry = Entry { seq: ws.log.next_seq(), ..signed.entry };
    ws.refused_wire(&SignedEntry { entry, ..signed }.encode(), "BadSignature");
}

#[test]
fn hostile_server_forks_the_log() {
    let mut ws = TestWorkspace::of_ana();
    let mut others = ws.clone();
    let here = ws.signed(&Keys::phone("ana"), remove_member("ben"));
    let there = others.signed(&Keys::phone("sue"), set_role("cleo", Admin));
    ws.receive(&here).unwrap();
    others.receive(&there).unwrap();
    let seq = ws.log.next_seq() - 1;
    let before = ws.log.clone();
    assert_eq!(ws.log.verify_next(&there), Err(ChainError::Fork { seq }.into()));
    assert!(ws.log == before);
    assert!(ws.log.fork_evidence(&here, &there).is_ok());
    // Nor can it merge the two later.
    let later = others.signed(&Keys::phone("sue"), set_role("cleo", User));
    let before = ws.log.clone();
    assert_eq!(ws.log.verify_next(&later), Err(ChainError::ForkBefore { seq: seq + 1 }.into()));
    assert!(ws.log == before);
    // What came after the fork is evidence of it by itself, and not of one device signing twice.
    let evidence = ws.log.fork_evidence(&here, &later).unwrap();
    assert_eq!((evidence.held.encode(), evidence.other.encode()), (here.clone(), later.clone()));
    assert!(!evidence.is_one_device_signing_twice());
    // Nor where one device goes on with both: it signed for two places. And it says nothing about an entry before.
    let by_ana = others.signed(&Keys::phone("ana"), set_role("cleo", User));
    assert!(!ws.log.fork_evidence(&here, &by_ana).unwrap().is_one_device_signing_twice());
    assert_eq!(ws.log.fork_evidence(&ws.entries[1], &later).unwrap_err().name(), "ForkBefore");
}

#[test]
fn hostile_server_makes_up_an_entry_that_follows_another_head() {
    let mut ws = TestWorkspace::of_ana();
    let entry = Entry { prev: Head::ZERO, ..ws.entry(&Keys::phone("sue"), set_role("cleo", User)) };
    // An alarm names somebody; this one names nobody of the log, or without their signature.
    ws.refused_wire(&Keys::phone("mallory").sign_entry(&entry), "BadSignature");
    let stranger = Entry { by: Keys::phone("mallory").id(), ..entry };
    ws.refused_wire(&Keys::phone("mallory").sign_entry(&stranger), "UnknownAuthor");
}

#[test]
fn hostile_former_member_goes_on_with_a_log_of_their_own() {
    // A removed author's word is evidence too: the log that they follow is still another one.
    let mut ws = TestWorkspace::of_ana();
    let mut theirs = ws.clone();
    ws.must(&Keys::phone("ana"), remove_member("sue"));
    theirs.must(&Keys::phone("sue"), set_role("cleo", Admin));
    let after = theirs.signed(&Keys::phone("sue"), set_role("cleo", User));
    ws.refused_wire(&after, "ForkBefore");
}

#[test]
fn hostile_server_hides_the_end_of_the_log_from_whom_a_link_names_it() {
    let mut ws = TestWorkspace::of_ana();
    let issued = ws.must(&Keys::phone("ana"), invite("dora", User));
    let shown = &ws.entries[..ws.entries.len() - 1];
    let mut log = Log::begin(&shown[0], ws.id()).unwrap();
    for wire in &shown[1..] {
        log.verify_next(wire).unwrap();
    }
    // The link's (seq, head) is not on the log shown; on the whole one it is.
    assert_ne!(log.head_at(issued.signed.entry.seq), Some(issued.head));
    assert_eq!(ws.log.head_at(issued.signed.entry.seq), Some(issued.head));
}

#[test]
fn hostile_server_begins_its_own_workspace_with_a_known_kits_public_keys() {
    // The kit's public record and proof are in the log that the server stores. The kit pins its workspace.
    let real = TestWorkspace::founded_by("ana");
    let stolen = Genesis { device: servers().proven(), ..genesis_op("ana") };
    let op = Op::Genesis(stolen);
    let workspace = WorkspaceId::of_genesis(&op.encode());
    let entry = Entry { workspace, seq: 0, prev: Head::ZERO, ts: 0, by: servers().id(), op };
    let wire = servers().sign_entry(&entry);
    assert!(Log::begin(&wire, workspace).is_ok());
    assert_eq!(Log::begin(&wire, real.id()).unwrap_err().name(), "WrongWorkspace");
    let claimed = Entry { workspace: real.id(), ..entry };
    assert_eq!(Log::begin(&servers().sign_entry(&claimed), real.id()).unwrap_err().name(), "WrongWorkspace");
}

#[test]
fn hostile_server_downgrades_the_version() {
    let mut ws = TestWorkspace::of_ana();
    let mut wire = ws.signed(&Keys::phone("ana"), set_role("ben", Admin));
    wire[1] = 0;
    ws.refused_wire(&wire, "NeedsUpdate");
}

#[test]
fn hostile_server_downgrades_the_suite_of_a_device() {
    let mut ws = TestWorkspace::of_ana();
    let wire = ws.signed(&Keys::phone("ben"), add_device("ben", &Keys::of("tablet", DeviceKind::Phone)));
    let record = Keys::of("tablet", DeviceKind::Phone).record.encode();
    let at = wire.windows(record.len()).position(|window| window == record).unwrap();
    let mut spoiled = wire;
    spoiled[at + 1] = 0;
    ws.refused_wire(&spoiled, "NeedsUpdate");
}

#[test]
fn hostile_server_sends_an_op_of_the_future() {
    let mut ws = TestWorkspace::of_ana();
    let mut wire = ws.signed(&Keys::phone("ana"), remove_member("ben"));
    let at = wire.len() - 64 - 17 - 1;
    assert_eq!(wire[at], 5);
    wire[at] = 13;
    ws.refused_wire(&wire, "NeedsUpdate");
}

#[test]
fn hostile_server_changes_any_byte_of_an_entry() {
    let mut ws = TestWorkspace::of_ana();
    let good = ws.signed(&Keys::phone("ana"), set_role("ben", SuperAdmin));
    let before = ws.log.clone();
    for at in 0..good.len() {
        let mut spoiled = good.clone();
        spoiled[at] ^= 1;
        assert!(ws.log.verify_next(&spoiled).is_err(), "byte {at}");
    }
    assert!(ws.log == before);
    ws.receive(&good).unwrap();
}

#[test]
fn hostile_server_encodes_an_entry_in_another_way() {
    let mut ws = TestWorkspace::of_ana();
    let good = ws.signed(&Keys::phone("ana"), set_role("ben", Admin));
    // The version 1 as a two-byte integer; an array of indefinite length; a byte after the end.
    let longer = [&good[..1], &[0x18, 0x01], &good[2..]].concat();
    ws.refused_wire(&longer, "NotCanonical");
    let (entry, signature) = good.split_at(good.len() - 64);
    ws.refused_wire(&[&[0x9f], &entry[1..], &[0xff], signature].concat(), "Malformed");
    ws.refused_wire(&[entry, &[0], signature].concat(), "NotCanonical");
    ws.refused_wire(&vec![0; 32 * 1024], "Malformed");
    ws.refused_wire(&vec![0; 32 * 1024 + 1], "TooLong");
    ws.refused_wire(&[], "Malformed");
}

#[test]
fn hostile_server_reuses_a_signature_made_for_another_purpose() {
    let mut ws = TestWorkspace::of_ana();
    let entry = ws.entry(&Keys::phone("ana"), set_role("ben", Admin));
    for message in [Message::Record, Message::Pop, Message::Join, Message::Login] {
        let signature = Keys::phone("ana").sign(message, &[&entry.encode()]);
        ws.refused_wire(&SignedEntry { entry: entry.clone(), signature }.encode(), "BadSignature");
    }
}

#[test]
fn hostile_server_signs_with_a_key_of_small_order() {
    // With the identity as key and R, and S = 0, the plain equation holds for every message.
    let mut identity = [0; 32];
    identity[0] = 1;
    let mut genesis = genesis_op("ana");
    genesis.device.record.signing_key = crate::ids::PublicSigningKey::from_bytes(identity);
    let mut signature = [0; 64];
    signature[0] = 1;
    genesis.device.pop = Signature::from_bytes(signature);
    let wire = sign_genesis("ana", genesis);
    let entry = SignedEntry::decode(&wire).unwrap().entry;
    let workspace = entry.workspace;
    let forged = SignedEntry { entry, signature: Signature::from_bytes(signature) }.encode();
    assert_eq!(Log::begin(&forged, workspace).unwrap_err().name(), "BadSignature");
}

#[test]
fn hostile_server_keeps_a_removed_device_alive() {
    let mut ws = TestWorkspace::of_ana();
    let before_removal = ws.signed(&Keys::phone("ben"), add_device("ben", &servers()));
    ws.must(&Keys::phone("ana"), remove_member("ben"));
    // Ben signs again, back-dated or not: his devices act no more.
    ws.refused(&Keys::phone("ben"), add_device("ben", &servers()), "RemovedAuthor");
    ws.refused(&Keys::kit("ben"), add_device("ben", &servers()), "RemovedAuthor");
    ws.now = 0;
    ws.refused(&Keys::phone("ben"), add_device("ben", &servers()), "RemovedAuthor");
    ws.refused_wire(&before_removal, "Fork");
}

#[test]
fn hostile_server_lets_a_member_take_the_id_of_a_held_back_account() {
    let mut ws = TestWorkspace::of_ana();
    let held_back =
        ws.signed(&Keys::phone("ben"), crate::testkit::account_op("shop", &[("ben", AccountRole::Owner)]));
    ws.account("cleo", "shop", &[("cleo", AccountRole::Owner)]);
    ws.refused_wire(&held_back, "Fork");
    // Planned again with the same id, it is refused: Ben's device takes new ids and never adopts these.
    let again = crate::testkit::account_op("shop", &[("ben", AccountRole::Owner)]);
    ws.refused(&Keys::phone("ben"), again, "Reborn");
    ws.refused(&Keys::phone("ben"), grant("shop", "adam", Some(AccountRole::Collaborator)), "NotPermitted");
}

#[test]
fn hostile_server_passes_an_entry_of_another_workspace_off_as_this_ones() {
    let mut ws = TestWorkspace::founded_by("ana");
    let mut other = TestWorkspace::founded_by("zoe");
    other.must(&Keys::phone("zoe"), invite("mallory", SuperAdmin));
    for wire in other.entries.clone() {
        ws.refused_wire(&wire, "WrongWorkspace");
    }
}
