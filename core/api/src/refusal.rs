//! Why a request was not answered as asked. A client decides by the name; no refusal ever deletes local data.

use serde::{Deserialize, Serialize};

use crate::{Hex16, WireRecord};

/// The body of every answer that is not a success.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// What happened.
    #[serde(flatten)]
    pub error: Refusal,
    /// For people, in English.
    #[serde(default)]
    pub message: String,
}

/// What happened, by its stable name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "error", rename_all = "snake_case")]
pub enum Refusal {
    /// 400: the request cannot be read.
    BadRequest,
    /// 401: no session, or one that has ended. Log in again.
    Unauthorized,
    /// 403: the session may not do this. Also said of what does not exist, so that nobody learns what does.
    Forbidden,
    /// 404: there is no such route.
    NotFound,
    /// 409: an entry is not the next of the log. Fetch, verify, plan again.
    HeadMoved {
        /// The seq that the next entry must have.
        next_seq: u64,
    },
    /// 409: a record has another revision than the one that this was made from.
    Conflict {
        /// Its id.
        record: Hex16,
        /// What the server holds, if anything.
        held: Option<WireRecord>,
    },
    /// 410: the cursor is of another generation, or too old. Fetch everything anew; local data stays.
    CursorTooOld,
    /// 413: the request is larger than is taken.
    TooLarge,
    /// 422: the rules of `cs/1` refuse it, by the name that `docs/protocol.md` has. Sending it again is no use.
    Refused {
        /// The rule's error.
        rule: String,
    },
    /// 429: too many requests; `Retry-After` says when to try again.
    TooManyRequests,
    /// 503: not now; `Retry-After` says when to try again.
    Unavailable,
    /// A name of a later version.
    #[serde(other)]
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_written_as_documented_and_a_later_one_is_read_as_unknown() {
        let problem = Problem { error: Refusal::HeadMoved { next_seq: 7 }, message: "…".to_owned() };
        let text = serde_json::to_string(&problem).unwrap();
        assert_eq!(text, r#"{"error":"head_moved","next_seq":7,"message":"…"}"#);
        assert_eq!(serde_json::from_str::<Problem>(&text).unwrap(), problem);
        let later: Problem = serde_json::from_str(r#"{"error":"out_of_tea","since":1}"#).unwrap();
        assert_eq!(later.error, Refusal::Unknown);
    }
}
