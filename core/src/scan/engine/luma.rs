//! The pixels an engine works on: packed, and small enough.

use zeroize::Zeroizing;

use crate::scan::frame::Frame;
use crate::scan::symbol::Point;

/// A packed brightness plane, and where it lies in its frame.
pub(super) struct Luma {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) pixels: Zeroizing<Vec<u8>>,
    left: u32,
    top: u32,
}

impl Luma {
    /// The part of a frame that is to be looked at.
    pub(super) fn of(frame: &Frame<'_>) -> Self {
        let crop = frame.crop();
        let mut pixels = Vec::with_capacity(crop.width as usize * crop.height as usize);
        for y in 0..crop.height {
            pixels.extend(frame.row(y).iter().step_by(frame.pixel_stride()));
        }
        Self {
            width: crop.width,
            height: crop.height,
            pixels: Zeroizing::new(pixels),
            left: crop.left,
            top: crop.top,
        }
    }

    /// A point of this plane in coordinates of the frame.
    #[allow(clippy::cast_precision_loss, reason = "pixel counts of real pictures fit 24 bits")]
    pub(super) fn to_frame(&self, x: f32, y: f32) -> Point {
        Point { x: x + self.left as f32, y: y + self.top as f32 }
    }
}
