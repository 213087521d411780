//! V1: signatures. Ed25519, `verify_strict` only, each over a message that begins with its domain.
//!
//! The domain is `cs/1/<type>` and a zero byte. A signature made for one purpose therefore never verifies for
//! another, whatever bytes it covers. `verify_strict` refuses small-order keys and points, so that all clients
//! reach the same verdict.

use ed25519_dalek::VerifyingKey;

use crate::ids::{PublicSigningKey, Signature};
use crate::numbers::Message;

/// The bytes that are signed: the domain of `message`, then `parts` one after the other.
pub fn signing_input(message: Message, parts: &[&[u8]]) -> Vec<u8> {
    let name = message.name().as_bytes();
    let length = parts.iter().map(|part| part.len()).sum::<usize>();
    let mut input = Vec::with_capacity(5 + name.len() + 1 + length);
    input.extend_from_slice(b"cs/1/");
    input.extend_from_slice(name);
    input.push(0);
    for part in parts {
        input.extend_from_slice(part);
    }
    input
}

/// Whether `signature` is `key`'s over `parts` in the domain of `message`.
pub fn verify(key: &PublicSigningKey, message: Message, parts: &[&[u8]], signature: &Signature) -> bool {
    let Ok(key) = VerifyingKey::from_bytes(key.as_bytes()) else { return false };
    let signature = ed25519_dalek::Signature::from_bytes(signature.as_bytes());
    key.verify_strict(&signing_input(message, parts), &signature).is_ok()
}
