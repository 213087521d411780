//! Looks at one picture: from a file name to everything that was found in it.

use std::io::Read;

use countersign_core::enrol::{AccountPayload, Batches, Entry, Foreign, PayloadError};
use countersign_core::scan::{Frame, Geometry, Hint, Reader, Reading, STILL_BUDGET, Symbol};

use crate::content::Content;
use crate::picture::{Picture, PictureError, Source};
use crate::problem::Problem;

/// One picture and what came of it.
#[derive(Debug)]
pub(crate) struct Report {
    pub(crate) source: Source,
    pub(crate) outcome: Outcome,
}

/// What came of a picture.
#[derive(Debug)]
pub(crate) enum Outcome {
    /// QR codes, in reading order; at least one.
    Found(Vec<Find>),
    /// No QR code that could be read.
    Nothing(Hint),
    /// No picture that could be looked at.
    Unreadable(PictureError),
}

/// One QR code and what is in it.
#[derive(Debug)]
pub(crate) struct Find {
    pub(crate) symbol: Symbol,
    pub(crate) content: Content,
}

impl Report {
    /// Looks at a picture; `input` stands for standard input, and `exports` notes the parts of exports.
    pub(crate) fn on(source: Source, input: &mut dyn Read, reader: &Reader, exports: &mut Batches) -> Self {
        let outcome = match source.picture(input) {
            Ok(picture) => match symbols(&picture, reader) {
                Reading::Symbols(symbols) => {
                    Outcome::Found(symbols.into_iter().map(|symbol| find(symbol, exports)).collect())
                }
                Reading::Nothing(hint) if picture.is_whole() => Outcome::Nothing(hint),
                Reading::Nothing(_) => Outcome::Unreadable(PictureError::ENDS_TOO_SOON),
            },
            Err(error) => Outcome::Unreadable(error),
        };
        Self { source, outcome }
    }

    /// The accounts that were found.
    pub(crate) fn accounts(&self) -> Vec<&AccountPayload> {
        match &self.outcome {
            Outcome::Found(finds) => finds.iter().flat_map(|find| find.content.accounts()).collect(),
            Outcome::Nothing(_) | Outcome::Unreadable(_) => Vec::new(),
        }
    }
}

/// The symbols of the first plane that has any; else the most hopeful hint.
fn symbols(picture: &Picture, reader: &Reader) -> Reading {
    let mut hint = Hint::NothingLikeACode;
    for plane in picture.planes() {
        let geometry = Geometry::packed(plane.width(), plane.height());
        let frame = Frame::new(plane.as_raw(), geometry).expect("a decoded plane has all its pixels");
        match reader.read(&frame, STILL_BUDGET) {
            Reading::Nothing(Hint::NothingLikeACode) => {}
            Reading::Nothing(Hint::LikeACodeButUnreadable) => hint = Hint::LikeACodeButUnreadable,
            found @ Reading::Symbols(_) => return found,
        }
    }
    Reading::Nothing(hint)
}

fn find(symbol: Symbol, exports: &mut Batches) -> Find {
    let content = match (symbol.structured_append(), symbol.text()) {
        // The beginning of a link can look like a whole one, with half of its secret.
        (Some(part), _) if part.count > 1 => Content::Refused(Problem::from(part)),
        (_, Some(text)) => Content::read(text, Entry::Qr, exports),
        (_, None) => Content::Refused(Problem::from(&PayloadError::NotOtpauth(Foreign::Other))),
    };
    Find { symbol, content }
}
