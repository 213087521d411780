//! Join requests: posted with an invite's key, answered in the log by an Admin's device.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use countersign_api::{Bytes, JoinRequests, Refusal};
use countersign_protocol::ids::InviteId;
use countersign_protocol::join::JoinRequest;

use super::Caller;
use super::caller::Body;
use crate::login::Access;
use crate::refusal::Refused;
use crate::service::Service;

/// The requests that wait: all of them for an Admin's device, their own for an invitee.
pub(super) async fn list(
    State(service): State<Service>,
    caller: Caller,
) -> Result<Json<JoinRequests>, Refused> {
    let is_invitee = caller.access == Access::Invitee;
    let invite = is_invitee.then(|| InviteId::from_bytes(*caller.dev.as_bytes()));
    let ws = caller.ws;
    let requests = service.read(move |rows| rows.joins(ws, invite)).await?;
    Ok(Json(JoinRequests { requests: requests.into_iter().map(Bytes).collect() }))
}

/// Keeps an invitee's request; a later one replaces it. What no Admin's device could accept is not kept.
pub(super) async fn post(
    State(service): State<Service>,
    caller: Caller,
    Body(request): Body<Bytes>,
) -> Result<StatusCode, Refused> {
    let found = JoinRequest::decode(&request.0).map_err(|error| Refused::rule(error.name()))?;
    let invite = found.join.invite;
    if invite.as_bytes() != caller.dev.as_bytes() {
        return Err(Refusal::Forbidden.into());
    }
    caller.log.check_join(&found, service.now()).map_err(|error| Refused::rule(error.name()))?;
    let ws = caller.ws;
    service.writer.write(move |turn| Ok(turn.rows.put_join(ws, invite, &request.0)?)).await?;
    caller.live.poke();
    Ok(StatusCode::NO_CONTENT)
}
