use std::io::{BufRead, BufReader};
use std::process::Stdio;

use crate::pictures::RFC_KEY;
use crate::program::{feed, program, run_with};

/// The first `count` lines of a watch over codes that hold a second; then its reader goes away.
fn watched(arguments: &[&str], count: usize) -> Vec<String> {
    let mut child = program().args(arguments).stdin(Stdio::piped()).spawn().unwrap();
    feed(&mut child, format!("otpauth://totp/Fast?secret={RFC_KEY}&period=1").as_bytes());
    let lines = BufReader::new(child.stdout.take().unwrap()).lines().take(count);
    let lines = lines.collect::<Result<Vec<_>, _>>().unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!((String::from_utf8(output.stderr).unwrap().as_str(), output.status.code()), ("", Some(0)));
    lines
}

#[test]
fn a_watch_without_a_terminal_writes_a_line_whenever_a_code_begins() {
    let lines = watched(&["code", "-", "--watch"], 3);
    assert!(lines.iter().all(|line| line.ends_with("   1 s left   Fast")), "{lines:?}");
    let next = |line: &str| line.split_once("next ").unwrap().1[..7].to_owned();
    assert!(lines.windows(2).all(|pair| pair[1].starts_with(&next(&pair[0]))), "{lines:?}");
}

#[test]
fn a_watch_in_json_writes_a_document_a_line() {
    for line in watched(&["code", "-", "--watch", "--json"], 2) {
        let document: serde_json::Value = serde_json::from_str(&line).unwrap();
        assert_eq!(document["accounts"][0]["account"], "Fast");
    }
}

#[test]
fn there_is_nothing_to_watch_about_a_counter() {
    let link = format!("otpauth://hotp/Bank?secret={RFC_KEY}&counter=9");
    let run = run_with(link.as_bytes(), &["code", "-", "--watch"]);
    assert!(run.err.contains("nothing to watch"), "{}", run.err);
    assert_eq!(run.code, Some(2));
}

#[test]
fn a_watch_goes_by_the_clock_alone() {
    assert_eq!(run_with(RFC_KEY.as_bytes(), &["code", "-", "--watch", "--at", "0"]).code, Some(2));
}
