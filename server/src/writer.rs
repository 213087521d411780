//! The one writer: a thread that takes turns with the database, many requests to a commit.
//!
//! Acknowledged means on the disk, and a sync to the disk takes as long as hundreds of small changes. So those who wait
//! while one commit is under way share the next: each has a savepoint of its own, is undone alone if it is refused, and is
//! answered when the commit of all has succeeded.

use std::collections::HashMap;
use std::sync::Arc;

use countersign_protocol::ids::WorkspaceId;
use countersign_protocol::log::Log;
use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use crate::refusal::Refused;
use crate::store::Rows;
use crate::workspaces::{Live, Workspaces};

/// The most requests in one commit, and the most that wait for the next.
const MOST_IN_A_COMMIT: usize = 256;

/// Gives an answer, once it is known whether the commit succeeded.
type Answer = Box<dyn FnOnce(bool) + Send>;

/// One request's work. It says whether its changes stand.
type Job = Box<dyn FnOnce(&mut Turn<'_>) -> (bool, Answer) + Send>;

/// The way to the writer.
#[derive(Clone)]
pub(crate) struct Writer(mpsc::Sender<Job>);

/// A workspace as it will be when the commit succeeds.
#[derive(Clone)]
pub(crate) struct Draft {
    live: Option<Arc<Live>>,
    /// Its verified log.
    pub(crate) log: Arc<Log>,
    /// The last position taken.
    pub(crate) pos: u64,
}

/// A request's turn with the database.
pub(crate) struct Turn<'a> {
    /// The rows, as this transaction has left them so far.
    pub(crate) rows: Rows<'a>,
    workspaces: &'a Workspaces,
    drafts: HashMap<WorkspaceId, Draft>,
}

impl Turn<'_> {
    /// A workspace as it stands after the turns before; none where there is no such workspace.
    pub(crate) fn workspace(&mut self, ws: WorkspaceId) -> rusqlite::Result<Option<Draft>> {
        if let Some(draft) = self.drafts.get(&ws) {
            return Ok(Some(draft.clone()));
        }
        let Some(live) = self.workspaces.get_in(ws, &self.rows)? else { return Ok(None) };
        Ok(Some(Draft { log: live.log(), pos: live.pos(), live: Some(live) }))
    }

    /// Leaves a workspace as the next turn is to find it.
    pub(crate) fn leave(&mut self, ws: WorkspaceId, draft: Draft) -> rusqlite::Result<()> {
        self.rows.set_pos(ws, draft.pos)?;
        self.drafts.insert(ws, draft);
        Ok(())
    }

    /// Leaves a new workspace.
    pub(crate) fn begin(&mut self, ws: WorkspaceId, log: Log, pos: u64) -> rusqlite::Result<()> {
        self.leave(ws, Draft { live: None, log: Arc::new(log), pos })
    }
}

impl Writer {
    /// Starts the writer's thread. It ends when nobody can reach it any more and all that waited is answered.
    pub(crate) fn start(
        connection: Connection,
        workspaces: Arc<Workspaces>,
    ) -> std::io::Result<(Self, std::thread::JoinHandle<()>)> {
        let (sender, receiver) = mpsc::channel(MOST_IN_A_COMMIT);
        let thread = std::thread::Builder::new()
            .name("writer".to_owned())
            .spawn(move || run(connection, receiver, &workspaces))?;
        Ok((Self(sender), thread))
    }

    /// Runs `work` in its turn. `Ok` means that what it changed is on the disk; otherwise nothing of it is there.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Turn<'_>) -> Result<T, Refused> + Send + 'static,
    ) -> Result<T, Refused> {
        let (sender, receiver) = oneshot::channel();
        let job: Job = Box::new(move |turn| {
            let done = work(turn);
            let stands = done.is_ok();
            let answer = move |durable: bool| {
                let answer = if durable || done.is_err() { done } else { Err(Refused::unavailable()) };
                // Whoever asked may have gone; the change stands.
                let _ = sender.send(answer);
            };
            (stands, Box::new(answer))
        });
        self.0.send(job).await.map_err(|_| Refused::unavailable())?;
        receiver.await.map_err(|_| Refused::unavailable())?
    }
}

fn run(mut connection: Connection, mut jobs: mpsc::Receiver<Job>, workspaces: &Workspaces) {
    while let Some(first) = jobs.blocking_recv() {
        let mut group = vec![first];
        while group.len() < MOST_IN_A_COMMIT
            && let Ok(job) = jobs.try_recv()
        {
            group.push(job);
        }
        if let Err(error) = commit(&mut connection, group, workspaces) {
            tracing::error!(%error, "a commit failed; those who waited for it are told to try again");
        }
    }
}

/// Runs a group in one transaction and answers each. An error drops the answers that were not given: who waits sees that.
fn commit(connection: &mut Connection, group: Vec<Job>, workspaces: &Workspaces) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut turn = Turn { rows: Rows(&transaction), workspaces, drafts: HashMap::new() };
    let mut answers = Vec::with_capacity(group.len());
    for job in group {
        transaction.execute_batch("SAVEPOINT turn")?;
        let before = turn.drafts.clone();
        let (stands, answer) = job(&mut turn);
        if !stands {
            transaction.execute_batch("ROLLBACK TO turn")?;
            turn.drafts = before;
        }
        transaction.execute_batch("RELEASE turn")?;
        answers.push(answer);
    }
    let drafts = turn.drafts;
    let committed = transaction.commit();
    if committed.is_ok() {
        for (ws, draft) in drafts {
            match draft.live {
                Some(live) => live.publish(draft.log, draft.pos),
                None => workspaces.begin(ws, Arc::unwrap_or_clone(draft.log), draft.pos),
            }
        }
    }
    for answer in answers {
        answer(committed.is_ok());
    }
    committed
}
