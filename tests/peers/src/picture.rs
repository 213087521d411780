//! A picture file as the luma plane that every decoder gets, byte for byte the same.

use std::path::Path;

use anyhow::Context;
use image::{DynamicImage, ImageReader};
use sha2::{Digest, Sha256};

/// One byte a pixel (0 black … 255 white), rows without gaps.
pub(crate) struct Picture {
    pub luma: Vec<u8>,
    pub width: u32,
    pub height: u32,
    /// SHA-256 of the file, lower-case hex.
    pub sha256: String,
}

/// Decodes a PNG, JPEG, WebP, GIF (first frame) or BMP file, by content and not by name.
///
/// Transparent pixels lie on white, as a browser shows them. EXIF orientation is not applied: a QR reader owes
/// the same answer for every quarter turn.
pub(crate) fn load(path: &Path) -> anyhow::Result<Picture> {
    let file = std::fs::read(path).with_context(|| format!("cannot read {}", path.display()))?;
    let sha256 = hex(&Sha256::digest(&file));
    let decoded = ImageReader::new(std::io::Cursor::new(&file))
        .with_guessed_format()?
        .decode()
        .with_context(|| format!("{} is not a picture", path.display()))?;
    let luma = on_white(decoded).into_luma8();
    Ok(Picture { width: luma.width(), height: luma.height(), luma: luma.into_raw(), sha256 })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn on_white(picture: DynamicImage) -> DynamicImage {
    if !picture.color().has_alpha() {
        return picture;
    }
    let mut pixels = picture.into_rgba8();
    for pixel in pixels.pixels_mut() {
        let alpha = u16::from(pixel.0[3]);
        for channel in &mut pixel.0[..3] {
            let blended = (u16::from(*channel) * alpha + 255 * (255 - alpha) + 127) / 255;
            *channel = u8::try_from(blended).unwrap_or(u8::MAX);
        }
        pixel.0[3] = u8::MAX;
    }
    DynamicImage::ImageRgba8(pixels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transparent_background_becomes_white() {
        let mut drawing = image::RgbaImage::new(2, 1);
        drawing.put_pixel(0, 0, image::Rgba([0, 0, 0, 255]));
        let luma = on_white(DynamicImage::ImageRgba8(drawing)).into_luma8();
        assert_eq!(luma.into_raw(), [0, 255]);
    }
}
