//! The pixels an engine works on: packed, at one of the sizes of a pyramid.

use std::borrow::Cow;

use zeroize::Zeroize;

use crate::scan::frame::Frame;
use crate::scan::symbol::Point;

/// A packed brightness plane, and where it lies in its frame.
pub(super) struct Plane<'a> {
    pub(super) width: u32,
    pub(super) height: u32,
    pub(super) pixels: Cow<'a, [u8]>,
    // A point of the plane lies at `origin + point * scale` in the frame.
    origin: Point,
    scale: f32,
}

/// The longest side of a plane: engines count pixels of a row in 16 bits.
const LONGEST_SIDE: u32 = 1 << 14;

/// How far beyond the centres of its finder patterns a code is cut out, in shares of their distance: the patterns
/// reach 3.5 of at least 14 modules further, the quiet zone another 4.
const CUT_MARGIN: f32 = 0.35;

/// Modules along a side of version 1, at a pixel each.
const SMALLEST_SYMBOL: u32 = 21;

impl<'a> Plane<'a> {
    /// The part of a frame that is to be looked at, lent where the frame is packed already. A frame of more than
    /// `most` pixels, or a very long one, is reduced: each pixel is then the mean of a square.
    pub(super) fn of(frame: &Frame<'a>, most: u64) -> Self {
        let crop = frame.crop();
        let share = (u64::from(crop.width) * u64::from(crop.height)).div_ceil(most);
        let root = share.isqrt();
        let root = u32::try_from(if root * root < share { root + 1 } else { root }).unwrap_or(u32::MAX);
        let reduction = root.max(crop.width.max(crop.height).div_ceil(LONGEST_SIDE));
        let pixels = match (reduction, frame.packed()) {
            (1, Some(bytes)) => Cow::Borrowed(bytes),
            (1, None) => Cow::Owned(copy(frame)),
            _ => Cow::Owned(reduce(frame, reduction)),
        };
        Self {
            width: (crop.width / reduction).max(1),
            height: (crop.height / reduction).max(1),
            pixels,
            origin: Point { x: float(crop.left), y: float(crop.top) },
            scale: float(reduction),
        }
    }

    /// Half as wide and half as high; each pixel is the mean of four.
    pub(super) fn halved(&self) -> Plane<'static> {
        let (width, height) = ((self.width / 2).max(1), (self.height / 2).max(1));
        let row = self.width as usize;
        let mut pixels = Vec::with_capacity(width as usize * height as usize);
        for rows in self.pixels.chunks_exact(row * 2).take(height as usize) {
            let (upper, lower) = rows.split_at(row);
            let pairs = upper.chunks_exact(2).zip(lower.chunks_exact(2));
            pixels.extend(pairs.map(|(a, b)| {
                let sum = u16::from(a[0]) + u16::from(a[1]) + u16::from(b[0]) + u16::from(b[1]);
                u8::try_from((sum + 2) / 4).unwrap_or(u8::MAX)
            }));
        }
        pixels.resize(width as usize * height as usize, 0);
        Plane { width, height, pixels: Cow::Owned(pixels), origin: self.origin, scale: self.scale * 2.0 }
    }

    /// Each pixel as a square of `factor`² pixels: for codes with modules of one or two pixels, where a finder
    /// needs three.
    pub(super) fn enlarged(&self, factor: usize) -> Plane<'static> {
        let mut pixels = Vec::with_capacity(self.pixels.len() * factor * factor);
        for row in self.pixels.chunks_exact(self.width as usize) {
            let start = pixels.len();
            pixels.extend(row.iter().flat_map(|&pixel| std::iter::repeat_n(pixel, factor)));
            let end = pixels.len();
            for _ in 1..factor {
                pixels.extend_from_within(start..end);
            }
        }
        let factor = u32::try_from(factor).unwrap_or(1);
        Plane {
            width: self.width * factor,
            height: self.height * factor,
            pixels: Cow::Owned(pixels),
            origin: self.origin,
            scale: self.scale / float(factor),
        }
    }

    /// Light for dark: finders look for dark codes.
    pub(super) fn inverted(&self) -> Plane<'static> {
        self.with_pixels(self.pixels.iter().map(|pixel| !pixel).collect())
    }

    /// Other pixels in the same place.
    pub(super) fn with_pixels(&self, pixels: Vec<u8>) -> Plane<'static> {
        Plane {
            width: self.width,
            height: self.height,
            pixels: Cow::Owned(pixels),
            origin: self.origin,
            scale: self.scale,
        }
    }

    /// The part around a code whose bottom left, top left and top right finder patterns have these centres in
    /// the frame; `None` if it is too small to hold one.
    pub(super) fn cut_around(
        &self,
        &[bottom_left, top_left, top_right]: &[Point; 3],
    ) -> Option<Plane<'static>> {
        let bottom_right = Point {
            x: top_right.x + bottom_left.x - top_left.x,
            y: top_right.y + bottom_left.y - top_left.y,
        };
        let points = [bottom_left, top_left, top_right, bottom_right];
        let (left, right) = extent(points.map(|point| (point.x - self.origin.x) / self.scale));
        let (top, bottom) = extent(points.map(|point| (point.y - self.origin.y) / self.scale));
        let margin = (right - left).max(bottom - top) * CUT_MARGIN;
        let (left, width) = clip(left - margin, right + margin, self.width);
        let (top, height) = clip(top - margin, bottom + margin, self.height);
        if width.min(height) < SMALLEST_SYMBOL {
            return None;
        }
        let mut pixels = Vec::with_capacity(width as usize * height as usize);
        for row in self.pixels.chunks_exact(self.width as usize).skip(top as usize).take(height as usize) {
            pixels.extend_from_slice(&row[left as usize..][..width as usize]);
        }
        let origin = self.to_frame(float(left), float(top));
        Some(Plane { width, height, pixels: Cow::Owned(pixels), origin, scale: self.scale })
    }

    /// A point of this plane in coordinates of the frame.
    pub(super) fn to_frame(&self, x: f32, y: f32) -> Point {
        Point { x: self.origin.x + x * self.scale, y: self.origin.y + y * self.scale }
    }

    /// The longer side, in pixels.
    pub(super) fn longer_side(&self) -> u32 {
        self.width.max(self.height)
    }
}

