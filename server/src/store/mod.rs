//! The server's database: one SQLite file with one writer, and readers beside it.
//!
//! All SQL is in [`rows`]. Opening brings the file up to date, or says what it is instead; a foreign or newer file is never
//! touched. What is acknowledged is on the disk: `synchronous = FULL` syncs the write-ahead log at each commit, and the writer
//! shares one commit among all that wait (`writer`).

mod rows;

use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

pub(crate) use rows::{Change, Rows, StoredRecord};

/// Marks the file as ours (offset 68 of an SQLite file).
const APPLICATION_ID: i32 = 0x4353_7331;

/// Every format so far, oldest first; the number of a format is its place, from 1.
const MIGRATIONS: [&str; 1] = [include_str!("schema.sql")];

/// How long a connection waits for another: a checkpoint of the write-ahead log, or a backup.
const PATIENCE: Duration = Duration::from_secs(10);

const SETTINGS: &str = "
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA trusted_schema = OFF;
    PRAGMA cell_size_check = ON;
";

/// Why the database cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// SQLite's own reason.
    #[error("open the database: {0}")]
    Sqlite(#[from] rusqlite::Error),
    /// The file belongs to another program.
    #[error("open the database: the file is another program's")]
    Foreign,
    /// A later version wrote the file.
    #[error(
        "open the database: it has format {found}, and this version knows {known}; install the newer server again"
    )]
    Newer {
        /// The file's format.
        found: i64,
        /// The newest that is known here.
        known: i64,
    },
}

/// The database: where it is, and connections that wait for readers.
pub(crate) struct Store {
    path: PathBuf,
    idle: Mutex<Vec<Connection>>,
}

impl Store {
    /// Opens the database at `path`, which is made where there is none, and the connection of its one writer.
    /// `generation` is what a new database begins with.
    pub(crate) fn open(path: &Path, generation: u64) -> Result<(Self, Connection), OpenError> {
        let mut writer = Connection::open(path)?;
        writer.busy_timeout(PATIENCE)?;
        migrate(&mut writer, generation)?;
        writer.execute_batch(SETTINGS)?;
        writer.set_prepared_statement_cache_capacity(64);
        Ok((Self { path: path.to_owned(), idle: Mutex::new(Vec::new()) }, writer))
    }

    /// Reads in one snapshot: what `work` sees is of one moment.
    pub(crate) fn read<T>(&self, work: impl FnOnce(&Rows<'_>) -> rusqlite::Result<T>) -> rusqlite::Result<T> {
        let idle = self.idle.lock().expect("no reader panics while it holds the list").pop();
        let mut connection = idle.map_or_else(|| self.reader(), Ok)?;
        let transaction = connection.transaction()?;
        let read = work(&Rows(&transaction));
        transaction.finish()?;
        self.idle.lock().expect("no reader panics while it holds the list").push(connection);
        read
    }

    fn reader(&self) -> rusqlite::Result<Connection> {
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = Connection::open_with_flags(&self.path, flags)?;
        connection.busy_timeout(PATIENCE)?;
        connection.set_prepared_statement_cache_capacity(64);
        Ok(connection)
    }
}

fn migrate(connection: &mut Connection, generation: u64) -> Result<(), OpenError> {
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let pragma = |name: &str| transaction.pragma_query_value(None, name, |row| row.get::<_, i64>(0));
    let (found, owner) = (pragma("user_version")?, pragma("application_id")?);
    let tables: i64 = transaction.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    if owner != i64::from(APPLICATION_ID) && (owner != 0 || tables > 0) {
        return Err(OpenError::Foreign);
    }
    let known = i64::try_from(MIGRATIONS.len()).expect("formats are few");
    if found > known {
        return Err(OpenError::Newer { found, known });
    }
    let from = usize::try_from(found).map_err(|_| OpenError::Foreign)?;
    for migration in &MIGRATIONS[from..] {
        transaction.execute_batch(migration)?;
    }
    if found == 0 {
        transaction.execute("INSERT INTO server VALUES (1, ?1)", [generation])?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", known)?;
    transaction.commit()?;
    Ok(())
}
