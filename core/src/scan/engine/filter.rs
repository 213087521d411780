//! Two filters that show a finder what it would miss: contrast for the pale and the blurred, calm for the noisy.

use super::plane::Plane;

/// Pixels to each side of the one that is sharpened. Measured, with the gain: more finds less, as does less.
const RADIUS: usize = 3;
const WINDOW: usize = 2 * RADIUS + 1;
const AREA: u16 = 49;

/// How much a pixel's difference from its surroundings is raised.
const GAIN: i16 = 3;

/// Raises local contrast (unsharp masking): defocus spreads a module over its neighbours and low contrast sinks
/// it below what a threshold believes; both come back when each pixel is compared with the mean around it.
pub(super) fn sharpened(plane: &Plane<'_>) -> Plane<'static> {
    let width = plane.width as usize;
    // Sums of columns, the outermost repeated beyond the edges; 49 pixels fit 16 bits.
    let mut columns = vec![0u16; width + 2 * RADIUS];
    let mut pixels = Vec::with_capacity(plane.pixels.len());
    for y in 0..plane.height as usize {
        columns.fill(0);
        for step in 0..WINDOW {
            let row = row(plane, (y + step).saturating_sub(RADIUS));
            for (column, &pixel) in columns[RADIUS..].iter_mut().zip(row) {
                *column += u16::from(pixel);
            }
        }
        let (first, last) = (columns[RADIUS], columns[RADIUS + width - 1]);
        columns[..RADIUS].fill(first);
        columns[RADIUS + width..].fill(last);
        pixels.extend(columns.array_windows::<WINDOW>().zip(row(plane, y)).map(|(around, &pixel)| {
            let mean = (around.iter().sum::<u16>() / AREA).cast_signed();
            let pixel = i16::from(pixel);
            let raised = (pixel + (pixel - mean) * GAIN).clamp(0, 255);
            u8::try_from(raised).unwrap_or(u8::MAX)
        }));
    }
    plane.with_pixels(pixels)
}

/// Evens out noise: each pixel becomes the mean of itself and its neighbours, near ones counting double.
pub(super) fn softened(plane: &Plane<'_>) -> Plane<'static> {
    let width = plane.width as usize;
    let mut columns = vec![0u16; width + 2];
    let mut pixels = Vec::with_capacity(plane.pixels.len());
    for y in 0..plane.height as usize {
        let (above, here, below) = (row(plane, y.saturating_sub(1)), row(plane, y), row(plane, y + 1));
        for (column, ((&a, &b), &c)) in columns[1..].iter_mut().zip(above.iter().zip(here).zip(below)) {
            *column = u16::from(a) + 2 * u16::from(b) + u16::from(c);
        }
        columns[0] = columns[1];
        columns[width + 1] = columns[width];
        pixels.extend(
            columns.array_windows().map(|[left, middle, right]| {
                u8::try_from((left + 2 * middle + right) / 16).unwrap_or(u8::MAX)
            }),
        );
    }
    plane.with_pixels(pixels)
}

/// Row `y`, or the last one beyond it.
fn row<'a>(plane: &'a Plane<'_>, y: usize) -> &'a [u8] {
    let width = plane.width as usize;
    let y = y.min(plane.height as usize - 1);
    &plane.pixels[y * width..][..width]
}
