//! What members, invitees and those who were members try. None of it leaves a trace.

use crate::entry::Entry;
use crate::ids::InviteId;
use crate::numbers::AccountRole::{Collaborator, Owner};
use crate::numbers::DeviceKind;
use crate::numbers::WorkspaceRole::{self, Admin, SuperAdmin, User};
use crate::op::{Invite, Op};
use crate::testkit::{
    Keys, TestWorkspace, account, account_op, add_device, commit, grant, invite, invite_id, remove_device,
    remove_member, set_role, transfer, user,
};

/// Ana's workspace with an open invite for Mallory.
fn with_invite() -> TestWorkspace {
    let mut ws = TestWorkspace::of_ana();
    ws.must(&Keys::phone("ana"), invite("mallory", User));
    ws
}

#[test]
fn hostile_joiner_takes_another_members_user_id() {
    let mut ws = with_invite();
    for victim in ["ana", "ben"] {
        let join = ws.join_as("mallory", user(victim), &Keys::phone("mallory"), None);
        ws.refused(&Keys::phone("adam"), Op::Join(join), "Reborn");
    }
}

#[test]
fn hostile_joiner_takes_the_user_id_of_somebody_removed() {
    let mut ws = with_invite();
    ws.must(&Keys::phone("ana"), remove_member("ben"));
    let join = ws.join_as("mallory", user("ben"), &Keys::phone("mallory"), None);
    ws.refused(&Keys::phone("adam"), Op::Join(join), "Reborn");
}

#[test]
fn hostile_joiner_brings_another_members_device_or_kit() {
    let mut ws = with_invite();
    let with_bens_phone = ws.join_as("mallory", user("mallory"), &Keys::phone("ben"), None);
    ws.refused(&Keys::phone("adam"), Op::Join(with_bens_phone), "Reborn");
    let with_bens_kit =
        ws.join_as("mallory", user("mallory"), &Keys::phone("mallory"), Some(&Keys::kit("ben")));
    ws.refused(&Keys::phone("adam"), Op::Join(with_bens_kit), "Reborn");
}

#[test]
fn hostile_joiner_acts_before_they_are_let_in() {
    let mut ws = with_invite();
    let join = Op::Join(ws.join("mallory", false));
    ws.refused(&Keys::phone("mallory"), join, "UnknownAuthor");
    ws.refused(&Keys::phone("mallory"), account_op("trap", &[("mallory", Owner)]), "UnknownAuthor");
    ws.refused(&Keys::invite("mallory"), set_role("ben", Admin), "UnknownAuthor");
}

#[test]
fn hostile_joiner_uses_one_invite_twice() {
    let mut ws = with_invite();
    let first = Op::Join(ws.join("mallory", false));
    ws.must(&Keys::phone("adam"), first);
    let second = ws.join_as("mallory", user("accomplice"), &Keys::phone("accomplice"), None);
    ws.refused(&Keys::phone("adam"), Op::Join(second), "Inactive");
}

#[test]
fn hostile_joiner_asks_for_a_higher_role_than_the_invite_gives() {
    // The role is the invite's; a join has no place to ask for another. A second invite under the same key would
    // need an Admin, and its id was used.
    let mut ws = with_invite();
    let Op::Invite(good) = invite("mallory", SuperAdmin) else { unreachable!() };
    ws.refused(&Keys::phone("ana"), Op::Invite(good.clone()), "Reborn");
    let other_id = Op::Invite(Invite { invite: InviteId::from_bytes([8; 16]), ..good });
    ws.refused(&Keys::phone("ana"), other_id, "WrongInviteId");
}

#[test]
fn hostile_member_posts_a_join_request_as_another_users_device() {
    // Mallory, a member, saw Dora's new phone with its proof, and adds it to herself first.
    let mut ws = with_invite();
    let join = Op::Join(ws.join("mallory", false));
    ws.must(&Keys::phone("adam"), join);
    ws.must(&Keys::phone("ana"), invite("dora", User));
    ws.must(&Keys::phone("mallory"), add_device("mallory", &Keys::phone("dora")));
    // Dora's own join is refused: she sees her device under another user, and makes new keys.
    let doras = Op::Join(ws.join("dora", false));
    ws.refused(&Keys::phone("adam"), doras, "Reborn");
    assert_eq!(ws.log.state().devices()[&Keys::phone("dora").id()].user, user("mallory"));
    // Without the proof, she could not even do that.
    let mut unproven = Keys::phone("eve").proven();
    unproven.pop = Keys::phone("mallory").proven().pop;
    ws.refused(
        &Keys::phone("mallory"),
        Op::AddDevice { user: user("mallory"), device: unproven },
        "BadProof",
    );
}

