//! Why a sync ended before its end. Whatever it is, what was here is still here.

use countersign_api::Refusal;
use countersign_crypto::flow::{AdmissionError, FlowError};
use countersign_protocol::log::EntryError;

use super::server::ServerError;
use super::transport::TransportError;
use crate::error::Unavailable;
use crate::ports::EntropyError;
use crate::store::StoreError;

/// Why a sync ended before its end. Nothing was lost; what was taken before stays taken.
#[derive(Debug, thiserror::Error)]
pub enum SyncError {
    /// What any verb can meet.
    #[error(transparent)]
    Unavailable(#[from] Unavailable),
    /// No server is attached to this workspace.
    #[error("sync: no server is attached to this workspace")]
    NoServer,
    /// The server did not do what it was asked: try again later.
    #[error(transparent)]
    Server(#[from] ServerError),
    /// The server shows another history than the one that this device has verified (V2): compare safety words.
    #[error(
        "sync: the server shows another history from entry {seq} on; compare safety words before you go on"
    )]
    Fork {
        /// Where the two part.
        seq: u64,
    },
    /// An entry of the log does not verify.
    #[error("sync: the server shows a log that does not verify: {0}")]
    Log(EntryError),
    /// The log, or something in it, is of a later version (V10).
    #[error("sync: this workspace needs a newer Countersign; update the app")]
    NeedsUpdate,
    /// The server left out entries of the log.
    #[error("sync: the server leaves out entries of the log")]
    Withheld,
    /// The server refuses by name what this device made. It is kept.
    #[error("sync: the server refuses a change: {rule}")]
    Refused {
        /// The rule's error.
        rule: String,
    },
    /// The invite was answered in a way that does not let this device in.
    #[error(transparent)]
    Admission(#[from] AdmissionError),
    /// Others change the same things so fast that this device never gets its turn: try again later.
    #[error("sync: others are changing the same things; try again")]
    Busy,
}

impl SyncError {
    /// Whether trying again soon is no use: somebody has to do something first, here or at the server.
    pub(super) fn is_lasting(&self) -> bool {
        match self {
            Self::Server(ServerError::Transport(error)) => *error == TransportError::Untrusted,
            Self::Server(ServerError::Refused { refusal, .. }) => {
                !matches!(refusal, Refusal::TooManyRequests | Refusal::Unavailable)
            }
            // A captive portal is another one's, and goes by itself.
            Self::Server(ServerError::NotUnderstood { .. } | ServerError::Locked) | Self::Busy => false,
            Self::Unavailable(_)
            | Self::NoServer
            | Self::Fork { .. }
            | Self::Log(_)
            | Self::NeedsUpdate
            | Self::Withheld
            | Self::Refused { .. }
            | Self::Admission(_) => true,
        }
    }
}

impl From<StoreError> for SyncError {
    fn from(error: StoreError) -> Self {
        Self::Unavailable(error.into())
    }
}

impl From<EntropyError> for SyncError {
    fn from(error: EntropyError) -> Self {
        Self::Unavailable(error.into())
    }
}

impl From<FlowError> for SyncError {
    fn from(error: FlowError) -> Self {
        Self::Unavailable(error.into())
    }
}
