//! What is read of generated camera frames: the engine is never to read less than it did.
//!
//! Two frames of every situation, all of which are read: with codes of 1.6 pixels a module and several faults at once
//! among them. The clock stands still, so the outcome is the same on every machine.

use countersign_frame_generator::{Scenario, generate};

use super::canvas::Canvas;
use super::*;

/// Frames of each situation. `cargo xtask bench scan` counts twenty, of any seed.
const FRAMES: usize = 2;
const SEED: u64 = 1010;
const SIZE: (usize, usize) = (1280, 720);

#[test]
fn a_code_in_any_situation_is_read() {
    let scenarios = Scenario::ALL.into_iter().filter(|scenario| scenario.has_code());
    let frames = scenarios.flat_map(|scenario| (0..FRAMES).map(move |index| (scenario, index)));
    let missed: Vec<_> = frames.filter(|&(scenario, index)| !is_read(scenario, index)).collect();
    assert_eq!(missed, []);
}

#[test]
fn nothing_is_read_where_there_is_no_code() {
    for scenario in Scenario::ALL.into_iter().filter(|scenario| !scenario.has_code()) {
        assert_eq!(texts(&picture(scenario, 0).0.frame()), Vec::<String>::new(), "{}", scenario.name());
    }
}

/// Whether its text is read, and nothing else.
fn is_read(scenario: Scenario, index: usize) -> bool {
    let (canvas, text) = picture(scenario, index);
    let texts = texts(&canvas.frame());
    assert!(texts.iter().all(|read| Some(read) == text.as_ref()), "{} {index}", scenario.name());
    !texts.is_empty()
}

fn picture(scenario: Scenario, index: usize) -> (Canvas, Option<String>) {
    let frame = generate(SEED, scenario, index, SIZE);
    let side = |pixels: usize| u32::try_from(pixels).unwrap();
    let canvas = Canvas { width: side(frame.width), height: side(frame.height), pixels: frame.luma };
    (canvas, frame.code.map(|code| code.text))
}
