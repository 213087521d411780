//! Drawn symbols of an independent encoder (`qrcodegen`), turned, tilted, bent, blurred, and read again.

use std::cell::Cell;

use proptest::prelude::*;
use qrcodegen::{QrCode, QrCodeEcc, QrSegment};

use crate::{Luma, Reader, Reading};

const TEXT: &str = "otpauth://totp/Example:ana@example.com?secret=JBSWY3DPEHPK3PXP&issuer=Example";
const LIGHT: u8 = 220;
const DARK: u8 = 30;
/// Points a pixel is drawn from, a side.
const SAMPLES: usize = 3;

#[derive(Clone)]
struct Picture {
    bytes: Vec<u8>,
    width: usize,
    height: usize,
}

impl Picture {
    fn plain(width: usize, height: usize, value: u8) -> Self {
        Self { bytes: vec![value; width * height], width, height }
    }

    fn of(width: usize, height: usize, value: impl Fn(usize, usize) -> u8) -> Self {
        let bytes = (0..width * height).map(|i| value(i % width, i / width)).collect();
        Self { bytes, width, height }
    }

    fn luma(&self) -> Luma<'_> {
        Luma::new(&self.bytes, self.width, self.height).unwrap()
    }

    fn read(&self) -> Reading {
        Reader::new().read(self.luma(), &|| true)
    }

    /// Mean of a square of pixels around each.
    fn blurred(&self, radius: usize) -> Self {
        Self::of(self.width, self.height, |x, y| {
            let columns = x.saturating_sub(radius)..(x + radius + 1).min(self.width);
            let rows = y.saturating_sub(radius)..(y + radius + 1).min(self.height);
            let count = columns.len() * rows.len();
            let pixels = rows.flat_map(|row| columns.clone().map(move |column| (column, row)));
            let sum: usize =
                pixels.map(|(column, row)| usize::from(self.bytes[row * self.width + column])).sum();
            u8::try_from(sum / count).unwrap()
        })
    }
}

fn code(version: u8, level: QrCodeEcc) -> QrCode {
    let version = qrcodegen::Version::new(version);
    let segments = [QrSegment::make_bytes(TEXT.as_bytes())];
    QrCode::encode_segments_advanced(&segments, level, version, version, None, false).unwrap()
}

/// Draws a symbol; `place` says which point of it, in modules, a point of the picture shows.
fn draw(code: &QrCode, width: usize, height: usize, place: impl Fn(f64, f64) -> (f64, f64)) -> Picture {
    Picture::of(width, height, |x, y| {
        let mut sum = 0;
        for i in 0..SAMPLES * SAMPLES {
            let part = |i: usize| (i as f64 + 0.5) / SAMPLES as f64;
            let (u, v) = place(x as f64 + part(i % SAMPLES), y as f64 + part(i / SAMPLES));
            let dark = code.get_module(u.floor() as i32, v.floor() as i32);
            sum += usize::from(if dark { DARK } else { LIGHT });
        }
        u8::try_from(sum / (SAMPLES * SAMPLES)).unwrap()
    })
}

/// Upright, with a quiet zone of so many modules.
fn upright(code: &QrCode, module: f64, quiet: f64) -> Picture {
    let side = (f64::from(code.size()) + 2.0 * quiet).mul_add(module, 0.5) as usize;
    draw(code, side, side, |x, y| (x / module - quiet, y / module - quiet))
}

