//! rqrr, a reader unrelated to rxing, on small cut-outs where finder patterns stand but nothing was read.

use rqrr::{BitGrid, PreparedImage};
use rxing::common::BitMatrix;

use super::plane::Plane;
use crate::scan::decode;
use crate::scan::symbol::{Point, Symbol};

/// Reads the first symbol of a cut-out.
pub(super) fn look(plane: &Plane<'_>) -> Option<Symbol> {
    let (width, height) = (plane.width as usize, plane.height as usize);
    let mut image = PreparedImage::prepare_from_greyscale(width, height, |x, y| plane.pixels[y * width + x]);
    image.detect_grids().iter().find_map(|found| {
        let decoded = decode::decode(&modules(&found.grid)?)?;
        Some(decoded.at(found.bounds.map(|corner| corner_in_frame(plane, corner))))
    })
}

fn modules(grid: &impl BitGrid) -> Option<BitMatrix> {
    let side = u32::try_from(grid.size()).ok()?;
    let mut modules = BitMatrix::new(side, side).ok()?;
    for y in 0..side {
        for x in 0..side {
            if grid.bit(y as usize, x as usize) {
                modules.set(x, y);
            }
        }
    }
    Some(modules)
}

#[allow(clippy::cast_precision_loss, reason = "cut-outs are small")]
fn corner_in_frame(plane: &Plane<'_>, corner: rqrr::Point) -> Point {
    plane.to_frame(corner.x as f32, corner.y as f32)
}
