//! One try at reading the symbol of three finder patterns: quick first, and thorough only if nothing was quick.

use crate::decode::{self, Decoded, Effort};
use crate::equalise;
use crate::fit::{self, Fit};
use crate::grid::Grid;
use crate::group::Triple;
use crate::luma::View;
use crate::modules::{Layout, Modules};
use crate::sample;

/// Timing patterns that fit worse than this are not those of a symbol.
const MIN_TIMING: f32 = 0.3;
/// Versions tried for three finder patterns: the timing patterns hardly ever leave a doubt.
const VERSIONS: usize = 2;

/// What became of a try.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// The symbol was read.
    Read(Fit, Decoded),
    /// The timing patterns fit: this is a symbol, but it was not read.
    Unreadable,
    /// Nothing but three patterns in the right places.
    Nothing,
}

/// Takes the symbol to be flat, and its modules for what they look like.
pub(crate) fn quick(view: View<'_>, triple: &Triple) -> Outcome {
    attempt(view, triple, &|| true, |fit, layout| {
        let modules = sampled(view, &Grid::flat(fit.version, fit.grid), triple);
        decode::decode(&modules, layout, Effort::Errors)
    })
}

/// Follows bends, undoes blur, and gives up doubtful codewords.
pub(crate) fn thorough(view: View<'_>, triple: &Triple, keep_going: &dyn Fn() -> bool) -> Outcome {
    attempt(view, triple, keep_going, |fit, layout| {
        let grid = Grid::flat(fit.version, fit.grid).tracked(view, fit.aligned);
        let modules = sampled(view, &grid, triple);
        decode::decode(&modules, layout, Effort::Erasures).or_else(|| {
            let modules = equalise::equalise(&modules, layout)?;
            decode::decode(&modules, layout, Effort::Erasures)
        })
    })
}

fn sampled(view: View<'_>, grid: &Grid, triple: &Triple) -> Modules {
    let values = sample::brightness(view, grid);
    sample::margins(&values, grid.version, triple.corner.inverted)
}

/// Tries the likely versions, each with and without its alignment pattern.
fn attempt(
    view: View<'_>,
    triple: &Triple,
    keep_going: &dyn Fn() -> bool,
    read: impl Fn(&Fit, &Layout) -> Option<Decoded>,
) -> Outcome {
    let mut outcome = Outcome::Nothing;
    for fit in fit::fits(view, triple).into_iter().take(VERSIONS) {
        if fit.timing < MIN_TIMING {
            break;
        }
        outcome = Outcome::Unreadable;
        let layout = Layout::new(fit.version);
        for fit in [fit.aligned(view, triple), Some(fit)].into_iter().flatten() {
            if !keep_going() {
                return outcome;
            }
            if let Some(decoded) = read(&fit, &layout) {
                return Outcome::Read(fit, decoded);
            }
        }
    }
    outcome
}
