//! The tail: entries that this device has signed and the server does not have yet.
//!
//! When somebody else's entry takes the place, they are signed again for the new end of the log, and so are the records
//! that name their heads. Ids, keys and boxes stay: nothing in them says where the entry stood.

use countersign_protocol::entry::SignedEntry;
use countersign_protocol::op::{Op, Rotate};

use super::notice::Notice;
use super::pull::progress;
use super::{SyncError, reseal};
use crate::client::Desk;
use crate::store::{Backfill, Step, StoreError};

/// The tail while a page is taken: what was cut off, to be signed again.
#[derive(Default)]
pub(super) struct Tail {
    cut: Vec<(Op, Vec<u8>)>,
}

impl Tail {
    /// Takes this device's own entries from `confirmed` on out of the log, if there are any.
    pub(super) fn cut(
        &mut self,
        desk: &mut Desk<'_>,
        step: &Step<'_>,
        confirmed: u64,
    ) -> Result<(), SyncError> {
        if desk.session.log.next_seq() == confirmed {
            return Ok(());
        }
        for wire in desk.store.entries_from(confirmed)? {
            let signed = SignedEntry::decode(&wire).map_err(|_| StoreError::Damaged)?;
            self.cut.push((signed.entry.op, wire));
        }
        desk.session.log = desk.session.log_up_to(desk.store, confirmed)?;
        Ok(step.cut_log(confirmed)?)
    }

    /// Signs what was cut off again, at the log's new end.
    pub(super) fn sign_again(self, desk: &mut Desk<'_>, step: &Step<'_>) -> Result<(), SyncError> {
        if self.cut.is_empty() {
            return Ok(());
        }
        for (op, wire) in self.cut {
            // A rotation lists what there was, and a join is answered by whoever comes first: both are made anew where
            // they are still needed.
            match &op {
                Op::Rotate(rotate) => {
                    take_back(desk, step, rotate)?;
                    continue;
                }
                Op::Join(_) => continue,
                _ => {}
            }
            let signed = desk.author().sign_again(op);
            match signed {
                Ok(batch) => {
                    desk.session.log.verify_next(&batch.entry).map_err(SyncError::Log)?;
                    step.put_entry(batch.seq, &batch.entry)?;
                }
                // What came first leaves no place for it.
                Err(_) => step.put_notice(&Notice::Overtaken.about_entry(&wire))?,
            }
        }
        reseal::unsent(desk, step)
    }
}

/// V2: the server has refused this device's own entries by name. They are kept as evidence, and only then may this device
/// sign others in their place.
pub(super) fn give_up(desk: &mut Desk<'_>) -> Result<(), SyncError> {
    let store = desk.store;
    store.step(|step| {
        let mut tail = Tail::default();
        tail.cut(desk, step, progress(desk)?.confirmed)?;
        for (op, wire) in tail.cut {
            if let Op::Rotate(rotate) = &op {
                take_back(desk, step, rotate)?;
            }
            step.put_notice(&Notice::Refused.about_entry(&wire))?;
        }
        reseal::unsent(desk, step)
    })
}

/// Takes back what this device had made for a rotation: the epoch may get another key, from whoever comes first.
fn take_back(desk: &mut Desk<'_>, step: &Step<'_>, rotate: &Rotate) -> Result<(), SyncError> {
    step.forget_epoch(rotate.space, rotate.epoch)?;
    desk.keys.forget(rotate.space);
    // The manifest of the epoch before lay where the new one does.
    Ok(step.put_backfill(&Backfill { space: rotate.space, after: None })?)
}
