//! Replays the small corpus of every fuzz target: what a fuzzer once found stays found.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use countersign_tests::data;
use countersign_tests::fuzzing::{TARGETS, good_join_request, record_verdict};

fn corpora() -> PathBuf {
    data().join("corpora")
}

fn names_in(folder: &Path) -> BTreeSet<String> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries.map(|entry| entry.expect("a folder entry").file_name().to_string_lossy().into_owned()).collect()
}

#[test]
fn every_target_has_a_corpus_and_every_corpus_a_target() {
    let targets: BTreeSet<String> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
    assert_eq!(names_in(&corpora()), targets);
}

#[test]
fn every_corpus_holds_its_property() {
    for target in TARGETS {
        let folder = corpora().join(target.name);
        let names = names_in(&folder);
        assert!(!names.is_empty(), "{} has no inputs", folder.display());
        for name in names {
            let path = folder.join(&name);
            println!("{}", path.display());
            (target.run)(&fs::read(&path).unwrap());
        }
    }
}

#[test]
fn the_corpus_of_records_reaches_the_rules_behind_the_signature() {
    let folder = corpora().join("record");
    let inputs = names_in(&folder).into_iter().map(|name| fs::read(folder.join(name)).unwrap());
    let verdicts: BTreeSet<_> = inputs.filter_map(|input| record_verdict(&input)).collect();
    for verdict in [
        "Written",
        "WrongWorkspace",
        "LogBehind",
        "UnknownAuthor",
        "ForkedLog",
        "Absent",
        "WrongType",
        "WrongInstance",
        "WrongRevision",
        "RevisionTooFar",
        "WrongEpoch",
        "NotPermitted",
    ] {
        assert!(verdicts.contains(verdict), "{verdict} is not among {verdicts:?}");
    }
}

#[test]
fn the_corpus_of_join_requests_has_the_one_that_is_let_in() {
    let folder = corpora().join("join_request");
    let mut inputs = names_in(&folder).into_iter().map(|name| fs::read(folder.join(name)).unwrap());
    assert!(inputs.any(|input| input == good_join_request()));
}

#[test]
fn every_target_is_built_by_the_fuzzer() {
    let manifest = fs::read_to_string(data().join("fuzz/Cargo.toml")).unwrap();
    for target in TARGETS {
        assert!(manifest.contains(&format!("name = \"{}\"", target.name)), "{}", target.name);
        let source = data().join(format!("fuzz/fuzz_targets/{}.rs", target.name));
        let call = format!("countersign_tests::fuzzing::{}(data)", target.name);
        assert!(fs::read_to_string(source).unwrap().contains(&call), "{}", target.name);
    }
}
