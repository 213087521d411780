//! How long a frame takes to read: with a code in it, and without one, as most frames of a camera are.
#![allow(missing_docs, reason = "criterion's macros define public functions")]

use std::hint::black_box;

use countersign_core::ports::SystemClock;
use countersign_core::scan::{CAMERA_BUDGET, Frame, Geometry, Reader};
use criterion::{Criterion, criterion_group, criterion_main};
use qrcodegen::{QrCode, QrCodeEcc};

const TEXT: &str = "otpauth://totp/Example:ana?secret=JBSWY3DPEHPK3PXP&issuer=Example";

/// A lit desk: brightness falls off to one side, and the sensor adds grain.
fn desk(width: u32, height: u32) -> Vec<u8> {
    let shade = |x: u32, y: u32| 110 + 80 * x / width + (x * 7 + y * 13 + x * y % 11) % 6;
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| shade(x, y)));
    pixels.map(|shade| u8::try_from(shade).unwrap_or(u8::MAX)).collect()
}

/// Puts a code on the desk, its corner at a quarter of the width and height.
fn put(pixels: &mut [u8], width: u32, height: u32, module: u32) {
    let code = QrCode::encode_text(TEXT, QrCodeEcc::Medium).expect("a code holds a link");
    let side = (u32::try_from(code.size()).expect("a code has a size") + 8) * module;
    for y in 0..side {
        for x in 0..side {
            let [column, row] = [x, y].map(|pixel| i32::try_from(pixel / module).unwrap_or(0) - 4);
            let pixel = &mut pixels[((height / 4 + y) * width + width / 4 + x) as usize];
            *pixel = if code.get_module(column, row) { *pixel / 4 } else { pixel.saturating_add(40) };
        }
    }
}

fn frames(c: &mut Criterion) {
    let mut group = c.benchmark_group("scan");
    for (width, height) in [(1280, 720), (1920, 1080)] {
        let empty = desk(width, height);
        let mut with_code = empty.clone();
        put(&mut with_code, width, height, 6);
        for (what, pixels) in [("no code", &empty), ("a code", &with_code)] {
            let reader = Reader::new(SystemClock::new());
            let frame = Frame::new(pixels, Geometry::packed(width, height)).expect("a plane without gaps");
            group.bench_function(format!("{what}, {width}x{height}"), |b| {
                b.iter(|| reader.read(black_box(&frame), CAMERA_BUDGET));
            });
        }
        // One channel of RGBA, as the web hands it over.
        let spread: Vec<u8> = with_code.iter().flat_map(|&pixel| [pixel; 4]).collect();
        let geometry = Geometry { row_stride: width * 4, pixel_stride: 4, ..Geometry::packed(width, height) };
        let frame = Frame::new(&spread, geometry).expect("a plane of every fourth byte");
        let reader = Reader::new(SystemClock::new());
        group.bench_function(format!("a code in RGBA, {width}x{height}"), |b| {
            b.iter(|| reader.read(black_box(&frame), CAMERA_BUDGET));
        });
    }
    group.finish();
}

criterion_group!(benches, frames);
criterion_main!(benches);
