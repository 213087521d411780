//! Moves that bring in a device, or pass one off as another's.

use countersign_crypto::flow::{AdditionError, RecoveryError};
use countersign_crypto::kit::RecoveryKit;
use countersign_crypto::link::{Link, ServerAddress};
use countersign_protocol::device::{DeviceOffer, DeviceRecord};
use countersign_protocol::ids::{Head, PublicBoxKey};
use countersign_protocol::join::JoinRequest;
use countersign_protocol::log::Log;
use countersign_protocol::numbers::{Message, WorkspaceRole};
use countersign_protocol::op::Op;
use countersign_tests::workspace::TestWorkspace;

use super::{forged, not_made, refused, stranger};

fn server() -> ServerAddress {
    ServerAddress::new("https://vault.example.com").unwrap()
}

#[test]
fn hostile_server_adds_a_ghost_device() {
    let (mut workspace, ana) = TestWorkspace::found(201);
    let ghost = stranger(&workspace);
    let op = Op::AddDevice { user: ana.user, device: ghost.proven() };
    let wire = forged(&workspace, &ghost, op);
    assert_eq!(refused(&mut workspace, &wire), "UnknownAuthor");
}

#[test]
fn hostile_member_adds_a_device_to_another_member() {
    let (mut workspace, mut ana) = TestWorkspace::found(202);
    let (ben, _) = workspace.join(&mut ana, WorkspaceRole::SuperAdmin, false);
    let ghost = stranger(&workspace);
    let op = Op::AddDevice { user: ana.user, device: ghost.proven() };
    let wire = forged(&workspace, &ben.device, op);
    assert_eq!(refused(&mut workspace, &wire), "NotPermitted");
}

#[test]
fn hostile_offer_with_exchanged_keys_is_refused_by_its_proof() {
    let (workspace, ana) = TestWorkspace::found(203);
    let (own, other) = (workspace.new_device(), stranger(&workspace));
    let mut offer = DeviceOffer(own.proven());
    offer.0.record.box_key = other.record().box_key;
    assert_eq!(not_made(workspace.author(&ana).add_device(&offer)), "BadProof");
    offer = DeviceOffer(other.proven());
    offer.0.pop = own.proven().pop;
    assert_eq!(not_made(workspace.author(&ana).add_device(&offer)), "BadProof");
}

#[test]
fn hostile_device_with_a_key_of_low_order_is_refused_before_anybody_boxes_for_it() {
    let (workspace, ana) = TestWorkspace::found(204);
    let device = workspace.new_device();
    for weak in [[0; 32], {
        let mut one = [0; 32];
        one[0] = 1;
        one
    }] {
        let record = DeviceRecord { box_key: PublicBoxKey::from_bytes(weak), ..*device.record() };
        let pop = device.signing().sign(Message::Pop, &[&record.encode()]);
        let offer = DeviceOffer(countersign_protocol::device::ProvenDevice { record, pop });
        assert_eq!(not_made(workspace.author(&ana).add_device(&offer)), "UnusableBoxKey");
    }
}

#[test]
fn hostile_offer_of_a_downgraded_or_unknown_suite_or_version_asks_for_an_update() {
    let (workspace, _) = TestWorkspace::found(205);
    let good = DeviceOffer(workspace.new_device().proven()).encode();
    // [version, message, [suite, kind, …], …]: 84 01 09 84 01 00 …
    for (at, number) in [(1, 0), (1, 2), (4, 0), (4, 2)] {
        let mut changed = good.clone();
        assert_eq!(changed[at], 1);
        changed[at] = number;
        assert_eq!(DeviceOffer::decode(&changed).unwrap_err().name(), "NeedsUpdate");
        let text = format!("countersign://n/{}", data_encoding::BASE64URL_NOPAD.encode(&changed));
        assert_eq!(Link::parse(&text).unwrap_err().name(), "NeedsUpdate");
    }
    assert!(JoinRequest::decode(&good).is_err());
}

#[test]
fn hostile_device_of_a_removed_member_comes_back() {
    let (mut workspace, mut ana) = TestWorkspace::found(206);
    let (ben, _) = workspace.join(&mut ana, WorkspaceRole::User, false);
    workspace.post(&mut ana, |author| author.remove_member(ben.user)).unwrap();
    let offer = DeviceOffer(ben.device.proven());
    assert_eq!(not_made(workspace.author(&ana).add_device(&offer)), "Reborn");
    let op = Op::AddDevice { user: ben.user, device: stranger(&workspace).proven() };
    let wire = forged(&workspace, &ben.device, op);
    assert_eq!(refused(&mut workspace, &wire), "RemovedAuthor");
}

