//! What goes for good 30 days after it was removed or replaced, and by whose clock.
//!
//! Nothing can be had back once it is purged, so one look at a clock is not enough: a phone whose date is wrong would empty
//! its bin at the first unlock. What is purged was due at two looks that lie a day apart by that clock, in this order, and
//! nothing is while the server's clock is known to be another day's.

use super::desk::Desk;
use super::settings::{number, set_number};
use crate::error::Unavailable;
use crate::ports::Timestamp;

/// How long what was removed or replaced can be had back: 30 days, in ms.
pub(super) const KEPT_MS: u64 = 30 * 24 * 60 * 60 * 1000;

/// How far apart the two looks are at least: a day, in ms.
const BETWEEN_LOOKS_MS: u64 = 24 * 60 * 60 * 1000;

/// Whether 30 days from `at` are over at `now`, both in ms since the Unix epoch.
pub(super) const fn is_over(at: u64, now: u64) -> bool {
    at.saturating_add(KEPT_MS) <= now
}

/// Looks whether anything is due, where `first` is when the first of what is kept was removed or replaced. Returns the
/// moment of an earlier look, in ms since the Unix epoch: what was due then is purged. `name` keeps that moment here.
pub(super) fn due_since(
    desk: &mut Desk<'_>,
    name: &'static str,
    first: Option<u64>,
) -> Result<Option<u64>, Unavailable> {
    let Some(now) = desk.session.drift.corrected(desk.host.clock.now()).map(Timestamp::unix_millis) else {
        return Ok(None);
    };
    let earlier = number(desk.store, &desk.session.local, name)?.map(u64::from_be_bytes);
    let is_due = first.is_some_and(|at| is_over(at, now));
    match earlier {
        Some(earlier) if is_due && earlier <= now => {
            return Ok((now - earlier >= BETWEEN_LOOKS_MS).then_some(earlier));
        }
        // Nothing is due, or the clock went back: the earlier look was at a wrong one.
        Some(_) if !is_due => desk.set_local(name, None),
        _ if is_due => set_number(desk, name, now.to_be_bytes())?,
        _ => return Ok(None),
    }
    desk.commit()?;
    Ok(None)
}

/// The looks so far are done with.
pub(super) fn look_anew(desk: &mut Desk<'_>, name: &'static str) -> Result<(), Unavailable> {
    desk.set_local(name, None);
    desk.commit()
}