#[test]
fn hostile_member_uses_an_invite_whose_issuing_device_was_removed() {
    let mut ws = TestWorkspace::of_ana();
    let tablet = Keys::of("adam's tablet", DeviceKind::Phone);
    ws.must(&Keys::phone("adam"), add_device("adam", &tablet));
    ws.must(&tablet, invite("mallory", Admin));
    ws.must(&Keys::phone("adam"), remove_device(&tablet));
    let join = Op::Join(ws.join("mallory", false));
    ws.refused(&Keys::phone("adam"), join, "IssuerLapsed");
}

#[test]
fn hostile_former_admin_uses_an_invite_kept_from_before() {
    let mut ws = TestWorkspace::of_ana();
    ws.must(&Keys::phone("adam"), invite("mallory", Admin));
    ws.must(&Keys::phone("ana"), remove_member("adam"));
    let join = Op::Join(ws.join("mallory", false));
    ws.refused(&Keys::phone("sue"), join, "IssuerLapsed");
}

#[test]
fn hostile_member_creates_an_account_again() {
    let mut ws = TestWorkspace::of_ana();
    ws.account("ben", "shop", &[("ben", Owner), ("cleo", Collaborator)]);
    ws.refused(&Keys::phone("cleo"), account_op("shop", &[("cleo", Owner)]), "Reborn");
}

#[test]
fn hostile_member_creates_an_account_without_being_its_owner() {
    let mut ws = TestWorkspace::of_ana();
    ws.refused(&Keys::phone("cleo"), account_op("trap", &[("ben", Owner)]), "NotPermitted");
    let as_collaborator = account_op("trap", &[("ben", Owner), ("cleo", Collaborator)]);
    ws.refused(&Keys::phone("cleo"), as_collaborator, "NotPermitted");
}

#[test]
fn hostile_collaborator_makes_themselves_owner() {
    let mut ws = TestWorkspace::of_ana();
    ws.account("ben", "shop", &[("ben", Owner), ("cleo", Collaborator)]);
    ws.refused(&Keys::phone("cleo"), grant("shop", "cleo", Some(Owner)), "NotPermitted");
    ws.refused(&Keys::phone("cleo"), grant("shop", "ben", None), "NotPermitted");
}

#[test]
fn hostile_admin_takes_an_account_while_an_owner_has_a_phone() {
    let mut ws = TestWorkspace::of_ana();
    ws.account("sue", "bank", &[("sue", Owner), ("adam", Collaborator)]);
    ws.refused(&Keys::phone("adam"), grant("bank", "adam", Some(Owner)), "NotPermitted");
    // Nor can they make it so: Sue's role is above theirs.
    ws.refused(&Keys::phone("adam"), remove_device(&Keys::phone("sue")), "NotPermitted");
    ws.refused(&Keys::phone("adam"), Op::DeleteAccount { account: account("bank") }, "NotPermitted");
}

#[test]
fn hostile_admin_raises_themselves() {
    let mut ws = TestWorkspace::of_ana();
    ws.refused(&Keys::phone("adam"), set_role("adam", SuperAdmin), "NotPermitted");
    ws.refused(&Keys::phone("adam"), set_role("ben", SuperAdmin), "NotPermitted");
    ws.refused(&Keys::phone("adam"), invite("mallory", SuperAdmin), "NotPermitted");
    ws.refused(&Keys::phone("adam"), invite("mallory", WorkspaceRole::Owner), "NotPermitted");
}

#[test]
fn hostile_admin_removes_those_above() {
    let mut ws = TestWorkspace::of_ana();
    ws.refused(&Keys::phone("adam"), remove_member("sue"), "NotPermitted");
    ws.refused(&Keys::phone("sue"), remove_member("ana"), "NotPermitted");
    ws.refused(&Keys::phone("sue"), remove_device(&Keys::kit("ana")), "NotPermitted");
}

#[test]
fn hostile_user_acts_as_an_admin() {
    let mut ws = with_invite();
    let ben = Keys::phone("ben");
    let join = Op::Join(ws.join("mallory", false));
    let rotation = ws.rotation(ws.directory(), "next");
    for op in [
        invite("eve", User),
        join,
        Op::RevokeInvite { invite: invite_id("mallory") },
        remove_member("cleo"),
        remove_device(&Keys::phone("cleo")),
        set_role("cleo", Admin),
        rotation,
    ] {
        ws.refused(&ben, op, "NotPermitted");
    }
}

