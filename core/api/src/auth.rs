//! Logging in: a device, or an invite's key, signs a nonce.

use serde::{Deserialize, Serialize};

use crate::{Bytes, Hex16};

/// Asks for a nonce. It is given to whoever asks, known here or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChallengeRequest {
    /// The workspace.
    pub ws: Hex16,
    /// The device's id; for a login by an invite's key, the invite's id.
    pub dev: Hex16,
}

/// A nonce, good for one login.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Challenge {
    /// 32 random bytes.
    pub nonce: Bytes,
    /// Until when, in ms since the Unix epoch by the server's clock.
    pub exp: u64,
}

/// The nonce, signed as `docs/protocol.md` says under *Login*.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoginRequest {
    /// As in the challenge.
    pub ws: Hex16,
    /// As in the challenge.
    pub dev: Hex16,
    /// The server's.
    pub nonce: Bytes,
    /// Over the login text.
    pub sig: Bytes,
}

/// What later requests carry as `Authorization: Bearer …`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Session {
    /// 32 random bytes, which mean nothing by themselves.
    pub token: Bytes,
    /// Until when, in ms since the Unix epoch by the server's clock.
    pub exp: u64,
}
