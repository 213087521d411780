//! What honest people do with each other: every flow of `docs/protocol.md`, from one phone to the next.

use countersign_crypto::content::{Card, MemberName, WorkspaceName};
use countersign_crypto::flow::{self, Admission, Adopted, FlowError};
use countersign_crypto::key_ring::KeyRing;
use countersign_crypto::kit::{KitSecret, RecoveryKit};
use countersign_crypto::link::{Link, ServerAddress};
use countersign_protocol::device::DeviceOffer;
use countersign_protocol::entry::SignedEntry;
use countersign_protocol::ids::{InstanceId, RecordHash, RecordId, SpaceId};
use countersign_protocol::log::Alarm;
use countersign_protocol::manifest::{Line, Manifest};
use countersign_protocol::numbers::{AccountRole, RecordType, WorkspaceRole};
use countersign_protocol::op::Op;
use countersign_protocol::revision::faults;
use countersign_tests::workspace::{Phone, TestWorkspace, card};

const OWNER: AccountRole = AccountRole::Owner;
const COLLABORATOR: AccountRole = AccountRole::Collaborator;

/// A kit that somebody typed in, with the keys that its boxes give.
fn typed(workspace: &TestWorkspace, kit: &RecoveryKit) -> Phone {
    let kit = RecoveryKit::parse(&kit.to_text().to_lowercase().replace('-', " ")).unwrap();
    let user = kit.owner(&workspace.log).unwrap();
    let mut phone = Phone { user, device: kit.device(), keys: KeyRing::new() };
    workspace.sync(&mut phone);
    phone
}

/// The name on the newest card of an account, as `phone` reads it.
fn card_name(workspace: &TestWorkspace, phone: &Phone, codes: SpaceId) -> Option<String> {
    let record = workspace.newest(RecordId::of(codes, RecordType::Card, InstanceId::ZERO))?;
    let card: Card = workspace.open(phone, record)?.content().unwrap()?;
    Some(card.name.as_str().to_owned())
}

#[test]
fn a_workspace_of_one_is_complete_without_a_server() {
    let (workspace, ana) = TestWorkspace::found(1);
    let directory = SpaceId::directory(workspace.log.workspace());
    assert!(workspace.reads(&ana, directory));
    let names: Vec<_> = workspace.records.iter().map(|record| record.header.record_type.name()).collect();
    assert_eq!(names, ["name of the workspace", "name of a member", "name of a device"]);
    let name: WorkspaceName =
        workspace.open(&ana, &workspace.records[0]).unwrap().content().unwrap().unwrap();
    assert_eq!(name.name.as_str(), "Blue");
}

#[test]
fn an_invitee_is_greeted_waits_and_is_let_in_with_the_key_of_the_directory() {
    let (mut workspace, mut ana) = TestWorkspace::found(2);
    let link = workspace.invite(&mut ana, WorkspaceRole::User);
    let Link::Invite(link) = Link::parse(&link.to_text()).unwrap() else { panic!("an invite") };

    let Op::Invite(invite) = SignedEntry::decode(&workspace.entries[1]).unwrap().entry.op else {
        panic!("op 1")
    };
    let greeting = link.secret.open_greeting(workspace.log.workspace(), &invite.greeting).unwrap();
    assert_eq!((greeting.workspace.as_str(), greeting.inviter.as_str()), ("Blue", "Ana"));

    let device = workspace.new_device();
    let kit = KitSecret::generate(&workspace.entropy).unwrap().device();
    let user = flow::new_user_id(&workspace.entropy).unwrap();
    let request = flow::join_request(&link, user, &device, Some(&kit));
    assert_eq!(Admission::check(&workspace.log, &link, &request), Ok(Admission::Waiting));
    workspace.post(&mut ana, |author| author.accept_join(&request)).unwrap();
    assert_eq!(Admission::check(&workspace.log, &link, &request), Ok(Admission::Admitted));

    for device in [device, kit] {
        let mut ben = Phone { user, device, keys: KeyRing::new() };
        workspace.sync(&mut ben);
        assert!(workspace.reads(&ben, SpaceId::directory(workspace.log.workspace())));
    }
}

#[test]
fn a_member_writes_their_own_name_and_others_read_it() {
    let (mut workspace, mut ana) = TestWorkspace::found(3);
    let (ben, _) = workspace.join(&mut ana, WorkspaceRole::User, false);
    let directory = SpaceId::directory(workspace.log.workspace());
    let invite = *workspace.log.state().invites().keys().next().unwrap();
    let content = MemberName::new(countersign_tests::workspace::name("Ben"));
    let instance = InstanceId::from_bytes(*invite.as_bytes());
    let record = workspace.author(&ben).write(directory, instance, None, &content).unwrap();
    let read: MemberName = workspace.open(&ana, &record).unwrap().content().unwrap().unwrap();
    assert_eq!(read.name.as_str(), "Ben");
}

