//! The shape of a finder pattern, measured by rays from its centre.
//!
//! Its three outlines are one parallelogram in three sizes (1.5, 2.5 and 3.5 modules from the centre to a side).
//! Each ray meets all three, and what they say together of the distance to the side is free of the widening of one
//! colour. A parallelogram fitted to all rays gives centre, direction and module to a fraction of a pixel, and its
//! misfit tells a finder pattern from a round button or a letter.

use crate::geometry::{Point, solve};
use crate::luma::View;

/// A parallelogram's centre, and one module along its sides in pixels; the second side is clockwise of the first.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Square {
    pub(crate) centre: Point,
    pub(crate) sides: [Point; 2],
    /// Root mean square distance of the rays' ends from the outline, in modules.
    pub(crate) deviation: f32,
}

/// Rays, evenly spread.
const RAYS: usize = 24;
/// Rays that may miss the outlines: glare, dirt, another thing beside the pattern.
const MAX_MISSES: usize = 5;
/// The same of the first two rays; every other pair may miss one more.
const FIRST_MISSES: usize = 2;
/// The order in which rays are cast, each with its opposite: those that tell most first.
const ORDER: [u8; RAYS / 2] = [3, 9, 0, 6, 1, 5, 7, 11, 2, 4, 8, 10];
/// Opposite rays are equally long but for the perspective within one pattern and a centre that is off by a little.
const MAX_ASYMMETRY: f32 = 0.4;
/// Outlines from the inside, in modules from the centre.
const OUTLINES: [f32; 3] = [1.5, 2.5, 3.5];
/// What two outlines say of one side may differ by this share.
const OUTLINE_TOLERANCE: f32 = 0.35;
/// Directions from which the fit is begun: a quarter turn in steps of 15°.
const STARTS: usize = 6;
/// Rounds of assigning rays to sides and fitting; more change nothing.
const ROUNDS: usize = 4;
/// Smallest step of a ray, in pixels, and its steps per module.
const MIN_STEP: f32 = 0.45;
const STEP_MODULES: f32 = 0.25;
/// Grey values between a pattern's centre and its light ring, at least.
const MIN_CONTRAST: f32 = 6.0;
/// Shears beyond this (sine of the angle between the sides) and ratios of the sides beyond that are not read.
const MIN_SINE: f32 = 0.45;
const MAX_RATIO: f32 = 3.0;

/// Measures the pattern around `centre`, whose modules are about `module` pixels wide and high.
pub(crate) fn measure(view: View<'_>, centre: Point, module: [f32; 2], inverted: bool) -> Option<Square> {
    let sign = if inverted { -1.0 } else { 1.0 };
    let brightness = |point: Point| sign * view.between(point.x, point.y);
    let ring = |radius: f32| {
        let places = [(radius, 0.0), (-radius, 0.0), (0.0, radius), (0.0, -radius)];
        places.iter().map(|(x, y)| brightness(centre + Point::new(x * module[0], y * module[1]))).sum::<f32>()
            / 4.0
    };
    let (light, dark) = (ring(2.0), ring(3.0));
    let middle = brightness(centre);
    if light - middle < MIN_CONTRAST || light - dark < MIN_CONTRAST {
        return None;
    }
    let thresholds = [f32::midpoint(light, middle), f32::midpoint(light, dark), f32::midpoint(light, dark)];
    let mean = f32::midpoint(module[0], module[1]);
    let mut ends = [Point::default(); RAYS];
    let mut count = 0;
    for (tried, direction) in ORDER.iter().enumerate() {
        let angle = f32::from(*direction) * std::f32::consts::TAU / RAYS as f32;
        let direction = Point::new(angle.cos(), angle.sin());
        let ahead = distance(brightness, centre, direction, mean, thresholds);
        let behind = distance(brightness, centre, direction * -1.0, mean, thresholds);
        if let (Some(ahead), Some(behind)) = (ahead, behind)
            && (ahead - behind).abs() > MAX_ASYMMETRY * ahead.max(behind)
        {
            return None;
        }
        let found = [ahead.map(|length| direction * length), behind.map(|length| direction * -length)];
        for end in found.into_iter().flatten() {
            ends[count] = end;
            count += 1;
        }
        if count + (FIRST_MISSES + tried / 2).min(MAX_MISSES) < 2 * (tried + 1) {
            return None;
        }
    }
    let ends = &ends[..count];
    let (_, start) = (0..STARTS)
        .map(|start| {
            let angle = start as f32 * std::f32::consts::FRAC_PI_2 / STARTS as f32;
            let forms = upright(Point::new(angle.cos() / mean, angle.sin() / mean));
            (misfit(forms, ends), forms)
        })
        .min_by(|a, b| a.0.total_cmp(&b.0))?;
    let best = fit(ends, start)?;
    Some(Square { centre: centre + best.centre, ..best })
}

