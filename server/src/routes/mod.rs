//! The routes, and who is asking: each handler is a few lines over the rooms that decide.

mod auth;
mod caller;
mod changes;
mod events;
mod found;
mod health;
mod joins;
mod observe;
mod ops;
mod spaces;

use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};
use axum::{Router, middleware};
use countersign_api::{MAX_BODY_BYTES, Refusal};

use crate::refusal::Refused;
use crate::service::Service;

pub(crate) use caller::Caller;

/// Every route of the server; `docs/server-api.md` describes them.
pub(crate) fn router(service: Service) -> Router {
    Router::new()
        .route("/health", get(health::health))
        .route("/ready", get(health::ready))
        .route("/v1/auth/challenge", post(auth::challenge))
        .route("/v1/auth/login", post(auth::login))
        .route("/v1/auth/logout", post(auth::logout))
        .route("/v1/ws", post(found::found))
        .route("/v1/ws/{ws}/changes", get(changes::changes))
        .route("/v1/ws/{ws}/log", get(changes::log))
        .route("/v1/ws/{ws}/ops", post(ops::ops))
        .route("/v1/ws/{ws}/joins", get(joins::list).post(joins::post))
        .route("/v1/ws/{ws}/spaces/{space}/records", get(spaces::records))
        .route("/v1/ws/{ws}/spaces/{space}/boxes", get(spaces::boxes))
        .route("/v1/events", get(events::events))
        .fallback(async || Refused::from(Refusal::NotFound))
        .method_not_allowed_fallback(async || Refused::from(Refusal::NotFound))
        .layer(middleware::from_fn(observe::observe))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(service)
}
