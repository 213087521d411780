//! Finder patterns: the three squares that say "here is a symbol, this large, turned this way".
//!
//! A row through the middle of one meets runs of 1 : 1 : 3 : 1 : 1 modules, whatever the angle. Rows are searched
//! for that in both polarities at once; a hit is then crossed up and down, and what survives is measured by rays
//! (`square.rs`). Edges are compared dark to dark and light to light (1 + 1, 1 + 3), since blur and ink widen one
//! colour at the cost of the other but leave their sum alone.

use crate::geometry::Point;
use crate::luma::View;
use crate::runs;
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
/// A run may differ from its share by this many modules, and by a pixel more for the raster.
const RUN_TOLERANCE: f32 = 0.75;
/// The same for the inner three runs alone, where the outer two are of no help, and the modules from which on an
/// outer run is too long to belong to the pattern alone.
const OPEN_TOLERANCE: f32 = 0.45;
const MAX_OUTER: f32 = 1.8;
/// Crossed again between grey values, a pattern's rings may be off by this share of its width.
const CROSS_TOLERANCE: f32 = 0.2;
/// Width against height of an upright box around a pattern under any tilt that is still read.
const MAX_ASPECT: f32 = 2.5;
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
    fn is_dark(&self, column: usize, row: usize) -> bool {
        (self.view.at(column, row) < self.thresholds.at(column, row)) != self.inverted
    }

    /// Distances from a pixel's centre to the three edges of a finder pattern, walking one way from its middle.
    fn arm(&self, from: (usize, usize), step: (isize, isize), limit: usize) -> Option<[f32; 3]> {
        let mut edges = [0.0; 3];
        let mut count = 0;
        let mut place = from;
        let mut dark = true;
        for distance in 1..=limit {
            let column = place.0.checked_add_signed(step.0).filter(|&column| column < self.view.width);
            let row = place.1.checked_add_signed(step.1).filter(|&row| row < self.view.height);
            let (Some(column), Some(row)) = (column, row) else {
                // The border may stand for the outermost edge.
                edges[2] = distance as f32 - 0.5;
                return (count == 2).then_some(edges);
            };
            if self.is_dark(column, row) != dark {
                let inner = f32::from(self.view.at(place.0, place.1));
                let outer = f32::from(self.view.at(column, row));
                let threshold = f32::from(self.thresholds.at(column, row));
                let part = (inner - threshold) / (inner - outer);
                // Equal neighbours differ only by the thresholds of their blocks.
                let part = if part.is_finite() { part.clamp(0.0, 1.0) } else { 0.5 };
                edges[count] = (distance - 1) as f32 + part;
                count += 1;
                if count == 3 {
                    return Some(edges);
                }
                dark = !dark;
            }
            place = (column, row);
        }
        // The outermost run goes on: closed later, where the pattern would end.
        edges[2] = f32::INFINITY;
        (count == 2).then_some(edges)
    }

    /// Both arms of a cross through a pixel: the middle of the pattern relative to the pixel's centre, and a module.
    fn cross(&self, from: (usize, usize), step: (isize, isize), limit: usize) -> Option<(f32, f32)> {
        let ahead = self.arm(from, step, limit)?;
        let behind = self.arm(from, (-step.0, -step.1), limit)?;
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
    row_edges: &mut Vec<u32>,
    is_read: &dyn Fn(Point) -> bool,
    keep_going: &dyn Fn() -> bool,
) -> Vec<Finder> {
    let mut finders: Vec<Finder> = Vec::new();
    let mut hits = 0;
    for row in (search.row_step / 2..view.height).step_by(search.row_step) {
        if row % ROWS_BETWEEN < search.row_step && !keep_going() {
            break;
        }
        runs::edges(view, thresholds, row, row_edges);
        for (start, window) in row_edges.windows(6).enumerate() {
            if !is_likely(window) {
                continue;
            }
            let inverted = start % 2 == 0;
            let open = || if inverted { matching_open(window, search) } else { None };
            let Some((middle, module)) = matching(window, search).or_else(open) else { continue };
            if contrast(view.row(row), window, inverted) < search.min_contrast {
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
            finders.extend(examine(probe, here, module).filter(|new| {
                !finders.iter().any(|finder| finder.inverted == inverted && finder.covers(new.centre))
            }));
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

/// Whether the middle one of five runs is longer than its neighbours, about as they are together: cheap, and most
/// places fail it.
fn is_likely(edges: &[u32]) -> bool {
    let &[_, e1, e2, e3, e4, _] = edges else { return false };
    let (before, centre, after) = (e2 - e1, e3 - e2, e4 - e3);
    let ring = before + after;
    before < centre && after < centre && ring < centre + 3 && centre < 3 * ring + 2
}

/// Six edges of five runs that are 1 : 1 : 3 : 1 : 1: the middle and the module.
fn matching(edges: &[u32], search: Search) -> Option<(f32, f32)> {
    let &[e0, e1, e2, e3, e4, e5] = edges else { return None };
    if e0 == e1 || e4 == e5 {
        return None;
    }
    let module = (e5 - e0) as f32 / 7.0;
    let tolerance = RUN_TOLERANCE * module + 1.0;
    let near = |from: u32, to: u32, modules: f32| ((to - from) as f32 - modules * module).abs() < tolerance;
    let fits = (search.min_module..=search.max_module).contains(&module)
        && near(e0, e2, 2.0)
        && near(e1, e3, 4.0)
        && near(e2, e4, 4.0)
        && near(e3, e5, 2.0)
        && near(e2, e3, 3.0);
    fits.then(|| ((e2 + e3) as f32 / 2.0, module))
}

/// Grey values by which the weaker ring of five runs is lighter than what it separates.
fn contrast(row: &[u8], edges: &[u32], inverted: bool) -> i32 {
    let middle = |from: usize| i32::from(row[(edges[from] + edges[from + 1]) as usize / 2]);
    let [before, first, centre, second, after] = [0, 1, 2, 3, 4].map(middle);
    if inverted {
        before.min(centre).min(after) - first.max(second)
    } else {
        first.min(second) - before.max(centre).max(after)
    }
}

/// The same where the outermost runs go on into a ground of their own colour: no quiet zone at all.
fn matching_open(edges: &[u32], search: Search) -> Option<(f32, f32)> {
    let &[e0, e1, e2, e3, e4, e5] = edges else { return None };
    let module = (e4 - e1) as f32 / 5.0;
    let tolerance = OPEN_TOLERANCE * module + 0.7;
    let near = |from: u32, to: u32, modules: f32| ((to - from) as f32 - modules * module).abs() < tolerance;
    let (before, after) = ((e1 - e0) as f32 / module, (e5 - e4) as f32 / module);
    let fits = before.min(after) > 0.5
        && before.min(after) < MAX_OUTER
        && before.max(after) > MAX_OUTER
        && (search.min_module..=search.max_module).contains(&module)
        && near(e1, e2, 1.0)
        && near(e2, e3, 3.0)
        && near(e3, e4, 1.0);
    fits.then(|| ((e2 + e3) as f32 / 2.0, module))
}

/// Crosses a hit in both directions and measures what is there.
fn examine(probe: Probe<'_>, hit: Point, module: f32) -> Option<Finder> {
    let limit = (module * 5.0 * MAX_ASPECT) as usize + 3;
    let from = (hit.x as usize, hit.y as usize);
    if !probe.is_dark(from.0, from.1) {
        return None;
    }
    let (middle, height) = probe.cross(from, (0, 1), limit)?;
    let y = hit.y + middle;
    let (middle, width) = probe.cross((from.0, y as usize), (1, 0), limit)?;
    if width > MAX_ASPECT * height || height > MAX_ASPECT * width {
        return None;
    }
    let centre = Point::new(from.0 as f32 + 0.5 + middle, y);
    let module = [width, height];
    let by_rays = square::measure(probe.view, centre, module, probe.inverted);
    let square = by_rays.filter(|square| square.deviation < MAX_DEVIATION).or_else(|| {
        let is_small = f32::midpoint(width, height) < template::MAX_MODULE;
        if is_small { template::measure(probe.view, centre, module, probe.inverted) } else { None }
    })?;
    Some(Finder { centre: square.centre, sides: square.sides, inverted: probe.inverted })
}
