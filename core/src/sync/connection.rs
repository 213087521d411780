//! An unlocked client and its workspace server.

use std::sync::{Arc, Mutex, PoisonError, TryLockError};
use std::time::Duration;

use countersign_api::Refusal;
use countersign_crypto::link::ServerAddress;
use countersign_crypto::local::Place;
use countersign_protocol::ids::{DeviceId, Signature, WorkspaceId};
use countersign_protocol::login::LoginText;
use countersign_protocol::numbers::Message;

use super::Cancel;
use super::pull::{progress, pull};
use super::push::{Pushed, push};
use super::server::{LoginKey, ServerError, Token, WorkspaceServer, found};
use super::settle::settle;
use super::transport::{Cancellable, Transport};
use super::{SyncError, chores};
use crate::client::{Desk, Doer, Unlocked};
use crate::error::Unavailable;
use crate::people::follow;
use crate::ports::{Entropy, LocalKey, Timestamp};
use crate::store::{Progress, Step, StoreError};

/// How often a device plans again when others were first, before it says so.
const ROUNDS: usize = 16;

/// How often the server's clock is asked for while nothing is new: an answer without news does not say what time it is.
const MEASURED_EVERY: Duration = Duration::from_hours(1);

/// The most chores that are done in one sync.
const CHORES: usize = 4_096;

/// An unlocked client and its workspace server. Cheap to clone: all clones are one connection.
#[derive(Clone)]
pub struct Connection {
    pub(crate) unlocked: Unlocked,
    pub(crate) transport: Arc<dyn Transport>,
    pub(super) token: Arc<Token>,
    /// One sync at a time.
    turn: Arc<Mutex<()>>,
    /// When the server's clock was last asked for.
    measured: Arc<Mutex<Option<Duration>>>,
}

/// What a sync did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Synced {
    /// How many changes came.
    pub received: usize,
    /// How many operations were sent.
    pub sent: usize,
}

impl Connection {
    /// A connection of `unlocked` to the server behind `transport`. Nothing is sent yet.
    pub fn new(unlocked: &Unlocked, transport: Arc<dyn Transport>) -> Self {
        Self {
            unlocked: unlocked.clone(),
            transport,
            token: Arc::default(),
            turn: Arc::default(),
            measured: Arc::default(),
        }
    }

    /// The same with the session of an earlier connection, and for later ones.
    #[must_use]
    pub fn resuming(self, token: Arc<Token>) -> Self {
        Self { token, ..self }
    }

    /// The same connection, which ends what is under way and sends nothing more as soon as `cancel` says so.
    pub(super) fn cancelled_by(&self, cancel: &Cancel) -> Self {
        let (transport, cancel) = (Arc::clone(&self.transport), cancel.clone());
        Self { transport: Arc::new(Cancellable { transport, cancel }), ..self.clone() }
    }

