//! What can be said on the command line. The doc comments are the help, so they are written for a person who
//! has never used the program; the examples and exit codes after them are in `help`.

mod account;
mod people;
mod workspace;

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use countersign_core::ports::Timestamp;

pub(crate) use account::{
    Account, Activate, Add, Card, Edit, Favourite, List, Named, Off, Question, RecoveryCodes, Restore,
};
pub(crate) use people::{
    Access, Attach, Devices, Invite, Join, LinkDevice, Members, Role, SafetyWords, Share, Sync,
};
pub(crate) use workspace::{Export, Import, Init, Kit, Recover, Unlock, Workspaces};

use crate::{help, moment};

/// The authenticator app of a team, in the terminal
///
/// A service that turns on MFA (also called two-step verification) shows a QR code once. Countersign reads it from a
/// photo or a screenshot, keeps its secret encrypted, and shows the code that the service asks for from then on. It
/// works offline: nothing leaves this computer. `scan` and `code -` keep nothing at all.
#[derive(Debug, Parser)]
#[command(
    name = "countersign",
    version,
    arg_required_else_help = true,
    subcommand_required = true,
    disable_help_subcommand = true,
    max_term_width = 100,
    after_help = help::short("countersign"),
    after_long_help = help::long("countersign")
)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) command: Command,
}

// The order is that in which a person meets them.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Init(Init),
    Add(Add),
    /// The service has taken the code: MFA is on
    #[command(after_help = help::short("confirm"), after_long_help = help::long("confirm"))]
    Confirm(Account),
    /// Forget what was scanned and not confirmed
    ///
    /// A secret in use stays in use. The card stays as well.
    #[command(after_help = help::short("cancel"), after_long_help = help::long("cancel"))]
    Cancel(Account),
    List(List),
    Code(Code),
    /// An account's card, how far its MFA is, and what can be restored; not its code
    #[command(after_help = help::short("show"), after_long_help = help::long("show"))]
    Show(Named),
    /// Activate MFA for a card that has none
    ///
    /// The secret is saved at once, as Pending. Type the code at the service, save there, and then say
    /// `countersign confirm`.
    #[command(after_help = help::short("activate"), after_long_help = help::long("activate"))]
    Activate(Activate),
    /// Put another secret in the place of the one in use
    ///
    /// The one in use stays in use until `countersign confirm`, and sealed for 30 days after it.
    #[command(after_help = help::short("replace"), after_long_help = help::long("replace"))]
    Replace(Activate),
    Restore(Restore),
    Off(Off),
    Edit(Edit),
    Favourite(Favourite),
    /// Put an account into the bin, for 30 days
    #[command(after_help = help::short("remove"), after_long_help = help::long("remove"))]
    Remove(Named),
    /// Take an account out of the bin; without a name, the one that was removed last
    #[command(after_help = help::short("undo"), after_long_help = help::long("undo"))]
    Undo(Account),
    RecoveryCodes(RecoveryCodes),
    /// Who did what with an account, the latest first
    #[command(after_help = help::short("activity"), after_long_help = help::long("activity"))]
    Activity(Named),
    Attach(Attach),
    Invite(Invite),
    Join(Join),
    Sync(Sync),
    Share(Share),
    Members(Members),
    Devices(Devices),
    Link(LinkDevice),
    SafetyWords(SafetyWords),
    /// The secrets that somebody knew who has no access any more: replace them at the service
    #[command(after_help = help::short("known"), after_long_help = help::long("known"))]
    Known(Workspaces),
    Kit(Kit),
    Recover(Recover),
    Unlock(Unlock),
    /// End what `countersign unlock` began: no key stays in memory
    ///
    /// Without `--store`, of all stores of yours; with it, of that one, and the others are named.
    #[command(after_help = help::short("lock"), after_long_help = help::long("lock"))]
    Lock(Workspaces),
    Export(Export),
    Import(Import),
    /// The stores that can be told of, and which one commands use
    ///
    /// A person in two workspaces has one store for each. `--store` or `$COUNTERSIGN_STORE` says which one is meant. Listed
    /// are the stores in the usual folder (`countersign` in `$XDG_DATA_HOME` or `~/.local/share`), those that the
    /// environment and the arguments name, and those that are unlocked. Others lie where you put them.
    #[command(after_help = help::short("workspaces"), after_long_help = help::long("workspaces"))]
    Workspaces(Workspaces),
    Scan(Scan),
    Demo(Demo),
    Completions(Completions),
    Man(Manual),
}

/// Find the QR codes in pictures, and show their accounts and codes
///
/// Reads PNG, JPEG, WebP, GIF and BMP, turned as the camera noted. Every code in a picture is listed. A QR code
/// that is not an MFA account (Wi-Fi, a web link, another vendor's own kind) is named, with what to do about it.
/// The parts of a Google Authenticator export are put together across pictures.
#[derive(Debug, Args)]
#[command(after_help = help::short("scan"), after_long_help = help::long("scan"))]
pub(crate) struct Scan {
    /// Pictures to look at; `-` reads one from standard input
    #[arg(value_name = "PICTURE", required = true)]
    pub(crate) pictures: Vec<OsString>,

    #[command(flatten)]
    pub(crate) shown: Shown,
}

