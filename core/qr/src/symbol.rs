//! What the reader hands back.

use crate::geometry::Point;
use crate::segments::Content;
use crate::version::{EcLevel, Version};

/// A symbol that was read.
#[derive(Debug, PartialEq)]
pub struct Symbol {
    /// What it holds.
    pub content: Content,
    /// Its corners in pixels of the picture: upper left, upper right, lower right, lower left as it was designed,
    /// whichever way it is turned in the picture or mirrored.
    pub corners: [Point; 4],
    /// Its version.
    pub version: Version,
    /// Its error-correction level.
    pub level: EcLevel,
    /// Its mask pattern, 0 to 7.
    pub mask: u8,
    /// Seen from behind.
    pub mirrored: bool,
    /// Light on dark.
    pub inverted: bool,
    /// Codewords that error correction restored.
    pub corrected: usize,
}

impl Symbol {
    /// Whether a point of the picture lies within it.
    pub(crate) fn covers(&self, point: Point) -> bool {
        let turns = [0, 1, 2, 3].map(|from| {
            let (start, end) = (self.corners[from], self.corners[(from + 1) % 4]);
            (end - start).cross(point - start) > 0.0
        });
        turns.iter().all(|&turn| turn == turns[0])
    }
}

/// What one picture gave.
#[derive(Debug, Default, PartialEq)]
pub struct Reading {
    /// The symbols that were read, in the order in which they were found.
    pub symbols: Vec<Symbol>,
    /// A symbol was read, or three finder patterns with clear timing patterns between them were seen.
    pub resembles_a_symbol: bool,
}

impl Reading {
    /// Adds what another look at the same picture gave.
    pub(crate) fn or(&mut self, other: Self) {
        self.symbols.extend(other.symbols);
        self.resembles_a_symbol |= other.resembles_a_symbol;
    }

    /// Places everything in a picture of another size.
    pub(crate) fn scale(&mut self, factor: f32) {
        for symbol in &mut self.symbols {
            symbol.corners = symbol.corners.map(|corner| corner * factor);
        }
    }
}
