//! Pictures of every promised format become planes, and all else is refused by its name.

use image::{Rgba, RgbaImage};

use super::*;

fn encoded(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// Left half dark, right half light, so that a turn can be seen.
fn halves() -> GrayImage {
    GrayImage::from_fn(40, 24, |x, _| image::Luma([if x < 20 { 0 } else { 255 }]))
}

#[test]
fn every_promised_format_is_decoded() {
    for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::WebP, ImageFormat::Gif, ImageFormat::Bmp]
    {
        let colour = DynamicImage::from(halves()).into_rgb8();
        let picture = Picture::decode(&encoded(colour, format)).unwrap();
        let plane = picture.planes().next().unwrap();
        assert_eq!(plane.dimensions(), (40, 24), "{format:?}");
        assert!(plane.get_pixel(2, 2).0[0] < 10 && plane.get_pixel(37, 2).0[0] > 245, "{format:?}");
    }
}

#[test]
fn a_photo_is_turned_as_its_camera_noted() {
    let mut bytes = encoded(halves(), ImageFormat::Jpeg);
    // Exif with one entry, orientation 6: the picture is upright after a quarter turn clockwise.
    let exif = b"\xff\xe1\0\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    bytes.splice(2..2, exif.iter().copied());
    let picture = Picture::decode(&bytes).unwrap();
    let plane = picture.planes().next().unwrap();
    assert_eq!(plane.dimensions(), (24, 40));
    assert!(plane.get_pixel(2, 2).0[0] < 10 && plane.get_pixel(2, 37).0[0] > 245);
}

#[test]
fn what_is_transparent_is_laid_on_white_and_then_on_black() {
    let glass = RgbaImage::from_pixel(30, 30, Rgba([0, 0, 0, 0]));
    let picture = Picture::decode(&encoded(glass, ImageFormat::Png)).unwrap();
    let corners: Vec<u8> = picture.planes().map(|plane| plane.get_pixel(0, 0).0[0]).collect();
    assert_eq!(corners, [255, 0]);

    let opaque = RgbaImage::from_pixel(30, 30, Rgba([9, 9, 9, 255]));
    assert_eq!(Picture::decode(&encoded(opaque, ImageFormat::Png)).unwrap().planes().count(), 1);
}

/// A one-pixel PNG whose header declares another size, with the checksum of the header mended.
fn png_declaring(width: u32, height: u32) -> Vec<u8> {
    declaring(&GrayImage::new(1, 1).into(), width, height)
}

fn declaring(pixel: &DynamicImage, width: u32, height: u32) -> Vec<u8> {
    let mut bytes = encoded(pixel.clone(), ImageFormat::Png);
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc32(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&sum.to_be_bytes());
    bytes
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0, |sum, &byte| {
        (0..8).fold(sum ^ u32::from(byte), |sum, _| (sum >> 1) ^ (0xEDB8_8320 & (sum & 1).wrapping_neg()))
    })
}

#[test]
fn a_decoding_bomb_is_refused_by_the_size_it_declares() {
    let error = Picture::decode(&png_declaring(20_000, 20_000)).unwrap_err();
    assert!(matches!(error, PictureError::TooManyPixels { width: 20_000, height: 20_000 }), "{error}");
    let error = Picture::decode(&png_declaring(u32::MAX >> 1, u32::MAX >> 1)).unwrap_err();
    assert_eq!(error.id(), "too_much_memory");
}

#[test]
fn a_picture_whose_pixels_take_too_much_memory_is_refused_before_they_are_there() {
    // In 16-bit colour, 11,300 × 11,300 are few enough pixels and a gigabyte.
    let error = Picture::decode(&declaring(&DynamicImage::new_rgba16(1, 1), 11_300, 11_300)).unwrap_err();
    assert_eq!(error.id(), "too_much_memory");
    let error = Picture::decode(&declaring(&DynamicImage::new_rgba8(1, 1), 11_300, 11_300)).unwrap_err();
    assert_eq!(error.id(), "damaged", "in 8-bit colour it is decoded, as far as it goes");
}

