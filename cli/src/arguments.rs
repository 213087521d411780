//! What can be said on the command line. The doc comments are the help, so they are written for a person who
//! has never used the program; the examples and exit codes after them are in `help.rs`.

use std::ffi::OsString;

use clap::{Args, Parser, Subcommand};
use clap_complete::Shell;
use countersign_core::ports::Timestamp;

use crate::{help, moment};

/// MFA codes in the terminal: from a picture of the QR code, or from the key itself
///
/// A service that turns on MFA (also called two-step verification) shows a QR code once. Countersign reads it
/// from a photo or a screenshot and shows the code that the service asks for. It works offline: nothing leaves
/// this computer, and nothing is kept.
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
    Scan(Scan),
    Code(Code),
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

/// Show the code for a key or an otpauth:// link on standard input
///
/// The key is what a service shows beside the QR code ("Can't scan?"), the link is what is inside it. Blanks and
/// dashes in a key do not matter, nor does the case of its letters.
///
/// They are read from standard input and never from the command line: shells keep their history in a file, and
/// other users of the computer can see the arguments of a running program. On a terminal you are asked, and what
/// you type or paste is not shown.
#[derive(Debug, Args)]
#[command(after_help = help::short("code"), after_long_help = help::long("code"), override_usage = "countersign code [OPTIONS] -")]
pub(crate) struct Code {
    /// `-`: read the key or the link from standard input
    // Anything else may be a secret. It is taken here so that clap does not repeat it in an error.
    #[arg(value_name = "-", num_args = 0..)]
    pub(crate) input: Vec<OsString>,

    /// Keep showing the code, with the time it has left, until Ctrl-C
    ///
    /// On a terminal the line is redrawn each second. Elsewhere a new line (with --json: a document of one line)
    /// is written whenever a code begins.
    #[arg(long, conflicts_with = "at")]
    pub(crate) watch: bool,

    #[command(flatten)]
    pub(crate) shown: Shown,
}

/// What is shown, for every command that shows codes.
#[derive(Debug, Args)]
pub(crate) struct Shown {
    /// Write one JSON document with stable keys, for programs
    ///
    /// Errors are in the document too. The keys are listed in docs/guide/terminal.md.
    #[arg(long)]
    pub(crate) json: bool,

    /// Show the secret key as well: whoever sees it can make every code
    #[arg(long)]
    pub(crate) show_secret: bool,

    /// Show the codes of another moment: Unix seconds or RFC 3339
    ///
    /// For tests and for services whose clock is wrong. Examples: 1700000000, 2023-11-14T22:13:20Z,
    /// 2023-11-14T23:13:20+01:00.
    #[arg(long, value_name = "TIME", value_parser = moment::read, allow_negative_numbers = true)]
    pub(crate) at: Option<Timestamp>,
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
    #[arg(value_parser = ["scan", "code", "completions", "man"])]
    pub(crate) command: Option<String>,
}
