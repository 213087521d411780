//! A workspace in a terminal: the built program on a store of its own, offline, without anybody at the keyboard.

mod accounts;
mod agent;
mod backup;
#[cfg(target_os = "linux")]
mod disks;
mod documents;
mod first_steps;
mod given;
mod hints;
mod hostile;
mod passphrase;
mod team;
mod typed;

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::pictures::RFC_KEY;
use crate::program::{Run, file, finish, folder, program};

/// A home with a passphrase in a file, and the agent that may have been started in it.
pub(crate) struct Home {
    pub(crate) folder: PathBuf,
    /// Where programs keep what is theirs.
    data: PathBuf,
}

impl Home {
    /// A home for the test of that name, without a workspace.
    fn empty(test: &str) -> Self {
        let folder = folder(test);
        let home = Self { data: folder.join("data"), folder };
        home.secret_file("passphrase", b"correct horse battery\n");
        home
    }

    /// A home with a workspace, unlocked.
    fn unlocked(test: &str) -> Self {
        let home = Self::empty(test);
        home.done(&["init", "--passphrase-file", "passphrase"]);
        home.done(&["unlock", "--passphrase-file", "passphrase"]);
        home
    }

    /// The program at home.
    fn program(&self) -> Command {
        let mut program = program();
        program.current_dir(&self.folder).env("XDG_DATA_HOME", &self.data);
        program
    }

    /// The store in its usual place.
    fn store(&self) -> PathBuf {
        self.data.join("countersign/default.countersign")
    }

    /// A file that only its owner can read.
    fn secret_file(&self, name: &str, bytes: &[u8]) -> PathBuf {
        use std::os::unix::fs::PermissionsExt as _;
        let path = file(&self.folder, name, bytes);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        path
    }

    fn run<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Run {
        self.run_with(b"", arguments)
    }

    fn run_with<S: AsRef<OsStr>>(&self, input: &[u8], arguments: &[S]) -> Run {
        finish(self.program().args(arguments), input)
    }

    /// What a command said that did what it should.
    fn done<S: AsRef<OsStr>>(&self, arguments: &[S]) -> String {
        self.done_with(b"", arguments)
    }

    fn done_with<S: AsRef<OsStr>>(&self, input: &[u8], arguments: &[S]) -> String {
        let run = self.run_with(input, arguments);
        assert_eq!((run.err.as_str(), run.code), ("", Some(0)), "{}", run.out);
        run.out
    }

    /// A command's document.
    fn document(&self, arguments: &[&str]) -> Value {
        serde_json::from_str(&self.run(&[arguments, &["--json"]].concat()).out).unwrap()
    }

    /// The stable name of what was wrong, and the exit code.
    fn refusal(&self, arguments: &[&str]) -> (String, Option<i32>) {
        let run = self.run(&[arguments, &["--json"]].concat());
        assert_eq!(run.err, "");
        let document: Value = serde_json::from_str(&run.out).unwrap();
        (document["error"]["id"].as_str().unwrap().to_owned(), run.code)
    }

    /// Adds an account with the RFC's key under another name, and turns its MFA on.
    fn account(&self, name: &str) {
        let number = name.bytes().fold(0_usize, |sum, byte| sum * 7 + usize::from(byte));
        let key: String = RFC_KEY.chars().cycle().skip(number % 20).take(32).collect();
        self.done_with(key.as_bytes(), &["add", "-", "--name", name]);
        self.done(&["confirm", name]);
    }

    fn names(&self) -> Vec<String> {
        let listed = self.document(&["list"]);
        listed["accounts"]
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["name"].as_str().unwrap().to_owned())
            .collect()
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        // An agent would outlive the test.
        self.run(&["lock"]);
    }
}

/// A path as an argument.
fn shown(path: &Path) -> &str {
    path.to_str().unwrap()
}
