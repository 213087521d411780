//! Where each module of a symbol lies in the picture.
//!
//! Three finder patterns fix the map but for the far corner, which they only foretell; the alignment pattern there
//! settles it. The version follows from the distance between the finder patterns, to within one or two; the timing
//! patterns decide, since they fall out of step at any other.

use crate::evidence;
use crate::finder::Finder;
use crate::geometry::{Homography, Match, Point};
use crate::group::Triple;
use crate::luma::View;
use crate::version::Version;

/// A symbol laid over the picture.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Fit {
    pub(crate) version: Version,
    pub(crate) grid: Homography,
    /// How much the place looks like a symbol under it: 1 perfectly, around 0 by chance.
    pub(crate) evidence: f32,
    /// Whether the alignment pattern next to the far corner was found.
    pub(crate) aligned: bool,
}

/// Versions tried on each side of the one measured: a module is measured to about 2 %.
const VERSION_ERROR: f32 = 0.035;
/// Distance from a finder pattern's centre to its sides, in modules.
const HALF_FINDER: f32 = 3.5;
/// How far the alignment pattern may be from where the finder patterns foretell it, in modules, and the steps in
/// which it is looked for.
const ALIGNMENT_REACH: i32 = 8;
const ALIGNMENT_STEP: f32 = 0.5;
/// An alignment pattern has at least this share of the finder patterns' contrast.
const MIN_ALIGNMENT: f32 = 0.4;
/// A module of distance from the place foretold counts against this share of contrast.
const DISTANCE_PENALTY: f32 = 0.03;
/// Weight of the alignment pattern among the fifteen points of the finder patterns.
const ALIGNMENT_WEIGHT: f32 = 4.0;

/// The ways to lay a symbol over three finder patterns, one a version, the likeliest first.
pub(crate) fn fits(view: View<'_>, triple: &Triple) -> Vec<Fit> {
    let measured = (triple.modules + 7.0 - 17.0) / 4.0;
    let reach = (measured * VERSION_ERROR).max(0.75);
    let from = (measured - reach).ceil().max(1.0) as u8;
    let to = (measured + reach).floor().clamp(1.0, 40.0) as u8;
    let mut fits: Vec<Fit> = (from..=to.max(from))
        .filter_map(Version::new)
        .filter_map(|version| {
            let grid = Homography::fit(&matches(triple, version), version.size() as f32)?;
            if !grid.is_sound(version.size() as f32) {
                return None;
            }
            let evidence = evidence::of(view, &grid, version, triple.corner.inverted);
            Some(Fit { version, grid, evidence, aligned: false })
        })
        .collect();
    fits.sort_by(|a, b| b.evidence.total_cmp(&a.evidence));
    fits
}

/// Centres and corners of the finder patterns, in modules and in pixels.
fn matches(triple: &Triple, version: Version) -> Vec<Match> {
    let far = version.size() as f32 - HALF_FINDER;
    let across = triple.right.centre - triple.corner.centre;
    let down = triple.below.centre - triple.corner.centre;
    let places = [
        (&triple.corner, HALF_FINDER, HALF_FINDER),
        (&triple.right, far, HALF_FINDER),
        (&triple.below, HALF_FINDER, far),
    ];
    let mut matches = Vec::with_capacity(16);
    for (finder, x, y) in places {
        let right = towards(finder, across);
        let below = towards(finder, down);
        for (i, j, weight) in
            [(0.0, 0.0, 2.0), (-1.0, -1.0, 1.0), (1.0, -1.0, 1.0), (1.0, 1.0, 1.0), (-1.0, 1.0, 1.0)]
        {
            let (i, j) = (i * HALF_FINDER, j * HALF_FINDER);
            matches.push(Match {
                module: Point::new(x + i, y + j),
                pixel: finder.centre + right * i + below * j,
                weight,
            });
        }
    }
    matches
}

/// The step of one module along that side of a finder pattern that points most nearly this way.
fn towards(finder: &Finder, way: Point) -> Point {
    let [first, second] = finder.sides;
    let (across, down) = (way.cross(second), first.cross(way));
    if across.abs() > down.abs() { first * across.signum() } else { second * down.signum() }
}

impl Fit {
    /// Settles the far corner by the alignment pattern next to it, where there is one and it is found.
    pub(crate) fn aligned(&self, view: View<'_>, triple: &Triple) -> Option<Self> {
        let size = self.version.size() as f32;
        if self.version.number() == 1 {
            return None;
        }
        let foretold = Point::new(size - 6.5, size - 6.5);
        let place = find_alignment(view, &self.grid, foretold, triple)?;
        let mut matches = matches(triple, self.version);
        matches.push(Match { module: foretold, pixel: self.grid.map(place), weight: ALIGNMENT_WEIGHT });
        let grid = Homography::fit(&matches, size)?;
        grid.is_sound(size).then_some(Self { grid, aligned: true, ..*self })
    }
}

/// The centre of the alignment pattern, in modules of the map given.
fn find_alignment(view: View<'_>, grid: &Homography, foretold: Point, triple: &Triple) -> Option<Point> {
    let contrast = contrast(view, triple);
    let sign = if triple.corner.inverted { -1.0 } else { 1.0 };
    let score = |centre: Point| {
        let distance = (centre - foretold).length();
        sign * alignment_contrast(view, grid, centre) / contrast - distance * DISTANCE_PENALTY
    };
    let reach = -ALIGNMENT_REACH..=ALIGNMENT_REACH;
    let coarse = reach
        .clone()
        .flat_map(|y| reach.clone().map(move |x| Point::new(x as f32, y as f32) * ALIGNMENT_STEP))
        .map(|offset| foretold + offset)
        .map(|centre| (score(centre), centre))
        .max_by(|a, b| a.0.total_cmp(&b.0))?;
    let mut best = coarse;
    for step in [0.25, 0.125] {
        let around = best.1;
        for (x, y) in [
            (-1.0, -1.0),
            (0.0, -1.0),
            (1.0, -1.0),
            (-1.0, 0.0),
            (1.0, 0.0),
            (-1.0, 1.0),
            (0.0, 1.0),
            (1.0, 1.0),
        ] {
            let centre = around + Point::new(x, y) * step;
            let score = score(centre);
            if score > best.0 {
                best = (score, centre);
            }
        }
    }
    (best.0 > MIN_ALIGNMENT).then_some(best.1)
}

/// Mean brightness of the light ring less that of the dark ring and the dark centre.
fn alignment_contrast(view: View<'_>, grid: &Homography, centre: Point) -> f32 {
    let (mut light, mut dark) = (0.0, 0.0);
    for y in -2_i8..=2 {
        for x in -2_i8..=2 {
            let point = grid.map(centre + Point::new(f32::from(x), f32::from(y)));
            let value = view.between(point.x, point.y);
            if x.abs().max(y.abs()) == 1 { light += value } else { dark += value }
        }
    }
    light / 8.0 - dark / 17.0
}

/// Contrast of the light ring to the dark centre, over the three finder patterns.
fn contrast(view: View<'_>, triple: &Triple) -> f32 {
    let finders = [&triple.corner, &triple.right, &triple.below];
    let sum: f32 = finders
        .iter()
        .map(|finder| {
            let at = |offset: Point| view.between(finder.centre.x + offset.x, finder.centre.y + offset.y);
            let ring = finder.sides.iter().map(|&side| at(side * 2.0) + at(side * -2.0)).sum::<f32>() / 4.0;
            (ring - at(Point::default())).abs()
        })
        .sum();
    (sum / 3.0).max(1.0)
}
