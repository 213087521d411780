//! Whether the server is alive, and whether it can do its work.

use axum::extract::State;
use axum::http::StatusCode;

use crate::refusal::Refused;
use crate::service::Service;

/// The process answers.
pub(super) async fn health() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// The database answers, for reading and for writing.
#[expect(clippy::redundant_closure_for_method_calls, reason = "the method has one lifetime, the closure any")]
pub(super) async fn ready(State(service): State<Service>) -> Result<StatusCode, Refused> {
    service.read(|rows| rows.generation()).await?;
    service.writer.write(|turn| Ok(turn.rows.generation()?)).await?;
    Ok(StatusCode::NO_CONTENT)
}
