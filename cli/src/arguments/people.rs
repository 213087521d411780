//! What the commands on a team take.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use countersign_core::vault::LockAfter;

use super::Common;
use crate::{help, moment};

/// Give the workspace to a server, so that others can join it
///
/// Nothing is signed again and nothing is lost; what is here already is sent with this, or with the next sync. Run your own
/// server: docs/guide/host.md.
#[derive(Debug, Args)]
#[command(after_help = help::short("attach"), after_long_help = help::long("attach"))]
pub(crate) struct Attach {
    /// The server's address, such as <https://vault.example.com>
    #[arg(value_name = "URL")]
    pub(crate) server: String,

    /// A file with the token that the server's operator gives to those who may make workspaces
    #[arg(long, value_name = "FILE")]
    pub(crate) token_file: Option<PathBuf>,

    #[command(flatten)]
    pub(crate) common: Common,
}

/// Bring this store and the server to the same state
///
/// What is new comes, what waits is sent, and whoever was invited is let in. Everything else works without it. With
/// `--follow` it goes on: what others change comes as soon as the server says so, and what other commands change here is sent;
/// they have the store in between.
#[derive(Debug, Args)]
#[command(after_help = help::short("sync"), after_long_help = help::long("sync"))]
pub(crate) struct Sync {
    /// Stay in sync and show how it stands, until Ctrl-C, or until the store is locked
    ///
    /// On a terminal one line is redrawn. Elsewhere a line (with --json: a document of one line) is written for each change.
    #[arg(long)]
    pub(crate) follow: bool,

    #[command(flatten)]
    pub(crate) common: Common,
}

// What somebody may do in the workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Role {
    /// Uses accounts and makes their own
    User,
    /// Invites and removes people as well
    Admin,
    /// The same, Admins too
    SuperAdmin,
}

/// Invite somebody into the workspace
///
/// Pass the link on yourself, where the server does not look: whoever opens it first joins. Admins and above, for roles up
/// to their own.
#[derive(Debug, Args)]
#[command(after_help = help::short("invite"), after_long_help = help::long("invite"))]
pub(crate) struct Invite {
    /// What they will be
    #[arg(long, value_enum, default_value_t = Role::User)]
    pub(crate) role: Role,

    /// How long the link is good: 30m, 24h
    #[arg(long = "for", value_name = "TIME", default_value = "24h", value_parser = moment::read_time)]
    pub(crate) time: LockAfter,

    /// End the open invite of this name instead, as `countersign members` shows it
    #[arg(long, value_name = "INVITE", conflicts_with_all = ["role", "time"])]
    pub(crate) revoke: Option<String>,

    #[command(flatten)]
    pub(crate) common: Common,
}

/// Join a workspace by an invite
///
/// Shows who invites before anything is asked. Afterwards an Admin's device lets this one in by itself; `countersign sync`
/// says when.
#[derive(Debug, Args)]
#[command(after_help = help::short("join"), after_long_help = help::long("join"))]
pub(crate) struct Join {
    /// A file with the link; without it, the link is asked for, or read from standard input
    #[arg(long, value_name = "FILE")]
    pub(crate) link_file: Option<PathBuf>,

    /// What you are called
    #[arg(long, value_name = "TEXT")]
    pub(crate) member: Option<String>,

    /// What this computer is called
    #[arg(long, value_name = "TEXT")]
    pub(crate) device: Option<String>,

    #[command(flatten)]
    pub(crate) common: Common,
}

// What a member may do with an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Access {
    /// Sees the codes
    Collaborator,
    /// Manages everything
    Owner,
    /// Nothing any more
    None,
}

/// Share an account with a member, or take it away; without a member, who has it
#[derive(Debug, Args)]
#[command(after_help = help::short("share"), after_long_help = help::long("share"))]
pub(crate) struct Share {
    /// The account: the beginning of its name, app or login
    #[arg(value_name = "ACCOUNT")]
    pub(crate) account: String,

    /// The member: the beginning of their name
    #[arg(value_name = "MEMBER")]
    pub(crate) member: Option<String>,

    /// What they may do with it
    #[arg(long = "as", value_enum, default_value_t = Access::Collaborator)]
    pub(crate) access: Access,

    #[command(flatten)]
    pub(crate) common: Common,
}

/// The people of the workspace, and changes to who is in it
///
/// Without options, all members and the invites that are open. What is changed counts at once, for everybody.
#[derive(Debug, Args)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is an option that somebody types; clap lets no two stand together"
)]
#[command(after_help = help::short("members"), after_long_help = help::long("members"))]
pub(crate) struct Members {
    /// Whom a change is about: the beginning of their name
    #[arg(value_name = "MEMBER")]
    pub(crate) member: Option<String>,

    /// Change their role
    #[arg(long, value_enum, value_name = "ROLE", requires = "member")]
    pub(crate) role: Option<Role>,

    /// Remove them; `countersign known` then says which secrets to replace
    #[arg(long, requires = "member", conflicts_with = "role")]
    pub(crate) remove: bool,

    /// Offer them the workspace, whose Owner you are
    #[arg(long, requires = "member", conflicts_with_all = ["role", "remove"])]
    pub(crate) hand_over: bool,

    /// Take over the workspace that you were offered; needs a recovery kit of your own
    #[arg(long, conflicts_with_all = ["member", "leave"])]
    pub(crate) accept: bool,

    /// Leave the workspace: its accounts go from this store
    #[arg(long, conflicts_with = "member")]
    pub(crate) leave: bool,

    #[command(flatten)]
    pub(crate) question: super::Question,

    #[command(flatten)]
    pub(crate) common: Common,
}

/// Your devices; add one, or remove one that is lost
///
/// A new device shows an offer (`countersign link`); give it here, and give the link that comes back to the new device.
#[derive(Debug, Args)]
#[command(after_help = help::short("devices"), after_long_help = help::long("devices"))]
pub(crate) struct Devices {
    /// The offer of a new device: a text that begins with `countersign://n/`
    #[arg(long, value_name = "OFFER")]
    pub(crate) add: Option<String>,

    /// What the new device is called
    #[arg(long, value_name = "TEXT", requires = "add", default_value = "New device")]
    pub(crate) name: String,

    /// Remove this device: the beginning of its name, or its id
    #[arg(long, value_name = "DEVICE", conflicts_with = "add")]
    pub(crate) remove: Option<String>,

    #[command(flatten)]
    pub(crate) common: Common,
}

/// Twelve words that two people compare: the same words, the same history
///
/// Both choose the same change number and read each other the words, by voice or in person. Other words mean that the server
/// shows the two of them different workspaces.
#[derive(Debug, Args)]
#[command(after_help = help::short("safety-words"), after_long_help = help::long("safety-words"))]
pub(crate) struct SafetyWords {
    /// The change; without it, the last one
    #[arg(value_name = "CHANGE")]
    pub(crate) change: Option<u64>,

    #[command(flatten)]
    pub(crate) common: Common,
}

/// Make this computer one of your devices, in a workspace that another device of yours is in
///
/// Shows an offer for the other device (`countersign devices --add OFFER`), and waits for the link that it shows back. Also
/// links a store again whose key is lost.
#[derive(Debug, Args)]
#[command(after_help = help::short("link"), after_long_help = help::long("link"))]
pub(crate) struct LinkDevice {
    #[command(flatten)]
    pub(crate) common: Common,
}
