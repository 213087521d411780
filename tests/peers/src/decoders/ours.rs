//! This project's reader, as its callers use it.

use std::time::Duration;

use countersign_core::ports::SystemClock;
use countersign_core::scan::{
    CAMERA_BUDGET, Frame, Geometry, Reader, Reading, STILL_BUDGET, Scanned, Session,
};

use crate::decoders::Payload;
use crate::picture::Picture;

thread_local! {
    /// One for all pictures, as a session has one for all frames: it keeps its memory.
    static READER: Reader = Reader::new(SystemClock::new());
}

/// A generated camera frame is given a camera's time; everything else is a picture that somebody chose.
pub(super) fn budget(kind: &str) -> Duration {
    if kind == "frame" { CAMERA_BUDGET } else { STILL_BUDGET }
}

pub(super) fn decode(picture: &Picture, budget: Duration) -> Vec<Payload> {
    // A frame it refuses (0 × 0) holds nothing for it.
    let Ok(frame) = Frame::new(&picture.luma, Geometry::packed(picture.width, picture.height)) else {
        return Vec::new();
    };
    match READER.with(|reader| reader.read(&frame, budget)) {
        Reading::Symbols(symbols) => symbols
            .iter()
            .map(|symbol| Payload { bytes: symbol.bytes().to_vec(), text: symbol.text().map(str::to_owned) })
            .collect(),
        Reading::Nothing(_) => Vec::new(),
    }
}

/// A session as an app has it while its camera is open.
pub(super) fn session() -> Session {
    Session::new(Reader::new(SystemClock::new()), CAMERA_BUDGET)
}

/// What the next frame adds to a session.
pub(super) fn feed(session: &mut Session, picture: &Picture) -> Vec<Payload> {
    let Ok(frame) = Frame::new(&picture.luma, Geometry::packed(picture.width, picture.height)) else {
        return Vec::new();
    };
    match session.feed(&frame) {
        Scanned::New(messages) => messages
            .iter()
            .map(|message| Payload {
                bytes: message.bytes().to_vec(),
                text: message.text().map(str::to_owned),
            })
            .collect(),
        Scanned::Part { .. } | Scanned::SeenBefore | Scanned::Nothing(_) => Vec::new(),
    }
}
