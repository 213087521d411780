//! Why a store could not be opened, read or written, as decisions for a person.
//!
//! Each message says what to do. None of them ever leads to a reset: whatever is in the file stays there, because
//! it may be the only copy of somebody's codes.

use rusqlite::ErrorCode;

/// Why a file could not be opened as a store. The file is as it was.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A later version wrote it.
    #[error(
        "open the store: a newer Countersign wrote it (format {found}, this one knows {known}); update the app"
    )]
    Newer {
        /// The format of the file.
        found: u32,
        /// The newest format that this version knows.
        known: u32,
    },
    /// It belongs to something else.
    #[error("open the store: the file is not a Countersign store; choose another path")]
    Foreign,
    /// The file ends before its own size says so: it was copied or restored in part.
    #[error("open the store: the file ends too early; copy it again from where it came, whole")]
    HalfWritten,
    /// As of any use of a store.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Why a store could not be read or written. What was to be written is not there, not even in part.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Another process, or another client in this one, has it.
    #[error("use the store: another Countersign has it open; close that one and try again")]
    InUse,
    /// The file, its folder or the whole disk cannot be written.
    #[error("write the store: the file or its folder is read-only; allow writing and try again")]
    ReadOnly,
    /// No room is left.
    #[error("write the store: the disk is full; make room and try again")]
    DiskFull,
    /// What is in it is not what was written.
    #[error("read the store: it is damaged; keep the file, and restore a copy or link this device again")]
    Damaged,
    /// Anything else that the system reports.
    #[error("use the store: the system reported an error; try again")]
    System(#[source] rusqlite::Error),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::InUse,
            Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => Self::ReadOnly,
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::ConstraintViolation) => {
                Self::Damaged
            }
            Some(_) => Self::System(error),
            // Not from SQLite: a column is missing, or of another type or length than the schema says.
            None => Self::Damaged,
        }
    }
}
