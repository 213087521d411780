//! One look at a picture: cheap evidence everywhere first, then effort only where evidence is.
//!
//! Most frames of a camera hold no symbol, so what every frame pays for is small: a pyramid and a search for finder
//! patterns. Three that fit together are tried quickly. Only what was found and not read gets the thorough try, and
//! only a blurred picture, or one with something in it, is sharpened and searched again.

use crate::attempt::Candidate;
use crate::blur;
use crate::decode::Decoded;
use crate::finder::{self, Finder, Search};
use crate::fit::Fit;
use crate::geometry::Point;
use crate::group::{self, Triple};
use crate::luma::{Plane, View};
use crate::pyramid::Pyramid;
use crate::runs::Line;
use crate::symbol::{Reading, Symbol};
use crate::votes::Votes;

/// The smallest module looked for, in pixels: in the picture itself, and in smaller planes (below it, the plane
/// before finds the same and better).
const MIN_MODULE: f32 = 1.2;
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
/// From this evidence on, a place is a symbol but for rare accidents (checkerboards), and worth a quick try.
const CLEAR_EVIDENCE: f32 = 0.75;
/// Quick tries a size that may fail.
const MAX_QUICK: usize = 6;
/// Thorough tries a picture: each may take a millisecond or, for the largest versions, many.
const MAX_THOROUGH: usize = 12;
/// Of these, tries where evidence is not clear: a symbol that is bent, or a page of text.
const MAX_DOUBTFUL: usize = 3;
/// Sizes that are sharpened: where blur is visible at full size, half and a quarter hold all there is to see.
const SHARPENED_LEVELS: [usize; 2] = [1, 2];

/// Looks at pictures. Keeps its memory from one to the next.
#[derive(Debug, Default)]
pub(crate) struct Look {
    pyramid: Pyramid,
    sharp: Plane,
    sharp_pyramid: Pyramid,
    line: Line,
    column_sums: Vec<u16>,
}

/// What is known of the picture at hand.
#[derive(Debug, Default)]
struct Findings {
    reading: Reading,
    /// Finder patterns of all sizes, in pixels of the picture.
    finders: Vec<Finder>,
    thorough: usize,
    /// Something was worth a try.
    is_doubtful: bool,
}

impl Look {
    /// Reads all symbols of a picture as it is.
    pub(crate) fn at(
        &mut self,
        full: View<'_>,
        mut votes: Option<&mut Votes>,
        keep_going: &dyn Fn() -> bool,
    ) -> Reading {
        let mut findings = Findings::default();
        self.pyramid.build(full);
        self.search(full, keep_going, &mut findings);
        if findings.reading.symbols.is_empty() {
            findings.try_hard(&self.pyramid, full, 0, votes.as_deref_mut(), keep_going);
        }
        if findings.reading.symbols.is_empty() && keep_going() && self.is_worth_sharpening(full, &findings) {
            self.search_sharpened(full, votes, keep_going, &mut findings);
        }
        findings.reading
    }

    /// Every size in turn, half first: it costs a quarter, and holds most of what a camera sees. Full size last: it
    /// costs more than all others, has the most noise, and holds only what is too small for them. All of them, even
    /// when one has shown a symbol: another may be of another size.
    fn search(&mut self, full: View<'_>, keep_going: &dyn Fn() -> bool, findings: &mut Findings) {
        let levels = self.pyramid.levels();
        for level in (1..levels).chain([0]) {
            if !keep_going() {
                return;
            }
            self.pyramid.measure(level);
            let view = self.pyramid.view(full, level);
            let search = Search {
                min_contrast: blur::least_contrast(view),
                row_step: if level == 0 { ROW_STEP } else { ROW_STEP_HALVED },
                min_module: if level == 0 { MIN_MODULE } else { MIN_MODULE_HALVED },
                max_module: if level + 1 < levels { MAX_MODULE } else { f32::INFINITY },
            };
            let thresholds = self.pyramid.thresholds(level);
            let is_read = |point| findings.is_read(point, level);
            let finders = finder::find(view, thresholds, search, &mut self.line, &is_read, keep_going);
            findings.try_quickly(view, &finders, level, keep_going);
            findings.pool(&finders, level);
        }
    }

    /// Whether a second look may show more: the picture is blurred, or something in it resembles a symbol.
    fn is_worth_sharpening(&self, full: View<'_>, findings: &Findings) -> bool {
        self.pyramid.levels() > SHARPENED_LEVELS[0]
            && (findings.is_doubtful || blur::is_blurred(self.pyramid.view(full, SHARPENED_LEVELS[0])))
    }

    fn search_sharpened(
        &mut self,
        full: View<'_>,
        mut votes: Option<&mut Votes>,
        keep_going: &dyn Fn() -> bool,
        findings: &mut Findings,
    ) {
        for level in SHARPENED_LEVELS.into_iter().filter(|&level| level < self.pyramid.levels()) {
            blur::sharpen(self.pyramid.view(full, level), &mut self.sharp, &mut self.column_sums);
            let view = self.sharp.view();
            self.sharp_pyramid.build(view);
            self.sharp_pyramid.measure(0);
            let search = Search {
                min_contrast: blur::least_contrast(view),
                row_step: ROW_STEP_HALVED,
                min_module: MIN_MODULE_HALVED,
                max_module: MAX_MODULE,
            };
            let thresholds = self.sharp_pyramid.thresholds(0);
            let finders = finder::find(view, thresholds, search, &mut self.line, &|_| false, keep_going);
            let before = findings.finders.len();
            findings.pool(&finders, level);
            findings.try_hard(&self.pyramid, full, before, votes.as_deref_mut(), keep_going);
            if !findings.reading.symbols.is_empty() || !keep_going() {
                return;
            }
        }
    }
}