#[test]
fn a_second_phone_is_added_in_two_scans_and_reads_all_that_the_first_one_does() {
    let (mut workspace, mut ana) = TestWorkspace::found(4);
    let account = workspace.account(&mut ana, &[]);
    let device = workspace.new_device();
    let shown = Link::NewDevice(Box::new(DeviceOffer(device.proven()))).to_text();

    let Link::NewDevice(offer) = Link::parse(&shown).unwrap() else { panic!("a device offer") };
    let batch = workspace.author(&ana).add_device(&offer).unwrap();
    workspace.take(&batch).unwrap();
    let server = ServerAddress::new("https://vault.example.com").unwrap();
    let shown_back = Link::DeviceAdded(batch.device_link(server, &workspace.log, ana.user)).to_text();

    let Link::DeviceAdded(link) = Link::parse(&shown_back).unwrap() else { panic!("a device link") };
    assert_eq!(link.check(&workspace.log, &device), Ok(()));
    let mut second = Phone { user: link.user, device, keys: KeyRing::new() };
    workspace.sync(&mut second);
    let id = workspace.log.workspace();
    for space in [SpaceId::directory(id), SpaceId::codes(id, account), SpaceId::controls(id, account)] {
        assert!(workspace.reads(&second, space));
    }
}

#[test]
fn a_collaborator_reads_codes_and_an_owner_controls_too() {
    let (mut workspace, mut ana) = TestWorkspace::found(5);
    let (mut ben, _) = workspace.join(&mut ana, WorkspaceRole::User, false);
    let (mut eva, kit) = workspace.join(&mut ana, WorkspaceRole::User, true);
    let account = workspace.account(&mut ana, &[(ben.user, COLLABORATOR)]);
    let id = workspace.log.workspace();
    let (codes, controls) = (SpaceId::codes(id, account), SpaceId::controls(id, account));
    workspace.sync(&mut ben);
    assert_eq!(card_name(&workspace, &ben, codes).as_deref(), Some("Mail"));
    assert!(!workspace.reads(&ben, controls));

    workspace.post(&mut ana, |author| author.grant(account, eva.user, Some(OWNER))).unwrap();
    workspace.sync(&mut eva);
    let kit = typed(&workspace, &kit.unwrap());
    for phone in [&eva, &kit] {
        assert!(workspace.reads(phone, codes) && workspace.reads(phone, controls));
    }
    workspace.post(&mut ana, |author| author.grant(account, ben.user, Some(OWNER))).unwrap();
    workspace.sync(&mut ben);
    assert!(workspace.reads(&ben, controls));
}

#[test]
fn a_removed_member_gets_no_new_key_and_those_who_stay_lose_nothing() {
    let (mut workspace, mut ana) = TestWorkspace::found(6);
    let (mut ben, _) = workspace.join(&mut ana, WorkspaceRole::User, false);
    let (mut eva, _) = workspace.join(&mut ana, WorkspaceRole::User, false);
    let account = workspace.account(&mut ana, &[(ben.user, OWNER), (eva.user, COLLABORATOR)]);
    let id = workspace.log.workspace();
    let (codes, controls) = (SpaceId::codes(id, account), SpaceId::controls(id, account));
    workspace.sync(&mut ben);
    workspace.sync(&mut eva);

    workspace.post(&mut ana, |author| author.remove_member(ben.user)).unwrap();
    let refused = workspace.author(&ana).write(codes, InstanceId::ZERO, None, &card("x"));
    assert_eq!(refused.unwrap_err(), FlowError::SpaceDirty);
    assert_eq!(workspace.rotate_all(&mut ana), Ok(3));

    workspace.sync(&mut ben);
    workspace.sync(&mut eva);
    for space in [SpaceId::directory(id), codes, controls] {
        assert!(!workspace.reads(&ben, space) && workspace.reads(&ana, space));
    }
    assert_eq!(card_name(&workspace, &eva, codes).as_deref(), Some("Mail"));
    assert!(workspace.reads(&eva, codes) && !workspace.reads(&eva, controls));
}

