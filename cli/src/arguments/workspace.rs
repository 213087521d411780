//! What the commands on a whole workspace take.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::Args;
use countersign_core::vault::LockAfter;

use super::{Common, Question};
use crate::{help, moment};

/// Create a workspace on this computer
///
/// It is encrypted under a passphrase that you choose, and needs no server. There is no way back from a forgotten
/// passphrase but the recovery kit, which `countersign kit` shows.
#[derive(Debug, Args)]
#[command(after_help = help::short("init"), after_long_help = help::long("init"))]
pub(crate) struct Init {
    /// What the workspace is called
    #[arg(long, value_name = "TEXT")]
    pub(crate) workspace: Option<String>,

    /// What you are called
    #[arg(long, value_name = "TEXT")]
    pub(crate) member: Option<String>,

    /// What this computer is called
    #[arg(long, value_name = "TEXT")]
    pub(crate) device: Option<String>,

    #[command(flatten)]
    pub(crate) common: Common,
}

/// Ask for the passphrase once, for all commands of the next minutes
///
/// An agent holds the key in memory, and ends with the time or with `countersign lock`.
#[derive(Debug, Args)]
#[command(after_help = help::short("unlock"), after_long_help = help::long("unlock"))]
pub(crate) struct Unlock {
    /// How long: 90s, 10m, 2h; up to 24h
    #[arg(long = "for", value_name = "TIME", default_value = "5m", value_parser = moment::read_time)]
    pub(crate) time: LockAfter,

    #[command(flatten)]
    pub(crate) common: Common,
}

/// The recovery kit: 64 characters that open the workspace when the passphrase or the computer is lost
///
/// It is kept here, sealed, until you say that you have it on paper.
#[derive(Debug, Args)]
#[command(after_help = help::short("kit"), after_long_help = help::long("kit"))]
pub(crate) struct Kit {
    /// Forget the kit here: it is on paper now
    #[arg(long)]
    pub(crate) saved: bool,

    #[command(flatten)]
    pub(crate) common: Common,
}

/// Open the workspace with its recovery kit, and choose a new passphrase
///
/// For a lost passphrase, or a store that was copied from another computer. The kit is asked for, or read from standard
/// input. Nothing but favourites and settings of this device is lost.
#[derive(Debug, Args)]
#[command(after_help = help::short("recover"), after_long_help = help::long("recover"))]
pub(crate) struct Recover {
    /// What this computer is called
    #[arg(long, value_name = "TEXT")]
    pub(crate) device: Option<String>,

    #[command(flatten)]
    pub(crate) common: Common,
}

/// Write the accounts that you own to a file
///
/// The file is encrypted under a passphrase of its own, and read back before this says that it is there. The
/// workspace's passphrase is asked for, whatever is unlocked.
#[derive(Debug, Args)]
#[command(after_help = help::short("export"), after_long_help = help::long("export"))]
pub(crate) struct Export {
    /// The file to write; it must not exist yet
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,

    /// Write otpauth:// links that any app can read, and anybody who finds the file
    #[arg(long, conflicts_with = "backup_passphrase_file")]
    pub(crate) plain: bool,

    #[command(flatten)]
    pub(crate) backup: BackupPassphrase,

    #[command(flatten)]
    pub(crate) question: Question,

    #[command(flatten)]
    pub(crate) common: Common,
}

/// Bring accounts in: a backup of Countersign, a list of otpauth:// links, or pictures of a Google Authenticator export
///
/// What is here already is left alone. The accounts of a list or of a Google export are shown first; without a terminal,
/// those that are new are saved.
#[derive(Debug, Args)]
#[command(after_help = help::short("import"), after_long_help = help::long("import"))]
pub(crate) struct Import {
    /// A backup, a list, or the pictures of an export
    #[arg(value_name = "FILE", required = true)]
    pub(crate) files: Vec<OsString>,

    /// Of a list or a Google export, save these and no others, by their numbers; one that has another secret here replaces it
    #[arg(long, value_name = "NUMBERS", value_delimiter = ',')]
    pub(crate) only: Option<Vec<usize>>,

    #[command(flatten)]
    pub(crate) backup: BackupPassphrase,

    #[command(flatten)]
    pub(crate) question: Question,

    #[command(flatten)]
    pub(crate) common: Common,
}

// Where the passphrase of a backup comes from; the workspace's own is a matter of `Common`.
#[derive(Debug, Args)]
pub(crate) struct BackupPassphrase {
    /// Read the backup's passphrase from a file that only you may read, instead of asking
    #[arg(long, value_name = "FILE")]
    pub(crate) backup_passphrase_file: Option<PathBuf>,
}

// A command on a store that takes nothing else.
#[derive(Debug, Args)]
pub(crate) struct Workspaces {
    #[command(flatten)]
    pub(crate) common: Common,
}
