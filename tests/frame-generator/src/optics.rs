//! What a lens and a hand do to sharpness. All of it happens to light, before any sensor: on linear planes.

use crate::plane::Plane;

/// A lens that is never quite sharp: a Gaussian of this deviation, in pixels.
pub(crate) fn soften(plane: &Plane, deviation: f32) -> Plane {
    if deviation < 0.1 {
        return plane.clone();
    }
    let reach = (deviation * 3.0).ceil() as usize;
    let weights: Vec<f32> =
        (0..=reach).map(|i| libm::expf(-((i * i) as f32) / (2.0 * deviation * deviation))).collect();
    let sum = weights[0] + 2.0 * weights[1..].iter().sum::<f32>();
    let weights: Vec<f32> = weights.iter().map(|weight| weight / sum).collect();
    columns_weighted(&rows_weighted(plane, &weights), &weights)
}

fn rows_weighted(plane: &Plane, weights: &[f32]) -> Plane {
    let mut out = Plane::new(plane.width, plane.height, 0.0);
    let reach = weights.len() - 1;
    let mut padded = vec![0.0; plane.width + 2 * reach];
    for (row, into) in plane.light.chunks(plane.width).zip(out.light.chunks_mut(plane.width)) {
        padded[..reach].fill(row[0]);
        padded[reach..reach + row.len()].copy_from_slice(row);
        padded[reach + row.len()..].fill(row[row.len() - 1]);
        for (pixel, value) in into.iter_mut().zip(&padded[reach..]) {
            *pixel = value * weights[0];
        }
        for (i, weight) in weights.iter().enumerate().skip(1) {
            let sides = padded[reach - i..].iter().zip(&padded[reach + i..]);
            for (pixel, (left, right)) in into.iter_mut().zip(sides) {
                *pixel += (left + right) * weight;
            }
        }
    }
    out
}

fn columns_weighted(plane: &Plane, weights: &[f32]) -> Plane {
    let mut out = Plane::new(plane.width, plane.height, 0.0);
    let width = plane.width;
    let row = |y: usize| &plane.light[y * width..(y + 1) * width];
    for (y, into) in out.light.chunks_mut(width).enumerate() {
        for (pixel, value) in into.iter_mut().zip(row(y)) {
            *pixel = value * weights[0];
        }
        for (i, weight) in weights.iter().enumerate().skip(1) {
            let (above, below) = (row(y.saturating_sub(i)), row((y + i).min(plane.height - 1)));
            for (pixel, (a, b)) in into.iter_mut().zip(above.iter().zip(below)) {
                *pixel += (a + b) * weight;
            }
        }
    }
    out
}

/// Out of focus: every point becomes an even disc of this radius, in pixels.
pub(crate) fn defocus(plane: &Plane, radius: f32) -> Plane {
    if radius < 0.5 {
        return plane.clone();
    }
    let reach = radius as usize;
    let (width, height) = (plane.width, plane.height);
    // Half the disc's width in each row; the sum of a run is the difference of two running sums.
    let halves: Vec<f32> =
        (0..=reach).map(|dy| (radius * radius - (dy * dy) as f32).sqrt().max(0.5)).collect();
    let area = 2.0 * (halves[0] + 2.0 * halves[1..].iter().sum::<f32>());
    let sums: Vec<f32> = plane.light.chunks(width).flat_map(running_sums).collect();
    let mut out = Plane::new(width, height, 0.0);
    for (y, into) in out.light.chunks_mut(width).enumerate() {
        for dy in 0..=reach {
            let half = halves[dy];
            add_runs(into, &sums[y.saturating_sub(dy) * (width + 1)..][..=width], half, 1.0 / area);
            if dy > 0 {
                add_runs(into, &sums[(y + dy).min(height - 1) * (width + 1)..][..=width], half, 1.0 / area);
            }
        }
    }
    out
}

fn running_sums(row: &[f32]) -> Vec<f32> {
    let mut sums = Vec::with_capacity(row.len() + 1);
    let mut sum = 0.0;
    sums.push(sum);
    for value in row {
        sum += value;
        sums.push(sum);
    }
    sums
}

