//! Who is given what: every route, for everybody, before and after they lose their access.

use countersign_api::{Cursor, Refusal};
use countersign_core::sync::{Method, Request, ServerError, Transport as _, WorkspaceServer};
use countersign_protocol::ids::{DeviceId, SpaceId, WorkspaceId};
use countersign_protocol::numbers::{AccountRole, WorkspaceRole};
use countersign_tests::workspace::Phone;

use super::team::{Team, hex, refusal, token};

/// The routes under a workspace: name, and what asking for it gives.
fn routes(team: &Team, server: &WorkspaceServer<'_>, space: SpaceId) -> Vec<(&'static str, Option<Refusal>)> {
    fn refused<T: std::fmt::Debug>(answer: Result<T, ServerError>) -> Option<Refusal> {
        if answer.is_ok() { None } else { Some(refusal(answer)) }
    }
    let batch = countersign_api::Batch { ops: Vec::new() };
    vec![
        ("changes", refused(server.changes(Cursor::START, 10))),
        ("log", refused(server.log(0))),
        ("space", refused(server.space(space, None))),
        ("boxes", refused(server.boxed(space, 1))),
        ("joins", refused(server.joins())),
        // An empty batch is no batch: who may post is told so, others are not.
        ("ops", refused(server.post(countersign_api::Hex16(team.workspace.random()), &batch))),
    ]
}

const OPEN: Option<Refusal> = None;
const CLOSED: Option<Refusal> = Some(Refusal::Forbidden);
const NOBODY: Option<Refusal> = Some(Refusal::Unauthorized);
const MAY_POST: Option<Refusal> = Some(Refusal::BadRequest);

