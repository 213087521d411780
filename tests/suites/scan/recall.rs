//! What is read of generated camera frames: the engine is never to read less than it did.
//!
//! Two frames of every situation, all of which are read: with codes of 1.6 pixels a module and several faults at once
//! among them. The clock stands still, so the outcome is the same on every machine.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use countersign_core::ports::MonotonicClock;
use countersign_frame_generator::{Scenario, generate};

use super::canvas::Canvas;
use super::*;

/// Frames of each situation. `cargo xtask bench scan` counts twenty, of any seed.
const FRAMES: usize = 2;
const SEED: u64 = 1010;
const SIZE: (usize, usize) = (1280, 720);

/// Steps over one frame of each situation, with a code and without, and a tenth for other processors' rounding.
const MOST_STEPS: u64 = 1_640;
const MOST_STEPS_EMPTY: u64 = 365;

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

/// Counts how often it is asked, and stands still.
#[derive(Clone, Default)]
struct Counting(Arc<AtomicU64>);

impl MonotonicClock for Counting {
    fn elapsed(&self) -> Duration {
        self.0.fetch_add(1, Ordering::Relaxed);
        Duration::ZERO
    }
}

/// Steps that reading these frames takes: the engine asks for the time before each.
fn steps(scenarios: impl Iterator<Item = Scenario>) -> u64 {
    let clock = Counting::default();
    let reader = Reader::new(clock.clone());
    for scenario in scenarios {
        reader.read(&picture(scenario, 0).0.frame(), STILL_BUDGET);
    }
    clock.0.load(Ordering::Relaxed)
}

/// Time differs from machine to machine; how much is looked at, measured and tried does not
/// (docs/adr/0032-steps-are-counted.md).
#[test]
fn no_more_steps_are_taken_than_were() {
    let (with_code, empty): (Vec<_>, _) = Scenario::ALL.into_iter().partition(|scenario| scenario.has_code());
    let (with_code, empty) = (steps(with_code.into_iter()), steps(empty.into_iter()));
    assert!(with_code <= MOST_STEPS && empty <= MOST_STEPS_EMPTY, "{with_code} with a code, {empty} without");
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
