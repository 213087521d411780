//! Who is told when a person has changed something, or the client was locked: whoever keeps a server in step.
//!
//! Called on the thread of whoever did it, after it is durable and with nothing locked.

use std::sync::{Mutex, PoisonError, Weak};

use super::{Inner, Unlocked};

/// Heeds what is done with a client.
pub(crate) trait Heeds: Send + Sync {
    /// Something was changed, or the client was locked.
    fn changed(&self);
}

/// All that heed one client.
#[derive(Default)]
pub(super) struct Heeding(Mutex<Vec<Weak<dyn Heeds>>>);

impl Unlocked {
    /// Tells `who` from now on.
    pub(crate) fn heed(&self, who: Weak<dyn Heeds>) {
        let mut all = self.inner.heeding.0.lock().unwrap_or_else(PoisonError::into_inner);
        all.retain(|who| who.strong_count() > 0);
        all.push(who);
    }
}

impl Inner {
    /// Nothing may be locked.
    pub(super) fn tell_heeding(&self) {
        let all = self.heeding.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        all.iter().filter_map(Weak::upgrade).for_each(|who| who.changed());
    }
}
