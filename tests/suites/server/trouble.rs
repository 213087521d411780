//! What the server says to those who ask wrongly or too often, and what it does when it stops.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::num::NonZeroU32;

use countersign_api::{MAX_BODY_BYTES, Problem, Refusal};
use countersign_core::sync::Transport as _;
use countersign_core::sync::{Method, Request};
use countersign_protocol::numbers::WorkspaceRole;
use countersign_server::{Allowance, Config};
use countersign_tests::folder::Folder;
use countersign_tests::server::RunningServer;

use super::team::{NOW, Team, hex, token};

/// A connection by hand, to see what goes over it.
fn dial(server: &RunningServer) -> TcpStream {
    TcpStream::connect(server.address().as_str().strip_prefix("http://").unwrap()).unwrap()
}

fn post(team: &Team, path: &str, body: Vec<u8>) -> (u16, Refusal) {
    let request = Request { method: Method::Post, path: path.to_owned(), headers: Vec::new(), body };
    let response = team.http.send(&request).unwrap();
    let problem: Problem = serde_json::from_slice(&response.body).unwrap();
    (response.status, problem.error)
}

#[test]
fn what_cannot_be_read_is_refused_by_name_and_never_repeated() {
    let team = Team::new();
    let canary = "GEZDGNBVGY3TQOJQ";
    for body in
        ["", "{", "[]", "null", &format!(r#"{{"ws":"{canary}","dev":1}}"#), &format!("{{\"{canary}\":")]
    {
        assert_eq!(post(&team, "/v1/auth/challenge", body.into()), (400, Refusal::BadRequest), "{body}");
        let request = Request {
            method: Method::Post,
            path: "/v1/auth/login".to_owned(),
            headers: Vec::new(),
            body: body.into(),
        };
        let answer = String::from_utf8(team.http.send(&request).unwrap().body).unwrap();
        assert!(!answer.contains(canary), "{answer}");
    }
    assert_eq!(post(&team, "/v1/nothing", Vec::new()), (404, Refusal::NotFound));
    assert_eq!(post(&team, "/health", Vec::new()), (404, Refusal::NotFound));
}

#[test]
fn a_body_that_is_too_large_is_not_read_to_its_end() {
    let team = Team::new();
    let mut connection = dial(&team.server);
    let head = "POST /v1/ws HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\n";
    write!(connection, "{head}content-length: {}\r\n\r\n{{", MAX_BODY_BYTES + 1).unwrap();
    let mut line = String::new();
    BufReader::new(connection).read_line(&mut line).unwrap();
    assert_eq!(line, "HTTP/1.1 413 Payload Too Large\r\n");
}

#[test]
fn one_who_asks_too_often_is_told_when_to_come_back() {
    let folder = Folder::new();
    let three = NonZeroU32::new(3).unwrap();
    let allowance = Allowance { per_address: three, per_device: three };
    let config = RunningServer::config(&folder.path().join("server.db"));
    let server = RunningServer::start_with(Config { allowance, ..config }, NOW);
    let http = server.connect();
    let request = || {
        let body = format!(r#"{{"ws":"{0}","dev":"{0}"}}"#, "00".repeat(16)).into_bytes();
        Request { method: Method::Post, path: "/v1/auth/challenge".to_owned(), headers: Vec::new(), body }
    };
    let statuses: Vec<u16> = (0..4).map(|_| http.send(&request()).unwrap().status).collect();
    assert_eq!(statuses, [200, 200, 200, 429]);
    let wait = http.send(&request()).unwrap().retry_after.unwrap();
    assert!((1..=60).contains(&wait), "{wait}");
}

#[test]
fn an_idle_check_costs_a_few_bytes() {
    let team = Team::new();
    let held = token(&team, team.ws(), &team.ana);
    let end = team.as_phone(&team.ana).changes(countersign_api::Cursor::START, 1000).unwrap().unwrap().next;
    let mut connection = dial(&team.server);
    let ws = hex(team.ws().as_bytes());
    let request = format!("GET /v1/ws/{ws}/changes?since={end} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n");
    write!(connection, "{request}authorization: Bearer {held}\r\nif-none-match: \"{end}\"\r\n\r\n").unwrap();
    let mut answer = String::new();
    connection.read_to_string(&mut answer).unwrap();
    assert!(answer.starts_with("HTTP/1.1 304 "), "{answer}");
    assert!(answer.len() <= 220, "{} bytes: {answer}", answer.len());
}

/// An event stream, after its first poke.
pub(super) fn listen(team: &Team, held: &str) -> BufReader<TcpStream> {
    let mut connection = dial(&team.server);
    write!(connection, "GET /v1/events HTTP/1.1\r\nhost: a\r\nauthorization: Bearer {held}\r\n\r\n").unwrap();
    let mut stream = BufReader::new(connection);
    assert!(next_poke(&mut stream).is_some());
    stream
}

/// The next `data:` line; none where the stream ends first.
pub(super) fn next_poke(stream: &mut BufReader<TcpStream>) -> Option<String> {
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).ok()? == 0 {
            return None;
        }
        if let Some(data) = line.strip_prefix("data: ") {
            return Some(data.trim_end().to_owned());
        }
        // The last chunk of a body has no length.
        if line == "0\r\n" {
            return None;
        }
    }
}

#[test]
fn whoever_listens_is_poked_at_each_change_until_their_device_is_removed() {
    let mut team = Team::new();
    let ben = team.join(WorkspaceRole::User);
    let held = token(&team, team.ws(), &ben);
    let mut stream = listen(&team, &held);
    team.account(&[]);
    let poke = next_poke(&mut stream).unwrap();
    assert!(poke.starts_with(&format!(r#"{{"ws":"{}","next":""#, hex(team.ws().as_bytes()))), "{poke}");
    team.post_as_ana(|author| author.remove_member(ben.user)).unwrap();
    assert_eq!(next_poke(&mut stream), None);
}

#[test]
fn a_server_that_stops_ends_its_streams_and_is_gone() {
    let team = Team::new();
    let held = token(&team, team.ws(), &team.ana);
    let mut stream = listen(&team, &held);
    let Team { server, folder, .. } = team;
    drop(server);
    assert_eq!(next_poke(&mut stream), None);
    drop(folder);
}
