//! What every route works with: the database and its writer, the workspaces in use, sessions, and the host.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use countersign_api::Refusal;
use countersign_protocol::ids::{DeviceId, WorkspaceId};
use tokio::sync::watch;

use crate::config::Founding;
use crate::limits::Limits;
use crate::login::Nonces;
use crate::ports::Host;
use crate::refusal::Refused;
use crate::store::{Rows, Store};
use crate::workspaces::{Live, Workspaces};
use crate::writer::Writer;

/// The server, shared by all requests.
#[derive(Clone)]
pub(crate) struct Service(Arc<Parts>);

/// Its parts.
pub(crate) struct Parts {
    pub(crate) store: Store,
    pub(crate) writer: Writer,
    pub(crate) workspaces: Arc<Workspaces>,
    pub(crate) nonces: Nonces,
    pub(crate) limits: Limits,
    pub(crate) host: Box<dyn Host>,
    /// The origin that logins are signed for.
    pub(crate) origin: String,
    /// Who may make workspaces.
    pub(crate) founding: Founding,
    /// Which life of the data this is.
    pub(crate) generation: u64,
    /// Becomes true when the server is about to stop.
    pub(crate) stopping: watch::Receiver<bool>,
    /// Sessions that were asked for since the start. The database has them all.
    pub(crate) sessions: RwLock<HashMap<[u8; 32], SessionOf>>,
}

/// Whose a session is.
#[derive(Debug, Clone, Copy)]
pub(crate) struct SessionOf {
    pub(crate) ws: WorkspaceId,
    pub(crate) dev: DeviceId,
    /// In ms since the Unix epoch.
    pub(crate) expires: u64,
}

impl std::ops::Deref for Service {
    type Target = Parts;

    fn deref(&self) -> &Parts {
        &self.0
    }
}

impl Service {
    pub(crate) fn new(parts: Parts) -> Self {
        Self(Arc::new(parts))
    }

    pub(crate) fn now(&self) -> u64 {
        self.host.now()
    }

    /// Reads from the database, away from the threads that serve connections.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Rows<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Refused> {
        let service = self.clone();
        let read = tokio::task::spawn_blocking(move || service.store.read(work)).await;
        Ok(read.map_err(|_| Refused::unavailable())??)
    }

    /// A workspace; whoever asks has a session in it or is about to log in.
    pub(crate) async fn workspace(&self, ws: WorkspaceId) -> Result<Option<Arc<Live>>, Refused> {
        let service = self.clone();
        let found = tokio::task::spawn_blocking(move || service.workspaces.get(ws, &service.store)).await;
        Ok(found.map_err(|_| Refused::unavailable())??)
    }

    /// Whose session the token with this hash opens.
    pub(crate) async fn session(&self, token: [u8; 32]) -> Result<SessionOf, Refused> {
        let cached = self.sessions.read().expect("nobody panics while holding the map").get(&token).copied();
        let session = if let Some(session) = cached {
            session
        } else {
            let stored = self.read(move |rows| rows.session(token)).await?;
            let (ws, dev, expires) = stored.ok_or(Refusal::Unauthorized)?;
            self.remember(token, SessionOf { ws, dev, expires })
        };
        if session.expires <= self.now() { Err(Refusal::Unauthorized.into()) } else { Ok(session) }
    }

    pub(crate) fn remember(&self, token: [u8; 32], session: SessionOf) -> SessionOf {
        self.sessions.write().expect("nobody panics while holding the map").insert(token, session);
        session
    }

    pub(crate) fn forget(&self, token: [u8; 32]) {
        self.sessions.write().expect("nobody panics while holding the map").remove(&token);
    }

    /// Forgets what has ended, in memory. The writer does the same in the database.
    pub(crate) fn forget_ended(&self) {
        let now = self.now();
        let mut sessions = self.sessions.write().expect("nobody panics while holding the map");
        sessions.retain(|_, session| session.expires > now);
    }
}
