//! Giving a workspace to the server: its genesis, as it was signed offline.

use axum::Json;
use axum::extract::State;
use countersign_api::{Cursor, Found, Founded, Hex16, Refusal};
use countersign_protocol::entry::SignedEntry;
use countersign_protocol::ids::WorkspaceId;
use countersign_protocol::log::Log;

use super::caller::{Body, Stranger};
use crate::refusal::Refused;
use crate::service::Service;

/// Takes a workspace, or says again that it is here: the same genesis changes nothing the second time.
pub(super) async fn found(
    State(service): State<Service>,
    _: Stranger,
    Body(request): Body<Found>,
) -> Result<Json<Founded>, Refused> {
    if !service.founding.allows(request.token.as_deref()) {
        return Err(Refusal::Forbidden.into());
    }
    let wire = request.entry.0;
    let signed = SignedEntry::decode(&wire).map_err(|error| Refused::rule(error.name()))?;
    // The id is the hash of the genesis, so that whatever says it is this workspace's genesis is.
    let ws = WorkspaceId::of_genesis(&signed.entry.op.encode());
    let log = Log::begin(&wire, ws).map_err(|error| Refused::rule(error.name()))?;
    let pos = service
        .writer
        .write(move |turn| match turn.workspace(ws)? {
            // Another signature of the same op would be another head.
            Some(draft) if draft.log.head_at(0) != log.head_at(0) => Err(Refused::rule("Fork")),
            Some(draft) => Ok(draft.pos),
            None => {
                turn.rows.begin_workspace(ws)?;
                turn.rows.put_entry(ws, 0, 1, None, &wire)?;
                turn.begin(ws, log, 1)?;
                Ok(1)
            }
        })
        .await?;
    let next = Cursor { generation: service.generation, pos };
    Ok(Json(Founded { ws: Hex16(*ws.as_bytes()), next }))
}
