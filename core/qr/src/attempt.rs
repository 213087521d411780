//! One try at reading the symbol of three finder patterns: quick first, and thorough only if nothing was quick.

use crate::decode::{self, Decoded, Effort};
use crate::equalise;
use crate::fit::{self, Fit};
use crate::grid::Grid;
use crate::group::Triple;
use crate::luma::View;
use crate::modules::{Layout, Modules};
use crate::sample;

/// Places that look less like a symbol are not tried at all.
pub(crate) const MIN_EVIDENCE: f32 = 0.6;
/// Versions tried for three finder patterns: evidence hardly ever leaves a doubt.
const VERSIONS: usize = 2;

/// Three finder patterns and the ways to lay a symbol over them.
#[derive(Debug)]
pub(crate) struct Candidate {
    pub(crate) triple: Triple,
    /// The likeliest first; at least one.
    fits: Vec<Fit>,
    /// The size of the picture in which it is read.
    pub(crate) level: usize,
}

impl Candidate {
    /// What is worth a try, of three finder patterns in `view`, the picture at `level`.
    pub(crate) fn new(view: View<'_>, triple: Triple, level: usize) -> Option<Self> {
        let mut fits = fit::fits(view, &triple);
        fits.retain(|fit| fit.evidence >= MIN_EVIDENCE);
        fits.truncate(VERSIONS);
        (!fits.is_empty()).then_some(Self { triple, fits, level })
    }

    /// How much it looks like a symbol.
    pub(crate) fn evidence(&self) -> f32 {
        self.fits[0].evidence
    }

    /// Takes the symbol to be flat, and its modules for what they look like.
    pub(crate) fn quick(&self, view: View<'_>) -> Option<(Fit, Decoded)> {
        self.attempt(view, &|| true, |fit, layout| {
            let modules = self.sampled(view, &Grid::flat(fit.version, fit.grid));
            decode::decode(&modules, layout, Effort::Errors)
        })
    }

    /// Follows bends, undoes blur, and gives up doubtful codewords. Where that fails, what the likeliest map showed.
    pub(crate) fn thorough(
        &self,
        view: View<'_>,
        keep_going: &dyn Fn() -> bool,
    ) -> Result<(Fit, Decoded), Option<(Fit, Modules)>> {
        let mut likeliest = None;
        let read = self.attempt(view, keep_going, |fit, layout| {
            let grid = Grid::flat(fit.version, fit.grid).tracked(view, fit.aligned, keep_going);
            let mut modules = self.sampled(view, &grid);
            if let Some(decoded) = decode::decode(&modules, layout, Effort::Erasures) {
                return Some(decoded);
            }
            if !keep_going() {
                return None;
            }
            if let Some(sharper) = equalise::equalise(&modules, layout) {
                modules = sharper;
                if let Some(decoded) = decode::decode(&modules, layout, Effort::Erasures) {
                    return Some(decoded);
                }
            }
            likeliest.get_or_insert((*fit, modules));
            None
        });
        read.ok_or(likeliest)
    }

    fn sampled(&self, view: View<'_>, grid: &Grid) -> Modules {
        let values = sample::brightness(view, grid);
        sample::margins(&values, grid.version, self.triple.corner.inverted)
    }

    /// Tries the likely versions, each with and without its alignment pattern.
    fn attempt(
        &self,
        view: View<'_>,
        keep_going: &dyn Fn() -> bool,
        mut read: impl FnMut(&Fit, &Layout) -> Option<Decoded>,
    ) -> Option<(Fit, Decoded)> {
        for fit in &self.fits {
            let layout = Layout::new(fit.version);
            for fit in [fit.aligned(view, &self.triple), Some(*fit)].into_iter().flatten() {
                if !keep_going() {
                    return None;
                }
                if let Some(decoded) = read(&fit, &layout) {
                    return Some((fit, decoded));
                }
            }
        }
        None
    }
}
