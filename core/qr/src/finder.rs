//! Finder patterns: the three squares that say "here is a symbol, this large, turned this way".
//!
//! A row through the middle of one meets runs of 1 : 1 : 3 : 1 : 1 modules, whatever the angle. Rows are searched
//! for that in both polarities at once; a hit is then crossed up and down, and what survives is measured by rays
//! (`square.rs`). Edges are compared dark to dark and light to light (1 + 1, 1 + 3), since blur and ink widen one
//! colour at the cost of the other but leave their sum alone.

use crate::geometry::Point;
use crate::luma::View;
use crate::ratio::Hit;
use crate::runs::Line;
use crate::square;
use crate::template;
use crate::threshold::Thresholds;

/// A finder pattern: its centre, and what one module is along each of its sides.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Finder {
    pub(crate) centre: Point,
    /// The steps of one module along its two sides, in pixels; the second is a quarter turn clockwise from the first.
    pub(crate) sides: [Point; 2],
    /// Light on dark.
    pub(crate) inverted: bool,
}

/// Where to look and how much to spend.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Search {
    /// A pattern's light ring is lighter than its dark parts by at least so many grey values.
    pub(crate) min_contrast: i32,
    /// Every how many rows.
    pub(crate) row_step: usize,
    /// Smallest module, in pixels: smaller ones are found in a larger plane, and better.
    pub(crate) min_module: f32,
    /// Largest module, in pixels: larger ones are found in a smaller plane at less cost.
    pub(crate) max_module: f32,
}

/// Finder patterns kept for one plane. A sheet of 64 symbols has 192.
const MAX_FINDERS: usize = 256;
/// Rows and hits after which the caller is asked again: text makes a hundred hits a row, adversarial pictures more.
const ROWS_BETWEEN: usize = 32;
const HITS_BETWEEN: usize = 64;
/// An outer run of more modules than this does not belong to the pattern alone.
const MAX_OUTER: f32 = 1.8;
/// Crossed again between grey values, a pattern's rings may be off by this share of its width.
const CROSS_TOLERANCE: f32 = 0.2;
/// Width against height of an upright box around a pattern under any tilt that is still read.
const MAX_ASPECT: f32 = 2.5;
/// Modules from anywhere in a pattern's middle to its first and second edge, at most, and the pixels by which the
/// raster adds to that.
const FURTHEST: [f32; 2] = [3.0, 4.0];
const SLACK: f32 = 2.0;
/// Places that are remembered as no patterns: as many as a few rows of a page of text have. A centre is the same one
/// within this many pixels.
const REFUSED: usize = 32;
const SAME_PLACE: f32 = 0.5;
/// Outlines deviate by less than this from a parallelogram, in modules.
const MAX_DEVIATION: f32 = 0.13;

/// A plane with its thresholds, seen in one polarity.
#[derive(Clone, Copy)]
pub(crate) struct Probe<'a> {
    pub(crate) view: View<'a>,
    pub(crate) thresholds: &'a Thresholds,
    pub(crate) inverted: bool,
}

