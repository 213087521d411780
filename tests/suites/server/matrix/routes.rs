//! Each route, for everybody who could ask.

use countersign_api::Refusal;
use countersign_core::sync::found;
use countersign_crypto::device::SigningKey;
use countersign_protocol::ids::{DeviceId, InviteId, SpaceId, WorkspaceId};
use countersign_protocol::numbers::{OpKind, WorkspaceRole};
use countersign_protocol::rights::Ground;
use countersign_server::{Route, Who, routes};
use countersign_tests::workspace::TestWorkspace;

use super::wire::{ask, asked};
use super::{Scene, as_device};
use crate::server::team::{Team, token_of};

/// Where somebody stands, as far as routes go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// An active device of a member of this role.
    Active(WorkspaceRole),
    /// A device that was removed.
    Removed,
    /// An invite's key while the invite is open.
    Invitee,
    /// An invite's key after the invite was used or revoked.
    FormerInvitee,
    /// Somebody whom the log never knew.
    Never,
}

/// Whether a row lets somebody ask; `reads` is whether they read the space that they ask about.
fn may(who: Who, standing: Standing, reads: bool) -> bool {
    let is_active = matches!(standing, Standing::Active(_));
    match who {
        Who::Anybody => true,
        Who::Session | Who::LogReader => standing != Standing::Never,
        Who::Member => is_active,
        Who::SpaceReader => is_active && reads,
        Who::JoinReader => match standing {
            Standing::Active(role) => lets_in(role),
            other => other == Standing::Invitee,
        },
        Who::Invitee => standing == Standing::Invitee,
    }
}

/// Who may accept a join may read the requests.
fn lets_in(role: WorkspaceRole) -> bool {
    let grounds = OpKind::Join.row().grounds;
    grounds.iter().any(|ground| matches!(ground, Ground::Role(least) if role >= *least))
}

/// Walks every route with this session and holds each answer against its row.
fn walk(team: &Team, who: &str, standing: Standing, held: Option<&str>, spaces: &[(&str, SpaceId, bool)]) {
    for route in routes() {
        // It ends the session, so it is asked last and by itself.
        if route.who == Who::Session {
            continue;
        }
        for (kind, space, reads) in spaces {
            expect(team, &route, team.ws(), (*space, *reads), standing, held, &format!("{who}, {kind}"));
            if !route.path.contains("{space}") {
                break;
            }
        }
    }
}

fn expect(
    team: &Team,
    route: &Route,
    ws: WorkspaceId,
    (space, reads): (SpaceId, bool),
    standing: Standing,
    held: Option<&str>,
    who: &str,
) {
    let asked = asked(route, ws, space);
    let answer = ask(team, route, &asked, held);
    let is_elsewhere = ws != team.ws() && route.path.contains("{ws}");
    let name = format!("{} {}, {who}", route.method, route.path);
    if may(route.who, standing, reads) && !is_elsewhere {
        assert_eq!(answer.status, asked.status, "{name}: {:?}", answer.refusal());
    } else if standing == Standing::Never {
        assert_eq!(answer.refusal(), Some(Refusal::Unauthorized), "{name}");
    } else {
        assert_eq!(answer.refusal(), Some(Refusal::Forbidden), "{name}");
    }
}

#[test]
fn each_route_answers_every_role_and_standing_as_its_row_says() {
    let mut scene = Scene::new();
    let before: Vec<_> =
        scene.leavers.iter().map(|leaver| token_of(&scene.team, &leaver.phone.device)).collect();
    let spaces = scene.spaces();
    for person in scene.members.iter().chain(&scene.kits) {
        let held = token_of(&scene.team, &person.phone.device);
        walk(&scene.team, &person.who(), Standing::Active(person.role), Some(&held), &spaces);
    }
    for leaver in &scene.leavers {
        let held = token_of(&scene.team, &leaver.phone.device);
        walk(&scene.team, &leaver.who(), Standing::Active(leaver.role), Some(&held), &spaces);
    }
    for user in scene.leavers.iter().map(|leaver| leaver.phone.user).collect::<Vec<_>>() {
        scene.post_as_owner(|author| author.remove_member(user));
    }
    for (leaver, held) in scene.leavers.iter().zip(&before) {
        let who = format!("{}, removed", leaver.who());
        walk(&scene.team, &who, Standing::Removed, Some(held), &spaces);
        let anew = token_of(&scene.team, &leaver.phone.device);
        walk(&scene.team, &who, Standing::Removed, Some(&anew), &spaces);
    }
    walk(&scene.team, "nobody", Standing::Never, None, &spaces);
    walk(&scene.team, "a made-up session", Standing::Never, Some(&"A".repeat(43)), &spaces);
}

