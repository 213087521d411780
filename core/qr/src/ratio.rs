//! Five runs of 1 : 1 : 3 : 1 : 1, the mark of a finder pattern in a row.
//!
//! Foliage and cloth have tens of thousands of runs in a frame, and a processor guesses badly which of them come close. So
//! all conditions are put to all places of a row without a branch, in whole numbers: several places at once where it
//! has the instructions, and only what passes is looked at singly.

use crate::runs::Line;

/// Five runs that may cross a finder pattern.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Hit {
    /// Columns where the runs begin, and where the last ends.
    pub(crate) edges: [i32; 6],
    /// Light on dark.
    pub(crate) inverted: bool,
    /// The middle of the third run.
    pub(crate) middle: f32,
    /// Pixels of a module.
    pub(crate) module: f32,
}

/// Marks of a place: its five runs fit, or its inner three do and one of the outer two goes on into the ground.
const WHOLE: u8 = 1;
const OPEN: u8 = 2;
/// Places looked at together.
const PLACES: usize = 8;

impl Line {
    /// Where five runs of modules of this size fit, in the order of columns.
    pub(crate) fn hits(&mut self, least: f32, most: f32) -> impl Iterator<Item = Hit> {
        let most = most.min(self.edges().last().map_or(0.0, |&width| width as f32));
        let (least, most) = (
            [7.0, 5.0].map(|runs| (runs * least).ceil() as i32),
            [7.0, 5.0].map(|runs| (runs * most) as i32),
        );
        let mut marks = std::mem::take(&mut self.marks);
        mark_all(self.edges(), least, most, &mut marks);
        self.marks = marks;
        let line = &*self;
        let groups =
            line.marks.chunks(PLACES).enumerate().filter(|(_, group)| group.iter().any(|&mark| mark != 0));
        let places = groups.flat_map(|(number, group)| (number * PLACES..).zip(group));
        places.filter_map(|(place, &mark)| {
            let edges = line.edges().get(place..place + 6)?.try_into().ok()?;
            hit(edges, mark, place % 2 == 0)
        })
    }
}

/// Slices of one length and no early end: this is what lets several places be looked at together.
fn mark_all(edges: &[i32], least: [i32; 2], most: [i32; 2], marks: &mut Vec<u8>) {
    let count = edges.len().saturating_sub(5);
    marks.clear();
    marks.resize(count, 0);
    let [e0, e1, e2, e3, e4, e5] = [0, 1, 2, 3, 4, 5].map(|i| edges.get(i..i + count).unwrap_or(&[]));
    let places = marks.iter_mut().zip(e0).zip(e1).zip(e2).zip(e3).zip(e4).zip(e5);
    for ((((((place, e0), e1), e2), e3), e4), e5) in places {
        *place = mark([*e0, *e1, *e2, *e3, *e4, *e5], least, most);
    }
}

fn hit(edges: [i32; 6], mark: u8, inverted: bool) -> Option<Hit> {
    let [e0, e1, e2, e3, e4, e5] = edges;
    let module = if mark & WHOLE != 0 {
        (e5 - e0) as f32 / 7.0
    } else if mark & OPEN != 0 && inverted {
        (e4 - e1) as f32 / 5.0
    } else {
        return None;
    };
    Some(Hit { edges, inverted, middle: (e2 + e3) as f32 / 2.0, module })
}

/// Whether runs fit as a whole, or without one of the outer two: no quiet zone at all. `least` and `most` are the
/// pixels of seven and of five modules.
#[allow(
    clippy::needless_bitwise_bool,
    reason = "a condition that is put to several places at once has no early end"
)]
fn mark([e0, e1, e2, e3, e4, e5]: [i32; 6], least: [i32; 2], most: [i32; 2]) -> u8 {
    let [first, second, centre, fourth, fifth] = [e1 - e0, e2 - e1, e3 - e2, e4 - e3, e5 - e4];
    // In 28ths of a pixel, seven modules being `whole`: a run may be off by 0.75 modules, and by a pixel for the raster.
    let whole = e5 - e0;
    let tolerance = 3 * whole + 28;
    let near = |runs: i32, modules: i32| (28 * runs - 4 * modules * whole).abs() < tolerance;
    let fits = (whole >= least[0])
        & (whole <= most[0])
        & (first > 0)
        & (fifth > 0)
        & near(first + second, 2)
        & near(second + centre, 4)
        & near(centre + fourth, 4)
        & near(fourth + fifth, 2)
        & near(centre, 3);
    // In hundredths, five modules being `inner`: 0.45 modules and 0.7 pixels, since the outer runs are of no help.
    let inner = e4 - e1;
    let tolerance = 9 * inner + 70;
    let near = |run: i32, modules: i32| (100 * run - 20 * modules * inner).abs() < tolerance;
    let (shorter, longer) = (first.min(fifth), first.max(fifth));
    // The shorter one is 0.5 to 1.8 modules, the longer one more.
    let fits_inside = (inner >= least[1])
        & (inner <= most[1])
        & (10 * shorter > inner)
        & (25 * shorter < 9 * inner)
        & (25 * longer > 9 * inner)
        & near(second, 1)
        & near(centre, 3)
        & near(fourth, 1);
    // The middle run is longer than its neighbours, and about as long as they are together.
    let ring = second + fourth;
    let is_likely = (second < centre) & (fourth < centre) & (ring < centre + 3) & (centre < 3 * ring + 2);
    ((u8::from(fits) * WHOLE) | (u8::from(fits_inside) * OPEN)) * u8::from(is_likely)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What five runs are marked as, looked for with modules of 1.2 to 8.5 pixels.
    fn marked(runs: [i32; 5]) -> u8 {
        let mut edges = vec![0];
        edges.extend(runs.iter().scan(0, |end, run| {
            *end += run;
            Some(*end)
        }));
        let mut marks = Vec::new();
        mark_all(&edges, [9, 6], [59, 42], &mut marks);
        assert_eq!(marks.len(), 1);
        marks[0]
    }

    #[test]
    fn the_pattern_is_marked_at_every_size_and_a_pixel_off() {
        for module in 2..=8 {
            assert_eq!(marked([1, 1, 3, 1, 1].map(|run| run * module)) & WHOLE, WHOLE, "{module} pixels");
            let widened = [module + 1, module - 1, 3 * module + 1, module - 1, module + 1];
            assert_eq!(marked(widened) & WHOLE, WHOLE, "{module} pixels, widened");
        }
        assert_eq!(marked([9, 9, 27, 9, 9]), 0, "larger than looked for");
        assert_eq!(marked([1, 1, 3, 1, 1]), 0, "smaller than looked for");
    }

    #[test]
    fn one_outer_run_may_go_on_and_not_both() {
        assert_eq!(marked([4, 4, 12, 4, 90]), OPEN);
        assert_eq!(marked([90, 4, 12, 4, 4]), OPEN);
        assert_eq!(marked([90, 4, 12, 4, 90]), 0);
    }

    #[test]
    fn other_ratios_are_not_marked() {
        for runs in
            [[4, 4, 4, 4, 4], [4, 12, 4, 12, 4], [4, 4, 30, 4, 4], [1, 8, 12, 8, 1], [12, 4, 12, 4, 12]]
        {
            assert_eq!(marked(runs), 0, "{runs:?}");
        }
    }
}
