//! `cargo xtask vectors`: the files of `tests/vectors/`, by which another implementation is held against this one.
//!
//! Each file has what is good, with its keys, inputs and bytes, and what must be refused, with the error's name. They are
//! made from fixed secrets, so that the same code gives the same bytes; a test fails when code and files differ.

mod content;
mod devices;
mod invites;
mod judged;
mod keys;
mod kit;
mod links;
mod log;
mod records;
mod scene;
mod shared;

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use serde_json::Value;

/// Writes the test vectors in tests/vectors/ from the code.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Change nothing; fail if the files and the code differ.
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let files = files();
    let stale = stale(&files)?;
    if stale.is_empty() {
        say!("{} files of vectors are as the code makes them", files.len());
        return Ok(ExitCode::SUCCESS);
    }
    if arguments.check {
        say!("tests/vectors differs from the code in {}: run `cargo xtask vectors`", stale.join(", "));
        return Ok(ExitCode::FAILURE);
    }
    for name in &stale {
        if let Some(text) = files.get(name.as_str()) {
            let path = folder().join(name);
            fs::write(&path, text).with_context(|| format!("cannot write {}", path.display()))?;
        }
    }
    say!("wrote {}", stale.join(", "));
    Ok(ExitCode::SUCCESS)
}

fn folder() -> PathBuf {
    countersign_tests::data().join("vectors")
}

/// Each file by name, as the code makes it.
fn files() -> BTreeMap<&'static str, String> {
    let scene = scene::Scene::new();
    let files: [(&str, Value); 15] = [
        ("content.json", content::contents()),
        ("device-offer.json", devices::offers()),
        ("entry.json", log::entries()),
        ("greeting.json", invites::greetings()),
        ("ids.json", keys::ids()),
        ("join-request.json", invites::join_requests()),
        ("key-box.json", keys::boxes(&scene)),
        ("link.json", links::links()),
        ("login.json", devices::logins()),
        ("manifest.json", records::manifests(&scene)),
        ("pop.json", devices::pops()),
        ("prev-wrap.json", keys::wraps()),
        ("record.json", records::records(&scene)),
        ("recovery-kit.json", kit::kits()),
        ("safety-words.json", kit::words()),
    ];
    files.into_iter().map(|(name, value)| (name, format!("{value:#}\n"))).collect()
}

/// The names of the files that are missing, differ, or that nothing makes.
fn stale(files: &BTreeMap<&'static str, String>) -> anyhow::Result<Vec<String>> {
    let mut stale = Vec::new();
    for (name, text) in files {
        if fs::read_to_string(folder().join(name)).ok().as_ref() != Some(text) {
            stale.push((*name).to_owned());
        }
    }
    for entry in fs::read_dir(folder()).context("cannot read tests/vectors")? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.file_type()?.is_file() && name != "README.md" && !files.contains_key(name.as_str()) {
            stale.push(name);
        }
    }
    Ok(stale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vectors_are_as_the_code_makes_them() {
        assert_eq!(stale(&files()).unwrap(), Vec::<String>::new(), "run `cargo xtask vectors`");
    }
}
