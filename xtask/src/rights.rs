//! `cargo xtask rights`: the tables of docs/protocol.md that code is the source of: numbers, and who may do what.
//!
//! The document is normative and is read without the code; the code decides. So the tables are written from the code
//! into the document, and a test fails when the two differ.

use std::fs;
use std::path::Path;
use std::process::ExitCode;

use anyhow::Context;
use countersign_protocol::numbers::{
    AccountRole, DeviceKind, Message, OpKind, RecordType, SpaceKind, Suite, WorkspaceRole,
};
use countersign_protocol::rights::{Ground, Instance, OPS, RECORDS, Writer};

/// Writes the generated tables into docs/protocol.md.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// Change nothing; fail if the document and the code differ.
    #[arg(long)]
    check: bool,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let path = document();
    let written = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let wanted = with_tables(&written)?;
    if written == wanted {
        say!("docs/protocol.md shows the tables of the code");
        return Ok(ExitCode::SUCCESS);
    }
    if arguments.check {
        say!("docs/protocol.md differs from the code: run `cargo xtask rights`");
        return Ok(ExitCode::FAILURE);
    }
    fs::write(&path, wanted).with_context(|| format!("cannot write {}", path.display()))?;
    say!("docs/protocol.md now shows the tables of the code");
    Ok(ExitCode::SUCCESS)
}

fn document() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/protocol.md")
}

/// The document with its generated parts as the code has them.
fn with_tables(document: &str) -> anyhow::Result<String> {
    let document = replace(document, "numbers", &numbers())?;
    replace(&document, "rights", &format!("{}\n{}", ops(), records()))
}

/// Puts `table` between the markers of `name`.
fn replace(document: &str, name: &str, table: &str) -> anyhow::Result<String> {
    let begin = format!("<!-- {name}: begin (made by `cargo xtask rights`) -->\n");
    let end = format!("<!-- {name}: end -->");
    let (before, rest) = document.split_once(&begin).with_context(|| format!("no marker {begin}"))?;
    let (_, after) = rest.split_once(&end).with_context(|| format!("no marker {end}"))?;
    Ok(format!("{before}{begin}{table}{end}{after}"))
}

fn numbers() -> String {
    macro_rules! line {
        ($title:literal, $all:expr) => {
            format!(
                "| {} | {} |\n",
                $title,
                $all.iter()
                    .map(|value| format!("{} `{}`", value.number(), value.name()))
                    .collect::<Vec<_>>()
                    .join(", ")
            )
        };
    }
    [
        "| of | numbers and names |\n| --- | --- |\n".to_owned(),
        line!("messages", Message::ALL),
        line!("ops", OpKind::ALL),
        line!("workspace roles", WorkspaceRole::ALL),
        line!("account roles", AccountRole::ALL),
        line!("device kinds", DeviceKind::ALL),
        line!("suites", Suite::ALL),
        line!("space kinds", SpaceKind::ALL),
        line!("record types", RecordType::ALL),
    ]
    .concat()
}

fn ops() -> String {
    let rows = OPS.iter().map(|row| {
        let who = row.grounds.iter().map(|ground| words(*ground)).collect::<Vec<_>>().join("; or ");
        let kit = if row.kits { "yes, for its own user" } else { "no" };
        format!("| {} `{}` | {who} | {kit} |\n", row.op.number(), row.op.name())
    });
    format!("| op | who may do it | also a recovery kit |\n| --- | --- | --- |\n{}", rows.collect::<String>())
}

fn words(ground: Ground) -> String {
    match ground {
        Ground::Founder => "the founder, once".to_owned(),
        Ground::Themselves => "a member, for themselves".to_owned(),
        Ground::ThemselvesButOwner => "a member, for themselves, unless workspace Owner".to_owned(),
        Ground::Role(role) => least(role),
        Ground::OverLower(role) => format!("{}, towards members of lower role", least(role)),
        Ground::Directory(role) => format!("{}, in the directory", least(role)),
        Ground::Account(role) => format!("{} of the account", account(role)),
        Ground::Rescue(role) => format!(
            "{}, making a Collaborator with a phone an Owner, where no Owner of the account has a phone",
            least(role)
        ),
        Ground::Orphan(role) => {
            format!("{}, where nobody with the account has any active device", least(role))
        }
        Ground::Offered => "the member to whom the workspace is offered".to_owned(),
    }
}

fn least(role: WorkspaceRole) -> String {
    match role {
        WorkspaceRole::User => "any member".to_owned(),
        WorkspaceRole::Owner => "the workspace Owner".to_owned(),
        role => format!("{} and above", role.name()),
    }
}

fn account(role: AccountRole) -> &'static str {
    match role {
        AccountRole::Owner => "an Owner",
        AccountRole::Collaborator => "an Owner or Collaborator",
    }
}

fn records() -> String {
    let rows = RECORDS.iter().map(|row| {
        let who = row.writers.iter().map(|writer| writes(*writer)).collect::<Vec<_>>().join("; or ");
        format!(
            "| {} {} | `{}` | {} | {who} |\n",
            row.record_type.number(),
            row.record_type.name(),
            row.space.name(),
            instance(row.instance)
        )
    });
    format!(
        "| record type | space | instance | who may write it, with a phone |\n| --- | --- | --- | --- |\n{}",
        rows.collect::<String>()
    )
}

const fn instance(instance: Instance) -> &'static str {
    match instance {
        Instance::Single => "zeros",
        Instance::Random => "16 random bytes, not zeros",
        Instance::Device => "the id of a device that ever was in the log",
        Instance::Member => "the id of an invite that ever was in the log; of the founder, the user id",
    }
}

fn writes(writer: Writer) -> String {
    match writer {
        Writer::Account(role) => format!("{} of the account", account(role)),
        Writer::ThatDevice(role) => {
            format!("that device, while its user is {} of the account", account(role))
        }
        Writer::ThatMember => "the member whose name, or whose device's name, it is".to_owned(),
        Writer::Role(role) => least(role),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_shows_the_tables_of_the_code() {
        let written = fs::read_to_string(document()).unwrap();
        assert_eq!(with_tables(&written).unwrap(), written, "run `cargo xtask rights`");
    }

    #[test]
    fn a_table_that_was_edited_by_hand_is_noticed() {
        let written = fs::read_to_string(document()).unwrap();
        let edited = written.replace("towards members of lower role", "towards anybody");
        assert_ne!(edited, written);
        assert_eq!(with_tables(&edited).unwrap(), written);
    }
}
