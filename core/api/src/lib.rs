//! What a workspace server and its clients say to each other over HTTP, written once for both.
//!
//! JSON around what is signed and sealed elsewhere: entries, boxes, manifests and records travel as the bytes of
//! `cs/1` (`docs/protocol.md`), and nothing here is trusted. Readers pass over keys that they do not know, so that an older
//! client and a newer server understand each other. The routes and their answers are in `docs/server-api.md`.

mod auth;
mod batch;
mod changes;
mod cursor;
mod encoding;
mod refusal;

pub use auth::{Challenge, ChallengeRequest, LoginRequest, Session};
pub use batch::{Batch, Found, Founded, Operation, Receipt, WireRecord};
pub use changes::{Boxed, Changes, Item, JoinRequests, LogPage, SpaceRecords};
pub use cursor::{Cursor, CursorError};
pub use encoding::{Bytes, Hex16, HexError};
pub use refusal::{Problem, Refusal};

/// The header that names a batch through all of its retries; its value is a [`Hex16`].
pub const IDEMPOTENCY_KEY: &str = "idempotency-key";

/// The most bytes in the body of any request: a manifest of the largest size, in base64, and room for the rest.
pub const MAX_BODY_BYTES: usize = 4 << 20;

/// The most operations in one batch: a rotation's boxes for a thousand devices, and its records.
pub const MAX_OPERATIONS: usize = 4_096;

/// The most items in one page.
pub const MAX_PAGE_ITEMS: u32 = 1_000;
