//! Brightness planes: the caller's picture, borrowed, and the smaller copies that the reader makes of it.
//!
//! Coordinates are in pixels with pixel centres at halves, so that a point means the same in every size: halving
//! the picture halves the coordinates.

use zeroize::Zeroizing;

/// A brightness plane, borrowed for the time of a read.
///
/// `bytes[row * row_stride + column * pixel_stride]` is the luma (0 black … 255 white) at `column < width`,
/// `row < height`.
#[derive(Debug, Clone, Copy)]
pub struct Luma<'a> {
    bytes: &'a [u8],
    width: usize,
    height: usize,
    row_stride: usize,
    pixel_stride: usize,
}

/// Why bytes are not a brightness plane of the size given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LumaError {
    /// Width, height or pixel stride is zero, a row stride is shorter than its row, or a side is over the limit.
    #[error("use a plane of that geometry")]
    Geometry,
    /// The bytes end before the last pixel.
    #[error("use a plane of fewer than {needed} bytes")]
    TooShort {
        /// Bytes that the geometry asks for.
        needed: usize,
    },
}

/// Sides are limited so that coordinates are exact in 32-bit floats to a sixteenth of a pixel.
const MAX_SIDE: usize = 1 << 16;

impl<'a> Luma<'a> {
    /// A plane whose rows and pixels lie side by side.
    ///
    /// # Errors
    /// As [`Luma::with_strides`].
    pub fn new(bytes: &'a [u8], width: usize, height: usize) -> Result<Self, LumaError> {
        Self::with_strides(bytes, width, height, width, 1)
    }

    /// A plane inside a larger buffer: `row_stride` bytes from one row to the next, `pixel_stride` bytes from one
    /// pixel to the next. The last row may end with its last pixel.
    ///
    /// # Errors
    /// [`LumaError::Geometry`] when no plane has that shape, [`LumaError::TooShort`] when `bytes` do not hold it.
    pub fn with_strides(
        bytes: &'a [u8],
        width: usize,
        height: usize,
        row_stride: usize,
        pixel_stride: usize,
    ) -> Result<Self, LumaError> {
        let sides = 1..=MAX_SIDE;
        if !sides.contains(&width) || !sides.contains(&height) || pixel_stride == 0 {
            return Err(LumaError::Geometry);
        }
        let row = (width - 1).checked_mul(pixel_stride).and_then(|last| last.checked_add(1));
        let row = row.filter(|&row| row <= row_stride).ok_or(LumaError::Geometry)?;
        let needed = (height - 1).checked_mul(row_stride).and_then(|start| start.checked_add(row));
        let needed = needed.ok_or(LumaError::Geometry)?;
        if bytes.len() < needed {
            return Err(LumaError::TooShort { needed });
        }
        Ok(Self { bytes, width, height, row_stride, pixel_stride })
    }

    /// Pixels in a row.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Rows.
    pub fn height(&self) -> usize {
        self.height
    }

    /// The plane as it lies, if its pixels lie side by side.
    pub(crate) fn as_view(&self) -> Option<View<'a>> {
        (self.pixel_stride == 1).then_some(View {
            bytes: self.bytes,
            width: self.width,
            height: self.height,
            stride: self.row_stride,
        })
    }

    /// Copies the pixels side by side.
    pub(crate) fn pack_into(&self, plane: &mut Plane) {
        plane.resize(self.width, self.height);
        for (row, target) in plane.bytes.chunks_exact_mut(self.width).enumerate() {
            let source = self.bytes[row * self.row_stride..].iter().step_by(self.pixel_stride);
            for (pixel, &value) in target.iter_mut().zip(source) {
                *pixel = value;
            }
        }
    }
}

/// A plane whose pixels lie side by side.
#[derive(Debug, Clone, Copy)]
pub(crate) struct View<'a> {
    bytes: &'a [u8],
    pub(crate) width: usize,
    pub(crate) height: usize,
    stride: usize,
}

impl<'a> View<'a> {
    pub(crate) fn row(&self, row: usize) -> &'a [u8] {
        &self.bytes[row * self.stride..][..self.width]
    }

    pub(crate) fn at(&self, column: usize, row: usize) -> u8 {
        self.bytes[row * self.stride + column]
    }

    /// Brightness at a point, between the four pixels around it; beyond the border, that of the border.
    #[inline]
    pub(crate) fn between(&self, x: f32, y: f32) -> f32 {
        // Every look at a module passes here: through 32 bits with a sign, since for those a processor has an
        // instruction, and without a question that only the border needs.
        let (x, y) = ((x - 0.5).max(0.0), (y - 0.5).max(0.0));
        let (column, row) = (x as i32 as usize, y as i32 as usize);
        if column + 1 >= self.width || row + 1 >= self.height {
            return self.at_border(x, y);
        }
        let start = row * self.stride + column;
        let (upper, lower) = (&self.bytes[start..start + 2], &self.bytes[start + self.stride..][..2]);
        between_four(
            [upper[0], upper[1], lower[0], lower[1]],
            x - column as i32 as f32,
            y - row as i32 as f32,
        )
    }

    /// The same for a point, in steps from the first pixel, that has no pixel to its right or none below.
    #[cold]
    fn at_border(&self, x: f32, y: f32) -> f32 {
        let x = x.min((self.width - 1) as f32);
        let y = y.min((self.height - 1) as f32);
        let (column, row) = (x as usize, y as usize);
        let (beside, below) = ((column + 1).min(self.width - 1), (row + 1).min(self.height - 1));
        let pixels = [(column, row), (beside, row), (column, below), (beside, below)];
        between_four(pixels.map(|(column, row)| self.at(column, row)), x - column as f32, y - row as f32)
    }
}

