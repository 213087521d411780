//! What guards a store: the local key behind a passphrase, and when an unlocked client locks itself.
//!
//! Phones bring a vault of their own; a terminal has the [`PassphraseVault`]. Whoever holds the local key holds
//! everything, so it is in memory only between an unlock and a lock.

mod lock;
mod passphrase;
mod sealed;

pub(crate) use lock::AutoLock;
pub use lock::{LockAfter, LockAfterOutOfRange};
pub use passphrase::{AskPassphrase, Asking, Passphrase, PassphraseTooShort, PassphraseVault};
pub use sealed::{Cost, CostOutOfRange};
pub(crate) use sealed::{Purpose, SealedError, open_with, seal_with};
