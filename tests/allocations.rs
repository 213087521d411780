//! What a stream of frames costs in memory: counted in a process of its own, for every allocation in it counts.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

use std::time::Duration;

use countersign_core::ports::MonotonicClock;
use countersign_core::scan::{Frame, Geometry, Reader, Session};
use countersign_frame_generator::{Scenario, generate};

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

/// Stands still, so that no budget ends and every frame gets all there is.
struct Stopped;

impl MonotonicClock for Stopped {
    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }
}

const SIZE: (usize, usize) = (1920, 1080);
/// Frames until all memory is there, and frames counted after them.
const WARM_UP: usize = 2;
const FRAMES: u64 = 3;
/// What a session may keep at that size.
const MOST_KEPT: usize = 8 << 20;
/// Allocations of a frame in which nothing has the shape of a finder pattern, and of any of the frames here: each
/// candidate has some.
const MOST_WHEN_EMPTY: u64 = 1;
const MOST: u64 = 1200;

#[test]
fn a_stream_keeps_its_memory_and_asks_for_little_more() {
    let _profiler = dhat::Profiler::builder().testing().build();
    let pictures = [
        (Scenario::Easy, MOST),
        (Scenario::HardStrong, MOST),
        (Scenario::NoneText, MOST),
        (Scenario::NoneFoliage, MOST),
        (Scenario::NoneDataMatrix, MOST_WHEN_EMPTY),
    ];
    for (scenario, most) in pictures {
        let picture = generate(5, scenario, 0, SIZE).luma;
        let [width, height] = [SIZE.0, SIZE.1].map(|side| u32::try_from(side).unwrap());
        let frame = Frame::new(&picture, Geometry::packed(width, height)).unwrap();
        let before = dhat::HeapStats::get();
        let mut session = Session::new(Reader::new(Stopped), Duration::from_secs(1));
        for _ in 0..WARM_UP {
            session.feed(&frame);
        }
        let warm = dhat::HeapStats::get();
        for _ in 0..FRAMES {
            session.feed(&frame);
        }
        let after = dhat::HeapStats::get();
        let kept = after.curr_bytes - before.curr_bytes;
        assert!(kept <= MOST_KEPT, "{}: {kept} bytes", scenario.name());
        assert_eq!(after.curr_bytes, warm.curr_bytes, "{} grows", scenario.name());
        let allocations = (after.total_blocks - warm.total_blocks) / FRAMES;
        assert!(allocations <= most, "{}: {allocations} a frame", scenario.name());
    }
}