#[test]
fn who_joins_after_a_rotation_reads_what_was_written_before_it() {
    let (mut workspace, mut ana) = TestWorkspace::found(7);
    let (ben, _) = workspace.join(&mut ana, WorkspaceRole::User, false);
    let account = workspace.account(&mut ana, &[(ben.user, COLLABORATOR)]);
    for _ in 0..2 {
        workspace.post(&mut ana, |author| author.grant(account, ben.user, None)).unwrap();
        workspace.rotate_all(&mut ana).unwrap();
        workspace.post(&mut ana, |author| author.grant(account, ben.user, Some(COLLABORATOR))).unwrap();
    }
    let (mut eva, _) = workspace.join(&mut ana, WorkspaceRole::User, false);
    workspace.post(&mut ana, |author| author.grant(account, eva.user, Some(COLLABORATOR))).unwrap();
    workspace.sync(&mut eva);
    let codes = SpaceId::codes(workspace.log.workspace(), account);
    assert_eq!(workspace.log.state().live_space(codes).unwrap().epoch(), 3);
    assert_eq!(card_name(&workspace, &eva, codes).as_deref(), Some("Mail"));
}

#[test]
fn the_kit_brings_its_owner_back_and_removes_the_lost_phone() {
    let (mut workspace, mut ana) = TestWorkspace::found(8);
    let account = workspace.account(&mut ana, &[]);
    let codes = SpaceId::codes(workspace.log.workspace(), account);
    let lost = ana.device.id();
    drop(ana);

    let kit = RecoveryKit::parse(&workspace.kit.to_text()).unwrap();
    let mut kit = typed(&workspace, &kit);
    assert_eq!(card_name(&workspace, &kit, codes).as_deref(), Some("Mail"));
    let mut back = workspace.add_phone(&mut kit);
    workspace.post(&mut kit, |author| author.remove_device(lost)).unwrap();
    assert_eq!(workspace.rotate_all(&mut back), Ok(3));
    assert_eq!(card_name(&workspace, &back, codes).as_deref(), Some("Mail"));
}

#[test]
fn a_kit_whose_boxes_came_from_a_phone_that_was_removed_since_still_opens_them() {
    let (mut workspace, mut ana) = TestWorkspace::found(9);
    let (mut ben, kit) = workspace.join(&mut ana, WorkspaceRole::Admin, true);
    let mut second = workspace.add_phone(&mut ben);
    let first = ben.device.id();
    let account = workspace.account(&mut ben, &[]);
    workspace.sync(&mut second);
    workspace.post(&mut second, |author| author.remove_device(first)).unwrap();
    let kit = typed(&workspace, &kit.unwrap());
    assert!(workspace.reads(&kit, SpaceId::codes(workspace.log.workspace(), account)));
}

#[test]
fn the_workspace_is_handed_over_to_whoever_has_a_kit() {
    let (mut workspace, mut ana) = TestWorkspace::found(10);
    let (mut ben, _) = workspace.join(&mut ana, WorkspaceRole::User, false);
    let (mut eva, _) = workspace.join(&mut ana, WorkspaceRole::User, true);
    workspace.post(&mut ana, |author| author.offer_workspace(ben.user)).unwrap();
    #[allow(clippy::redundant_closure_for_method_calls, reason = "the method is bound to one lifetime")]
    let refused = workspace.post(&mut ben, |author| author.accept_workspace()).unwrap_err();
    assert_eq!(refused.name(), "KitNeeded");
    workspace.post(&mut ana, |author| author.offer_workspace(eva.user)).unwrap();
    #[allow(clippy::redundant_closure_for_method_calls, reason = "the method is bound to one lifetime")]
    workspace.post(&mut eva, |author| author.accept_workspace()).unwrap();
    assert_eq!(workspace.log.state().owner(), eva.user);
    assert_eq!(workspace.log.state().member(ana.user).unwrap().role, WorkspaceRole::SuperAdmin);
}

#[test]
fn an_account_whose_owners_are_gone_is_rescued_and_only_its_controls_are_lost() {
    let (mut workspace, mut ana) = TestWorkspace::found(11);
    let (mut ben, _) = workspace.join(&mut ana, WorkspaceRole::User, false);
    let (mut eva, _) = workspace.join(&mut ana, WorkspaceRole::User, false);
    let account = workspace.account(&mut ben, &[(eva.user, COLLABORATOR)]);
    workspace.sync(&mut eva);
    workspace.post(&mut ana, |author| author.remove_member(ben.user)).unwrap();
    workspace.post(&mut ana, |author| author.grant(account, eva.user, Some(OWNER))).unwrap();

    let id = workspace.log.workspace();
    let (codes, controls) = (SpaceId::codes(id, account), SpaceId::controls(id, account));
    let manifest = workspace.manifest(codes);
    let carried = workspace.post(&mut eva, |author| author.rotate(codes, manifest, &[])).unwrap();
    // Their key is lost, so no list of them is honest but the empty one, and that one blames nobody.
    let line = Line { rev: 1, hash: RecordHash::ZERO };
    let lost = RecordId::of(controls, RecordType::RecoveryCodes, InstanceId::ZERO);
    let listed = || Manifest { lines: [(lost, line)].into() };
    let author = workspace.author(&eva);
    assert_eq!(author.rotate(controls, listed(), &[]).unwrap_err(), FlowError::ContentLost);
    assert_eq!(author.rotate_without_previous(controls, listed(), &[]).unwrap_err(), FlowError::ContentLost);
    let cut = workspace.post(&mut eva, |author| author.rotate(controls, Manifest::default(), &[])).unwrap();
    assert_eq!((carried.alarm, cut.alarm), (None, None));
    let current = &workspace.manifests[&controls];
    assert_eq!(faults(current.manifest(), current.began(), &[(lost, line)].into()), []);
    assert_eq!(card_name(&workspace, &eva, codes).as_deref(), Some("Mail"));
    assert!(workspace.reads(&eva, controls));
}

