//! A workspace whose phones talk to a real server.

use std::num::NonZeroU32;

use countersign_api::{
    Batch, Bytes, Challenge, ChallengeRequest, Changes, Cursor, Hex16, Item, LoginRequest, Operation,
    Refusal, Session, WireRecord,
};
use countersign_core::sync::{
    Http, Method, Request, Response, ServerError, Transport as _, WorkspaceServer, found,
};
use countersign_crypto::device::{DeviceKeys, SigningKey};
use countersign_crypto::flow::{self, Author, FlowError, join_request};
use countersign_crypto::key_ring::KeyRing;
use countersign_crypto::record::OwnedRecord;
use countersign_protocol::ids::{AccountId, DeviceId, Nonce, SpaceId, WorkspaceId};
use countersign_protocol::login::LoginText;
use countersign_protocol::numbers::{AccountRole, Message, WorkspaceRole};
use countersign_server::{Allowance, Config};
use countersign_tests::folder::Folder;
use countersign_tests::server::RunningServer;
use countersign_tests::workspace::{Phone, TestWorkspace};

/// When the server's clock begins: as the workspace's own.
pub(super) const NOW: u64 = 1_700_000_000_000;

/// A workspace, its founder's phone, and the server that it was given to.
pub(super) struct Team {
    pub(super) folder: Folder,
    pub(super) server: RunningServer,
    pub(super) http: Http,
    pub(super) workspace: TestWorkspace,
    pub(super) ana: Phone,
}

impl Team {
    pub(super) fn new() -> Self {
        let folder = Folder::new();
        // A suite asks more in a second than an office in a minute.
        let often = NonZeroU32::MAX;
        let allowance = Allowance { per_address: often, per_device: often };
        let config = RunningServer::config(&folder.path().join("server.db"));
        let server = RunningServer::start_with(Config { allowance, ..config }, NOW);
        let http = server.connect();
        let (workspace, ana) = TestWorkspace::found(1);
        found(&http, &workspace.entries[0], None).unwrap();
        let team = Self { folder, server, http, workspace, ana };
        // Boxes and the first records come after the genesis, in a batch of their own.
        let rest = operations(&[], &team.workspace.boxes, None, &team.workspace.records);
        team.send(&team.ana, &rest).unwrap();
        team
    }

    pub(super) fn ws(&self) -> WorkspaceId {
        self.workspace.log.workspace()
    }

    /// The server, as a phone reaches it.
    pub(super) fn as_phone<'a>(&'a self, phone: &'a Phone) -> WorkspaceServer<'a> {
        self.as_key(phone.device.id(), phone.device.signing())
    }

    pub(super) fn as_key<'a>(&'a self, dev: DeviceId, key: &'a SigningKey) -> WorkspaceServer<'a> {
        WorkspaceServer::new(&self.http, self.ws(), dev, key)
    }

    /// Sends operations as a batch of a new name.
    pub(super) fn send(&self, phone: &Phone, ops: &[Operation]) -> Result<Cursor, ServerError> {
        let name = Hex16(self.workspace.random());
        Ok(self.as_phone(phone).post(name, &Batch { ops: ops.to_vec() })?.next)
    }