fn assert_reads(reading: &Reading) {
    let texts: Vec<_> = reading.symbols.iter().map(|symbol| symbol.content.bytes()).collect();
    assert!(reading.resembles_a_symbol);
    assert_eq!(texts.len(), 1);
    assert!(*texts[0] == TEXT.as_bytes());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn a_symbol_is_read_at_any_angle_size_and_place(
        angle in 0.0..std::f64::consts::TAU,
        module in 2.0_f64..9.0,
        (right, down) in (-0.5_f64..0.5, -0.5_f64..0.5),
    ) {
        let code = code(6, QrCodeEcc::Medium);
        let (sine, cosine) = angle.sin_cos();
        let half = f64::from(code.size()) / 2.0;
        let picture = draw(&code, 640, 640, |x, y| {
            let (x, y) = (x - 320.0 - right, y - 320.0 - down);
            ((x * cosine + y * sine) / module + half, (y * cosine - x * sine) / module + half)
        });
        assert_reads(&picture.read());
    }

    #[test]
    fn a_tilted_symbol_is_read_and_its_corners_are_told(
        across in -0.0012_f64..0.0012,
        down in -0.0012_f64..0.0012,
    ) {
        let code = code(8, QrCodeEcc::Low);
        let size = f64::from(code.size());
        let place = |x: f64, y: f64| {
            let (x, y) = (x - 300.0, y - 300.0);
            let depth = 1.0 + across * x + down * y;
            (x / depth / 6.0 + size / 2.0, y / depth / 6.0 + size / 2.0)
        };
        let reading = draw(&code, 600, 600, place).read();
        assert_reads(&reading);
        let expected = [(0.0, 0.0), (size, 0.0), (size, size), (0.0, size)];
        for (corner, (u, v)) in reading.symbols[0].corners.iter().zip(expected) {
            let (x, y) = place(f64::from(corner.x), f64::from(corner.y));
            prop_assert!((x - u).abs() < 0.6 && (y - v).abs() < 0.6, "{x} {y} for {u} {v}");
        }
    }

    #[test]
    fn strides_make_no_difference(row_padding in 0_usize..40, pixel_stride in 1_usize..4) {
        let picture = upright(&code(5, QrCodeEcc::Low), 4.0, 4.0);
        let row_stride = picture.width * pixel_stride + row_padding;
        let mut bytes = vec![77; row_stride * picture.height];
        for (i, &pixel) in picture.bytes.iter().enumerate() {
            bytes[i / picture.width * row_stride + i % picture.width * pixel_stride] = pixel;
        }
        let luma = Luma::with_strides(&bytes, picture.width, picture.height, row_stride, pixel_stride).unwrap();
        prop_assert!(Reader::new().read(luma, &|| true) == picture.read());
    }

    #[test]
    fn random_planes_hold_nothing(width in 1_usize..200, height in 1_usize..200, seed: u32, spread in 1_u32..256) {
        let mut state = seed | 1;
        let mut next = || {
            state ^= state << 13;
            state ^= state >> 17;
            state ^= state << 5;
            u8::try_from(state % spread).unwrap()
        };
        let bytes: Vec<u8> = (0..width * height).map(|_| next()).collect();
        let picture = Picture { bytes, width, height };
        prop_assert!(picture.read().symbols.is_empty());
    }
}

#[test]
fn light_on_dark_is_read_and_said_to_be_so() {
    let mut picture = upright(&code(5, QrCodeEcc::Low), 3.0, 4.0);
    picture.bytes.iter_mut().for_each(|pixel| *pixel = 255 - *pixel);
    let reading = picture.read();
    assert_reads(&reading);
    assert!(reading.symbols[0].inverted);
}

#[test]
fn a_symbol_in_a_mirror_is_read_and_said_to_be_so() {
    let picture = upright(&code(5, QrCodeEcc::Low), 3.0, 4.0);
    let width = picture.width;
    let reading = Picture::of(width, width, |x, y| picture.bytes[y * width + width - 1 - x]).read();
    assert_reads(&reading);
    assert!(reading.symbols[0].mirrored);
    let [upper_left, upper_right, ..] = reading.symbols[0].corners;
    assert!(upper_left.x > upper_right.x);
}

#[test]
fn a_quiet_zone_of_one_module_is_enough() {
    assert_reads(&upright(&code(5, QrCodeEcc::Low), 4.0, 1.0).read());
}

#[test]
fn a_bent_symbol_is_read() {
    let code = code(7, QrCodeEcc::Medium);
    let bend = |along: f64| 1.2 * (along / 45.0 * std::f64::consts::PI).sin();
    let picture = draw(&code, 320, 320, |x, y| {
        let (u, v) = (x / 6.0 - 4.0, y / 6.0 - 4.0);
        (u + bend(v), v + bend(u))
    });
    assert_reads(&picture.read());
}

#[test]
fn a_symbol_blurred_over_more_than_a_module_is_read() {
    let small = upright(&code(6, QrCodeEcc::Medium), 5.0, 8.0);
    let picture = small.blurred(2).blurred(2);
    assert_reads(&picture.read());
}

#[test]
fn several_symbols_in_one_picture_are_all_read() {
    let symbol = upright(&code(5, QrCodeEcc::Low), 4.0, 4.0);
    let side = symbol.width;
    let reading = Picture::of(2 * side, 2 * side, |x, y| symbol.bytes[y % side * side + x % side]).read();
    assert_eq!(reading.symbols.len(), 4);
}

/// A symbol in whose data so many of a hundred modules are anything, others in each frame.
fn torn(frame: u32, share: u32) -> Picture {
    let code = code(5, QrCodeEcc::Low);
    let mut random = frame.wrapping_mul(0x9e37_79b9) | 1;
    let mut next = || {
        random ^= random << 13;
        random ^= random >> 17;
        random ^= random << 5;
        random
    };
    let size = code.size();
    let hidden: Vec<Option<bool>> =
        (0..size * size).map(|_| (next() % 100 < share).then(|| next() % 2 == 0)).collect();
    let side = (size as usize + 8) * 4;
    Picture::of(side, side, |x, y| {
        let [column, row] = [x, y].map(|pixel| (pixel / 4) as i32 - 4);
        let is_data = (9..size - 9).contains(&column) && (9..size - 9).contains(&row);
        let hidden = if is_data { hidden[(row * size + column) as usize] } else { None };
        if hidden.unwrap_or_else(|| code.get_module(column, row)) { DARK } else { LIGHT }
    })
}

