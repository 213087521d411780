//! What the frames of a stream say together.
//!
//! Noise, a shake and the raster fall differently in every frame, and what a frame's modules say against the symbol
//! falls with them. So where a symbol was seen and not read, the margins of its modules are kept and those of the next
//! frames added: a vote over frames. Error correction then proves the sum as it proves a single frame.

use zeroize::Zeroizing;

use crate::decode::{self, Decoded, Effort};
use crate::fit::Fit;
use crate::geometry::Point;
use crate::modules::{Layout, Modules};
use crate::version::Version;

/// Places that are voted on at a time.
const PLACES: usize = 2;
/// What a place keeps of earlier frames when the next is added: half in eight frames.
const KEPT: f32 = 0.92;
/// A module counts at most so much in one frame, or a reflection would outvote all others.
const LIMIT: f32 = 1.0;
/// A symbol is the same one within this share of its side.
const DRIFT: f32 = 0.5;
/// Largest ratio of its sides in two frames.
const MAX_RATIO: f32 = 1.3;

/// The votes of a stream.
#[derive(Debug, Default)]
pub(crate) struct Votes {
    places: Vec<Place>,
    frame: usize,
}

/// A symbol that was seen and not read.
#[derive(Debug)]
struct Place {
    version: Version,
    inverted: bool,
    centre: Point,
    side: f32,
    /// As secret as the symbol.
    margins: Zeroizing<Vec<f32>>,
    /// The frame that was added last.
    frame: usize,
}

impl Votes {
    /// Begins the next frame.
    pub(crate) fn next_frame(&mut self) {
        self.frame += 1;
    }

    /// Forgets everything.
    pub(crate) fn clear(&mut self) {
        self.places.clear();
    }

    /// Adds a symbol that could not be read in this frame: what all frames together say, if that can be read.
    /// `factor` takes the fit's pixels to those of the frame.
    pub(crate) fn add(
        &mut self,
        fit: &Fit,
        factor: f32,
        inverted: bool,
        modules: &Modules,
    ) -> Option<Decoded> {
        let frame = self.frame;
        let corners = fit.grid.corners(fit.version.size() as f32).map(|corner| corner * factor);
        let centre = (corners[0] + corners[2]) * 0.5;
        let side = (corners[2] - corners[0]).length();
        let is_same = |place: &Place| {
            place.version == fit.version
                && place.inverted == inverted
                && (place.centre - centre).length() < DRIFT * side
                && side.max(place.side) < MAX_RATIO * side.min(place.side)
        };
        let margins = modules.margins().iter().map(|margin| margin.clamp(-LIMIT, LIMIT));
        let Some(place) = self.places.iter_mut().find(|place| is_same(place)) else {
            let margins = Zeroizing::new(margins.collect());
            let new = Place { version: fit.version, inverted, centre, side, margins, frame };
            if self.places.len() == PLACES {
                let oldest = self.places.iter().enumerate().min_by_key(|(_, place)| place.frame)?.0;
                self.places.remove(oldest);
            }
            self.places.push(new);
            return None;
        };
        if place.frame == frame {
            return None;
        }
        for (sum, margin) in place.margins.iter_mut().zip(margins) {
            *sum = *sum * KEPT + margin;
        }
        (place.centre, place.side, place.frame) = (centre, side, frame);
        let sum = Modules::new(place.version, place.margins.to_vec());
        decode::decode(&sum, &Layout::new(place.version), Effort::Erasures)
    }
}