    /// The workspace on the server, with the session that there is.
    pub(super) fn server(&self, workspace: WorkspaceId, device: DeviceId) -> WorkspaceServer<'_> {
        WorkspaceServer::new(&*self.transport, workspace, device, self).resuming(Arc::clone(&self.token))
    }

    /// Gives the workspace to the server, where that was not done yet: its first entry as it was signed. The rest follows
    /// with [`sync`](Self::sync). Safe to repeat; nothing is signed again.
    ///
    /// # Errors
    /// [`SyncError`]; `token` is what the server's operator gives to those who may.
    pub fn attach(&self, server: &ServerAddress, token: Option<String>) -> Result<(), SyncError> {
        let genesis = self.with(|desk| Ok(desk.store.genesis()?))?;
        found(&*self.transport, &genesis, token)?;
        self.with(|desk| begin(desk, server))
    }

    /// Brings this device and the server to the same state: what is new comes, what waits is sent, and what this device does
    /// for others by itself is done.
    ///
    /// # Errors
    /// [`SyncError`]; what was done before it happened stays done.
    pub fn sync(&self) -> Result<Synced, SyncError> {
        let _turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        self.sync_in_turn()
    }

    /// The same, unless somebody else is at it.
    pub(super) fn sync_if_free(&self) -> Result<Option<Synced>, SyncError> {
        let _turn = match self.turn.try_lock() {
            Ok(turn) => turn,
            Err(TryLockError::Poisoned(turn)) => turn.into_inner(),
            Err(TryLockError::WouldBlock) => return Ok(None),
        };
        self.sync_in_turn().map(Some)
    }

    fn sync_in_turn(&self) -> Result<Synced, SyncError> {
        if !follow(self)? {
            return Ok(Synced::default());
        }
        let identity = self.with(|desk| Ok(desk.session.identity))?;
        let server = self.server(identity.workspace, identity.device);
        let mut synced = Synced::default();
        let (mut rounds, mut chores) = (0, 0);
        loop {
            let (received, now) = self.pull(&server)?;
            synced.received += received;
            self.note_time(now)?;
            if self.with(is_removed)? {
                break;
            }
            match push(self, &server)? {
                Pushed::All { sent } => {
                    synced.sent += sent;
                    // An entry of this device's own has consequences like anybody's, once it is taken.
                    if sent > 0 {
                        self.with(settle)?;
                    }
                }
                Pushed::Overtaken { sent } => {
                    synced.sent += sent;
                    rounds += 1;
                    if rounds == ROUNDS {
                        return Err(SyncError::Busy);
                    }
                    continue;
                }
            }
            if chores == CHORES || !chores::next(self, &server)? {
                break;
            }
            chores += 1;
        }
        self.with(|desk| {
            let progress = Progress { synced_at: desk.now(), ..progress(desk)? };
            Ok(desk.store.step(|step| step.put_progress(&progress))?)
        })?;
        Ok(synced)
    }

    /// What is new, judged. A removed device may read the log alone, up to the entry that removed it.
    fn pull(&self, server: &WorkspaceServer<'_>) -> Result<(usize, Option<u64>), SyncError> {
        let pulled = match pull(self, server) {
            Err(SyncError::Server(ServerError::Refused { refusal: Refusal::Forbidden, .. })) => {
                (super::pull::pull_log(self, server)?, None)
            }
            pulled => pulled?,
        };
        self.with(settle)?;
        Ok(pulled)
    }

    /// Whether it is time to ask what time it is.
    pub(super) fn wants_time(&self) -> bool {
        let (measured, now) = (self.measured.lock(), self.unlocked.host().monotonic.elapsed());
        let measured = *measured.unwrap_or_else(PoisonError::into_inner);
        measured.is_none_or(|measured| now.saturating_sub(measured) >= MEASURED_EVERY)
    }

    /// Codes go by the server's clock where this device's is wrong.
    fn note_time(&self, now: Option<u64>) -> Result<(), SyncError> {
        let Some(now) = now else { return Ok(()) };
        let elapsed = self.unlocked.host().monotonic.elapsed();
        *self.measured.lock().unwrap_or_else(PoisonError::into_inner) = Some(elapsed);
        let server = Timestamp::from_unix_millis(now);
        let known = self.unlocked.clock()?;
        if crate::otp::Drift::measured(server, self.unlocked.now()).state() != known {
            self.unlocked.note_server_time(server)?;
        }
        Ok(())
    }

    /// Runs a part of a sync with the store and the keys.
    pub(crate) fn with<T>(
        &self,
        part: impl FnOnce(&mut Desk<'_>) -> Result<T, SyncError>,
    ) -> Result<T, SyncError> {
        self.unlocked.with(Doer::Screen, part)
    }
}

/// A server is attached from now on; everything in the store waits to be sent.
fn begin(desk: &mut Desk<'_>, server: &ServerAddress) -> Result<(), SyncError> {
    let before = desk.store.progress()?;
    let (local, entropy) = (&desk.session.local, &*desk.host.entropy);
    desk.store.step(|step| {
        keep_server(step, server, local, entropy)?;
        if before.is_none() {
            step.put_progress(&Progress::at(0))?;
        }
        Ok(())
    })
}

/// Where the server's address lies.
const SERVER: &str = "server";

/// Keeps where the workspace's server is.
pub(crate) fn keep_server(
    step: &Step<'_>,
    server: &ServerAddress,
    local: &LocalKey,
    entropy: &dyn Entropy,
) -> Result<(), Unavailable> {
    let sealed = local.seal(Place::Store(SERVER.as_bytes()), server.as_str().as_bytes(), entropy)?;
    Ok(step.put_local(SERVER, &sealed)?)
}

impl Unlocked {
    /// Where the workspace's server is; `None` while it has none.
    ///
    /// # Errors
    /// [`Unavailable`], as of any verb.
    pub fn server(&self) -> Result<Option<ServerAddress>, Unavailable> {
        self.with(Doer::Screen, |desk| {
            let Some(sealed) = desk.store.local(SERVER)? else { return Ok(None) };
            let text = desk.session.local.open(Place::Store(SERVER.as_bytes()), &sealed)?;
            let text = std::str::from_utf8(&text).map_err(|_| StoreError::Damaged)?;
            Ok(Some(ServerAddress::new(text).map_err(|_| StoreError::Damaged)?))
        })
    }
}

/// Whether the log that the server has says that this device is not in the workspace any more. An entry of its own by which
/// it leaves has to be sent first.
fn is_removed(desk: &mut Desk<'_>) -> Result<bool, SyncError> {
    let everything_is_sent = desk.session.log.next_seq() == progress(desk)?.confirmed;
    let device = desk.session.log.state().devices().get(&desk.session.identity.device);
    Ok(everything_is_sent && device.is_some_and(|device| device.removed.is_some()))
}

impl LoginKey for Connection {
    fn sign_login(&self, text: &LoginText) -> Option<Signature> {
        let sign = |desk: &mut Desk<'_>| {
            Ok::<_, Unavailable>(desk.session.device.signing().sign(Message::Login, &[&text.encode()]))
        };
        self.unlocked.with(Doer::Screen, sign).ok()
    }
}
