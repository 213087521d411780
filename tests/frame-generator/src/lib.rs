//! Camera frames of QR codes, made from a seed: as hard as the world, with a truth that needs no guessing.
//!
//! Real photos of enrolment codes hold real secrets, so there are none to test with; and a set of pictures that
//! everybody has seen says little about the next one. Here a new seed is a fresh test. A frame goes the way of
//! light: an exact code on a page, a pinhole camera, lamps and shadows, the lens, the sensor, the tone curve.
//! What makes a situation hard is written in `conditions.rs`, and measured: `docs/adr/0006-generated-frames.md`.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "pixels, modules and bytes are far inside the range where f32 and the integers agree"
)]

mod blocks;
mod camera;
mod clutter;
mod conditions;
mod draw;
mod font;
mod frame;
mod hand;
mod light;
mod optics;
mod page;
mod payload;
mod photo;
mod plane;
mod quad;
mod random;
mod scenario;
mod sensor;
mod sign_in;
mod symbol;
mod tile;

pub use frame::{Code, Frame, generate, generate_moment};
pub use photo::{Photo, show_on_display};
pub use scenario::Scenario;
pub use symbol::Level;

#[cfg(test)]
mod tests;
