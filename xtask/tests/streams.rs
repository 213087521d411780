//! What the built commands do when their output has nowhere to go.
#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, reason = "what prepares a test fails as a test does")]

use std::fs::File;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

/// `cargo xtask conformance` on the given cases, which writes a line and succeeds.
fn conformance(stdout: impl Into<Stdio>) -> (Option<i32>, String) {
    let cases = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/conformance/otpauth-cases.json");
    let mut command = Command::new(env!("CARGO_BIN_EXE_xtask"));
    command.arg("conformance").arg(cases).stdout(stdout).stderr(Stdio::piped());
    let child = command.spawn().unwrap();
    // Its end of the output is gone with it.
    drop(command);
    let output = child.wait_with_output().unwrap();
    (output.status.code(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn a_full_disk_is_told_without_a_backtrace() {
    let (code, said) = conformance(File::options().write(true).open("/dev/full").unwrap());
    assert!(said.starts_with("error: the output cannot be written: ") && said.lines().count() == 1, "{said}");
    assert_eq!(code, Some(1));
}

#[test]
fn a_reader_that_has_had_enough_ends_a_command_quietly_and_is_no_success() {
    let (reader, writer) = io::pipe().unwrap();
    drop(reader);
    assert_eq!(conformance(writer), (Some(1), String::new()));
}
