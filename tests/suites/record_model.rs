//! Records among deceived devices, over random interleavings (`countersign_tests::record_model`).

use countersign_tests::record_model::{Met, run_interleaving};

const INTERLEAVINGS: u64 = 3_000;

/// What the interleavings must meet, so that a generator gone dull is noticed: every verdict on a record, every decision
/// against what is held, every outcome of a rotation, and lines that no record can have.
const MET: [&str; 27] = [
    "written",
    "listed",
    "marked",
    "LogBehind",
    "ForkedLog",
    "WrongEpoch",
    "AuthorNotThere",
    "ManifestNeeded",
    "NotInManifest",
    "SpaceDirty",
    "NotPermitted",
    "Take",
    "TakeBeside",
    "ShowBeside",
    "KeepBeside",
    "Confirm",
    "Known",
    "Older",
    "Refuse",
    "Listed",
    "BelowFloor",
    "OtherListed",
    "Marked",
    "Resealed",
    "Above",
    "AboveAsk",
    "an impossible line",
];

#[test]
fn no_device_shows_unmarked_what_it_should_not_over_random_interleavings() {
    let mut met = Met::new();
    for seed in 0..INTERLEAVINGS {
        run_interleaving(seed, &mut met).unwrap_or_else(|what| panic!("{what}"));
    }
    for name in MET {
        let count = met.get(name).copied().unwrap_or(0);
        assert!(count >= 20, "{name} was met {count} times: {met:?}");
    }
    assert_eq!(met.len(), MET.len(), "something has no least count: {met:?}");
}
