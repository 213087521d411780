//! Why a workspace would not do it, as an exit code, a stable name and a next step.
//!
//! The core says what is so; here it is said what to type next. A variant that is new there must be decided here: no
//! match has a rest.

mod people;

use std::path::Path;

use countersign_core::client::{
    AccountError, CodeError, CreateError, EnrolError, ExportError, FileError, ImportError, OpenError,
    OtherKind, RecoverError, RecoveryCodesError, Refusal, StoreError, Unavailable, UnlockError,
};
use countersign_core::ports::VaultError;

use crate::escape::visible;
use crate::outcome::{Exit, Failure};
use crate::problem::Problem;

/// What an address is.
const ADDRESS: &str = "Give it as a browser shows it: https://example.com/login";

/// A refusal under a name, in the core's words.
fn refused(id: &'static str, error: &dyn std::fmt::Display, next_step: &str) -> Failure {
    Failure::Workspace(Exit::Refused, Problem::new(id, format!("failed to {error}"), next_step))
}

/// What keeps the workspace locked, under a name, in the core's words.
fn locked(id: &'static str, error: &dyn std::fmt::Display, next_step: &str) -> Failure {
    Failure::Workspace(Exit::Locked, Problem::new(id, format!("failed to {error}"), next_step))
}

/// No account that could be meant.
pub(crate) fn no_account() -> Failure {
    let problem = Problem::new(
        "no_account",
        "there is no account of that name",
        "See them all: countersign list. A key goes to standard input: countersign code -",
    );
    Failure::Workspace(Exit::NothingFound, problem)
}

/// A file that a command was given.
pub(crate) fn unreadable_file(id: &'static str, error: FileError) -> Failure {
    refused(id, &error, file_step(error))
}

/// A file or a descriptor that was to have a passphrase.
pub(super) fn no_passphrase_in(what: &str, error: FileError) -> Failure {
    let problem = match error {
        FileError::NotFound => {
            Problem::new("passphrase_file", format!("there is no {what}"), "Check its name.")
        }
        _ => Problem::new("passphrase_file", format!("{what}: failed to {error}"), file_step(error)),
    };
    Failure::Workspace(Exit::Locked, problem)
}

/// A descriptor that nobody opened.
pub(super) fn not_open(number: u32) -> Failure {
    let message = format!("the file descriptor {number} is not open");
    let next = format!("Open it in the shell: --passphrase-fd {number} {number}< FILE");
    Failure::Workspace(Exit::Locked, Problem::new("passphrase_file", message, next))
}

/// What was given as a passphrase is not text.
pub(super) fn not_text() -> Failure {
    let (message, next) = ("the passphrase that was given is not text", "Its first line is the passphrase.");
    Failure::Workspace(Exit::Locked, Problem::new("passphrase_file", message, next))
}

/// Somebody was asked for a new passphrase, and there is none now.
pub(super) fn none_chosen() -> Failure {
    let problem = Problem::new(
        "no_passphrase",
        "no passphrase was chosen: what was typed is too short, or not twice the same",
        "Nothing was changed. Begin again.",
    );
    Failure::Workspace(Exit::Locked, problem)
}

/// There is nobody at a terminal.
pub(super) fn nobody_to_ask(id: &'static str, option: &str) -> Failure {
    let next = format!("Run it in a terminal, or give the passphrase with {option}.");
    Failure::Workspace(Exit::Locked, Problem::new(id, "there is nobody to ask for the passphrase", next))
}

/// There is nobody at a terminal to choose a passphrase.
pub(super) fn nobody_chooses() -> Failure {
    nobody_to_ask("passphrase_needed", "--passphrase-file or --passphrase-fd")
}

/// The time of an unlock is over while a command goes on.
pub(super) fn locked_again() -> Failure {
    let problem = Problem::new("locked", "the workspace is locked again", "Unlock it: countersign unlock");
    Failure::Workspace(Exit::Locked, problem)
}

/// A key beside the place of a store, and no store.
pub(super) fn key_without_store(key: &Path) -> Failure {
    let key = visible(&key.to_string_lossy());
    let problem = Problem::new(
        "key_without_store",
        format!("the store was moved away from here, and its key was not: {key}"),
        "Move the key with the store, under the store's name and .key; or make another one: --store PATH",
    );
    Failure::Workspace(Exit::Refused, problem)
}

const fn file_step(error: FileError) -> &'static str {
    match error {
        FileError::Exists => "Choose another name, or move that file away.",
        FileError::NotFound => "Check the path.",
        FileError::Denied => "Check who may use the file and its folder.",
        FileError::TooOpen => "Make it yours alone: chmod 600 FILE",
        FileError::DiskFull => "Make room and try again.",
        FileError::TooLong => "Check that it is the right file.",
        FileError::NotAsWritten => "The disk may be failing: choose another place.",
        FileError::System => "Try again, or choose another place.",
    }
}

