//! A real photograph in which a display shows a code that was not there when it was taken.
//!
//! What the display shows is replaced; the room, the light, the reflections on the glass stay those of the photo.
//! The page's light then takes the same way through lens and sensor as in a generated frame.

use crate::camera::Point;
use crate::light::Light;
use crate::optics;
use crate::plane::Plane;
use crate::quad::Quad;
use crate::random::Random;
use crate::sensor::{Sensor, byte, light_of, srgb};
use crate::sign_in::SignIn;
use crate::symbol::{Level, Symbol};

/// A picture in colour.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Photo {
    /// Pixels in a row.
    pub width: usize,
    /// Rows.
    pub height: usize,
    /// Red, green and blue of each pixel (sRGB), rows without gaps: `3 × width × height` bytes.
    pub rgb: Vec<u8>,
}

/// Shows a sign-in page with the code of `text` on a display in `photo`.
///
/// `corners` are those of the display's picture in the photo's pixels: top left, top right, bottom right, bottom
/// left. The same arguments give the same bytes.
///
/// # Panics
/// When `photo.rgb` has another length than its size asks for.
pub fn show_on_display(photo: &Photo, corners: [(f32, f32); 4], text: &str, seed: u64) -> Photo {
    assert_eq!(photo.rgb.len(), 3 * photo.width * photo.height, "the photo's size and its bytes differ");
    let random = Random::new(seed, "photo");
    let page = SignIn::new(Symbol::new(text, Level::L));
    let quad = Quad::new(corners, (SignIn::SIZE.0 as f32, SignIn::SIZE.1 as f32));
    let patch = Patch::around(corners, photo);
    let cover = patch.sampled(|point| f32::from(u8::from(quad.at(point).is_some())));
    let cover = optics::soften(&cover, SOFTNESS);
    let originals = [0, 1, 2].map(|channel| patch.light(photo, channel));
    let floor = floor(&originals);
    let mut out = photo.clone();
    for (channel, original) in originals.iter().enumerate() {
        let shown = patch.sampled(|point| quad.at(point).map_or(0.0, |place| page.at(place, channel)));
        let shown = see(shown, &random);
        let mut scene = optics::soften(&shown, GLOW_REACH);
        for (i, pixel) in scene.light.iter_mut().enumerate() {
            let behind = original.light[i] + (floor.light[i] - original.light[i]) * cover.light[i];
            *pixel = *pixel * GLOW + behind + shown.light[i];
        }
        let exposed = sensor(&scene).expose(&scene, &mut random.part(["red", "green", "blue"][channel]));
        for (i, exposed) in exposed.into_iter().enumerate() {
            // Around the display the photo has its own noise; only the glow is added there.
            let beside = 255.0 * srgb(scene.light[i]);
            let value = beside + (f32::from(exposed) - beside) * cover.light[i].min(1.0);
            out.rgb[patch.index(i, photo.width) * 3 + channel] = byte(value);
        }
    }
    out
}

/// Deviation of the lens's softness, in pixels: as the letters in the photo show it.
const SOFTNESS: f32 = 0.8;
/// Share of the light that the lens spreads, and how far, in pixels.
const GLOW: f32 = 0.06;
const GLOW_REACH: f32 = 18.0;

/// Light falls off with the angle to the display; the lens is not quite in focus; the hand moves a little.
fn see(mut shown: Plane, random: &Random) -> Plane {
    let random = &mut random.part("view");
    let angle = random.between(-0.6, 0.6);
    let light = Light {
        slope: random.between(0.15, 0.3),
        direction: (libm::cosf(angle), libm::sinf(angle)),
        vignette: 0.1,
        veil: 0.0,
        shadow: None,
        glare: None,
        bands: (random.between(0.03, 0.08), random.between(2.0, 4.0)),
    };
    light.fall_on(&mut shown);
    let shown = optics::defocus(&shown, random.between(0.9, 1.2));
    let shown = optics::shake(&shown, (random.between(0.5, 1.2), random.between(-0.5, 0.5)));
    optics::soften(&shown, SOFTNESS)
}

/// Exposure is the photo's own: what is light 1 there is light 1 here.
fn sensor(scene: &Plane) -> Sensor {
    Sensor {
        key: scene.mean(),
        photons: 900.0,
        read_noise: 0.002,
        smoothing: 0.75,
        contrast: 0.0,
        sharpening: 0.35,
        quality: None,
    }
}

