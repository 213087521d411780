//! One picture in several sizes, each half the one before.
//!
//! A symbol that fills the picture and one in its corner differ by a factor of thirty in size. Looked for in the
//! size at which its modules are a few pixels, each costs the same; noise and the raster of a display vanish on the
//! way down; and the block means that thresholds need are there for nothing.

use crate::luma::{Plane, View};
use crate::threshold::{BLOCK_HALVINGS, Thresholds};

/// Planes smaller than this on a side hold no symbol that a larger plane would not show.
const MIN_SIDE: usize = 40;
/// Sizes that are searched: from single pixels to symbols that fill a picture of twelve million.
const MAX_LEVELS: usize = 5;

/// The sizes of one picture. Keeps its memory from one to the next.
#[derive(Debug, Default)]
pub(crate) struct Pyramid {
    halves: Vec<Plane>,
    thresholds: Vec<Thresholds>,
    levels: usize,
}

impl Pyramid {
    /// Becomes the pyramid of `full`; thresholds follow when they are asked for.
    pub(crate) fn build(&mut self, full: View<'_>) {
        let side = full.width.min(full.height);
        self.levels = 1 + (1..MAX_LEVELS).take_while(|level| side >> level >= MIN_SIDE).count();
        let count = self.levels + BLOCK_HALVINGS;
        self.halves.resize_with(count.max(self.halves.len()), Plane::default);
        self.thresholds.resize_with(MAX_LEVELS, Thresholds::default);
        self.halves[0].halve(full);
        for i in 1..count {
            let (larger, smaller) = self.halves.split_at_mut(i);
            smaller[0].halve(larger[i - 1].view());
        }
    }

    /// Sizes that are worth searching; 0 is the picture itself.
    pub(crate) fn levels(&self) -> usize {
        self.levels
    }

    /// The picture halved `level` times; `full` is the picture.
    pub(crate) fn view<'a>(&'a self, full: View<'a>, level: usize) -> View<'a> {
        if level == 0 { full } else { self.halves[level - 1].view() }
    }

    /// Measures the thresholds of a level.
    pub(crate) fn measure(&mut self, level: usize) {
        self.thresholds[level].measure(self.halves[level + BLOCK_HALVINGS - 1].view());
    }

    /// The thresholds of a level that was measured.
    pub(crate) fn thresholds(&self, level: usize) -> &Thresholds {
        &self.thresholds[level]
    }
}