impl From<FileError> for Failure {
    fn from(error: FileError) -> Self {
        unreadable_file("file", error)
    }
}

impl From<VaultError> for Failure {
    fn from(error: VaultError) -> Self {
        match error {
            VaultError::Refused => {
                let next = "Try again. If it is lost: countersign recover";
                Self::Workspace(
                    Exit::Locked,
                    Problem::new("wrong_passphrase", "that is not the passphrase", next),
                )
            }
            VaultError::KeyGone => UnlockError::KeyLost.into(),
            VaultError::Damaged => locked(
                "damaged_key",
                &error,
                "Put back a copy of the file that ends in .key. Without one: countersign recover",
            ),
            VaultError::Newer => locked(
                "newer_key",
                &error,
                "Update Countersign. Where there is no update: countersign recover",
            ),
            VaultError::Unavailable => nobody_to_ask(
                "passphrase_needed",
                "--passphrase-file or --passphrase-fd, or countersign unlock before",
            ),
        }
    }
}

impl From<OpenError> for Failure {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::Newer { .. } => refused("newer_store", &error, "Update Countersign."),
            OpenError::Foreign => refused("foreign_store", &error, "Choose another: --store PATH"),
            OpenError::HalfWritten => refused("half_written_store", &error, "Nothing was changed in it."),
            OpenError::Store(error) => error.into(),
        }
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let (id, next_step) = match error {
            StoreError::InUse => ("store_in_use", "Wait for the other command, or end it."),
            StoreError::ReadOnly => ("store_read_only", "Check who may write the store and its folder."),
            StoreError::DiskFull => ("disk_full", "Make room and try again; nothing was changed."),
            StoreError::Damaged => (
                "damaged_store",
                "Keep the file. Restore a copy of it, or import a backup into a new workspace.",
            ),
            StoreError::System(_) => ("system", "Try again."),
        };
        refused(id, &error, next_step)
    }
}

impl From<Unavailable> for Failure {
    fn from(error: Unavailable) -> Self {
        match error {
            Unavailable::Locked => locked_again(),
            Unavailable::Store(error) => error.into(),
            Unavailable::Entropy(_) => refused("system", &error, "Try again."),
            Unavailable::KeyPending => refused("key_pending", &error, "Try again after the next sync."),
            Unavailable::Log(_) => {
                refused("log", &error, "Please report this: it is a defect of Countersign.")
            }
            Unavailable::NotPermitted => refused("not_permitted", &error, "Ask an Owner of the account."),
            Unavailable::Unanswered => refused("unanswered", &error, "Try again after the next sync."),
            Unavailable::TooLarge => refused("record_too_large", &error, "Shorten it."),
            Unavailable::RevisionsUsedUp => refused(
                "revisions_used_up",
                &error,
                "Try again after the next change of members or roles, and ask who changed it so often.",
            ),
        }
    }
}

impl From<UnlockError> for Failure {
    fn from(error: UnlockError) -> Self {
        match error {
            UnlockError::Unavailable(error) => error.into(),
            UnlockError::Empty => refused("no_workspace", &error, "Create one: countersign init"),
            UnlockError::Vault(error) => error.into(),
            UnlockError::KeyLost => {
                locked("key_lost", &error, "Link it again with the recovery kit: countersign recover")
            }
        }
    }
}

impl From<CreateError> for Failure {
    fn from(error: CreateError) -> Self {
        match error {
            CreateError::Unavailable(error) => error.into(),
            CreateError::NotEmpty => refused(
                "not_empty",
                &error,
                "Use it: countersign list. For a second one: countersign init --store PATH",
            ),
            CreateError::Vault(error) => error.into(),
            CreateError::Name(_) => refused("text_too_long", &error, "Shorten it."),
        }
    }
}

impl From<RecoverError> for Failure {
    fn from(error: RecoverError) -> Self {
        match error {
            RecoverError::Unavailable(error) => error.into(),
            RecoverError::Empty => {
                refused("no_workspace", &error, "Name the store that is to be opened: --store PATH")
            }
            RecoverError::Kit(_) => refused("kit", &error, "Compare it with the paper, group by group."),
            RecoverError::OtherWorkspace => refused("kit", &error, "Look for this workspace's kit."),
            RecoverError::NotActive => refused("kit", &error, "Look for the latest kit."),
            RecoverError::Vault(error) => error.into(),
            RecoverError::Name(_) => refused("text_too_long", &error, "Shorten it."),
        }
    }
}

