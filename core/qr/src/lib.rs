//! A QR code reader for camera frames: brightness in, content out, within a time that the caller sets.
//!
//! It is made for a phone pointed at a glossy monitor, a dark page, a bent sheet in bad light. No dependency on a
//! platform, no `unsafe`, no threads, no clock of its own, and no panic on any picture. What it reads it keeps to
//! itself: content is wiped when dropped and never printed by `Debug`, for a QR code may hold somebody's secret.
//!
//! ```
//! use countersign_qr::{Luma, Reader};
//!
//! let pixels = [200; 640 * 480];
//! let mut reader = Reader::new();
//! let reading = reader.read(Luma::new(&pixels, 640, 480)?, &|| true);
//! assert!(reading.symbols.is_empty() && !reading.resembles_a_symbol);
//! # Ok::<(), countersign_qr::LumaError>(())
//! ```
//!
//! From luma to bytes, module by module: [`luma`] and [`pyramid`] (sizes) → [`threshold`], [`runs`], [`ratio`],
//! [`finder`], [`square`], [`template`] (finder patterns) → [`group`] (three of them) → [`evidence`], [`fit`], [`grid`] (where
//! modules lie) → [`sample`], [`equalise`] (how dark they are) → [`format`](mod@format), [`reed_solomon`],
//! [`decode`], [`segments`] (what they mean); [`reader`], [`look`] and [`attempt`] have the order of work.
//! `docs/scanner.md` tells the whole story.
#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::cast_possible_wrap,
    reason = "pixels, modules and codewords are small numbers that change between bytes, indices and coordinates"
)]

mod attempt;
mod blur;
mod decode;
mod equalise;
mod evidence;
mod finder;
mod fit;
mod format;
mod geometry;
mod grid;
mod group;
mod look;
mod luma;
mod modules;
mod pyramid;
mod ratio;
mod reader;
mod reed_solomon;
mod runs;
mod sample;
mod segments;
mod square;
mod sums;
mod symbol;
mod template;
mod threshold;
mod tone;
mod version;
mod votes;

pub use geometry::Point;
pub use luma::{Luma, LumaError};
pub use reader::Reader;
pub use segments::{Content, Mode, Segment, StructuredAppend};
pub use symbol::{Reading, Symbol};
pub use version::{EcLevel, Version};

#[cfg(test)]
mod decode_tests;
#[cfg(test)]
mod picture_tests;