/// What the glass itself looks like, without colour: the darkest of each neighbourhood, so that letters and pictures
/// vanish and reflections and the display's own black stay.
fn floor(colours: &[Plane; 3]) -> Plane {
    const REACH: usize = 24;
    let [red, green, blue] = colours;
    let (width, height) = (red.width, red.height);
    let mut grey = green.clone();
    for (pixel, (red, blue)) in grey.light.iter_mut().zip(red.light.iter().zip(&blue.light)) {
        *pixel = (*pixel + red + blue) / 3.0;
    }
    let mut across = grey.clone();
    for (row, into) in grey.light.chunks(width).zip(across.light.chunks_mut(width)) {
        for (x, pixel) in into.iter_mut().enumerate() {
            let range = x.saturating_sub(REACH)..(x + REACH + 1).min(width);
            *pixel = row[range].iter().copied().fold(f32::MAX, f32::min);
        }
    }
    let mut darkest = across.clone();
    for (y, into) in darkest.light.chunks_mut(width).enumerate() {
        for near in y.saturating_sub(REACH)..(y + REACH + 1).min(height) {
            for (pixel, other) in into.iter_mut().zip(&across.light[near * width..]) {
                *pixel = pixel.min(*other);
            }
        }
    }
    optics::soften(&darkest, 12.0)
}

/// The part of the photo around the display: nothing else is computed, nothing else changes.
struct Patch {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
}

impl Patch {
    /// Room for the glow.
    const MARGIN: f32 = 3.0 * GLOW_REACH;

    fn around(corners: [Point; 4], photo: &Photo) -> Self {
        let span = |values: [f32; 4], end: usize| {
            let low = values.into_iter().fold(f32::MAX, f32::min) - Self::MARGIN;
            let high = values.into_iter().fold(f32::MIN, f32::max) + Self::MARGIN;
            (low.max(0.0) as usize, (high.max(0.0) as usize).min(end))
        };
        let (left, right) = span(corners.map(|corner| corner.0), photo.width);
        let (top, bottom) = span(corners.map(|corner| corner.1), photo.height);
        Self {
            left,
            top,
            width: right.saturating_sub(left).max(1),
            height: bottom.saturating_sub(top).max(1),
        }
    }

    /// The photo's pixel for pixel `i` of the patch.
    fn index(&self, i: usize, photo_width: usize) -> usize {
        (self.top + i / self.width) * photo_width + self.left + i % self.width
    }

    fn light(&self, photo: &Photo, channel: usize) -> Plane {
        let mut plane = Plane::new(self.width, self.height, 0.0);
        for (i, pixel) in plane.light.iter_mut().enumerate() {
            *pixel = light_of(photo.rgb[self.index(i, photo.width) * 3 + channel]);
        }
        plane
    }

    /// The mean of `value` over sixteen points of each pixel.
    fn sampled(&self, value: impl Fn(Point) -> f32) -> Plane {
        let mut plane = Plane::new(self.width, self.height, 0.0);
        for (i, pixel) in plane.light.iter_mut().enumerate() {
            let (x, y) = ((self.left + i % self.width) as f32, (self.top + i / self.width) as f32);
            let points = (0..16u8).map(|part| {
                value((x + f32::from(part % 4) * 0.25 + 0.125, y + f32::from(part / 4) * 0.25 + 0.125))
            });
            *pixel = points.sum::<f32>() / 16.0;
        }
        plane
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CORNERS: [Point; 4] = [(160.0, 70.0), (420.0, 60.0), (430.0, 250.0), (150.0, 230.0)];

    fn dark_room() -> Photo {
        Photo { width: 600, height: 320, rgb: vec![40; 3 * 600 * 320] }
    }

    #[test]
    fn only_the_display_and_its_glow_change() {
        let shown = show_on_display(&dark_room(), CORNERS, "text", 1);
        let at = |x: usize, y: usize| shown.rgb[(y * 600 + x) * 3];
        assert_eq!(at(10, 10), 40);
        assert_eq!(at(590, 310), 40);
        assert!(shown.rgb.iter().any(|value| *value > 150), "no light card on the display");
    }

    #[test]
    fn another_seed_or_text_is_another_picture() {
        let one = show_on_display(&dark_room(), CORNERS, "text", 1);
        assert_eq!(one, show_on_display(&dark_room(), CORNERS, "text", 1));
        assert_ne!(one, show_on_display(&dark_room(), CORNERS, "text", 2));
        assert_ne!(one, show_on_display(&dark_room(), CORNERS, "other", 1));
    }
}
