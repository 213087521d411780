//! What the commands on accounts take.

use std::ffi::OsString;

use clap::Args;

use super::Common;
use crate::help;

// One account, where it may be clear without a name which.
#[derive(Debug, Args)]
pub(crate) struct Account {
    /// The account: the beginning of its name, app or login; not needed where only one can be meant
    #[arg(num_args = 0..)]
    pub(crate) name: Vec<String>,

    #[command(flatten)]
    pub(crate) common: Common,
}

// One account.
#[derive(Debug, Args)]
pub(crate) struct Named {
    /// The account: the beginning of its name, app or login
    #[arg(required = true, num_args = 1..)]
    pub(crate) name: Vec<String>,

    #[command(flatten)]
    pub(crate) common: Common,
}

// A question that a script answers beforehand.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Question {
    /// Do not ask
    #[arg(long, short)]
    pub(crate) yes: bool,
}

// What stands on a card.
#[derive(Debug, Default, Args)]
#[command(next_help_heading = "Card")]
pub(crate) struct Card {
    /// What you call the account
    #[arg(long, value_name = "TEXT")]
    pub(crate) name: Option<String>,

    /// The app or service
    #[arg(long, value_name = "TEXT")]
    pub(crate) app: Option<String>,

    /// The login name there
    #[arg(long, value_name = "TEXT")]
    pub(crate) login: Option<String>,

    /// Where one signs in
    #[arg(long, value_name = "URL")]
    pub(crate) address: Option<String>,

    /// Anything else
    #[arg(long, value_name = "TEXT")]
    pub(crate) notes: Option<String>,
}

/// Add an account from a picture of its QR code, or from its key
///
/// The secret is saved at once, as Pending. Type the code at the service, save there, and then say
/// `countersign confirm`. What the QR code says of the account stands on its card, unless you say otherwise.
#[derive(Debug, Args)]
#[command(after_help = help::short("add"), after_long_help = help::long("add"))]
pub(crate) struct Add {
    /// A picture of the QR code; `-` reads a picture, a key or a link from standard input; without it, a card without
    /// MFA is added
    #[arg(value_name = "PICTURE|-")]
    pub(crate) picture: Option<OsString>,

    #[command(flatten)]
    pub(crate) card: Card,

    #[command(flatten)]
    pub(crate) common: Common,
}

/// The accounts, with their codes
///
/// On a terminal the list stays, with the time that each code has left, until Ctrl-C. Elsewhere it is written once.
/// Looking at the list writes nothing into anybody's activity.
#[derive(Debug, Args)]
#[command(after_help = help::short("list"), after_long_help = help::long("list"))]
pub(crate) struct List {
    /// Only accounts in which all of these words are found
    #[arg(value_name = "WORD", num_args = 0..)]
    pub(crate) query: Vec<String>,

    /// Write the list once, on a terminal too
    #[arg(long)]
    pub(crate) once: bool,

    #[command(flatten)]
    pub(crate) common: Common,
}

// Turn MFA on for a card without it (`activate`), or put another secret in the place of the one in use (`replace`)
#[derive(Debug, Args)]
pub(crate) struct Activate {
    /// The account: the beginning of its name, app or login
    pub(crate) name: String,

    /// A picture of the QR code; `-` reads a picture, a key or a link from standard input
    #[arg(value_name = "PICTURE|-")]
    pub(crate) picture: OsString,

    /// Use the code although it names another account, or is in another account already
    #[arg(long)]
    pub(crate) anyway: bool,

    #[command(flatten)]
    pub(crate) common: Common,
}

/// Put a secret back into use that was replaced or turned off in the last 30 days
///
/// The one in use is sealed in its place. Without --number it is the latest.
#[derive(Debug, Args)]
#[command(after_help = help::short("restore"), after_long_help = help::long("restore"))]
pub(crate) struct Restore {
    /// The account: the beginning of its name, app or login
    #[arg(required = true, num_args = 1..)]
    pub(crate) name: Vec<String>,

    /// Which one, as `countersign show` numbers them
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub(crate) number: usize,

    #[command(flatten)]
    pub(crate) common: Common,
}

/// Turn MFA off for an account
///
/// The secret stays sealed for 30 days and can be restored. Turn MFA off at the service first.
#[derive(Debug, Args)]
#[command(after_help = help::short("off"), after_long_help = help::long("off"))]
pub(crate) struct Off {
    /// The account: the beginning of its name, app or login
    #[arg(required = true, num_args = 1..)]
    pub(crate) name: Vec<String>,

    #[command(flatten)]
    pub(crate) question: Question,

    #[command(flatten)]
    pub(crate) common: Common,
}

/// Change what stands on an account's card
///
/// On a terminal and without options, each field is asked for.
#[derive(Debug, Args)]
#[command(after_help = help::short("edit"), after_long_help = help::long("edit"))]
pub(crate) struct Edit {
    /// The account: the beginning of its name, app or login
    #[arg(required = true, num_args = 1..)]
    pub(crate) account: Vec<String>,

    #[command(flatten)]
    pub(crate) card: Card,

    #[command(flatten)]
    pub(crate) common: Common,
}

/// Put an account at the top of the list
///
/// Only this device knows its favourites.
#[derive(Debug, Args)]
#[command(after_help = help::short("favourite"), after_long_help = help::long("favourite"))]
pub(crate) struct Favourite {
    /// The account: the beginning of its name, app or login
    #[arg(required = true, num_args = 1..)]
    pub(crate) name: Vec<String>,

    /// Take it out of the favourites
    #[arg(long)]
    pub(crate) off: bool,

    #[command(flatten)]
    pub(crate) common: Common,
}

/// The service's own backup codes: look at them, save them, mark one as used
///
/// Only the account's Owners can. That you looked is in the account's activity.
#[derive(Debug, Args)]
#[command(after_help = help::short("recovery-codes"), after_long_help = help::long("recovery-codes"))]
pub(crate) struct RecoveryCodes {
    /// The account: the beginning of its name, app or login
    #[arg(required = true, num_args = 1..)]
    pub(crate) name: Vec<String>,

    /// Save the codes in a picture of a QR code, or as text on standard input (`-`), in place of those that are there
    #[arg(long, value_name = "PICTURE|-")]
    pub(crate) save: Option<OsString>,

    /// Mark this one as used; codes are counted from 1
    #[arg(long, value_name = "NUMBER", conflicts_with = "save")]
    pub(crate) used: Option<usize>,

    /// Take the mark away
    #[arg(long, value_name = "NUMBER", conflicts_with_all = ["save", "used"])]
    pub(crate) unused: Option<usize>,

    #[command(flatten)]
    pub(crate) question: Question,

    #[command(flatten)]
    pub(crate) common: Common,
}