#[test]
fn hostile_phone_shows_a_new_device_the_wrong_answer() {
    let (mut workspace, mut ana) = TestWorkspace::found(207);
    let (mut ben, _) = workspace.join(&mut ana, WorkspaceRole::User, false);
    let device = workspace.new_device();
    let batch = workspace.author(&ana).add_device(&DeviceOffer(device.proven())).unwrap();
    let ahead = batch.device_link(server(), &workspace.log, ana.user);
    assert_eq!(ahead.check(&workspace.log, &device), Err(AdditionError::LogTooShort));
    workspace.take(&batch).unwrap();
    let link = || batch.device_link(server(), &workspace.log, ana.user);
    assert_eq!(link().check(&workspace.log, &device), Ok(()));

    let mut other_user = link();
    other_user.user = ben.user;
    assert_eq!(other_user.check(&workspace.log, &device), Err(AdditionError::Misbound));
    let mut other_entry = link();
    other_entry.anchor.seq -= 1;
    other_entry.anchor.head = workspace.log.head_at(other_entry.anchor.seq).unwrap();
    assert_eq!(other_entry.check(&workspace.log, &device), Err(AdditionError::Misbound));
    let mut other_head = link();
    other_head.anchor.head = Head::ZERO;
    assert_eq!(other_head.check(&workspace.log, &device), Err(AdditionError::WrongLog));
    assert_eq!(link().check(&workspace.log, &stranger(&workspace)), Err(AdditionError::Misbound));
    let (another, _) = TestWorkspace::found(208);
    assert_eq!(link().check(&another.log, &device), Err(AdditionError::LogTooShort));
    let _ = workspace.add_phone(&mut ben);
}

#[test]
fn hostile_server_lets_a_new_phone_begin_that_was_removed_meanwhile() {
    let (mut workspace, mut ana) = TestWorkspace::found(214);
    let device = workspace.new_device();
    let offer = DeviceOffer(device.proven());
    let batch = workspace.author(&ana).add_device(&offer).unwrap();
    workspace.take(&batch).unwrap();
    let link = batch.device_link(server(), &workspace.log, ana.user);
    assert_eq!(link.check(&workspace.log, &device), Ok(()));
    workspace.post(&mut ana, |author| author.remove_device(device.id())).unwrap();
    assert_eq!(link.check(&workspace.log, &device), Err(AdditionError::Removed));
}

#[test]
fn hostile_member_adds_anothers_new_phone_to_themselves_first_and_is_seen() {
    let (mut workspace, mut ana) = TestWorkspace::found(209);
    let (mut ben, _) = workspace.join(&mut ana, WorkspaceRole::User, false);
    // Ben photographed the offer on the screen of Ana's new phone.
    let device = workspace.new_device();
    let offer = DeviceOffer(device.proven());
    workspace.post(&mut ben, |author| author.add_device(&offer)).unwrap();
    assert_eq!(not_made(workspace.author(&ana).add_device(&offer)), "Reborn");
    assert_eq!(workspace.log.state().devices()[&device.id()].user, ben.user);
}

#[test]
fn hostile_server_makes_a_genesis_of_its_own_with_a_known_kits_public_keys() {
    let (workspace, _) = TestWorkspace::found(210);
    let (mut forged, evil) = TestWorkspace::found(211);
    let op = Op::AddDevice { user: evil.user, device: workspace.kit.device().proven() };
    let wire = super::forged(&forged, &evil.device, op);
    forged.log.verify_next(&wire).unwrap();
    let kit = RecoveryKit::parse(&workspace.kit.to_text()).unwrap();
    assert_eq!(kit.owner(&forged.log), Err(RecoveryError::WrongWorkspace));
    let pinned = Log::begin(&forged.entries[0], kit.workspace());
    assert_eq!(pinned.unwrap_err().name(), "WrongWorkspace");
}

#[test]
fn hostile_finder_of_a_kit_that_was_replaced_gets_nowhere() {
    let (mut workspace, mut ana) = TestWorkspace::found(212);
    let (mut ben, kit) = workspace.join(&mut ana, WorkspaceRole::User, true);
    let found = kit.unwrap();
    let old = found.device().id();
    workspace.post(&mut ben, |author| author.remove_device(old)).unwrap();
    assert_eq!(found.owner(&workspace.log), Err(RecoveryError::NotValid));
    let op = Op::AddDevice { user: ben.user, device: stranger(&workspace).proven() };
    let wire = forged(&workspace, &found.device(), op);
    assert_eq!(refused(&mut workspace, &wire), "RemovedAuthor");
}

#[test]
fn hostile_finder_of_a_kit_cannot_invite_promote_share_or_rotate_with_it() {
    let (mut workspace, mut ana) = TestWorkspace::found(213);
    let (ben, _) = workspace.join(&mut ana, WorkspaceRole::User, false);
    let account = workspace.account(&mut ana, &[]);
    let kit = workspace.kit.device();
    for op in [
        Op::Role { user: ben.user, role: WorkspaceRole::Admin },
        Op::RemoveMember { user: ben.user },
        Op::RemoveDevice { device: ben.device.id() },
        Op::Transfer { user: ben.user },
        Op::Grant { account, user: ben.user, role: None },
        Op::DeleteAccount { account },
    ] {
        let wire = forged(&workspace, &kit, op);
        assert_eq!(refused(&mut workspace, &wire), "NotPermitted");
    }
}
