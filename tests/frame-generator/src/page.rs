//! What lies around a code: a sign-in page or a printed sheet, on a desk.

use crate::conditions::{Conditions, Ground};
use crate::draw::{self, Area};
use crate::plane::Plane;
use crate::random::Random;
use crate::tile::Tile;

/// The surface as pixels: `origin` is the pixel at surface point (0, 0), the middle of the code.
pub(crate) struct Canvas {
    pub plane: Plane,
    pub origin: (f32, f32),
}

/// Light of a page and of the text on it.
#[derive(Clone, Copy)]
struct Colours {
    page: f32,
    text: f32,
    button: f32,
}

/// Draws desk, page and text, and keeps clear of the code.
pub(crate) fn draw(canvas: &mut Canvas, random: &mut Random, conditions: &Conditions, tile: &Tile) {
    desk(&mut canvas.plane, random);
    let colours = colours(conditions, tile, random);
    let side = 2.0 * tile.half_with_quiet();
    let (width, height) = (side * random.between(1.3, 3.2), side * random.between(1.5, 2.6));
    let left = canvas.origin.0 - side / 2.0 - (width - side) * random.between(0.15, 0.85);
    let top = canvas.origin.1 - side / 2.0 - (height - side) * random.between(0.35, 0.65);
    let sheet = Area::new(left, top, width, height);
    draw::rectangle(&mut canvas.plane, sheet, side * 0.02, colours.page);

    let code = Area::new(canvas.origin.0 - side / 2.0, canvas.origin.1 - side / 2.0, side, side);
    let gap = if conditions.ground == Ground::InvertedBare { 0.5 } else { side * 0.02 };
    if conditions.ground == Ground::InvertedBare {
        crowd(&mut canvas.plane, random, code, colours);
    }
    fill(&mut canvas.plane, random, sheet, code, gap, colours);
}

fn colours(conditions: &Conditions, tile: &Tile, random: &mut Random) -> Colours {
    match conditions.ground {
        Ground::Light => {
            Colours { page: tile.light, text: tile.dark * 1.5, button: tile.light * random.between(0.2, 0.6) }
        }
        // The page of an inverted code is what the code is drawn on; its text is a little less bright.
        Ground::Inverted | Ground::InvertedBare => {
            Colours { page: tile.light, text: tile.dark * 0.7, button: tile.dark * random.between(0.3, 0.7) }
        }
        Ground::DarkOneModule => Colours {
            page: tile.dark * random.between(0.5, 1.5),
            text: tile.light * 0.6,
            button: tile.light * 0.3,
        },
    }
}

fn desk(plane: &mut Plane, random: &mut Random) {
    let shade = random.between(0.04, 0.5);
    plane.light.fill(shade);
    let scale = plane.width as f32 / 1280.0;
    // Long grain like wood, or even grain like cloth.
    let stretch = *random.pick(&[1.0, 1.0, 6.0, 14.0]);
    draw::texture(plane, random, (60.0 * scale * stretch, 60.0 * scale), 0.25);
    draw::texture(plane, random, (12.0 * scale * stretch, 12.0 * scale), 0.15);
    draw::texture(plane, random, (2.5 * scale * stretch, 2.5 * scale), 0.10);
}

/// A frame, a bar or a panel that touches the code's edges.
fn crowd(plane: &mut Plane, random: &mut Random, code: Area, colours: Colours) {
    let shade = colours.text * random.between(0.35, 1.0);
    let reach = code.width * random.between(0.03, 0.2);
    let around = code.inset(-reach);
    match random.below(3) {
        0 => draw::rectangle(plane, around, reach * 0.3, shade),
        1 => {
            let bar = Area::new(around.left, code.top + code.height, around.width, reach);
            draw::rectangle(plane, bar, 0.0, shade);
        }
        _ => {
            let panel = Area::new(code.left + code.width, around.top, reach * 2.0, around.height);
            draw::rectangle(plane, panel, 0.0, shade);
        }
    }
}

fn fill(plane: &mut Plane, random: &mut Random, sheet: Area, code: Area, gap: f32, colours: Colours) {
    let size = (code.width * random.between(0.025, 0.05)).max(5.0);
    let inner = sheet.inset(size);
    let above = Area::new(inner.left, inner.top, inner.width, code.top - gap - inner.top);
    let title = (inner.left, above.top + size * 1.8);
    if above.height > size * 2.0 {
        let heading = random.pick(&["Set up your second step", "Two-step sign in", "Scan with your phone"]);
        draw::text(plane, heading, title, size * 1.6, colours.text);
        let rest = Area::new(above.left, above.top + size * 2.6, above.width, above.height - size * 3.0);
        draw::paragraph(plane, random, rest, size, colours.text);
    }
    let bottom = code.top + code.height + gap;
    let below = Area::new(inner.left, bottom, inner.width, inner.top + inner.height - bottom);
    if below.height > size * 5.0 {
        let button = Area::new(below.left, below.top + below.height - size * 3.0, size * 14.0, size * 2.6);
        draw::rectangle(plane, button, size * 0.5, colours.button);
        draw::text(
            plane,
            "Continue",
            (button.left + size * 3.0, button.top + size * 1.8),
            size,
            colours.page,
        );
        let text = Area::new(below.left, below.top, below.width, below.height - size * 4.0);
        draw::paragraph(plane, random, text, size, colours.text);
    }
    let beside = [
        Area::new(inner.left, code.top, code.left - gap - inner.left, code.height),
        Area::new(
            code.left + code.width + gap,
            code.top,
            inner.left + inner.width - code.left - code.width - gap,
            code.height,
        ),
    ];
    for area in beside.into_iter().filter(|area| area.width > size * 6.0) {
        draw::paragraph(plane, random, area, size, colours.text);
    }
}
