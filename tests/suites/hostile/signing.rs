//! V2, on the signing side: what a device has signed is not contradicted by what it signs next, whatever was lost on the
//! way; and what no reader would take is not signed at all.

use std::collections::BTreeMap;

use countersign_crypto::flow::{Adopted, Author, FlowError, Outstanding};
use countersign_protocol::ids::{AccountId, InstanceId, RecordHash, RecordId, SpaceId, UserId};
use countersign_protocol::limits::{MAX_ACCOUNT_USERS, MAX_INTEGER, MAX_MANIFEST_LINES, highest_revision};
use countersign_protocol::manifest::{Line, Manifest};
use countersign_protocol::numbers::{AccountRole, RecordType, WorkspaceRole};
use countersign_tests::workspace::{Phone, TestWorkspace, card};

use super::not_made;

fn scene(seed: u64) -> (TestWorkspace, Phone, Phone) {
    let (mut workspace, mut ana) = TestWorkspace::found(seed);
    let (ben, _) = workspace.join(&mut ana, WorkspaceRole::User, false);
    (workspace, ana, ben)
}

#[test]
fn hostile_server_that_swallows_answers_gets_no_second_entry_for_one_place() {
    let (mut workspace, ana, ben) = scene(601);
    let sent = workspace.author(&ana).set_role(ben.user, WorkspaceRole::Admin).unwrap();
    // What was stored before it was sent says the same as what the flow handed out.
    let outstanding = Outstanding::read(&sent.entry).unwrap();
    assert_eq!(outstanding, sent.outstanding);

    let author = Author { outstanding: Some(outstanding), ..workspace.author(&ana) };
    let seq = workspace.log.next_seq();
    let other = author.set_role(ben.user, WorkspaceRole::SuperAdmin);
    assert_eq!(other.unwrap_err(), FlowError::AlreadySigned { seq });
    // Only the time differs: another entry all the same.
    let later = Author { ts: author.ts + 1, ..author };
    assert_eq!(not_made(later.set_role(ben.user, WorkspaceRole::Admin)), "AlreadySigned");
    let again = author.set_role(ben.user, WorkspaceRole::Admin).unwrap();
    assert_eq!(again.entry, sent.entry, "the same once more is the same bytes");
    // The server refused it by name: another one may be signed there.
    let refused = Author { outstanding: None, ..author };
    assert!(refused.set_role(ben.user, WorkspaceRole::SuperAdmin).is_ok());

    // Once the head has moved past it, by this entry or another, it forbids nothing.
    workspace.take(&sent).unwrap();
    let author = Author { outstanding: Some(outstanding), ..workspace.author(&ana) };
    assert!(author.set_role(ben.user, WorkspaceRole::SuperAdmin).is_ok());
}

#[test]
fn hostile_server_that_shows_an_older_log_gets_no_entry_behind_one_that_was_signed() {
    let (mut workspace, ana, ben) = scene(602);
    let before = workspace.log.clone();
    let first = workspace.author(&ana).set_role(ben.user, WorkspaceRole::Admin).unwrap();
    workspace.take(&first).unwrap();
    let second = workspace.author(&ana).set_role(ben.user, WorkspaceRole::User).unwrap();
    let author = Author { log: &before, outstanding: Some(second.outstanding), ..workspace.author(&ana) };
    assert_eq!(not_made(author.set_role(ben.user, WorkspaceRole::SuperAdmin)), "AlreadySigned");
}

#[test]
fn a_space_of_more_records_than_a_manifest_lists_is_not_rotated() {
    let (mut workspace, mut ana, ben) = scene(603);
    let directory = SpaceId::directory(workspace.log.workspace());
    workspace.post(&mut ana, |author| author.remove_member(ben.user)).unwrap();
    let line = Line { rev: 1, hash: RecordHash::ZERO };
    let of = |lines: usize| Manifest {
        lines: (0..lines as u128)
            .map(|n| (RecordId::from_bytes(n.to_be_bytes()), line))
            .collect::<BTreeMap<_, _>>(),
    };
    let author = workspace.author(&ana);
    assert_eq!(not_made(author.rotate(directory, of(MAX_MANIFEST_LINES + 1), &[])), "ManifestTooLong");
    let rotated = author.rotate(directory, of(MAX_MANIFEST_LINES), &[]).unwrap();
    let (_, manifest) = rotated.manifest.unwrap();
    assert_eq!(Manifest::decode(&manifest.encode()), Ok(manifest), "every reader takes it");
}

