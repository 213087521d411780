//! `countersign init`: a workspace on this computer, asked for in the order in which a person thinks of it.

use countersign_core::client::{Client, ClientState, CreateError, WorkspaceNames};

use super::Desk;
use crate::arguments::Init;
use crate::escape::visible;
use crate::outcome::Failure;
use crate::view::answer::Answer;

pub(super) fn run(arguments: &Init, desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    desk.workspace.accepts_new_store()?;
    if desk.workspace.is_there() {
        empty(&desk.workspace.open()?)?;
    }
    let mut name = |given: &Option<String>, question: &str, usual: String| {
        given.clone().unwrap_or_else(|| named(desk, question, usual))
    };
    let names = WorkspaceNames {
        workspace: name(&arguments.workspace, "Name of the workspace", "Personal".to_owned()),
        member: name(&arguments.member, "Your name", person()),
        device: name(&arguments.device, "Name of this computer", computer()),
    };
    // Before there is a store: where nobody chooses a passphrase, nothing is left behind.
    desk.workspace.choose_passphrase()?;
    let client = desk.workspace.open_or_make()?;
    empty(&client)?;
    client.create_workspace(&names).map_err(|error| desk.workspace.explain(error))?;
    let store = visible(&desk.workspace.store().to_string_lossy());
    Ok(Answer::new(format!("The workspace {} is ready, encrypted, in {store}", visible(&names.workspace)))
        .line(format!(
            "You are {} in it, and this computer is {}.",
            visible(&names.member),
            visible(&names.device)
        ))
        .line("Nobody can open it without the passphrase or the recovery kit. Write the kit down:")
        .field("workspace", names.workspace)
        .field("member", names.member)
        .field("device", names.device)
        .field("store", desk.workspace.store().to_string_lossy())
        .next("kit")
        .next("add PICTURE"))
}

/// A store that has a workspace keeps it.
fn empty(client: &Client) -> Result<(), Failure> {
    if client.state()? == ClientState::Empty { Ok(()) } else { Err(CreateError::NotEmpty.into()) }
}

/// What is typed; with nothing typed or nobody there, `usual`.
pub(super) fn named(desk: &mut Desk<'_, '_>, question: &str, usual: String) -> String {
    let typed = desk.console.ask(&format!("{question} [{}]: ", visible(&usual))).unwrap_or_default();
    if typed.is_empty() { usual } else { typed }
}

/// What this computer calls the person.
pub(super) fn person() -> String {
    let variable = |name: &&str| std::env::var(name).ok().filter(|name| !name.is_empty());
    let said = ["USER", "LOGNAME", "USERNAME"].iter().find_map(variable);
    said.or_else(listed).unwrap_or_else(|| "Owner".to_owned())
}

/// The name of this process's user, where the environment says none: in a container, or started by the system.
#[cfg(unix)]
fn listed() -> Option<String> {
    let (this, users) = (rustix::process::getuid().as_raw(), std::fs::read_to_string("/etc/passwd").ok()?);
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        let (name, user) = (fields.next()?, fields.nth(1)?);
        (user.parse() == Ok(this) && !name.is_empty()).then(|| name.to_owned())
    })
}

#[cfg(not(unix))]
fn listed() -> Option<String> {
    None
}

/// What this computer calls itself.
pub(super) fn computer() -> String {
    #[cfg(unix)]
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    #[cfg(not(unix))]
    let name = std::env::var("COMPUTERNAME").unwrap_or_default();
    if name.is_empty() { "this computer".to_owned() } else { name }
}
