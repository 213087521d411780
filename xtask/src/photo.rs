//! `cargo xtask photo`: the picture of the README's first command, made from a photograph and a seed.
//!
//! No freely licensed photo of an enrolment code is known, and a real one would hold a real secret. So a
//! photograph of a laptop gets a page with a published example secret on its display.

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use countersign_frame_generator::{Photo, show_on_display};
use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageFormat, RgbImage};

/// Makes the demonstration picture: a real photograph in which a laptop shows a code made here.
///
/// The code goes through perspective, light, blur and noise like those of the photo. The same seed gives the same
/// picture. What the code holds: Example Corp, ana@example.com, and the key of RFC 6238's test vectors.
#[derive(clap::Args)]
#[command(after_help = "Example, and how the picture in the repository was made:
  cargo xtask photo --seed 1 --out tests/images/demo/mfa-code.jpg")]
pub(crate) struct Arguments {
    /// Any whole number; it decides light, focus, movement and noise.
    #[arg(long, value_name = "N")]
    seed: u64,
    /// The JPEG file to write; one that is there is replaced.
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    /// The photograph.
    #[arg(long, value_name = "FILE", default_value = "tests/images/demo/photo.jpg")]
    photo: PathBuf,
}

/// The secret is the one of RFC 6238, appendix B: the ASCII text `12345678901234567890`.
const TEXT: &str = "otpauth://totp/Example%20Corp:ana@example.com?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\
                    &issuer=Example%20Corp";
/// Where the laptop's display is in the photograph, down to its task bar: top left, top right, bottom right,
/// bottom left.
const DISPLAY: [(f32, f32); 4] = [(851.0, 126.0), (1473.0, 112.0), (1441.0, 556.0), (746.0, 477.0)];
/// What is shown of the photograph: left, top, width, height. Beside it stands a phone with another code.
const CROP: (u32, u32, u32, u32) = (96, 88, 1336, 880);
const QUALITY: u8 = 88;

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let file = make(&arguments.photo, arguments.seed)?;
    std::fs::write(&arguments.out, &file)
        .with_context(|| format!("cannot write {}", arguments.out.display()))?;
    say!("photo: {} kB from seed {}, in {}", file.len() / 1000, arguments.seed, arguments.out.display());
    Ok(ExitCode::SUCCESS)
}

/// The picture as a JPEG file.
fn make(photo: &Path, seed: u64) -> anyhow::Result<Vec<u8>> {
    let file = std::fs::read(photo).with_context(|| format!("cannot read {}", photo.display()))?;
    let pixels = image::load_from_memory_with_format(&file, ImageFormat::Jpeg)
        .with_context(|| format!("{} is not a JPEG file that can be read", photo.display()))?
        .into_rgb8();
    let (width, height) = pixels.dimensions();
    anyhow::ensure!(
        width >= CROP.0 + CROP.2 && height >= CROP.1 + CROP.3,
        "{} has {width} x {height} pixels; the place of the display is known for tests/images/demo/photo.jpg",
        photo.display()
    );
    let photo = Photo { width: width as usize, height: height as usize, rgb: pixels.into_raw() };
    let shown = show_on_display(&photo, DISPLAY, TEXT, seed);
    let shown = RgbImage::from_raw(width, height, shown.rgb).context("the photo's size changed")?;
    let shown = DynamicImage::ImageRgb8(shown).crop_imm(CROP.0, CROP.1, CROP.2, CROP.3);
    let mut out = Cursor::new(Vec::new());
    shown
        .write_with_encoder(JpegEncoder::new_with_quality(&mut out, QUALITY))
        .context("cannot encode the picture as JPEG")?;
    Ok(out.into_inner())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn demo(name: &str) -> PathBuf {
        countersign_tests::data().join("images/demo").join(name)
    }

    fn pixels(file: &[u8]) -> RgbImage {
        image::load_from_memory(file).expect("a picture").into_rgb8()
    }

    #[test]
    fn the_picture_in_the_repository_is_what_the_command_makes() {
        let committed = pixels(&std::fs::read(demo("mfa-code.jpg")).expect("the committed picture"));
        let made = pixels(&make(&demo("photo.jpg"), 1).expect("the picture made again"));
        assert_eq!(committed.dimensions(), made.dimensions());
        // JPEG decoders round differently from platform to platform, by a step; another seed, crop or secret differs
        // by tens of steps in many places.
        let far = committed.as_raw().iter().zip(made.as_raw()).filter(|(a, b)| a.abs_diff(**b) > 8).count();
        assert!(far < 100, "{far} values differ by more than eight steps");
    }

    #[test]
    fn another_photo_is_refused_with_a_reason() {
        let missing = make(&demo("no-such-file.jpg"), 1).expect_err("no file");
        assert!(missing.to_string().contains("cannot read"));
        let wrong = make(&demo("README.md"), 1).expect_err("not a picture");
        assert!(wrong.to_string().contains("not a JPEG"));
    }
}
