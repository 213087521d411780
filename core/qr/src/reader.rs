//! The order of work: cheap evidence everywhere first, then effort only where evidence is.
//!
//! Most frames of a camera hold no symbol, so what every frame pays for is small: a pyramid and a search for finder
//! patterns. Three that fit together are tried quickly. Only what was found and not read gets the thorough try, and
//! only a blurred picture, or one with something in it, is sharpened and searched again.

use crate::attempt::{self, Outcome};
use crate::blur;
use crate::decode::Decoded;
use crate::finder::{self, Finder, Search};
use crate::fit::Fit;
use crate::group::{self, Triple};
use crate::luma::{Luma, Plane, View};
use crate::pyramid::Pyramid;
use crate::symbol::{Reading, Symbol};

/// The smallest module looked for, in pixels: in the picture itself, and in smaller planes (below it, the plane
/// before finds the same and better).
const MIN_MODULE: f32 = 0.9;
const MIN_MODULE_HALVED: f32 = 1.5;
/// The largest module looked for in a plane that has a smaller one below it.
const MAX_MODULE: f32 = 4.0;
/// Rows from one search to the next. The centre of a pattern is three modules high; in smaller planes fewer rows
/// cost nothing.
const ROW_STEP: usize = 3;
const ROW_STEP_HALVED: usize = 2;
/// Modules are sampled in the smallest plane where they are this many pixels: below it accuracy is lost, above it
/// noise is gained.
const SAMPLED_MODULE: f32 = 2.8;
/// Thorough tries a picture: each may take a millisecond or, for the largest versions, many.
const MAX_THOROUGH: usize = 40;
/// Sizes that are sharpened: where blur is visible at full size, half and a quarter hold all there is to see.
const SHARPENED_LEVELS: [usize; 2] = [1, 2];

/// Reads symbols from pictures. Keeps its memory from one to the next.
#[derive(Debug, Default)]
pub struct Reader {
    packed: Plane,
    pyramid: Pyramid,
    sharp: Plane,
    sharp_pyramid: Pyramid,
    row_edges: Vec<u32>,
    column_sums: Vec<u16>,
}

/// What is known of the picture at hand.
#[derive(Debug, Default)]
struct Findings {
    reading: Reading,
    /// Finder patterns of all sizes, in pixels of the picture.
    finders: Vec<Finder>,
    thorough: usize,
}

impl Reader {
    /// A reader; the first picture makes it allocate what it needs.
    pub fn new() -> Self {
        Self::default()
    }

    /// Reads all symbols of a picture.
    ///
    /// `keep_going` is asked between steps, none of which takes long; once it says no, what was found so far is
    /// returned. A clock is the usual thing behind it: `&|| started.elapsed() < budget`.
    pub fn read(&mut self, picture: Luma<'_>, keep_going: &dyn Fn() -> bool) -> Reading {
        let mut packed = std::mem::take(&mut self.packed);
        let full = picture.as_view().unwrap_or_else(|| {
            picture.pack_into(&mut packed);
            packed.view()
        });
        let mut findings = Findings::default();
        self.pyramid.build(full);
        self.search(full, keep_going, &mut findings);
        if findings.reading.symbols.is_empty() {
            findings.try_hard(&self.pyramid, full, 0, keep_going);
        }
        if findings.reading.symbols.is_empty() && keep_going() && self.is_worth_sharpening(full, &findings) {
            self.search_sharpened(full, keep_going, &mut findings);
        }
        self.packed = packed;
        findings.reading
    }

    /// Every size in turn, half first: it costs a quarter, and holds most of what a camera sees.
    fn search(&mut self, full: View<'_>, keep_going: &dyn Fn() -> bool, findings: &mut Findings) {
        let levels = self.pyramid.levels();
        let order = [1, 0].into_iter().chain(2..levels).filter(|&level| level < levels);
        for level in order {
            if !keep_going() {
                return;
            }
            self.pyramid.measure(level);
            let view = self.pyramid.view(full, level);
            let search = Search {
                row_step: if level == 0 { ROW_STEP } else { ROW_STEP_HALVED },
                min_module: if level == 0 { MIN_MODULE } else { MIN_MODULE_HALVED },
                max_module: if level + 1 < levels { MAX_MODULE } else { f32::INFINITY },
            };
            let thresholds = self.pyramid.thresholds(level);
            let finders = finder::find(view, thresholds, search, &mut self.row_edges, keep_going);
            findings.try_quickly(view, &finders, level, keep_going);
            findings.pool(&finders, level);
            if !findings.reading.symbols.is_empty() {
                return;
            }
        }
    }

