//! rqrr as its documentation shows it: prepare, detect, decode, on the whole picture.

use crate::decoders::Payload;
use crate::picture::Picture;

pub(super) fn decode(picture: &Picture) -> Vec<Payload> {
    let width = picture.width as usize;
    let mut prepared = rqrr::PreparedImage::prepare_from_greyscale(width, picture.height as usize, |x, y| {
        picture.luma[y * width + x]
    });
    prepared
        .detect_grids()
        .iter()
        .filter_map(|grid| {
            let mut bytes = Vec::new();
            grid.decode_to(&mut bytes).ok().map(|_| Payload { bytes, text: None })
        })
        .collect()
}
