//! What is dark and what is light, judged by the surroundings.
//!
//! A page in shadow and a page in the sun have no grey value in common, so each block of 8 × 8 pixels has a
//! threshold of its own: the mean of the blocks around it. A block's mean is a pixel of the plane three halvings
//! down, so thresholds cost next to nothing. Where the surroundings are all alike there is nothing to find, and
//! the threshold is set so that noise draws no lines there.

use crate::luma::View;

/// Pixels of a block's side, as a power of two: the number of halvings between a plane and its blocks.
pub(crate) const BLOCK_HALVINGS: usize = 2;
/// One ninth, in 65 536ths, rounded so that nine times a whole number comes out whole.
const NINTH: u32 = 7282;
/// Grey values between the darkest and the lightest block around, below which the place is taken for plain. A
/// code of low contrast (30) in modules of two pixels still has a range of about 12; sensor noise below 2.
const PLAIN_RANGE: u8 = 5;

/// The thresholds of a plane.
#[derive(Debug, Default)]
pub(crate) struct Thresholds {
    columns: usize,
    values: Vec<u8>,
    lines: Lines,
}

/// For each block: sum, least and greatest of it and its neighbours to the left and right.
#[derive(Debug, Default)]
struct Lines {
    sums: Vec<u16>,
    least: Vec<u8>,
    greatest: Vec<u8>,
}

impl Lines {
    fn resize(&mut self, blocks: usize) {
        self.sums.resize(blocks, 0);
        self.least.resize(blocks, 0);
        self.greatest.resize(blocks, 0);
    }

    /// Fills the lines from `start` on from a row of blocks; beyond its ends the row goes on as it ended.
    fn fill(&mut self, start: usize, blocks: &[u8]) {
        let end = start + blocks.len();
        let (sums, least, greatest) =
            (&mut self.sums[start..end], &mut self.least[start..end], &mut self.greatest[start..end]);
        for (index, window) in blocks.windows(3).enumerate() {
            sums[index + 1] = u16::from(window[0]) + u16::from(window[1]) + u16::from(window[2]);
            least[index + 1] = window[0].min(window[1]).min(window[2]);
            greatest[index + 1] = window[0].max(window[1]).max(window[2]);
        }
        let last = blocks.len() - 1;
        for (index, neighbour) in [(0, 1.min(last)), (last, last.saturating_sub(1))] {
            let (here, beside) = (blocks[index], blocks[neighbour]);
            sums[index] = 2 * u16::from(here) + u16::from(beside);
            (least[index], greatest[index]) = (here.min(beside), here.max(beside));
        }
    }
}

impl Thresholds {
    /// Becomes the thresholds of the plane whose block means are `blocks`.
    pub(crate) fn measure(&mut self, blocks: View<'_>) {
        let width = blocks.width;
        self.columns = width;
        self.lines.resize(width * blocks.height);
        for row in 0..blocks.height {
            self.lines.fill(row * width, blocks.row(row));
        }
        self.values.resize(width * blocks.height, 0);
        for (row, line) in self.values.chunks_exact_mut(width).enumerate() {
            let rows = [row.saturating_sub(1), row, (row + 1).min(blocks.height - 1)];
            let [a, b, c] = rows.map(|row| &self.lines.sums[row * width..][..width]);
            let [d, e, f] = rows.map(|row| &self.lines.least[row * width..][..width]);
            let [g, h, i] = rows.map(|row| &self.lines.greatest[row * width..][..width]);
            for column in 0..width {
                let sum = u32::from(a[column] + b[column] + c[column]);
                let least = d[column].min(e[column]).min(f[column]);
                let greatest = g[column].max(h[column]).max(i[column]);
                let mean = ((sum * NINTH) >> 16) as u8;
                line[column] = if greatest - least < PLAIN_RANGE { 0 } else { mean.max(1) };
            }
        }
    }

    /// Thresholds of the blocks that row `row` of pixels runs through: what is below is dark, and 0 means plain.
    pub(crate) fn row(&self, row: usize) -> &[u8] {
        &self.values[(row >> BLOCK_HALVINGS) * self.columns..][..self.columns]
    }

    /// The grey value between dark and light at a pixel.
    pub(crate) fn at(&self, column: usize, row: usize) -> u8 {
        self.values[(row >> BLOCK_HALVINGS) * self.columns + (column >> BLOCK_HALVINGS)]
    }
}