/// Adds, to every pixel, the sum of the row from `half` before its centre to `half` after it.
fn add_runs(into: &mut [f32], sums: &[f32], half: f32, weight: f32) {
    let end = sums.len() - 1;
    let (first, last) = (sums[1], sums[end] - sums[end - 1]);
    let upto = |x: f32| {
        // Beyond the edges the row goes on with its outermost pixel.
        if x <= 0.0 {
            x * first
        } else if x >= end as f32 {
            sums[end] + (x - end as f32) * last
        } else {
            let whole = x as usize;
            sums[whole] + (sums[whole + 1] - sums[whole]) * (x - whole as f32)
        }
    };
    for (x, pixel) in into.iter_mut().enumerate() {
        let centre = x as f32 + 0.5;
        *pixel += (upto(centre + half) - upto(centre - half)) * weight;
    }
}

/// A hand that moves while the shutter is open: every point becomes a line of this direction and length.
pub(crate) fn shake(plane: &Plane, movement: (f32, f32)) -> Plane {
    let length = (movement.0 * movement.0 + movement.1 * movement.1).sqrt();
    if length < 0.5 {
        return plane.clone();
    }
    let steps = (length * 1.5).ceil() as usize + 1;
    let mut out = Plane::new(plane.width, plane.height, 0.0);
    for step in 0..steps {
        let share = step as f32 / (steps - 1) as f32 - 0.5;
        add_shifted(&mut out, plane, (movement.0 * share, movement.1 * share), 1.0 / steps as f32);
    }
    out
}

fn add_shifted(out: &mut Plane, plane: &Plane, shift: (f32, f32), weight: f32) {
    let (width, height) = (plane.width as i32, plane.height as i32);
    let (left, top) = (shift.0.floor(), shift.1.floor());
    let (fx, fy) = (shift.0 - left, shift.1 - top);
    let (left, top) = (left as i32, top as i32);
    let row = |y: i32| {
        let y = y.clamp(0, height - 1) as usize;
        &plane.light[y * plane.width..(y + 1) * plane.width]
    };
    let column = |x: i32| x.clamp(0, width - 1) as usize;
    for (y, into) in out.light.chunks_mut(plane.width).enumerate() {
        let (above, below) = (row(y as i32 + top), row(y as i32 + top + 1));
        for (x, pixel) in into.iter_mut().enumerate() {
            let (a, b) = (column(x as i32 + left), column(x as i32 + left + 1));
            let upper = above[a] + (above[b] - above[a]) * fx;
            let lower = below[a] + (below[b] - below[a]) * fx;
            *pixel += (upper + (lower - upper) * fy) * weight;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point() -> Plane {
        let mut plane = Plane::new(41, 31, 0.0);
        plane.light[15 * 41 + 20] = 1.0;
        plane
    }

    #[test]
    fn blur_moves_light_and_neither_makes_nor_loses_it() {
        for blurred in [soften(&point(), 1.3), defocus(&point(), 4.2), shake(&point(), (6.0, -3.0))] {
            let sum: f32 = blurred.light.iter().sum();
            assert!((sum - 1.0).abs() < 0.01, "{sum}");
        }
    }

    #[test]
    fn an_even_plane_stays_even_up_to_its_edges() {
        let even = Plane::new(20, 10, 0.5);
        for blurred in [soften(&even, 1.3), defocus(&even, 4.2), shake(&even, (6.0, -3.0))] {
            assert!(blurred.light.iter().all(|value| (value - 0.5).abs() < 1e-4));
        }
    }

    #[test]
    fn a_disc_is_even_and_as_wide_as_asked_for() {
        let disc = defocus(&point(), 5.0);
        let at = |dx: usize| disc.light[15 * 41 + 20 + dx];
        assert!((at(0) - at(3)).abs() < 1e-6);
        assert!(at(3) > 0.0 && at(7) == 0.0);
    }
}