impl Findings {
    /// Whether a point of one size lies in a symbol that another size has shown already.
    fn is_read(&self, point: Point, level: usize) -> bool {
        let point = point * (1 << level) as f32;
        self.reading.symbols.iter().any(|symbol| symbol.covers(point))
    }

    /// Adds the finder patterns of one size that no other size has shown.
    fn pool(&mut self, finders: &[Finder], level: usize) {
        for finder in finders {
            let finder = finder.scaled((1 << level) as f32);
            if !self.finders.iter().any(|other| other.is_same(&finder)) {
                self.finders.push(finder);
            }
        }
    }

    /// What is worth a try among finder patterns, the likeliest first.
    fn candidates(
        &mut self,
        finders: &[Finder],
        keep_going: &dyn Fn() -> bool,
        place: impl Fn(&Triple) -> Option<Candidate>,
    ) -> Vec<Candidate> {
        let triples = group::triples(finders);
        let in_time = triples.iter().take_while(|_| keep_going());
        let mut candidates: Vec<Candidate> = in_time.filter_map(place).collect();
        candidates.sort_by(|a, b| b.evidence().total_cmp(&a.evidence()));
        self.is_doubtful |= !candidates.is_empty();
        self.reading.resembles_a_symbol |=
            candidates.first().is_some_and(|candidate| candidate.evidence() >= CLEAR_EVIDENCE);
        candidates
    }

    fn try_quickly(
        &mut self,
        view: View<'_>,
        finders: &[Finder],
        level: usize,
        keep_going: &dyn Fn() -> bool,
    ) {
        let mut used = vec![false; finders.len()];
        let mut failed = 0;
        for candidate in self.candidates(finders, keep_going, |triple| Candidate::new(view, *triple, level)) {
            if candidate.evidence() < CLEAR_EVIDENCE || failed >= MAX_QUICK || !keep_going() {
                return;
            }
            let members = candidate.triple.members;
            if members.iter().any(|&member| used[member]) {
                continue;
            }
            match candidate.quick(view) {
                Some((fit, decoded)) => {
                    self.keep(symbol(fit, decoded, &candidate));
                    for member in members {
                        used[member] = true;
                    }
                }
                None => failed += 1,
            }
        }
    }

    fn keep(&mut self, symbol: Symbol) {
        self.reading.symbols.push(symbol);
        self.reading.resembles_a_symbol = true;
    }

    /// Thorough tries with finder patterns of all sizes together, at least one of them from place `new` on.
    fn try_hard(
        &mut self,
        pyramid: &Pyramid,
        full: View<'_>,
        new: usize,
        mut votes: Option<&mut Votes>,
        keep_going: &dyn Fn() -> bool,
    ) {
        let finders = std::mem::take(&mut self.finders);
        let mut used = vec![false; finders.len()];
        let candidates = self.candidates(&finders, keep_going, |triple| {
            if triple.members.iter().all(|&member| member < new) {
                return None;
            }
            let level = sampling_level(triple, pyramid.levels());
            Candidate::new(pyramid.view(full, level), triple.scaled(1.0 / (1 << level) as f32), level)
        });
        for candidate in candidates {
            let limit = if candidate.evidence() < CLEAR_EVIDENCE { MAX_DOUBTFUL } else { MAX_THOROUGH };
            if self.thorough >= limit || !keep_going() {
                break;
            }
            let members = candidate.triple.members;
            if members.iter().any(|&member| used[member]) {
                continue;
            }
            self.thorough += 1;
            let view = pyramid.view(full, candidate.level);
            let read = candidate.thorough(view, keep_going).or_else(|seen| {
                let (votes, (fit, modules)) = votes.as_deref_mut().zip(seen).ok_or(())?;
                let inverted = candidate.triple.corner.inverted;
                let decoded = votes.add(&fit, (1 << candidate.level) as f32, inverted, &modules);
                decoded.map(|decoded| (fit, decoded)).ok_or(())
            });
            if let Ok((fit, decoded)) = read {
                self.keep(symbol(fit, decoded, &candidate));
                for member in members {
                    used[member] = true;
                }
            }
        }
        self.finders = finders;
    }
}

/// The plane in which the modules of a symbol are sampled.
fn sampling_level(triple: &Triple, levels: usize) -> usize {
    let module = triple.smallest_module();
    (1..levels).take_while(|level| module / (1 << level) as f32 >= SAMPLED_MODULE).count()
}

fn symbol(fit: Fit, decoded: Decoded, candidate: &Candidate) -> Symbol {
    let size = fit.version.size() as f32;
    let [upper_left, first, lower_right, second] =
        fit.grid.corners(size).map(|corner| corner * (1 << candidate.level) as f32);
    let (upper_right, lower_left) = if decoded.mirrored { (second, first) } else { (first, second) };
    Symbol {
        content: decoded.content,
        corners: [upper_left, upper_right, lower_right, lower_left],
        version: fit.version,
        level: decoded.level,
        mask: decoded.mask,
        mirrored: decoded.mirrored,
        inverted: candidate.triple.corner.inverted,
        corrected: decoded.corrected,
    }
}
