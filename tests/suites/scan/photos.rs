//! Photos of codes in the world give exactly the text that they are known to hold.

use std::collections::BTreeSet;
use std::path::PathBuf;

use countersign_tests::data;

use super::canvas::Canvas;
use super::*;

/// A row of the manifest; its other columns say where the photo comes from.
#[derive(serde::Deserialize)]
struct Photo {
    path: String,
    expected_text: String,
}

fn folder() -> PathBuf {
    data().join("images/photos")
}

fn photos() -> Vec<Photo> {
    let mut manifest = csv::Reader::from_path(folder().join("manifest.csv")).unwrap();
    manifest.deserialize().map(Result::unwrap).collect()
}

fn picture(photo: &Photo) -> Canvas {
    let luma = image::open(folder().join(&photo.path)).unwrap().into_luma8();
    Canvas { width: luma.width(), height: luma.height(), pixels: luma.into_raw() }
}

#[test]
fn every_photo_is_read_exactly_or_known_to_hold_nothing() {
    for photo in photos() {
        let expected: Vec<&str> =
            Some(photo.expected_text.as_str()).filter(|text| !text.is_empty()).into_iter().collect();
        assert_eq!(texts(&picture(&photo).frame()), expected, "{}", photo.path);
    }
}

#[test]
fn every_photo_has_a_row_and_every_row_a_photo() {
    let rows: BTreeSet<String> = photos().into_iter().map(|photo| photo.path).collect();
    let files =
        std::fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let pictures: BTreeSet<String> =
        files.filter(|name| [".jpg", ".png", ".webp"].iter().any(|ending| name.ends_with(ending))).collect();
    assert_eq!(rows, pictures);
}
