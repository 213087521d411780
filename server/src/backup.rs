//! A copy of the database, made while the server runs, and read back before it is called one.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, bail};
use countersign_protocol::ids::WorkspaceId;
use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags};

use crate::store::Store;
use crate::workspaces::Workspaces;

/// Pages that are copied at a time; between two of these, the server writes.
const PAGES: i32 = 1_000;

/// How long the server is let alone between them.
const PAUSE: Duration = Duration::from_millis(5);

/// What a backup holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BackedUp {
    /// How many workspaces, whose logs were verified in the copy.
    pub workspaces: u64,
    /// How many records.
    pub records: u64,
}

impl fmt::Display for BackedUp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} workspaces, {} records, read back", self.workspaces, self.records)
    }
}

/// Copies `database` to `file`, which must not be there yet, and verifies the copy: its pages, and every log in it.
///
/// # Errors
/// Whatever went wrong; the file is then removed.
pub fn backup(database: &Path, file: &Path) -> anyhow::Result<BackedUp> {
    if file.exists() {
        bail!("{} is there already: choose another name", file.display());
    }
    let copied = copy(database, file).and_then(|()| verify(file));
    if copied.is_err() {
        // What is left of it is no backup; where nothing is left, there is nothing to remove.
        let _ = std::fs::remove_file(file);
    }
    copied
}

fn copy(database: &Path, file: &Path) -> anyhow::Result<()> {
    let source = Connection::open_with_flags(database, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .with_context(|| format!("cannot open {}", database.display()))?;
    let mut target = Connection::open(file).with_context(|| format!("cannot make {}", file.display()))?;
    Backup::new(&source, &mut target)?
        .run_to_completion(PAGES, PAUSE, None)
        .context("cannot copy the database")
}

fn verify(file: &Path) -> anyhow::Result<BackedUp> {
    let connection = Connection::open(file)?;
    let found: String = connection.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    if found != "ok" {
        bail!("the copy is damaged: {found}");
    }
    let mut query = connection.prepare("SELECT id FROM workspaces")?;
    let ids: Vec<[u8; 16]> = query.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
    let records = connection.query_row("SELECT count(*) FROM records", [], |row| row.get(0))?;
    drop(query);
    drop(connection);
    // Opened as a server would open it, and each log as a server would load it.
    let (store, writer) = Store::open(file, 1)?;
    let workspaces = Workspaces::default();
    for id in &ids {
        workspaces.get(WorkspaceId::from_bytes(*id), &store).context("a log in the copy does not verify")?;
    }
    drop((store, writer));
    Ok(BackedUp { workspaces: ids.len() as u64, records })
}
