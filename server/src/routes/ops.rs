//! Writing: a batch is judged and stored in one turn of the writer.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use countersign_api::{Batch, Cursor, Hex16, IDEMPOTENCY_KEY, MAX_OPERATIONS, Receipt, Refusal};
use countersign_protocol::ids::{DeviceId, WorkspaceId};

use super::Caller;
use super::caller::Body;
use crate::judge::{Step, judge};
use crate::login::{Access, access};
use crate::refusal::Refused;
use crate::service::Service;
use crate::store::Rows;
use crate::writer::Turn;

/// Entries after which the verified state is stored again.
const ENTRIES_PER_CHECKPOINT: u64 = 100;

/// Takes a batch whole, or says why not. A batch that was taken before gets the same answer and changes nothing.
pub(super) async fn ops(
    State(service): State<Service>,
    caller: Caller,
    headers: HeaderMap,
    Body(batch): Body<Batch>,
) -> Result<Json<Receipt>, Refused> {
    let key = headers.get(IDEMPOTENCY_KEY).and_then(|value| value.to_str().ok()?.parse::<Hex16>().ok());
    let key = key.ok_or(Refusal::BadRequest)?.0;
    if batch.ops.is_empty() || batch.ops.len() > MAX_OPERATIONS {
        return Err(Refusal::BadRequest.into());
    }
    let (ws, dev, now) = (caller.ws, caller.dev, service.now());
    let pos = service.writer.write(move |turn| take(turn, ws, dev, key, &batch, now)).await?;
    Ok(Json(Receipt { next: Cursor { generation: service.generation, pos } }))
}

fn take(
    turn: &mut Turn<'_>,
    ws: WorkspaceId,
    dev: DeviceId,
    key: [u8; 16],
    batch: &Batch,
    now: u64,
) -> Result<u64, Refused> {
    if let Some(pos) = turn.rows.taken(ws, dev, key)? {
        return Ok(pos);
    }
    let mut draft = turn.workspace(ws)?.ok_or(Refusal::Forbidden)?;
    // The turn before may have removed the device.
    if !matches!(access(&draft.log, dev, now), Some((Access::Member, _))) {
        return Err(Refusal::Forbidden.into());
    }
    let steps = judge(batch, dev, &mut draft.log, &turn.rows)?;
    for step in &steps {
        apply(step, ws, &mut draft.pos, &turn.rows)?;
    }
    let (seq, has_entry) =
        (draft.log.next_seq() - 1, steps.iter().any(|step| matches!(step, Step::Entry { .. })));
    if has_entry && seq.is_multiple_of(ENTRIES_PER_CHECKPOINT) {
        turn.rows.put_checkpoint(ws, seq, &draft.log.to_checkpoint())?;
    }
    let pos = draft.pos;
    turn.rows.put_taken(ws, dev, key, pos, now)?;
    turn.leave(ws, draft)?;
    Ok(pos)
}

/// Stores one change at the next position.
fn apply(step: &Step, ws: WorkspaceId, pos: &mut u64, rows: &Rows<'_>) -> rusqlite::Result<()> {
    *pos += 1;
    match step {
        Step::Entry { seq, ended, wire } => rows.put_entry(ws, *seq, *pos, *ended, wire),
        Step::EndSpace(space) => rows.end_space(ws, *space),
        Step::KeyBox(found) => rows.put_box(*pos, found),
        Step::Manifest(space, bytes) => rows.put_manifest(ws, *space, *pos, bytes),
        Step::Record(header, record) => rows.put_record(*pos, header, record),
    }
}
