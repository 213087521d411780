//! The server's interface, as functions: each answer becomes a value or a named error.
//!
//! Nothing here is believed: what comes back are bytes for the verifier. A session that the server has forgotten is made
//! anew by answering a challenge, without asking anybody.

use std::sync::{Arc, Mutex, PoisonError};

use countersign_api::{
    Batch, Boxed, Bytes, Challenge, ChallengeRequest, Changes, Cursor, Found, Founded, Hex16,
    IDEMPOTENCY_KEY, JoinRequests, LogPage, LoginRequest, Problem, Receipt, Refusal, Session, SpaceRecords,
};
use countersign_crypto::device::SigningKey;
use countersign_protocol::ids::{DeviceId, Nonce, RecordId, Signature, SpaceId, WorkspaceId};
use countersign_protocol::login::LoginText;
use countersign_protocol::numbers::Message;
use data_encoding::BASE64URL_NOPAD;
use serde::Serialize;
use serde::de::DeserializeOwned;
use zeroize::Zeroizing;

use super::Cancel;
use super::pokes::Pokes;
use super::transport::{Method, Request, Response, Transport, TransportError};

/// Why the server did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ServerError {
    /// There was no answer.
    #[error(transparent)]
    Transport(#[from] TransportError),
    /// It said no, by name.
    #[error("get a yes from the server")]
    Refused {
        /// Its reason.
        refusal: Refusal,
        /// Seconds to wait before asking again, where it said so.
        retry_after: Option<u32>,
    },
    /// There is no key to log in with: the client is locked.
    #[error("log in to the server: the workspace is locked")]
    Locked,
    /// It answered something that is no answer of a workspace server: a captive portal, another program.
    #[error("understand the server's answer")]
    NotUnderstood {
        /// The HTTP status.
        status: u16,
    },
}

/// What logs in: a key, or whoever can reach one.
pub trait LoginKey: Send + Sync {
    /// The signature over a login text; `None` while the key cannot be reached.
    fn sign_login(&self, text: &LoginText) -> Option<Signature>;
}

impl LoginKey for SigningKey {
    fn sign_login(&self, text: &LoginText) -> Option<Signature> {
        Some(self.sign(Message::Login, &[&text.encode()]))
    }
}

/// A session with a server, kept from one use to the next.
#[derive(Default)]
pub struct Token(Mutex<Option<Zeroizing<String>>>);

impl Token {
    fn get(&self) -> Option<Zeroizing<String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, token: Zeroizing<String>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(token);
    }
}

/// A workspace on a server, as one device or one invite's key.
pub struct WorkspaceServer<'a> {
    transport: &'a dyn Transport,
    ws: WorkspaceId,
    /// Who logs in: a device's id, or an invite's.
    dev: DeviceId,
    key: &'a dyn LoginKey,
    token: Arc<Token>,
}

/// Gives a workspace to a server: its genesis as it was signed. Safe to repeat.
///
/// # Errors
/// [`ServerError`]; `token` is what the operator gives to those who may.
pub fn found(
    transport: &dyn Transport,
    genesis: &[u8],
    token: Option<String>,
) -> Result<Founded, ServerError> {
    let body = json(&Found { entry: Bytes(genesis.to_vec()), token });
    answer(&transport.send(&Request {
        method: Method::Post,
        path: "/v1/ws".to_owned(),
        headers: Vec::new(),
        body,
    })?)
}

impl<'a> WorkspaceServer<'a> {
    /// The workspace `ws` on the server behind `transport`; `key` signs logins as `dev`. Nothing is sent yet.
    pub fn new(transport: &'a dyn Transport, ws: WorkspaceId, dev: DeviceId, key: &'a dyn LoginKey) -> Self {
        Self { transport, ws, dev, key, token: Arc::default() }
    }

    /// The same with the session of an earlier one, and for later ones.
    #[must_use]
    pub fn resuming(self, token: Arc<Token>) -> Self {
        Self { token, ..self }
    }

    /// What is new after `since`; `None` where nothing is.
    ///
    /// # Errors
    /// [`ServerError`].
    pub fn changes(&self, since: Cursor, limit: u32) -> Result<Option<Changes>, ServerError> {
        let path = format!("/v1/ws/{}/changes?since={since}&limit={limit}", self.hex());
        let headers = vec![("if-none-match", format!("\"{since}\""))];
        let response = self.ask(Method::Get, &path, &headers, Vec::new())?;
        if response.status == 304 { Ok(None) } else { answer(&response).map(Some) }
    }

    /// The same where nothing is new, too: an answer that says what time it is.
    ///
    /// # Errors
    /// [`ServerError`].
    pub fn changes_or_none(&self, since: Cursor, limit: u32) -> Result<Changes, ServerError> {
        self.get(&format!("/v1/ws/{}/changes?since={since}&limit={limit}", self.hex()))
    }

    /// Listens until the server ends the stream; `poked` is called whenever it says that something changed.
    ///
    /// # Errors
    /// [`ServerError`]; `Cancelled` as soon as `cancel` says so.
    pub fn listen(&self, cancel: &Cancel, poked: &mut dyn FnMut()) -> Result<(), ServerError> {
        let mut pokes = Pokes::default();
        let mut heard = |piece: &[u8]| {
            if pokes.take(piece) {
                poked();
            }
        };
        let request = Request {
            method: Method::Get,
            path: "/v1/events".to_owned(),
            headers: Vec::new(),
            body: Vec::new(),
        };
        let response =
            self.with_session(request, |request| self.transport.listen(request, cancel, &mut heard))?;
        if response.status == 200 { Ok(()) } else { Err(refused(&response)) }
    }

