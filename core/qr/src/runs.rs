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

/// Columns at which a row changes between light and dark, into `edges`: the first (0) begins a light run, which may
/// be empty, the next a dark one, and so on; the last is the width.
pub(crate) fn edges(view: View<'_>, thresholds: &Thresholds, row: usize, edges: &mut Vec<u32>) {
    let thresholds = thresholds.row(row);
    edges.clear();
    edges.push(0);
    let mut before = 0;
    for (word, (pixels, thresholds)) in view.row(row).chunks(64).zip(thresholds.chunks(16)).enumerate() {
        let mut dark = 0;
        for (block, (pixels, thresholds)) in pixels.chunks(8).zip(thresholds.chunks(2)).enumerate() {
            let left = u64::from(thresholds[0]);
            let right = u64::from(thresholds[thresholds.len() - 1]);
            if left | right != 0 {
                dark |= dark_bits(pixels, (left * LOW_HALF) | ((right * LOW_HALF) << 32)) << (8 * block);
            }
        }
        let mut flips = dark ^ (dark << 1 | before);
        before = dark >> 63;
        while flips != 0 {
            edges.push((word * 64) as u32 + flips.trailing_zeros());
            flips &= flips - 1;
        }
    }
    edges.push(view.width as u32);
}

/// A bit for each of up to eight pixels, set where it is below the threshold.
fn dark_bits(pixels: &[u8], threshold: u64) -> u64 {
    let pixels = match pixels.try_into() {
        Ok(eight) => u64::from_le_bytes(eight),
        Err(_) => pixels.iter().rev().fold(u64::MAX, |all, &pixel| all << 8 | u64::from(pixel)),
    };
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
