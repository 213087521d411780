//! Invites: made by an Admin, passed on by a channel of their own, ended by hand or by time.

use countersign_crypto::content::{Content, MemberName, Name, Text, WorkspaceName};
use countersign_crypto::invite::Greeting;
use countersign_crypto::link::{Anchor, InviteLink, ServerAddress};
use countersign_protocol::ids::{InstanceId, InviteId, SpaceId};
use countersign_protocol::log::InviteStatus;
use countersign_protocol::numbers::WorkspaceRole;
use zeroize::Zeroizing;

use super::PeopleError;
use super::change::Sent;
use crate::client::{Desk, Doer, Unlocked};
use crate::error::Unavailable;
use crate::ports::Timestamp;
use crate::sync::Connection;
use crate::sync::names::member_instance;

/// An invite that was just made.
#[derive(Debug)]
pub struct Invitation {
    /// Names it, to revoke it.
    pub id: InviteId,
    /// What the invitee opens or scans. Whoever has it first can join: pass it on where the server does not look.
    pub link: Zeroizing<String>,
    /// Until when it can be used.
    pub until: Timestamp,
}

/// An invite that nobody has used yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OpenInvite {
    /// Names it, to revoke it.
    pub id: InviteId,
    /// What the invitee will be.
    pub role: WorkspaceRole,
    /// Until when it can be used.
    pub until: Timestamp,
}

impl Connection {
    /// Invites somebody as `role` until `until`. Admins and above, for roles up to their own.
    ///
    /// # Errors
    /// [`PeopleError`]; there is no invite then.
    pub fn invite(&self, role: WorkspaceRole, until: Timestamp) -> Result<Invitation, PeopleError> {
        let mut secret = None;
        let flow = |desk: &mut Desk<'_>| {
            let greeting = greeting(desk)?;
            let (batch, made) = desk.author().invite(role, until.unix_millis(), &greeting)?;
            secret = Some(made);
            Ok(batch)
        };
        let place = self.change(flow, |_| Ok(()))?;
        let (Some(place), Some(secret)) = (place, secret) else { return Err(PeopleError::Overtaken) };
        let workspace = self.with(|desk| Ok(desk.session.identity.workspace))?;
        let server = ServerAddress::new(self.transport.origin()).map_err(|_| PeopleError::NotFound)?;
        let id = secret.id(workspace);
        let anchor = Anchor { server, workspace, seq: place.seq, head: place.head };
        Ok(Invitation { id, link: InviteLink { anchor, secret }.to_text(), until })
    }

    /// Ends an invite that nobody has used.
    ///
    /// # Errors
    /// [`PeopleError::NotFound`] where there is none of that name.
    pub fn revoke_invite(&self, invite: InviteId) -> Result<Sent, PeopleError> {
        let flow = |desk: &mut Desk<'_>| {
            desk.session.log.state().pending_invite(invite).map_err(|_| PeopleError::NotFound)?;
            Ok(desk.author().revoke_invite(invite)?)
        };
        self.change_and(flow, |_| Ok(()))
    }
}

impl Unlocked {
    /// The invites that are open, the one that ends first at the top.
    ///
    /// # Errors
    /// [`Unavailable`], as of any verb.
    pub fn invites(&self) -> Result<Vec<OpenInvite>, Unavailable> {
        self.with(Doer::Screen, |desk| {
            let now = desk.now();
            let invites = desk.session.log.state().invites().iter();
            let open = invites
                .filter(|(_, invite)| invite.status == InviteStatus::Pending && invite.not_after >= now);
            let mut open: Vec<_> = open
                .map(|(id, invite)| OpenInvite {
                    id: *id,
                    role: invite.role,
                    until: Timestamp::from_unix_millis(invite.not_after),
                })
                .collect();
            open.sort_by_key(|invite| (invite.until, invite.id));
            Ok(open)
        })
    }
}

/// What the invitee sees before they decide.
fn greeting(desk: &mut Desk<'_>) -> Result<Greeting, PeopleError> {
    let directory = SpaceId::directory(desk.session.identity.workspace);
    let inviter = member_instance(desk.session.log.state(), desk.session.identity.user);
    let workspace = name::<WorkspaceName>(desk, directory, InstanceId::ZERO, |name| &name.name)?;
    let inviter = name::<MemberName>(desk, directory, inviter, |name| &name.name)?;
    Ok(Greeting { workspace, inviter })
}

fn name<T: Content>(
    desk: &mut Desk<'_>,
    directory: SpaceId,
    instance: InstanceId,
    of: impl FnOnce(&T) -> &Name,
) -> Result<Name, PeopleError> {
    let held = desk.read::<T>(directory, instance)?.content;
    Ok(match held {
        Some(content) => Text::new(of(&content).as_str())?,
        None => Name::default(),
    })
}

/// The invite that a link is of.
pub(super) fn invite_id(link: &InviteLink) -> InviteId {
    link.secret.id(link.anchor.workspace)
}
