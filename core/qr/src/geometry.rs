//! Points, and the map between a symbol's modules and the picture.
//!
//! A flat symbol seen by a camera is a homography. It is fitted to as many points as are known, by least squares,
//! so that one bad point spoils little.

use std::ops::{Add, Mul, Sub};

/// A point or a direction in a picture, in pixels; x to the right, y down.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Point {
    /// To the right.
    pub x: f32,
    /// Down.
    pub y: f32,
}

impl Point {
    /// The point at `x`, `y`.
    pub const fn new(x: f32, y: f32) -> Self {
        Self { x, y }
    }

    pub(crate) fn length(self) -> f32 {
        self.x.hypot(self.y)
    }

    pub(crate) fn dot(self, other: Self) -> f32 {
        self.x * other.x + self.y * other.y
    }

    pub(crate) fn cross(self, other: Self) -> f32 {
        self.x * other.y - self.y * other.x
    }

    pub(crate) fn is_finite(self) -> bool {
        self.x.is_finite() && self.y.is_finite()
    }
}

impl Add for Point {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self::new(self.x + other.x, self.y + other.y)
    }
}

impl Sub for Point {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self::new(self.x - other.x, self.y - other.y)
    }
}

impl Mul<f32> for Point {
    type Output = Self;
    fn mul(self, factor: f32) -> Self {
        Self::new(self.x * factor, self.y * factor)
    }
}

/// Solves `matrix · x = right` by elimination with pivots; nothing when it has no single answer.
pub(crate) fn solve<const N: usize>(mut matrix: [[f64; N]; N], mut right: [f64; N]) -> Option<[f64; N]> {
    const SINGULAR: f64 = 1e-12;
    for column in 0..N {
        let pivot =
            (column..N).max_by(|&a, &b| matrix[a][column].abs().total_cmp(&matrix[b][column].abs()))?;
        matrix.swap(column, pivot);
        right.swap(column, pivot);
        let head = matrix[column][column];
        if head.abs() < SINGULAR || !head.is_finite() {
            return None;
        }
        for row in column + 1..N {
            let factor = matrix[row][column] / head;
            let (upper, lower) = matrix.split_at_mut(row);
            for (target, source) in lower[0].iter_mut().zip(&upper[column]).skip(column) {
                *target -= factor * source;
            }
            right[row] -= factor * right[column];
        }
    }
    for column in (0..N).rev() {
        let known: f64 = (column + 1..N).map(|i| matrix[column][i] * right[i]).sum();
        right[column] = (right[column] - known) / matrix[column][column];
    }
    right.iter().all(|value| value.is_finite()).then_some(right)
}

/// A pair of points that belong together: in modules from the symbol's upper left corner, and in pixels.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Match {
    pub(crate) module: Point,
    pub(crate) pixel: Point,
    pub(crate) weight: f32,
}

/// A map from modules to pixels that keeps straight lines straight.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Homography([f32; 9]);

impl Homography {
    /// The map of least squared distance for at least four matches, `size` modules being the scale of the symbol.
    pub(crate) fn fit(matches: &[Match], size: f32) -> Option<Self> {
        let weight: f32 = matches.iter().map(|known| known.weight).sum();
        let centre = matches.iter().fold(Point::default(), |sum, known| sum + known.pixel * known.weight);
        let centre = centre * (1.0 / weight);
        let spread: f32 = matches.iter().map(|known| (known.pixel - centre).length() * known.weight).sum();
        let scale = spread / weight;
        if scale.partial_cmp(&0.0) != Some(std::cmp::Ordering::Greater) {
            return None;
        }
        let mut matrix = [[0.0; 8]; 8];
        let mut right = [0.0; 8];
        for known in matches {
            let (u, v) = (f64::from(known.module.x / size), f64::from(known.module.y / size));
            let pixel = (known.pixel - centre) * (1.0 / scale);
            let (x, y) = (f64::from(pixel.x), f64::from(pixel.y));
            let rows = [
                ([u, v, 1.0, 0.0, 0.0, 0.0, -u * x, -v * x], x),
                ([0.0, 0.0, 0.0, u, v, 1.0, -u * y, -v * y], y),
            ];
            for (row, value) in rows {
                for i in 0..8 {
                    for j in 0..8 {
                        matrix[i][j] += row[i] * row[j] * f64::from(known.weight);
                    }
                    right[i] += row[i] * value * f64::from(known.weight);
                }
            }
        }
        let [a, b, c, d, e, f, g, h] = solve(matrix, right)?.map(|value| value as f32);
        let (cx, cy) = (centre.x, centre.y);
        let upper = [a * scale + cx * g, b * scale + cx * h, c * scale + cx];
        let middle = [d * scale + cy * g, e * scale + cy * h, f * scale + cy];
        let unscaled = |row: [f32; 3]| [row[0] / size, row[1] / size, row[2]];
        let ([a, b, c], [d, e, f], [g, h, i]) = (unscaled(upper), unscaled(middle), unscaled([g, h, 1.0]));
        Some(Self([a, b, c, d, e, f, g, h, i]))
    }

