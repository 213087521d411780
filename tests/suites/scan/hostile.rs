//! Pictures that hold no code, and would like to be one, or to be expensive, or to be nothing at all.

use countersign_core::scan::{FrameError, Geometry, Hint};
use countersign_tests::adversarial;

use super::canvas::Canvas;
use super::*;

#[test]
fn a_picture_without_pixels_is_a_typed_error() {
    let error = Frame::new(&[], Geometry::packed(0, 0)).unwrap_err();
    assert_eq!(error, FrameError::Empty { width: 0, height: 0 });
}

#[test]
fn a_declared_size_without_its_bytes_is_a_typed_error() {
    let error = Frame::new(&[0; 64], Geometry::packed(20_000, 20_000)).unwrap_err();
    assert_eq!(error, FrameError::TooShort { needed: 400_000_000, got: 64 });
}

#[test]
fn pictures_smaller_than_a_code_hold_nothing() {
    for (width, height) in (1..=24).flat_map(|side| [(side, side), (side, 1), (1, side), (side, 500)]) {
        let canvas = Canvas::blank(width, height).noisy(200, width);
        let hint = read(&canvas.frame()).unwrap_err();
        if width == 1 {
            assert_eq!(hint, Hint::NothingLikeACode, "{width} × {height}");
        }
    }
}

#[test]
fn nothing_is_read_where_everything_looks_like_a_code() {
    for picture in adversarial::pictures(640, 480) {
        let frame = Frame::new(&picture.pixels, Geometry::packed(picture.width, picture.height)).unwrap();
        if let Ok(symbols) = read(&frame) {
            panic!("{}: {symbols:?}", picture.name);
        }
    }
}