impl Probe<'_> {
    fn is_dark(&self, (column, row): (usize, usize)) -> bool {
        (self.view.at(column, row) < self.thresholds.at(column, row)) != self.inverted
    }

    /// Distances from a pixel's centre to the three edges of a finder pattern of modules no larger than `module`,
    /// walking one way from its middle.
    fn arm(&self, from: (usize, usize), step: (isize, isize), module: f32) -> Option<[f32; 3]> {
        let mut edges = [0.0; 3];
        let mut count = 0;
        let mut before = self.view.at(from.0, from.1);
        let mut place = from;
        let mut dark = true;
        let mut limit = FURTHEST[0] * module + SLACK;
        for distance in 1.. {
            if distance as f32 > limit {
                break;
            }
            let column = place.0.wrapping_add_signed(step.0);
            let row = place.1.wrapping_add_signed(step.1);
            if column >= self.view.width || row >= self.view.height {
                // The border may stand for the outermost edge.
                edges[2] = distance as f32 - 0.5;
                return (count == 2).then_some(edges);
            }
            let (here, threshold) = (self.view.at(column, row), self.thresholds.at(column, row));
            if ((here < threshold) != self.inverted) != dark {
                let [inner, outer, threshold] = [before, here, threshold].map(f32::from);
                let part = (inner - threshold) / (inner - outer);
                // Equal neighbours differ only by the thresholds of their blocks.
                let part = if part.is_finite() { part.clamp(0.0, 1.0) } else { 0.5 };
                edges[count] = (distance - 1) as f32 + part;
                count += 1;
                match count {
                    1 => limit = FURTHEST[1] * module + SLACK,
                    // Further away, the outermost run is open.
                    2 => limit = edges[1] + MAX_OUTER * (edges[1] - edges[0]) + 1.0,
                    _ => return Some(edges),
                }
                dark = !dark;
            }
            place = (column, row);
            before = here;
        }
        // The outermost run goes on: closed later, where the pattern would end.
        edges[2] = f32::INFINITY;
        (count == 2).then_some(edges)
    }

    /// Both arms of a cross through a pixel: the middle of the pattern relative to the pixel's centre, and a module.
    fn cross(&self, from: (usize, usize), step: (isize, isize), module: f32) -> Option<(f32, f32)> {
        let ahead = self.arm(from, step, module)?;
        let behind = self.arm(from, (-step.0, -step.1), module)?;
        // A symbol without a quiet zone still has separators inwards. A letter o has none.
        if is_open(ahead) && is_open(behind) {
            return None;
        }
        let [ahead, behind] = [ahead, behind].map(closed);
        let [inner, ring, outer] = [0, 1, 2].map(|i| ahead[i] + behind[i]);
        let fits = (inner / outer - 3.0 / 7.0).abs() < CROSS_TOLERANCE
            && (ring / outer - 5.0 / 7.0).abs() < CROSS_TOLERANCE;
        let middle = (0..3).map(|i| ahead[i] - behind[i]).sum::<f32>() / 6.0;
        fits.then_some((middle, outer / 7.0))
    }
}

/// Whether the outermost run of an arm is too long to belong to the pattern alone.
fn is_open([inner, ring, outer]: [f32; 3]) -> bool {
    outer - ring > MAX_OUTER * (ring - inner)
}

/// An open arm ends where the pattern would.
fn closed(arm: [f32; 3]) -> [f32; 3] {
    let [inner, ring, outer] = arm;
    [inner, ring, if is_open(arm) { 2.0 * ring - inner } else { outer }]
}

/// Finder patterns of a plane, both polarities, in the order of their rows, but for those where `is_read` holds.
pub(crate) fn find(
    view: View<'_>,
    thresholds: &Thresholds,
    search: Search,
    line: &mut Line,
    is_read: &dyn Fn(Point) -> bool,
    keep_going: &dyn Fn() -> bool,
) -> Vec<Finder> {
    let mut finders: Vec<Finder> = Vec::new();
    let mut hits = 0;
    let mut refused = Refused::default();
    for row in (search.row_step / 2..view.height).step_by(search.row_step) {
        if row % ROWS_BETWEEN < search.row_step && !keep_going() {
            break;
        }
        line.cut(view, thresholds, row);
        for Hit { edges, inverted, middle, module } in line.hits(search.min_module, search.max_module) {
            if contrast(view.row(row), edges, inverted) < search.min_contrast {
                continue;
            }
            let here = Point::new(middle, row as f32 + 0.5);
            if is_read(here) {
                continue;
            }
            if finders.iter().any(|finder| finder.inverted == inverted && finder.covers(here)) {
                continue;
            }
            hits += 1;
            if finders.len() >= MAX_FINDERS || hits % HITS_BETWEEN == 0 && !keep_going() {
                return finders;
            }
            let probe = Probe { view, thresholds, inverted };
            let Some(place) = examine(probe, here, module) else { continue };
            if refused.contains(&place) {
                continue;
            }
            match place.measure(probe) {
                Some(new) if !finders.iter().any(|finder| finder.is_same(&new)) => finders.push(new),
                Some(_) => {}
                None => refused.push(place),
            }
        }
    }
    finders
}

