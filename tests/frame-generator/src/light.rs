//! The light on the scene: where it comes from, what stands in its way, what mirrors it.

use crate::camera::Point;
use crate::plane::Plane;

/// The border of a shadow across the scene.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Shadow {
    /// A frame point on the border.
    pub at: Point,
    /// Unit vector into the lit side.
    pub direction: (f32, f32),
    /// Light left in the shadow, 0 … 1.
    pub depth: f32,
    /// Width of the soft border, in pixels.
    pub penumbra: f32,
}

/// A lamp mirrored by the surface.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Glare {
    pub at: Point,
    /// Half the reflection's axes, in pixels.
    pub half: (f32, f32),
    /// Unit vector along the first axis.
    pub direction: (f32, f32),
    /// Light in its middle; 1 is a white page under full exposure.
    pub strength: f32,
    /// A window with an edge, not a lamp that fades.
    pub is_window: bool,
}

/// Everything about the light.
#[derive(Debug, Clone)]
pub(crate) struct Light {
    /// Change of the light over half the frame's width, and the direction it comes from.
    pub slope: f32,
    pub direction: (f32, f32),
    /// Light lost in the frame's corners.
    pub vignette: f32,
    /// Light that the lens spreads over everything, as a share of the mean.
    pub veil: f32,
    pub shadow: Option<Shadow>,
    pub glare: Option<Glare>,
    /// A display dimmed by pulses, seen through a rolling shutter: strength, and bands in the frame's height.
    pub bands: (f32, f32),
}

impl Light {
    /// Lights the scene, in place.
    pub(crate) fn fall_on(&self, scene: &mut Plane) {
        let (width, height) = (scene.width as f32, scene.height as f32);
        for (y, row) in scene.light.chunks_mut(scene.width).enumerate() {
            let y = y as f32 + 0.5;
            let band = 1.0
                - self.bands.0 * (0.5 + 0.5 * libm::sinf(std::f32::consts::TAU * self.bands.1 * y / height));
            for (x, pixel) in row.iter_mut().enumerate() {
                let x = x as f32 + 0.5;
                let (dx, dy) = ((x - width / 2.0) / (width / 2.0), (y - height / 2.0) / (width / 2.0));
                let slope = 1.0 + self.slope * (dx * self.direction.0 + dy * self.direction.1);
                let corner = 1.0 - self.vignette * (dx * dx + dy * dy);
                let shade = self.shadow.map_or(1.0, |shadow| shadow.at((x, y)));
                *pixel *= slope.max(0.05) * corner.max(0.05) * shade * band;
                if let Some(glare) = &self.glare {
                    *pixel += glare.at((x, y));
                }
            }
        }
        let veil = self.veil * scene.mean();
        for pixel in &mut scene.light {
            *pixel += veil;
        }
    }
}

impl Shadow {
    fn at(&self, (x, y): Point) -> f32 {
        let distance = (x - self.at.0) * self.direction.0 + (y - self.at.1) * self.direction.1;
        let share = (distance / self.penumbra.max(1.0) + 0.5).clamp(0.0, 1.0);
        self.depth + (1.0 - self.depth) * share * share * (3.0 - 2.0 * share)
    }
}

impl Glare {
    fn at(&self, (x, y): Point) -> f32 {
        let (dx, dy) = (x - self.at.0, y - self.at.1);
        let along = (dx * self.direction.0 + dy * self.direction.1) / self.half.0;
        let across = (dy * self.direction.0 - dx * self.direction.1) / self.half.1;
        if self.is_window {
            let edge = along.abs().max(across.abs());
            self.strength * ((1.15 - edge) / 0.3).clamp(0.0, 1.0)
        } else {
            // (1 + d²)⁻²: falls like a lamp on a half-glossy surface, without an exponential for every pixel.
            let square = 1.0 + along * along + across * across;
            self.strength / (square * square)
        }
    }
}
