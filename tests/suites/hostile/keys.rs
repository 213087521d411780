//! Moves against space keys: boxes, wraps, rotations.

use countersign_crypto::key_ring::KeyRing;
use countersign_crypto::space_key::{KeyError, KeyPlace, SpaceKey};
use countersign_protocol::entry::SignedEntry;
use countersign_protocol::ids::SpaceId;
use countersign_protocol::keybox::KeyBox;
use countersign_protocol::manifest::Manifest;
use countersign_protocol::numbers::{AccountRole, WorkspaceRole};
use countersign_protocol::op::{Op, PrevWrap, Rotate};
use countersign_tests::workspace::{Held, Phone, TestWorkspace};

use super::{forged, not_made, refused, stranger, without_keys};

/// Ana, who owns an account; Ben, who collaborates in it.
struct Scene {
    workspace: TestWorkspace,
    ana: Phone,
    ben: Phone,
    codes: SpaceId,
    controls: SpaceId,
}

fn scene(seed: u64) -> Scene {
    let (mut workspace, mut ana) = TestWorkspace::found(seed);
    let (ben, _) = workspace.join(&mut ana, WorkspaceRole::User, false);
    let account = workspace.account(&mut ana, &[(ben.user, AccountRole::Collaborator)]);
    let id = workspace.log.workspace();
    Scene {
        ben: without_keys(ben),
        codes: SpaceId::codes(id, account),
        controls: SpaceId::controls(id, account),
        ana,
        workspace,
    }
}

impl Scene {
    fn place(&self, space: SpaceId, epoch: u64) -> KeyPlace {
        KeyPlace { workspace: self.workspace.log.workspace(), space, epoch }
    }

    /// The box that lies there for Ben's phone.
    fn boxed(&self, space: SpaceId) -> KeyBox {
        let for_ben = |key_box: &&KeyBox| key_box.device == self.ben.device.id() && key_box.space == space;
        **self.workspace.boxes.iter().filter(for_ben).collect::<Vec<_>>().last().unwrap()
    }

    /// The keys that Ben's phone gets from what a server shows it, by their places.
    fn opened(&self, boxes: &[KeyBox]) -> Held {
        let mut ring = KeyRing::new();
        let count = ring.open_boxes(self.workspace.log.state(), boxes, &self.ben.device);
        let held = self.workspace.held(&ring);
        assert_eq!(held.len(), count, "a key in no place of the log");
        held
    }

    /// What the log commits to at these places.
    fn committed(&self, places: &[(SpaceId, u64)]) -> Held {
        let state = self.workspace.log.state();
        let commit = |(space, epoch): (SpaceId, u64)| {
            ((space, epoch), state.live_space(space).unwrap().epoch_at(epoch).unwrap().commit)
        };
        places.iter().copied().map(commit).collect()
    }

    /// Takes Ben out of the account; returns Ana's rotation, not yet posted.
    fn rotation(&mut self) -> Rotate {
        let Op::Account(account) = SignedEntry::decode(&self.workspace.entries[3]).unwrap().entry.op else {
            panic!("op 7")
        };
        let (ben, codes) = (self.ben.user, self.codes);
        self.workspace.post(&mut self.ana, |author| author.grant(account.account, ben, None)).unwrap();
        let manifest = self.workspace.manifest(codes);
        let batch = self.workspace.author(&self.ana).rotate(codes, manifest, &[]).unwrap();
        let Op::Rotate(rotate) = SignedEntry::decode(&batch.entry).unwrap().entry.op else { panic!("op 9") };
        rotate
    }
}

#[test]
fn hostile_garbage_posted_first_by_several_devices_blocks_nobody() {
    let scene = scene(301);
    let good = scene.boxed(scene.codes);
    let garbage = |fill, by: &Phone| KeyBox { sealed: [fill; 80], by: by.device.id(), ..good };
    let boxes = [
        garbage(0, &scene.ana),
        garbage(0xFF, &scene.ben),
        garbage(9, &scene.ana),
        good,
        garbage(7, &scene.ana),
    ];
    assert_eq!(scene.opened(&boxes[..3]), Held::new());
    assert_eq!(scene.opened(&boxes), scene.committed(&[(scene.codes, 1)]));
}

