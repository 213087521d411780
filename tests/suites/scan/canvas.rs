//! A sheet of luma to draw codes on, and to turn over.

use countersign_core::scan::{Frame, Geometry};
use qrcodegen::{QrCode, QrCodeEcc};

pub(super) const PAPER: u8 = 235;
pub(super) const INK: u8 = 25;

/// One byte a pixel, rows without gaps.
#[derive(Debug, Clone)]
pub(super) struct Canvas {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) pixels: Vec<u8>,
}

/// A code of the smallest version that holds `text`.
pub(super) fn code(text: &str) -> QrCode {
    QrCode::encode_text(text, QrCodeEcc::Medium).unwrap()
}

impl Canvas {
    pub(super) fn blank(width: u32, height: u32) -> Self {
        Self { width, height, pixels: vec![PAPER; (width * height) as usize] }
    }

    /// A code alone, with `quiet` modules of paper on each side.
    pub(super) fn of(code: &QrCode, module: u32, quiet: u32) -> Self {
        let side = (side(code) + 2 * quiet) * module;
        let mut canvas = Self::blank(side, side);
        canvas.draw(code, quiet * module, quiet * module, module);
        canvas
    }

    /// Draws the modules of a code, its top left corner at (left, top).
    pub(super) fn draw(&mut self, code: &QrCode, left: u32, top: u32, module: u32) {
        let side = side(code) * module;
        for (y, x) in (0..side).flat_map(|y| (0..side).map(move |x| (y, x))) {
            let [column, row] = [x, y].map(|pixel| i32::try_from(pixel / module).unwrap());
            let shade = if code.get_module(column, row) { INK } else { PAPER };
            *self.at(left + x, top + y) = shade;
        }
    }

    fn at(&mut self, x: u32, y: u32) -> &mut u8 {
        &mut self.pixels[(y * self.width + x) as usize]
    }

    fn get(&self, x: u32, y: u32) -> u8 {
        self.pixels[(y * self.width + x) as usize]
    }

    /// As it is after a quarter turn clockwise.
    pub(super) fn turned(&self) -> Self {
        let (width, height) = (self.height, self.width);
        self.rearranged(width, height, |x, y| (y, self.height - 1 - x))
    }

    /// As a mirror shows it.
    pub(super) fn mirrored(&self) -> Self {
        self.rearranged(self.width, self.height, |x, y| (self.width - 1 - x, y))
    }

    fn rearranged(&self, width: u32, height: u32, from: impl Fn(u32, u32) -> (u32, u32)) -> Self {
        let places = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
        let pixels = places.map(|(x, y)| from(x, y)).map(|(x, y)| self.get(x, y)).collect();
        Self { width, height, pixels }
    }

    pub(super) fn inverted(mut self) -> Self {
        self.pixels.iter_mut().for_each(|pixel| *pixel = 255 - *pixel);
        self
    }

    /// With up to `strength` added to or taken from each pixel.
    pub(super) fn noisy(mut self, strength: u8, seed: u32) -> Self {
        let mut noise = Noise(seed);
        for pixel in &mut self.pixels {
            let change = noise.below(2 * u32::from(strength) + 1);
            let value = (u32::from(*pixel) + change).saturating_sub(strength.into());
            *pixel = u8::try_from(value.min(255)).unwrap();
        }
        self
    }

    pub(super) fn frame(&self) -> Frame<'_> {
        Frame::new(&self.pixels, Geometry::packed(self.width, self.height)).unwrap()
    }
}

/// Modules along a side.
pub(super) fn side(code: &QrCode) -> u32 {
    u32::try_from(code.size()).unwrap()
}

/// Numbers without a pattern, the same for the same seed.
pub(super) struct Noise(pub(super) u32);

impl Noise {
    pub(super) fn below(&mut self, bound: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9);
        let mut value = self.0;
        value = (value ^ value >> 16).wrapping_mul(0x21f0_aaad);
        value = (value ^ value >> 15).wrapping_mul(0x735a_2d97);
        (value ^ value >> 15) % bound
    }

    pub(super) fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }
}
