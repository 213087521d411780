//! Who is asking: the session behind the token, and what the log lets it do now.
//!
//! Asked anew at each request, so that a removal ends every session of a device with the entry that removes it.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::extract::rejection::{JsonRejection, QueryRejection};
use axum::extract::{ConnectInfo, FromRequest, FromRequestParts, Json, Path, Query, Request};
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use countersign_api::{Hex16, Refusal};
use countersign_protocol::ids::{DeviceId, SpaceId, WorkspaceId};
use countersign_protocol::log::Log;
use data_encoding::BASE64URL_NOPAD;
use serde::de::DeserializeOwned;

use super::table::{Asking, Who};
use crate::login::{Access, access, token_hash};
use crate::refusal::Refused;
use crate::service::Service;
use crate::workspaces::Live;

/// Whoever has a session, in the workspace that the path names, and may ask what they ask.
pub(crate) struct Caller {
    pub(crate) ws: WorkspaceId,
    /// The device; of an invite's key, the invite's id.
    pub(crate) dev: DeviceId,
    pub(crate) access: Access,
    pub(crate) live: Arc<Live>,
    /// The log by which `access` was decided.
    pub(crate) log: Arc<Log>,
    pub(crate) token: [u8; 32],
}

impl FromRequestParts<Service> for Caller {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Refused> {
        let token = bearer(parts).ok_or(Refusal::Unauthorized)?;
        let session = service.session(token).await?;
        let Path(path) = Path::<HashMap<String, String>>::from_request_parts(parts, service)
            .await
            .map_err(|_| Refusal::BadRequest)?;
        // A session of another workspace learns nothing of this one, not even whether it exists.
        let is_elsewhere = path.get("ws").is_some_and(|ws| ws.parse() != Ok(Hex16(*session.ws.as_bytes())));
        if is_elsewhere {
            return Err(Refusal::Forbidden.into());
        }
        service.limits.device(session.dev)?;
        let live = service.workspace(session.ws).await?.ok_or(Refusal::Unauthorized)?;
        let log = live.log();
        let (access, _) = access(&log, session.dev, service.now()).ok_or(Refusal::Unauthorized)?;
        let space = path.get("space").map(|space| space_id(space));
        // A route that does not say whom it is for is for nobody.
        let who = parts.extensions.get::<Who>().ok_or(Refusal::Forbidden)?;
        who.judge(Asking { access, dev: session.dev, log: &log, space })?;
        Ok(Self { ws: session.ws, dev: session.dev, access, live, log, token })
    }
}

fn space_id(text: &str) -> Result<SpaceId, Refusal> {
    text.parse().map(|Hex16(space)| SpaceId::from_bytes(space)).map_err(|_| Refusal::BadRequest)
}

/// The space of a path under a workspace.
pub(crate) struct InSpace(pub(crate) SpaceId);

impl FromRequestParts<Service> for InSpace {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Refused> {
        let path = Path::<(String, String)>::from_request_parts(parts, service).await;
        let Path((_, space)) = path.map_err(|_| Refusal::BadRequest)?;
        Ok(Self(space_id(&space)?))
    }
}

fn bearer(parts: &Parts) -> Option<[u8; 32]> {
    let value = parts.headers.get(AUTHORIZATION)?.to_str().ok()?;
    let token = BASE64URL_NOPAD.decode(value.strip_prefix("Bearer ")?.as_bytes()).ok()?;
    Some(token_hash(&token))
}

/// Whoever asks without a session, counted by address.
pub(crate) struct Stranger;

impl FromRequestParts<Service> for Stranger {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Refused> {
        let ConnectInfo(address) = ConnectInfo::<SocketAddr>::from_request_parts(parts, service)
            .await
            .map_err(|_| Refused::unavailable())?;
        service.limits.address(address.ip())?;
        Ok(Self)
    }
}

/// A body in JSON, refused in our own words: a parser's would repeat what it was given.
pub(crate) struct Body<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest<Service> for Body<T> {
    type Rejection = Refused;

    async fn from_request(request: Request, service: &Service) -> Result<Self, Refused> {
        match Json::from_request(request, service).await {
            Ok(Json(body)) => Ok(Self(body)),
            Err(JsonRejection::BytesRejection(_)) => Err(Refusal::TooLarge.into()),
            Err(_) => Err(Refusal::BadRequest.into()),
        }
    }
}

/// A query, refused in our own words.
pub(crate) struct Asked<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequestParts<Service> for Asked<T> {
    type Rejection = Refused;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Refused> {
        let asked: Result<Query<T>, QueryRejection> = Query::from_request_parts(parts, service).await;
        asked.map(|Query(asked)| Self(asked)).map_err(|_| Refusal::BadRequest.into())
    }
}
