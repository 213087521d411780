//! From light to the bytes of a luma plane: exposure, photons, noise reduction, tone, sharpening, compression.

use crate::blocks;
use crate::plane::Plane;
use crate::random::Random;

/// A phone's camera and its picture pipeline.
#[derive(Debug, Clone)]
pub(crate) struct Sensor {
    /// Mean light that automatic exposure aims at, as a share of full scale.
    pub key: f32,
    /// Photons of a full pixel: 20,000 in daylight, 200 in the dark.
    pub photons: f32,
    /// Noise of reading, as a share of full scale.
    pub read_noise: f32,
    /// How much noise reduction smears, 0 … 1.
    pub smoothing: f32,
    /// Steepness of the tone curve's middle, 0 straight … 1.
    pub contrast: f32,
    /// Sharpening, as phones do.
    pub sharpening: f32,
    /// Quality of a JPEG-like compression, 1 … 100; `None` for frames straight from the sensor.
    pub quality: Option<u8>,
}

impl Sensor {
    /// One byte a pixel.
    pub(crate) fn expose(&self, scene: &Plane, random: &mut Random) -> Vec<u8> {
        let mut signal = scene.clone();
        let gain = (self.key / scene.mean().max(1e-3)).clamp(0.25, 4.0);
        for pixel in &mut signal.light {
            let clean = *pixel * gain;
            let variance = clean.max(0.0) / self.photons + self.read_noise * self.read_noise;
            *pixel = clean + variance.sqrt() * random.normal();
        }
        if self.smoothing > 0.0 {
            signal = smooth(&signal, self.smoothing);
        }
        let curve = self.curve();
        for pixel in &mut signal.light {
            let step = pixel.clamp(0.0, 1.0) * (curve.len() - 1) as f32;
            *pixel = curve[step as usize];
        }
        if self.sharpening > 0.0 {
            sharpen(&mut signal, self.sharpening);
        }
        let mut luma: Vec<u8> = signal.light.iter().map(|value| byte(*value)).collect();
        if let Some(quality) = self.quality {
            blocks::compress(&mut luma, signal.width, signal.height, quality);
        }
        luma
    }

    /// Full scale in 4,096 steps to 0 … 255: the gamma of sRGB, then an S.
    fn curve(&self) -> Vec<f32> {
        (0..4096u16)
            .map(|step| {
                let linear = f32::from(step) / 4095.0;
                let coded = srgb(linear);
                let bent = coded * coded * (3.0 - 2.0 * coded);
                255.0 * (coded + (bent - coded) * self.contrast)
            })
            .collect()
    }
}

/// The transfer curve of sRGB (IEC 61966-2-1): light 0 … 1 to a coded value 0 … 1.
pub(crate) fn srgb(linear: f32) -> f32 {
    if linear <= 0.003_130_8 { 12.92 * linear } else { 1.055 * libm::powf(linear, 1.0 / 2.4) - 0.055 }
}

/// The light of a coded value: the inverse of [`srgb`].
pub(crate) fn light_of(byte: u8) -> f32 {
    let coded = f32::from(byte) / 255.0;
    if coded <= 0.040_45 { coded / 12.92 } else { libm::powf((coded + 0.055) / 1.055, 2.4) }
}

pub(crate) fn byte(value: f32) -> u8 {
    (value + 0.5).clamp(0.0, 255.0) as u8
}

/// A 3 × 3 binomial mixed in: noise that was smeared is no longer independent from pixel to pixel.
fn smooth(plane: &Plane, share: f32) -> Plane {
    let blurred = binomial(plane);
    let mut out = plane.clone();
    for (pixel, soft) in out.light.iter_mut().zip(&blurred.light) {
        *pixel += (soft - *pixel) * share;
    }
    out
}

/// Unsharp masking: what a small blur takes away is added again.
fn sharpen(plane: &mut Plane, amount: f32) {
    let blurred = binomial(plane);
    for (pixel, soft) in plane.light.iter_mut().zip(&blurred.light) {
        *pixel += (*pixel - soft) * amount;
    }
}

fn binomial(plane: &Plane) -> Plane {
    let (width, height) = (plane.width, plane.height);
    let mut across = Plane::new(width, height, 0.0);
    for (row, into) in plane.light.chunks(width).zip(across.light.chunks_mut(width)) {
        for x in 0..width {
            into[x] = (row[x.saturating_sub(1)] + 2.0 * row[x] + row[(x + 1).min(width - 1)]) * 0.25;
        }
    }
    let mut out = Plane::new(width, height, 0.0);
    for (y, into) in out.light.chunks_mut(width).enumerate() {
        let row = |y: usize| &across.light[y * width..(y + 1) * width];
        let (above, here, below) = (row(y.saturating_sub(1)), row(y), row((y + 1).min(height - 1)));
        for (x, pixel) in into.iter_mut().enumerate() {
            *pixel = (above[x] + 2.0 * here[x] + below[x]) * 0.25;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn daylight() -> Sensor {
        Sensor {
            key: 0.3,
            photons: 20_000.0,
            read_noise: 0.001,
            smoothing: 0.5,
            contrast: 0.3,
            sharpening: 0.3,
            quality: None,
        }
    }

    fn deviation(luma: &[u8]) -> f32 {
        let mean = luma.iter().map(|value| f32::from(*value)).sum::<f32>() / luma.len() as f32;
        let square = luma.iter().map(|value| (f32::from(*value) - mean).powi(2)).sum::<f32>();
        (square / luma.len() as f32).sqrt()
    }

    #[test]
    fn automatic_exposure_brings_any_even_scene_to_the_same_grey() {
        for light in [0.2, 0.5, 0.9] {
            let luma = daylight().expose(&Plane::new(40, 40, light), &mut Random::new(1, "test"));
            // 0.3 of full scale is 149 in sRGB; the S moves it by a few steps.
            assert!(luma.iter().all(|value| (140..170).contains(value)), "{light}: {}", luma[0]);
        }
    }

    #[test]
    fn few_photons_make_noise() {
        let scene = Plane::new(64, 64, 0.4);
        let day = deviation(&daylight().expose(&scene, &mut Random::new(1, "test")));
        let night = Sensor { photons: 150.0, ..daylight() };
        assert!(deviation(&night.expose(&scene, &mut Random::new(1, "test"))) > 4.0 * day);
    }
}
