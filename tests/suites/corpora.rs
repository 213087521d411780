//! Replays the small corpus of every fuzz target: what a fuzzer once found stays found.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use countersign_tests::data;
use countersign_tests::fuzzing::TARGETS;

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
fn every_target_is_built_by_the_fuzzer() {
    let manifest = fs::read_to_string(data().join("fuzz/Cargo.toml")).unwrap();
    for target in TARGETS {
        assert!(manifest.contains(&format!("name = \"{}\"", target.name)), "{}", target.name);
        let source = data().join(format!("fuzz/fuzz_targets/{}.rs", target.name));
        let call = format!("countersign_tests::fuzzing::{}(data)", target.name);
        assert!(fs::read_to_string(source).unwrap().contains(&call), "{}", target.name);
    }
}
