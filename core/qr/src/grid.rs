//! Where modules lie when the symbol is not flat.
//!
//! Paper bends, cloth wrinkles and lenses distort, so a homography alone misses modules that a person reads without
//! effort. On top of it lies one offset a module, learned from the picture itself: wherever a dark module borders on
//! a light one, the edge between them shows how far off the map is there. Edges vote over a neighbourhood, and a
//! few rounds follow any smooth bend.

use crate::geometry::{Homography, Point};
use crate::luma::View;
use crate::sums::Sums;
use crate::version::Version;

/// A map from modules to pixels.
#[derive(Debug, Clone)]
pub(crate) struct Grid {
    pub(crate) version: Version,
    pub(crate) plane: Homography,
    /// Offsets of the modules' centres, in modules, row by row; none for a flat symbol.
    offsets: Vec<Point>,
}

/// Modules by which the region whose offsets are known grows in a round, and the width of its front, which votes.
const STRIDE: usize = 2;
const FRONT: usize = 6;
/// Neighbourhood over which edges of the front vote, in modules to each side.
const FRONT_RADIUS: usize = 3;
/// Rounds over the whole symbol in the end, and their neighbourhood.
const FINAL_ROUNDS: usize = 2;
const FINAL_RADIUS: usize = 2;
/// For each module what an edge says, in modules, and the weight of that.
type Votes = Vec<(f32, f32)>;

/// Steps from one module's centre to the next at which an edge is looked for.
const EDGE_STEPS: usize = 5;
/// Neighbours count as dark and light when they differ by this share of the symbol's mean contrast.
const MIN_EDGE: f32 = 0.5;
/// Edges' worth of doubt in a neighbourhood: with few edges, the offset stays nearer to what it was.
const DOUBT: f32 = 2.0;

impl Grid {
    pub(crate) fn flat(version: Version, plane: Homography) -> Self {
        Self { version, plane, offsets: Vec::new() }
    }

    /// The pixel at a place inside a module: (0, 0) is its centre, sides are at ±0.5.
    pub(crate) fn at(&self, column: usize, row: usize, inside: Point) -> Point {
        let module = Point::new(column as f32 + 0.5, row as f32 + 0.5) + inside;
        match self.offsets.get(row * self.version.size() + column) {
            Some(&offset) => self.plane.map(module + offset),
            None => self.plane.map(module),
        }
    }

    /// Follows the edges between modules, outwards from the patterns whose place is known, then everywhere.
    /// Where it is stopped, what lies beyond keeps the offsets of a flat symbol.
    pub(crate) fn tracked(
        mut self,
        view: View<'_>,
        far_corner_known: bool,
        keep_going: &dyn Fn() -> bool,
    ) -> Self {
        let size = self.version.size();
        self.offsets.resize(size * size, Point::default());
        let distances = distances(self.version, far_corner_known);
        let end = distances.iter().copied().max().unwrap_or(0);
        for reach in (STRIDE..end + STRIDE).step_by(STRIDE) {
            if !keep_going() {
                return self;
            }
            self.extend(&distances, reach);
            let front = reach.saturating_sub(FRONT)..=reach;
            self.vote(view, FRONT_RADIUS, |index| front.contains(&distances[index]));
        }
        for _ in 0..FINAL_ROUNDS {
            self.vote(view, FINAL_RADIUS, |_| true);
        }
        self
    }

    /// Takes on the offsets of their neighbours for the modules that have just come into reach.
    fn extend(&mut self, distances: &[usize], reach: usize) {
        let size = self.version.size();
        let known = |index: usize| if distances[index] + STRIDE <= reach { 1.0 } else { 0.0 };
        let [across, down] = [|offset: Point| offset.x, |offset: Point| offset.y].map(|part| {
            Sums::new(size, self.offsets.iter().enumerate().map(|(i, &offset)| (part(offset), known(i))))
        });
        for (index, &distance) in distances.iter().enumerate() {
            if distance <= reach && distance + STRIDE > reach {
                let (x, weight) = across.around(index, STRIDE);
                let (y, _) = down.around(index, STRIDE);
                if weight > 0.0 {
                    self.offsets[index] = Point::new(x, y) * (1.0 / weight);
                }
            }
        }
    }

