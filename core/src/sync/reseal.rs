//! Records that wait to be sent and do not stand any more where they were written: the space has another key, or the entry
//! that they name was overtaken.

use countersign_protocol::record::RecordHeader;

use super::SyncError;
use crate::client::Desk;
use crate::store::{Held, Slot, Step};

/// Seals again whatever waits and would be refused as it is. What this device may not write any more is not sent (V11):
/// what the server has is then what counts. A space whose key must be replaced is left for later (V8).
pub(super) fn unsent(desk: &mut Desk<'_>, step: &Step<'_>) -> Result<(), SyncError> {
    for (space, id) in desk.store.unsent_records()? {
        let Some(held) = desk.store.record(id)? else { continue };
        let state = desk.session.log.state();
        let Ok(live) = state.live_space(space) else { continue };
        let RecordHeader { record_type, instance, .. } = held.header;
        if !state.may_write(desk.session.identity.device, space, record_type, instance) {
            give_up(step, &held)?;
            continue;
        }
        if live.dirt.is_some() || stands(desk, &held, live.epoch()) {
            continue;
        }
        let sent = desk.store.record_in(id, Slot::Sent)?;
        let Some(opened) = desk.opened(&held)? else { continue };
        desk.fetch_current_key(space)?;
        let base = sent.map(|sent| sent.line());
        let record = desk.author().reseal(space, instance, base, &opened)?;
        step.put_record(&record)?;
    }
    Ok(())
}

/// Whether a record would be taken as it is, as far as place and key go.
fn stands(desk: &Desk<'_>, held: &Held, epoch: u64) -> bool {
    let RecordHeader { log_seq, log_head, epoch: sealed_in, .. } = held.header;
    sealed_in == epoch && desk.session.log.head_at(log_seq) == Some(log_head)
}

/// Back to what the server has; without that, to nothing.
fn give_up(step: &Step<'_>, held: &Held) -> Result<(), SyncError> {
    let id = held.header.id();
    step.forget_record(id, Slot::Accepted)?;
    Ok(step.move_record(id, Slot::Sent, Slot::Accepted)?)
}
