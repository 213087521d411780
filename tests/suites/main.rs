//! The suites that cross rooms, one module each.
// `cfg(test)` always holds here; it tells clippy that the helpers of a suite are tests too.

#[cfg(test)]
mod client;
mod conformance;
mod corpora;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod log_model;
#[cfg(test)]
mod record_model;
#[cfg(test)]
mod scan;
#[cfg(test)]
mod server;
#[cfg(test)]
mod sharing;
#[cfg(test)]
mod sync;
#[cfg(test)]
mod vectors;
