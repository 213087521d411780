//! `countersign attach`, `sync`, `join`, `link` and `share`: this store and its workspace server.

use std::io::Read as _;
use std::path::Path;
use std::sync::Arc;

use countersign_core::client::Unlocked;
use countersign_core::people::{AccountRole, Link, ServerAddress, Standing, invitation};
use countersign_core::sync::{Connection, Http, SyncError};
use serde_json::{Value, json};
use zeroize::Zeroizing;

use super::enrol::refused;
use super::init::{computer, named, person};
use super::people::{called, done, one, told};
use super::{Desk, state};
use crate::arguments::{Access, Attach, Join, LinkDevice, Share};
use crate::escape::visible;
use crate::outcome::{Exit, Failure};
use crate::problem::Problem;
use crate::view::answer::Answer;
use crate::view::counted;
use crate::workspace::{call, find, quoted};

/// The longest link that is read, in bytes.
const LIMIT: usize = 4096;

pub(super) fn attach(arguments: &Attach, desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    let server = address(&arguments.server)?;
    let token = arguments.token_file.as_deref().map(text_of).transpose()?;
    let unlocked = desk.workspace.unlock()?;
    let connection = Connection::new(&unlocked, Arc::new(http(&server)?));
    connection.attach(&server, token.map(|token| token.trim().to_owned()))?;
    let synced = connection.sync()?;
    Ok(Answer::new(format!("The workspace is at {}", visible(server.as_str())))
        .line(format!("{} sent. The server can read none of it.", counted(synced.sent, "change")))
        .field("server", server.as_str())
        .field("sent", synced.sent)
        .next("invite"))
}

pub(super) fn sync(desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    let unlocked = desk.workspace.unlock()?;
    let synced = match connected(&unlocked)?.sync() {
        Ok(synced) => synced,
        Err(error) => return Err(state::also_stale(error.into(), unlocked.stale_for()?)),
    };
    let standing = unlocked.standing()?;
    let first = match standing {
        Standing::Waiting => "Waiting for an admin's device",
        Standing::Member => "In sync",
        Standing::DeviceRemoved => {
            "This device was removed from the workspace; nothing of it is here any more"
        }
        Standing::MemberRemoved => "You were removed from the workspace; nothing of it is here any more",
    };
    let mut answer = Answer::new(first)
        .field("standing", standing_name(standing))
        .field("received", synced.received)
        .field("sent", synced.sent)
        .field("unsent", unlocked.unsent()?);
    answer = state::with_clock(answer, unlocked.clock()?);
    if synced.received + synced.sent > 0 {
        answer = answer.line(format!(
            "{} received, {} sent",
            counted(synced.received, "change"),
            counted(synced.sent, "change")
        ));
    }
    for (_, notice) in unlocked.notices()? {
        answer = answer.line(told(&notice));
    }
    let known = unlocked.known_secrets()?.len();
    Ok(match standing {
        Standing::Waiting => answer.next("sync"),
        _ if known > 0 => answer.next("known"),
        _ => answer,
    })
}

const fn standing_name(standing: Standing) -> &'static str {
    match standing {
        Standing::Waiting => "waiting",
        Standing::Member => "member",
        Standing::DeviceRemoved => "device_removed",
        Standing::MemberRemoved => "member_removed",
    }
}

pub(super) fn join(arguments: &Join, desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    desk.workspace.accepts_new_store()?;
    let text = given(arguments.link_file.as_deref(), "Invite link", desk)?;
    let Ok(Link::Invite(link)) = Link::parse(text.trim()) else {
        return Err(bad_link("that is not the link of an invite"));
    };
    let transport = Arc::new(http(&link.anchor.server)?);
    let greeting = invitation(&link, &*transport)?;
    let (workspace, inviter) = (visible(greeting.workspace.as_str()), visible(greeting.inviter.as_str()));
    if desk.console.input_is_terminal {
        desk.console.err.try_write(&format!("{inviter} invites you to {workspace}.\n"));
    }
    let member = arguments.member.clone().unwrap_or_else(|| named(desk, "Your name", person()));
    let device = arguments.device.clone().unwrap_or_else(|| named(desk, "Name of this computer", computer()));
    desk.workspace.choose_passphrase()?;
    let client = desk.workspace.open_or_make()?;
    client.join(&link, &member, &device, transport).map_err(|error| desk.workspace.explain(error))?;
    Ok(Answer::new(format!("You have asked to join {workspace}, where {inviter} invited you"))
        .line("Waiting for an admin's device. Once it has let you in:")
        .field("workspace", greeting.workspace.as_str())
        .field("inviter", greeting.inviter.as_str())
        .field("standing", standing_name(Standing::Waiting))
        .next("sync"))
}

