//! The simulation finds what it is there for, and says the same twice.

use countersign_tests::sim::{Cursors, run};

/// Seeds among which a wrong cursor must be found.
const SEEDS: std::ops::RangeInclusive<u64> = 1..=20;

#[test]
fn a_cursor_by_time_is_found_and_its_seed_replays() {
    let found = SEEDS.into_iter().find_map(|seed| run(seed, Cursors::ByTime, false).err());
    let failure = found.expect("a change that was asked for early and done late is missed by somebody");
    assert_eq!(run(failure.seed, Cursors::ByTime, false), Err(failure.clone()));
    // With the right cursor, the same seed ends as it must.
    let right = run(failure.seed, Cursors::ByPosition, false).unwrap();
    assert_eq!((right.runs, run(failure.seed, Cursors::ByPosition, false)), (1, Ok(right)));
}
