//! Bringing back what an overexposed picture has nearly lost.
//!
//! A camera that measures a dark room burns a lit page: light runs over into thin dark lines, and what should be
//! black is a shade below white. It is there still, in few grey values. Taking the root of the darkness spreads them,
//! so that lines and faces of one colour are of one darkness again.

use crate::luma::{Plane, View};

/// From this grey value on a pixel is burnt.
const BURNT: u8 = 250;
/// Every how many rows burnt places are counted, and how many pixels beside each other are one: leaves in the sun
/// have burnt spots, a lit page is burnt all over.
const ROWS: usize = 16;
const PLACE: usize = 16;
/// The share of burnt places, in hundredths, that spoils a picture.
const SPOILT: usize = 1;

/// Grey values by the root of their darkness.
static OPENED: [u8; 256] = {
    let mut opened = [0; 256];
    let mut value = 0;
    while value < 256 {
        opened[value] = 255 - (255 * (255 - value as u32)).isqrt() as u8;
        value += 1;
    }
    opened
};

/// Whether much of a picture is burnt.
pub(crate) fn is_overexposed(view: View<'_>) -> bool {
    let rows = (0..view.height).step_by(ROWS);
    let places = rows.len() * (view.width / PLACE);
    let is_burnt = |place: &&[u8]| place.iter().all(|&value| value >= BURNT);
    let burnt: usize = rows.map(|row| view.row(row).chunks_exact(PLACE).filter(is_burnt).count()).sum();
    burnt * 100 > places * SPOILT
}

/// Makes `target` a copy of `source` in which what is nearly light is set apart from what is light.
pub(crate) fn open(source: View<'_>, target: &mut Plane) {
    target.resize(source.width, source.height);
    for (row, line) in target.bytes_mut().chunks_exact_mut(source.width).enumerate() {
        for (pixel, &value) in line.iter_mut().zip(source.row(row)) {
            *pixel = OPENED[usize::from(value)];
        }
    }
}
