//! What a camera sees most of the time: no code. Chosen for what tempts a detector.

use crate::draw::{self, Area};
use crate::plane::Plane;
use crate::random::Random;
use crate::scenario::Scenario;

/// Fills the surface with a scene that has no code.
pub(crate) fn draw(plane: &mut Plane, random: &mut Random, scenario: Scenario) {
    let scale = plane.height as f32 / 1100.0;
    match scenario {
        Scenario::NoneText => text(plane, random, scale),
        Scenario::NoneKeyboard => keyboard(plane, random, scale),
        Scenario::NoneFoliage => foliage(plane, random, scale),
        Scenario::NoneCheckerboard => checkerboard(plane, random, scale),
        _ => data_matrices(plane, random, scale),
    }
}

fn whole(plane: &Plane) -> Area {
    Area::new(0.0, 0.0, plane.width as f32, plane.height as f32)
}

fn text(plane: &mut Plane, random: &mut Random, scale: f32) {
    let dark_page = random.chance(0.3);
    let (page, ink) = if dark_page { (0.04, 0.7) } else { (0.85, 0.05) };
    plane.light.fill(page);
    let columns = random.whole(1, 3);
    let width = plane.width as f32 / columns as f32;
    for column in 0..columns {
        let mut top = 20.0 * scale;
        while top < plane.height as f32 {
            let size = random.between(5.0, 22.0) * scale;
            let height = size * random.between(6.0, 20.0);
            let area = Area::new(column as f32 * width + 20.0 * scale, top, width - 40.0 * scale, height);
            if random.chance(0.12) {
                draw::rectangle(plane, area, 4.0 * scale, random.between(0.1, 0.7));
            } else {
                draw::paragraph(plane, random, area, size, ink);
            }
            top += height + 25.0 * scale;
        }
    }
}

fn keyboard(plane: &mut Plane, random: &mut Random, scale: f32) {
    let light_keys = random.chance(0.4);
    let (body, key, legend) = if light_keys { (0.45, 0.8, 0.1) } else { (0.12, 0.03, 0.6) };
    plane.light.fill(body * random.between(0.7, 1.3));
    let pitch = random.between(55.0, 110.0) * scale;
    let (gap, letters) = (pitch * random.between(0.06, 0.18), "QWERTYUIOPASDFGHJKLZXCVBNM0123456789");
    let letters: Vec<char> = letters.chars().collect();
    let rows = (plane.height as f32 / pitch) as usize + 1;
    for row in 0..rows {
        let mut left = -pitch * random.between(0.0, 0.9);
        while left < plane.width as f32 {
            let width = if random.chance(0.1) { pitch * random.between(1.3, 3.5) } else { pitch };
            let cap = Area::new(left, row as f32 * pitch, width, pitch).inset(gap);
            draw::rectangle(plane, cap, pitch * 0.12, key * random.between(0.85, 1.15));
            draw::rectangle(plane, cap.inset(pitch * 0.08), pitch * 0.1, key * 1.2);
            let mark = random.pick(&letters).to_string();
            let base = (cap.left + pitch * 0.2, cap.top + pitch * 0.42);
            draw::text(plane, &mark, base, pitch * 0.22, legend);
            left += width;
        }
    }
}

fn foliage(plane: &mut Plane, random: &mut Random, scale: f32) {
    plane.light.fill(0.03);
    let area = whole(plane);
    for layer in 0..3u8 {
        let bright = 0.15 + 0.15 * f32::from(layer);
        for _ in 0..420 {
            let centre = (random.between(0.0, area.width), random.between(0.0, area.height));
            let long = random.between(14.0, 60.0) * scale;
            let angle = random.between(0.0, std::f32::consts::TAU);
            let shade = (bright * random.between(0.3, 0.8), bright * random.between(0.8, 1.8));
            let half = (long, long * random.between(0.2, 0.55));
            draw::leaf(plane, centre, half, (libm::cosf(angle), libm::sinf(angle)), shade);
        }
    }
    draw::texture(plane, random, (120.0 * scale, 120.0 * scale), 0.5);
}

fn checkerboard(plane: &mut Plane, random: &mut Random, scale: f32) {
    let pitch = random.between(6.0, 70.0) * scale;
    let (dark, light) = (random.between(0.02, 0.3), random.between(0.5, 0.95));
    // Tiles: plain, with a gap between them, or with a smaller square inside, as finder patterns have.
    let style = random.below(3);
    let gap = if style == 1 { pitch * 0.1 } else { 0.0 };
    let columns = (plane.width as f32 / pitch) as usize + 1;
    let rows = (plane.height as f32 / pitch) as usize + 1;
    plane.light.fill(f32::midpoint(dark, light));
    for row in 0..rows {
        for column in 0..columns {
            let (value, other) = if (row + column) % 2 == 0 { (dark, light) } else { (light, dark) };
            let tile = Area::new(column as f32 * pitch, row as f32 * pitch, pitch, pitch).inset(gap);
            draw::rectangle(plane, tile, 0.0, value);
            if style == 2 {
                draw::rectangle(plane, tile.inset(pitch / 7.0), 0.0, other);
                draw::rectangle(plane, tile.inset(pitch * 2.0 / 7.0), 0.0, value);
            }
        }
    }
}

fn data_matrices(plane: &mut Plane, random: &mut Random, scale: f32) {
    plane.light.fill(random.between(0.6, 0.9));
    let area = whole(plane);
    for _ in 0..14 {
        let modules = 2 * random.whole(5, 24);
        let module = random.between(3.0, 14.0) * scale;
        let side = modules as f32 * module;
        let corner = (random.between(0.0, area.width - side), random.between(0.0, area.height - side));
        data_matrix(plane, random, corner, modules, module);
    }
}

/// Solid along the left and bottom, alternating along the top and right, random within.
fn data_matrix(plane: &mut Plane, random: &mut Random, corner: (f32, f32), modules: usize, module: f32) {
    let side = modules as f32 * module;
    draw::rectangle(plane, Area::new(corner.0, corner.1, side, side).inset(-2.0 * module), 0.0, 0.9);
    for row in 0..modules {
        for column in 0..modules {
            let dark = if column == 0 || row == modules - 1 {
                true
            } else if row == 0 {
                column % 2 == 0
            } else if column == modules - 1 {
                row % 2 == 1
            } else {
                random.chance(0.5)
            };
            if dark {
                let (left, top) = (corner.0 + column as f32 * module, corner.1 + row as f32 * module);
                draw::rectangle(plane, Area::new(left, top, module, module), 0.0, 0.05);
            }
        }
    }
}
