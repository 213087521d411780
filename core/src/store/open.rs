//! Opens a file as a store, or says what it is instead.
//!
//! A foreign file is recognised by its first bytes, before SQLite is let near it: SQLite would replay a journal that
//! lies beside it. What is ours is brought up to date in one transaction, so that a kill leaves the old format or
//! the new one.

use std::fs::{self, File, OpenOptions};
use std::io::{ErrorKind, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::{OpenError, Store, StoreError};

/// Marks the file as ours (offset 68 of an SQLite file).
const APPLICATION_ID: u32 = 0x4353_6731;
/// Every format so far, oldest first; the number of a format is its place, from 1.
const MIGRATIONS: [&str; 2] =
    [include_str!("migrations/0001_first.sql"), include_str!("migrations/0002_sync.sql")];
/// How long to wait for another process, which is about to end or holds the store for good.
const PATIENCE: Duration = Duration::from_secs(3);
/// What every SQLite file begins with.
const MAGIC: &[u8; 16] = b"SQLite format 3\0";

/// Settings that hold for each connection. With exclusive locking the file belongs to one process until it closes
/// it, so nothing that was read is ever out of date.
const SETTINGS: &str = "
    PRAGMA locking_mode = EXCLUSIVE;
    PRAGMA journal_mode = WAL;
    PRAGMA synchronous = FULL;
    PRAGMA foreign_keys = ON;
    PRAGMA secure_delete = ON;
    PRAGMA temp_store = MEMORY;
    PRAGMA trusted_schema = OFF;
    PRAGMA cell_size_check = ON;
";

impl Store {
    /// Opens the store at `path`, which is made, empty, where there is none; its folder must exist.
    pub(crate) fn open(path: &Path) -> Result<Self, OpenError> {
        let header = Header::read(path)?;
        if let Some(header) = &header {
            header.judge(path)?;
        } else {
            create(path)?;
        }
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let mut connection = Connection::open_with_flags(path, flags).map_err(StoreError::from)?;
        if connection.is_readonly("main").map_err(StoreError::from)? {
            return Err(StoreError::ReadOnly.into());
        }
        connection.busy_timeout(PATIENCE).map_err(StoreError::from)?;
        connection.execute_batch(SETTINGS).map_err(StoreError::from)?;
        migrate(&mut connection)?;
        Ok(Self { connection })
    }
}

/// The parts of an SQLite file's first 100 bytes that say whose it is.
struct Header {
    page_size: u64,
    pages: u64,
    length: u64,
    application_id: u32,
    format: u32,
}

impl Header {
    /// `None` where there is no file yet, or one that a kill left before anything was in it.
    fn read(path: &Path) -> Result<Option<Self>, OpenError> {
        let mut file = match File::open(path) {
            Ok(file) => file,
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(None),
            Err(_) => return Err(StoreError::ReadOnly.into()),
        };
        let is_file = file.metadata().is_ok_and(|metadata| metadata.is_file());
        let mut bytes = Vec::with_capacity(100);
        if !is_file || (&mut file).take(100).read_to_end(&mut bytes).is_err() {
            return Err(OpenError::Foreign);
        }
        if bytes.is_empty() {
            return Ok(None);
        }
        let Some(header) = bytes.first_chunk::<100>().filter(|header| header.starts_with(MAGIC)) else {
            return Err(if MAGIC.starts_with(&bytes) || bytes.starts_with(MAGIC) {
                OpenError::HalfWritten
            } else {
                OpenError::Foreign
            });
        };
        let number =
            |at: usize| header[at..at + 4].iter().fold(0_u32, |sum, &byte| sum << 8 | u32::from(byte));
        // The page size has two bytes, in which 1 stands for 65,536.
        let page_size = match u64::from(number(16) >> 16) {
            1 => 65_536,
            size => size,
        };
        // The size in pages holds only where the change counter says that this version of SQLite wrote it.
        let pages = if number(24) == number(92) { u64::from(number(28)) } else { 0 };
        let length = file.metadata().map_or(0, |metadata| metadata.len());
        Ok(Some(Self { page_size, pages, length, application_id: number(68), format: number(60) }))
    }

    /// Whether SQLite may open the file.
    fn judge(&self, path: &Path) -> Result<(), OpenError> {
        if ![0, APPLICATION_ID].contains(&self.application_id) {
            return Err(OpenError::Foreign);
        }
        newer(self.format)?;
        // With a log of writes beside it, a file may be behind its own header: SQLite finishes what was begun.
        let journalled = fs::metadata(beside(path, "-wal")).is_ok_and(|metadata| metadata.len() > 0);
        if !journalled && self.length < self.page_size * self.pages {
            return Err(OpenError::HalfWritten);
        }
        Ok(())
    }
}

fn newer(found: u32) -> Result<(), OpenError> {
    let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
    if found > known { Err(OpenError::Newer { found, known }) } else { Ok(()) }
}

/// The file that SQLite keeps beside `path` under the same name and `suffix`.
fn beside(path: &Path, suffix: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// An empty file that only its owner can read; SQLite gives its journal the same permissions.
fn create(path: &Path) -> Result<(), StoreError> {
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|error| match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => StoreError::DiskFull,
        _ => StoreError::ReadOnly,
    })?;
    Ok(())
}

fn migrate(connection: &mut Connection) -> Result<(), OpenError> {
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(StoreError::from)?;
    let pragma = |name| transaction.pragma_query_value(None, name, |row| row.get::<_, u32>(0));
    let application_id = pragma("application_id").map_err(StoreError::from)?;
    let format = pragma("user_version").map_err(StoreError::from)?;
    let tables: u32 = transaction
        .query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))
        .map_err(StoreError::from)?;
    let untouched = application_id == 0 && format == 0 && tables == 0;
    if application_id != APPLICATION_ID && !untouched {
        return Err(OpenError::Foreign);
    }
    newer(format)?;
    let missing = &MIGRATIONS[usize::try_from(format).unwrap_or(usize::MAX).min(MIGRATIONS.len())..];
    if missing.is_empty() {
        return Ok(());
    }
    for sql in missing {
        transaction.execute_batch(sql).map_err(StoreError::from)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID).map_err(StoreError::from)?;
    transaction.pragma_update(None, "user_version", MIGRATIONS.len() as u64).map_err(StoreError::from)?;
    Ok(transaction.commit().map_err(StoreError::from)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_connection_has_the_settings_that_keep_what_was_reported_and_forget_what_was_deleted() {
        let folder = std::env::temp_dir().join(format!("countersign-settings-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let store = Store::open(&folder.join("store")).unwrap();
        let number =
            |name: &str| store.connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).unwrap();
        let text = |name: &str| {
            store.connection.pragma_query_value(None, name, |row| row.get::<_, String>(0)).unwrap()
        };
        assert_eq!((text("journal_mode").as_str(), text("locking_mode").as_str()), ("wal", "exclusive"));
        // FULL, ON, ON, MEMORY.
        let settings = ["synchronous", "foreign_keys", "secure_delete", "temp_store"].map(number);
        assert_eq!(settings, [2, 1, 1, 2]);
        assert_eq!(number("user_version"), i64::try_from(MIGRATIONS.len()).unwrap());
        drop(store);
        fs::remove_dir_all(folder).unwrap();
    }
}
