//! What JPEG and video compression leave in a picture: 8 × 8 blocks with coarse frequencies.

/// Quantisation of luminance that JPEG's own annex K.1 gives as an example, for quality 50.
const TABLE: [u8; 64] = [
    16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17,
    22, 29, 51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78,
    87, 103, 121, 120, 101, 72, 92, 95, 98, 112, 100, 103, 99,
];

/// Quantises every block as a JPEG of this quality would. Rows and columns beyond the last block stay as they are.
pub(crate) fn compress(luma: &mut [u8], width: usize, height: usize, quality: u8) {
    let steps = steps(quality);
    let basis = basis();
    for top in (0..height / 8 * 8).step_by(8) {
        for left in (0..width / 8 * 8).step_by(8) {
            let mut block = [[0.0; 8]; 8];
            for (y, row) in block.iter_mut().enumerate() {
                let pixels = &luma[(top + y) * width + left..][..8];
                for (value, pixel) in row.iter_mut().zip(pixels) {
                    *value = f32::from(*pixel) - 128.0;
                }
            }
            let mut frequencies = transform(&block, |k, n| basis[k][n]);
            for (row, steps) in frequencies.iter_mut().zip(&steps) {
                for (value, step) in row.iter_mut().zip(steps) {
                    *value = (*value / step).round() * step;
                }
            }
            let block = transform(&frequencies, |n, k| basis[k][n]);
            for (y, row) in block.iter().enumerate() {
                let pixels = &mut luma[(top + y) * width + left..][..8];
                for (pixel, value) in pixels.iter_mut().zip(row) {
                    *pixel = (value + 128.5).clamp(0.0, 255.0) as u8;
                }
            }
        }
    }
}

/// The table scaled as libjpeg scales it.
fn steps(quality: u8) -> [[f32; 8]; 8] {
    let quality = f32::from(quality.clamp(1, 100));
    let scale = if quality < 50.0 { 5000.0 / quality } else { 200.0 - 2.0 * quality };
    let mut steps = [[1.0; 8]; 8];
    for (step, entry) in steps.iter_mut().flatten().zip(TABLE) {
        *step = ((f32::from(entry) * scale + 50.0) / 100.0).floor().clamp(1.0, 255.0);
    }
    steps
}

/// The orthonormal cosines of eight points: `[frequency][point]`.
fn basis() -> [[f32; 8]; 8] {
    let mut basis = [[0.0; 8]; 8];
    for (k, row) in basis.iter_mut().enumerate() {
        for (n, value) in row.iter_mut().enumerate() {
            let scale = if k == 0 { 0.125f32.sqrt() } else { 0.5 };
            *value = scale * libm::cosf(std::f32::consts::PI / 8.0 * (n as f32 + 0.5) * k as f32);
        }
    }
    basis
}

/// Rows, then columns, by the matrix `m(to, from)`.
fn transform(block: &[[f32; 8]; 8], m: impl Fn(usize, usize) -> f32) -> [[f32; 8]; 8] {
    let mut matrix = [[0.0; 8]; 8];
    for (to, row) in matrix.iter_mut().enumerate() {
        for (from, value) in row.iter_mut().enumerate() {
            *value = m(to, from);
        }
    }
    let mut rows = [[0.0; 8]; 8];
    for (row, into) in block.iter().zip(&mut rows) {
        for (weights, value) in matrix.iter().zip(into) {
            *value = row.iter().zip(weights).map(|(a, b)| a * b).sum();
        }
    }
    let mut out = [[0.0; 8]; 8];
    for (weights, into) in matrix.iter().zip(&mut out) {
        for (row, weight) in rows.iter().zip(weights) {
            for (value, a) in into.iter_mut().zip(row) {
                *value += a * weight;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ramp() -> Vec<u8> {
        (0..24 * 16usize).map(|i| (i * 37 % 251) as u8).collect()
    }

    #[test]
    fn the_best_quality_changes_a_pixel_by_a_step_or_two() {
        let mut luma = ramp();
        compress(&mut luma, 24, 16, 100);
        assert!(luma.iter().zip(ramp()).all(|(a, b)| a.abs_diff(b) <= 2));
    }

    #[test]
    fn a_poor_quality_loses_detail_and_keeps_the_mean() {
        let mut luma = ramp();
        compress(&mut luma, 24, 16, 20);
        let differences: Vec<i32> =
            luma.iter().zip(ramp()).map(|(a, b)| i32::from(*a) - i32::from(b)).collect();
        assert!(differences.iter().any(|difference| difference.abs() > 20));
        let mean = differences.iter().sum::<i32>() / 384;
        assert!(mean.abs() <= 4, "{mean}");
    }
}
