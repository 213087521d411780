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
mod table;

use axum::extract::DefaultBodyLimit;
use axum::{Extension, Router, middleware};
use countersign_api::{MAX_BODY_BYTES, Refusal};

use crate::refusal::Refused;
use crate::service::Service;

pub(crate) use caller::Caller;
pub use table::{Route, Who, routes};

/// The router, of the rows of the table.
pub(crate) fn router(service: Service) -> Router {
    let rows = table::rows().into_iter();
    let router = rows.fold(Router::new(), |router, row| {
        router.route(row.route.path, row.answers.layer(Extension(row.route.who)))
    });
    router
        .fallback(async || Refused::from(Refusal::NotFound))
        .method_not_allowed_fallback(async || Refused::from(Refusal::NotFound))
        .layer(middleware::from_fn(observe::observe))
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .with_state(service)
}
