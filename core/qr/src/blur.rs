//! Seeing that a picture is blurred, and undoing some of it before looking for finder patterns.
//!
//! Out of focus, the rings of a finder pattern are one module wide and fade into their neighbours. Adding back what
//! a small average takes away restores their contrast; noise grows as well, so this is a second try.

use crate::luma::{Plane, View};

/// Pixels to each side of the average.
const RADIUS: usize = 2;
const SIDE: usize = 2 * RADIUS + 1;
/// How often the difference to the average is added.
const GAIN: i32 = 3;

/// Every how many rows the sharpness of edges is measured.
const ROWS: usize = 8;
/// Pixels over which an edge is looked at, and the grey values by which its ends differ at least.
const SPAN: usize = 4;
const MIN_EDGE: u8 = 24;
/// Fewer edges than this say nothing: a wall, a sky.
const MIN_EDGES: u32 = 150;
/// In a sharp picture a single step holds most of an edge's height, in a blurred one half; in hundredths.
const BLURRED_STEP: u32 = 62;

/// Whether edges are smeared over several pixels.
pub(crate) fn is_blurred(view: View<'_>) -> bool {
    let (mut edges, mut steps, mut heights) = (0, 0, 0);
    for row in (0..view.height).step_by(ROWS) {
        for window in view.row(row).windows(SPAN + 1) {
            let height = window[0].abs_diff(window[SPAN]);
            if height > MIN_EDGE {
                let step = window.windows(2).map(|pair| pair[0].abs_diff(pair[1])).max().unwrap_or(0);
                edges += 1;
                steps += u32::from(step);
                heights += u32::from(height);
            }
        }
    }
    edges > MIN_EDGES && u64::from(steps) * 100 < u64::from(heights) * u64::from(BLURRED_STEP)
}

/// Every how many rows noise is measured.
const NOISE_ROWS: usize = 32;
/// A pattern's light ring is lighter than its dark parts by this many grey values at least, and by so many times the
/// noise.
const MIN_CONTRAST: u8 = 10;
const MIN_SIGNAL: u8 = 3;

/// Grey values by which a pattern must differ from its ground to be told from noise: from the median step between
/// neighbours, which edges hardly change.
pub(crate) fn least_contrast(view: View<'_>) -> i32 {
    let mut counts = [0_u32; 256];
    for row in (0..view.height).step_by(NOISE_ROWS) {
        for pair in view.row(row).windows(2) {
            counts[usize::from(pair[0].abs_diff(pair[1]))] += 1;
        }
    }
    let half = counts.iter().sum::<u32>() / 2;
    let mut below = 0;
    let median = counts.iter().position(|&count| {
        below += count;
        below >= half
    });
    i32::from(MIN_CONTRAST).max(i32::from(MIN_SIGNAL) * median.unwrap_or(0) as i32)
}

/// Makes `target` a sharpened copy of `source`.
pub(crate) fn sharpen(source: View<'_>, target: &mut Plane, columns: &mut Vec<u16>) {
    target.resize(source.width, source.height);
    let width = source.width;
    columns.clear();
    columns.resize(width, 0);
    let clamped = |row: isize| row.clamp(0, source.height as isize - 1) as usize;
    let radius = RADIUS as isize;
    for row in -radius..=radius {
        add(columns, source.row(clamped(row)));
    }
    for (row, line) in target.bytes_mut().chunks_exact_mut(width).enumerate() {
        sharpen_row(line, source.row(row), columns);
        let row = row as isize;
        for (sum, &value) in columns.iter_mut().zip(source.row(clamped(row - radius))) {
            *sum -= u16::from(value);
        }
        add(columns, source.row(clamped(row + radius + 1)));
    }
}

fn add(columns: &mut [u16], values: &[u8]) {
    for (sum, &value) in columns.iter_mut().zip(values) {
        *sum += u16::from(value);
    }
}

/// One row: its pixels, and the sums of the columns around them.
fn sharpen_row(line: &mut [u8], values: &[u8], columns: &[u16]) {
    let width = line.len();
    let inner = RADIUS..width.saturating_sub(RADIUS).max(RADIUS);
    if inner.end <= width {
        let sharpened = line[inner.clone()].iter_mut().zip(&values[inner.clone()]).zip(columns.windows(SIDE));
        for ((pixel, &value), sums) in sharpened {
            let sum: u16 = sums.iter().sum();
            *pixel = sharper(value, i32::from(sum), (SIDE * SIDE) as i32);
        }
    }
    for column in (0..width).filter(|column| !inner.contains(column)) {
        let (from, to) = (column.saturating_sub(RADIUS), (column + RADIUS + 1).min(width));
        let sum: u16 = columns[from..to].iter().sum();
        line[column] = sharper(values[column], i32::from(sum), ((to - from) * SIDE) as i32);
    }
}

fn sharper(value: u8, sum: i32, count: i32) -> u8 {
    let value = i32::from(value);
    (value + GAIN * (value - sum / count)).clamp(0, 255) as u8
}
