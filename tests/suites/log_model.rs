//! The log beside its reference model, over random sequences (`countersign_tests::log_model`).

use countersign_protocol::limits::MAX_USER_DEVICES;
use countersign_tests::log_model::{Met, VERDICTS, run_founder_with_too_many_devices, run_sequence};

/// `cargo xtask model --sequences 1000000` runs more of them.
const SEQUENCES: u64 = 100_000;

#[test]
fn model_and_log_give_the_same_verdict_at_each_step_of_random_sequences() {
    let halves = std::thread::scope(|scope| {
        [0, 1]
            .map(|half| {
                scope.spawn(move || {
                    let mut met = Met::default();
                    for seed in (half..SEQUENCES).step_by(2) {
                        run_sequence(seed, &mut met).unwrap_or_else(|difference| panic!("{difference}"));
                    }
                    met
                })
            })
            .map(|thread| thread.join().expect("no difference"))
    });
    let mut met = Met::default();
    for half in &halves {
        met.add(half);
    }
    assert_eq!(met.sequences, SEQUENCES);
    for verdict in VERDICTS {
        let count = met.verdicts.get(verdict).copied().unwrap_or(0);
        assert!(count >= 20, "{verdict} was met {count} times: the moves have become dull");
    }
    // Two Admins on one head: one is taken, and the other's plan is sometimes still good and sometimes overtaken.
    assert!(met.races.still_good >= 1_000 && met.races.overtaken >= 100, "{:?}", met.races);
    // A third of the steps changes something, or the sequences never get anywhere.
    assert!(met.verdicts["ok"] * 3 > met.steps, "{:?}", met.verdicts);
}

#[test]
fn model_and_log_take_as_many_devices_of_one_user_as_the_document_says() {
    // A phone and a kit are the genesis's.
    assert_eq!(run_founder_with_too_many_devices(), Ok((MAX_USER_DEVICES - 2, "TooManyDevices")));
}
