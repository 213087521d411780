//! `countersign export`: the accounts that a person owns, in a file of theirs.

use countersign_core::client::{AccountSummary, LeftOut, Omission};
use countersign_core::vault::Cost;
use serde::Serialize;

use super::Desk;
use super::enrol::agreed;
use crate::arguments::Export;
use crate::escape::visible;
use crate::outcome::Failure;
use crate::view::answer::Answer;
use crate::view::card::title;
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
    let mut names = unlocked.accounts("")?;
    names.extend(unlocked.bin()?.into_iter().map(|binned| binned.summary));
    let codes = match exported.recovery_codes {
        0 => String::new(),
        count => format!(", with {}", counted(count, "recovery code")),
    };
    let line = format!("{}{codes} in {}", counted(exported.accounts, "account"), visible(&file));
    let answer = Answer::new(format!("{line}; it was read back"))
        .field("file", &file)
        .field("exported", exported.accounts)
        .field("exported_recovery_codes", exported.recovery_codes)
        .field("left_out", exported.left_out.iter().filter(|left| is_account(left.what)).count())
        .field("omitted", omitted(&exported.left_out, &names));
    let lines = exported.left_out.iter().map(|left| told(left, &names));
    let answer = lines.fold(answer, Answer::line);
    Ok(if arguments.plain {
        answer.line("Delete the file as soon as it has served.")
    } else {
        answer.line("How it comes back, here or elsewhere:").next(format!("import {}", quoted(&file)))
    })
}

/// What is not in the file, for programs.
#[derive(Serialize)]
struct OmittedView {
    account: String,
    name: String,
    what: &'static str,
    count: Option<usize>,
}

fn omitted(left_out: &[LeftOut], names: &[AccountSummary]) -> Vec<OmittedView> {
    let view = |left: &LeftOut| OmittedView {
        account: left.account.to_string(),
        name: named(left, names).map(|account| account.name.to_string()).unwrap_or_default(),
        what: said(left.what).0,
        count: match left.what {
            Omission::RecoveryCodes(count) => Some(count),
            _ => None,
        },
    };
    left_out.iter().map(view).collect()
}

fn told(left: &LeftOut, names: &[AccountSummary]) -> String {
    let name = named(left, names).map(title).unwrap_or_default();
    let why = match left.what {
        Omission::RecoveryCodes(count) => format!("its {}", counted(count, "recovery code")),
        what => said(what).1.to_owned(),
    };
    format!("Left out: {name}: {why}")
}

fn named<'a>(left: &LeftOut, names: &'a [AccountSummary]) -> Option<&'a AccountSummary> {
    names.iter().find(|account| account.id == left.account)
}

/// Whether the account itself is not in the file, and on the list.
const fn is_account(what: Omission) -> bool {
    match what {
        Omission::NotOwned | Omission::NoSecret | Omission::Unconfirmed | Omission::NoExactLink => true,
        Omission::Binned | Omission::PendingSecret | Omission::RecoveryCodes(_) => false,
    }
}

/// What is left out: its stable name, and how it is told.
const fn said(what: Omission) -> (&'static str, &'static str) {
    match what {
        Omission::NotOwned => ("not_owned", "only its Owners may export it"),
        Omission::Binned => ("in_bin", "it is in the bin"),
        Omission::NoSecret => ("mfa_off", "its MFA is off"),
        Omission::Unconfirmed => ("pending", "it is pending"),
        Omission::NoExactLink => {
            ("no_exact_link", "no link says its secret exactly; an encrypted export has it")
        }
        Omission::PendingSecret => ("pending_secret", "the secret that is pending"),
        Omission::RecoveryCodes(_) => ("recovery_codes", "its recovery codes"),
    }
}
