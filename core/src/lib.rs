//! The core of Countersign, in plain Rust: everything both phones would decide is decided here, once.
//!
//! No platform code, no FFI, no `unsafe`. Time comes in through [`ports`], so that every rule can be tested
//! at any moment of any day.

pub mod client;
pub mod enrol;
mod error;
pub mod otp;
pub mod people;
pub mod ports;
pub mod scan;
mod store;
pub mod sync;
pub mod vault;

/// The README's example is a test: it is the first thing that somebody copies.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
