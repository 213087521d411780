use std::fs::File;
use std::io::Read;
use std::process::Stdio;

use crate::pictures::{EXAMPLE, png};
use crate::program::{AT, feed, file, finish, folder, program, run_with};

const ESCAPE: char = '\u{1b}';

#[test]
fn output_that_is_no_terminal_has_no_colour_unless_it_is_forced() {
    let plain = run_with(EXAMPLE.as_bytes(), &["code", "-", AT]);
    assert!(!plain.out.contains(ESCAPE));
    let coloured = |name: &str, value: &str, other: Option<(&str, &str)>| {
        let mut command = program();
        command.args(["code", "-", AT]).env(name, value);
        command.envs(other);
        finish(&mut command, EXAMPLE.as_bytes()).out.contains(ESCAPE)
    };
    assert!(coloured("CLICOLOR_FORCE", "1", None));
    assert!(!coloured("CLICOLOR_FORCE", "0", None));
    assert!(!coloured("NO_COLOR", "1", None));
    assert!(!coloured("NO_COLOR", "1", Some(("CLICOLOR_FORCE", "1"))));
}

#[test]
fn colour_changes_no_word() {
    let mut command = program();
    command.args(["code", "-", AT]).env("CLICOLOR_FORCE", "1");
    let coloured = finish(&mut command, EXAMPLE.as_bytes()).out;
    let plain = run_with(EXAMPLE.as_bytes(), &["code", "-", AT]).out;
    // Every sequence is a style, and ends with `m`.
    let words: String = coloured
        .split(ESCAPE)
        .enumerate()
        .map(|(index, piece)| if index == 0 { piece } else { piece.split_once('m').unwrap().1 })
        .collect();
    assert_eq!(words, plain);
    assert!(coloured.contains("\u{1b}[1m324 550\u{1b}[0m"), "digits are bold and of no colour: {coloured:?}");
}

#[test]
fn a_reader_that_has_had_enough_ends_the_program_quietly() {
    let path = file(&folder("streams_closed"), "demo.png", &png(EXAMPLE));
    let path = path.to_str().unwrap();
    let commands: [&[&str]; 6] = [
        &["scan", path],
        &["scan", "--json", path],
        &["code", "-"],
        &["--help"],
        &["man"],
        &["completions", "bash"],
    ];
    for arguments in commands {
        let mut child = program().args(arguments).stdin(Stdio::piped()).spawn().unwrap();
        drop(child.stdout.take());
        feed(&mut child, EXAMPLE.as_bytes());
        let mut said = String::new();
        child.stderr.take().unwrap().read_to_string(&mut said).unwrap();
        assert_eq!((said.as_str(), child.wait().unwrap().code()), ("", Some(0)), "{arguments:?}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told() {
    for arguments in [&["code", "-"][..], &["--help"], &["code", "--help"], &["--version"], &["man"]] {
        let full = File::options().write(true).open("/dev/full").unwrap();
        let mut child = program().args(arguments).stdin(Stdio::piped()).stdout(full).spawn().unwrap();
        feed(&mut child, EXAMPLE.as_bytes());
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8(output.stderr).unwrap();
        assert!(said.starts_with("error: the output cannot be written: "), "{arguments:?}: {said}");
        assert_eq!(output.status.code(), Some(4), "{arguments:?}");
    }
}

#[test]
fn progress_is_for_those_who_watch() {
    let folder = folder("streams_progress");
    let (one, two) = (file(&folder, "1.png", &png(EXAMPLE)), file(&folder, "2.png", &png(EXAMPLE)));
    let run = finish(program().arg("scan").args([one, two]), b"");
    assert_eq!((run.err.as_str(), run.code), ("", Some(0)));
}