#[test]
fn a_picture_longer_than_the_scanner_looks_says_so() {
    let error = Picture::decode(&png_declaring(LONGEST_SIDE + 1, 100)).unwrap_err();
    assert_eq!(error.id(), "side_too_long");
    let picture = GrayImage::new(SMALLEST_SIDE, LONGEST_SIDE);
    let picture = Picture::decode(&encoded(picture, ImageFormat::Png)).unwrap();
    let plane = picture.planes().next().unwrap();
    let geometry = countersign_core::scan::Geometry::packed(plane.width(), plane.height());
    assert!(countersign_core::scan::Frame::new(plane.as_raw(), geometry).is_ok());
}

#[test]
fn a_decoder_that_panics_costs_its_picture_and_nothing_else() {
    let error = contained::<()>(|| panic!("a decoder's own words")).unwrap_err();
    assert_eq!(error.to_string(), "the picture is damaged: its decoder gave up");
}

#[test]
fn pictures_too_small_for_any_code_say_so() {
    for (width, height) in [(1, 1), (20, 400)] {
        let bytes = encoded(GrayImage::new(width, height), ImageFormat::Png);
        assert_eq!(Picture::decode(&bytes).unwrap_err().id(), "too_small");
    }
}

#[test]
fn a_picture_without_pixels_is_refused() {
    let png = Picture::decode(&png_declaring(0, 0)).unwrap_err();
    assert_eq!(png.to_string(), "the picture is damaged: its bytes are not as its format says");
}

#[test]
fn other_formats_are_named_with_a_way_to_convert_them() {
    let heic = Picture::decode(b"\0\0\0\x24ftypheic\0\0\0\0mif1heic").unwrap_err();
    assert_eq!(heic.to_string(), "HEIC pictures cannot be read here");
    assert!(heic.next_step().contains("heif-convert"));
    for (bytes, format) in [
        (&b"\0\0\0\x1cftypavif\0\0\0\0"[..], "AVIF"),
        (b"II*\0rest", "TIFF"),
        (b"%PDF-1.7", "PDF"),
        (b"<svg xmlns=", "SVG"),
        (b"<?xml version=\"1.0\"?>\n<!-- drawn -->\n<svg xmlns=", "SVG"),
        (b"\0\0\0\x24ftyphevx\0\0\0\0", "HEIC"),
        (b"\0\0\0\x24ftyphevm\0\0\0\0", "HEIC"),
        (b"\0\0\0\x24ftyphevs\0\0\0\0", "HEIC"),
    ] {
        assert!(Picture::decode(bytes).unwrap_err().to_string().starts_with(format), "{format}");
    }
}

#[test]
fn what_is_no_picture_is_told_from_what_is_a_damaged_one() {
    assert_eq!(Picture::decode(b"").unwrap_err().id(), "empty");
    assert_eq!(Picture::decode(b"hello, this is text").unwrap_err().id(), "not_a_picture");
    let page = b"<?xml version=\"1.0\"?><html xmlns=\"http://www.w3.org/1999/xhtml\">";
    assert_eq!(Picture::decode(page).unwrap_err().id(), "not_a_picture");
    for format in [ImageFormat::Png, ImageFormat::Gif, ImageFormat::Bmp, ImageFormat::WebP, ImageFormat::Jpeg]
    {
        let whole = encoded(DynamicImage::from(halves()).into_rgb8(), format);
        let error = Picture::decode(&whole[..24]).unwrap_err();
        assert_eq!(error.id(), "damaged", "{format:?}");
        let half = Picture::decode(&whole[..whole.len() * 2 / 3]);
        assert!(
            half.is_err_and(|error| error.id() == "damaged") || format == ImageFormat::Jpeg,
            "{format:?}"
        );
    }
}

#[test]
fn a_photo_that_did_not_arrive_whole_is_known_for_it() {
    let whole = encoded(halves(), ImageFormat::Jpeg);
    assert!(Picture::decode(&whole).unwrap().is_whole());
    assert!(!Picture::decode(&whole[..whole.len() - 2]).unwrap().is_whole());
}
