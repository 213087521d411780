//! Four corners in a photo, and the upright picture that they are the corners of.

use crate::camera::{Point, apply, inverse};

/// Maps a photo's pixels to places on a flat rectangle seen in it.
pub(crate) struct Quad {
    to_rectangle: [f32; 9],
    size: (f32, f32),
}

impl Quad {
    /// Corners: top left, top right, bottom right, bottom left of a rectangle of this size.
    ///
    /// The closed form for the unit square (Heckbert, "Fundamentals of Texture Mapping", 1989, section 2.2.3).
    pub(crate) fn new([a, b, c, d]: [Point; 4], size: (f32, f32)) -> Self {
        let (dx1, dy1) = (b.0 - c.0, b.1 - c.1);
        let (dx2, dy2) = (d.0 - c.0, d.1 - c.1);
        let (sx, sy) = (a.0 - b.0 + c.0 - d.0, a.1 - b.1 + c.1 - d.1);
        let area = dx1 * dy2 - dx2 * dy1;
        let g = (sx * dy2 - dx2 * sy) / area;
        let h = (dx1 * sy - sx * dy1) / area;
        let to_photo = [
            b.0 - a.0 + g * b.0,
            d.0 - a.0 + h * d.0,
            a.0,
            b.1 - a.1 + g * b.1,
            d.1 - a.1 + h * d.1,
            a.1,
            g,
            h,
            1.0,
        ];
        Self { to_rectangle: inverse(&to_photo), size }
    }

    /// The place on the rectangle seen at a point of the photo; `None` beside it.
    pub(crate) fn at(&self, point: Point) -> Option<Point> {
        let (u, v) = apply(&self.to_rectangle, point);
        let inside = (0.0..1.0).contains(&u) && (0.0..1.0).contains(&v);
        inside.then_some((u * self.size.0, v * self.size.1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn corners_lie_at_corners_and_a_point_outside_lies_nowhere() {
        let corners = [(100.0, 80.0), (400.0, 60.0), (420.0, 310.0), (60.0, 260.0)];
        let quad = Quad::new(corners, (160.0, 90.0));
        let places = [(0.0, 0.0), (160.0, 0.0), (160.0, 90.0), (0.0, 90.0)];
        let middle = (245.0, 177.5);
        for (corner, place) in corners.into_iter().zip(places) {
            // A hundredth of the way to the middle, so as to be inside for sure.
            let point = (corner.0 + (middle.0 - corner.0) * 0.01, corner.1 + (middle.1 - corner.1) * 0.01);
            let (x, y) = quad.at(point).expect("a point inside");
            assert!((x - place.0).abs() < 2.5 && (y - place.1).abs() < 2.5, "{corner:?} became {x}, {y}");
        }
        assert_eq!(quad.at((50.0, 50.0)), None);
        assert_eq!(quad.at((500.0, 200.0)), None);
    }
}