    /// Makes a flow's batch, sends it, and has everybody verify it.
    pub(super) fn post(
        &mut self,
        phone: &mut Phone,
        flow: impl FnOnce(&Author<'_>) -> Result<flow::Batch, FlowError>,
    ) -> Result<(), ServerError> {
        let batch = flow(&self.workspace.author(phone)).unwrap();
        self.send(phone, &of_batch(&batch))?;
        self.workspace.take(&batch).unwrap();
        for (place, key) in batch.keys {
            phone.keys.insert(self.workspace.log.state(), &place, key).unwrap();
        }
        Ok(())
    }

    /// The same as the founder.
    pub(super) fn post_as_ana(
        &mut self,
        flow: impl FnOnce(&Author<'_>) -> Result<flow::Batch, FlowError>,
    ) -> Result<(), ServerError> {
        let mut ana = self.take_ana();
        let posted = self.post(&mut ana, flow);
        self.ana = ana;
        posted
    }

    /// A new member, who joins by the server alone: request, acceptance, log.
    pub(super) fn join(&mut self, role: WorkspaceRole) -> Phone {
        self.join_with(role, None)
    }

    /// The same with a kit.
    pub(super) fn join_with(&mut self, role: WorkspaceRole, kit: Option<&DeviceKeys>) -> Phone {
        let mut ana = self.take_ana();
        let entries = self.workspace.entries.len();
        let link = self.workspace.invite(&mut ana, role);
        let invited = operations(&self.workspace.entries[entries..], &[], None, &[]);
        self.send(&ana, &invited).unwrap();

        let device = self.workspace.new_device();
        let user = flow::new_user_id(&self.workspace.entropy).unwrap();
        let request = join_request(&link, user, &device, kit);
        let (invite, key) = (link.secret.id(self.ws()), link.secret.key(self.ws()));
        let as_invitee = self.as_key(DeviceId::from_bytes(*invite.as_bytes()), &key);
        as_invitee.post_join(&request.encode()).unwrap();

        let waiting = self.as_phone(&ana).joins().unwrap().requests;
        assert_eq!(waiting, [Bytes(request.encode())]);
        self.post(&mut ana, |author| author.accept_join(&request)).unwrap();
        self.ana = ana;
        let mut phone = Phone { user, device, keys: KeyRing::new() };
        self.workspace.sync(&mut phone);
        phone
    }

    /// An account of the founder's, shared with others.
    pub(super) fn account(&mut self, others: &[(&Phone, AccountRole)]) -> AccountId {
        let account = flow::new_account_id(&self.workspace.entropy).unwrap();
        let owner = (self.ana.user, AccountRole::Owner);
        let roles = others.iter().map(|(phone, role)| (phone.user, *role)).chain([owner]).collect();
        let card = countersign_tests::workspace::card("Canary Bank");
        self.post_as_ana(|author| author.create_account(account, &roles, &card)).unwrap();
        account
    }

    /// All changes that a phone gets, from the beginning.
    pub(super) fn everything(&self, phone: &Phone) -> Vec<Item> {
        let server = self.as_phone(phone);
        let (mut since, mut items) = (Cursor::START, Vec::new());
        while let Some(Changes { items: page, next, more, .. }) = server.changes(since, 3).unwrap() {
            items.extend(page);
            since = next;
            if !more {
                break;
            }
        }
        items
    }

    /// The founder's phone, to be put back.
    pub(super) fn take_ana(&mut self) -> Phone {
        let nobody = self.nobody();
        std::mem::replace(&mut self.ana, nobody)
    }
}

/// The name by which a server refused.
pub(super) fn refusal<T: std::fmt::Debug>(answer: Result<T, ServerError>) -> Refusal {
    match answer.unwrap_err() {
        ServerError::Refused { refusal, .. } => refusal,
        other => panic!("{other}"),
    }
}

pub(super) fn rule(name: &str) -> Refusal {
    Refusal::Refused { rule: name.to_owned() }
}

/// A flow's batch, as it is sent.
pub(super) fn of_batch(batch: &flow::Batch) -> Vec<Operation> {
    let rotated = batch.manifest.as_ref().map(|(space, manifest)| (*space, manifest.encode()));
    operations(std::slice::from_ref(&batch.entry), &batch.boxes, rotated, &batch.records)
}

pub(super) fn operations(
    entries: &[Vec<u8>],
    boxes: &[countersign_protocol::keybox::KeyBox],
    manifest: Option<(SpaceId, Vec<u8>)>,
    records: &[OwnedRecord],
) -> Vec<Operation> {
    let entries = entries.iter().map(|entry| Operation::Entry { entry: Bytes(entry.clone()) });
    let boxes = boxes.iter().map(|found| Operation::KeyBox { sealed: Bytes(found.encode()) });
    let manifest = manifest.map(|(space, manifest)| Operation::Manifest {
        space: Hex16(*space.as_bytes()),
        manifest: Bytes(manifest),
    });
    entries
        .chain(boxes)
        .chain(manifest)
        .chain(records.iter().map(|record| write(record, record.header.rev - 1)))
        .collect()
}

pub(super) fn write(record: &OwnedRecord, base_rev: u64) -> Operation {
    Operation::Record { base_rev, record: wire(record) }
}

pub(super) fn wire(record: &OwnedRecord) -> WireRecord {
    WireRecord {
        hdr: Bytes(record.header_bytes.clone()),
        ct: Bytes(record.ciphertext.clone()),
        sig: Bytes(record.signature.as_bytes().to_vec()),
    }
}

pub(super) fn hex(id: &[u8; 16]) -> Hex16 {
    Hex16(*id)
}

/// A session's token, got as the document says.
pub(super) fn token(team: &Team, ws: WorkspaceId, phone: &Phone) -> String {
    let (login, answered) = team.log_in(ws, phone.device.id(), phone.device.signing());
    // Spent: the same login again is nobody's.
    assert_eq!(team.post_plain("/v1/auth/login", &login).status, 401);
    token_in(&answered)
}

/// The token of a new session in the team's workspace.
pub(super) fn token_of(team: &Team, device: &DeviceKeys) -> String {
    team.token_of_key(device.id(), device.signing())
}

fn token_in(answered: &Response) -> String {
    let session: Session = serde_json::from_slice(&answered.body).unwrap();
    data_encoding::BASE64URL_NOPAD.encode(&session.token.0)
}

impl Team {
    /// Answers a challenge for `dev` with `key`. What was posted, and what the server says to it.
    pub(super) fn log_in(
        &self,
        ws: WorkspaceId,
        dev: DeviceId,
        key: &SigningKey,
    ) -> (LoginRequest, Response) {
        let (ws, id) = (hex(ws.as_bytes()), hex(dev.as_bytes()));
        let asked = self.post_plain("/v1/auth/challenge", &ChallengeRequest { ws, dev: id });
        let challenge: Challenge = serde_json::from_slice(&asked.body).unwrap();
        let nonce = Nonce::from_bytes(challenge.nonce.0.clone().try_into().unwrap());
        let text = LoginText { origin: self.http.origin().to_owned(), dev, nonce };
        let sig = key.sign(Message::Login, &[&text.encode()]);
        let sig = Bytes(sig.as_bytes().to_vec());
        let login = LoginRequest { ws, dev: id, nonce: challenge.nonce, sig };
        let answered = self.post_plain("/v1/auth/login", &login);
        (login, answered)
    }

    /// The token of a new session for whoever has the key of `dev`.
    pub(super) fn token_of_key(&self, dev: DeviceId, key: &SigningKey) -> String {
        token_in(&self.log_in(self.ws(), dev, key).1)
    }

    fn post_plain(&self, path: &str, body: &impl serde::Serialize) -> Response {
        let (path, body) = (path.to_owned(), serde_json::to_vec(body).unwrap());
        self.http.send(&Request { method: Method::Post, path, headers: Vec::new(), body }).unwrap()
    }

    /// A phone to stand in for one that is somewhere else.
    pub(super) fn nobody(&self) -> Phone {
        Phone { user: self.ana.user, device: self.workspace.new_device(), keys: KeyRing::new() }
    }
}
