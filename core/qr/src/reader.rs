//! The reader: a look at the picture as it is, and further looks at what can be made of it.

use crate::look::Look;
use crate::luma::{Luma, Plane};
use crate::symbol::Reading;
use crate::tone;
use crate::votes::Votes;

/// Pictures smaller than this are drawings or thumbnails: with modules of a pixel or so, they are read enlarged.
const SMALL_SIDE: usize = 256;
const ENLARGED: usize = 3;

/// Reads symbols from pictures. Keeps its memory from one to the next.
#[derive(Debug, Default)]
pub struct Reader {
    packed: Plane,
    changed: Plane,
    look: Look,
    votes: Votes,
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
        self.look_at(picture, false, keep_going)
    }

    /// Reads all symbols of a picture that is the next of a stream: a symbol that no frame shows well enough is
    /// read from what several show together.
    ///
    /// What is carried over is small, is forgotten with the first read, and with [`Reader::forget`].
    pub fn follow(&mut self, picture: Luma<'_>, keep_going: &dyn Fn() -> bool) -> Reading {
        self.votes.next_frame();
        let reading = self.look_at(picture, true, keep_going);
        if !reading.symbols.is_empty() {
            self.forget();
        }
        reading
    }

    /// Forgets what earlier frames of a stream have shown.
    pub fn forget(&mut self) {
        self.votes.clear();
    }

    fn look_at(&mut self, picture: Luma<'_>, in_stream: bool, keep_going: &dyn Fn() -> bool) -> Reading {
        let Self { packed, changed, look, votes } = self;
        let full = picture.as_view().unwrap_or_else(|| {
            picture.pack_into(packed);
            packed.view()
        });
        let mut reading = look.at(full, in_stream.then_some(votes), keep_going);
        if reading.symbols.is_empty() && keep_going() && tone::is_overexposed(full) {
            tone::open(full, changed);
            reading.or(look.at(changed.view(), None, keep_going));
        }
        if reading.symbols.is_empty() && keep_going() && full.width.max(full.height) < SMALL_SIDE {
            changed.enlarge(full, ENLARGED);
            let mut enlarged = look.at(changed.view(), None, keep_going);
            enlarged.scale(1.0 / ENLARGED as f32);
            reading.or(enlarged);
        }
        reading
    }
}