    /// Moves the modules of a region by what the edges around them say.
    fn vote(&mut self, view: View<'_>, radius: usize, region: impl Fn(usize) -> bool) {
        let (across, down) = self.edges(view, &region);
        for (votes, axis) in [(across, Point::new(1.0, 0.0)), (down, Point::new(0.0, 1.0))] {
            let sums = Sums::new(self.version.size(), votes);
            for (index, offset) in self.offsets.iter_mut().enumerate().filter(|(index, _)| region(*index)) {
                let (sum, weight) = sums.around(index, radius);
                *offset = *offset + axis * (sum / (weight + DOUBT));
            }
        }
    }

    /// For each module, how far the edges to its right and below it are from where the map has them, and the
    /// weight of that.
    fn edges(&self, view: View<'_>, region: impl Fn(usize) -> bool) -> (Votes, Votes) {
        let size = self.version.size();
        let centres: Vec<Point> = (0..size * size)
            .map(|i| if region(i) { self.at(i % size, i / size, Point::default()) } else { Point::default() })
            .collect();
        let values: Vec<f32> = centres
            .iter()
            .enumerate()
            .map(|(i, centre)| if region(i) { view.between(centre.x, centre.y) } else { 0.0 })
            .collect();
        let mut steps = (0.0, f32::MIN_POSITIVE);
        for index in 0..size * size - 1 {
            if region(index) && region(index + 1) {
                steps = (steps.0 + (values[index] - values[index + 1]).abs(), steps.1 + 1.0);
            }
        }
        let contrast = steps.0 / steps.1;
        let edge = |a: usize, b: usize| {
            if !region(b) || (values[a] - values[b]).abs() < MIN_EDGE * contrast {
                return (0.0, 0.0);
            }
            match crossing(view, [centres[a], centres[b]], [values[a], values[b]]) {
                Some(part) => (part - 0.5, 1.0),
                None => (0.0, 0.0),
            }
        };
        let mut across = vec![(0.0, 0.0); size * size];
        let mut down = across.clone();
        for index in (0..size * size).filter(|&index| region(index)) {
            if index % size + 1 < size {
                across[index] = edge(index, index + 1);
            }
            if index + size < size * size {
                down[index] = edge(index, index + size);
            }
        }
        (across, down)
    }
}

/// How far each module is from the nearest pattern whose place is known: the finder patterns, and the alignment
/// pattern near the far corner if it was found.
fn distances(version: Version, far_corner_known: bool) -> Vec<usize> {
    let size = version.size();
    let far = size - 7;
    let beyond =
        |value: usize, from: usize, to: usize| from.saturating_sub(value).max(value.saturating_sub(to));
    (0..size * size)
        .map(|index| {
            let (row, column) = (index / size, index % size);
            let finder = |x: usize, y: usize| beyond(column, x, x + 6).max(beyond(row, y, y + 6));
            let finders = finder(0, 0).min(finder(far, 0)).min(finder(0, far));
            let alignment = beyond(column, size - 9, size - 5).max(beyond(row, size - 9, size - 5));
            if far_corner_known { finders.min(alignment) } else { finders }
        })
        .collect()
}

/// The part of the way between two points at which brightness is half-way between theirs; nothing if it is so more
/// than once.
fn crossing(view: View<'_>, ends: [Point; 2], values: [f32; 2]) -> Option<f32> {
    let middle = f32::midpoint(values[0], values[1]);
    let way = (ends[1] - ends[0]) * (1.0 / EDGE_STEPS as f32);
    let mut before = values[0];
    let mut found = None;
    for step in 1..=EDGE_STEPS {
        let point = ends[0] + way * step as f32;
        let here = if step == EDGE_STEPS { values[1] } else { view.between(point.x, point.y) };
        if (before < middle) != (here < middle) {
            if found.is_some() {
                return None;
            }
            found = Some((step as f32 - 1.0 + (middle - before) / (here - before)) / EDGE_STEPS as f32);
        }
        before = here;
    }
    found
}
