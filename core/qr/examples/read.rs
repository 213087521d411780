//! Reads the QR codes of a picture in PGM format (binary, 8 bits) from a file:
//! `cargo run --release -p countersign-qr --example read -- picture.pgm`.
//!
//! Any picture becomes one with `magick picture.jpg picture.pgm`. Prints what each symbol is, where it lies, and what
//! it holds: do not point it at a secret on a shared screen.

use std::error::Error;
use std::time::{Duration, Instant};

use countersign_qr::{Luma, Reader};

/// A person waits for a still picture; a camera would give a frame a fortieth of this.
const BUDGET: Duration = Duration::from_secs(2);

#[allow(clippy::disallowed_methods, reason = "an example is a host: it has the clock")]
fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("usage: read PICTURE.pgm")?;
    let file = std::fs::read(path)?;
    let (width, height, pixels) = pgm(&file).ok_or("not a binary PGM picture of 8 bits")?;

    let started = Instant::now();
    let reading = Reader::new().read(Luma::new(pixels, width, height)?, &|| started.elapsed() < BUDGET);
    for symbol in &reading.symbols {
        println!("version {}, {:?}, mask {}", symbol.version.number(), symbol.level, symbol.mask);
        println!("  {:?}", symbol.corners.map(|corner| (corner.x.round(), corner.y.round())));
        println!("  {}", String::from_utf8_lossy(&symbol.content.bytes()));
    }
    match (reading.symbols.len(), reading.resembles_a_symbol) {
        (0, true) => println!("something like a QR code, but unreadable"),
        (0, false) => println!("nothing like a QR code"),
        (count, _) => println!("{count} read in {:.1} ms", started.elapsed().as_secs_f64() * 1e3),
    }
    Ok(())
}

/// Width, height and pixels.
fn pgm(file: &[u8]) -> Option<(usize, usize, &[u8])> {
    let mut rest = file.strip_prefix(b"P5")?;
    let mut numbers = [0; 3];
    for number in &mut numbers {
        let start = rest.iter().position(u8::is_ascii_digit)?;
        let length = rest[start..].iter().position(|byte| !byte.is_ascii_digit())?;
        *number = std::str::from_utf8(&rest[start..start + length]).ok()?.parse().ok()?;
        rest = &rest[start + length..];
    }
    let [width, height, greatest] = numbers;
    (greatest == 255).then_some((width, height, rest.get(1..)?))
}
