//! Where the camera stands: a pinhole camera before a flat surface, with a little lens distortion.
//!
//! Surface coordinates are in pixels too: at the point looked at, seen straight, one unit is one frame pixel.

/// A place on the surface or in the frame.
pub(crate) type Point = (f32, f32);

/// Angles in radians.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Pose {
    /// Between the surface's normal and the direction of view.
    pub tilt: f32,
    /// The direction that the surface leans to, in the frame.
    pub azimuth: f32,
    /// Turn around the direction of view.
    pub roll: f32,
}

/// Maps between frame and surface.
#[derive(Debug, Clone)]
pub(crate) struct Camera {
    /// Frame to surface, row by row, for points after the distortion is undone.
    to_surface: [f32; 9],
    to_frame: [f32; 9],
    centre: Point,
    /// Of the distortion: change of a radius of half the frame's width.
    pub(crate) bend: f32,
    half_width: f32,
    /// Its angles, and the frame point in which it sees what it looks at.
    pub(crate) pose: Pose,
    pub(crate) aim: Point,
}

impl Camera {
    /// A phone's main camera sees 64° of the frame's long side.
    const FOCAL: f32 = 0.8;

    /// Whether a square around the surface's origin lies in the frame, with a little margin.
    pub(crate) fn sees(&self, half: f32, size: (usize, usize)) -> bool {
        let (width, height) = (size.0 as f32, size.1 as f32);
        let margin = height * 0.02;
        let is_inside = |(x, y): Point| x > margin && y > margin && x < width - margin && y < height - margin;
        let corners = [(-half, -half), (half, -half), (half, half), (-half, half)];
        corners.iter().all(|corner| is_inside(self.frame(*corner)))
    }

    /// A camera that sees surface point `at` in frame point `frame_point`.
    pub(crate) fn new(size: (usize, usize), pose: Pose, at: Point, frame_point: Point, bend: f32) -> Self {
        let (width, height) = (size.0 as f32, size.1 as f32);
        let focal = Self::FOCAL * width;
        let centre = (width / 2.0, height / 2.0);
        let (ct, st) = (libm::cosf(pose.tilt), libm::sinf(pose.tilt));
        let (ca, sa) = (libm::cosf(pose.azimuth), libm::sinf(pose.azimuth));
        let (cr, sr) = (libm::cosf(pose.roll), libm::sinf(pose.roll));
        // The surface's axes after roll, then leaned around the axis across the azimuth (Rodrigues' formula).
        let lean = |x: f32, y: f32| {
            let along = x * ca + y * sa;
            let across = y * ca - x * sa;
            (along * ct * ca - across * sa, along * ct * sa + across * ca, along * st)
        };
        let (u, v) = (lean(cr, sr), lean(-sr, cr));
        let (fx, fy) = (frame_point.0 - centre.0, frame_point.1 - centre.1);
        // Camera coordinates of surface point `at` are (fx, fy, focal): one unit there is one pixel.
        let origin =
            (fx - u.0 * at.0 - v.0 * at.1, fy - u.1 * at.0 - v.1 * at.1, focal - u.2 * at.0 - v.2 * at.1);
        let to_frame = [
            focal * u.0 + centre.0 * u.2,
            focal * v.0 + centre.0 * v.2,
            focal * origin.0 + centre.0 * origin.2,
            focal * u.1 + centre.1 * u.2,
            focal * v.1 + centre.1 * v.2,
            focal * origin.1 + centre.1 * origin.2,
            u.2,
            v.2,
            origin.2,
        ];
        let half_width = width / 2.0;
        Self { to_surface: inverse(&to_frame), to_frame, centre, bend, half_width, pose, aim: frame_point }
    }

    /// The surface point seen at a frame point.
    pub(crate) fn surface(&self, frame: Point) -> Point {
        let (dx, dy) = (frame.0 - self.centre.0, frame.1 - self.centre.1);
        let square = (dx * dx + dy * dy) / (self.half_width * self.half_width);
        let scale = 1.0 + self.bend * square;
        apply(&self.to_surface, (self.centre.0 + dx * scale, self.centre.1 + dy * scale))
    }

    /// The frame point at which a surface point is seen.
    pub(crate) fn frame(&self, surface: Point) -> Point {
        let (x, y) = apply(&self.to_frame, surface);
        let (dx, dy) = (x - self.centre.0, y - self.centre.1);
        // The inverse of the distortion; three rounds are exact to a hundredth of a pixel at these strengths.
        let (mut bx, mut by) = (dx, dy);
        for _ in 0..3 {
            let square = (bx * bx + by * by) / (self.half_width * self.half_width);
            let scale = 1.0 + self.bend * square;
            (bx, by) = (dx / scale, dy / scale);
        }
        (self.centre.0 + bx, self.centre.1 + by)
    }
}

/// Where a homography, row by row, takes a point.
pub(crate) fn apply(m: &[f32; 9], (x, y): Point) -> Point {
    let w = m[6] * x + m[7] * y + m[8];
    ((m[0] * x + m[1] * y + m[2]) / w, (m[3] * x + m[4] * y + m[5]) / w)
}

/// The inverse up to a factor, which a homography does not have.
pub(crate) fn inverse(m: &[f32; 9]) -> [f32; 9] {
    let m = m.map(f64::from);
    let adjugate = [
        m[4] * m[8] - m[5] * m[7],
        m[2] * m[7] - m[1] * m[8],
        m[1] * m[5] - m[2] * m[4],
        m[5] * m[6] - m[3] * m[8],
        m[0] * m[8] - m[2] * m[6],
        m[2] * m[3] - m[0] * m[5],
        m[3] * m[7] - m[4] * m[6],
        m[1] * m[6] - m[0] * m[7],
        m[0] * m[4] - m[1] * m[3],
    ];
    // Scaled to keep the last element at one, so that single precision is enough.
    adjugate.map(|element| (element / adjugate[8]) as f32)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frame_and_surface_are_inverse_to_each_other() {
        let pose = Pose { tilt: 0.7, azimuth: 1.1, roll: 0.4 };
        let camera = Camera::new((1280, 720), pose, (150.0, 90.0), (600.0, 400.0), 0.02);
        for point in [(0.0, 0.0), (300.0, 0.0), (40.0, 250.0), (150.0, 90.0)] {
            let (x, y) = camera.surface(camera.frame(point));
            assert!((x - point.0).abs() < 0.05 && (y - point.1).abs() < 0.05, "{point:?} became {x}, {y}");
        }
    }

    #[test]
    fn the_point_looked_at_is_where_it_was_asked_for_at_a_scale_of_one() {
        let pose = Pose { tilt: 0.0, azimuth: 0.0, roll: 0.3 };
        let camera = Camera::new((1280, 720), pose, (150.0, 90.0), (600.0, 400.0), 0.0);
        let (x, y) = camera.frame((150.0, 90.0));
        assert!((x - 600.0).abs() < 0.01 && (y - 400.0).abs() < 0.01);
        let (dx, dy) = camera.frame((160.0, 90.0));
        assert!((((dx - x) * (dx - x) + (dy - y) * (dy - y)).sqrt() - 10.0).abs() < 0.01);
    }
}
