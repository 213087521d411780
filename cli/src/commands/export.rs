//! `countersign export`: the accounts that a person owns, in a file of theirs.

use countersign_core::vault::Cost;

use super::Desk;
use super::enrol::agreed;
use crate::arguments::Export;
use crate::escape::visible;
use crate::outcome::Failure;
use crate::view::answer::Answer;
use crate::view::counted;
use crate::workspace::{Given, new_passphrase, quoted};

pub(super) fn run(arguments: &Export, desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    let file = arguments.file.to_string_lossy();
    if arguments.plain {
        let question = format!(
            "Whoever reads {} can make every code of these accounts. Write it unencrypted?",
            visible(&file)
        );
        agreed(arguments.question.yes, &question, desk)?;
    }
    let given = Given::in_file(arguments.backup.backup_passphrase_file.as_deref())?;
    // Both passphrases are typed before the store is held.
    let passphrase =
        if arguments.plain { None } else { Some(new_passphrase(&given, "Passphrase of the backup")?) };
    let unlocked = desk.workspace.unlock()?;
    let exported = match passphrase {
        None => unlocked.export_plain(&arguments.file),
        Some(passphrase) => unlocked.export_encrypted(&arguments.file, &passphrase, Cost::USUAL),
    };
    let exported = exported.map_err(|error| desk.workspace.explain(error))?;
    let codes = match exported.recovery_codes {
        0 => String::new(),
        count => format!(", with {}", counted(count, "recovery code")),
    };
    let line = format!("{}{codes} in {}", counted(exported.accounts, "account"), visible(&file));
    let answer = Answer::new(format!("{line}; it was read back"))
        .field("file", &file)
        .field("exported", exported.accounts)
        .field("exported_recovery_codes", exported.recovery_codes)
        .field("left_out", exported.left_out);
    let answer = match exported.left_out {
        0 => answer,
        count => answer.line(format!("{} left out", counted(count, "account"))),
    };
    Ok(if arguments.plain {
        answer.line("Delete the file as soon as it has served.")
    } else {
        answer.next(format!("import {}", quoted(&file)))
    })
}