pub(super) fn link(_: &LinkDevice, desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    desk.workspace.accepts_new_store()?;
    let client = desk.workspace.open_or_make()?;
    let newcomer = client.newcomer().map_err(countersign_core::people::JoinError::from)?;
    desk.console.err.try_write(&format!(
        "On a device of yours that is in the workspace, say:\n\n  countersign devices --add {}\n\n",
        *newcomer.offer()
    ));
    let text = given(None, "The link that it shows", desk)?;
    let Ok(Link::DeviceAdded(link)) = Link::parse(text.trim()) else {
        return Err(bad_link("that is not the link of a device that was added"));
    };
    let transport = Arc::new(http(&link.anchor.server)?);
    let linked = client.link(newcomer, &link, transport).map_err(|error| desk.workspace.explain(error))?;
    let names = linked.0.names()?;
    Ok(Answer::new(format!("This computer is one of your devices in {}", visible(&names.workspace)))
        .field("workspace", names.workspace)
        .field("member", names.member)
        .next("list"))
}

pub(super) fn share(arguments: &Share, desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    let unlocked = desk.workspace.unlock()?;
    let account = find(&unlocked, std::slice::from_ref(&arguments.account))?;
    let Some(words) = &arguments.member else {
        let access = unlocked.access(account.id)?;
        let name = |access: &countersign_core::people::Access| {
            access.name.as_deref().map_or_else(|| access.member.to_string(), visible)
        };
        let lines = access.iter().map(|access| {
            let me = if access.is_me { "   you" } else { "" };
            format!("{}   {}{me}", name(access), access.role.name())
        });
        let views: Vec<Value> = access
            .iter()
            .map(|access| json!({ "id": access.member.to_string(), "name": access.name, "role": access.role.name(), "you": access.is_me }))
            .collect();
        let call = call(&unlocked.accounts("")?, account.id);
        return Ok(Answer::lines(lines).field("access", views).next(format!("share {call} MEMBER")));
    };
    let members = unlocked.members()?;
    let member = one(&members, words)?;
    let role = match arguments.access {
        Access::Collaborator => Some(AccountRole::Collaborator),
        Access::Owner => Some(AccountRole::Owner),
        Access::None => None,
    };
    let sent = connected(&unlocked)?.share(account.id, member.id, role)?;
    let (who, what) = (called(member), visible(&account.name));
    Ok(match role {
        Some(role) => done(&format!("{who} has {what} as {}", role.name()), sent),
        None => done(&format!("{who} does not have {what} any more"), sent).next("known"),
    }
    .next(format!("share {}", quoted(&account.name))))
}

/// The connection to the server that the workspace is at.
pub(super) fn connected(unlocked: &Unlocked) -> Result<Connection, Failure> {
    let server = unlocked.server()?.ok_or(SyncError::NoServer)?;
    Ok(Connection::new(unlocked, Arc::new(http(&server)?)))
}

pub(super) fn http(server: &ServerAddress) -> Result<Http, Failure> {
    Http::new(server).map_err(|error| {
        let next = "Check the certificates that this computer trusts.";
        refused("no_tls", &format!("failed to {error}"), next)
    })
}

fn address(text: &str) -> Result<ServerAddress, Failure> {
    ServerAddress::new(text.trim().trim_end_matches('/')).map_err(|_| {
        let next = "Give it as a browser shows it: https://vault.example.com";
        refused("bad_address", "that is not the address of a server", next)
    })
}

/// A text from a file, standard input or a person. Never from an argument: an invite's link is a key.
fn given(file: Option<&Path>, question: &str, desk: &mut Desk<'_, '_>) -> Result<Zeroizing<String>, Failure> {
    if let Some(file) = file {
        return text_of(file);
    }
    if desk.console.input_is_terminal {
        return Ok(Zeroizing::new(desk.console.ask(&format!("{question}: ")).unwrap_or_default()));
    }
    let mut text = Zeroizing::new(String::with_capacity(LIMIT));
    let read = (&mut desk.console.input).take(LIMIT as u64).read_to_string(&mut text);
    read.map_err(|error| unreadable(&error))?;
    Ok(text)
}

fn text_of(path: &Path) -> Result<Zeroizing<String>, Failure> {
    let mut text = Zeroizing::new(String::with_capacity(LIMIT));
    let read = std::fs::File::open(path).and_then(|file| file.take(LIMIT as u64).read_to_string(&mut text));
    read.map_err(|error| unreadable(&error))?;
    Ok(text)
}

fn unreadable(error: &std::io::Error) -> Failure {
    let message = format!("what was given cannot be read: {error}");
    Failure::Workspace(Exit::UnreadableInput, Problem::new("unreadable", message, "Give the link as text."))
}

fn bad_link(message: &str) -> Failure {
    let next = "Copy all of it, from countersign:// on. Ask for it once more if it is damaged.";
    Failure::Workspace(Exit::UnreadableInput, Problem::new("bad_link", message, next))
}
