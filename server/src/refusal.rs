//! From what went wrong to the answer that a client gets: a status, a stable name, a sentence.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use countersign_api::{Problem, Refusal};

/// A request that is not answered as asked.
#[derive(Debug)]
pub(crate) struct Refused {
    refusal: Refusal,
    /// When to try again, in seconds.
    retry_after: Option<u32>,
}

/// What is said where trying again soon may help.
const SOON: u32 = 5;

impl Refused {
    /// A rule of `cs/1` that does not hold, by its error's name.
    pub(crate) fn rule(name: &str) -> Self {
        Refusal::Refused { rule: name.to_owned() }.into()
    }

    /// Too many requests; one more is taken after `seconds`.
    pub(crate) fn too_many(seconds: u32) -> Self {
        Self { refusal: Refusal::TooManyRequests, retry_after: Some(seconds.max(1)) }
    }

    pub(crate) fn unavailable() -> Self {
        Self { refusal: Refusal::Unavailable, retry_after: Some(SOON) }
    }
}

impl From<Refusal> for Refused {
    fn from(refusal: Refusal) -> Self {
        Self { refusal, retry_after: None }
    }
}

impl From<rusqlite::Error> for Refused {
    /// A full disk or a damaged file: for the operator's log, which holds no values, and not for the client.
    fn from(error: rusqlite::Error) -> Self {
        tracing::error!(%error, "the database does not answer");
        Self::unavailable()
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let problem = Problem { message: message(&self.refusal).to_owned(), error: self.refusal };
        let mut response = (status(&problem.error), Json(&problem)).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

fn status(refusal: &Refusal) -> StatusCode {
    match refusal {
        Refusal::BadRequest => StatusCode::BAD_REQUEST,
        Refusal::Unauthorized => StatusCode::UNAUTHORIZED,
        Refusal::Forbidden => StatusCode::FORBIDDEN,
        Refusal::NotFound => StatusCode::NOT_FOUND,
        Refusal::HeadMoved { .. } | Refusal::Conflict { .. } => StatusCode::CONFLICT,
        Refusal::CursorTooOld => StatusCode::GONE,
        Refusal::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        Refusal::Refused { .. } => StatusCode::UNPROCESSABLE_ENTITY,
        Refusal::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
        Refusal::Unavailable | Refusal::Unknown => StatusCode::SERVICE_UNAVAILABLE,
    }
}

fn message(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::BadRequest => "the request cannot be read: see docs/server-api.md",
        Refusal::Unauthorized => "there is no such session, or it has ended: log in again",
        Refusal::Forbidden => "this session may not do that, or there is no such thing",
        Refusal::NotFound => "there is no such route",
        Refusal::HeadMoved { .. } => "the log has gone on: fetch it, verify it, and plan again",
        Refusal::Conflict { .. } => "the record has another revision: merge with what is held",
        Refusal::CursorTooOld => {
            "the cursor means nothing any more: fetch everything anew and keep what is here"
        }
        Refusal::TooLarge => "the request is larger than is taken",
        Refusal::Refused { .. } => "the rules of cs/1 refuse it: see docs/protocol.md",
        Refusal::TooManyRequests => "too many requests: try again later",
        Refusal::Unavailable | Refusal::Unknown => "not now: try again later",
    }
}
