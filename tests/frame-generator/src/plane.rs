//! A picture in linear light: one `f32` a pixel, 0 no light, 1 the light of a white page under full exposure.

/// Rows without gaps.
#[derive(Debug, Clone)]
pub(crate) struct Plane {
    pub width: usize,
    pub height: usize,
    pub light: Vec<f32>,
}

impl Plane {
    /// All of one value.
    pub(crate) fn new(width: usize, height: usize, value: f32) -> Self {
        Self { width, height, light: vec![value; width * height] }
    }

    /// Between four pixels; beyond the edge the nearest one. Pixel centres lie at whole numbers plus ½.
    pub(crate) fn sample(&self, x: f32, y: f32) -> f32 {
        let x = (x - 0.5).clamp(0.0, (self.width - 1) as f32);
        let y = (y - 0.5).clamp(0.0, (self.height - 1) as f32);
        let (column, row) = (x as usize, y as usize);
        let (right, below) = ((column + 1).min(self.width - 1), (row + 1).min(self.height - 1));
        let (fx, fy) = (x - column as f32, y - row as f32);
        let at = |column: usize, row: usize| self.light[row * self.width + column];
        let top = at(column, row) + (at(right, row) - at(column, row)) * fx;
        let bottom = at(column, below) + (at(right, below) - at(column, below)) * fx;
        top + (bottom - top) * fy
    }

    /// Mean of all pixels.
    pub(crate) fn mean(&self) -> f32 {
        let rows = self.light.chunks(self.width).map(|row| row.iter().sum::<f32>() / self.width as f32);
        rows.sum::<f32>() / self.height as f32
    }

    /// Mixes `value` into a pixel; `share` 1 replaces it. Nothing happens outside the plane.
    pub(crate) fn mix(&mut self, x: i32, y: i32, value: f32, share: f32) {
        let inside = x >= 0 && y >= 0 && (x as usize) < self.width && (y as usize) < self.height;
        if inside && share > 0.0 {
            let pixel = &mut self.light[y as usize * self.width + x as usize];
            *pixel += (value - *pixel) * share.min(1.0);
        }
    }
}
