//! What belongs to this device alone: when it locks, and how far its clock is off.

use std::time::Duration;

use countersign_crypto::local::Place;

use super::desk::Desk;
use super::{Doer, Unlocked};
use crate::error::Unavailable;
use crate::otp::{ClockState, Drift};
use crate::ports::{LocalKey, Timestamp};
use crate::store::{Store, StoreError};
use crate::vault::LockAfter;

const LOCK_AFTER: &str = "lock after";
const DRIFT: &str = "drift";

impl Unlocked {
    /// Chooses how long an unlock lasts while nobody does anything: this one and those to come.
    ///
    /// # Errors
    /// [`Unavailable`], as of any verb.
    pub fn lock_after(&self, after: LockAfter) -> Result<(), Unavailable> {
        self.with(Doer::Person, |desk| {
            set_number(desk, LOCK_AFTER, after.time().as_secs().to_be_bytes())?;
            desk.commit()?;
            desk.session.lock.after = after;
            Ok(())
        })
    }

    /// Notes a server's clock, read just now. Codes go by it from now on, offline too, where the difference is one
    /// that is corrected.
    ///
    /// # Errors
    /// [`Unavailable`], as of any verb.
    pub fn note_server_time(&self, server: Timestamp) -> Result<ClockState, Unavailable> {
        self.with(Doer::Screen, |desk| {
            let drift = Drift::measured(server, desk.host.clock.now());
            set_number(desk, DRIFT, drift.to_bytes())?;
            desk.commit()?;
            desk.session.drift = drift;
            Ok(drift.state())
        })
    }

    /// What there is to say about this device's clock.
    ///
    /// # Errors
    /// [`Unavailable`], as of any verb.
    pub fn clock(&self) -> Result<ClockState, Unavailable> {
        self.with(Doer::Screen, |desk| Ok(desk.session.drift.state()))
    }
}

pub(super) fn stored_lock_after(store: &Store, local: &LocalKey) -> Result<LockAfter, Unavailable> {
    let Some(seconds) = number(store, local, LOCK_AFTER)? else { return Ok(LockAfter::USUAL) };
    let after = LockAfter::new(Duration::from_secs(u64::from_be_bytes(seconds)));
    Ok(after.map_err(|_| StoreError::Damaged)?)
}

pub(super) fn stored_drift(store: &Store, local: &LocalKey) -> Result<Drift, Unavailable> {
    Ok(number(store, local, DRIFT)?.map_or_else(Drift::default, Drift::from_bytes))
}

pub(super) fn set_number(
    desk: &mut Desk<'_>,
    name: &'static str,
    number: [u8; 8],
) -> Result<(), Unavailable> {
    let place = Place::Store(name.as_bytes());
    let sealed = desk.session.local.seal(place, &number, &*desk.host.entropy)?;
    desk.set_local(name, Some(sealed));
    Ok(())
}

pub(super) fn number(store: &Store, local: &LocalKey, name: &str) -> Result<Option<[u8; 8]>, Unavailable> {
    let Some(sealed) = store.local(name)? else { return Ok(None) };
    let bytes = local.open(Place::Store(name.as_bytes()), &sealed)?;
    Ok(Some(bytes[..].try_into().map_err(|_| StoreError::Damaged)?))
}