    /// Entries of the log from `from` on, as far as this key may read it.
    ///
    /// # Errors
    /// [`ServerError`].
    pub fn log(&self, from: u64) -> Result<LogPage, ServerError> {
        self.get(&format!("/v1/ws/{}/log?from={from}", self.hex()))
    }

    /// What a space holds now, a page from after the record `after`.
    ///
    /// # Errors
    /// [`ServerError`].
    pub fn space(&self, space: SpaceId, after: Option<RecordId>) -> Result<SpaceRecords, ServerError> {
        let after = after.map_or_else(String::new, |id| format!("?after={}", Hex16(*id.as_bytes())));
        self.get(&format!("/v1/ws/{}/spaces/{}/records{after}", self.hex(), Hex16(*space.as_bytes())))
    }

    /// The devices that have a box of a space's epoch.
    ///
    /// # Errors
    /// [`ServerError`].
    pub fn boxed(&self, space: SpaceId, epoch: u64) -> Result<Boxed, ServerError> {
        self.get(&format!("/v1/ws/{}/spaces/{}/boxes?epoch={epoch}", self.hex(), Hex16(*space.as_bytes())))
    }

    /// Posts a batch under the name that it keeps through all retries.
    ///
    /// # Errors
    /// [`ServerError`]: of a refusal, nothing of the batch was taken.
    pub fn post(&self, name: Hex16, batch: &Batch) -> Result<Receipt, ServerError> {
        let headers = vec![(IDEMPOTENCY_KEY, name.to_string())];
        answer(&self.ask(Method::Post, &format!("/v1/ws/{}/ops", self.hex()), &headers, json(batch))?)
    }

    /// Join requests that wait; with an invite's key, its own.
    ///
    /// # Errors
    /// [`ServerError`].
    pub fn joins(&self) -> Result<JoinRequests, ServerError> {
        self.get(&format!("/v1/ws/{}/joins", self.hex()))
    }

    /// Posts a join request, with an invite's key.
    ///
    /// # Errors
    /// [`ServerError`].
    pub fn post_join(&self, request: &[u8]) -> Result<(), ServerError> {
        let body = json(&Bytes(request.to_vec()));
        let response = self.ask(Method::Post, &format!("/v1/ws/{}/joins", self.hex()), &[], body)?;
        if response.status == 204 { Ok(()) } else { Err(refused(&response)) }
    }

    fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, ServerError> {
        answer(&self.ask(Method::Get, path, &[], Vec::new())?)
    }

    fn ask(
        &self,
        method: Method,
        path: &str,
        headers: &[(&'static str, String)],
        body: Vec<u8>,
    ) -> Result<Response, ServerError> {
        let request = Request { method, path: path.to_owned(), headers: headers.to_vec(), body };
        self.with_session(request, |request| self.transport.send(request))
    }

    /// Asks with the session that there is, and once more with a new one where the server does not know it.
    fn with_session(
        &self,
        mut request: Request,
        mut send: impl FnMut(&Request) -> Result<Response, TransportError>,
    ) -> Result<Response, ServerError> {
        if let Some(token) = self.token.get() {
            request.headers.push(bearer(&token));
            let response = send(&request)?;
            if response.status != 401 {
                return Ok(response);
            }
            request.headers.pop();
        }
        request.headers.push(bearer(&self.log_in()?));
        Ok(send(&request)?)
    }

    fn log_in(&self) -> Result<Zeroizing<String>, ServerError> {
        let (ws, dev) = (Hex16(*self.ws.as_bytes()), Hex16(*self.dev.as_bytes()));
        let challenge: Challenge = self.plain("/v1/auth/challenge", &ChallengeRequest { ws, dev })?;
        let nonce = challenge
            .nonce
            .0
            .as_slice()
            .try_into()
            .map_err(|_| ServerError::NotUnderstood { status: 200 })?;
        let text = LoginText {
            origin: self.transport.origin().to_owned(),
            dev: self.dev,
            nonce: Nonce::from_bytes(nonce),
        };
        let sig = self.key.sign_login(&text).ok_or(ServerError::Locked)?;
        let login = LoginRequest { ws, dev, nonce: challenge.nonce, sig: Bytes(sig.as_bytes().to_vec()) };
        let session: Session = self.plain("/v1/auth/login", &login)?;
        let token = Zeroizing::new(BASE64URL_NOPAD.encode(&session.token.0));
        self.token.set(token.clone());
        Ok(token)
    }

    /// A request without a session.
    fn plain<T: DeserializeOwned>(&self, path: &str, body: &impl Serialize) -> Result<T, ServerError> {
        let headers = Vec::new();
        let request = Request { method: Method::Post, path: path.to_owned(), headers, body: json(body) };
        answer(&self.transport.send(&request)?)
    }

    fn hex(&self) -> Hex16 {
        Hex16(*self.ws.as_bytes())
    }
}

fn bearer(token: &str) -> (&'static str, String) {
    ("authorization", format!("Bearer {token}"))
}

fn json(body: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(body).expect("the interface's types have string keys only")
}

fn answer<T: DeserializeOwned>(response: &Response) -> Result<T, ServerError> {
    if response.status != 200 {
        return Err(refused(response));
    }
    serde_json::from_slice(&response.body).map_err(|_| ServerError::NotUnderstood { status: response.status })
}

fn refused(response: &Response) -> ServerError {
    match serde_json::from_slice::<Problem>(&response.body) {
        Ok(problem) if response.status >= 400 => {
            ServerError::Refused { refusal: problem.error, retry_after: response.retry_after }
        }
        _ => ServerError::NotUnderstood { status: response.status },
    }
}
