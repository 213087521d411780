//! A connection that an engine keeps in step.

use std::sync::Arc;

use countersign_protocol::ids::{DeviceId, Signature, WorkspaceId};
use countersign_protocol::login::LoginText;

use super::engine::{Engine, EnginePorts, Outcome, SyncListener, Syncs};
use super::server::{LoginKey, Token, WorkspaceServer};
use super::{Cancel, Connection, ServerError, SyncError, Transport};
use crate::client::Doer;
use crate::error::Unavailable;
use crate::people::Standing;

impl Connection {
    /// Keeps this device in step by itself, until the engine is stopped or dropped, or the client is locked. `listener` is
    /// told each state, the first at once.
    ///
    /// # Errors
    /// Where the system has no thread to spare.
    pub fn keep_in_step(&self, listener: Box<dyn SyncListener>) -> std::io::Result<Engine> {
        let host = self.unlocked.host();
        let ports = EnginePorts {
            clock: Arc::clone(&host.clock),
            monotonic: Arc::clone(&host.monotonic),
            entropy: Arc::clone(&host.entropy),
        };
        let engine = Engine::start(Box::new(self.clone()), ports, listener)?;
        self.unlocked.heed(engine.heeds());
        Ok(engine)
    }
}

impl Syncs for Connection {
    fn sync(&self, cancel: &Cancel) -> Result<Outcome, SyncError> {
        if self.cancelled_by(cancel).sync_if_free()?.is_none() {
            return Ok(Outcome::Taken);
        }
        Ok(match self.unlocked.standing()? {
            Standing::Member => Outcome::InStep,
            Standing::Waiting => Outcome::Waiting,
            Standing::DeviceRemoved | Standing::MemberRemoved => Outcome::Removed,
        })
    }

    fn listen(&self, cancel: &Cancel, poked: &mut dyn FnMut()) -> Result<(), ServerError> {
        let line = self.cancelled_by(cancel);
        let identity = line.with(|desk| Ok(desk.session.identity)).map_err(|_| ServerError::Locked)?;
        line.server(identity.workspace, identity.device).listen(cancel, poked)
    }

    fn has_unsent(&self) -> Result<bool, Unavailable> {
        Ok(self.unlocked.unsent()? > 0)
    }
}

/// Listens to a server without a store, with the session that a connection has made.
pub struct Ear {
    transport: Arc<dyn Transport>,
    workspace: WorkspaceId,
    device: DeviceId,
    token: Arc<Token>,
}

impl Connection {
    /// What goes on listening while the store is in other hands. It makes no session: once there is none, it is deaf until
    /// the next sync.
    ///
    /// # Errors
    /// [`Unavailable`], as of any verb.
    pub fn ear(&self) -> Result<Ear, Unavailable> {
        let identity =
            self.unlocked.with(Doer::Screen, |desk| Ok::<_, Unavailable>(desk.session.identity))?;
        let (workspace, device) = (identity.workspace, identity.device);
        Ok(Ear { transport: Arc::clone(&self.transport), workspace, device, token: Arc::clone(&self.token) })
    }
}

impl Ear {
    /// Listens until the server ends the stream; `poked` is called whenever it says that something changed.
    ///
    /// # Errors
    /// [`ServerError`]; `Locked` without a session, `Cancelled` as soon as `cancel` says so.
    pub fn listen(&self, cancel: &Cancel, poked: &mut dyn FnMut()) -> Result<(), ServerError> {
        let server = WorkspaceServer::new(&*self.transport, self.workspace, self.device, &NoKey);
        server.resuming(Arc::clone(&self.token)).listen(cancel, poked)
    }
}

/// Signs nothing.
struct NoKey;

impl LoginKey for NoKey {
    fn sign_login(&self, _: &LoginText) -> Option<Signature> {
        None
    }
}