/// Show or copy the code of an account, or of a key on standard input
///
/// NAME is the beginning of an account's name, app or login, as far as it takes to tell it from the others; the case
/// of letters does not matter. That you looked is in the account's activity. An account whose codes are counted gets
/// its next one, which is used up with that. Of an account that is pending, the code is shown that the service asks for
/// before `countersign confirm`.
///
/// With `-` nothing is kept: a key or an otpauth:// link is read from standard input, and its code is shown. Blanks and
/// dashes in a key do not matter, nor does the case of its letters. A key is never read from the command line: shells
/// keep their history in a file, and other users of the computer can see the arguments of a running program. On a
/// terminal you are asked, and what you type or paste is not shown.
#[derive(Debug, Args)]
#[command(after_help = help::short("code"), after_long_help = help::long("code"), override_usage = "countersign code [OPTIONS] <NAME|->")]
pub(crate) struct Code {
    /// The account; or `-`: read a key or a link from standard input
    // Anything may be a secret that should not be here. It is taken here so that clap does not repeat it in an error.
    #[arg(value_name = "NAME|-", num_args = 0..)]
    pub(crate) input: Vec<OsString>,

    /// Copy the code instead of showing it; it leaves the clipboard when it ends
    #[arg(long, conflicts_with_all = ["watch", "at", "show_secret"])]
    pub(crate) copy: bool,

    /// Of an account whose secret is being replaced, the code of the new one
    #[arg(long, conflicts_with_all = ["at", "show_secret"])]
    pub(crate) pending: bool,

    /// Keep showing the code, with the time it has left, until Ctrl-C
    ///
    /// On a terminal the line is redrawn each second. Elsewhere a new line (with --json: a document of one line)
    /// is written whenever a code begins.
    #[arg(long, conflicts_with = "at")]
    pub(crate) watch: bool,

    #[command(flatten)]
    pub(crate) shown: Shown,

    #[command(flatten)]
    pub(crate) opening: Opening,
}

/// Which store, and who opens it, for every command that needs one.
#[derive(Debug, Args)]
#[command(next_help_heading = "Workspace")]
pub(crate) struct Opening {
    /// The workspace's store, a file
    ///
    /// Without it: `$COUNTERSIGN_STORE`, and without that `countersign/default.countersign` in `$XDG_DATA_HOME` or
    /// `~/.local/share`.
    #[arg(long, value_name = "PATH")]
    pub(crate) store: Option<PathBuf>,

    /// Read the passphrase from a file that only you may read, instead of asking
    #[arg(long, value_name = "FILE")]
    pub(crate) passphrase_file: Option<PathBuf>,

    /// Read the passphrase from an open file descriptor, instead of asking
    #[arg(long, value_name = "NUMBER", conflicts_with = "passphrase_file")]
    pub(crate) passphrase_fd: Option<u32>,
}

/// What every command on a workspace takes.
#[derive(Debug, Args)]
pub(crate) struct Common {
    /// Write one JSON document with stable keys, for programs
    ///
    /// Errors are in the document too. The keys are listed in docs/guide/terminal.md.
    #[arg(long)]
    pub(crate) json: bool,

    #[command(flatten)]
    pub(crate) opening: Opening,
}

/// What is shown, for every command that shows codes.
#[derive(Debug, Args)]
pub(crate) struct Shown {
    /// Write one JSON document with stable keys, for programs
    ///
    /// Errors are in the document too. The keys are listed in docs/guide/terminal.md.
    #[arg(long)]
    pub(crate) json: bool,

    /// Show the secret key as well, of a picture or a key that is given: whoever sees it can make every code
    #[arg(long)]
    pub(crate) show_secret: bool,

    /// Show the codes of another moment: Unix seconds or RFC 3339
    ///
    /// For tests and for services whose clock is wrong. Examples: 1700000000, 2023-11-14T22:13:20Z,
    /// 2023-11-14T23:13:20+01:00.
    #[arg(long, value_name = "TIME", value_parser = moment::read, allow_negative_numbers = true)]
    pub(crate) at: Option<Timestamp>,
}

/// See the whole of it: a server and three people on this computer, who share a code
///
/// Ana creates a workspace, lets Ben and Carla in, scans a photo, and both show the same code; Ben goes offline, and later
/// leaves. Beside each step stands what the server saw. It asks nothing, and leaves nothing behind.
#[derive(Debug, Args)]
#[command(after_help = help::short("demo"), after_long_help = help::long("demo"))]
pub(crate) struct Demo {
    /// Leave the server and the stores there for a look around, until Ctrl-C
    #[arg(long)]
    pub(crate) keep: bool,

    /// The server's port on 127.0.0.1; 0 takes one that is free
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    pub(crate) port: u16,

    /// Where to put the server's database and the stores; it must not exist yet. Without it, a temporary folder
    #[arg(long, value_name = "PATH")]
    pub(crate) folder: Option<PathBuf>,

    /// Write one JSON document with stable keys, for programs
    #[arg(long)]
    pub(crate) json: bool,
}

/// Write a completion script for your shell
///
/// The script goes to standard output; where it belongs depends on the shell.
#[derive(Debug, Args)]
#[command(after_help = help::short("completions"))]
pub(crate) struct Completions {
    /// The shell to write it for
    pub(crate) shell: Shell,
}

/// Write the manual page
///
/// The page goes to standard output, in the roff format that `man` reads.
#[derive(Debug, Args)]
#[command(after_help = help::short("man"))]
pub(crate) struct Manual {
    /// The command to write about; without it, the program as a whole
    #[arg(value_parser = help::COMMANDS)]
    pub(crate) command: Option<String>,
}