/// The distance, in pixels, at which a ray is one module away from the centre towards a side.
fn distance(
    brightness: impl Fn(Point) -> f32,
    centre: Point,
    direction: Point,
    module: f32,
    thresholds: [f32; 3],
) -> Option<f32> {
    let step = (module * STEP_MODULES).max(MIN_STEP);
    // A ray to a corner is longer by √2, and by as much again where the pattern is drawn out by a tilt.
    let steps = (OUTLINES[2] * 2.2 * module / step) as usize + 2;
    let mut met = [0.0; 3];
    let mut count = 0;
    let mut before = brightness(centre);
    for i in 1..=steps {
        let here = brightness(centre + direction * (i as f32 * step));
        let threshold = thresholds[count];
        if (here >= threshold) == (count != 1) {
            let part = ((threshold - before) / (here - before)).clamp(0.0, 1.0);
            met[count] = (i as f32 - 1.0 + part) * step / OUTLINES[count];
            count += 1;
            if count == 3 {
                break;
            }
        }
        before = here;
    }
    let agree = |a: f32, b: f32| (a - b).abs() < OUTLINE_TOLERANCE * a.max(b);
    if count < 2 || !agree(met[0], met[1]) {
        return None;
    }
    let inner = (met[0] * OUTLINES[0] + met[1] * OUTLINES[1]) / (OUTLINES[0] + OUTLINES[1]);
    // Where no quiet zone is left the outermost edge is that of something else.
    let outer_belongs = count == 3 && agree(inner, met[2]);
    Some(if outer_belongs {
        OUTLINES.iter().zip(met).map(|(outline, met)| outline * met).sum::<f32>()
            / OUTLINES.iter().sum::<f32>()
    } else {
        inner
    })
}

/// A side's distance as a linear form: `form · (x, y, 1)` is ±1 on the two lines one module from the centre.
type Form = [f32; 3];

fn value(form: Form, point: Point) -> f32 {
    form[0] * point.x + form[1] * point.y + form[2]
}

/// The forms of a square, from that of one side.
fn upright(side: Point) -> [Form; 2] {
    [[side.x, side.y, 0.0], [-side.y, side.x, 0.0]]
}

/// Root mean square distance of the rays' ends from the parallelogram, in modules.
fn misfit([u, v]: [Form; 2], ends: &[Point]) -> f32 {
    let square = |end: &Point| (value(u, *end).abs().max(value(v, *end).abs()) - 1.0).powi(2);
    (ends.iter().map(square).sum::<f32>() / ends.len() as f32).sqrt()
}

fn fit(ends: &[Point], mut forms: [Form; 2]) -> Option<Square> {
    for _ in 0..ROUNDS {
        let mut matrices = [[[0.0; 3]; 3]; 2];
        let mut rights = [[0.0; 3]; 2];
        for &end in ends {
            let values = forms.map(|form| value(form, end));
            let side = usize::from(values[1].abs() > values[0].abs());
            let row = [end.x, end.y, 1.0].map(f64::from);
            for i in 0..3 {
                for j in 0..3 {
                    matrices[side][i][j] += row[i] * row[j];
                }
                rights[side][i] += row[i] * f64::from(values[side].signum());
            }
        }
        for side in 0..2 {
            forms[side] = solve(matrices[side], rights[side])?.map(|value| value as f32);
        }
    }
    let [u, v] = forms;
    let determinant = u[0] * v[1] - u[1] * v[0];
    let lengths = (u[0].hypot(u[1]), v[0].hypot(v[1]));
    let sine = determinant.abs() / (lengths.0 * lengths.1);
    if sine < MIN_SINE || lengths.0 > MAX_RATIO * lengths.1 || lengths.1 > MAX_RATIO * lengths.0 {
        return None;
    }
    let per = 1.0 / determinant;
    let mut sides = [Point::new(v[1] * per, -v[0] * per), Point::new(-u[1] * per, u[0] * per)];
    if sides[0].cross(sides[1]) < 0.0 {
        sides.swap(0, 1);
    }
    let centre = Point::new((u[1] * v[2] - v[1] * u[2]) * per, (v[0] * u[2] - u[0] * v[2]) * per);
    let deviation = misfit(forms, ends);
    Some(Square { centre, sides, deviation })
}
