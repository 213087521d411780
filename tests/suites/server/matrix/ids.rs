//! What somebody may not see looks like what does not exist, to the byte.

use countersign_api::{Batch, Bytes, Hex16, Operation};
use countersign_core::sync::found;
use countersign_protocol::ids::{AccountId, InstanceId, SpaceId, WorkspaceId};
use countersign_protocol::keybox::KeyBox;
use countersign_protocol::numbers::AccountRole;
use countersign_server::routes;
use countersign_tests::workspace::{TestWorkspace, card};

use super::Scene;
use super::wire::{ask, asked};
use super::writes::record;
use crate::server::team::{refusal, token_of, wire};

#[test]
fn a_foreign_workspace_and_one_that_does_not_exist_answer_alike() {
    let scene = Scene::after_removals();
    let (other, _) = TestWorkspace::found(99);
    found(&scene.team.http, &other.entries[0], None).unwrap();
    let (known, unknown) = (other.log.workspace(), WorkspaceId::from_bytes([9; 16]));
    for person in scene.members.iter().chain(&scene.kits).chain(&scene.leavers) {
        let held = token_of(&scene.team, &person.phone.device);
        for route in routes().iter().filter(|route| route.path.contains("{ws}")) {
            let answer = |ws: WorkspaceId| {
                let asked = asked(route, ws, SpaceId::directory(ws));
                ask(&scene.team, route, &asked, Some(&held))
            };
            assert_eq!(answer(known), answer(unknown), "{} for {}", route.path, person.who());
            assert_eq!(answer(known).status, 403);
        }
    }
}

#[test]
fn a_space_that_one_may_not_read_and_one_that_does_not_exist_answer_alike() {
    let mut scene = Scene::new();
    let deleted = AccountId::from_bytes([8; 16]);
    let roles = [(scene.keeper.user, AccountRole::Owner)].into();
    let card = card("Gone");
    scene.team.post(&mut scene.keeper, |author| author.create_account(deleted, &roles, &card)).unwrap();
    scene.team.post(&mut scene.keeper, |author| author.delete_account(deleted)).unwrap();
    let ws = scene.team.ws();
    let unreadable = [scene.codes(None), scene.controls(None), SpaceId::codes(ws, deleted)];
    for person in scene.members.iter().chain(&scene.kits) {
        let held = token_of(&scene.team, &person.phone.device);
        for route in routes().iter().filter(|route| route.path.contains("{space}")) {
            let answer = |space: SpaceId| ask(&scene.team, route, &asked(route, ws, space), Some(&held));
            for space in unreadable {
                let known = answer(space);
                assert_eq!(
                    known,
                    answer(SpaceId::from_bytes([1; 16])),
                    "{} for {}",
                    route.path,
                    person.who()
                );
                assert_eq!(known.status, 403);
            }
        }
        for space in unreadable {
            let known = posted(&scene, person, space);
            assert_eq!(known, posted(&scene, person, SpaceId::from_bytes([1; 16])), "{}", person.who());
        }
    }
}

/// What a record, a box and a manifest of a space are refused with.
fn posted(scene: &Scene, person: &super::Person, space: SpaceId) -> Vec<countersign_api::Refusal> {
    let device = &person.phone.device;
    let card = record(scene, device, space, super::writes::CARD, InstanceId::ZERO);
    let mut key_box: KeyBox = scene.team.workspace.boxes[0];
    (key_box.space, key_box.by) = (space, device.id());
    let operations = [
        Operation::Record { base_rev: 0, record: wire(&card) },
        Operation::KeyBox { sealed: Bytes(key_box.encode()) },
        Operation::Manifest { space: Hex16(*space.as_bytes()), manifest: Bytes(vec![0x80]) },
    ];
    let name = || Hex16(scene.team.workspace.random());
    let server = scene.team.as_phone(&person.phone);
    operations.map(|operation| refusal(server.post(name(), &Batch { ops: vec![operation] }))).into()
}

#[test]
fn a_login_says_nothing_of_which_ids_are_known() {
    let scene = Scene::after_removals();
    let team = &scene.team;
    let liar = team.workspace.new_device();
    let unknown = |ws, dev| {
        let (_, answered) = team.log_in(ws, dev, liar.signing());
        (answered.status, answered.body)
    };
    let nobody = unknown(team.ws(), liar.id());
    assert_eq!(unknown(WorkspaceId::from_bytes([9; 16]), liar.id()), nobody);
    let known = [&scene.members, &scene.kits, &scene.leavers].into_iter().flatten();
    for person in known {
        assert_eq!(unknown(team.ws(), person.phone.device.id()), nobody, "{}", person.who());
    }
}
