//! Invite, revoke, ask to join, let in, and make sure that one was let in as oneself (V4).

use countersign_protocol::ids::{InviteId, UserId};
use countersign_protocol::join::{Join, JoinRequest, JoinText};
use countersign_protocol::log::{InviteStatus, Log};
use countersign_protocol::numbers::{Message, WorkspaceRole};
use countersign_protocol::op::{Invite, Op};

use super::{Author, Batch, FlowError};
use crate::device::DeviceKeys;
use crate::invite::{Greeting, InviteSecret};
use crate::link::{Anchor, InviteLink, ServerAddress};
use countersign_protocol::ids::SpaceId;

impl Author<'_> {
    /// Invites somebody as `role`, until `not_after` (ms since the Unix epoch). The secret goes into the
    /// [link](Batch::invite_link), through a channel that the server does not carry.
    ///
    /// # Errors
    /// [`FlowError`]: the role is above the author's, or there is no randomness.
    pub fn invite(
        &self,
        role: WorkspaceRole,
        not_after: u64,
        greeting: &Greeting,
    ) -> Result<(Batch, InviteSecret), FlowError> {
        let workspace = self.log.workspace();
        let secret = InviteSecret::generate(self.entropy)?;
        let key = secret.key(workspace).public();
        let greeting = secret.seal_greeting(workspace, greeting);
        let op = Op::Invite(Invite { invite: InviteId::of_key(&key), key, role, not_after, greeting });
        Ok((self.batch(op)?, secret))
    }

    /// Ends an invite that nobody has used.
    ///
    /// # Errors
    /// [`FlowError::Refused`] when it was used or revoked, or the author may not.
    pub fn revoke_invite(&self, invite: InviteId) -> Result<Batch, FlowError> {
        self.batch(Op::RevokeInvite { invite })
    }

    /// Lets in whoever holds an invite's secret and asks, with the key of the directory for all their devices.
    ///
    /// # Errors
    /// [`FlowError::Refused`] names what is wrong with the request.
    pub fn accept_join(&self, request: &JoinRequest) -> Result<Batch, FlowError> {
        self.log.check_join(request, self.ts)?;
        let mut batch = self.batch(Op::Join(request.join))?;
        let devices = [Some(request.join.device), request.join.kit];
        let readers: Vec<_> = devices.iter().flatten().map(|device| device.record).collect();
        batch.boxes = self.box_current(&[SpaceId::directory(self.log.workspace())], &readers)?;
        Ok(batch)
    }
}

impl Batch {
    /// The link to an invite that this batch makes: it pins the log up to the invite itself.
    pub fn invite_link(&self, server: ServerAddress, log: &Log, secret: InviteSecret) -> InviteLink {
        let anchor = Anchor { server, workspace: log.workspace(), seq: self.seq, head: self.head };
        InviteLink { anchor, secret }
    }
}

/// What the invitee posts, under new keys of their own: a phone, and a kit where they made one.
pub fn join_request(
    link: &InviteLink,
    user: UserId,
    device: &DeviceKeys,
    kit: Option<&DeviceKeys>,
) -> JoinRequest {
    let workspace = link.anchor.workspace;
    let invite_key = link.secret.key(workspace);
    let invite = InviteId::of_key(&invite_key.public());
    let text =
        JoinText { workspace, invite, user, device: *device.record(), kit: kit.map(|kit| *kit.record()) };
    let inv_sig = invite_key.sign(Message::Join, &[&text.encode()]);
    let join = Join { invite, user, device: device.proven(), kit: kit.map(DeviceKeys::proven), inv_sig };
    JoinRequest { workspace, join }
}

/// Where an invitee stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Admission {
    /// No Admin's device has answered yet.
    Waiting,
    /// A member, with exactly the keys that were asked for.
    Admitted,
}

/// Why a log is not the one that an invite is for. All but the first two are final.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AdmissionError {
    /// The log ends before the entry that the link names: fetch more of it.
    #[error("find the invite's entry in the log")]
    LogTooShort,
    /// The invite was revoked.
    #[error("join by an invite that was revoked")]
    Revoked,
    /// Another workspace, or another log under its name: the server shows what the inviter has not seen. Also where the
    /// entry that the link names is not the one that made its invite.
    #[error("find the inviter's log at this server")]
    WrongLog,
    /// Somebody else used the invite.
    #[error("join by an invite that somebody else has used")]
    UsedByAnother,
    /// An alarm: this device was let in, but not as who it asked to be.
    #[error("join as oneself: this device was added under another name")]
    Misbound,
}

impl AdmissionError {
    /// The error's stable name, as vectors have it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::LogTooShort => "LogTooShort",
            Self::Revoked => "Revoked",
            Self::WrongLog => "WrongLog",
            Self::UsedByAnother => "UsedByAnother",
            Self::Misbound => "Misbound",
        }
    }
}

impl Admission {
    /// Where the invitee who posted `request` stands in `log`, which was replayed from its genesis.
    ///
    /// # Errors
    /// [`AdmissionError`]: this is not the log of the link, or the request was not answered as it was asked.
    pub fn check(log: &Log, link: &InviteLink, request: &JoinRequest) -> Result<Self, AdmissionError> {
        check_anchor(log, &link.anchor)?;
        let (state, join) = (log.state(), &request.join);
        let invite = state.invites().get(&link.secret.id(log.workspace())).ok_or(AdmissionError::WrongLog)?;
        if invite.added != link.anchor.seq {
            return Err(AdmissionError::WrongLog);
        }
        let asked = [Some(&join.device), join.kit.as_ref()];
        let asked = asked.into_iter().flatten().map(|device| device.record);
        if asked
            .clone()
            .any(|record| state.devices().get(&record.id()).is_some_and(|found| found.user != join.user))
        {
            return Err(AdmissionError::Misbound);
        }
        match invite.status {
            InviteStatus::Pending => Ok(Self::Waiting),
            InviteStatus::Revoked => Err(AdmissionError::Revoked),
            InviteStatus::Used { by } if by != join.user => Err(AdmissionError::UsedByAnother),
            InviteStatus::Used { by } => {
                let added =
                    state.devices().get(&join.device.record.id()).ok_or(AdmissionError::Misbound)?.added;
                let with_it =
                    state.devices().iter().filter(|(_, found)| found.user == by && found.added == added);
                let mut expected: Vec<_> = asked.map(|record| record.id()).collect();
                expected.sort_unstable();
                if with_it.map(|(id, _)| *id).eq(expected) {
                    Ok(Self::Admitted)
                } else {
                    Err(AdmissionError::Misbound)
                }
            }
        }
    }
}

/// The entry that a link pins is in the log.
fn check_anchor(log: &Log, anchor: &Anchor) -> Result<(), AdmissionError> {
    if anchor.workspace != log.workspace() {
        return Err(AdmissionError::WrongLog);
    }
    match log.head_at(anchor.seq) {
        None => Err(AdmissionError::LogTooShort),
        Some(head) if head == anchor.head => Ok(()),
        Some(_) => Err(AdmissionError::WrongLog),
    }
}
