//! Plain rxing: `helpers::detect_in_luma`, QR code only. It stops at the first symbol.

use rxing::{BarcodeFormat, RXingResultMetadataType, RXingResultMetadataValue};

use crate::decoders::Payload;
use crate::picture::Picture;

pub(super) fn decode(picture: &Picture) -> Vec<Payload> {
    let found = rxing::helpers::detect_in_luma(
        picture.luma.clone(),
        picture.width,
        picture.height,
        Some(BarcodeFormat::QR_CODE),
    );
    let Ok(symbol) = found else { return Vec::new() };
    // Byte segments leave out what is in numeric, alphanumeric or kanji mode: the text is whole.
    let bytes = match symbol.getRXingResultMetadata().get(&RXingResultMetadataType::BYTE_SEGMENTS) {
        Some(RXingResultMetadataValue::ByteSegments(segments)) => segments.concat(),
        _ => Vec::new(),
    };
    vec![Payload { bytes, text: Some(symbol.getText().to_owned()) }]
}
