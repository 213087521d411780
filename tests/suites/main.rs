//! The suites that cross rooms, one module each.

mod conformance;
mod corpora;
