//! The reader: a look at the picture as it is, and further looks at what can be made of it.

use crate::look::Look;
use crate::luma::{Luma, Plane};
use crate::symbol::Reading;
use crate::tone;

/// Pictures smaller than this are drawings or thumbnails: with modules of a pixel or so, they are read enlarged.
const SMALL_SIDE: usize = 256;
const ENLARGED: usize = 3;

/// Reads symbols from pictures. Keeps its memory from one to the next.
#[derive(Debug, Default)]
pub struct Reader {
    packed: Plane,
    changed: Plane,
    look: Look,
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
        let Self { packed, changed, look } = self;
        let full = picture.as_view().unwrap_or_else(|| {
            picture.pack_into(packed);
            packed.view()
        });
        let mut reading = look.at(full, keep_going);
        if reading.symbols.is_empty() && keep_going() && tone::is_overexposed(full) {
            tone::open(full, changed);
            reading.or(look.at(changed.view(), keep_going));
        }
        if reading.symbols.is_empty() && keep_going() && full.width.max(full.height) < SMALL_SIDE {
            changed.enlarge(full, ENLARGED);
            let mut enlarged = look.at(changed.view(), keep_going);
            enlarged.scale(1.0 / ENLARGED as f32);
            reading.or(enlarged);
        }
        reading
    }
}
