//! Why people were not invited, let in, given access or removed.

use countersign_crypto::content::TextTooLong;
use countersign_crypto::flow::{AdditionError, AdmissionError, FlowError};
use countersign_crypto::invite::GreetingError;
use countersign_protocol::log::{EntryError, OpError};

use crate::error::{Refusal, Unavailable};
use crate::ports::{EntropyError, VaultError};
use crate::store::StoreError;
use crate::sync::{ServerError, SyncError};

/// Why a change of the workspace was not made. Nothing was changed, here or at the server.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// What any sync can meet.
    #[error(transparent)]
    Sync(#[from] SyncError),
    /// The account is not there, or this member may not do that with it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The log's rules do not let this member do that, or it would change nothing: the reason, as the verifier has it.
    #[error("change the workspace: {0}")]
    NotValid(EntryError),
    /// There is no such member, device or invite.
    #[error("find the member, device or invite")]
    NotFound,
    /// A name is too long.
    #[error(transparent)]
    Name(#[from] TextTooLong),
    /// Somebody else's change came first, and leaves no place for this one.
    #[error("change the workspace: somebody else changed it first")]
    Overtaken,
}

/// Why a device did not become part of a workspace.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// What any verb can meet.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// The store has a workspace already.
    #[error("join: this store has a workspace; choose another path")]
    NotEmpty,
    /// The server did not do what it was asked.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// What any sync can meet.
    #[error(transparent)]
    Sync(#[from] SyncError),
    /// The server's log is not the one that the link is for, or does not let this device in.
    #[error(transparent)]
    Admission(#[from] AdmissionError),
    /// The server's log did not add this device as the link says.
    #[error(transparent)]
    Addition(#[from] AdditionError),
    /// The log does not verify.
    #[error("join: the server shows a log that does not verify: {0}")]
    Log(EntryError),
    /// The invite is over, was used, or never was.
    #[error("join: the invite has ended; ask for a new one")]
    Ended,
    /// The greeting in the invite does not open.
    #[error(transparent)]
    Greeting(#[from] GreetingError),
    /// The vault did not keep the key.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A name is too long.
    #[error(transparent)]
    Name(#[from] TextTooLong),
}

impl From<FlowError> for PeopleError {
    fn from(error: FlowError) -> Self {
        match error {
            FlowError::Refused(error) => Self::NotValid(error),
            error => Self::Sync(error.into()),
        }
    }
}

impl From<OpError> for PeopleError {
    fn from(error: OpError) -> Self {
        Self::NotValid(error.into())
    }
}

/// Lets `?` carry the common reasons up.
macro_rules! common_reasons {
    ($($from:ty)*) => {$(
        impl From<$from> for PeopleError {
            fn from(error: $from) -> Self {
                Self::Sync(error.into())
            }
        }
    )*};
}

common_reasons! { Unavailable StoreError EntropyError }

impl From<StoreError> for JoinError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(error.into())
    }
}

impl From<EntropyError> for JoinError {
    fn from(error: EntropyError) -> Self {
        Self::Unavailable(error.into())
    }
}
