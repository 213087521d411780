//! Requests by hand: the whole answer is seen, and an event stream is left as soon as it has begun.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;

use countersign_api::{Bytes, Hex16, Problem, Refusal};
use countersign_protocol::ids::{SpaceId, WorkspaceId};
use countersign_server::Route;
use serde_json::json;

use crate::server::team::{Team, hex};

/// An answer, without its date.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Answer {
    pub(super) status: u16,
    headers: Vec<String>,
    pub(super) body: Vec<u8>,
}

impl Answer {
    /// The name by which it refuses; none of a success.
    pub(super) fn refusal(&self) -> Option<Refusal> {
        (self.status >= 400).then(|| serde_json::from_slice::<Problem>(&self.body).unwrap().error)
    }
}

/// What a route is asked, so that whoever may ask gets a foreseeable answer.
pub(super) struct Asked {
    pub(super) path: String,
    body: String,
    /// What whoever may ask is answered.
    pub(super) status: u16,
}

/// A request for `route` about these ids. A route that is new has to be added here.
pub(super) fn asked(route: &Route, ws: WorkspaceId, space: SpaceId) -> Asked {
    let path = route.path.replace("{ws}", &hex(ws.as_bytes()).to_string());
    let path = path.replace("{space}", &hex(space.as_bytes()).to_string());
    let somebody = Hex16([3; 16]);
    let nothing = String::new;
    let (body, status) = match (route.method, route.path) {
        ("GET", "/health" | "/ready") | ("POST", "/v1/auth/logout") => (nothing(), 204),
        ("POST", "/v1/auth/challenge") => (json!({"ws": somebody, "dev": somebody}).to_string(), 200),
        ("POST", "/v1/auth/login") => {
            let (nonce, sig) = (Bytes(vec![0; 32]), Bytes(vec![0; 64]));
            (json!({"ws": somebody, "dev": somebody, "nonce": nonce, "sig": sig}).to_string(), 401)
        }
        // What is no genesis, no batch and no request is refused after the question of who asks.
        ("POST", "/v1/ws") => (json!({"entry": Bytes(vec![0])}).to_string(), 422),
        ("POST", "/v1/ws/{ws}/ops") => (json!({"ops": []}).to_string(), 400),
        ("POST", "/v1/ws/{ws}/joins") => (json!(Bytes(vec![0])).to_string(), 422),
        ("GET", "/v1/ws/{ws}/spaces/{space}/boxes") => {
            return Asked { path: format!("{path}?epoch=1"), body: nothing(), status: 200 };
        }
        (
            "GET",
            "/v1/ws/{ws}/changes"
            | "/v1/ws/{ws}/log"
            | "/v1/ws/{ws}/joins"
            | "/v1/ws/{ws}/spaces/{space}/records"
            | "/v1/events",
        ) => (nothing(), 200),
        (method, path) => panic!("{method} {path} is a route that this matrix does not know"),
    };
    Asked { path, body, status }
}

/// Asks for `route` with a session, or without.
pub(super) fn ask(team: &Team, route: &Route, asked: &Asked, token: Option<&str>) -> Answer {
    let address = team.server.address().as_str().strip_prefix("http://").unwrap();
    let mut connection = TcpStream::connect(address).unwrap();
    let token = token.map_or_else(String::new, |token| format!("authorization: Bearer {token}\r\n"));
    let Asked { path, body, .. } = asked;
    let head = format!("{} {path} HTTP/1.1\r\nhost: a\r\nconnection: close\r\n{token}", route.method);
    let kind = "content-type: application/json\r\nidempotency-key: 00000000000000000000000000000000\r\n";
    write!(connection, "{head}{kind}content-length: {}\r\n\r\n{body}", body.len()).unwrap();
    read(connection)
}

fn read(connection: TcpStream) -> Answer {
    let mut reader = BufReader::new(connection);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        if line.trim_end().is_empty() {
            break;
        }
        lines.push(line.trim_end().to_owned());
    }
    let status = lines.remove(0).split(' ').nth(1).unwrap().parse().unwrap();
    lines.retain(|line| !line.starts_with("date:"));
    let mut body = Vec::new();
    if !lines.iter().any(|line| line == "content-type: text/event-stream") {
        reader.read_to_end(&mut body).unwrap();
    }
    Answer { status, headers: lines, body }
}
