//! The protocol `cs/1`: wire formats, the signed membership log, and what every client verifies.
//!
//! A workspace server is not trusted: it stores and forwards. What makes somebody a member, an Owner or a reader is
//! an entry in a log that members sign and every device verifies for itself. This crate holds those rules and
//! nothing else: no I/O, no clock, no secret keys. Client and server run the same code.
//! The normative text is `docs/protocol.md`.

pub mod access;
mod cbor;
pub mod device;
pub mod entry;
pub mod ids;
pub mod join;
pub mod keybox;
pub mod limits;
pub mod log;
pub mod login;
pub mod manifest;
pub mod numbers;
pub mod op;
pub mod placement;
pub mod record;
pub mod revision;
pub mod rights;
pub mod signature;

pub use cbor::DecodeError;

// So that the test kit names this crate as the benchmarks do, which include it.
#[cfg(test)]
extern crate self as countersign_protocol;
#[cfg(test)]
#[allow(dead_code, missing_docs, reason = "a kit for tests, which use of it what they need")]
mod testkit;
