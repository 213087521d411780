//! Watching the list: the first value at once, then every change, until the subscription is dropped.
//!
//! A listener is called on the thread of whoever made the change, after it is durable and with nothing locked: it may
//! call the client.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use super::listing::{AccountSummary, list};
use super::{Doer, Inner, Unlocked};
use crate::error::Unavailable;

/// What a list shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Listed {
    /// These accounts, in order.
    Accounts(Vec<AccountSummary>),
    /// Nothing: the client is locked. No more values come; observe again after an unlock.
    Locked,
}

/// Takes the values of a subscription.
pub trait Listener: Send + Sync {
    /// The list has changed.
    fn changed(&self, listed: Listed);
}

/// A list that is being watched. Dropping it ends the watching.
#[must_use = "dropping a subscription ends it"]
pub struct Subscription {
    _observer: Arc<Observer>,
}

/// One listener, with what it was told last.
pub(super) struct Observer {
    query: String,
    session: u64,
    listener: Box<dyn Listener>,
    told: Mutex<Option<Listed>>,
}

/// All that watch one client.
#[derive(Default)]
pub(super) struct Observers(Mutex<Vec<Weak<Observer>>>);

impl Unlocked {
    /// Watches the accounts that match `query`. The listener has its first value when this returns.
    ///
    /// # Errors
    /// [`Unavailable`], as of any verb.
    pub fn observe(&self, query: &str, listener: Box<dyn Listener>) -> Result<Subscription, Unavailable> {
        let first = self.accounts(query)?;
        let observer = Arc::new(Observer {
            query: query.to_owned(),
            session: self.session,
            listener,
            told: Mutex::new(None),
        });
        observer.tell(Listed::Accounts(first));
        self.inner.observers.add(&observer);
        // A change between the first value and now was told to nobody.
        self.inner.tell_observers();
        Ok(Subscription { _observer: observer })
    }
}

impl Observer {
    fn tell(&self, listed: Listed) {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        if told.as_ref() == Some(&listed) {
            return;
        }
        *told = Some(listed.clone());
        drop(told);
        self.listener.changed(listed);
    }
}

impl Observers {
    fn add(&self, observer: &Arc<Observer>) {
        let mut observers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        observers.retain(|observer| observer.strong_count() > 0);
        observers.push(Arc::downgrade(observer));
    }

    fn all(&self) -> Vec<Arc<Observer>> {
        let observers = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        observers.iter().filter_map(Weak::upgrade).collect()
    }
}

impl Inner {
    /// Tells everybody who watches what there is now. Nothing may be locked.
    pub(super) fn tell_observers(self: &Arc<Self>) {
        for observer in self.observers.all() {
            let client = Unlocked { inner: Arc::clone(self), session: observer.session };
            let listed = client
                .with_untold(Doer::Screen, |desk| Ok::<_, Unavailable>(list(desk.session, &observer.query)));
            match listed {
                Ok(accounts) => observer.tell(Listed::Accounts(accounts)),
                Err(Unavailable::Locked) => observer.tell(Listed::Locked),
                // A list that cannot be read now stays as it was shown.
                Err(_) => {}
            }
        }
    }
}

impl fmt::Debug for Subscription {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Subscription(…)")
    }
}