#[test]
fn hostile_server_exchanges_the_boxes_of_two_spaces() {
    let scene = scene(302);
    let directory = SpaceId::directory(scene.workspace.log.workspace());
    let (one, other) = (scene.boxed(scene.codes), scene.boxed(directory));
    let exchanged = [KeyBox { space: directory, ..one }, KeyBox { space: scene.codes, ..other }];
    assert_eq!(scene.opened(&[one, other]), scene.committed(&[(scene.codes, 1), (directory, 1)]));
    assert_eq!(scene.opened(&exchanged), Held::new());
}

#[test]
fn hostile_server_offers_a_box_for_an_epoch_or_space_that_the_log_does_not_have() {
    let scene = scene(303);
    let good = scene.boxed(scene.codes);
    let absent = SpaceId::from_bytes([9; 16]);
    for bad in [KeyBox { epoch: 0, ..good }, KeyBox { epoch: 2, ..good }, KeyBox { space: absent, ..good }] {
        assert_eq!(scene.opened(&[bad]), Held::new());
    }
}

#[test]
fn hostile_server_hands_one_phone_the_box_of_another() {
    let scene = scene(304);
    let theirs = scene.workspace.boxes.iter().find(|found| found.device == scene.ana.device.id()).unwrap();
    assert_eq!(scene.opened(&[KeyBox { device: scene.ben.device.id(), ..*theirs }]), Held::new());
}

#[test]
fn hostile_member_boxes_a_key_of_their_own_under_the_true_place() {
    let scene = scene(305);
    let committed = scene.workspace.log.state().live_space(scene.codes).unwrap().epoch_at(1).unwrap().commit;
    let own = SpaceKey::generate(&scene.workspace.entropy).unwrap();
    let place = scene.place(scene.codes, 1);
    let by = scene.ana.device.id();
    let boxed = own.seal_box(&place, scene.ben.device.record(), by, &scene.workspace.entropy).unwrap();
    let opened = SpaceKey::open_box(&boxed, &place, &committed, &scene.ben.device);
    assert_eq!(opened.unwrap_err(), KeyError::DoesNotOpen);
    assert_eq!(scene.opened(&[boxed]), Held::new());
    let mut ring = KeyRing::new();
    assert_eq!(ring.insert(scene.workspace.log.state(), &place, own), Err(KeyError::WrongKey));
}

#[test]
fn hostile_server_replays_a_box_of_the_ended_epoch_for_the_new_one() {
    let mut scene = scene(306);
    let old = scene.boxed(scene.codes);
    let rotate = scene.rotation();
    let wire = forged(&scene.workspace, &scene.ana.device, Op::Rotate(rotate));
    scene.workspace.log.verify_next(&wire).unwrap();
    assert_eq!(scene.opened(&[KeyBox { epoch: 2, ..old }]), Held::new());
    // What Ben has known stays known to Ben: the product says so.
    assert_eq!(scene.opened(&[old]), scene.committed(&[(scene.codes, 1)]));
}

#[test]
fn hostile_rotator_wraps_another_key_and_is_named_while_the_entry_stands() {
    let mut scene = scene(307);
    let before = scene.rotation();
    let place = scene.place(scene.codes, 2);
    let (new, wrong) = (
        SpaceKey::generate(&scene.workspace.entropy).unwrap(),
        SpaceKey::generate(&scene.workspace.entropy).unwrap(),
    );
    let wrap = new.wrap_previous(&wrong, &place, &scene.workspace.entropy).unwrap();
    let rotate = Rotate { commit: new.commitment(), prev_wrap: Some(wrap), ..before };
    let wire = forged(&scene.workspace, &scene.ana.device, Op::Rotate(rotate.clone()));
    scene.workspace.log.verify_next(&wire).unwrap();

    let mut reader = KeyRing::new();
    reader.insert(scene.workspace.log.state(), &place, new).unwrap();
    assert_eq!(reader.unwrap_previous(scene.workspace.log.state(), &rotate), Err(KeyError::WrongKey));
    assert_eq!(scene.workspace.held(&reader), scene.committed(&[(scene.codes, 2)]));
}

