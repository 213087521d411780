//! The documents of the workspace's commands, and the guide that lists their keys.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Home;
use crate::json::{guide, paths};
use crate::pictures::{RFC_KEY, entry, export, png};
use crate::program::file;

/// What the guide's section on these commands names.
fn documented() -> BTreeSet<String> {
    let guide = guide();
    let section = guide.split("## JSON of a workspace").nth(1).unwrap().split("\n## ").next().unwrap();
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.split_once('`'));
    rows.map(|(key, _)| key.trim_end_matches("[]").to_owned()).collect()
}

#[test]
fn the_guide_lists_every_key_of_every_command_and_no_other() {
    let home = Home::empty("documents");
    let passphrase = ["--passphrase-file", "passphrase"];
    let mut seen = BTreeSet::new();
    let mut see = |input: &[u8], arguments: &[&str]| {
        let run = home.run_with(input, &[arguments, &["--json"]].concat());
        assert_eq!((run.err.as_str(), run.code), ("", Some(0)), "{arguments:?}: {}", run.out);
        let document: Value = serde_json::from_str(&run.out).unwrap();
        paths(&document, "", &mut seen);
    };
    see(b"", &[&["init"][..], &passphrase].concat());
    see(b"", &[&["unlock"][..], &passphrase].concat());
    see(RFC_KEY.as_bytes(), &["add", "-", "--name", "GitHub"]);
    for command in
        [&["confirm"][..], &["list"], &["code", "github"], &["activity", "github"], &["workspaces"], &["kit"]]
    {
        see(b"", command);
    }
    see(b"NBSWY3DPEB3W64TMMQQGQZLMNRXSA53P", &["replace", "github", "-"]);
    for command in [&["confirm"][..], &["show", "github"], &["restore", "github"], &["favourite", "github"]] {
        see(b"", command);
    }
    see(b"one two", &["recovery-codes", "github", "--save", "-"]);
    for command in [
        &["recovery-codes", "github"][..],
        &["edit", "github", "--login", "ana"],
        &["remove", "github"],
        &["undo"],
    ] {
        see(b"", command);
    }
    home.secret_file("backup-passphrase", b"a third passphrase\n");
    let backup = ["--backup-passphrase-file", "backup-passphrase"];
    // Something that an export leaves out.
    home.done_with(b"MFRGGZDFMZTWQ2LKNNWG23TPOBYXE43U", &["add", "-", "--name", "New"]);
    see(b"", &[&["export", "backup"][..], &passphrase, &backup].concat());
    see(b"", &[&["import", "backup"][..], &backup].concat());
    let picture = file(&home.folder, "export.png", &png(&export(&[entry("one", 1)], 0, 1)));
    see(b"", &["import", super::shown(&picture)]);
    see(b"", &["off", "github", "--yes"]);
    see(b"", &["lock"]);

    let containers: Vec<String> = seen.iter().cloned().collect();
    seen.retain(|path| {
        let inside = [format!("{path}."), format!("{path}[].")];
        !containers.iter().any(|other| inside.iter().any(|prefix| other.starts_with(prefix)))
    });
    let documented = documented();
    let missing: Vec<_> = seen.difference(&documented).collect();
    assert!(missing.is_empty(), "in a document, but not in the guide: {missing:?}");
    let unknown: Vec<_> = documented.difference(&seen).collect();
    assert!(unknown.is_empty(), "in the guide, but not in a document: {unknown:?}");
}

#[test]
fn the_guide_names_every_refusal() {
    let guide = guide();
    let source = concat!(env!("CARGO_MANIFEST_DIR"), "/src");
    let mut names = 0;
    for file in [
        "workspace/trouble.rs",
        "workspace/mod.rs",
        "workspace/names.rs",
        "commands/enrol.rs",
        "commands/add.rs",
    ] {
        let text = std::fs::read_to_string(format!("{source}/{file}")).unwrap();
        for call in ["refused(", "Problem::new("] {
            for rest in text.split(call).skip(1) {
                let Some(name) = rest.trim_start().strip_prefix('"').and_then(|rest| rest.split('"').next())
                else {
                    continue;
                };
                names += 1;
                assert!(guide.contains(&format!("| `{name}` |")), "{name} of {file}");
            }
        }
    }
    assert!(names > 30, "the search finds them");
    let section = guide.split("## Names of problems").nth(1).unwrap();
    let rows: Vec<&str> =
        section.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let once: BTreeSet<&str> = rows.iter().copied().collect();
    assert_eq!(once.len(), rows.len(), "each name means one thing");
}