/// Brightness between a square of four pixels, so far to the right of and below the first.
#[inline]
fn between_four(pixels: [u8; 4], right: f32, down: f32) -> f32 {
    let [upper_left, upper_right, lower_left, lower_right] = pixels.map(f32::from);
    let upper = upper_left + (upper_right - upper_left) * right;
    let lower = lower_left + (lower_right - lower_left) * right;
    upper + (lower - upper) * down
}

/// A plane of the reader's own; its memory is kept from frame to frame.
#[derive(Debug, Default)]
pub(crate) struct Plane {
    // A picture of a code is as secret as the code.
    bytes: Zeroizing<Vec<u8>>,
    width: usize,
    height: usize,
}

impl Plane {
    pub(crate) fn resize(&mut self, width: usize, height: usize) {
        self.bytes.resize(width * height, 0);
        self.width = width;
        self.height = height;
    }

    pub(crate) fn view(&self) -> View<'_> {
        View { bytes: &self.bytes, width: self.width, height: self.height, stride: self.width }
    }

    pub(crate) fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.bytes
    }

    /// Becomes `source` with each pixel as a square of `factor` × `factor`.
    pub(crate) fn enlarge(&mut self, source: View<'_>, factor: usize) {
        self.resize(source.width * factor, source.height * factor);
        for (row, target) in self.bytes.chunks_exact_mut(self.width).enumerate() {
            for (square, &value) in target.chunks_exact_mut(factor).zip(source.row(row / factor)) {
                square.fill(value);
            }
        }
    }

    /// Becomes `source` at half its size: each pixel the mean of four. An odd last row or column stands for two.
    pub(crate) fn halve(&mut self, source: View<'_>) {
        self.resize(source.width.div_ceil(2), source.height.div_ceil(2));
        for (row, target) in self.bytes.chunks_exact_mut(self.width).enumerate() {
            let upper = source.row(2 * row);
            let lower = source.row((2 * row + 1).min(source.height - 1));
            let (upper_eights, upper_rest) = upper.as_chunks::<8>();
            let (lower_eights, lower_rest) = lower.as_chunks::<8>();
            let (fours, rest) = target.as_chunks_mut::<4>();
            for ((four, upper), lower) in fours.iter_mut().zip(upper_eights).zip(lower_eights) {
                *four = means(u64::from_le_bytes(*upper), u64::from_le_bytes(*lower)).to_le_bytes();
            }
            // A row of an even number of fours may end in a square of one column, which is below.
            let rest =
                if fours.len() > upper_eights.len() { &mut fours[upper_eights.len()][..] } else { rest };
            for ((mean, upper), lower) in
                rest.iter_mut().zip(upper_rest.chunks_exact(2)).zip(lower_rest.chunks_exact(2))
            {
                let sum =
                    u16::from(upper[0]) + u16::from(upper[1]) + u16::from(lower[0]) + u16::from(lower[1]);
                *mean = ((sum + 2) >> 2) as u8;
            }
            if source.width % 2 == 1 {
                let last = source.width - 1;
                target[last / 2] = ((u16::from(upper[last]) + u16::from(lower[last]) + 1) >> 1) as u8;
            }
        }
    }
}

/// Means of four squares of 2 × 2 pixels, from eight pixels of each of two rows: four lanes of sixteen bits in a word.
fn means(upper: u64, lower: u64) -> u32 {
    const EVEN: u64 = 0x00ff_00ff_00ff_00ff;
    const HALF: u64 = 0x0002_0002_0002_0002;
    let sums = (upper & EVEN) + (upper >> 8 & EVEN) + (lower & EVEN) + (lower >> 8 & EVEN) + HALF;
    let means = sums >> 2 & EVEN;
    let pairs = (means | means >> 8) & 0x0000_ffff_0000_ffff;
    (pairs | pairs >> 16) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halving_is_the_mean_of_four_at_any_width() {
        for width in 1..40_usize {
            let bytes: Vec<u8> = (0..width * 3).map(|i| (i * 97 + i * i * 31) as u8).collect();
            let source = View { bytes: &bytes, width, height: 3, stride: width };
            let mut half = Plane::default();
            half.halve(source);
            let half = half.view();
            assert_eq!((half.width, half.height), (width.div_ceil(2), 2));
            for (row, column) in (0..2).flat_map(|row| (0..half.width).map(move |column| (row, column))) {
                let at = |x: usize, y: usize| u16::from(source.at(x.min(width - 1), y.min(2)));
                let (x, y) = (2 * column, 2 * row);
                let sum = at(x, y) + at(x + 1, y) + at(x, y + 1) + at(x + 1, y + 1);
                let expected = ((sum + 2) >> 2) as u8;
                assert!(half.at(column, row).abs_diff(expected) <= 1, "width {width}, {column}, {row}");
            }
        }
    }
}