#[test]
fn hostile_member_takes_over_a_workspace_that_was_offered_to_another() {
    let mut ws = TestWorkspace::of_ana();
    ws.must(&Keys::phone("ana"), transfer("sue"));
    ws.refused(&Keys::phone("adam"), transfer("adam"), "NotPermitted");
    ws.refused(&Keys::phone("adam"), transfer("sue"), "NotPermitted");
}

#[test]
fn hostile_member_accepts_an_offer_made_by_a_stolen_phone() {
    let mut ws = TestWorkspace::of_ana();
    let stolen = Keys::phone("ana");
    ws.must(&stolen, transfer("ben"));
    // Ana's kit brings a new phone in and the stolen one out.
    let new_phone = Keys::of("ana's new phone", DeviceKind::Phone);
    ws.must(&Keys::kit("ana"), add_device("ana", &new_phone));
    ws.must(&Keys::kit("ana"), remove_device(&stolen));
    ws.refused(&Keys::phone("ben"), transfer("ben"), "NotPermitted");
}

#[test]
fn hostile_kit_thief_does_more_than_recover() {
    let mut ws = TestWorkspace::of_ana();
    let kit = Keys::kit("ana");
    ws.refused(&kit, remove_member("ben"), "NotPermitted");
    ws.refused(&kit, remove_device(&Keys::phone("ben")), "NotPermitted");
    ws.refused(&kit, add_device("ben", &Keys::phone("mallory")), "NotPermitted");
    ws.refused(&kit, account_op("trap", &[("ana", Owner)]), "NotPermitted");
}

#[test]
fn hostile_owner_rotates_a_clean_space_to_lock_others_out() {
    let mut ws = TestWorkspace::of_ana();
    ws.account("ben", "shop", &[("ben", Owner), ("ana", Owner)]);
    let rotation = ws.rotation(ws.codes("shop"), "mine alone");
    ws.refused(&Keys::phone("ben"), rotation, "NotDirty");
}

#[test]
fn hostile_rotator_goes_back_to_a_key_that_the_removed_member_has() {
    let mut ws = TestWorkspace::of_ana();
    ws.account("ben", "shop", &[("ben", Owner), ("cleo", Collaborator)]);
    ws.must(&Keys::phone("ben"), grant("shop", "cleo", None));
    let Op::Rotate(mut rotate) = ws.rotation(ws.codes("shop"), "next") else { unreachable!() };
    rotate.commit = commit("shop: codes");
    ws.refused(&Keys::phone("ben"), Op::Rotate(rotate), "CommitmentReused");
}

#[test]
fn hostile_device_signs_twice_for_one_seq() {
    let mut ws = TestWorkspace::of_ana();
    let adam = Keys::phone("adam");
    let first = ws.signed(&adam, set_role("ben", Admin));
    let second = ws.signed(&adam, remove_member("ben"));
    ws.receive(&first).unwrap();
    ws.refused_wire(&second, "Fork");
    assert!(ws.log.fork_evidence(&first, &second).unwrap().is_one_device_signing_twice());
}

#[test]
fn hostile_member_signs_as_another_device() {
    let mut ws = TestWorkspace::of_ana();
    let entry = ws.entry(&Keys::phone("ana"), set_role("ben", SuperAdmin));
    ws.refused_wire(&Keys::phone("ben").sign_entry(&entry), "BadSignature");
    let own = Entry { by: Keys::phone("ben").id(), ..entry };
    ws.refused_wire(&Keys::phone("ben").sign_entry(&own), "NotPermitted");
}

#[test]
fn hostile_member_re_adds_a_device_that_was_removed() {
    let mut ws = TestWorkspace::of_ana();
    ws.must(&Keys::phone("adam"), remove_device(&Keys::phone("ben")));
    ws.refused(&Keys::kit("ben"), add_device("ben", &Keys::phone("ben")), "Reborn");
    ws.refused(&Keys::phone("cleo"), add_device("cleo", &Keys::phone("ben")), "Reborn");
}

#[test]
fn hostile_member_writes_about_a_deleted_account() {
    let mut ws = TestWorkspace::of_ana();
    ws.account("ben", "shop", &[("ben", Owner), ("cleo", Collaborator)]);
    let rotation = ws.rotation(ws.codes("shop"), "next");
    ws.must(&Keys::phone("ben"), Op::DeleteAccount { account: account("shop") });
    ws.refused(&Keys::phone("ben"), grant("shop", "cleo", None), "Inactive");
    ws.refused(&Keys::phone("ben"), rotation, "Inactive");
    ws.refused(&Keys::phone("ben"), account_op("shop", &[("ben", Owner)]), "Reborn");
}
