//! Pictures made for a test, and the payloads in them.

use std::io::Cursor;

use image::{DynamicImage, GrayImage, ImageFormat, Luma};
use qrcodegen::{QrCode, QrCodeEcc};

/// A link whose codes at the moment of the tests are 324 550 and 367 665.
pub(crate) const EXAMPLE: &str =
    "otpauth://totp/Example%20Corp:ana%40example.com?secret=JBSWY3DPEHPK3PXP&issuer=Example%20Corp";

/// The secret of RFC 4226, appendix D.
pub(crate) const RFC_KEY: &str = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ";

/// Pixels a module; the quiet zone is four modules.
const SCALE: u32 = 5;
const QUIET: u32 = 4 * SCALE;

/// A QR code as a clean picture.
pub(crate) fn code(text: &str) -> GrayImage {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).unwrap();
    drawn(&code)
}

/// A drawn QR code, dark on light.
pub(crate) fn drawn(code: &QrCode) -> GrayImage {
    let side = u32::try_from(code.size()).unwrap() * SCALE + 2 * QUIET;
    GrayImage::from_fn(side, side, |x, y| {
        let module = |pixel: u32| i32::try_from(pixel / SCALE).unwrap() - 4;
        Luma([if code.get_module(module(x), module(y)) { 0 } else { 255 }])
    })
}

/// Several pictures below each other on a white page.
pub(crate) fn in_a_column(pictures: &[GrayImage]) -> GrayImage {
    let width = pictures.iter().map(GrayImage::width).max().unwrap();
    let height = pictures.iter().map(GrayImage::height).sum();
    let mut page = GrayImage::from_pixel(width, height, Luma([255]));
    let mut top = 0;
    for picture in pictures {
        image::imageops::replace(&mut page, picture, 0, top);
        top += i64::from(picture.height());
    }
    page
}

/// The bytes of a file in that format.
pub(crate) fn encoded(picture: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    picture.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A clean PNG of the QR code for `text`.
pub(crate) fn png(text: &str) -> Vec<u8> {
    encoded(code(text), ImageFormat::Png)
}

/// One account of a Google Authenticator export, with the RFC's secret: name and algorithm (1 = SHA1, 4 = MD5).
pub(crate) fn entry(name: &str, algorithm: u8) -> Vec<u8> {
    let mut entry = vec![0x0a, 20];
    entry.extend(b"12345678901234567890");
    entry.extend([0x12, u8::try_from(name.len()).unwrap()]);
    entry.extend(name.bytes());
    entry.extend([0x20, algorithm, 0x28, 1, 0x30, 2]);
    entry
}

/// The link of one part of an export, in protobuf and base64 as Google's app writes them. `index` is from 0.
pub(crate) fn export(entries: &[Vec<u8>], index: u8, size: u8) -> String {
    let mut message = Vec::new();
    for entry in entries {
        message.extend([0x0a, u8::try_from(entry.len()).unwrap()]);
        message.extend(entry);
    }
    message.extend([0x10, 1, 0x18, size, 0x20, index, 0x28, 77]);
    format!("otpauth-migration://offline?data={}", base64(&message))
}

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut text = String::new();
    for group in bytes.chunks(3) {
        let held =
            group.iter().chain(&[0, 0]).take(3).fold(0_usize, |held, &byte| held << 8 | usize::from(byte));
        for position in 0..=group.len() {
            match char::from(LETTERS[held >> (18 - 6 * position) & 63]) {
                '+' => text.push_str("%2B"),
                '/' => text.push_str("%2F"),
                letter => text.push(letter),
            }
        }
    }
    text
}