#[test]
fn hostile_rotator_wraps_noise_and_is_named_while_the_entry_stands() {
    let mut scene = scene(308);
    let before = scene.rotation();
    let new = SpaceKey::generate(&scene.workspace.entropy).unwrap();
    let wrap = PrevWrap(scene.workspace.random());
    let rotate = Rotate { commit: new.commitment(), prev_wrap: Some(wrap), ..before };
    let wire = forged(&scene.workspace, &scene.ana.device, Op::Rotate(rotate.clone()));
    scene.workspace.log.verify_next(&wire).unwrap();
    let mut reader = KeyRing::new();
    reader.insert(scene.workspace.log.state(), &scene.place(scene.codes, 2), new).unwrap();
    assert_eq!(reader.unwrap_previous(scene.workspace.log.state(), &rotate), Err(KeyError::DoesNotOpen));
    assert_eq!(scene.workspace.held(&reader), scene.committed(&[(scene.codes, 2)]));
}

#[test]
fn hostile_rotator_keeps_an_old_key_for_the_removed_reader() {
    let mut scene = scene(309);
    let live = scene.workspace.log.state().live_space(scene.codes).unwrap().epoch_at(1).unwrap().commit;
    let rotate = Rotate { commit: live, ..scene.rotation() };
    let wire = forged(&scene.workspace, &scene.ana.device, Op::Rotate(rotate));
    assert_eq!(refused(&mut scene.workspace, &wire), "CommitmentReused");
}

#[test]
fn hostile_collaborator_rotates_an_account() {
    let mut scene = scene(310);
    scene.workspace.sync(&mut scene.ben);
    let second = scene.workspace.add_phone(&mut scene.ben).device.id();
    scene.workspace.post(&mut scene.ben, |author| author.remove_device(second)).unwrap();
    let author = scene.workspace.author(&scene.ben);
    assert_eq!(not_made(author.rotate(scene.codes, Manifest::default(), &[])), "NotPermitted");
}

#[test]
fn hostile_owner_rotates_a_clean_space() {
    let scene = scene(311);
    let author = scene.workspace.author(&scene.ana);
    assert_eq!(not_made(author.rotate(scene.controls, Manifest::default(), &[])), "NotDirty");
}

#[test]
fn hostile_device_that_may_not_read_a_space_asks_for_its_key() {
    let scene = scene(312);
    let asking = [scene.ben.device.id(), stranger(&scene.workspace).id()].into();
    let author = scene.workspace.author(&scene.ana);
    assert!(author.box_for_readers(scene.controls, 1, &asking).unwrap().is_empty());
    let given = author.box_for_readers(scene.codes, 1, &asking).unwrap();
    assert_eq!(given.iter().map(|boxed| boxed.device).collect::<Vec<_>>(), [scene.ben.device.id()]);
    assert_eq!(scene.opened(&given), scene.committed(&[(scene.codes, 1)]));
}

#[test]
fn hostile_rotator_boxes_nobody_and_any_holder_mends_it() {
    let mut scene = scene(313);
    let mut second = scene.workspace.add_phone(&mut scene.ana);
    let rotate = scene.rotation();
    let key = SpaceKey::generate(&scene.workspace.entropy).unwrap();
    let rotate = Rotate { commit: key.commitment(), ..rotate };
    let wire = forged(&scene.workspace, &scene.ana.device, Op::Rotate(rotate));
    scene.workspace.log.verify_next(&wire).unwrap();
    scene.ana.keys.insert(scene.workspace.log.state(), &scene.place(scene.codes, 2), key).unwrap();
    scene.workspace.sync(&mut second);
    assert!(!scene.workspace.reads(&second, scene.codes));

    let mended = scene.workspace.author(&scene.ana).box_for_own_devices(scene.codes, 2).unwrap();
    let kinds: Vec<_> =
        mended.iter().map(|boxed| boxed.device == scene.workspace.kit.device().id()).collect();
    assert_eq!(kinds, [true, false], "the kit first, then the other phone");
    second.keys.open_boxes(scene.workspace.log.state(), &mended, &second.device);
    assert!(scene.workspace.reads(&second, scene.codes));
}
