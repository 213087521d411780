//! Shapes, strokes, text and texture on a plane, with soft edges of one pixel.

use crate::font;
use crate::plane::Plane;
use crate::random::Random;

/// An upright rectangle in pixels of the plane.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Area {
    pub left: f32,
    pub top: f32,
    pub width: f32,
    pub height: f32,
}

impl Area {
    pub(crate) fn new(left: f32, top: f32, width: f32, height: f32) -> Self {
        Self { left, top, width, height }
    }

    /// The same area, smaller by `margin` on every side.
    pub(crate) fn inset(self, margin: f32) -> Self {
        let (width, height) = ((self.width - 2.0 * margin).max(0.0), (self.height - 2.0 * margin).max(0.0));
        Self::new(self.left + margin, self.top + margin, width, height)
    }

    fn rows(self, plane: &Plane) -> std::ops::Range<i32> {
        let last = (self.top + self.height + 1.0).min(plane.height as f32) as i32;
        (self.top - 1.0).max(0.0) as i32..last
    }

    fn columns(self, plane: &Plane) -> std::ops::Range<i32> {
        let last = (self.left + self.width + 1.0).min(plane.width as f32) as i32;
        (self.left - 1.0).max(0.0) as i32..last
    }
}

/// A rectangle with corners of this radius.
pub(crate) fn rectangle(plane: &mut Plane, area: Area, radius: f32, value: f32) {
    let (half_width, half_height) = (area.width / 2.0, area.height / 2.0);
    let radius = radius.min(half_width).min(half_height);
    let (centre_x, centre_y) = (area.left + half_width, area.top + half_height);
    for y in area.rows(plane) {
        for x in area.columns(plane) {
            let outside_x = ((x as f32 + 0.5 - centre_x).abs() - half_width + radius).max(0.0);
            let outside_y = ((y as f32 + 0.5 - centre_y).abs() - half_height + radius).max(0.0);
            let distance = (outside_x * outside_x + outside_y * outside_y).sqrt() - radius;
            plane.mix(x, y, value, (0.5 - distance).clamp(0.0, 1.0));
        }
    }
}

/// An ellipse, turned by the direction (`cosine`, `sine`), shaded from `dark` at one end to `light` at the other.
pub(crate) fn leaf(
    plane: &mut Plane,
    centre: (f32, f32),
    half: (f32, f32),
    turn: (f32, f32),
    shade: (f32, f32),
) {
    let reach = half.0.max(half.1);
    let area = Area::new(centre.0 - reach, centre.1 - reach, 2.0 * reach, 2.0 * reach);
    for y in area.rows(plane) {
        for x in area.columns(plane) {
            let (dx, dy) = (x as f32 + 0.5 - centre.0, y as f32 + 0.5 - centre.1);
            let along = (dx * turn.0 + dy * turn.1) / half.0;
            let across = (dy * turn.0 - dx * turn.1) / half.1;
            let distance = along * along + across * across;
            if distance < 1.0 {
                // The vein and the far half are darker.
                let vein = if across.abs() * half.1 < 0.8 { 0.6 } else { 1.0 };
                let side = if across > 0.0 { 1.0 } else { 0.8 };
                let value = (shade.0 + (shade.1 - shade.0) * (along * 0.5 + 0.5)) * vein * side;
                plane.mix(x, y, value, ((1.0 - distance) * half.1).clamp(0.0, 1.0));
            }
        }
    }
}

/// A straight stroke of this thickness with round ends.
fn stroke(plane: &mut Plane, from: (f32, f32), to: (f32, f32), thickness: f32, value: f32) {
    let reach = thickness / 2.0 + 1.0;
    let area = Area::new(
        from.0.min(to.0) - reach,
        from.1.min(to.1) - reach,
        (from.0 - to.0).abs() + 2.0 * reach,
        (from.1 - to.1).abs() + 2.0 * reach,
    );
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let square = dx * dx + dy * dy;
    for y in area.rows(plane) {
        for x in area.columns(plane) {
            let (px, py) = (x as f32 + 0.5 - from.0, y as f32 + 0.5 - from.1);
            let along = if square > 0.0 { ((px * dx + py * dy) / square).clamp(0.0, 1.0) } else { 0.0 };
            let (ex, ey) = (px - along * dx, py - along * dy);
            let distance = (ex * ex + ey * ey).sqrt();
            plane.mix(x, y, value, (thickness / 2.0 + 0.5 - distance).clamp(0.0, 1.0));
        }
    }
}

/// One line of text whose capitals are `size` pixels high, from the left end of its base line. Returns its end.
pub(crate) fn text(plane: &mut Plane, text: &str, start: (f32, f32), size: f32, value: f32) -> f32 {
    let unit = size / 6.0;
    let mut left = start.0;
    for character in text.chars() {
        for points in font::strokes(character) {
            let place = |(x, y): (f32, f32)| (left + x * unit * 0.9, start.1 + (y - 6.0) * unit);
            for pair in points.windows(2) {
                stroke(plane, place(pair[0]), place(pair[1]), (unit * 0.8).max(0.7), value);
            }
            if let [point] = points[..] {
                stroke(plane, place(point), place(point), unit.max(0.8), value);
            }
        }
        left += unit * if "iljt.,:1 ".contains(character) { 3.4 } else { 5.4 };
    }
    left
}

/// Lines of words, ragged on the right, as many as fit the area.
pub(crate) fn paragraph(plane: &mut Plane, random: &mut Random, area: Area, size: f32, value: f32) {
    let mut base = area.top + size;
    while base < area.top + area.height {
        let mut left = area.left;
        loop {
            let word = *random.pick(&WORDS);
            let end = left + word.len() as f32 * size * 0.9;
            if end > area.left + area.width || random.chance(0.03) {
                break;
            }
            left = text(plane, word, (left, base), size, value) + size * 0.55;
        }
        base += size * 1.9;
    }
}

const WORDS: [&str; 40] = [
    "the", "account", "sign", "in", "with", "your", "phone", "and", "Open", "app", "to", "scan", "this",
    "picture", "Then", "type", "six", "digits", "below", "or", "enter", "key", "by", "hand", "a", "Security",
    "settings", "for", "team", "members", "2026", "Never", "share", "it", "again", "needed", "when", "new",
    "device", "is",
];

/// Uneven light and dark of this grain (pixels between its knots), smooth between them.
pub(crate) fn texture(plane: &mut Plane, random: &mut Random, grain: (f32, f32), strength: f32) {
    let columns = (plane.width as f32 / grain.0) as usize + 2;
    let rows = (plane.height as f32 / grain.1) as usize + 2;
    let mut knots = Plane::new(columns, rows, 0.0);
    for knot in &mut knots.light {
        *knot = random.between(-strength, strength);
    }
    for y in 0..plane.height {
        for x in 0..plane.width {
            let change = knots.sample(x as f32 / grain.0 + 0.5, y as f32 / grain.1 + 0.5);
            plane.light[y * plane.width + x] *= 1.0 + change;
        }
    }
}
