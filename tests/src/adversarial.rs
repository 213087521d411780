//! Pictures made to cost a reader the most: what looks like a code everywhere, and is none.
//!
//! Generated, not kept: a picture of 4000 × 3000 pixels is a formula and a seed.

/// A luma plane, one byte a pixel.
pub struct Picture {
    /// What it is, and its size.
    pub name: String,
    /// Pixels in a row.
    pub width: u32,
    /// Rows.
    pub height: u32,
    /// Brightness, row by row.
    pub pixels: Vec<u8>,
}

/// Brightness at a pixel, from its column and row.
type Pattern = Box<dyn Fn(u32, u32) -> u8>;

/// Every kind of picture at this size.
pub fn pictures(width: u32, height: u32) -> impl Iterator<Item = Picture> {
    patterns().into_iter().map(move |(kind, pattern)| {
        let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).map(|(x, y)| pattern(x, y));
        Picture { name: format!("{kind}, {width}x{height}"), width, height, pixels: pixels.collect() }
    })
}

fn patterns() -> Vec<(String, Pattern)> {
    let mut patterns: Vec<(String, Pattern)> = vec![
        ("all black".to_owned(), Box::new(|_, _| 0)),
        ("all white".to_owned(), Box::new(|_, _| 255)),
        ("ramp".to_owned(), Box::new(|x, y| u8::try_from((x + y) / 16 % 256).unwrap_or(0))),
        ("noise".to_owned(), Box::new(|x, y| noise(x, y).to_le_bytes()[0])),
        ("noise of two values".to_owned(), Box::new(|x, y| dark(heads(x, y)))),
        (
            "concentric squares".to_owned(),
            Box::new(|x, y| dark(x.abs_diff(500).max(y.abs_diff(500)) / 4 % 2 == 0)),
        ),
        (
            "concentric circles".to_owned(),
            Box::new(|x, y| dark((x.abs_diff(500).pow(2) + y.abs_diff(500).pow(2)).isqrt() / 5 % 2 == 0)),
        ),
        ("text page".to_owned(), Box::new(text_page)),
        ("finder patterns of random sizes".to_owned(), Box::new(scattered_finders)),
    ];
    for module in [1, 2, 3, 8] {
        let square = Box::new(move |x, y| dark((x / module + y / module) % 2 == 0));
        patterns.push((format!("checkerboard of {module} pixels"), square));
        let modules = Box::new(move |x, y| dark(heads(x / module, y / module)));
        patterns.push((format!("random modules of {module} pixels"), modules));
        // Nine apart: each has its quiet zone, and stands at a right angle with two others.
        patterns.push((
            format!("finder patterns of {module} pixels"),
            Box::new(move |x, y| dark(finder(x / module % 9, y / module % 9))),
        ));
        // Every 24 modules the corner of a version 1, filled with modules: what is found must also be sampled.
        patterns.push((
            format!("crowded codes of {module} pixels"),
            Box::new(move |x, y| {
                let (x, y) = (x / module, y / module);
                let (column, row) = (x % 24, y % 24);
                let inside = column % 12 < 9 && row % 12 < 9 && (column < 12 || row < 12);
                dark(if inside { finder(column % 12, row % 12) } else { heads(x, y) })
            }),
        ));
    }
    patterns
}

fn dark(dark: bool) -> u8 {
    if dark { 20 } else { 230 }
}

/// The finder pattern of a code, its outer corner at (1, 1).
fn finder(x: u32, y: u32) -> bool {
    let ring = x.abs_diff(4).max(y.abs_diff(4));
    ring <= 1 || ring == 3
}

/// Lines of words of dark strokes.
fn text_page(x: u32, y: u32) -> u8 {
    let (line, in_line) = (y / 20, y % 20);
    let (letter, in_letter) = (x / 9, x % 9);
    let shape = noise(letter, line);
    let blank = shape.is_multiple_of(6) || in_line > 13;
    let stroke =
        in_letter < 2 && shape & 64 == 0 || in_letter / 3 == shape / 8 % 3 || in_line / 3 == shape / 256 % 5;
    dark(!blank && stroke && in_letter < 7)
}

/// One in each cell of 64 pixels, of one to eight pixels a module.
fn scattered_finders(x: u32, y: u32) -> u8 {
    let module = noise(x / 64, y / 64) % 8 + 1;
    let (column, row) = (x % 64 / module, y % 64 / module);
    dark(column < 9 && row < 9 && finder(column, row))
}

/// A coin thrown for each pixel.
fn heads(x: u32, y: u32) -> bool {
    noise(x, y).is_multiple_of(2)
}

/// Noise without state: the same for the same pixel.
fn noise(x: u32, y: u32) -> u32 {
    let mut value = x.wrapping_mul(0x9e37_79b1) ^ y.wrapping_mul(0x85eb_ca77).rotate_left(13);
    value = (value ^ value >> 15).wrapping_mul(0x2c1b_3c6d);
    value = (value ^ value >> 12).wrapping_mul(0x297a_2d39);
    value ^ value >> 15
}
