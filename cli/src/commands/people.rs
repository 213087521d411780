//! `countersign members`, `invite`, `devices`, `safety-words` and `known`: who is in the workspace, with what.

use countersign_core::people::{DeviceInfo, InviteId, Link, MemberInfo, OpenInvite, Sent, WorkspaceRole};
use countersign_core::ports::Timestamp;
use countersign_core::sync::Notice;
use serde_json::{Value, json};

use super::Desk;
use super::enrol::{agreed, refused};
use super::team::connected;
use crate::arguments::{Common, Devices, Invite, Members, Role, SafetyWords};
use crate::escape::visible;
use crate::moment;
use crate::outcome::{Exit, Failure};
use crate::problem::Problem;
use crate::view::answer::Answer;
use crate::workspace::quoted;

pub(super) fn members(arguments: &Members, desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    let unlocked = desk.workspace.unlock()?;
    let members = unlocked.members()?;
    let Some(words) = &arguments.member else {
        if arguments.accept {
            let sent = connected(&unlocked)?.accept_workspace()?;
            return Ok(done("The workspace is yours", sent).next("members"));
        }
        if arguments.leave {
            return leave(arguments, &members, desk);
        }
        return Ok(listed(&members, &unlocked.invites()?));
    };
    let member = one(&members, words)?;
    let name = called(member);
    let connection = connected(&unlocked)?;
    if arguments.remove {
        agreed(arguments.question.yes, &format!("Remove {name} from the workspace?"), desk)?;
        let sent = connection.remove_member(member.id)?;
        return Ok(done(&format!("{name} is removed"), sent).next("known"));
    }
    if arguments.hand_over {
        let sent = connection.offer_workspace(member.id)?;
        return Ok(done(&format!("The workspace is offered to {name}"), sent)
            .line(format!("{name} accepts it with: countersign members --accept")));
    }
    match arguments.role {
        Some(role) => {
            let role = workspace_role(role);
            let sent = connection.set_role(member.id, role)?;
            Ok(done(&format!("{name} is {} now", role.name()), sent))
        }
        None => Ok(Answer::new(line(member)).field("member", view(member))),
    }
}

fn leave(arguments: &Members, members: &[MemberInfo], desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    let question = "Leave the workspace? Its accounts go from this store.";
    agreed(arguments.question.yes, question, desk)?;
    let unlocked = desk.workspace.unlock()?;
    let me = members.iter().find(|member| member.is_me).ok_or_else(|| nobody(""))?;
    let sent = connected(&unlocked)?.remove_member(me.id)?;
    Ok(done("You have left the workspace", sent))
}

pub(super) fn invite(arguments: &Invite, desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    let unlocked = desk.workspace.unlock()?;
    if let Some(words) = &arguments.revoke {
        let invites = unlocked.invites()?;
        let found: Vec<&OpenInvite> = invites
            .iter()
            .filter(|invite| invite.id.to_string().starts_with(&words.to_lowercase()))
            .collect();
        let [invite] = found[..] else { return Err(nobody(words)) };
        let sent = connected(&unlocked)?.revoke_invite(invite.id)?;
        return Ok(done("The invite is over", sent));
    }
    let now = desk.ports.clock.now().unix_seconds();
    let time = i64::try_from(arguments.time.time().as_secs()).unwrap_or(i64::MAX);
    let until = Timestamp::from_unix_seconds(now.saturating_add(time));
    let role = workspace_role(arguments.role);
    let invitation = connected(&unlocked)?.invite(role, until)?;
    Ok(Answer::new(format!("An invite for one {}, until {}:", role.name(), moment::shown(invitation.until)))
        .line("")
        .line(format!("  {}", *invitation.link))
        .line("")
        .line("Pass it on yourself; whoever opens it first joins. They say: countersign join")
        .line("Then, so that this device lets them in:")
        .field("link", &*invitation.link)
        .field("invite", invitation.id.to_string())
        .field("until", invitation.until.unix_seconds())
        .next("sync")
        .next(format!("invite --revoke {}", short(invitation.id))))
}