fn expect(found: Vec<(&'static str, Option<Refusal>)>, expected: [Option<Refusal>; 6], who: &str) {
    for ((route, found), expected) in found.into_iter().zip(expected) {
        assert_eq!(found, expected, "{who}, {route}");
    }
}

#[test]
fn each_route_is_open_to_those_whom_the_rights_table_lets_in() {
    let mut team = Team::new();
    let admin = team.join(WorkspaceRole::Admin);
    let collaborator = team.join(WorkspaceRole::User);
    let user = team.join(WorkspaceRole::User);
    let account = team.account(&[(&collaborator, AccountRole::Collaborator)]);
    let (codes, controls) = (SpaceId::codes(team.ws(), account), SpaceId::controls(team.ws(), account));
    let ask = |phone: &Phone, space| routes(&team, &team.as_phone(phone), space);
    for space in [codes, controls] {
        expect(ask(&team.ana, space), [OPEN, OPEN, OPEN, OPEN, OPEN, MAY_POST], "owner");
        expect(ask(&admin, space), [OPEN, OPEN, CLOSED, CLOSED, OPEN, MAY_POST], "admin without the account");
        expect(ask(&user, space), [OPEN, OPEN, CLOSED, CLOSED, CLOSED, MAY_POST], "user without the account");
    }
    expect(ask(&collaborator, codes), [OPEN, OPEN, OPEN, OPEN, CLOSED, MAY_POST], "collaborator, codes");
    expect(
        ask(&collaborator, controls),
        [OPEN, OPEN, CLOSED, CLOSED, CLOSED, MAY_POST],
        "collaborator, controls",
    );
}

#[test]
fn strangers_and_members_of_another_workspace_learn_nothing_not_even_what_exists() {
    let mut team = Team::new();
    let account = team.account(&[]);
    let codes = SpaceId::codes(team.ws(), account);
    let stranger = team.workspace.new_device();
    let as_stranger = team.as_key(stranger.id(), stranger.signing());
    expect(routes(&team, &as_stranger, codes), [NOBODY, NOBODY, NOBODY, NOBODY, NOBODY, NOBODY], "stranger");

    // A member of another workspace, with a good session there, asks for this one and for one that does not exist.
    let (other, eve) = countersign_tests::workspace::TestWorkspace::found(99);
    countersign_core::sync::found(&team.http, &other.entries[0], None).unwrap();
    let token = token(&team, other.log.workspace(), &eve);
    let answer = |ws: WorkspaceId, space: SpaceId| {
        let (ws, space) = (hex(ws.as_bytes()), hex(space.as_bytes()));
        let paths = [
            "changes",
            "log",
            "joins",
            &format!("spaces/{space}/records"),
            &format!("spaces/{space}/boxes?epoch=1"),
        ]
        .map(|path| format!("/v1/ws/{ws}/{path}"));
        paths.map(|path| {
            let headers = vec![("authorization", format!("Bearer {token}"))];
            let response =
                team.http.send(&Request { method: Method::Get, path, headers, body: Vec::new() }).unwrap();
            (response.status, response.body)
        })
    };
    let nowhere = WorkspaceId::from_bytes([9; 16]);
    let here = answer(team.ws(), codes);
    assert!(here.iter().all(|(status, _)| *status == 403));
    assert_eq!(here, answer(nowhere, SpaceId::codes(nowhere, account)));
    // In their own workspace, a space of this one is as good as none.
    let [.., known, _] = answer(other.log.workspace(), codes);
    let [.., unknown, _] = answer(other.log.workspace(), SpaceId::from_bytes([1; 16]));
    assert_eq!(known, unknown);
}

#[test]
fn a_removed_device_reads_the_log_up_to_its_removal_and_nothing_else() {
    let mut team = Team::new();
    let ben = team.join(WorkspaceRole::User);
    let account = team.account(&[(&ben, AccountRole::Collaborator)]);
    let codes = SpaceId::codes(team.ws(), account);
    let held = token(&team, team.ws(), &ben);
    team.post_as_ana(|author| author.remove_member(ben.user)).unwrap();
    let removal = team.workspace.log.next_seq() - 1;

    let server = team.as_phone(&ben);
    expect(routes(&team, &server, codes), [CLOSED, OPEN, CLOSED, CLOSED, CLOSED, CLOSED], "removed");
    let page = server.log(0).unwrap();
    assert_eq!(page.entries.len() as u64, removal + 1);
    assert!(!page.more);
    assert!(server.log(removal + 1).unwrap().entries.is_empty());
    // The session from before ended with the entry, not with its time.
    let path = format!("/v1/ws/{}/changes", hex(team.ws().as_bytes()));
    let headers = vec![("authorization", format!("Bearer {held}"))];
    let response = team.http.send(&Request { method: Method::Get, path, headers, body: Vec::new() }).unwrap();
    assert_eq!(response.status, 403);
}

#[test]
fn an_invite_opens_the_log_and_the_invitees_own_request_until_it_is_used_or_over() {
    let mut team = Team::new();
    let mut ana = team.take_ana();
    let entries = team.workspace.entries.len();
    let link = team.workspace.invite(&mut ana, WorkspaceRole::User);
    team.send(&ana, &super::team::operations(&team.workspace.entries[entries..], &[], None, &[])).unwrap();
    let key = link.secret.key(team.ws());
    let dev = DeviceId::from_bytes(*link.secret.id(team.ws()).as_bytes());
    let directory = SpaceId::directory(team.ws());
    {
        let invitee = team.as_key(dev, &key);
        expect(routes(&team, &invitee, directory), [CLOSED, OPEN, CLOSED, CLOSED, OPEN, CLOSED], "invitee");
        // Somebody else's request is not theirs to post.
        assert_eq!(refusal(invitee.post_join(b"no request")), super::team::rule("Malformed"));
    }
    team.server.pass(2 * countersign_tests::workspace::DAY);
    let late = team.as_key(dev, &key);
    expect(routes(&team, &late, directory), [NOBODY, NOBODY, NOBODY, NOBODY, NOBODY, NOBODY], "late invitee");
}

#[test]
fn a_nonce_is_good_for_one_login_and_a_session_for_a_day() {
    let team = Team::new();
    let held = token(&team, team.ws(), &team.ana);
    let path = format!("/v1/ws/{}/log", hex(team.ws().as_bytes()));
    let status = || {
        let headers = vec![("authorization", format!("Bearer {held}"))];
        let request = Request { method: Method::Get, path: path.clone(), headers, body: Vec::new() };
        team.http.send(&request).unwrap().status
    };
    assert_eq!(status(), 200);
    team.server.pass(24 * 60 * 60 * 1000);
    assert_eq!(status(), 401);
}
