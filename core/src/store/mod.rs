//! The file that a device keeps: ciphertext and ids, and nothing that a person wrote.
//!
//! One file holds one workspace: its log, the keys this device has in it, sealed records, and what is this device's
//! own. Reading gives what was stored; whether it may be believed is for those who ask. Writing happens in steps:
//! all of a [`Step`] is there afterwards, or nothing of it.

mod error;
mod files;
mod open;
mod read;
mod sent;
mod sync;
#[cfg(test)]
mod tests;
mod write;

use rusqlite::{Connection, Transaction, TransactionBehavior};

pub use error::{OpenError, StoreError};
pub(crate) use files::{Existing, Unnamed, read_whole, write_private};
pub use files::{FileError, read_private};
pub(crate) use read::{Doubt, Held, Identity, Slot};
pub(crate) use sync::{Backfill, Known, Notice, Progress, Received, Waiting};
pub(crate) use write::Step;

/// An open store. No other process has it.
pub(crate) struct Store {
    connection: Connection,
}

impl Store {
    /// Runs `work` in one write transaction, which is durable when this returns `Ok` and undone otherwise. What is read
    /// meanwhile is what the step has written. A step within a step fails.
    pub(crate) fn step<T, E: From<StoreError>>(
        &self,
        work: impl FnOnce(&Step<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let transaction = Transaction::new_unchecked(&self.connection, TransactionBehavior::Immediate)
            .map_err(StoreError::from)?;
        let step = Step(&transaction);
        let done = work(&step)?;
        transaction.commit().map_err(StoreError::from)?;
        Ok(done)
    }
}
