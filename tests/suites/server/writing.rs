//! What the server takes, once, and what it refuses by name.

use countersign_api::{Batch, Hex16, Operation, Refusal};
use countersign_core::sync::found;
use countersign_protocol::ids::{InstanceId, SpaceId};
use countersign_protocol::manifest::{Line, Manifest};
use countersign_protocol::numbers::{AccountRole, WorkspaceRole};
use countersign_tests::workspace::card;

use super::team::{Team, of_batch, operations, refusal, rule, write};

#[test]
fn a_workspace_can_be_given_twice_and_stays_one() {
    let team = Team::new();
    let again = found(&team.http, &team.workspace.entries[0], None).unwrap();
    assert_eq!(again.ws, Hex16(*team.ws().as_bytes()));
    assert!(again.next.pos > 1, "it is as it was left: {}", again.next);
}

#[test]
fn a_batch_whose_reply_was_lost_is_taken_once() {
    let mut team = Team::new();
    let before = team.everything(&team.ana).len();
    let batch = team.workspace.author(&team.ana).invite(
        WorkspaceRole::User,
        u64::from(u32::MAX) * 1000,
        &countersign_crypto::invite::Greeting {
            workspace: countersign_tests::workspace::name("Blue"),
            inviter: countersign_tests::workspace::name("Ana"),
        },
    );
    let (batch, _) = batch.unwrap();
    let (name, sent) = (Hex16([7; 16]), Batch { ops: of_batch(&batch) });
    let first = team.as_phone(&team.ana).post(name, &sent).unwrap();
    assert_eq!(team.as_phone(&team.ana).post(name, &sent).unwrap(), first);
    assert_eq!(team.everything(&team.ana).len(), before + 1);
    // Under another name it is another batch, whose entry is not the next.
    let other = team.as_phone(&team.ana).post(Hex16([8; 16]), &sent);
    assert_eq!(refusal(other), Refusal::HeadMoved { next_seq: 2 });
    team.workspace.take(&batch).unwrap();
}

#[test]
fn a_batch_is_taken_whole_or_not_at_all() {
    let mut team = Team::new();
    let account = countersign_crypto::flow::new_account_id(&team.workspace.entropy).unwrap();
    let roles = [(team.ana.user, AccountRole::Owner)].into();
    let batch = team.workspace.author(&team.ana).create_account(account, &roles, &card("Mail")).unwrap();
    let mut ops = of_batch(&batch);
    let Some(Operation::Record { record, .. }) = ops.last_mut() else { panic!("the card comes last") };
    record.sig.0[0] ^= 1;
    assert_eq!(refusal(team.send(&team.ana, &ops)), rule("BadSignature"));
    // Nothing of it is there: the same entry is still the next.
    team.send(&team.ana, &of_batch(&batch)).unwrap();
    team.workspace.take(&batch).unwrap();
}

#[test]
fn a_record_that_somebody_changed_meanwhile_is_a_conflict_that_shows_what_is_held() {
    let mut team = Team::new();
    let account = team.account(&[]);
    let space = SpaceId::codes(team.ws(), account);
    let author = team.workspace.author(&team.ana);
    let first = team.workspace.records.last().unwrap().clone();
    let base = Line { rev: first.header.rev, hash: first.as_sealed().hash() };
    let write_as = |text: &str| author.write(space, InstanceId::ZERO, Some(base), &card(text)).unwrap();
    let (mine, theirs) = (write_as("Mine"), write_as("Theirs"));
    team.send(&team.ana, &[write(&theirs, 1)]).unwrap();
    let Refusal::Conflict { record, held } = refusal(team.send(&team.ana, &[write(&mine, 1)])) else {
        panic!()
    };
    assert_eq!(record, Hex16(*mine.header.id().as_bytes()));
    assert_eq!(held.unwrap().hdr.0, theirs.header_bytes);
    // A base that the server never had is one too: nothing is written over unseen.
    assert!(matches!(refusal(team.send(&team.ana, &[write(&mine, 5)])), Refusal::Conflict { .. }));
}

#[test]
fn after_a_removal_the_space_takes_nothing_until_it_is_rotated_with_its_manifest() {
    let mut team = Team::new();
    let ben = team.join(WorkspaceRole::User);
    let account = team.account(&[(&ben, AccountRole::Collaborator)]);
    let space = SpaceId::codes(team.ws(), account);
    team.post_as_ana(|author| author.remove_member(ben.user)).unwrap();

    let record = team.workspace.records.last().unwrap().clone();
    assert_eq!(refusal(team.send(&team.ana, &[write(&record, 1)])), rule("SpaceDirty"));
    let manifest = team.workspace.manifest(space);
    let batch = team.workspace.author(&team.ana).rotate(space, manifest, &[]).unwrap();
    let without: Vec<_> =
        of_batch(&batch).into_iter().filter(|op| !matches!(op, Operation::Manifest { .. })).collect();
    assert_eq!(refusal(team.send(&team.ana, &without)), rule("ManifestNeeded"));
    let empty = team.workspace.author(&team.ana).rotate(space, Manifest::default(), &[]).unwrap();
    assert_eq!(refusal(team.send(&team.ana, &of_batch(&empty))), rule("WrongManifest"));
    team.send(&team.ana, &of_batch(&batch)).unwrap();
    team.workspace.take(&batch).unwrap();
}

#[test]
fn a_box_is_taken_from_the_device_that_it_names_only() {
    let mut team = Team::new();
    let ben = team.join(WorkspaceRole::User);
    let anas = team.workspace.boxes[0];
    assert_eq!(refusal(team.send(&ben, &operations(&[], &[anas], None, &[]))), Refusal::Forbidden);
}

#[test]
fn who_may_make_workspaces_is_the_operators_choice() {
    use countersign_server::{Config, Founding};
    use countersign_tests::folder::Folder;
    use countersign_tests::server::RunningServer;
    use countersign_tests::workspace::TestWorkspace;
    use sha2::{Digest, Sha256};

    let folder = Folder::new();
    let founding = Founding::Token(Sha256::digest("0123456789abcdef").into());
    let config = RunningServer::config(&folder.path().join("server.db"));
    let server = RunningServer::start_with(Config { founding, ..config }, super::team::NOW);
    let (workspace, _) = TestWorkspace::found(3);
    let give =
        |token: Option<&str>| found(&server.connect(), &workspace.entries[0], token.map(str::to_owned));
    assert_eq!(refusal(give(None)), Refusal::Forbidden);
    assert_eq!(refusal(give(Some("0123456789abcdee"))), Refusal::Forbidden);
    give(Some("0123456789abcdef")).unwrap();
}