#[test]
fn hostile_rotator_seals_anew_what_only_its_member_may_write() {
    let (mut workspace, mut ana, ben) = scene(604);
    let (leaver, _) = workspace.join(&mut ana, WorkspaceRole::User, false);
    let directory = SpaceId::directory(workspace.log.workspace());
    let instance = |phone: &Phone| InstanceId::from_bytes(*phone.device.id().as_bytes());
    let newest = workspace.newest(RecordId::of(directory, RecordType::DeviceName, instance(&ana))).unwrap();
    let base = Line { rev: newest.header.rev, hash: newest.as_sealed().hash() };
    let opened = workspace.open(&ana, newest).unwrap();
    workspace.post(&mut ana, |author| author.remove_member(leaver.user)).unwrap();

    let author = workspace.author(&ana);
    let rotate = |of: &Phone| {
        let adopted = [Adopted { instance: instance(of), base, opened: &opened }];
        author.rotate(directory, Manifest::default(), &adopted)
    };
    // An Admin's right to the directory is none to the name of Ben's device.
    assert_eq!(not_made(rotate(&ben)), "NotPermitted");
    assert_eq!(rotate(&ana).unwrap().records.len(), 1);
    let without = author.rotate_without_previous(
        directory,
        Manifest::default(),
        &[Adopted { instance: instance(&ben), base, opened: &opened }],
    );
    assert_eq!(not_made(without), "NotPermitted");
}

#[test]
fn hostile_member_uses_up_the_revision_numbers_and_no_flow_makes_one_that_readers_refuse() {
    let (mut workspace, mut ana, ben) = scene(605);
    let account = workspace.account(&mut ana, &[(ben.user, AccountRole::Collaborator)]);
    let codes = SpaceId::codes(workspace.log.workspace(), account);
    let newest = workspace.newest(RecordId::of(codes, RecordType::Card, InstanceId::ZERO)).unwrap();
    let opened = workspace.open(&ana, newest).unwrap();
    let base = |rev| Line { rev, hash: RecordHash::from_bytes([7; 32]) };
    let limit = highest_revision(workspace.log.next_seq());

    let author = workspace.author(&ana);
    let made = |rev| {
        [
            author.write(codes, InstanceId::ZERO, Some(base(rev)), &card("Mail")),
            author.delete(codes, RecordType::Card, InstanceId::ZERO, base(rev)),
            author.reseal(codes, InstanceId::ZERO, Some(base(rev)), &opened),
        ]
    };
    for last in made(limit - 1) {
        assert_eq!(workspace.verify(&last.unwrap()).unwrap().header.rev, limit);
    }
    for used_up in [limit, u64::MAX] {
        for refused in made(used_up) {
            assert_eq!(refused.unwrap_err(), FlowError::RevisionTooFar { limit });
        }
    }

    // The entry that removes them, and the rotation after it, make room.
    workspace.post(&mut ana, |author| author.grant(account, ben.user, None)).unwrap();
    let author = workspace.author(&ana);
    let rotate = |rev| {
        let adopted = [Adopted { instance: InstanceId::ZERO, base: base(rev), opened: &opened }];
        author.rotate(codes, Manifest::default(), &adopted)
    };
    let limit = highest_revision(workspace.log.next_seq() + 1);
    assert_eq!(not_made(rotate(limit)), "RevisionTooFar");
    let rotated = rotate(limit - 1).unwrap();
    workspace.take(&rotated).unwrap();
    assert_eq!(workspace.verify(&rotated.records[0]).unwrap().header.rev, limit);
}

#[test]
fn an_entry_whose_form_no_reader_would_take_is_not_signed() {
    let (workspace, ana, ben) = scene(606);
    let author = workspace.author(&ana);
    let far = Author { ts: MAX_INTEGER + 1, ..author };
    assert_eq!(not_made(far.set_role(ben.user, WorkspaceRole::Admin)), "Malformed");
    let last = Author { ts: MAX_INTEGER, ..author };
    assert!(last.set_role(ben.user, WorkspaceRole::Admin).is_ok());

    let account = AccountId::from_bytes([5; 16]);
    let strangers = (0..MAX_ACCOUNT_USERS).map(|n| UserId::from_bytes((n as u128 + 1).to_be_bytes()));
    let mut roles: BTreeMap<_, _> = strangers.map(|user| (user, AccountRole::Collaborator)).collect();
    roles.insert(ana.user, AccountRole::Owner);
    assert_eq!(not_made(author.create_account(account, &roles, &card("Bank"))), "Malformed");
}