    /// Where a point of the symbol lies in the picture.
    pub(crate) fn map(&self, module: Point) -> Point {
        let [a, b, c, d, e, f, g, h, i] = self.0;
        let depth = 1.0 / (g * module.x + h * module.y + i);
        Point::new((a * module.x + b * module.y + c) * depth, (d * module.x + e * module.y + f) * depth)
    }

    /// The corners of a symbol of `size` modules: upper left, upper right, lower right, lower left.
    pub(crate) fn corners(&self, size: f32) -> [Point; 4] {
        [(0.0, 0.0), (size, 0.0), (size, size), (0.0, size)].map(|(x, y)| self.map(Point::new(x, y)))
    }

    /// The map that puts the corners of a symbol of `size` modules at these places (order as [`Self::corners`]).
    #[cfg(test)]
    pub(crate) fn onto([p0, p1, p2, p3]: [Point; 4], size: f32) -> Option<Self> {
        let d1 = p1 - p2;
        let d2 = p3 - p2;
        let sum = (p0 - p1) + (p2 - p3);
        let denominator = d1.cross(d2);
        if denominator.abs() < f32::EPSILON {
            return None;
        }
        let g = sum.cross(d2) / denominator;
        let h = d1.cross(sum) / denominator;
        let across = (p1 - p0) + p1 * g;
        let down = (p3 - p0) + p3 * h;
        let per = 1.0 / size;
        Some(Self([
            across.x * per,
            down.x * per,
            p0.x,
            across.y * per,
            down.y * per,
            p0.y,
            g * per,
            h * per,
            1.0,
        ]))
    }

    /// Whether a symbol of `size` modules is mapped to a convex figure in front of the camera.
    pub(crate) fn is_sound(&self, size: f32) -> bool {
        let corners = self.corners(size);
        let turns = (0..4).map(|i| {
            let (a, b, c) = (corners[i], corners[(i + 1) % 4], corners[(i + 2) % 4]);
            (b - a).cross(c - b)
        });
        let [_, _, _, _, _, _, g, h, i] = self.0;
        let in_front = [0.0, g * size, h * size, (g + h) * size].iter().all(|depth| depth + i > 0.0);
        in_front
            && corners.iter().all(|corner| corner.is_finite())
            && turns.into_iter().all(|turn| turn > 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fit_finds_the_map_its_points_were_made_by() {
        let corners =
            [(10.0, 20.0), (300.0, 40.0), (280.0, 310.0), (30.0, 250.0)].map(|(x, y)| Point::new(x, y));
        let truth = Homography::onto(corners, 25.0).unwrap();
        let matches: Vec<Match> = [(0.0, 0.0), (25.0, 0.0), (25.0, 25.0), (0.0, 25.0), (7.0, 9.0)]
            .map(|(x, y)| Match { module: Point::new(x, y), pixel: truth.map(Point::new(x, y)), weight: 1.0 })
            .to_vec();
        let fitted = Homography::fit(&matches, 25.0).unwrap();
        for (corner, expected) in fitted.corners(25.0).into_iter().zip(corners) {
            assert!((corner - expected).length() < 0.01, "{corner:?} {expected:?}");
        }
        assert!(fitted.is_sound(25.0));
    }
}
