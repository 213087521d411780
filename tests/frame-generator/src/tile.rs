//! The code on its surface, as exact geometry: asked at a point it answers with the light there.
//!
//! Nothing is drawn at some resolution first, so a module's edge is as sharp as the camera can see it.

use crate::camera::Point;
use crate::symbol::Symbol;

/// A code around the surface's origin.
pub(crate) struct Tile {
    pub symbol: Symbol,
    /// Side of one module, in surface units.
    pub module: f32,
    /// Width of the quiet zone, in modules.
    pub quiet: f32,
    /// Light of what the standard calls dark, and of what it calls light. An inverted code has them exchanged.
    pub dark: f32,
    /// See [`Tile::dark`].
    pub light: f32,
    /// Side of a picture in the middle, as a share of the code's side; 0 without one.
    pub logo: f32,
}

impl Tile {
    /// Half the code's side without its quiet zone.
    pub(crate) fn half(&self) -> f32 {
        self.symbol.side as f32 * self.module / 2.0
    }

    /// Half the side with the quiet zone.
    pub(crate) fn half_with_quiet(&self) -> f32 {
        self.half() + self.quiet * self.module
    }

    /// Corners of the code without its quiet zone: top left, top right, bottom right, bottom left.
    pub(crate) fn corners(&self) -> [Point; 4] {
        let half = self.half();
        [(-half, -half), (half, -half), (half, half), (-half, half)]
    }

    /// The light at a surface point; `None` beyond the quiet zone.
    pub(crate) fn at(&self, (x, y): Point) -> Option<f32> {
        let reach = self.half_with_quiet();
        if x.abs() >= reach || y.abs() >= reach {
            return None;
        }
        let half = self.half();
        if x.abs() >= half || y.abs() >= half {
            return Some(self.light);
        }
        if let Some(light) = self.logo_at(x / half, y / half) {
            return Some(light);
        }
        let last = self.symbol.side - 1;
        let column = (((x + half) / self.module) as usize).min(last);
        let row = (((y + half) / self.module) as usize).min(last);
        Some(if self.symbol.is_dark(column, row) { self.dark } else { self.light })
    }

    /// A round mark on a light square; coordinates are −1 … 1 over the code.
    fn logo_at(&self, x: f32, y: f32) -> Option<f32> {
        let side = x.abs().max(y.abs());
        if side >= self.logo {
            return None;
        }
        let radius = (x * x + y * y).sqrt() / self.logo;
        let bar = x.abs() < self.logo * 0.2 && y.abs() < self.logo * 0.55;
        let grey = self.dark + (self.light - self.dark) * 0.25;
        Some(if radius < 0.8 && !bar { grey } else { self.light })
    }
}
