//! How much a place looks like a symbol, before any of it is read.
//!
//! Three finder patterns in the right places are met by chance in every page of text. The patterns of a symbol fix
//! some two hundred modules more, and looking at them costs a hundredth of a try at reading: under nearly every map
//! that is right, both measures here are above 0.95, blurred, glaring or small as the symbol may be.

use crate::attempt::MIN_EVIDENCE;
use crate::geometry::{Homography, Point};
use crate::luma::View;
use crate::version::Version;

/// Modules from a finder pattern's corner to the far side of its separator.
const FINDER: i8 = 7;

/// The weaker of [`timing`] and [`finders`]: 1 where all looks as it should, around 0 by chance.
pub(crate) fn of(view: View<'_>, grid: &Homography, version: Version, inverted: bool) -> f32 {
    let timing = timing(view, grid, version, inverted);
    // Most places fail here.
    if timing < MIN_EVIDENCE { timing } else { timing.min(finders(view, grid, version, inverted)) }
}

/// How well the modules of both timing patterns alternate, each judged against its neighbours along the pattern.
fn timing(view: View<'_>, grid: &Homography, version: Version, inverted: bool) -> f32 {
    let end = version.size() - 8;
    let (mut fit, mut weight) = (0.0, f32::MIN_POSITIVE);
    for vertical in [false, true] {
        let at = |i: usize| {
            let place = i as f32 + 0.5;
            let point = grid.map(if vertical { Point::new(6.5, place) } else { Point::new(place, 6.5) });
            view.between(point.x, point.y)
        };
        let (mut before, mut here) = (at(7), at(8));
        for i in 8..end {
            let after = at(i + 1);
            let depth = f32::midpoint(before, after) - here;
            fit += if (i % 2 == 0) == inverted { -depth } else { depth };
            weight += depth.abs();
            (before, here) = (here, after);
        }
    }
    fit / weight
}

/// How well the worst of the three finder patterns, with its separator, is dark where it should be dark.
fn finders(view: View<'_>, grid: &Homography, version: Version, inverted: bool) -> f32 {
    let far = version.size() as f32 - 7.0;
    let patterns = [((0.0, 0.0), 0, 0), ((far, 0.0), -1, 0), ((0.0, far), 0, -1)];
    let fits = patterns.map(|((left, top), first_column, first_row)| {
        let mut values = [0.0; 64];
        let (mut sums, mut counts) = ([0.0; 2], [0.0; 2]);
        let places =
            (0..8_i8).flat_map(|row| (0..8_i8).map(move |column| (column + first_column, row + first_row)));
        for (value, (column, row)) in values.iter_mut().zip(places.clone()) {
            let module = Point::new(left + f32::from(column) + 0.5, top + f32::from(row) + 0.5);
            let point = grid.map(module);
            *value = view.between(point.x, point.y);
            let colour = usize::from(is_dark(column, row));
            sums[colour] += *value;
            counts[colour] += 1.0;
        }
        let middle = f32::midpoint(sums[0] / counts[0], sums[1] / counts[1]);
        let (mut fit, mut weight) = (0.0, f32::MIN_POSITIVE);
        for (value, (column, row)) in values.iter().zip(places) {
            let depth = middle - value;
            fit += if is_dark(column, row) == inverted { -depth } else { depth };
            weight += depth.abs();
        }
        fit / weight
    });
    fits.into_iter().fold(f32::MAX, f32::min)
}

/// Whether a module of a finder pattern, counted from its corner, is dark; -1 and 7 are its separator.
fn is_dark(column: i8, row: i8) -> bool {
    let middle = FINDER / 2;
    !matches!((column - middle).abs().max((row - middle).abs()), 2 | 4)
}
