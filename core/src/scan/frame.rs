//! A camera's brightness plane, borrowed with the geometry it comes in.
//!
//! Cameras pad rows, interleave colours and lie on their side; copying a plane into a tidy one costs more than
//! reading it. So the reader takes what the camera has, and everything that could be wrong about it is decided
//! once, in [`Frame::new`]: nothing after it checks again, and nothing before it may index.

use std::fmt;

use super::symbol::Point;

/// The clockwise turn that makes the picture upright, as cameras report it (Android `rotationDegrees`).
///
/// A code is read in any orientation, so this never changes *whether* it is read: it orders the symbols as a
/// person sees them, and maps points for drawing ([`Frame::upright`]).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Rotation {
    /// The plane is upright as it lies in memory.
    #[default]
    None,
    /// Turn it by 90° clockwise.
    Clockwise90,
    /// Turn it by 180°.
    Half,
    /// Turn it by 270° clockwise.
    Clockwise270,
}

/// The part of the plane to look at, in pixels of the unrotated plane.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Crop {
    /// First column.
    pub left: u32,
    /// First row.
    pub top: u32,
    /// Columns, at least one.
    pub width: u32,
    /// Rows, at least one.
    pub height: u32,
}

/// How a plane lies in its bytes: `bytes[row * row_stride + column * pixel_stride]` is the brightness
/// (0 black … 255 white) at `column < width`, `row < height`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Geometry {
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Bytes from the start of one row to the start of the next.
    pub row_stride: u32,
    /// Bytes from one pixel to the next: 1 for a plane of its own, 4 for one channel of RGBA.
    pub pixel_stride: u32,
    /// How the upright picture is obtained.
    pub rotation: Rotation,
    /// Where to look; all of the plane if `None`.
    pub crop: Option<Crop>,
}

impl Geometry {
    /// One byte a pixel, no padding, upright, all of it.
    pub const fn packed(width: u32, height: u32) -> Self {
        Self { width, height, row_stride: width, pixel_stride: 1, rotation: Rotation::None, crop: None }
    }
}

/// Why bytes and geometry do not make a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FrameError {
    /// There is no pixel to read.
    #[error("read a picture of {width} × {height} pixels")]
    Empty {
        /// Pixels in a row, as given.
        width: u32,
        /// Rows, as given.
        height: u32,
    },
    /// Pixels or rows would lie on top of each other.
    #[error("read a picture whose rows overlap: stride {row_stride}, needed {needed}")]
    Overlapping {
        /// The row stride given.
        row_stride: u32,
        /// The smallest row stride for this width and pixel stride; 0 if the pixel stride is 0.
        needed: u64,
    },
    /// The bytes end before the last pixel.
    #[error("read a picture cut short: {got} bytes, needed {needed}")]
    TooShort {
        /// Bytes up to and with the last pixel. Padding after it may be missing, as it is on some cameras.
        needed: u64,
        /// Bytes given.
        got: usize,
    },
    /// The crop is empty or reaches beyond the plane.
    #[error("look at a part that lies outside the picture")]
    CropOutside,
}

/// One picture's brightness plane, borrowed for the time of a read.
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    bytes: &'a [u8],
    geometry: Geometry,
    crop: Crop,
}

impl<'a> Frame<'a> {
    /// Lends `bytes` to a reader.
    ///
    /// # Errors
    /// The first thing that is wrong about the geometry, see [`FrameError`]; never a panic, whatever the numbers.
    pub fn new(bytes: &'a [u8], geometry: Geometry) -> Result<Self, FrameError> {
        let Geometry { width, height, row_stride, pixel_stride, .. } = geometry;
        if width == 0 || height == 0 {
            return Err(FrameError::Empty { width, height });
        }
        let row = u64::from(width - 1) * u64::from(pixel_stride) + 1;
        if pixel_stride == 0 || row > u64::from(row_stride) {
            return Err(FrameError::Overlapping {
                row_stride,
                needed: if pixel_stride == 0 { 0 } else { row },
            });
        }
        // Cannot overflow: `row` fits 32 bits by the test above.
        let needed = u64::from(height - 1) * u64::from(row_stride) + row;
        if u64::try_from(bytes.len()).is_ok_and(|got| got < needed) {
            return Err(FrameError::TooShort { needed, got: bytes.len() });
        }
        let crop = geometry.crop.unwrap_or(Crop { left: 0, top: 0, width, height });
        let inside = |start: u32, length: u32, whole: u32| {
            length > 0 && start.checked_add(length).is_some_and(|end| end <= whole)
        };
        if !inside(crop.left, crop.width, width) || !inside(crop.top, crop.height, height) {
            return Err(FrameError::CropOutside);
        }
        Ok(Self { bytes, geometry, crop })
    }

    /// The geometry it was made with.
    pub const fn geometry(&self) -> Geometry {
        self.geometry
    }

    /// Where a point of the frame lies in the upright picture, whole plane and not only the crop.
    pub fn upright(&self, point: Point) -> Point {
        #[allow(clippy::cast_precision_loss, reason = "pixel counts of real pictures fit 24 bits")]
        let (width, height) = (self.geometry.width as f32, self.geometry.height as f32);
        let Point { x, y } = point;
        match self.geometry.rotation {
            Rotation::None => point,
            Rotation::Clockwise90 => Point { x: height - y, y: x },
            Rotation::Half => Point { x: width - x, y: height - y },
            Rotation::Clockwise270 => Point { x: y, y: width - x },
        }
    }

    /// The part to look at.
    pub(super) const fn crop(&self) -> Crop {
        self.crop
    }

    /// Bytes from one pixel of a row to the next.
    pub(super) const fn pixel_stride(&self) -> usize {
        self.geometry.pixel_stride as usize
    }

    /// Bytes from one row to the next.
    pub(super) const fn row_stride(&self) -> usize {
        self.geometry.row_stride as usize
    }

    /// The bytes from the first pixel of the part to look at to its last.
    pub(super) fn part(&self) -> &'a [u8] {
        let crop = self.crop;
        let first = crop.top as usize * self.row_stride() + crop.left as usize * self.pixel_stride();
        let rows = (crop.height - 1) as usize * self.row_stride();
        let length = rows + (crop.width - 1) as usize * self.pixel_stride() + 1;
        &self.bytes[first..first + length]
    }
}

/// Shows the geometry alone: the pixels may show a secret.
impl fmt::Debug for Frame<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Frame").field("geometry", &self.geometry).finish_non_exhaustive()
    }
}

#[cfg(test)]
#[path = "frame_tests.rs"]
mod tests;
