//! Watching the list: the first value at once, then every change, until the subscription is dropped.
//!
//! A listener is called on the thread of whoever made the change, after it is durable and with nothing locked: it may
//! call the client. Values come one at a time and in order: a change that is made while a listener is being called is told
//! after it, by the thread that is there.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

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
    told: Mutex<Told>,
}

#[derive(Default)]
struct Told {
    last: Option<Listed>,
    /// Which look at the list that was.
    look: u64,
    /// What is still to be told.
    next: Option<Listed>,
    /// Whether a thread is calling the listener.
    is_busy: bool,
}

/// The look after which no other one counts.
const LAST_LOOK: u64 = u64::MAX;

/// All that watch one client.
#[derive(Default)]
pub(super) struct Observers {
    all: Mutex<Vec<Weak<Observer>>>,
    /// How often somebody has looked at the list, counted while it cannot change.
    looks: AtomicU64,
}

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
            told: Mutex::default(),
        });
        observer.tell(0, Listed::Accounts(first));
        self.inner.observers.add(&observer);
        // A change between the first value and now was told to nobody.
        self.inner.tell_observers();
        Ok(Subscription { _observer: observer })
    }
}

impl Observer {
    /// Tells what a look at the list has found, unless a later one was told already or found the same.
    fn tell(&self, look: u64, listed: Listed) {
        let mut told = self.told();
        if look < told.look || told.last.as_ref() == Some(&listed) {
            return;
        }
        told.look = look;
        told.last = Some(listed.clone());
        told.next = Some(listed);
        if told.is_busy {
            return;
        }
        told.is_busy = true;
        drop(told);
        let _ended = Ended(self);
        while let Some(next) = self.next() {
            self.listener.changed(next);
        }
    }

    fn next(&self) -> Option<Listed> {
        let mut told = self.told();
        let next = told.next.take();
        told.is_busy = next.is_some();
        next
    }

    fn told(&self) -> MutexGuard<'_, Told> {
        self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A listener that panicked is told the next value all the same.
struct Ended<'a>(&'a Observer);

impl Drop for Ended<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.0.told().is_busy = false;
        }
    }
}

impl Observers {
    fn add(&self, observer: &Arc<Observer>) {
        let mut observers = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        observers.retain(|observer| observer.strong_count() > 0);
        observers.push(Arc::downgrade(observer));
    }

    fn all(&self) -> Vec<Arc<Observer>> {
        let observers = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        observers.iter().filter_map(Weak::upgrade).collect()
    }
}

impl Inner {
    /// Tells everybody who watches what there is now. Nothing may be locked.
    pub(super) fn tell_observers(self: &Arc<Self>) {
        for observer in self.observers.all() {
            let client = Unlocked { inner: Arc::clone(self), session: observer.session };
            let listed = client.with_untold(Doer::Screen, |desk| {
                let look = self.observers.looks.fetch_add(1, Ordering::Relaxed) + 1;
                Ok::<_, Unavailable>((look, list(desk.session, &observer.query)))
            });
            match listed {
                Ok((look, accounts)) => observer.tell(look, Listed::Accounts(accounts)),
                Err(Unavailable::Locked) => observer.tell(LAST_LOOK, Listed::Locked),
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
