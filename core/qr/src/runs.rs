//! A row of pixels as runs of light and dark.
//!
//! Eight pixels are compared at once inside one 64-bit word, and runs are read off the bits: most frames hold no
//! code, and this is the whole price of finding that out.

use crate::luma::View;
use crate::threshold::Thresholds;

#[cfg(test)]
const LOW_BITS: u64 = 0x0101_0101_0101_0101;
const LOW_HALF: u64 = 0x0101_0101;
const HIGH_BITS: u64 = 0x8080_8080_8080_8080;
/// Multiplying the low bits of eight bytes by this moves them side by side into the highest byte.
const GATHER: u64 = 0x0102_0408_1020_4080;

/// A row's runs. Keeps its memory from row to row.
#[derive(Debug, Default)]
pub(crate) struct Line {
    edges: Vec<i32>,
    count: usize,
    /// What `ratio` finds among them.
    pub(crate) marks: Vec<u8>,
}

impl Line {
    /// Becomes the runs of a row.
    pub(crate) fn cut(&mut self, view: View<'_>, thresholds: &Thresholds, row: usize) {
        let thresholds = thresholds.row(row);
        // At most one edge at each side of a pixel, and both ends.
        self.edges.resize(view.width + 3, 0);
        self.edges[0] = 0;
        let (mut count, mut before) = (1, 0);
        for (word, (pixels, thresholds)) in view.row(row).chunks(64).zip(thresholds.chunks(16)).enumerate() {
            let dark = match (pixels.try_into(), thresholds.try_into()) {
                (Ok(pixels), Ok(thresholds)) => dark_word(pixels, thresholds),
                _ => dark_rest(pixels, thresholds),
            };
            let mut flips = dark ^ (dark << 1 | before);
            before = dark >> 63;
            while flips != 0 {
                self.edges[count] = (word * 64) as i32 + flips.trailing_zeros() as i32;
                count += 1;
                flips &= flips - 1;
            }
        }
        self.edges[count] = view.width as i32;
        self.count = count + 1;
    }

    /// Columns at which the row changes between light and dark: the first (0) begins a light run, which may be
    /// empty, the next a dark one, and so on; the last is the width.
    pub(crate) fn edges(&self) -> &[i32] {
        &self.edges[..self.count]
    }
}

/// A bit for each of 64 pixels, set where it is below the threshold of its block of four.
fn dark_word(pixels: &[u8; 64], thresholds: &[u8; 16]) -> u64 {
    if u128::from_ne_bytes(*thresholds) == 0 {
        return 0;
    }
    let (pixels, _) = pixels.as_chunks::<8>();
    let (thresholds, _) = thresholds.as_chunks::<2>();
    let mut dark = 0;
    for (block, (pixels, [left, right])) in pixels.iter().zip(thresholds).enumerate() {
        let threshold = (u64::from(*left) * LOW_HALF) | ((u64::from(*right) * LOW_HALF) << 32);
        dark |= dark_eight(u64::from_le_bytes(*pixels), threshold) << (8 * block);
    }
    dark
}

/// The same where a row ends.
fn dark_rest(pixels: &[u8], thresholds: &[u8]) -> u64 {
    let blocks = pixels.chunks(8).zip(thresholds.chunks(2)).enumerate();
    blocks.fold(0, |dark, (block, (pixels, thresholds))| {
        let (left, right) = (u64::from(thresholds[0]), u64::from(thresholds[thresholds.len() - 1]));
        dark | dark_bits(pixels, (left * LOW_HALF) | ((right * LOW_HALF) << 32)) << (8 * block)
    })
}

/// A bit for each of up to eight pixels, set where it is below the threshold.
fn dark_bits(pixels: &[u8], threshold: u64) -> u64 {
    let pixels = match pixels.try_into() {
        Ok(eight) => u64::from_le_bytes(eight),
        Err(_) => pixels.iter().rev().fold(u64::MAX, |all, &pixel| all << 8 | u64::from(pixel)),
    };
    dark_eight(pixels, threshold)
}

/// A bit for each of eight pixels.
fn dark_eight(pixels: u64, threshold: u64) -> u64 {
    // Byte-wise "at least": no byte borrows from its neighbour, since the high bits keep the difference positive.
    let difference = (pixels | HIGH_BITS) - (threshold & !HIGH_BITS);
    let at_least = ((pixels & !threshold) | (!(pixels ^ threshold) & difference)) & HIGH_BITS;
    ((at_least ^ HIGH_BITS) >> 7).wrapping_mul(GATHER) >> 56
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn eight_pixels_are_compared_as_each_would_be() {
        for threshold in [1, 5, 127, 128, 129, 200, 255] {
            for base in 0..=255_u8 {
                let pixels: [u8; 8] =
                    std::array::from_fn(|i| base.wrapping_mul(31).wrapping_add((i as u8).wrapping_mul(57)));
                let expected =
                    (0..8).fold(0, |bits, i| bits | u64::from(u64::from(pixels[i]) < threshold) << i);
                assert_eq!(dark_bits(&pixels, LOW_BITS * threshold), expected);
                assert_eq!(dark_bits(&pixels[..3], LOW_BITS * threshold), expected & 7);
            }
        }
    }
}
