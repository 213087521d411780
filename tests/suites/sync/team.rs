//! Phones of several people in one workspace, each with a store of its own, at a real server.

use std::net::TcpListener;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex};

use countersign_core::client::{Client, CodeOfAccount, Unlocked};
use countersign_core::people::Standing;
use countersign_core::ports::Timestamp;
use countersign_core::sync::{Cancel, Connection, Http, Request, Response, Transport, TransportError};
use countersign_crypto::link::{InviteLink, Link, ServerAddress};
use countersign_protocol::ids::{AccountId, UserId};
use countersign_protocol::numbers::WorkspaceRole;
use countersign_tests::folder::Folder;
use countersign_tests::phone::{START, TestPhone};
use countersign_tests::server::RunningServer;

/// One person's phone, unlocked and connected.
pub(super) struct Person {
    pub(super) phone: TestPhone,
    pub(super) client: Client,
    pub(super) unlocked: Unlocked,
    pub(super) server: Connection,
}

impl Person {
    pub(super) fn me(&self) -> UserId {
        self.unlocked.members().unwrap().into_iter().find(|member| member.is_me).unwrap().id
    }

    /// The code that the list shows for an account.
    pub(super) fn code(&self, account: AccountId) -> Option<String> {
        match self.unlocked.codes(&[account]).unwrap().pop()?.code {
            CodeOfAccount::Now(code) => Some(code.digits.as_str().to_owned()),
            _ => None,
        }
    }

    pub(super) fn names(&self) -> Vec<String> {
        self.unlocked.accounts("").unwrap().iter().map(|account| account.name.to_string()).collect()
    }

    pub(super) fn sync(&self) {
        self.server.sync().unwrap();
    }

    /// The same phone on a line that a test can meddle with.
    pub(super) fn on_line(self, server: &RunningServer) -> (Self, Arc<Line>) {
        let line = Line::new(server);
        let connection = Connection::new(&self.unlocked, line.clone());
        (Self { server: connection, ..self }, line)
    }

    /// The same store, opened again as after a restart.
    pub(super) fn restarted(self, server: &RunningServer) -> Self {
        let Self { phone, client, unlocked, server: connection } = self;
        drop((client, unlocked, connection));
        let client = phone.open().unwrap();
        let unlocked = client.unlock().unwrap();
        let server = Connection::new(&unlocked, connect(server));
        Self { phone, client, unlocked, server }
    }
}

/// Somebody between a phone and its server.
pub(super) type Meddler = Box<dyn Fn(&Request, Response) -> Result<Response, TransportError> + Send + Sync>;

/// Somebody who sees each request before the server does.
pub(super) type Watcher = Box<dyn FnMut(&Request) + Send>;

/// A connection that a test can meddle with: it sees each request, and decides what comes back.
pub(super) struct Line {
    http: Http,
    watcher: Mutex<Option<Watcher>>,
    meddler: Mutex<Option<Meddler>>,
    loses_posts: AtomicBool,
    /// Told of a request that hangs, from then on all do.
    hangs: Mutex<Option<Sender<()>>>,
}

impl Line {
    pub(super) fn new(server: &RunningServer) -> Arc<Self> {
        Arc::new(Self {
            http: server.connect(),
            watcher: Mutex::new(None),
            meddler: Mutex::new(None),
            loses_posts: AtomicBool::new(false),
            hangs: Mutex::new(None),
        })
    }

    /// No request gets an answer from now on; `told` is told of each.
    pub(super) fn hang(&self, told: Sender<()>) {
        *self.hangs.lock().unwrap() = Some(told);
    }

    /// Batches never arrive from now on, or do again.
    pub(super) fn lose_posts(&self, lose: bool) {
        self.loses_posts.store(lose, Ordering::Relaxed);
    }

    /// From now on `watcher` is shown each request first.
    pub(super) fn watch(&self, watcher: Watcher) {
        *self.watcher.lock().unwrap() = Some(watcher);
    }

    /// From now on everything goes through `meddler`; `None` leaves it alone.
    pub(super) fn meddle(&self, meddler: Option<Meddler>) {
        *self.meddler.lock().unwrap() = meddler;
    }
}

impl Transport for Line {
    fn origin(&self) -> &str {
        self.http.origin()
    }

    fn send(&self, request: &Request) -> Result<Response, TransportError> {
        if self.loses_posts.load(Ordering::Relaxed) && request.path.ends_with("/ops") {
            return Err(TransportError::Unreachable);
        }
        if let Some(watcher) = &mut *self.watcher.lock().unwrap() {
            watcher(request);
        }
        let response = self.http.send(request)?;
        match &*self.meddler.lock().unwrap() {
            Some(meddler) => meddler(request, response),
            None => Ok(response),
        }
    }

    fn send_unless(&self, request: &Request, cancel: &Cancel) -> Result<Response, TransportError> {
        let hangs = self.hangs.lock().unwrap().clone();
        let Some(told) = hangs else { return self.send(request) };
        // A server that takes a connection and says nothing on it.
        let silent = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = ServerAddress::new(&format!("http://{}", silent.local_addr().unwrap())).unwrap();
        let http = Http::new(&address).unwrap();
        told.send(()).unwrap();
        http.send_unless(request, cancel)
    }

    fn listen(
        &self,
        request: &Request,
        cancel: &Cancel,
        heard: &mut dyn FnMut(&[u8]),
    ) -> Result<Response, TransportError> {
        self.http.listen(request, cancel, heard)
    }
}

/// A server, and Ana, who has given it her workspace.
pub(super) struct Team {
    _folder: Folder,
    pub(super) server: RunningServer,
    pub(super) ana: Person,
}

pub(super) fn connect(server: &RunningServer) -> Arc<dyn Transport> {
    let http: Http = server.connect();
    Arc::new(http)
}

impl Team {
    pub(super) fn new() -> Self {
        let folder = Folder::new();
        let now = u64::try_from(START).unwrap() * 1000;
        let server = RunningServer::start(&folder.path().join("server.db"), now);
        let (phone, client, unlocked) = TestPhone::with_workspace(1);
        let connection = Connection::new(&unlocked, connect(&server));
        let ana = Person { phone, client, unlocked, server: connection };
        ana.server.attach(server.address(), None).unwrap();
        ana.sync();
        Self { _folder: folder, server, ana }
    }

    /// An invite by Ana, good for a day.
    pub(super) fn invite(&self, role: WorkspaceRole) -> InviteLink {
        let until = Timestamp::from_unix_seconds(START + 24 * 60 * 60);
        let invitation = self.ana.server.invite(role, until).unwrap();
        let Ok(Link::Invite(link)) = Link::parse(&invitation.link) else { panic!("an invite's link is one") };
        link
    }

    /// Somebody new, whom Ana lets in.
    pub(super) fn join(&self, seed: u64, name: &str, role: WorkspaceRole) -> Person {
        let person = self.ask(seed, name, role);
        self.ana.sync();
        person.sync();
        assert_eq!(person.unlocked.standing().unwrap(), Standing::Member);
        self.ana.sync();
        person
    }

    /// Somebody who has asked to join.
    pub(super) fn ask(&self, seed: u64, name: &str, role: WorkspaceRole) -> Person {
        let link = self.invite(role);
        let phone = TestPhone::new(seed);
        let client = phone.open().unwrap();
        let device = format!("{name}'s phone");
        let (unlocked, server) = client.join(&link, name, &device, connect(&self.server)).unwrap();
        Person { phone, client, unlocked, server }
    }
}
