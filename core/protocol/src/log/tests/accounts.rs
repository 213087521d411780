//! Ops 7, 8 and 12: accounts, who has them, and their end.

use crate::log::{Account, Space};
use crate::numbers::AccountRole::{Collaborator, Owner};
use crate::op::Op;
use crate::testkit::{
    Keys, TestWorkspace, account, account_op, commit, grant, remove_device, remove_member, user,
};

/// Ana's workspace with Ben's account "shop", in which Cleo is Collaborator.
fn shop() -> TestWorkspace {
    let mut ws = TestWorkspace::of_ana();
    ws.account("ben", "shop", &[("ben", Owner), ("cleo", Collaborator)]);
    ws
}

fn delete(name: &str) -> Op {
    Op::DeleteAccount { account: account(name) }
}

#[test]
fn any_member_creates_an_account_that_they_own() {
    let ws = shop();
    let roles = ws.log.state().account_roles(account("shop")).unwrap();
    assert_eq!(roles.get(&user("ben")), Some(&Owner));
    assert_eq!(roles.get(&user("cleo")), Some(&Collaborator));
    let codes = ws.log.state().live_space(ws.codes("shop")).unwrap();
    assert_eq!((codes.epoch(), codes.epoch_at(1).unwrap().commit), (1, commit("shop: codes")));
    assert!(!ws.is_dirty(ws.codes("shop")) && !ws.is_dirty(ws.controls("shop")));
}

#[test]
fn an_account_is_not_created_for_others_only() {
    let mut ws = TestWorkspace::of_ana();
    ws.refused(&Keys::phone("ana"), account_op("shop", &[("ben", Owner)]), "NotPermitted");
    ws.refused(&Keys::phone("ana"), account_op("shop", &[]), "NotPermitted");
    let not_owner = account_op("shop", &[("ana", Collaborator), ("ben", Owner)]);
    ws.refused(&Keys::phone("ana"), not_owner, "NotPermitted");
}

#[test]
fn an_account_lists_members_only() {
    let mut ws = TestWorkspace::of_ana();
    let stranger = account_op("shop", &[("ana", Owner), ("nobody", Collaborator)]);
    ws.refused(&Keys::phone("ana"), stranger, "Absent");
    ws.must(&Keys::phone("ana"), remove_member("ben"));
    let removed = account_op("shop", &[("ana", Owner), ("ben", Collaborator)]);
    ws.refused(&Keys::phone("ana"), removed, "Inactive");
}

#[test]
fn one_key_for_both_spaces_of_an_account_is_refused() {
    let Op::Account(mut op) = account_op("shop", &[("ben", Owner)]) else { unreachable!() };
    op.commit_controls = op.commit_codes;
    TestWorkspace::of_ana().refused(&Keys::phone("ben"), Op::Account(op), "CommitmentReused");
}

#[test]
fn an_account_is_born_once_even_after_its_end() {
    let mut ws = shop();
    ws.refused(&Keys::phone("ben"), account_op("shop", &[("ben", Owner)]), "Reborn");
    ws.must(&Keys::phone("ben"), delete("shop"));
    ws.refused(&Keys::phone("ben"), account_op("shop", &[("ben", Owner)]), "Reborn");
}

#[test]
fn owners_of_an_account_grant_whatever_their_workspace_role() {
    let mut ws = shop();
    let ben = Keys::phone("ben");
    ws.must(&ben, grant("shop", "adam", Some(Owner)));
    ws.must(&ben, grant("shop", "adam", Some(Collaborator)));
    ws.must(&ben, grant("shop", "adam", None));
    assert!(!ws.log.state().account_roles(account("shop")).unwrap().contains_key(&user("adam")));
}

#[test]
fn nobody_else_grants() {
    let mut ws = shop();
    for by in ["ana", "sue", "adam", "cleo"] {
        ws.refused(&Keys::phone(by), grant("shop", "adam", Some(Collaborator)), "NotPermitted");
        ws.refused(&Keys::phone(by), grant("shop", "cleo", Some(Owner)), "NotPermitted");
        ws.refused(&Keys::phone(by), grant("shop", "cleo", None), "NotPermitted");
    }
}

#[test]
fn a_grant_that_changes_nothing_is_refused() {
    let mut ws = shop();
    let ben = Keys::phone("ben");
    ws.refused(&ben, grant("shop", "cleo", Some(Collaborator)), "NothingChanges");
    ws.refused(&ben, grant("shop", "ben", Some(Owner)), "NothingChanges");
    ws.refused(&ben, grant("shop", "adam", None), "NothingChanges");
}

