//! zxing-cpp 3 through its own crate: QR codes (models 1 and 2, not micro), every `try_*` on, raw bytes.
//!
//! Its `QRCode` format would include micro codes, which nobody else here looks for. Its text mode escapes control characters, so bytes are what is compared.

use zxingcpp::{BarcodeFormat, BarcodeReader, ImageFormat, ImageView};

use crate::decoders::Payload;
use crate::picture::Picture;

pub(super) fn decode(picture: &Picture) -> Vec<Payload> {
    let reader = BarcodeReader::new()
        .formats([BarcodeFormat::QRCodeModel1, BarcodeFormat::QRCodeModel2])
        .try_harder(true)
        .try_rotate(true)
        .try_invert(true)
        .try_downscale(true);
    // An image it refuses (0 × 0) holds nothing for it.
    let Ok(view) = ImageView::from_slice(&picture.luma, picture.width, picture.height, ImageFormat::Lum)
    else {
        return Vec::new();
    };
    let symbols = reader.from(&view).unwrap_or_default();
    symbols.iter().map(|symbol| Payload { bytes: symbol.bytes(), text: None }).collect()
}
