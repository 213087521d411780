//! Giving up: one hand says so, and whoever waits for a server stops waiting, also in the midst of a read.

use tokio::sync::watch;

use std::sync::Arc;

/// Whether what is under way is still wanted. Cheap to clone: all clones are one.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<watch::Sender<bool>>);

impl Cancel {
    /// It is not wanted any more, for good.
    pub fn cancel(&self) {
        self.0.send_replace(true);
    }

    /// Whether somebody said so.
    pub fn is_cancelled(&self) -> bool {
        *self.0.borrow()
    }

    /// Done as soon as somebody says so.
    pub(super) async fn cancelled(&self) {
        // The sender lives as long as `self`, so this ends by being cancelled and by nothing else.
        let _ = self.0.subscribe().wait_for(|cancelled| *cancelled).await;
    }
}
