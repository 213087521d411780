//! A disk that is full and one that may only be read: each in a namespace of its own, where it is this test's alone.
//!
//! That the core tells a full disk from another trouble is shown in every place: `store::tests`. Where a system gives
//! nobody a disk, these tests say that they did not run, and `cargo xtask test` counts them apart.

use std::io::Write as _;
use std::process::{Command, Output};

use super::Home;

/// What a script ends with where it gets no disk.
const NO_DISK: i32 = 77;

/// A script's run in a namespace of its own, with `$disk` to mount and `run` for the program on a store there; `None`, and
/// a line that says so, where this system has none for this user.
fn with_a_disk(test: &str, options: &str, script: &str) -> Option<(Home, Output)> {
    let home = Home::empty(test);
    let disk = home.folder.join("disk");
    std::fs::create_dir(&disk).unwrap();
    let script = format!(
        "disk='{disk}'
         mount -t tmpfs {options} none \"$disk\" || exit {NO_DISK}
         cp passphrase \"$disk/p\" && chmod 600 \"$disk/p\"
         run() {{ '{program}' \"$@\" --store \"$disk/s\" --passphrase-file \"$disk/p\"; }}
         {script}",
        disk = disk.display(),
        program = env!("CARGO_BIN_EXE_countersign"),
    );
    // A user gets one with a user namespace; an administrator may have one where those are switched off.
    for namespace in ["-rm", "-m"] {
        let mut unshare = Command::new("unshare");
        unshare.args([namespace, "sh", "-c", &script]).current_dir(&home.folder);
        let output = unshare.output().expect("these tests need `unshare`: install util-linux");
        let no_namespace = output.status.code() == Some(1) && output.stdout.is_empty();
        if !no_namespace && output.status.code() != Some(NO_DISK) {
            return Some((home, output));
        }
    }
    // Past the capture of a test's output.
    let line = format!("\nnot run: {test}: this system gives this user no mount namespace\n");
    std::io::stdout().write_all(line.as_bytes()).unwrap();
    None
}

#[test]
fn a_full_disk_is_told_and_what_was_saved_stays() {
    let script = "
        run init >/dev/null || exit 78
        saved=0
        while run add --name \"account $saved\" >/dev/null 2>\"$disk.err\"; do saved=$((saved + 1)); done
        echo \"$saved saved, $(run list --json | grep -c '\"name\"') there\"";
    let Some((home, output)) = with_a_disk("full_disk", "-o size=160k", script) else { return };
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    let error = std::fs::read_to_string(home.folder.join("disk.err")).unwrap_or_default();
    assert!(error.contains("the disk is full"), "{said} {error} {}", String::from_utf8_lossy(&output.stderr));
    let (saved, there) = said.trim().trim_end_matches(" there").split_once(" saved, ").unwrap();
    assert_eq!(saved, there);
}

#[test]
fn a_store_on_a_disk_that_may_only_be_read_is_told_and_stays_as_it_was() {
    let script = "
        run init >/dev/null && run add --name Mail >/dev/null || exit 78
        before=$(cat \"$disk\"/s* | cksum)
        mount -o remount,ro \"$disk\" || exit 79
        run add --name More --json; echo \"code $?\"; run list --json; echo \"code $?\"
        test \"$before\" = \"$(cat \"$disk\"/s* | cksum)\" && echo same";
    let Some((_home, output)) = with_a_disk("read_only_disk", "", script) else { return };
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(said.matches("\"store_read_only\"").count(), 2, "{said}");
    assert_eq!(said.matches("code 6").count(), 2, "{said}");
    assert!(said.ends_with("same\n"), "{said}");
}
