//! Undoing blur on the raster of modules.
//!
//! Out of focus or in motion, each module's brightness takes something from its neighbours, and what it takes is the
//! same all over the symbol. Much of a symbol is known beforehand (finder, timing and alignment patterns), so the
//! mixture can be learned: least squares find the weighted sum of a module and its neighbours that comes nearest to
//! what those modules should be. It is what a modem does with a known preamble. Applied to all modules it gives a
//! first guess, and learned once more from that guess, over a wider neighbourhood, a better one.

use crate::geometry::solve;
use crate::modules::{Layout, Modules, Role};

/// Weights of a neighbourhood of 3 × 3 modules, and of 5 × 5.
const NEAR: usize = 9;
const WIDE: usize = 25;
/// Keeps weights small that the samples say nothing about, in samples' worth of squared margin.
const RIDGE: f64 = 2.0;
/// Modules learned from, at least half of it: more of a large symbol would say the same.
const LESSONS: usize = 4000;
/// Rounds of learning from the guess.
const ROUNDS: usize = 2;
/// Margins beyond this teach nothing more.
const LIMIT: f32 = 1.6;

/// The margins with blur undone as far as it can be learned.
pub(crate) fn equalise(modules: &Modules, layout: &Layout) -> Option<Modules> {
    let patterns = |index: usize| match layout.roles()[index] {
        Role::Dark => 1.0,
        Role::Light => -1.0,
        Role::Data | Role::Information => 0.0,
    };
    let near = learn::<NEAR>(modules, patterns)?;
    let mut guess = apply(modules, &near);
    for _ in 0..ROUNDS {
        let targets = |index: usize| match patterns(index) {
            0.0 => guess.margins()[index].clamp(-1.0, 1.0),
            known => known,
        };
        let wide = learn::<WIDE>(modules, |index| targets(index).signum())?;
        guess = apply(modules, &wide);
    }
    Some(guess)
}

/// Margins of a module and its neighbours; beyond the border it is light.
fn neighbourhood<const N: usize>(modules: &Modules, index: usize) -> [f32; N] {
    let size = modules.version().size() as isize;
    let side = if N == NEAR { 3 } else { 5 };
    let (row, column) = (index as isize / size, index as isize % size);
    let inside = 0..size;
    std::array::from_fn(|i| {
        let (y, x) = (row + i as isize / side - side / 2, column + i as isize % side - side / 2);
        if inside.contains(&y) && inside.contains(&x) {
            modules.margins()[(y * size + x) as usize].clamp(-LIMIT, LIMIT)
        } else {
            -1.0
        }
    })
}

/// The weights that bring modules with a target other than zero nearest to it.
fn learn<const N: usize>(modules: &Modules, target: impl Fn(usize) -> f32) -> Option<[f32; N]> {
    let mut matrix = [[0.0; N]; N];
    let mut right = [0.0; N];
    let step = (modules.margins().len() / LESSONS).max(1);
    for index in (0..modules.margins().len()).step_by(step) {
        let wanted = target(index);
        if wanted == 0.0 {
            continue;
        }
        let values = neighbourhood::<N>(modules, index).map(f64::from);
        for i in 0..N {
            for j in 0..=i {
                matrix[i][j] += values[i] * values[j];
            }
            right[i] += values[i] * f64::from(wanted);
        }
    }
    for i in 0..N {
        let (above, below) = matrix.split_at_mut(i);
        below[0][i] += RIDGE;
        for (row, &value) in above.iter_mut().zip(&below[0]) {
            row[i] = value;
        }
    }
    solve(matrix, right).map(|weights| weights.map(|weight| weight as f32))
}

fn apply<const N: usize>(modules: &Modules, weights: &[f32; N]) -> Modules {
    let margins = (0..modules.margins().len()).map(|index| {
        let values = neighbourhood::<N>(modules, index);
        values.iter().zip(weights).map(|(value, weight)| value * weight).sum()
    });
    Modules::new(modules.version(), margins.collect())
}
