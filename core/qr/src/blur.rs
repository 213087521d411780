//! Seeing that a picture is blurred, and undoing some of it before looking for finder patterns.
//!
//! Out of focus, the rings of a finder pattern are one module wide and fade into their neighbours. Adding back what
//! a small average takes away restores their contrast; noise grows as well, so this is a second try.

use crate::luma::{Plane, View};

/// Pixels to each side of the average.
const RADIUS: usize = 2;
/// How often the difference to the average is added.
const GAIN: i32 = 3;

/// Every how many rows the sharpness of edges is measured.
const ROWS: usize = 4;
/// Pixels over which an edge is looked at, and the grey values by which its ends differ at least.
const SPAN: usize = 4;
const MIN_EDGE: u8 = 24;
/// Fewer edges than this say nothing: a wall, a sky.
const MIN_EDGES: u32 = 300;
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
    let side = 2 * RADIUS + 1;
    for (row, line) in target.bytes_mut().chunks_exact_mut(width).enumerate() {
        let values = source.row(row);
        for (column, pixel) in line.iter_mut().enumerate() {
            let (from, to) = (column.saturating_sub(RADIUS), (column + RADIUS + 1).min(width));
            let sum: u16 = columns[from..to].iter().sum();
            let mean = i32::from(sum) / ((to - from) * side) as i32;
            let value = i32::from(values[column]);
            *pixel = (value + GAIN * (value - mean)).clamp(0, 255) as u8;
        }
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
