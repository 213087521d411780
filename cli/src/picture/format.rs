//! Tells a picture's format from its first bytes. Names lie: phones send HEIC files called `.jpg`.

use image::ImageFormat;

use super::PictureError;

/// Formats that `image` does not know, by where their mark is: offset, mark, name.
const OTHERS: [(usize, &[u8], &str); 14] = [
    (4, b"ftypheic", "HEIC"),
    (4, b"ftypheix", "HEIC"),
    (4, b"ftypheim", "HEIC"),
    (4, b"ftypheis", "HEIC"),
    (4, b"ftyphevc", "HEIC"),
    (4, b"ftyphevx", "HEIC"),
    (4, b"ftyphevm", "HEIC"),
    (4, b"ftyphevs", "HEIC"),
    (4, b"ftypmif1", "HEIC"),
    (4, b"ftypmsf1", "HEIC"),
    (0, b"%PDF-", "PDF"),
    (0, b"<svg", "SVG"),
    (0, b"\xff\x0a", "JPEG XL"),
    (0, b"\0\0\0\x0cJXL ", "JPEG XL"),
];

/// The format of `bytes`, where it is one that can be decoded here.
pub(super) fn recognise(bytes: &[u8]) -> Result<ImageFormat, PictureError> {
    if bytes.is_empty() {
        return Err(PictureError::Empty);
    }
    let has =
        |&&(at, mark, _): &&(usize, &[u8], &str)| bytes.get(at..).is_some_and(|rest| rest.starts_with(mark));
    if let Some(&(_, _, format)) = OTHERS.iter().find(has) {
        return Err(PictureError::OtherFormat { format });
    }
    if is_svg_with_preamble(bytes) {
        return Err(PictureError::OtherFormat { format: "SVG" });
    }
    match image::guess_format(bytes) {
        Ok(format) if format.reading_enabled() => Ok(format),
        Ok(ImageFormat::Tiff) => Err(PictureError::OtherFormat { format: "TIFF" }),
        Ok(ImageFormat::Avif) => Err(PictureError::OtherFormat { format: "AVIF" }),
        Ok(ImageFormat::Ico) => Err(PictureError::OtherFormat { format: "ICO" }),
        Ok(ImageFormat::Pnm) => Err(PictureError::OtherFormat { format: "PNM" }),
        Ok(_) | Err(_) => Err(PictureError::NotAPicture),
    }
}

/// An XML document whose root element comes soon enough, and is a drawing: comments and a doctype may stand before it.
fn is_svg_with_preamble(bytes: &[u8]) -> bool {
    /// Drawing programs put their licence there, and not more.
    const PREAMBLE: usize = 4096;
    let head = &bytes[..bytes.len().min(PREAMBLE)];
    head.starts_with(b"<?xml") && head.windows(4).any(|window| window == b"<svg")
}