pub(super) fn devices(arguments: &Devices, desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    let unlocked = desk.workspace.unlock()?;
    if let Some(offer) = &arguments.add {
        let Ok(Link::NewDevice(offer)) = Link::parse(offer.trim()) else {
            let next = "Give the text that `countersign link` shows on the new device.";
            return Err(refused("bad_link", "that is not the offer of a new device", next));
        };
        let link = connected(&unlocked)?.add_device(&offer, &arguments.name)?;
        return Ok(Answer::new(format!(
            "{} is one of your devices. Give it this:",
            visible(&arguments.name)
        ))
        .line("")
        .line(format!("  {}", *link))
        .line("")
        .field("link", &*link));
    }
    let devices = unlocked.devices(None)?;
    if let Some(words) = &arguments.remove {
        let device = one_device(&devices, words)?;
        let sent = connected(&unlocked)?.remove_device(device.id)?;
        return Ok(done(&format!("{} is removed", device_called(device)), sent));
    }
    let lines = devices.iter().map(|device| {
        let this = if device.is_this { "   this one" } else { "" };
        format!("{}{this}", device_called(device))
    });
    let views: Vec<Value> = devices
        .iter()
        .map(|device| json!({ "id": device.id.to_string(), "name": device.name, "kit": device.is_kit, "this": device.is_this }))
        .collect();
    Ok(Answer::lines(lines).field("devices", views))
}

pub(super) fn safety_words(arguments: &SafetyWords, desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    let unlocked = desk.workspace.unlock()?;
    let Some((change, words)) = unlocked.safety_words(arguments.change)? else {
        let next = "Sync first, or choose a smaller one.";
        return Err(refused("no_such_change", "this device does not have that change", next));
    };
    let lines = words.chunks(4).map(|line| format!("  {}", line.join(" ")));
    Ok(Answer::new(format!("Change {change}. Read these to each other, by voice or in person:"))
        .line(lines.collect::<Vec<_>>().join("\n"))
        .line(format!("The other one says: countersign safety-words {change}"))
        .line("The same words: the same workspace. Other words: somebody shows you two different ones.")
        .field("change", change)
        .field("words", words))
}

pub(super) fn known(_: &Common, desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    let unlocked = desk.workspace.unlock()?;
    let known = unlocked.known_secrets()?;
    let notices = unlocked.notices()?;
    let mut lines: Vec<String> = known
        .iter()
        .map(|known| {
            let who = known.member_name.as_deref().map_or_else(|| "somebody".to_owned(), visible);
            format!("{}   known to {who}: replace it at the service", visible(&known.account_name))
        })
        .collect();
    if lines.is_empty() {
        lines.push("Nobody without access knows a secret in use".to_owned());
    }
    lines.extend(notices.iter().map(|(_, notice)| told(notice)));
    let views: Vec<Value> = known
        .iter()
        .map(|known| json!({ "account": known.account.to_string(), "name": known.account_name, "member": known.member_name }))
        .collect();
    let notes: Vec<String> = notices.iter().map(|(_, notice)| told(notice)).collect();
    let answer = Answer::lines(lines).field("known", views).field("notices", notes);
    Ok(match known.first() {
        Some(first) => answer.next(format!("replace {} PICTURE", quoted(&first.account_name))),
        None => answer,
    })
}

/// A notice in a sentence.
pub(super) fn told(notice: &Notice) -> String {
    match notice {
        Notice::Fork { seq } => {
            format!("ALARM: the server shows another history from change {seq} on; compare safety words")
        }
        Notice::ForkedRecord { .. } => {
            "ALARM: something was written on another history; compare safety words".to_owned()
        }
        Notice::WrongManifest { by, .. } => {
            format!("ALARM: device {by} replaced a key and left out what there was")
        }
        Notice::WrongPrevious { by, .. } => {
            format!("ALARM: device {by} replaced a key and gave a wrong one for what there was")
        }
        Notice::TwoSecrets { account } => {
            format!(
                "Two secrets were scanned for account {account}; the other one is kept: countersign restore"
            )
        }
        Notice::LeftOut { record } => {
            format!("Something of a former member is kept on this device only: {record}")
        }
        Notice::Overtaken => {
            "A change of yours was overtaken by somebody else's, and was not made".to_owned()
        }
        Notice::Refused => "A change of yours was refused by the server, and was not made".to_owned(),
        Notice::UnsentLost { count } => {
            format!("Access ended before {count} of your changes were sent; they are gone")
        }
    }
}