#[test]
fn a_grant_names_a_live_account_and_a_member() {
    let mut ws = shop();
    let ben = Keys::phone("ben");
    ws.refused(&ben, grant("bank", "cleo", Some(Owner)), "Absent");
    ws.refused(&ben, grant("shop", "nobody", Some(Owner)), "Absent");
    ws.must(&Keys::phone("ana"), remove_member("cleo"));
    ws.refused(&ben, grant("shop", "cleo", Some(Owner)), "Inactive");
    ws.must(&ben, delete("shop"));
    ws.refused(&ben, grant("shop", "adam", Some(Owner)), "Inactive");
}

#[test]
fn the_last_owner_is_neither_demoted_nor_removed_by_grant() {
    let mut ws = shop();
    let ben = Keys::phone("ben");
    ws.refused(&ben, grant("shop", "ben", Some(Collaborator)), "LastOwner");
    ws.refused(&ben, grant("shop", "ben", None), "LastOwner");
    ws.must(&ben, grant("shop", "ana", Some(Owner)));
    ws.must(&ben, grant("shop", "ben", None));
    ws.refused(&Keys::phone("ana"), grant("shop", "ana", None), "LastOwner");
}

#[test]
fn a_removed_owner_does_not_count_as_one() {
    let mut ws = shop();
    ws.must(&Keys::phone("ben"), grant("shop", "ana", Some(Owner)));
    ws.must(&Keys::phone("ana"), remove_member("ben"));
    ws.refused(&Keys::phone("ana"), grant("shop", "ana", Some(Collaborator)), "LastOwner");
}

#[test]
fn where_no_owner_has_a_phone_an_admin_makes_an_owner_of_a_collaborator() {
    let mut ws = shop();
    let (adam, rescue) = (Keys::phone("adam"), grant("shop", "cleo", Some(Owner)));
    ws.refused(&adam, rescue.clone(), "NotPermitted");
    ws.must(&adam, remove_device(&Keys::phone("ben")));
    // Ben is still a member and has a kit, but no phone.
    ws.refused(&Keys::phone("cleo"), rescue.clone(), "NotPermitted");
    ws.must(&adam, rescue);
    let roles = ws.log.state().account_roles(account("shop")).unwrap();
    assert_eq!([user("ben"), user("cleo")].map(|user| roles[&user]), [Owner, Owner]);
}

#[test]
fn an_admin_may_rescue_an_account_for_themselves() {
    let mut ws = shop();
    ws.must(&Keys::phone("ben"), grant("shop", "adam", Some(Collaborator)));
    ws.must(&Keys::phone("ana"), remove_member("ben"));
    ws.must(&Keys::phone("adam"), grant("shop", "adam", Some(Owner)));
}

#[test]
fn a_rescue_makes_owners_only_and_only_of_collaborators_with_a_phone() {
    let mut ws = shop();
    ws.must(&Keys::phone("ben"), grant("shop", "sue", Some(Collaborator)));
    ws.must(&Keys::phone("ana"), remove_device(&Keys::phone("ben")));
    let ana = Keys::phone("ana");
    ws.refused(&ana, grant("shop", "ana", Some(Owner)), "NotPermitted");
    ws.refused(&ana, grant("shop", "adam", Some(Collaborator)), "NotPermitted");
    ws.refused(&ana, grant("shop", "cleo", None), "NotPermitted");
    ws.must(&ana, remove_device(&Keys::phone("sue")));
    ws.refused(&ana, grant("shop", "sue", Some(Owner)), "NotPermitted");
    ws.must(&ana, grant("shop", "cleo", Some(Owner)));
}

#[test]
fn the_owners_of_an_account_delete_it_for_good() {
    let mut ws = shop();
    ws.refused(&Keys::phone("cleo"), delete("shop"), "NotPermitted");
    ws.refused(&Keys::phone("ana"), delete("shop"), "NotPermitted");
    ws.must(&Keys::phone("ben"), delete("shop"));
    assert_eq!(ws.log.state().accounts()[&account("shop")], Account::Deleted);
    assert_eq!(ws.log.state().spaces()[&ws.codes("shop")], Space::Ended);
    assert!(ws.log.state().member(user("ben")).unwrap().accounts.is_empty());
    ws.refused(&Keys::phone("ben"), delete("shop"), "Inactive");
    ws.refused(&Keys::phone("ben"), delete("bank"), "Absent");
}

#[test]
fn an_admin_deletes_an_account_that_no_device_reaches_any_more() {
    let mut ws = shop();
    let adam = Keys::phone("adam");
    ws.must(&adam, remove_device(&Keys::phone("ben")));
    ws.must(&adam, remove_device(&Keys::phone("cleo")));
    // Ben's kit could still bring him back.
    ws.refused(&adam, delete("shop"), "NotPermitted");
    ws.must(&adam, remove_device(&Keys::kit("ben")));
    ws.refused(&Keys::kit("adam"), delete("shop"), "NotPermitted");
    ws.must(&adam, delete("shop"));
}
