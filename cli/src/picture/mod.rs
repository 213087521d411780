//! Pictures from files become brightness planes, the only thing that the scanner reads.
//!
//! A file may come from anywhere: its declared size is checked before a pixel is allocated, its format is told
//! from its bytes and not from its name, and each way of failing has a name and a next step.

mod error;
mod format;
mod jpeg;
mod source;

use std::io::Cursor;
use std::panic::{AssertUnwindSafe, catch_unwind};

use image::{DynamicImage, GrayImage, ImageDecoder, ImageFormat, ImageReader, Limits};

pub(crate) use error::PictureError;
pub(crate) use source::Source;

/// The largest picture that is decoded, in pixels: above every phone camera's usual output (108 million).
const MOST_PIXELS: u64 = 128_000_000;

/// The most memory that decoding one picture may take: the largest picture in 8-bit colour, and its coefficients.
const MOST_MEMORY: u64 = 1 << 30;

/// The most memory that the pixels of one picture may take, which all are there at once: the largest picture in 8-bit colour
/// with transparency. One in 16-bit colour may have half as many.
const MOST_PIXEL_BYTES: u64 = 512 << 20;

/// The longest side that the scanner looks at: its coordinates are exact up to there (`countersign_qr::Luma`).
const LONGEST_SIDE: u32 = 1 << 16;

/// The side of the smallest QR code, in modules (ISO/IEC 18004, version 1); it needs a pixel for each.
const SMALLEST_SIDE: u32 = 21;

/// A decoded picture, upright: one or two brightness planes of the same size.
///
/// What is transparent has no brightness of its own. Such a picture is laid on white first, and then on black,
/// because the code may be white for a dark page.
#[derive(Debug)]
pub(crate) struct Picture {
    planes: Vec<GrayImage>,
    is_whole: bool,
}

impl Picture {
    /// Decodes the picture in `bytes`; of an animation, the first frame.
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, PictureError> {
        let format = format::recognise(bytes)?;
        contained(|| Self::decode_as(format, bytes))
    }

    fn decode_as(format: ImageFormat, bytes: &[u8]) -> Result<Self, PictureError> {
        let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
        reader.limits(limits());
        let mut decoder = reader.into_decoder()?;
        check_size(decoder.dimensions())?;
        if decoder.total_bytes() > MOST_PIXEL_BYTES {
            return Err(PictureError::TooMuchMemory);
        }
        // Orientation is a courtesy of the camera: a picture whose note about it is damaged is still a picture.
        let orientation = decoder.orientation().unwrap_or(image::metadata::Orientation::NoTransforms);
        let mut image = DynamicImage::from_decoder(decoder)?;
        image.apply_orientation(orientation);
        let is_whole = format != ImageFormat::Jpeg || jpeg::has_end(bytes);
        Ok(Self { planes: planes(image), is_whole })
    }

    /// Whether all of it arrived. What came of a JPEG that ends too soon may hold the code; where it does not, the rest would.
    pub(crate) fn is_whole(&self) -> bool {
        self.is_whole
    }

    /// The brightness planes, the likeliest first.
    pub(crate) fn planes(&self) -> impl Iterator<Item = &GrayImage> {
        self.planes.iter()
    }
}

/// A decoder is other people's code on anybody's bytes: where it panics, the picture is lost and the others are not.
fn contained<T>(decode: impl FnOnce() -> Result<T, PictureError>) -> Result<T, PictureError> {
    // What a decoder leaves half done is dropped with it.
    catch_unwind(AssertUnwindSafe(decode))
        .unwrap_or_else(|_| Err(PictureError::Damaged("its decoder gave up")))
}

fn limits() -> Limits {
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_MEMORY);
    limits
}

fn check_size((width, height): (u32, u32)) -> Result<(), PictureError> {
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(PictureError::TooManyPixels { width, height });
    }
    if width.max(height) > LONGEST_SIDE {
        return Err(PictureError::SideTooLong { width, height, longest: LONGEST_SIDE });
    }
    if width.min(height) < SMALLEST_SIDE {
        return Err(PictureError::TooSmall { width, height });
    }
    Ok(())
}

fn planes(image: DynamicImage) -> Vec<GrayImage> {
    if !image.color().has_alpha() {
        return vec![image.into_luma8()];
    }
    let image = image.into_luma_alpha8();
    let on = |page: u8| {
        GrayImage::from_fn(image.width(), image.height(), |x, y| {
            let [luma, alpha] = image.get_pixel(x, y).0.map(u32::from);
            let mixed = (luma * alpha + u32::from(page) * (255 - alpha)) / 255;
            image::Luma([u8::try_from(mixed).unwrap_or(u8::MAX)])
        })
    };
    if image.pixels().all(|pixel| pixel.0[1] == u8::MAX) { vec![on(255)] } else { vec![on(255), on(0)] }
}

#[cfg(test)]
mod tests;
