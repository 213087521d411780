//! Runs the program and keeps what it said.

use std::ffi::OsStr;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The moment that tests look at codes, 10 s before the end of their window.
pub(crate) const AT: &str = "--at=1700000000";

/// What a run left behind.
#[derive(Debug)]
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The program, without anything in the environment that changes its output.
pub(crate) fn program() -> Command {
    program_at(env!("CARGO_BIN_EXE_countersign"))
}

/// The same, found there.
pub(crate) fn program_at(path: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(path);
    for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "CI"] {
        command.env_remove(name);
    }
    command.env_remove("COUNTERSIGN_STORE");
    // A home without a workspace, whoever runs the tests.
    command.env("XDG_DATA_HOME", Path::new(env!("CARGO_TARGET_TMPDIR")).join("nowhere"));
    command.env("TERM", "xterm-256color");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Runs the program with nothing on standard input.
pub(crate) fn run<S: AsRef<OsStr>>(arguments: &[S]) -> Run {
    run_with(b"", arguments)
}

/// Runs the program with `input` on standard input.
pub(crate) fn run_with<S: AsRef<OsStr>>(input: &[u8], arguments: &[S]) -> Run {
    finish(program().args(arguments), input)
}

/// Runs a prepared program with `input` on standard input.
pub(crate) fn finish(command: &mut Command, input: &[u8]) -> Run {
    let mut child = command.stdin(Stdio::piped()).spawn().unwrap();
    feed(&mut child, input);
    let output = child.wait_with_output().unwrap();
    Run {
        code: output.status.code(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Writes standard input and closes it. The program may have ended without reading all of it.
pub(crate) fn feed(child: &mut Child, input: &[u8]) {
    drop(child.stdin.take().unwrap().write_all(input));
}

/// A folder of its own for the test of that name, empty.
pub(crate) fn folder(test: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(test);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).unwrap();
    }
    std::fs::create_dir_all(&folder).unwrap();
    folder
}

/// A file in such a folder.
pub(crate) fn file(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}