#[test]
fn what_no_frame_shows_whole_is_read_from_several() {
    let frames: Vec<Picture> = (1..=12).map(|frame| torn(frame, 30)).collect();
    for frame in &frames {
        assert!(frame.read().symbols.is_empty());
    }
    let mut reader = Reader::new();
    let follow = |frame: &Picture| reader.follow(frame.luma(), &|| true);
    let first = frames.iter().map(follow).position(|reading| {
        reading.symbols.iter().for_each(|symbol| assert!(*symbol.content.bytes() == *TEXT.as_bytes()));
        !reading.symbols.is_empty()
    });
    assert!(first.is_some_and(|frame| frame > 0), "{first:?}");
}

#[test]
fn a_still_picture_says_nothing_about_the_next_one() {
    let mut reader = Reader::new();
    for frame in 1..=12 {
        assert!(reader.read(torn(frame, 30).luma(), &|| true).symbols.is_empty());
    }
    for frame in 1..=12 {
        reader.forget();
        assert!(reader.follow(torn(frame, 30).luma(), &|| true).symbols.is_empty());
    }
}

#[test]
fn work_ends_soon_after_the_caller_says_so() {
    let symbol = upright(&code(5, QrCodeEcc::Low), 3.0, 4.0);
    let side = symbol.width;
    // A part of a symbol over and over: finder patterns in great number, and nothing to read.
    let pictures = [
        Picture::of(1200, 900, |x, y| symbol.bytes[y % (side / 2) * side + x % (side / 2)]),
        Picture::of(1200, 900, |x, y| if (x / 3 + y / 3) % 2 == 0 { DARK } else { LIGHT }),
        Picture::of(1200, 900, |x, y| {
            let ring = (x % 28).abs_diff(14).max((y % 28).abs_diff(14)) / 2;
            if matches!(ring, 0 | 1 | 2 | 5) { DARK } else { LIGHT }
        }),
    ];
    for picture in pictures {
        for allowed in [0, 1, 5, 20, 80] {
            let (asked, late) = (Cell::new(0), Cell::new(0));
            let keep_going = || {
                asked.set(asked.get() + 1);
                late.set(late.get() + u32::from(asked.get() > allowed));
                asked.get() <= allowed
            };
            assert!(Reader::new().read(picture.luma(), &keep_going).symbols.is_empty());
            assert!(late.get() <= 8, "asked {} times after the end", late.get());
        }
    }
}

#[test]
fn pictures_of_one_value_hold_nothing() {
    for (width, height) in [(1, 1), (1, 500), (500, 1), (7, 7), (64, 64), (641, 479)] {
        for value in [0, 128, 255] {
            assert_eq!(Picture::plain(width, height, value).read(), Reading::default());
        }
    }
}

#[test]
fn rows_of_single_pixels_hold_nothing_whichever_the_last_one_is() {
    for (width, first) in (1..70).flat_map(|width| [(width, 0), (width, 1)]) {
        let stripes = Picture::of(width, 12, |x, _| if (x + first) % 2 == 0 { DARK } else { LIGHT });
        assert_eq!(stripes.read().symbols.len(), 0, "{width} columns");
    }
}

#[test]
fn geometry_that_no_plane_has_is_refused() {
    let bytes = [0; 20];
    assert!(Luma::new(&bytes, 0, 4).is_err());
    assert!(Luma::new(&bytes, 4, 6).is_err());
    assert!(Luma::with_strides(&bytes, 5, 2, 4, 1).is_err());
    assert!(Luma::with_strides(&bytes, 2, 2, usize::MAX, 1).is_err());
    assert!(Luma::with_strides(&bytes, 4, 3, 8, 1).is_ok());
}

#[test]
fn every_version_level_and_mask_is_read_from_a_picture() {
    for number in 1..=40_u8 {
        let version = qrcodegen::Version::new(number);
        let level =
            [QrCodeEcc::Low, QrCodeEcc::Medium, QrCodeEcc::Quartile, QrCodeEcc::High][number as usize % 4];
        let mask = qrcodegen::Mask::new(number / 4 % 8);
        let segments = [QrSegment::make_alphanumeric("ANA"), QrSegment::make_numeric("042")];
        let code =
            QrCode::encode_segments_advanced(&segments, level, version, version, Some(mask), false).unwrap();
        let reading = upright(&code, 3.0, 4.0).read();
        let symbols: Vec<_> =
            reading.symbols.iter().map(|symbol| (symbol.version.number(), symbol.mask)).collect();
        assert_eq!(symbols, [(number, mask.value())]);
        assert!(*reading.symbols[0].content.bytes() == *b"ANA042", "version {number}");
    }
}