    /// Whether a second look may show more: the picture is blurred, or something in it resembles a symbol.
    fn is_worth_sharpening(&self, full: View<'_>, findings: &Findings) -> bool {
        self.pyramid.levels() > SHARPENED_LEVELS[0]
            && (findings.reading.resembles_a_symbol
                || blur::is_blurred(self.pyramid.view(full, SHARPENED_LEVELS[0])))
    }

    fn search_sharpened(&mut self, full: View<'_>, keep_going: &dyn Fn() -> bool, findings: &mut Findings) {
        for level in SHARPENED_LEVELS.into_iter().filter(|&level| level < self.pyramid.levels()) {
            blur::sharpen(self.pyramid.view(full, level), &mut self.sharp, &mut self.column_sums);
            let view = self.sharp.view();
            self.sharp_pyramid.build(view);
            self.sharp_pyramid.measure(0);
            let search =
                Search { row_step: ROW_STEP_HALVED, min_module: MIN_MODULE_HALVED, max_module: MAX_MODULE };
            let thresholds = self.sharp_pyramid.thresholds(0);
            let finders = finder::find(view, thresholds, search, &mut self.row_edges, keep_going);
            let before = findings.finders.len();
            findings.pool(&finders, level);
            findings.try_hard(&self.pyramid, full, before, keep_going);
            if !findings.reading.symbols.is_empty() || !keep_going() {
                return;
            }
        }
    }
}

impl Findings {
    /// Adds the finder patterns of one size that no other size has shown.
    fn pool(&mut self, finders: &[Finder], level: usize) {
        for finder in finders {
            let finder = finder.scaled((1 << level) as f32);
            if !self.finders.iter().any(|other| other.is_same(&finder)) {
                self.finders.push(finder);
            }
        }
    }

    fn try_quickly(
        &mut self,
        view: View<'_>,
        finders: &[Finder],
        level: usize,
        keep_going: &dyn Fn() -> bool,
    ) {
        let mut used = vec![false; finders.len()];
        for triple in group::triples(finders) {
            if triple.members.iter().any(|&member| used[member]) {
                continue;
            }
            if !keep_going() {
                return;
            }
            if self.note(attempt::quick(view, &triple), &triple, level) {
                triple.members.iter().for_each(|&member| used[member] = true);
            }
        }
    }

    /// Thorough tries with finder patterns of all sizes together, at least one of them from place `new` on.
    fn try_hard(&mut self, pyramid: &Pyramid, full: View<'_>, new: usize, keep_going: &dyn Fn() -> bool) {
        let mut used = vec![false; self.finders.len()];
        for triple in group::triples(&self.finders) {
            if triple.members.iter().any(|&member| used[member])
                || triple.members.iter().all(|&member| member < new)
            {
                continue;
            }
            if self.thorough >= MAX_THOROUGH || !keep_going() {
                return;
            }
            self.thorough += 1;
            let level = sampling_level(&triple, pyramid.levels());
            let view = pyramid.view(full, level);
            let scaled = triple.scaled(1.0 / (1 << level) as f32);
            if self.note(attempt::thorough(view, &scaled, keep_going), &scaled, level) {
                triple.members.iter().for_each(|&member| used[member] = true);
            }
        }
    }

    /// Keeps what came of a try; whether that was a symbol.
    fn note(&mut self, outcome: Outcome, triple: &Triple, level: usize) -> bool {
        match outcome {
            Outcome::Nothing => false,
            Outcome::Unreadable => {
                self.reading.resembles_a_symbol = true;
                false
            }
            Outcome::Read(fit, decoded) => {
                self.reading.resembles_a_symbol = true;
                self.reading.symbols.push(symbol(fit, decoded, triple.corner.inverted, level));
                true
            }
        }
    }
}

/// The plane in which the modules of a symbol are sampled.
fn sampling_level(triple: &Triple, levels: usize) -> usize {
    let module = triple.smallest_module();
    (1..levels).take_while(|level| module / (1 << level) as f32 >= SAMPLED_MODULE).count()
}

fn symbol(fit: Fit, decoded: Decoded, inverted: bool, level: usize) -> Symbol {
    let size = fit.version.size() as f32;
    let [upper_left, first, lower_right, second] =
        fit.grid.corners(size).map(|corner| corner * (1 << level) as f32);
    let (upper_right, lower_left) = if decoded.mirrored { (second, first) } else { (first, second) };
    Symbol {
        content: decoded.content,
        corners: [upper_left, upper_right, lower_right, lower_left],
        version: fit.version,
        level: decoded.level,
        mask: decoded.mask,
        mirrored: decoded.mirrored,
        inverted,
        corrected: decoded.corrected,
    }
}
