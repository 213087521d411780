//! A user without rights, for tests of what file permissions stop: they stop no administrator.

use std::os::unix::process::CommandExt as _;
use std::process::Command;

/// The user and the group that own nothing.
const NOBODY: u32 = 65_534;

/// Runs the test of that name once more, as a user without rights.
///
/// # Panics
/// Where that run fails, or runs nothing.
pub fn runs(test: &str) {
    // The program by its open file: its folder may be closed to others.
    let mut again = Command::new("/proc/self/exe");
    again.args(["--exact", test]).env_remove("TMPDIR").current_dir("/").uid(NOBODY).gid(NOBODY);
    let output = again.output().expect("an administrator may start it as anybody");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success() && said.contains("1 passed"), "as nobody: {said}");
}
