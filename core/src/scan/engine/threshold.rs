//! Dark or light: a plane of brightness as a plane of bits.
//!
//! The local threshold is the one of zxing's `HybridBinarizer`, bit for bit except in the last, incomplete
//! blocks. rxing's port of it takes three quarters of the time that a frame without a code costs; this one
//! works on whole rows, which compilers turn into vector code.

use rxing::common::{BIT_FIELD_BASE_BITS, BitArray, BitFieldBaseType, BitMatrix, GlobalHistogramBinarizer};
use rxing::{Binarizer, Luma8Source};

use super::plane::Plane;

/// What separates dark from light.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Threshold {
    /// Each block of 8 × 8 pixels against its surroundings: holds in shadow and glare.
    Local,
    /// One for the whole plane: holds where blocks are fooled, by blur and by large modules.
    Global,
}

impl Threshold {
    /// The dark pixels of a plane; `None` where there is nothing to separate.
    pub(super) fn dark(self, plane: &Plane<'_>) -> Option<BitMatrix> {
        match self {
            Self::Local if plane.width.min(plane.height) >= SMALLEST => local(plane),
            Self::Local | Self::Global => {
                let source = Luma8Source::new_with_slice(&plane.pixels, plane.width, plane.height).ok()?;
                GlobalHistogramBinarizer::new(source).get_black_matrix().ok().cloned()
            }
        }
    }
}

/// Pixels along a block.
const BLOCK: usize = 8;

const BLOCK_AREA: u32 = 64;

/// Blocks to each side whose black points are averaged.
const REACH: usize = 2;
const SPAN: usize = 2 * REACH + 1;
const SPAN_AREA: u32 = 25;

/// The shorter side from which there are enough blocks to average.
const SMALLEST: u32 = 40;

/// Less contrast than this within a block is noise: the block is all light, or all dark.
const CONTRAST: u8 = 24;

fn local(plane: &Plane<'_>) -> Option<BitMatrix> {
    let width = plane.width as usize;
    let points = BlackPoints::of(plane);
    let mut dark = BitMatrix::new(plane.width, plane.height).ok()?;
    let mut bits = BitArray::with_size(width);
    // Whole words, so that the last one needs no care: pixels beyond the row stay light.
    let mut thresholds = vec![0; width.next_multiple_of(BIT_FIELD_BASE_BITS)];
    let mut flags = thresholds.clone();
    for (y, row) in plane.pixels.chunks_exact(width).enumerate() {
        if y % BLOCK == 0 {
            points.thresholds(y / BLOCK, &mut thresholds);
        }
        for ((flag, &pixel), &threshold) in flags.iter_mut().zip(row).zip(&thresholds) {
            *flag = u8::from(pixel <= threshold);
        }
        for (word, flags) in flags.chunks_exact(BIT_FIELD_BASE_BITS).enumerate() {
            bits.setBulk(word * BIT_FIELD_BASE_BITS, pack(flags));
        }
        dark.setRow(u32::try_from(y).ok()?, &bits);
    }
    Some(dark)
}

/// A word from as many bytes of 0 or 1, the first in the lowest bit.
fn pack(flags: &[u8]) -> BitFieldBaseType {
    flags.as_chunks::<8>().0.iter().rev().fold(0, |word, &eight| {
        // The product's highest byte collects bit 0 of every byte, each moved to a place of its own.
        let bits = u64::from_le_bytes(eight).wrapping_mul(0x0102_0408_1020_4080) >> 56;
        word << 8 | BitFieldBaseType::try_from(bits).unwrap_or(0)
    })
}

/// For each block, the brightness up to which its pixels would be dark if it stood alone.
struct BlackPoints {
    columns: usize,
    rows: usize,
    points: Vec<u32>,
}

impl BlackPoints {
    fn of(plane: &Plane<'_>) -> Self {
        let (width, height) = (plane.width as usize, plane.height as usize);
        let (columns, rows) = (width.div_ceil(BLOCK), height.div_ceil(BLOCK));
        let mut points: Vec<u32> = Vec::with_capacity(columns * rows);
        let (mut sums, mut darkest, mut lightest) = (vec![0u16; width], vec![0u8; width], vec![0u8; width]);
        for row in 0..rows {
            // An incomplete block borrows from the one before it.
            let top = (row * BLOCK).min(height - BLOCK);
            sums.fill(0);
            darkest.fill(u8::MAX);
            lightest.fill(0);
            for pixels in plane.pixels[top * width..].chunks_exact(width).take(BLOCK) {
                let ranges = darkest.iter_mut().zip(&mut lightest);
                for ((&pixel, sum), (dark, light)) in pixels.iter().zip(&mut sums).zip(ranges) {
                    *sum += u16::from(pixel);
                    *dark = pixel.min(*dark);
                    *light = pixel.max(*light);
                }
            }
            for column in 0..columns {
                let left = (column * BLOCK).min(width - BLOCK);
                let block = left..left + BLOCK;
                let sum: u32 = sums[block.clone()].iter().map(|&sum| u32::from(sum)).sum();
                let dark = darkest[block.clone()].iter().copied().fold(u8::MAX, u8::min);
                let light = lightest[block].iter().copied().fold(0, u8::max);
                let point = if light - dark > CONTRAST {
                    sum / BLOCK_AREA
                } else {
                    // Taken for light, unless its neighbours above and to the left, whose points are known, say
                    // that their dark is lighter than this.
                    let around = (row > 0 && column > 0).then(|| {
                        let above = points.len() - columns;
                        (points[above] + 2 * points[points.len() - 1] + points[above - 1]) / 4
                    });
                    around.filter(|&around| u32::from(dark) < around).unwrap_or(u32::from(dark) / 2)
                };
                points.push(point);
            }
        }
        Self { columns, rows, points }
    }

    /// The thresholds of a row of blocks, one a pixel: means over five by five black points, as near as the
    /// edges allow.
    fn thresholds(&self, row: usize, thresholds: &mut [u8]) {
        let top = row.clamp(REACH, self.rows - 1 - REACH) - REACH;
        for (column, block) in thresholds.chunks_exact_mut(BLOCK).take(self.columns).enumerate() {
            let left = column.clamp(REACH, self.columns - 1 - REACH) - REACH;
            let sum: u32 =
                (top..top + SPAN).flat_map(|row| &self.points[row * self.columns + left..][..SPAN]).sum();
            block.fill(u8::try_from(sum / SPAN_AREA).unwrap_or(u8::MAX));
        }
    }
}
