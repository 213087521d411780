//! Why nothing came of a sync, an invite or a change of who has what.

use countersign_core::people::{JoinError, PeopleError};
use countersign_core::sync::{ServerError, SyncError, TransportError};

use super::refused;
use crate::outcome::Failure;

impl From<SyncError> for Failure {
    fn from(error: SyncError) -> Self {
        let (id, next_step) = match error {
            SyncError::Unavailable(error) => return error.into(),
            SyncError::Server(error) => return error.into(),
            SyncError::NoServer => ("no_server", "Attach one: countersign attach URL"),
            SyncError::Fork { .. } => {
                ("fork", "Nothing was taken. Compare with a colleague: countersign safety-words")
            }
            SyncError::Log(_) | SyncError::Withheld => {
                ("bad_log", "Nothing was taken. Tell whoever runs the server.")
            }
            SyncError::NeedsUpdate => ("needs_update", "Update Countersign."),
            SyncError::Refused { .. } => ("refused_by_server", "Nothing was lost. Try again later."),
            SyncError::Admission(_) => ("not_admitted", "Ask for a new invite."),
            SyncError::Busy => ("busy", "Try again."),
        };
        refused(id, &error, next_step)
    }
}

impl From<ServerError> for Failure {
    fn from(error: ServerError) -> Self {
        let (id, next_step) = match error {
            ServerError::Transport(
                TransportError::Unreachable | TransportError::TooSlow | TransportError::Cancelled,
            ) => ("offline", "Codes go on without it. Check the connection, and try again."),
            ServerError::Transport(TransportError::Untrusted) => {
                ("untrusted_server", "Nothing was sent. Check the server's address and certificate.")
            }
            ServerError::Transport(TransportError::TooLong) | ServerError::NotUnderstood { .. } => {
                ("not_a_server", "Check the server's address: this is no answer of a workspace server.")
            }
            ServerError::Locked => ("locked", "Unlock it: countersign unlock"),
            ServerError::Refused { .. } => ("refused_by_server", "Nothing was lost. Try again later."),
        };
        refused(id, &error, next_step)
    }
}

impl From<PeopleError> for Failure {
    fn from(error: PeopleError) -> Self {
        let (id, next_step) = match error {
            PeopleError::Sync(error) => return error.into(),
            PeopleError::Refused(error) => return error.into(),
            PeopleError::NotValid(_) => ("not_valid", "See who is who: countersign members"),
            PeopleError::NotFound => ("nobody", "See who is who: countersign members"),
            PeopleError::Name(_) => ("text_too_long", "Say it in fewer words."),
            PeopleError::Overtaken => ("overtaken", "See what has changed, and try again."),
        };
        refused(id, &error, next_step)
    }
}

impl From<JoinError> for Failure {
    fn from(error: JoinError) -> Self {
        let (id, next_step) = match error {
            JoinError::Unavailable(error) => return error.into(),
            JoinError::Server(error) => return error.into(),
            JoinError::Sync(error) => return error.into(),
            JoinError::Vault(error) => return error.into(),
            JoinError::NotEmpty => ("not_empty", "Choose another store: --store PATH"),
            JoinError::Admission(_) | JoinError::Addition(_) => {
                ("not_admitted", "Ask for a new invite, or add this device again.")
            }
            JoinError::Log(_) => ("bad_log", "Nothing was taken. Tell whoever runs the server."),
            JoinError::Ended => ("invite_ended", "Ask for a new invite."),
            JoinError::Greeting(_) => ("bad_link", "Ask for the link once more."),
            JoinError::Name(_) => ("text_too_long", "Say it in fewer words."),
        };
        refused(id, &error, next_step)
    }
}
