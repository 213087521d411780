//! rxing's detector (the port of zxing-cpp's): finder patterns, sets of three, a sampled square of modules.

use rxing::common::{BitMatrix, DetectorRXingResult};
use rxing::qrcode::cpp_port::detector::{FinderPatternSet, GenerateFinderPatternSets, SampleQR};

use super::patterns;
use super::plane::Plane;
use super::threshold::Threshold;
use crate::scan::decode;
use crate::scan::reader::Deadline;
use crate::scan::symbol::{Point, Symbol};

/// What one look at a plane gave.
#[derive(Default)]
pub(super) struct Sighting {
    pub(super) symbols: Vec<Symbol>,
    /// Finder patterns seen: the plainest evidence that a code is near.
    pub(super) patterns: usize,
    /// Threes of finder patterns that stand as those of a code do, but no symbol was read there: the
    /// centres of the bottom left, top left and top right ones, in coordinates of the frame.
    pub(super) unread: Vec<[Point; 3]>,
}

/// A set of three is tried at a time; a frame full of squares makes millions of them, the likely ones first.
const MOST_SETS: usize = 300;

/// Looks for dark codes on a light ground.
pub(super) fn look(plane: &Plane<'_>, threshold: Threshold, deadline: &Deadline<'_>) -> Sighting {
    threshold.dark(plane).map(|dark| search(&dark, plane, deadline)).unwrap_or_default()
}

fn search(matrix: &BitMatrix, plane: &Plane<'_>, deadline: &Deadline<'_>) -> Sighting {
    let mut patterns = patterns::find(matrix, deadline);
    let mut sighting = Sighting { patterns: patterns.len(), ..Sighting::default() };
    let mut used = Vec::new();
    for set in GenerateFinderPatternSets(&mut patterns).into_iter().take(MOST_SETS) {
        let centres = [set.bl, set.tl, set.tr];
        if centres.iter().any(|pattern| used.contains(pattern)) {
            continue;
        }
        if deadline.passed() {
            break;
        }
        match sample(matrix, &set, plane) {
            Some(symbol) => {
                used.extend(centres);
                sighting.symbols.push(symbol);
            }
            None => sighting.unread.push(centres.map(|pattern| plane.to_frame(pattern.p.x, pattern.p.y))),
        }
    }
    sighting
}

fn sample(matrix: &BitMatrix, set: &FinderPatternSet, plane: &Plane<'_>) -> Option<Symbol> {
    let sampled = SampleQR(matrix, set).ok()?;
    let decoded = decode::decode(sampled.getBits())?;
    // rxing lists them as top left, top right, bottom left, bottom right, and half a pixel off.
    let &[a, b, d, c] = sampled.getPoints() else { return None };
    Some(decoded.at([a, b, c, d].map(|corner| plane.to_frame(corner.x - 0.5, corner.y - 0.5))))
}
