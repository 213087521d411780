//! `--copy`: the code in the clipboard, marked as sensitive where the desktop knows that, until it ends.
//!
//! On most desktops a clipboard is what a living process offers. So a process of its own holds the code, and takes it
//! back when it ends, unless something else was copied meanwhile.

use std::io::{self, Read as _, Write as _};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use zeroize::Zeroizing;

use crate::outcome::{Exit, Failure};
use crate::problem::Problem;

/// The only argument with which the program starts itself to hold a code.
pub(crate) const ARGUMENT: &str = "--hold-clipboard";

/// Longest code, in characters.
const LONGEST: u64 = 16;

/// A process that has the clipboard and waits for a code.
pub(super) struct Clipboard(Child);

impl Clipboard {
    /// A clipboard that can be written.
    pub(super) fn open() -> Result<Self, Failure> {
        let start = || -> io::Result<Child> {
            let mut holder = Command::new(std::env::current_exe()?)
                .arg(ARGUMENT)
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::null())
                .spawn()?;
            wait_for(&mut holder)?;
            Ok(holder)
        };
        start().map(Self).map_err(|_| none())
    }

    /// Puts `digits` into it for so many seconds. It is there when this returns.
    pub(super) fn hold(mut self, digits: &str, seconds: u64) -> Result<(), Failure> {
        let mut give = || -> io::Result<()> {
            if let Some(mut input) = self.0.stdin.take() {
                input.write_all(&seconds.to_be_bytes())?;
                input.write_all(digits.as_bytes())?;
            }
            wait_for(&mut self.0)
        };
        give().map_err(|_| none())
    }
}

fn wait_for(holder: &mut Child) -> io::Result<()> {
    holder.stdout.as_mut().ok_or(io::ErrorKind::BrokenPipe)?.read_exact(&mut [0])
}

fn none() -> Failure {
    let problem = Problem::new(
        "no_clipboard",
        "there is no clipboard that can be written here",
        "Leave out --copy, and type the code.",
    );
    Failure::Workspace(Exit::Refused, problem)
}

/// Holds the code that comes on standard input, until its time is over.
pub(crate) fn serve() -> Result<(), Box<dyn std::error::Error>> {
    #[cfg(unix)]
    let _ = rustix::process::setsid();
    let mut clipboard = arboard::Clipboard::new()?;
    say_done()?;
    let (mut seconds, mut digits) = ([0; 8], Zeroizing::new(String::with_capacity(64)));
    io::stdin().read_exact(&mut seconds)?;
    io::stdin().take(LONGEST).read_to_string(&mut digits)?;
    sensitive(clipboard.set()).text(digits.as_str())?;
    say_done()?;
    wait(Duration::from_secs(u64::from_be_bytes(seconds)));
    if clipboard.get_text().map(Zeroizing::new).is_ok_and(|held| held == digits) {
        clipboard.clear()?;
    }
    Ok(())
}

/// One byte, at once: whoever started this waits for it.
fn say_done() -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(b".")?;
    out.flush()
}

#[cfg(all(unix, not(target_os = "macos")))]
fn sensitive(set: arboard::Set<'_>) -> arboard::Set<'_> {
    arboard::SetExtLinux::exclude_from_history(set)
}

#[cfg(target_os = "macos")]
fn sensitive(set: arboard::Set<'_>) -> arboard::Set<'_> {
    arboard::SetExtApple::exclude_from_history(set)
}

#[cfg(windows)]
fn sensitive(set: arboard::Set<'_>) -> arboard::Set<'_> {
    use arboard::SetExtWindows as _;
    set.exclude_from_cloud().exclude_from_history().exclude_from_monitoring()
}

#[allow(clippy::disallowed_methods, reason = "this process does nothing but wait until a code ends")]
fn wait(time: Duration) {
    std::thread::sleep(time);
}
