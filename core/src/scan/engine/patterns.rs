//! The search for finder patterns: runs of dark and light in the ratio 1 : 1 : 3 : 1 : 1 (ISO/IEC 18004:2015, 6.3.3).
//!
//! rxing's own search compares every candidate with every pattern found before and cannot be stopped: a picture
//! filled with squares keeps it busy for seconds. This one walks the same rows by the same ratios, ends with the
//! budget, and takes so many patterns for what they are: not the corners of a code.

use rxing::Point;
use rxing::common::cpp_essentials::{ConcentricPattern, LocateConcentricPattern};
use rxing::common::{BIT_FIELD_BASE_BITS, BitMatrix};

use crate::scan::reader::Deadline;

/// Rows from one that is searched to the next: the middle of a pattern is three modules high.
const STEP: u32 = 3;

/// More are no evidence of a code any more. A sheet of forty codes has 120.
const MOST_PATTERNS: usize = 256;

const RATIO: [u16; 5] = [1, 1, 3, 1, 1];

/// The finder patterns of a plane, from the top.
pub(super) fn find(dark: &BitMatrix, deadline: &Deadline<'_>) -> Vec<ConcentricPattern> {
    let mut patterns: Vec<ConcentricPattern> = Vec::new();
    let mut edges = Vec::new();
    for y in (STEP - 1..dark.height()).step_by(STEP as usize) {
        if patterns.len() >= MOST_PATTERNS || deadline.passed() {
            break;
        }
        edges_of(dark, y, &mut edges);
        let mut run = 0;
        while let Some(edges) = edges.get(run..run + 6) {
            let Some((x, length)) = finder_at(edges) else {
                run += 2;
                continue;
            };
            run += 4;
            let centre = Point { x, y: float(y) + 0.5 };
            let known = |pattern: &ConcentricPattern| {
                Point::distance(centre, pattern.p) < float(pattern.size.unsigned_abs()) / 2.0
            };
            if !patterns.iter().any(known) {
                // Three times its length: far enough for very skewed ones.
                let located = LocateConcentricPattern::<true, 5, 7>(dark, &RATIO, centre, length * 3);
                patterns.extend(located);
            }
        }
    }
    patterns
}

/// Where the colour changes in a row, the first time from light to dark, the row's end included.
fn edges_of(dark: &BitMatrix, y: u32, edges: &mut Vec<u32>) {
    edges.clear();
    let row = dark.getRow(y);
    let mut start = 0;
    let mut before = 0;
    for &word in row.getBitArray() {
        let mut changes = word ^ (word << 1 | before);
        while changes != 0 {
            edges.push(start + changes.trailing_zeros());
            changes &= changes - 1;
        }
        before = word >> (BIT_FIELD_BASE_BITS - 1);
        start += usize::BITS;
    }
    if edges.len() % 2 == 1 {
        edges.push(dark.width());
    }
}

/// The middle and the length of a finder pattern whose five runs these six edges bound.
fn finder_at(edges: &[u32]) -> Option<(f32, i32)> {
    let mut runs = [0.0; 5];
    for (run, edge) in runs.iter_mut().zip(edges.windows(2)) {
        *run = float(edge[1] - edge[0]);
    }
    let [a, b, c, d, e] = runs;
    if c < 3.0 || c < 2.0 * a.max(e) || c < b.max(d) {
        return None;
    }
    // Ink spreads and light bleeds: dark and light modules each have a size of their own.
    let (bar, space) = ((a + c + e) / 5.0, f32::midpoint(b, d));
    if bar.max(space) > 4.0 * bar.min(space) {
        return None;
    }
    let fits = |run: f32, modules: f32, size: f32, tolerance: f32| (run - modules * size).abs() <= tolerance;
    let (bar_tolerance, space_tolerance) = (bar * 0.75 + 0.5, space / 3.0 + 0.5);
    let all = fits(a, 1.0, bar, bar_tolerance)
        && fits(b, 1.0, space, space_tolerance)
        && fits(c, 3.0, bar, bar_tolerance)
        && fits(d, 1.0, space, space_tolerance)
        && fits(e, 1.0, bar, bar_tolerance);
    let length = i32::try_from(edges[5] - edges[0]).ok()?;
    all.then_some((float(edges[2]) + c / 2.0, length))
}

#[allow(clippy::cast_precision_loss, reason = "pixel counts of a plane fit 24 bits")]
const fn float(pixels: u32) -> f32 {
    pixels as f32
}
