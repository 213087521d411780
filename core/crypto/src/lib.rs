//! The secret half of protocol `cs/1`: keys, boxes, sealed records, the recovery kit.
//!
//! [`countersign_protocol`] says who may do what, from signatures alone. This crate holds what only a member's device
//! has: it makes keys, seals for those whom the log names, and opens what they sealed. It does no I/O, reads no clock
//! and has no randomness but what is handed in; it is meant to be read in a day.
//!
//! | To audit | Where |
//! |---|---|
//! | Where randomness comes from, and that its failure is an error | [`entropy`] |
//! | Device keys, domains of signatures | [`device`] |
//! | Space keys, their commitment, the wrapped key before | [`space_key`] |
//! | HPKE, and boxes (V5) | [`key_box`] |
//! | Key and nonce of each encryption, padding | [`record`] |
//! | What records hold | [`content`] |
//! | The device on paper | [`kit`] |
//! | Invites and links | [`invite`], [`link`] |
//! | Safety words | [`words`] |
//! | Secrets in a phone's own storage | [`local`] |

mod aead;
pub mod content;
pub mod device;
pub mod entropy;
pub mod flow;
mod hpke_base;
pub mod invite;
mod kdf;
pub mod key_box;
pub mod key_ring;
pub mod kit;
#[cfg(test)]
mod known_answers;
pub mod link;
pub mod local;
mod padding;
pub mod record;
mod secret;
pub mod space_key;
#[cfg(test)]
mod testing;
pub mod words;