fn listed(members: &[MemberInfo], invites: &[OpenInvite]) -> Answer {
    let open = invites.iter().map(|invite| {
        format!("invite {}   {}, until {}", short(invite.id), invite.role.name(), moment::shown(invite.until))
    });
    let open_views: Vec<Value> = invites
        .iter()
        .map(|invite| json!({ "invite": invite.id.to_string(), "role": invite.role.name(), "until": invite.until.unix_seconds() }))
        .collect();
    Answer::lines(members.iter().map(line).chain(open))
        .field("members", members.iter().map(view).collect::<Vec<_>>())
        .field("invites", open_views)
}

fn line(member: &MemberInfo) -> String {
    let mut line = format!("{}   {}", called(member), member.role.name());
    if member.is_me {
        line.push_str("   you");
    }
    if member.is_offered {
        line.push_str("   was offered the workspace");
    }
    line
}

fn view(member: &MemberInfo) -> Value {
    json!({
        "id": member.id.to_string(),
        "name": member.name,
        "role": member.role.name(),
        "devices": member.devices,
        "you": member.is_me,
        "offered": member.is_offered,
    })
}

/// What somebody is called on the screen.
pub(super) fn called(member: &MemberInfo) -> String {
    member.name.as_deref().map_or_else(|| member.id.to_string(), visible)
}

fn device_called(device: &DeviceInfo) -> String {
    match (&device.name, device.is_kit) {
        (_, true) => "Recovery kit".to_owned(),
        (Some(name), _) => visible(name),
        (None, _) => device.id.to_string(),
    }
}

/// The member that these words mean.
pub(super) fn one<'a>(members: &'a [MemberInfo], words: &str) -> Result<&'a MemberInfo, Failure> {
    let query = words.trim().to_lowercase();
    let name = |member: &MemberInfo| member.name.as_deref().unwrap_or_default().to_lowercase();
    let ways: [&dyn Fn(&MemberInfo) -> bool; 2] =
        [&|member| name(member) == query || member.id.to_string() == query, &|member| {
            name(member).starts_with(&query)
        }];
    for way in ways {
        let found: Vec<_> = members.iter().filter(|member| way(member)).collect();
        match found[..] {
            [] => {}
            [one] => return Ok(one),
            _ => {
                let message = format!("that name is the beginning of {} members", found.len());
                let problem = Problem::new("ambiguous_name", message, "Say more of it, or the id.");
                return Err(Failure::Workspace(Exit::NothingFound, problem));
            }
        }
    }
    Err(nobody(words))
}

fn one_device<'a>(devices: &'a [DeviceInfo], words: &str) -> Result<&'a DeviceInfo, Failure> {
    let query = words.trim().to_lowercase();
    let means = |device: &&DeviceInfo| {
        device_called(device).to_lowercase().starts_with(&query) || device.id.to_string() == query
    };
    let found: Vec<_> = devices.iter().filter(means).collect();
    match found[..] {
        [one] => Ok(one),
        _ => Err(nobody(words)),
    }
}

fn nobody(words: &str) -> Failure {
    let message = format!("there is nobody and nothing of that name: {}", visible(words));
    let problem = Problem::new("nobody", message, "See who is there: countersign members");
    Failure::Workspace(Exit::NothingFound, problem)
}

/// What was done, and whether the server has it.
pub(super) fn done(what: &str, sent: Sent) -> Answer {
    match sent {
        Sent::Now => Answer::new(what).field("sent", true),
        Sent::Later => {
            Answer::new(format!("{what}, once the server can be reached")).field("sent", false).next("sync")
        }
    }
}

const fn workspace_role(role: Role) -> WorkspaceRole {
    match role {
        Role::User => WorkspaceRole::User,
        Role::Admin => WorkspaceRole::Admin,
        Role::SuperAdmin => WorkspaceRole::SuperAdmin,
    }
}

fn short(invite: InviteId) -> String {
    invite.to_string().chars().take(8).collect()
}