impl From<Refusal> for Failure {
    fn from(error: Refusal) -> Self {
        match error {
            Refusal::NoSuchAccount => no_account(),
            Refusal::NotPermitted { .. } => refused("not_permitted", &error, "Ask an Owner of the account."),
        }
    }
}

impl From<AccountError> for Failure {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Unavailable(error) => error.into(),
            AccountError::Refused(error) => error.into(),
            AccountError::Text(_) => refused("text_too_long", &error, "Shorten it."),
            AccountError::Address(_) => refused("address", &error, ADDRESS),
        }
    }
}

impl From<EnrolError> for Failure {
    fn from(error: EnrolError) -> Self {
        match error {
            EnrolError::Unavailable(error) => error.into(),
            EnrolError::Refused(error) => error.into(),
            EnrolError::AlreadyOn => {
                refused("already_on", &error, "For another secret: countersign replace NAME PICTURE")
            }
            EnrolError::Off => refused("mfa_off", &error, "Turn it on: countersign activate NAME PICTURE"),
            EnrolError::OtherStep => refused(
                "other_step",
                &error,
                "See how far it is: countersign show NAME. Then confirm it or cancel it.",
            ),
            EnrolError::NothingToRestore => {
                refused("nothing_to_restore", &error, "See what there is: countersign show NAME")
            }
            EnrolError::Secret(_) | EnrolError::Text(_) => refused("text_too_long", &error, "Shorten it."),
            EnrolError::Address(_) => refused("address", &error, ADDRESS),
        }
    }
}

impl From<CodeError> for Failure {
    fn from(error: CodeError) -> Self {
        match error {
            CodeError::Unavailable(error) => error.into(),
            CodeError::Refused(error) => error.into(),
            CodeError::Off => refused("mfa_off", &error, "Turn it on: countersign activate NAME PICTURE"),
            CodeError::ByTheClock => refused("by_the_clock", &error, "Show it: countersign code NAME"),
            CodeError::CounterAtEnd => {
                refused("counter_at_end", &error, "Then: countersign replace NAME PICTURE")
            }
        }
    }
}

impl From<RecoveryCodesError> for Failure {
    fn from(error: RecoveryCodesError) -> Self {
        match error {
            RecoveryCodesError::Unavailable(error) => error.into(),
            RecoveryCodesError::Refused(error) => error.into(),
            RecoveryCodesError::NoSuchCode => {
                refused("no_such_recovery_code", &error, "Count them: countersign recovery-codes NAME")
            }
            RecoveryCodesError::NotCodes(kind) => not_recovery_codes(kind),
            RecoveryCodesError::TooMany(_) | RecoveryCodesError::Text(_) => {
                refused("text_too_long", &error, "Check that these are the recovery codes.")
            }
        }
    }
}

/// What was given as recovery codes is known to be something else.
fn not_recovery_codes(kind: OtherKind) -> Failure {
    let next_step = match kind {
        OtherKind::Account => {
            "Turn MFA on with it: countersign activate NAME PICTURE, or countersign replace NAME PICTURE"
        }
        OtherKind::Export => "Bring its accounts in: countersign import PICTURE",
        OtherKind::Vendor(_) | OtherKind::Foreign(_) => {
            "Give what the service calls recovery or backup codes, one a line. Nothing was changed."
        }
    };
    let message = format!("no recovery codes: this is {kind}");
    Failure::Workspace(Exit::UnreadableInput, Problem::new("not_recovery_codes", message, next_step))
}

impl From<ExportError> for Failure {
    fn from(error: ExportError) -> Self {
        match error {
            ExportError::Unavailable(error) => error.into(),
            ExportError::Vault(error) => error.into(),
            ExportError::File(error) => error.into(),
            ExportError::Nothing => refused("nothing_to_export", &error, "Add one: countersign add PICTURE"),
            ExportError::NotAsWritten => refused("file", &error, file_step(FileError::NotAsWritten)),
        }
    }
}

impl From<ImportError> for Failure {
    fn from(error: ImportError) -> Self {
        match error {
            ImportError::Unavailable(error) => error.into(),
            ImportError::File(error) => error.into(),
            ImportError::Foreign | ImportError::Cost => {
                refused("foreign_backup", &error, "Check that it is the right file.")
            }
            ImportError::Newer => refused("newer_backup", &error, "Update Countersign."),
            ImportError::DoesNotOpen => {
                refused("wrong_passphrase", &error, "Try again with the passphrase of the day of the export.")
            }
        }
    }
}