#[test]
fn who_was_never_boxed_waits_and_cutting_the_chain_is_an_alarm() {
    let (mut workspace, mut ana) = TestWorkspace::found(12);
    let (mut ben, _) = workspace.join(&mut ana, WorkspaceRole::Admin, false);
    let (eva, _) = workspace.join(&mut ana, WorkspaceRole::User, false);
    workspace.post(&mut ana, |author| author.remove_member(eva.user)).unwrap();
    let directory = SpaceId::directory(workspace.log.workspace());
    let manifest = || workspace.manifest(directory);
    let (first, second) = (manifest(), manifest());
    ben.keys = KeyRing::new();

    let refused = workspace.post(&mut ben, |author| author.rotate(directory, first, &[]));
    assert_eq!(refused.unwrap_err(), FlowError::KeyMissing);
    let cut =
        workspace.post(&mut ben, |author| author.rotate_without_previous(directory, second, &[])).unwrap();
    let alarm = Alarm::KeyChainCut { space: directory, by: ben.device.id(), before: ana.device.id() };
    assert_eq!(cut.alarm, Some(alarm));
    workspace.sync(&mut ana);
    assert!(workspace.reads(&ana, directory));
}

#[test]
fn a_record_that_a_rotation_left_behind_is_sealed_again_in_the_new_epoch() {
    let (mut workspace, mut ana) = TestWorkspace::found(13);
    let (ben, _) = workspace.join(&mut ana, WorkspaceRole::User, false);
    let account = workspace.account(&mut ana, &[(ben.user, COLLABORATOR)]);
    let codes = SpaceId::codes(workspace.log.workspace(), account);
    let newest = workspace.newest(RecordId::of(codes, RecordType::Card, InstanceId::ZERO)).unwrap().clone();
    let base = Line { rev: newest.header.rev, hash: newest.as_sealed().hash() };
    let opened = workspace.open(&ana, &newest).unwrap();

    workspace.post(&mut ana, |author| author.grant(account, ben.user, None)).unwrap();
    let manifest = workspace.manifest(codes);
    let adopted = [Adopted { instance: InstanceId::ZERO, base, opened: &opened }];
    workspace.post(&mut ana, |author| author.rotate(codes, manifest, &adopted)).unwrap();
    let record = workspace.newest(newest.header.id()).unwrap().clone();
    assert_eq!((record.header.rev, record.header.epoch, record.header.prev), (2, 2, base.hash));
    assert_eq!(card_name(&workspace, &ana, codes).as_deref(), Some("Mail"));

    let base = Line { rev: 2, hash: record.as_sealed().hash() };
    let again = workspace.author(&ana).reseal(codes, InstanceId::ZERO, Some(base), &opened).unwrap();
    assert_eq!((again.header.rev, again.header.log_head), (3, workspace.log.head()));
    let gone = workspace.author(&ana).delete(codes, RecordType::Card, InstanceId::ZERO, base).unwrap();
    assert!(gone.header.tombstone);
    assert!(workspace.open(&ana, &gone).unwrap().content::<Card>().unwrap().is_none());
}

#[test]
fn an_invite_that_was_revoked_says_so_and_a_deleted_account_ends() {
    let (mut workspace, mut ana) = TestWorkspace::found(14);
    let link = workspace.invite(&mut ana, WorkspaceRole::User);
    let invite = link.secret.id(workspace.log.workspace());
    workspace.post(&mut ana, |author| author.revoke_invite(invite)).unwrap();
    let account = workspace.account(&mut ana, &[]);
    workspace.post(&mut ana, |author| author.delete_account(account)).unwrap();
    let codes = SpaceId::codes(workspace.log.workspace(), account);
    assert_eq!(
        workspace.author(&ana).write(codes, InstanceId::ZERO, None, &card("x")).unwrap_err().name(),
        "Inactive"
    );
}