#[test]
fn an_invites_key_may_ask_what_its_rows_say_while_it_is_open_and_after() {
    let mut scene = Scene::new();
    let spaces = scene.spaces();
    let (invite, key) = open_invite(&mut scene);
    let held = scene.team.token_of_key(as_device(invite), &key);
    walk(&scene.team, "an invitee", Standing::Invitee, Some(&held), &spaces);
    scene.post_as_owner(|author| author.revoke_invite(invite));
    walk(&scene.team, "a revoked invite", Standing::FormerInvitee, Some(&held), &spaces);
    let anew = scene.team.token_of_key(as_device(invite), &key);
    walk(&scene.team, "a revoked invite, anew", Standing::FormerInvitee, Some(&anew), &spaces);

    let (expired, key) = open_invite(&mut scene);
    let held = scene.team.token_of_key(as_device(expired), &key);
    scene.team.server.pass(20 * 60 * 60 * 1000);
    walk(&scene.team, "an invitee who took their time", Standing::Invitee, Some(&held), &spaces);
    let held = scene.team.token_of_key(as_device(expired), &key);
    scene.team.server.pass(20 * 60 * 60 * 1000);
    walk(&scene.team, "an expired invite", Standing::Never, Some(&held), &spaces);
}

fn open_invite(scene: &mut Scene) -> (InviteId, SigningKey) {
    let (link, ws) = (scene.invite(), scene.team.ws());
    (link.secret.id(ws), link.secret.key(ws))
}

#[test]
fn a_session_opens_nothing_in_another_workspace() {
    let scene = Scene::new();
    let (other, _) = TestWorkspace::found(99);
    found(&scene.team.http, &other.entries[0], None).unwrap();
    let elsewhere = other.log.workspace();
    for person in scene.members.iter().chain(&scene.kits) {
        let held = token_of(&scene.team, &person.phone.device);
        for route in routes().iter().filter(|route| route.path.contains("{ws}")) {
            let space = (SpaceId::directory(elsewhere), true);
            let standing = Standing::Active(person.role);
            expect(&scene.team, route, elsewhere, space, standing, Some(&held), &person.who());
            let nowhere = WorkspaceId::from_bytes([9; 16]);
            expect(&scene.team, route, nowhere, space, standing, Some(&held), &person.who());
        }
    }
}

#[test]
fn a_session_can_be_ended_by_whoever_has_it() {
    let mut scene = Scene::new();
    let removed = scene.leavers.swap_remove(0).phone;
    scene.post_as_owner(|author| author.remove_member(removed.user));
    let of_members = scene.members.iter().chain(&scene.kits).map(|person| &person.phone.device);
    let logout = routes().into_iter().find(|route| route.who == Who::Session).unwrap();
    let log = routes().into_iter().find(|route| route.who == Who::LogReader).unwrap();
    let ws = scene.team.ws();
    for device in of_members.chain([&removed.device]) {
        let (held, other) = (token_of(&scene.team, device), token_of(&scene.team, device));
        let status = |route: &Route, held: &str| {
            ask(&scene.team, route, &asked(route, ws, SpaceId::ZERO), Some(held)).status
        };
        assert_eq!((status(&log, &held), status(&logout, &held)), (200, 204));
        assert_eq!((status(&log, &held), status(&logout, &held)), (401, 401));
        assert_eq!(status(&log, &other), 200, "another session of the same device goes on");
    }
}

#[test]
fn whoever_the_log_never_knew_cannot_log_in() {
    let team = Team::new();
    let stranger = team.workspace.new_device();
    for (ws, dev) in [
        (team.ws(), stranger.id()),
        (team.ws(), team.ana.device.id()),
        (WorkspaceId::from_bytes([9; 16]), stranger.id()),
        (team.ws(), DeviceId::from_bytes([0; 16])),
    ] {
        // The stranger's key signs, whoever it says to be.
        let (_, answered) = team.log_in(ws, dev, stranger.signing());
        assert_eq!(answered.status, 401);
    }
}
