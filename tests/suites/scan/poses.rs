//! Codes in every pose a camera meets: turned, mirrored, inverted, cut close, two at once, grainy.

use countersign_core::scan::{Geometry, Hint, Rotation};

use super::canvas::{Canvas, code};
use super::*;

const TEXT: &str = "otpauth://totp/Example:ana?secret=JBSWY3DPEHPK3PXP&issuer=Example";
const OTHER: &str = "otpauth://totp/Example:ben?secret=GEZDGNBVGY3TQOJQ&issuer=Example";

fn assert_read(canvas: &Canvas, what: &str) {
    assert_eq!(texts(&canvas.frame()), [TEXT], "{what}");
}

#[test]
fn a_code_is_read_in_every_quarter_turn_mirrored_or_not_dark_or_light() {
    let mut canvas = Canvas::of(&code(TEXT), 4, 4);
    for turn in 0..4 {
        assert_read(&canvas, &format!("{turn} turns"));
        assert_read(&canvas.mirrored(), &format!("{turn} turns, mirrored"));
        assert_read(&canvas.clone().inverted(), &format!("{turn} turns, inverted"));
        assert_read(&canvas.mirrored().inverted(), &format!("{turn} turns, mirrored, inverted"));
        canvas = canvas.turned();
    }
}

#[test]
fn corners_follow_the_code_as_it_turns() {
    let code = code(TEXT);
    let (near, far) = (16.0, f32::from(u8::try_from(canvas::side(&code) * 4 + 16).unwrap()));
    let mut expected = [(near, near), (far, near), (far, far), (near, far)];
    let mut canvas = Canvas::of(&code, 4, 4);
    for turn in 0..4 {
        let symbols = read(&canvas.frame()).unwrap();
        for (corner, (x, y)) in symbols[0].corners().iter().zip(expected) {
            let off = (corner.x - x).hypot(corner.y - y);
            assert!(off < 4.0, "{turn} turns: {corner:?} is {off} pixels from ({x}, {y})");
        }
        canvas = canvas.turned();
        // Clockwise, each corner of the code goes to the next corner of the picture.
        expected.rotate_left(1);
    }
}

#[test]
fn a_code_in_each_corner_of_the_picture_needs_no_quiet_zone_there() {
    let code = code(TEXT);
    let side = canvas::side(&code) * 4;
    for (left, top) in [(0, 0), (320 - side, 0), (0, 240 - side), (320 - side, 240 - side)] {
        let mut canvas = Canvas::blank(320, 240);
        canvas.draw(&code, left, top, 4);
        assert_read(&canvas, &format!("at {left}, {top}"));
    }
}

#[test]
fn two_codes_are_read_in_the_order_in_which_a_person_sees_them() {
    let mut canvas = Canvas::blank(400, 200);
    canvas.draw(&code(TEXT), 20, 20, 4);
    canvas.draw(&code(OTHER), 220, 24, 4);
    assert_eq!(texts(&canvas.frame()), [TEXT, OTHER]);

    // The camera lies on its side: the plane is turned back, and its rotation says by how much.
    let upside_down = canvas.turned().turned();
    assert_eq!(texts(&upside_down.frame()), [OTHER, TEXT]);
    let geometry = Geometry { rotation: Rotation::Half, ..upside_down.frame().geometry() };
    assert_eq!(texts(&Frame::new(&upside_down.pixels, geometry).unwrap()), [TEXT, OTHER]);
}

#[test]
fn the_same_code_twice_is_two_symbols() {
    let mut canvas = Canvas::blank(400, 200);
    canvas.draw(&code(TEXT), 20, 20, 4);
    canvas.draw(&code(TEXT), 220, 20, 4);
    assert_eq!(texts(&canvas.frame()), [TEXT, TEXT]);
}

#[test]
fn codes_of_any_two_sizes_are_both_read() {
    for (large, small) in [(10, 3), (12, 5), (8, 2), (5, 2), (4, 3)] {
        let mut canvas = Canvas::blank(900, 500);
        canvas.draw(&code(TEXT), 40, 40, large);
        canvas.draw(&code(OTHER), 640, 200, small);
        assert_eq!(texts(&canvas.frame()), [TEXT, OTHER], "{large} and {small} pixels a module");
    }
}

#[test]
fn all_codes_of_a_sheet_are_read() {
    let code = code("https://example.com/");
    let mut canvas = Canvas::blank(1000, 1000);
    for place in 0..64 {
        canvas.draw(&code, 20 + place % 8 * 120, 20 + place / 8 * 120, 3);
    }
    assert_eq!(read(&canvas.frame()).unwrap().len(), 64);
}

#[test]
fn grain_and_low_contrast_are_read_through() {
    let canvas = Canvas::of(&code(TEXT), 4, 4);
    for strength in [20, 60, 90] {
        assert_read(&canvas.clone().noisy(strength, 1), &format!("grain of {strength}"));
    }
    let mut pale = canvas;
    pale.pixels.iter_mut().for_each(|pixel| *pixel = 100 + *pixel / 8);
    assert_read(&pale.clone(), "an eighth of the contrast");
    assert_read(&pale.noisy(4, 2), "an eighth of the contrast, with grain");
}

#[test]
fn modules_of_every_size_are_read() {
    for module in [2, 3, 5, 8, 13, 30] {
        assert_read(&Canvas::of(&code(TEXT), module, 4), &format!("{module} pixels a module"));
    }
}

#[test]
fn versions_from_the_smallest_to_the_largest_are_read() {
    for length in [10, 60, 150, 400, 900, 1500, 2300] {
        let text: String =
            (0..length).map(|i| char::from(b'a' + u8::try_from(i * i % 23).unwrap())).collect();
        let canvas = Canvas::of(&code(&text), 4, 4);
        assert_eq!(texts(&canvas.frame()), [text], "{length} characters");
    }
}

#[test]
fn a_hint_tells_an_empty_page_from_a_damaged_code() {
    assert_eq!(read(&Canvas::blank(300, 200).frame()).unwrap_err(), Hint::NothingLikeACode);
    // All of the data is smeared; the three corner marks stand.
    let mut damaged = Canvas::of(&code(TEXT), 6, 4);
    let low = damaged.width * 2 / 5;
    for y in low..damaged.height {
        for x in low..damaged.width {
            damaged.pixels[(y * damaged.width + x) as usize] = canvas::INK;
        }
    }
    assert_eq!(read(&damaged.frame()).unwrap_err(), Hint::LikeACodeButUnreadable);
}
