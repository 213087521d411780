//! Records among deceived devices, over random interleavings (`countersign_tests::record_model`).

use countersign_tests::record_model::{Met, run_interleaving};

const INTERLEAVINGS: u64 = 2_000;

/// Every verdict that the interleavings must meet, so that a generator gone dull is noticed.
const VERDICTS: [&str; 11] = [
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
];

#[test]
fn no_device_shows_unmarked_what_it_should_not_over_random_interleavings() {
    let mut met = Met::new();
    for seed in 0..INTERLEAVINGS {
        run_interleaving(seed, &mut met).unwrap_or_else(|what| panic!("{what}"));
    }
    for verdict in VERDICTS {
        let count = met.get(verdict).copied().unwrap_or(0);
        assert!(count >= 20, "{verdict} was met {count} times: {met:?}");
    }
}
