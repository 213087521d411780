//! What makes a frame, and what does not. That its pixels are then read from the right places is shown in
//! `tests/suites/scan`, whatever reads them.

use super::*;

fn geometry() -> Geometry {
    Geometry::packed(4, 3)
}

#[test]
fn exactly_the_bytes_up_to_the_last_pixel_are_needed() {
    let padded = Geometry { row_stride: 10, pixel_stride: 2, ..geometry() };
    let needed = 2 * 10 + 3 * 2 + 1;
    assert!(Frame::new(&vec![0; needed], padded).is_ok());
    assert_eq!(
        Frame::new(&vec![0; needed - 1], padded).unwrap_err(),
        FrameError::TooShort { needed: needed as u64, got: needed - 1 }
    );
}

#[test]
fn a_picture_without_pixels_is_refused() {
    for (width, height) in [(0, 0), (0, 3), (4, 0)] {
        let error = Frame::new(&[0; 100], Geometry::packed(width, height)).unwrap_err();
        assert_eq!(error, FrameError::Empty { width, height });
    }
}

#[test]
fn rows_that_overlap_are_refused() {
    let narrow = Geometry { row_stride: 3, ..geometry() };
    assert_eq!(
        Frame::new(&[0; 100], narrow).unwrap_err(),
        FrameError::Overlapping { row_stride: 3, needed: 4 }
    );
    let stuck = Geometry { pixel_stride: 0, ..geometry() };
    assert!(matches!(Frame::new(&[0; 100], stuck), Err(FrameError::Overlapping { .. })));
}

#[test]
fn the_largest_numbers_do_not_overflow() {
    let largest = Geometry {
        width: u32::MAX,
        height: u32::MAX,
        row_stride: u32::MAX,
        pixel_stride: 1,
        rotation: Rotation::None,
        crop: Some(Crop { left: u32::MAX, top: u32::MAX, width: u32::MAX, height: u32::MAX }),
    };
    assert!(
        matches!(Frame::new(&[0; 8], largest), Err(FrameError::TooShort { needed, .. }) if needed > 1 << 63)
    );
    let wide = Geometry { pixel_stride: u32::MAX, ..largest };
    assert!(matches!(Frame::new(&[0; 8], wide), Err(FrameError::Overlapping { .. })));
}

#[test]
fn a_crop_must_lie_inside() {
    let crops = [(0, 0, 5, 1), (0, 0, 1, 4), (4, 0, 1, 1), (0, 0, 0, 1), (1, 1, u32::MAX, 1)];
    for (left, top, width, height) in crops {
        let crop = Some(Crop { left, top, width, height });
        assert_eq!(
            Frame::new(&[0; 12], Geometry { crop, ..geometry() }).unwrap_err(),
            FrameError::CropOutside,
            "{crop:?}"
        );
    }
}

#[test]
fn a_turn_takes_the_corners_of_the_plane_to_those_of_the_upright_picture() {
    let top_left = Point { x: 0.0, y: 0.0 };
    for (rotation, expected) in [
        (Rotation::None, (0.0, 0.0)),
        (Rotation::Clockwise90, (3.0, 0.0)),
        (Rotation::Half, (4.0, 3.0)),
        (Rotation::Clockwise270, (0.0, 4.0)),
    ] {
        let frame = Frame::new(&[0; 12], Geometry { rotation, ..geometry() }).unwrap();
        assert_eq!(frame.upright(top_left), Point { x: expected.0, y: expected.1 }, "{rotation:?}");
    }
}

#[test]
fn a_frame_does_not_print_its_pixels() {
    let pixels = [77; 12];
    assert!(!format!("{:?}", Frame::new(&pixels, geometry()).unwrap()).contains("77"));
}
