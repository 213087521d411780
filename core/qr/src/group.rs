//! Three finder patterns that belong to one symbol.
//!
//! A camera keeps straight lines straight: whatever the tilt, the way from the corner pattern to each of the other
//! two runs exactly along one of its own sides. And the way's length, in modules of the geometric mean of both
//! ends, is exact under perspective as well. So pairs are joined first, and few are.

use crate::finder::Finder;
use crate::geometry::Point;

/// Three finder patterns, the second to the right of the first and the third below it when the symbol stands
/// upright and is not mirrored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Triple {
    pub(crate) corner: Finder,
    pub(crate) right: Finder,
    pub(crate) below: Finder,
    /// Modules from centre to centre, as measured: the symbol's size less 7.
    pub(crate) modules: f32,
    /// Places of the three in the list of finder patterns.
    pub(crate) members: [usize; 3],
    /// Lower is likelier.
    score: f32,
}

impl Triple {
    /// The same in a picture of another size.
    pub(crate) fn scaled(&self, factor: f32) -> Self {
        let [corner, right, below] =
            [self.corner, self.right, self.below].map(|finder| finder.scaled(factor));
        Self { corner, right, below, ..*self }
    }

    /// Pixels of the smallest module of the three.
    pub(crate) fn smallest_module(&self) -> f32 {
        self.corner.module().min(self.right.module()).min(self.below.module())
    }
}

/// Triples of one plane kept for a try, the likeliest first; as many as there are patterns where these are more.
const MAX_TRIPLES: usize = 64;
/// The way to another pattern may leave the direction of a side by this much (tangent of the angle).
const MAX_SLANT: f32 = 0.22;
/// Modules between the centres of two finder patterns: 14 in version 1, 170 in version 40, with some slack.
const MIN_MODULES: f32 = 11.0;
const MAX_MODULES: f32 = 190.0;
/// Largest ratio of the modules of two patterns of one symbol.
const MAX_MODULE_RATIO: f32 = 2.5;
/// Largest ratio of the two ways of one triple, in modules.
const MAX_WAY_RATIO: f32 = 1.35;
/// Larger symbols are less likely by this much a module: on a sheet of symbols, patterns of different symbols
/// form large squares too.
const SIZE_PENALTY: f32 = 0.003;

/// The way from one pattern to another, along a side of each.
#[derive(Debug, Clone, Copy)]
struct Way {
    to: usize,
    side: usize,
    modules: f32,
    slant: f32,
}

/// All likely triples, the likeliest first.
pub(crate) fn triples(finders: &[Finder]) -> Vec<Triple> {
    let mut ways: Vec<Vec<Way>> = vec![Vec::new(); finders.len()];
    for (first, a) in finders.iter().enumerate() {
        for (second, b) in finders.iter().enumerate().skip(first + 1) {
            if let Some((modules, from_a, from_b)) = join(a, b) {
                let slant = from_a.1 + from_b.1;
                ways[first].push(Way { to: second, side: from_a.0, modules, slant });
                ways[second].push(Way { to: first, side: from_b.0, modules, slant });
            }
        }
    }
    let mut triples = Vec::new();
    for (corner, ways) in ways.iter().enumerate() {
        for one in ways.iter().filter(|way| way.side == 0) {
            for other in ways.iter().filter(|way| way.side == 1) {
                triples.extend(triple(finders, corner, *one, *other));
            }
        }
    }
    triples.sort_by(|a, b| a.score.total_cmp(&b.score));
    triples.truncate(MAX_TRIPLES.max(finders.len()));
    triples
}

fn triple(finders: &[Finder], corner: usize, one: Way, other: Way) -> Option<Triple> {
    let ratio = one.modules.max(other.modules) / one.modules.min(other.modules);
    if ratio > MAX_WAY_RATIO {
        return None;
    }
    let modules = f32::midpoint(one.modules, other.modules);
    let centre = finders[corner].centre;
    let turn = (finders[one.to].centre - centre).cross(finders[other.to].centre - centre);
    let (right, below) = if turn > 0.0 { (one.to, other.to) } else { (other.to, one.to) };
    Some(Triple {
        corner: finders[corner],
        right: finders[right],
        below: finders[below],
        modules,
        members: [corner, right, below],
        score: ratio.ln() + one.slant + other.slant + modules * SIZE_PENALTY,
    })
}

/// The side of a pattern that points to another, and the tangent of the angle between the two.
type Bearing = (usize, f32);

/// Modules between two patterns, and the bearing of each to the other.
fn join(a: &Finder, b: &Finder) -> Option<(f32, Bearing, Bearing)> {
    if a.inverted != b.inverted {
        return None;
    }
    let way = b.centre - a.centre;
    let from_a = along(a, way)?;
    let from_b = along(b, way)?;
    let module_a = a.sides[from_a.0].length();
    let module_b = b.sides[from_b.0].length();
    if module_a > MAX_MODULE_RATIO * module_b || module_b > MAX_MODULE_RATIO * module_a {
        return None;
    }
    let modules = way.length() / (module_a * module_b).sqrt();
    (MIN_MODULES..=MAX_MODULES).contains(&modules).then_some((modules, from_a, from_b))
}

/// The bearing of a way from a pattern, if it follows one of the sides.
fn along(finder: &Finder, way: Point) -> Option<Bearing> {
    let [first, second] = finder.sides;
    let (across, down) = (way.cross(second).abs(), first.cross(way).abs());
    let (side, slant) = if across > down { (0, down / across) } else { (1, across / down) };
    (slant < MAX_SLANT).then_some((side, slant))
}