/// A picture of a secret is a secret.
impl Drop for Plane<'_> {
    fn drop(&mut self) {
        if let Cow::Owned(pixels) = &mut self.pixels {
            pixels.zeroize();
        }
    }
}

fn copy(frame: &Frame<'_>) -> Vec<u8> {
    let crop = frame.crop();
    let mut pixels = Vec::with_capacity(crop.width as usize * crop.height as usize);
    for y in 0..crop.height {
        match frame.pixel_stride() {
            1 => pixels.extend_from_slice(frame.row(y)),
            stride => pixels.extend(frame.row(y).iter().step_by(stride)),
        }
    }
    pixels
}

/// Means of squares of `factor`² pixels, fewer where the frame is narrower than that.
fn reduce(frame: &Frame<'_>, factor: u32) -> Vec<u8> {
    let crop = frame.crop();
    let (width, height) = ((crop.width / factor).max(1), (crop.height / factor).max(1));
    let (across, down) = (factor.min(crop.width), factor.min(crop.height));
    let mut columns = vec![0u32; (width * across) as usize];
    let mut pixels = Vec::with_capacity(width as usize * height as usize);
    for y in 0..height {
        columns.fill(0);
        for row in (0..down).map(|row| frame.row(y * factor + row)) {
            match frame.pixel_stride() {
                1 => add(&mut columns, row.iter()),
                stride => add(&mut columns, row.iter().step_by(stride)),
            }
        }
        let sums = columns.chunks_exact(across as usize).map(|columns| columns.iter().sum::<u32>());
        pixels.extend(sums.map(|sum| u8::try_from(sum / (across * down)).unwrap_or(u8::MAX)));
    }
    columns.zeroize();
    pixels
}

fn add<'p>(sums: &mut [u32], row: impl Iterator<Item = &'p u8>) {
    for (sum, &pixel) in sums.iter_mut().zip(row) {
        *sum += u32::from(pixel);
    }
}

/// Smallest and largest.
fn extent(values: [f32; 4]) -> (f32, f32) {
    values
        .iter()
        .fold((f32::INFINITY, f32::NEG_INFINITY), |(low, high), &value| (low.min(value), high.max(value)))
}

/// The pixels from `start` to `end` that lie within `0..size`, as first and count.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "clamped to a range of u32 just before"
)]
fn clip(start: f32, end: f32, size: u32) -> (u32, u32) {
    let inside = |value: f32| value.clamp(0.0, float(size)) as u32;
    let first = inside(start);
    (first, inside(end).saturating_sub(first))
}

#[allow(clippy::cast_precision_loss, reason = "pixel counts of real pictures fit 24 bits")]
const fn float(pixels: u32) -> f32 {
    pixels as f32
}
