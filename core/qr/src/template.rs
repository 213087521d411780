//! The shape of a finder pattern of few pixels, by laying its picture over it.
//!
//! Where a module is a pixel or two, blur rounds the outlines and rays miss them. What is left is the whole: the
//! parallelogram under which the brightness goes most nearly as the pattern's own. It is looked for among a few
//! directions, and then improved step by step.

use crate::geometry::Point;
use crate::luma::View;
use crate::square::Square;

/// Modules larger than this, in pixels, are measured better by rays.
pub(crate) const MAX_MODULE: f32 = 2.6;
/// Directions from which improving begins: a quarter turn in steps of 15°.
const STARTS: usize = 6;
/// Agreement of the best start and of the result: 1 perfectly, 0 by chance. Print and leaves have 0.7.
const MIN_START: f32 = 0.68;
const MIN_AGREEMENT: f32 = 0.82;
/// Modules from the centre to the light ring, and the agreement up to there of a start that is worth a look at all of
/// it: a third of the price. Patterns of 1.6 pixels a module that are read have 0.79 and more.
const INNER_REACH: i8 = 2;
const MIN_INNER: f32 = 0.65;
/// First steps, in modules for the centre and as shares of a side for the sides, and how often they are halved.
const STEP: f32 = 0.12;
const HALVINGS: usize = 3;
/// Modules from the centre to the light border, which belongs to the picture.
const REACH: i8 = 4;

/// Centre and sides.
type Shape = [Point; 3];

/// Measures the pattern around `centre`, whose modules are about `module` pixels wide and high.
pub(crate) fn measure(view: View<'_>, centre: Point, module: [f32; 2], inverted: bool) -> Option<Square> {
    let mean = f32::midpoint(module[0], module[1]);
    let agreement = |shape: &Shape| agreement(view, shape, REACH, inverted);
    let (mut best, mut shape) = (0..STARTS)
        .map(|start| {
            let angle = start as f32 * std::f32::consts::FRAC_PI_2 / STARTS as f32;
            // A row crosses a turned pattern aslant.
            let length = mean * angle.cos().max(angle.sin());
            let side = Point::new(angle.cos(), angle.sin()) * length;
            [centre, side, Point::new(-side.y, side.x)]
        })
        .filter(|shape| self::agreement(view, shape, INNER_REACH, inverted) >= MIN_INNER)
        .map(|shape| (agreement(&shape), shape))
        .max_by(|a, b| a.0.total_cmp(&b.0))?;
    if best < MIN_START {
        return None;
    }
    let mut step = STEP;
    for _ in 0..HALVINGS {
        for (part, along) in (0..3).flat_map(|part| [(part, 1), (part, 2)]) {
            let direction = shape[along];
            for sign in [1.0, -1.0] {
                let mut moved = shape;
                moved[part] = moved[part] + direction * (step * sign);
                let here = agreement(&moved);
                if here > best {
                    (best, shape) = (here, moved);
                    break;
                }
            }
        }
        step /= 2.0;
    }
    let [centre, first, second] = shape;
    (best >= MIN_AGREEMENT).then_some(Square { centre, sides: [first, second], deviation: 0.0 })
}

/// Correlation of the brightness under a shape, so many modules around its centre, with that of a finder pattern.
fn agreement(view: View<'_>, [centre, first, second]: &Shape, reach: i8, inverted: bool) -> f32 {
    let (mut sum, mut square, mut light, mut count, mut lights) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for row in -reach..=reach {
        for column in -reach..=reach {
            let point = *centre + *first * f32::from(column) + *second * f32::from(row);
            let value = view.between(point.x, point.y);
            sum += value;
            square += value * value;
            count += 1.0;
            if matches!(column.abs().max(row.abs()), 2 | 4) {
                light += value;
                lights += 1.0;
            }
        }
    }
    let share = lights / count;
    let covariance = light / count - share * sum / count;
    let variance = (square / count - (sum / count).powi(2)).max(1.0);
    let correlation = covariance / (variance * share * (1.0 - share)).sqrt();
    if inverted { -correlation } else { correlation }
}
