//! What a person at a terminal sees and types; `script` (util-linux) is the terminal.

use std::io::{Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use super::Home;
use crate::pictures::{RFC_KEY, entry, export, png};
use crate::program::file;

/// How long a machine with much else to do may take for one step.
const PATIENCE: Duration = Duration::from_mins(1);

/// A command at a terminal.
struct Terminal {
    script: Child,
    shown: Receiver<Vec<u8>>,
    seen: String,
}

impl Terminal {
    fn run(home: &Home, words: &str) -> Self {
        let line = format!("{} {words}", env!("CARGO_BIN_EXE_countersign"));
        let mut script = Command::new("script")
            .args(["-q", "-e", "-c", &line, "/dev/null"])
            .current_dir(&home.folder)
            .env("XDG_DATA_HOME", &home.data)
            .env("TERM", "xterm-256color")
            .env_remove("COUNTERSIGN_STORE")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("these tests need `script` for a terminal: install util-linux (on Debian bsdutils)");
        let mut output = script.stdout.take().unwrap();
        let (sender, shown) = channel();
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(read @ 1..) = output.read(&mut bytes) {
                if sender.send(bytes[..read].to_vec()).is_err() {
                    break;
                }
            }
        });
        Self { script, shown, seen: String::new() }
    }

    /// Waits until the terminal shows this, after what was waited for before.
    fn until(&mut self, text: &str) -> &mut Self {
        while !self.seen.contains(text) {
            match self.shown.recv_timeout(PATIENCE) {
                Ok(bytes) => self.seen.push_str(&String::from_utf8_lossy(&bytes)),
                Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => {
                    panic!("{text:?} is not in {:?}", self.seen)
                }
            }
        }
        let place = self.seen.find(text).unwrap() + text.len();
        self.seen.drain(..place);
        self
    }

    fn types(&mut self, line: &str) -> &mut Self {
        self.script.stdin.as_mut().unwrap().write_all(format!("{line}\n").as_bytes()).unwrap();
        self
    }

    fn ends(&mut self, code: i32) {
        assert_eq!(self.script.wait().unwrap().code(), Some(code), "{}", self.seen);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn everything_is_asked_for_in_turn_and_a_slip_is_no_end() {
    let home = Home::empty("typed");
    let mut init = Terminal::run(&home, "init");
    init.until("Name of the workspace [Personal]: ").types("");
    init.until("Your name [").types("Ana");
    init.until("Name of this computer [").types("");
    init.until("Passphrase, new (8 characters or more): ").types("short");
    init.until("That is shorter than 8 characters. Passphrase: ").types("correct horse");
    init.until("Passphrase, again: ").types("correct hores");
    init.until("Those were two different ones. Passphrase: ").types("correct horse");
    init.until("Passphrase, again: ").types("correct horse");
    init.until("The workspace Personal is ready").until("You are Ana in it, and this computer is ").ends(0);

    let mut unlock = Terminal::run(&home, "unlock");
    unlock.until("Passphrase: ").types("another horse");
    unlock.until("That is not it. Passphrase: ").types("correct horse");
    unlock.until("Unlocked until").ends(0);

    let mut add = Terminal::run(&home, "add -");
    add.until("Key or otpauth:// link (not shown): ").types(RFC_KEY);
    add.until("Name of the account: ").types("GitHub");
    add.until("Pending").ends(0);
    assert!(!add.seen.contains(RFC_KEY), "what was typed is not shown");
    home.done(&["confirm"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_new_passphrase_that_is_typed_wrong_three_times_leaves_no_store() {
    let home = Home::empty("typed_unusable");
    let mut init = Terminal::run(&home, "init --workspace Blue --member Ana --device laptop");
    init.until("Passphrase, new (8 characters or more): ").types("short");
    init.until("That is shorter than 8 characters. Passphrase: ").types("correct horse");
    init.until("Passphrase, again: ").types("correct hores");
    init.until("Those were two different ones. Passphrase: ").types("short");
    init.until("no passphrase was chosen").ends(5);
    assert!(!home.folder.join("data").exists(), "nothing was written");
}

#[cfg(target_os = "linux")]
#[test]
fn an_empty_list_says_what_comes_next_on_a_terminal_too() {
    let home = Home::unlocked("typed_empty");
    let mut list = Terminal::run(&home, "list");
    list.until("There are no accounts yet").until("countersign add PICTURE").ends(1);
    let mut list = Terminal::run(&home, "list bank");
    list.until("No account has all of these words").ends(1);
}

#[cfg(target_os = "linux")]
#[test]
fn an_export_of_another_app_is_shown_and_asked_about_before_anything_is_saved() {
    let home = Home::unlocked("typed_import");
    let export = export(&[entry("one", 1), entry("md5", 4)], 0, 1);
    file(&home.folder, "export.png", &png(&export));
    let mut import = Terminal::run(&home, "import export.png");
    import.until("✓   1. one").until("new").until("    2. ").until("cannot be used");
    import.until("Save the 1 account that is marked? [y/N]").types("n");
    import.until("it was not confirmed").ends(6);
    assert!(home.names().is_empty());
    let mut import = Terminal::run(&home, "import export.png");
    import.until("[y/N]").types("y");
    import.until("added").until("cannot be used: the algorithm is not supported").ends(0);
    assert_eq!(home.names(), ["one"]);
}

#[cfg(target_os = "linux")]
#[test]
fn a_list_stays_lets_others_work_and_ends_with_the_lock() {
    let home = Home::unlocked("typed_list");
    // A list is read again whenever a code ends.
    home.done_with(format!("otpauth://totp/Fast?secret={RFC_KEY}&period=1").as_bytes(), &["add", "-"]);
    home.done(&["confirm"]);
    let mut list = Terminal::run(&home, "list");
    list.until("Fast").until("━").until("Ctrl-C ends");
    list.until("Fast").until("Ctrl-C ends");
    home.done(&["add", "--name", "Mail"]);
    list.until("Mail");
    home.done(&["lock"]);
    list.until("the workspace is locked again").ends(5);
}

#[cfg(target_os = "linux")]
#[test]
fn a_passphrase_is_asked_for_three_times_at_most() {
    let home = Home::empty("typed_wrong");
    home.done(&["init", "--passphrase-file", "passphrase"]);
    let mut list = Terminal::run(&home, "list");
    list.until("Passphrase: ").types("another horse");
    list.until("That is not it. Passphrase: ").types("another horse");
    list.until("That is not it. Passphrase: ").types("another horse");
    list.until("that is not the passphrase").ends(5);
}

#[cfg(target_os = "linux")]
#[test]
fn what_hides_in_a_name_is_shown_when_it_is_edited() {
    let home = Home::unlocked("typed_hidden");
    home.done(&["add", "--name", "Mail\u{1b}]0;x\u{7}"]);
    let mut edit = Terminal::run(&home, "edit mail");
    edit.until(r"Name [Mail\u{1b}]0;x\u{7}]: ").types("Mail");
    for label in ["App [", "Login [", "Address [", "Notes ["] {
        edit.until(label).types("");
    }
    edit.until("Mail is changed").ends(0);
}
