//! Reading the modules of a symbol whose place in the picture is known.
//!
//! Each module is read at several points inside it, between pixels, so that noise averages out and the picture's
//! raster does not matter. What is dark is then decided on the raster of modules, against the modules around:
//! light, shadow and reflections change slowly there, and nothing depends on the size of the symbol in pixels.

use crate::geometry::Point;
use crate::grid::Grid;
use crate::luma::View;
use crate::modules::Modules;
use crate::sums::Sums;
use crate::version::Version;

/// Modules to each side whose mean decides what is dark: 9 × 9 hold enough of both colours.
const RADIUS: usize = 4;
/// Below this share of the symbol's own contrast the modules around are all alike (or under a reflection): they are
/// then judged against the whole symbol, and trusted less.
const MIN_CONTRAST_SHARE: f32 = 0.3;
const BLANK_TRUST: f32 = 0.3;
/// From this size on, in pixels, a module is read at five points instead of one.
const LARGE_MODULE: f32 = 2.2;
/// Those points, in modules from the module's centre.
const POINTS: [Point; 5] = [
    Point::new(0.0, 0.0),
    Point::new(-0.2, -0.2),
    Point::new(0.2, -0.2),
    Point::new(-0.2, 0.2),
    Point::new(0.2, 0.2),
];

/// Brightness of each module, row by row.
pub(crate) fn brightness(view: View<'_>, grid: &Grid) -> Vec<f32> {
    let size = grid.version.size();
    let [a, b, _, d] = grid.plane.corners(size as f32);
    let module = (a - b).length().min((a - d).length()) / size as f32;
    let points: &[Point] = if module < LARGE_MODULE { &POINTS[..1] } else { &POINTS };
    let mut values = Vec::with_capacity(size * size);
    for row in 0..size {
        for column in 0..size {
            let sum: f32 = points
                .iter()
                .map(|&inside| grid.at(column, row, inside))
                .map(|point| view.between(point.x, point.y))
                .sum();
            values.push(sum / points.len() as f32);
        }
    }
    values
}

/// Margins from brightness: how far each module is below the middle of the dark and the light ones around it, in
/// halves of the contrast between them.
pub(crate) fn margins(values: &[f32], version: Version, inverted: bool) -> Modules {
    let size = version.size();
    let all = Sums::new(size, values.iter().map(|&value| (value, 1.0)));
    let mean = |index: usize| {
        let (sum, weight) = all.around(index, RADIUS);
        sum / weight
    };
    let light =
        Sums::new(size, values.iter().enumerate().map(|(i, &value)| (value, f32::from(value >= mean(i)))));
    let mut centres = Vec::with_capacity(values.len());
    for i in 0..values.len() {
        let (sum, count) = all.around(i, RADIUS);
        let (light_sum, light_count) = light.around(i, RADIUS);
        let bright = light_sum / light_count.max(1.0);
        let dark = (sum - light_sum) / (count - light_count).max(1.0);
        centres.push((f32::midpoint(bright, dark), (bright - dark) / 2.0));
    }
    let half = centres.iter().map(|(_, half)| half).sum::<f32>() / centres.len() as f32;
    let middle = centres.iter().map(|(middle, half)| middle * half).sum::<f32>()
        / (half * centres.len() as f32).max(0.5);
    let floor = (half * MIN_CONTRAST_SHARE).max(0.5);
    let sign = if inverted { -1.0 } else { 1.0 };
    let margins = values.iter().zip(&centres).map(|(value, &(here, contrast))| {
        if contrast >= floor {
            sign * (here - value) / contrast
        } else {
            sign * BLANK_TRUST * (middle - value) / half.max(0.5)
        }
    });
    Modules::new(version, margins.collect())
}
