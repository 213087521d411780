//! How long the scanner takes over pictures made to cost it the most, at its two budgets.
//!
//! Started by `cargo xtask bench scan-worst`. Not criterion: what is asked is the worst of many pictures, some of
//! which take a thousand times as long as others.

use std::process::ExitCode;
use std::time::Duration;

use countersign_core::ports::{MonotonicClock, SystemClock};
use countersign_core::scan::{CAMERA_BUDGET, Frame, Geometry, Reader, Reading, STILL_BUDGET};
use countersign_tests::adversarial::{self, Picture};

/// Two cameras' previews and a phone's photo.
const SIZES: [(u32, u32); 3] = [(1280, 720), (1920, 1080), (4000, 3000)];

/// Of this many, the fastest counts: what else the machine does only ever adds.
const ROUNDS: usize = 3;

/// A budget is checked between steps; this is the longest that a step may go on after its end.
const OVERRUN: Duration = CAMERA_BUDGET;

/// The worst picture at one budget.
struct Worst {
    budget: Duration,
    time: Duration,
    name: String,
}

fn main() -> ExitCode {
    let mut worst = [CAMERA_BUDGET, STILL_BUDGET].map(|budget| Worst {
        budget,
        time: Duration::ZERO,
        name: String::new(),
    });
    let mut false_reads = 0;
    println!("{:>9} {:>9}  picture", "camera", "still");
    for picture in SIZES.into_iter().flat_map(|(width, height)| adversarial::pictures(width, height)) {
        for worst in &mut worst {
            let rounds = (0..ROUNDS).map(|_| time(&picture, worst.budget));
            let (time, read) = rounds.min().expect("at least one round");
            print!("{:>6.1} ms ", ms(time));
            false_reads += usize::from(read);
            if time > worst.time {
                (worst.time, worst.name) = (time, picture.name.clone());
            }
        }
        println!(" {}", picture.name);
    }
    for Worst { budget, time, name } in &worst {
        println!("worst with a budget of {:.0} ms: {:.1} ms, {name}", ms(*budget), ms(*time));
    }
    let late = worst.iter().filter(|worst| worst.time > worst.budget + OVERRUN).count();
    println!(
        "{late} of 2 budgets overrun by more than {:.0} ms, {false_reads} codes read that are not there",
        ms(OVERRUN)
    );
    if late + false_reads == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// How long a reader that has just been made takes, and whether it read anything.
fn time(picture: &Picture, budget: Duration) -> (Duration, bool) {
    let geometry = Geometry::packed(picture.width, picture.height);
    let frame = Frame::new(&picture.pixels, geometry).expect("a plane without gaps");
    let reader = Reader::new(SystemClock::new());
    let clock = SystemClock::new();
    let reading = reader.read(&frame, budget);
    (clock.elapsed(), matches!(reading, Reading::Symbols(_)))
}

fn ms(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
