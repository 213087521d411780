//! Recovery: when every phone is gone, the kit signs for a new one and against the lost ones.
//!
//! A kit is an [`Author`](super::Author) like any phone, allowed ops 3 and 4 for its own user and nothing else. Its keys come from the
//! boxes that others made for it.

use countersign_protocol::ids::UserId;
use countersign_protocol::log::Log;

use crate::kit::RecoveryKit;

/// Why a kit cannot recover anything here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RecoveryError {
    /// The log is another workspace's. A server that lists the kit's public keys in a log of its own ends here.
    #[error("recover a workspace other than the kit's")]
    WrongWorkspace,
    /// The kit is not in the log, or was removed from it.
    #[error("recover with a kit that is no longer valid")]
    NotValid,
}

impl RecoveryError {
    /// The error's stable name, as vectors have it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::WrongWorkspace => "WrongWorkspace",
            Self::NotValid => "NotValid",
        }
    }
}

impl RecoveryKit {
    /// Whose kit this is in `log`. The app then compares safety words: a kit pins no head, so the log may be an old one.
    ///
    /// # Errors
    /// [`RecoveryError`]: the log is another workspace's, or the kit is not valid in it.
    pub fn owner(&self, log: &Log) -> Result<UserId, RecoveryError> {
        if log.workspace() != self.workspace() {
            return Err(RecoveryError::WrongWorkspace);
        }
        let device = log.state().active_device(self.device().id()).map_err(|_| RecoveryError::NotValid)?;
        Ok(device.user)
    }
}
