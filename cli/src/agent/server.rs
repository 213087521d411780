//! The agent itself: one thread, one key, three questions.
//!
//! It leaves the terminal's session, lets nobody look into its memory, and writes no core. Its time is counted by both
//! clocks: the monotonic one may stand still while the computer sleeps, and the date may be set back.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Read, Write as _};
use std::ops::ControlFlow;
use std::os::fd::AsFd as _;
use std::os::unix::ffi::OsStringExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::time::Duration;

use countersign_core::ports::{Clock as _, LocalKey, MonotonicClock as _, SystemClock};
use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::Mode;
use rustix::process::{DumpableBehavior, Resource, Rlimit};
use zeroize::Zeroizing;

use super::{KEY, is_own, question};

/// How long a question may take: a process that connects and says nothing holds up the others no longer.
const PATIENCE: Duration = Duration::from_millis(500);
/// How often the clocks are looked at.
const BEAT: Duration = Duration::from_secs(1);

/// Holds the key that comes on standard input until its time is over or somebody locks.
pub(crate) fn serve() -> io::Result<()> {
    close_up();
    // Past the buffer of standard input, which would keep a copy.
    let mut input = File::from(io::stdin().as_fd().try_clone_to_owned()?);
    let key = read_key(&mut input)?;
    let mut seconds = [0; 8];
    input.read_exact(&mut seconds)?;
    let mut socket = Vec::new();
    input.read_to_end(&mut socket)?;
    let socket = PathBuf::from(OsString::from_vec(socket));
    let agent = Agent { key, hour: Hourglass::new(Duration::from_secs(u64::from_be_bytes(seconds))) };
    let listener = listen(&socket)?;
    say_ready()?;
    let ended = agent.run(&listener);
    drop(agent);
    fs::remove_file(&socket)?;
    if let Some(mut waiting) = ended? {
        waiting.write_all(b".")?;
    }
    Ok(())
}

/// Wiped where it was read: a move would leave a copy behind.
fn read_key(input: &mut File) -> io::Result<LocalKey> {
    let mut bytes = Zeroizing::new([0; KEY]);
    input.read_exact(&mut bytes[..])?;
    Ok(LocalKey::from_bytes(&bytes))
}

/// One byte, at once: whoever started this waits for it.
fn say_ready() -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(b".")?;
    out.flush()
}

/// Out of the terminal's session, and out of sight. What the system does not offer is left as it is.
fn close_up() {
    let _ = rustix::process::setsid();
    let none = Rlimit { current: Some(0), maximum: Some(0) };
    let _ = rustix::process::setrlimit(Resource::Core, none);
    #[cfg(any(target_os = "linux", target_os = "android"))]
    let _ = rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable);
    let _ = std::env::set_current_dir("/");
}

/// The socket, for its owner alone from its first moment on. One that a dead agent left is replaced.
fn listen(socket: &Path) -> io::Result<UnixListener> {
    rustix::process::umask(Mode::RWXG | Mode::RWXO | Mode::XUSR);
    match UnixListener::bind(socket) {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse && UnixStream::connect(socket).is_err() => {
            fs::remove_file(socket)?;
            UnixListener::bind(socket)
        }
        bound => bound,
    }
}

struct Agent {
    key: LocalKey,
    hour: Hourglass,
}

impl Agent {
    /// Answers until the time is over; or until somebody locks, who waits to hear that the key is gone.
    fn run(&self, listener: &UnixListener) -> io::Result<Option<UnixStream>> {
        while let Some(left) = self.hour.left() {
            let wait = left.min(BEAT).try_into().map_err(io::Error::other)?;
            let asked = poll(&mut [PollFd::new(listener, PollFlags::IN)], Some(&wait));
            if !asked.is_ok_and(|ready| ready > 0) {
                continue;
            }
            let (mut stream, _) = listener.accept()?;
            if let Ok(ControlFlow::Break(())) = self.answer(&mut stream) {
                return Ok(Some(stream));
            }
        }
        Ok(None)
    }

    fn answer(&self, stream: &mut UnixStream) -> io::Result<ControlFlow<()>> {
        if !is_own(stream) {
            return Ok(ControlFlow::Continue(()));
        }
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        let mut asked = [0];
        stream.read_exact(&mut asked)?;
        // It may have taken its time to ask.
        let Some(left) = self.hour.left() else { return Ok(ControlFlow::Continue(())) };
        match asked[0] {
            question::KEY => stream.write_all(self.key.as_bytes())?,
            question::LEFT => stream.write_all(&left.as_secs().to_be_bytes())?,
            question::LOCK => return Ok(ControlFlow::Break(())),
            _ => {}
        }
        Ok(ControlFlow::Continue(()))
    }
}

/// Counts a time down.
struct Hourglass {
    clock: SystemClock,
    time: Duration,
    until: i64,
}

impl Hourglass {
    fn new(time: Duration) -> Self {
        let clock = SystemClock::new();
        let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
        Self { clock, time, until: clock.now().unix_seconds().saturating_add(seconds) }
    }

    /// What is left by the clock that says less; `None` when that is nothing.
    fn left(&self) -> Option<Duration> {
        let by_date = u64::try_from(self.until - self.clock.now().unix_seconds()).unwrap_or(0);
        let left = self.time.saturating_sub(self.clock.elapsed()).min(Duration::from_secs(by_date));
        Some(left).filter(|left| !left.is_zero())
    }
}
