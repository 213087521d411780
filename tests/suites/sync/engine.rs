//! The engine over real HTTP: what others do comes by itself, what is done here is sent, and nothing holds up whoever stops it.

use std::io::Read as _;
use std::net::TcpListener;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::time::Duration;

use countersign_core::client::Unlocked;
use countersign_core::sync::{
    Cancel, Connection, End, Engine, Http, Method, Request, ServerError, SyncError, SyncListener, SyncState,
    Transport, TransportError,
};
use countersign_crypto::link::ServerAddress;
use countersign_protocol::numbers::{AccountRole, WorkspaceRole};

use super::team::{Person, Team};
use crate::client::{KEY, account_with};

/// How long a test waits for what must come: far below the interval at which an engine asks by itself, which is minutes.
const PATIENCE: Duration = Duration::from_secs(50);

struct Told(Sender<SyncState>);

impl SyncListener for Told {
    fn changed(&self, state: &SyncState) {
        // Whoever does not look any more is told nothing.
        let _ = self.0.send(state.clone());
    }
}

fn started(connection: &Connection) -> (Engine, Receiver<SyncState>) {
    let (sender, states) = channel();
    (connection.keep_in_step(Box::new(Told(sender))).unwrap(), states)
}

/// Waits for a state in which `is_it` holds.
fn wait(states: &Receiver<SyncState>, is_it: impl Fn(&SyncState) -> bool) -> SyncState {
    loop {
        let state = states.recv_timeout(PATIENCE).expect("the state comes by itself");
        if is_it(&state) {
            return state;
        }
    }
}

const fn in_step(state: &SyncState) -> bool {
    matches!(state, SyncState::InStep { .. })
}

/// In step, with the server's first word heard, which has caused a sync.
fn listening(states: &Receiver<SyncState>) {
    wait(states, in_step);
    wait(states, in_step);
}

fn names(unlocked: &Unlocked) -> Vec<String> {
    unlocked.accounts("").unwrap().iter().map(|account| account.name.to_string()).collect()
}

/// Stops it on a thread of its own: whoever waited for a server would never come back.
fn stopped(engine: Engine) -> Result<(), RecvTimeoutError> {
    let (sender, done) = channel();
    std::thread::spawn(move || {
        engine.stop();
        sender.send(()).unwrap();
    });
    done.recv_timeout(PATIENCE)
}

#[test]
fn what_others_do_comes_by_itself_and_what_is_done_here_is_sent() {
    let team = Team::new();
    let ben = team.join(2, "Ben", WorkspaceRole::User);
    let (engine, states) = started(&ben.server);
    listening(&states);

    let account = account_with(&team.ana.unlocked, "Bank", KEY);
    team.ana.server.share(account, ben.me(), Some(AccountRole::Owner)).unwrap();
    wait(&states, |state| in_step(state) && names(&ben.unlocked) == ["Bank"]);
    assert_eq!(ben.code(account), team.ana.code(account));

    ben.unlocked.save_recovery_codes(account, "one-code").unwrap();
    wait(&states, |state| in_step(state) && ben.unlocked.unsent().unwrap() == 0);
    team.ana.sync();
    assert_eq!(team.ana.unlocked.recovery_codes(account).unwrap().len(), 1);

    stopped(engine).unwrap();
    assert!(matches!(
        wait(&states, |state| matches!(state, SyncState::Ended(_))),
        SyncState::Ended(End::Stopped)
    ));
    // The store is let go, and nothing holds on to it.
    let Person { phone, client, unlocked, server } = ben;
    drop((client, unlocked, server));
    assert_eq!(names(&phone.unlock()), ["Bank"]);
}

#[test]
fn a_server_that_is_gone_is_tried_again_and_found_when_it_is_back() {
    let team = Team::new();
    let (ana, line) = team.ana.on_line(&team.server);
    line.meddle(Some(Box::new(|_, _| Err(TransportError::Unreachable))));
    let (engine, states) = started(&ana.server);
    let is_behind = |state: &SyncState| match state {
        SyncState::Behind { error, .. } => {
            matches!(**error, SyncError::Server(ServerError::Transport(TransportError::Unreachable)))
        }
        _ => false,
    };
    // Again, without anybody having asked for it.
    for _ in 0..3 {
        wait(&states, is_behind);
    }
    let account = account_with(&ana.unlocked, "Bank", KEY);
    assert!(ana.code(account).is_some(), "everything else goes on");
    line.meddle(None);
    engine.sync_now();
    wait(&states, in_step);
    assert_eq!(ana.unlocked.unsent().unwrap(), 0);
}

#[test]
fn a_lock_ends_it() {
    let team = Team::new();
    let (engine, states) = started(&team.ana.server);
    listening(&states);
    team.ana.client.lock();
    wait(&states, |state| matches!(state, SyncState::Ended(End::Locked)));
    assert!(matches!(engine.state(), SyncState::Ended(End::Locked)));
}

#[test]
fn a_removal_ends_it() {
    let team = Team::new();
    let ben = team.join(2, "Ben", WorkspaceRole::User);
    let (_engine, states) = started(&ben.server);
    listening(&states);
    team.ana.server.remove_member(ben.me()).unwrap();
    wait(&states, |state| matches!(state, SyncState::Ended(End::Removed)));
}

#[test]
fn somebody_who_has_asked_to_join_is_let_in_by_engines_alone() {
    let team = Team::new();
    let ben = team.ask(2, "Ben", WorkspaceRole::User);
    let (_bens, bens_states) = started(&ben.server);
    wait(&bens_states, |state| matches!(state, SyncState::Waiting { .. }));
    let (_anas, anas_states) = started(&team.ana.server);
    listening(&anas_states);
    wait(&bens_states, in_step);
}

#[test]
fn a_request_is_given_up_in_the_midst_of_a_read() {
    // A server that takes everything and answers nothing.
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = ServerAddress::new(&format!("http://{}", listener.local_addr().unwrap())).unwrap();
    let cancel = Cancel::default();
    let asking = {
        let (http, cancel) = (Http::new(&address).unwrap(), cancel.clone());
        let path = "/v1/events".to_owned();
        let request = Request { method: Method::Get, path, headers: Vec::new(), body: Vec::new() };
        std::thread::spawn(move || {
            let sent = http.send_unless(&request, &cancel);
            (sent, http.listen(&request, &cancel, &mut |_| ()))
        })
    };
    let (mut taken, _) = listener.accept().unwrap();
    assert!(taken.read(&mut [0; 64]).unwrap() > 0, "the request is under way");
    cancel.cancel();
    // Its end of the line is closed, and whoever waited has an answer.
    taken.set_read_timeout(Some(PATIENCE)).unwrap();
    assert!(taken.read_to_end(&mut Vec::new()).is_ok());
    assert_eq!(asking.join().unwrap(), (Err(TransportError::Cancelled), Err(TransportError::Cancelled)));
}

#[test]
fn stopping_waits_for_no_server() {
    let team = Team::new();
    let (ana, line) = team.ana.on_line(&team.server);
    let (sender, hanging) = channel();
    line.hang(sender);
    let (engine, _states) = started(&ana.server);
    hanging.recv_timeout(PATIENCE).expect("a request is under way");
    stopped(engine).unwrap();
}
