//! `countersign init`: a workspace on this computer, asked for in the order in which a person thinks of it.

use countersign_core::client::WorkspaceNames;

use super::Desk;
use crate::arguments::Init;
use crate::escape::visible;
use crate::outcome::Failure;
use crate::view::answer::Answer;

pub(super) fn run(arguments: &Init, desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    desk.workspace.accepts_new_passphrase()?;
    let client = desk.workspace.open_or_make()?;
    if client.state()? != countersign_core::client::ClientState::Empty {
        return Err(countersign_core::client::CreateError::NotEmpty.into());
    }
    let mut name = |given: &Option<String>, question: &str, usual: String| {
        given.clone().unwrap_or_else(|| named(desk, question, usual))
    };
    let names = WorkspaceNames {
        workspace: name(&arguments.workspace, "Name of the workspace", "Personal".to_owned()),
        member: name(&arguments.member, "Your name", person()),
        device: name(&arguments.device, "Name of this computer", computer()),
    };
    client.create_workspace(&names).map_err(|error| desk.workspace.explain(error))?;
    let store = visible(&desk.workspace.store().to_string_lossy());
    Ok(Answer::new(format!("The workspace {} is ready, encrypted, in {store}", visible(&names.workspace)))
        .line("Nobody can open it without the passphrase or the recovery kit. Write the kit down:")
        .field("workspace", names.workspace)
        .field("member", names.member)
        .field("device", names.device)
        .field("store", desk.workspace.store().to_string_lossy())
        .next("kit")
        .next("add PICTURE"))
}

/// What is typed; with nothing typed or nobody there, `usual`.
pub(super) fn named(desk: &mut Desk<'_, '_>, question: &str, usual: String) -> String {
    let typed = desk.console.ask(&format!("{question} [{}]: ", visible(&usual))).unwrap_or_default();
    if typed.is_empty() { usual } else { typed }
}

fn person() -> String {
    let variable = |name| std::env::var(name).ok().filter(|name| !name.is_empty());
    variable("USER").or_else(|| variable("USERNAME")).unwrap_or_else(|| "me".to_owned())
}

/// What this computer calls itself.
pub(super) fn computer() -> String {
    #[cfg(unix)]
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    #[cfg(not(unix))]
    let name = std::env::var("COMPUTERNAME").unwrap_or_default();
    if name.is_empty() { "this computer".to_owned() } else { name }
}
