//! Challenge, login, logout.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use countersign_api::{Bytes, Challenge, ChallengeRequest, Hex16, LoginRequest, Refusal, Session};
use countersign_protocol::ids::{DeviceId, Nonce, Signature, WorkspaceId};
use countersign_protocol::login::LoginText;

use super::Caller;
use super::caller::{Body, Stranger};
use crate::login::{SESSION_MS, access, token_hash};
use crate::refusal::Refused;
use crate::service::{Service, SessionOf};

/// A nonce for whoever asks: whether a device is known is not said here.
pub(super) async fn challenge(
    State(service): State<Service>,
    _: Stranger,
    Body(request): Body<ChallengeRequest>,
) -> Result<Json<Challenge>, Refused> {
    let (ws, dev) = ids(request.ws, request.dev);
    let made = service.nonces.make(ws, dev, &*service.host).map_err(|_| Refused::unavailable())?;
    let (nonce, exp) = made;
    Ok(Json(Challenge { nonce: Bytes(nonce.as_bytes().to_vec()), exp }))
}

/// A session for whoever signed the nonce with a key that the log knows.
pub(super) async fn login(
    State(service): State<Service>,
    _: Stranger,
    Body(request): Body<LoginRequest>,
) -> Result<Json<Session>, Refused> {
    let (ws, dev) = ids(request.ws, request.dev);
    let nonce = Nonce::from_bytes(request.nonce.0.try_into().map_err(|_| Refusal::BadRequest)?);
    let signature = Signature::from_bytes(request.sig.0.try_into().map_err(|_| Refusal::BadRequest)?);
    let now = service.now();
    if !service.nonces.is_ours(&nonce, ws, dev, now) {
        return Err(Refusal::Unauthorized.into());
    }
    let live = service.workspace(ws).await?.ok_or(Refusal::Unauthorized)?;
    let (_, key) = access(&live.log(), dev, now).ok_or(Refusal::Unauthorized)?;
    let text = LoginText { origin: service.origin.clone(), dev, nonce };
    if !text.is_signed_by(&key, &signature) || !service.nonces.spend(&nonce, now) {
        return Err(Refusal::Unauthorized.into());
    }

    let mut token = [0; 32];
    service.host.fill(&mut token).map_err(|_| Refused::unavailable())?;
    let (hash, expires) = (token_hash(&token), now + SESSION_MS);
    service.writer.write(move |turn| Ok(turn.rows.put_session(hash, ws, dev, expires)?)).await?;
    service.remember(hash, SessionOf { ws, dev, expires });
    Ok(Json(Session { token: Bytes(token.to_vec()), exp: expires }))
}

/// Ends the session.
pub(super) async fn logout(State(service): State<Service>, caller: Caller) -> Result<StatusCode, Refused> {
    let token = caller.token;
    service.writer.write(move |turn| Ok(turn.rows.end_session(token)?)).await?;
    service.forget(token);
    Ok(StatusCode::NO_CONTENT)
}

fn ids(ws: Hex16, dev: Hex16) -> (WorkspaceId, DeviceId) {
    (WorkspaceId::from_bytes(ws.0), DeviceId::from_bytes(dev.0))
}
