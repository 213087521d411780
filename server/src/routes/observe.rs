//! What is true of every request: it is logged without what it carries, and it ends.

use std::time::Duration;

use axum::extract::{MatchedPath, Request};
use axum::http::header;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use countersign_api::{MAX_BODY_BYTES, Refusal};
use tokio::time::{Instant, timeout};

use crate::refusal::Refused;

/// How long a request may take, its body included. A stream is answered at once and then goes on.
const LONGEST: Duration = Duration::from_secs(30);

/// Runs the request within its time and writes one line of log: the route's pattern, not the path, which has ids in it.
pub(super) async fn observe(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("none", MatchedPath::as_str).to_owned();
    let begun = Instant::now();
    let answer = async { if is_too_large(&request) { too_large() } else { next.run(request).await } };
    let response = timeout(LONGEST, answer).await.unwrap_or_else(|_| Refused::unavailable().into_response());
    let (status, micros) = (response.status().as_u16(), begun.elapsed().as_micros());
    tracing::info!(%method, route, status, micros, "answered");
    response
}

/// Whether a request says that its body is larger than is taken. One that does not say so is cut off while it is read.
fn is_too_large(request: &Request) -> bool {
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    length.is_some_and(|length| length > MAX_BODY_BYTES)
}

fn too_large() -> Response {
    Refused::from(Refusal::TooLarge).into_response()
}
