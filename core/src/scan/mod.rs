//! From one camera picture to the payload of every QR code in it.
//!
//! A host lends a [`Frame`]; a [`Reader`] gives back the [`Symbol`]s in it, or a [`Hint`] why there are none;
//! a [`Session`] turns a stream of frames into codes that are each reported once. What a payload *means* is not
//! decided here: `enrol` reads it, and `enrol` also collects the batches of a Google export, whose parts are
//! separate symbols that only their payload ties together.
//!
//! The engine behind [`Reader`] is a crate of its own, `countersign-qr` (`docs/adr/0030-own-scan-engine.md`), and no
//! caller can tell.

mod engine;
mod frame;
mod reader;
mod session;
mod symbol;
mod text;

pub use frame::{Crop, Frame, FrameError, Geometry, Rotation};
pub use reader::{CAMERA_BUDGET, Hint, Reader, Reading, STILL_BUDGET};
pub use session::{Message, Scanned, Session};
pub use symbol::{ErrorCorrection, Point, StructuredAppend, Symbol};
