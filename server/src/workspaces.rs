//! The workspaces that are in use: each with its verified log and where its changes stand.
//!
//! Who may do what follows from the log, so it is kept in memory, verified. It is loaded when a workspace is first asked for,
//! from its checkpoint and what came after, and only the writer replaces it.

use std::collections::HashMap;
use std::sync::{Arc, RwLock};

use countersign_protocol::ids::{Head, WorkspaceId};
use countersign_protocol::log::Log;
use tokio::sync::watch;

use crate::store::{Rows, Store};

/// A workspace in use.
pub(crate) struct Live {
    log: RwLock<Arc<Log>>,
    /// The last position; whoever watches it learns of each change.
    pos: watch::Sender<u64>,
}

impl Live {
    fn new(log: Log, pos: u64) -> Self {
        Self { log: RwLock::new(Arc::new(log)), pos: watch::Sender::new(pos) }
    }

    /// The log as it is now. It does not change under whoever holds it.
    pub(crate) fn log(&self) -> Arc<Log> {
        Arc::clone(&self.log.read().expect("nobody panics while holding the log"))
    }

    pub(crate) fn pos(&self) -> u64 {
        *self.pos.borrow()
    }

    pub(crate) fn watch(&self) -> watch::Receiver<u64> {
        self.pos.subscribe()
    }

    /// Makes those who watch look again, at what has no position of its own: a join request.
    pub(crate) fn poke(&self) {
        self.pos.send_modify(|_| ());
    }

    /// What is durable now. The log first: whoever learns of a position finds the log that belongs to it.
    pub(crate) fn publish(&self, log: Arc<Log>, pos: u64) {
        *self.log.write().expect("nobody panics while holding the log") = log;
        self.pos.send_replace(pos);
    }
}

/// All workspaces in use.
#[derive(Default)]
pub(crate) struct Workspaces(RwLock<HashMap<WorkspaceId, Arc<Live>>>);

impl Workspaces {
    /// The workspace, loaded where it was not in use; none where the server has no such workspace.
    pub(crate) fn get(&self, ws: WorkspaceId, store: &Store) -> rusqlite::Result<Option<Arc<Live>>> {
        if let Some(live) = self.in_use(ws) {
            return Ok(Some(live));
        }
        Ok(store.read(|rows| load(ws, rows))?.map(|live| self.keep(ws, live)))
    }

    /// As [`get`](Self::get), for the writer, which sees what it has not committed yet.
    pub(crate) fn get_in(&self, ws: WorkspaceId, rows: &Rows<'_>) -> rusqlite::Result<Option<Arc<Live>>> {
        if let Some(live) = self.in_use(ws) {
            return Ok(Some(live));
        }
        Ok(load(ws, rows)?.map(|live| self.keep(ws, live)))
    }

    /// Takes a workspace into use that has become durable.
    pub(crate) fn begin(&self, ws: WorkspaceId, log: Log, pos: u64) {
        self.keep(ws, Live::new(log, pos));
    }

    fn in_use(&self, ws: WorkspaceId) -> Option<Arc<Live>> {
        self.0.read().expect("nobody panics while holding the map").get(&ws).map(Arc::clone)
    }

    /// The first to load it wins: whoever was slower may have read an older state.
    fn keep(&self, ws: WorkspaceId, live: Live) -> Arc<Live> {
        let mut all = self.0.write().expect("nobody panics while holding the map");
        Arc::clone(all.entry(ws).or_insert_with(|| Arc::new(live)))
    }
}

fn load(ws: WorkspaceId, rows: &Rows<'_>) -> rusqlite::Result<Option<Live>> {
    let Some(pos) = rows.pos(ws)? else { return Ok(None) };
    let stored = rows.checkpoint(ws)?;
    let mut log = match stored {
        Some((seq, state)) => {
            let at = rows.entries(ws, seq, 1)?;
            let head = at.first().map_or(Head::ZERO, |entry| Head::of_entry(entry));
            Log::from_checkpoint(&state, ws, seq, head).ok()
        }
        None => None,
    };
    loop {
        let seq = log.as_ref().map_or(0, Log::next_seq);
        let entries = rows.entries(ws, seq, 1_000)?;
        if entries.is_empty() {
            return Ok(log.map(|log| Live::new(log, pos)));
        }
        for entry in &entries {
            let verified = match &mut log {
                Some(log) => log.verify_next(entry).map(|_| ()),
                None => Log::begin(entry, ws).map(|begun| log = Some(begun)),
            };
            if let Err(error) = verified {
                // It was verified before it was stored: the file was changed by somebody else.
                tracing::error!(%error, seq = log.as_ref().map_or(0, Log::next_seq), "a stored log does not verify");
                return Err(rusqlite::Error::InvalidQuery);
            }
        }
    }
}