impl Finder {
    /// The same in a picture of another size.
    pub(crate) fn scaled(&self, factor: f32) -> Self {
        Self { centre: self.centre * factor, sides: self.sides.map(|side| side * factor), ..*self }
    }

    /// Whether both are the same pattern, found twice.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.inverted == other.inverted && self.covers(other.centre)
    }

    /// Pixels of a module along its shorter side.
    pub(crate) fn module(&self) -> f32 {
        self.sides[0].length().min(self.sides[1].length())
    }

    /// Whether a point lies on the pattern's centre.
    fn covers(&self, point: Point) -> bool {
        let offset = point - self.centre;
        let reach = 2.0 * self.sides[0].length().max(self.sides[1].length());
        offset.dot(offset) < reach * reach
    }
}

/// Grey values by which the weaker ring of five runs is lighter than what it separates.
fn contrast(row: &[u8], edges: [i32; 6], inverted: bool) -> i32 {
    let middle = |from: usize| i32::from(row[(edges[from] + edges[from + 1]) as usize / 2]);
    let [before, first, centre, second, after] = [0, 1, 2, 3, 4].map(middle);
    if inverted {
        before.min(centre).min(after) - first.max(second)
    } else {
        first.min(second) - before.max(centre).max(after)
    }
}

/// A place that is 1 : 1 : 3 : 1 : 1 in both directions.
#[derive(Debug, Clone, Copy, Default)]
struct Place {
    centre: Point,
    /// Pixels of a module to the side and downwards.
    module: [f32; 2],
    inverted: bool,
}

/// Crosses a hit in both directions.
fn examine(probe: Probe<'_>, hit: Point, module: f32) -> Option<Place> {
    let largest = module * MAX_ASPECT;
    let from = (hit.x as usize, hit.y as usize);
    if !probe.is_dark(from) {
        return None;
    }
    let (middle, height) = probe.cross(from, (0, 1), largest)?;
    let y = hit.y + middle;
    let (middle, width) = probe.cross((from.0, y as usize), (1, 0), largest)?;
    if width > MAX_ASPECT * height || height > MAX_ASPECT * width {
        return None;
    }
    let centre = Point::new(from.0 as f32 + 0.5 + middle, y);
    Some(Place { centre, module: [width, height], inverted: probe.inverted })
}

impl Place {
    /// The finder pattern there, if it is one.
    fn measure(&self, probe: Probe<'_>) -> Option<Finder> {
        let Self { centre, module, inverted } = *self;
        let by_rays = square::measure(probe.view, centre, module, inverted);
        let square = by_rays.filter(|square| square.deviation < MAX_DEVIATION).or_else(|| {
            let is_small = f32::midpoint(module[0], module[1]) < template::MAX_MODULE;
            if is_small { template::measure(probe.view, centre, module, inverted) } else { None }
        })?;
        Some(Finder { centre: square.centre, sides: square.sides, inverted })
    }
}

/// The places refused last: the next row meets most of them again.
#[derive(Debug, Default)]
struct Refused {
    places: [Place; REFUSED],
    next: usize,
}

impl Refused {
    fn push(&mut self, place: Place) {
        self.places[self.next % REFUSED] = place;
        self.next += 1;
    }

    fn contains(&self, place: &Place) -> bool {
        self.places.iter().any(|refused| {
            let offset = refused.centre - place.centre;
            refused.inverted == place.inverted && offset.x.abs().max(offset.y.abs()) < SAME_PLACE
        })
    }
}
