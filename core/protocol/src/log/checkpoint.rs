//! A verified log's state in a few bytes, so that starting an app does not verify every signature again.
//!
//! A checkpoint is believed as the device's own memory is: nothing in it is signed, so it lies where only the device
//! writes, and it is loaded only for the head that the device's stored log has. A checksum tells damage apart.
//! It is derived: whoever cannot load one replays the log.

use std::collections::BTreeMap;

use crate::cbor::{self, Decode, DecodeError, Encode, Reader, Writer};
use crate::device::DeviceRecord;
use crate::ids::{
    AccountId, Commitment, DeviceId, Head, InviteId, ManifestHash, PublicSigningKey, SpaceId, UserId,
    WorkspaceId, sha256,
};
use crate::limits::MAX_CHECKPOINT_BYTES;
use crate::numbers::{AccountRole, Message, SpaceKind, WorkspaceRole};
use crate::op::{read_roles, write_roles};

use super::Log;
use super::state::{
    Account, Device, Dirt, Epoch, Invite, InviteStatus, LiveSpace, Member, Offer, Rights, Space, SpaceOf,
    State, User,
};

/// Why a checkpoint is not loaded. The way out is the same for all: replay the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointError {
    /// Its bytes are not those that were stored.
    #[error("load a damaged checkpoint")]
    Damaged,
    /// It has another form, as one of a later version has.
    #[error(transparent)]
    Form(#[from] DecodeError),
    /// It belongs to another workspace.
    #[error("load the checkpoint of another workspace")]
    WrongWorkspace,
    /// It was made at another head than the stored log has.
    #[error("load a checkpoint made at another head")]
    WrongHead,
}

impl CheckpointError {
    /// The error's stable name.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Damaged => "Damaged",
            Self::Form(error) => error.name(),
            Self::WrongWorkspace => "WrongWorkspace",
            Self::WrongHead => "WrongHead",
        }
    }
}

impl Log {
    /// The checkpoint of this log: `[1, 10, ws, heads, …]` and the SHA-256 of that. One of more than
    /// [`MAX_CHECKPOINT_BYTES`] is made and not loaded: that log, of millions of entries, is replayed at each start.
    pub fn to_checkpoint(&self) -> Vec<u8> {
        let mut bytes = cbor::to_bytes(self);
        let checksum = sha256(&[&bytes]);
        bytes.extend_from_slice(&checksum);
        bytes
    }

    /// Loads the checkpoint of `workspace` made when the entry at `seq` had the hash `head`.
    ///
    /// # Errors
    /// [`CheckpointError`]; the log is then to be replayed.
    pub fn from_checkpoint(
        bytes: &[u8],
        workspace: WorkspaceId,
        seq: u64,
        head: Head,
    ) -> Result<Self, CheckpointError> {
        let (bytes, checksum) = bytes.split_last_chunk::<32>().ok_or(CheckpointError::Damaged)?;
        if sha256(&[bytes]) != *checksum {
            return Err(CheckpointError::Damaged);
        }
        let log: Self = cbor::from_bytes(bytes, MAX_CHECKPOINT_BYTES)?;
        if log.workspace() != workspace {
            return Err(CheckpointError::WrongWorkspace);
        }
        if Some(log.next_seq()) != seq.checked_add(1) || log.head() != head {
            return Err(CheckpointError::WrongHead);
        }
        Ok(log)
    }
}

/// No bound but the checkpoint's own length: every item takes some of it.
const ANY: usize = MAX_CHECKPOINT_BYTES;

impl Encode for Log {
    fn write(&self, writer: &mut Writer) {
        writer.message(Message::Checkpoint, 10);
        let state = &self.state;
        state.workspace.write(writer);
        writer.bytes(self.heads.iter().flat_map(Head::as_bytes).copied().collect::<Vec<_>>().as_slice());
        state.founder.write(writer);
        state.owner.write(writer);
        writer.list(state.users.iter(), write_user);
        writer.list(state.devices.values(), write_device);
        writer.list(state.invites.iter(), write_invite);
        writer.list(state.accounts.iter(), write_account);
        let spaces: Vec<_> = state.spaces.values().filter_map(Space::live).collect();
        writer.list(spaces.into_iter(), |writer, space| space.write(writer));
        writer.optional(state.offer.as_ref());
    }
}

impl Decode for Log {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.message(Message::Checkpoint, 10)?;
        let workspace = WorkspaceId::read(reader)?;
        let heads = reader.bytes("heads")?;
        let (heads, rest) = heads.as_chunks::<32>();
        if heads.is_empty() || !rest.is_empty() {
            return Err(DecodeError::Malformed { what: "heads" });
        }
        let mut state = State {
            workspace,
            founder: UserId::read(reader)?,
            owner: UserId::read(reader)?,
            users: reader.map(ANY, "users", read_user)?,
            devices: reader.map(ANY, "devices", read_device)?,
            invites: reader.map(ANY, "invites", read_invite)?,
            accounts: reader.map(ANY, "accounts", read_account)?,
            spaces: reader.map(ANY, "spaces", |reader| read_space(reader, workspace))?,
            offer: reader.optional()?,
        };
        state.link();
        Ok(Self { heads: heads.iter().copied().map(Head::from_bytes).collect(), state })
    }
}

impl State {
    /// Fills in what follows from the rest: members' devices and accounts, and the spaces of deleted accounts.
    fn link(&mut self) {
        for (id, device) in &self.devices {
            let Some(User::Active(member)) = self.users.get_mut(&device.user) else { continue };
            member.devices_ever += 1;
            if device.removed.is_none() {
                member.devices.insert(*id);
            }
        }
        for (id, account) in &self.accounts {
            match account {
                Account::Live(roles) => {
                    for user in roles.keys() {
                        if let Some(User::Active(member)) = self.users.get_mut(user) {
                            member.accounts.insert(*id);
                        }
                    }
                }
                Account::Deleted => {
                    self.spaces.insert(SpaceId::codes(self.workspace, *id), Space::Ended);
                    self.spaces.insert(SpaceId::controls(self.workspace, *id), Space::Ended);
                }
            }
        }
    }
}

fn write_user(writer: &mut Writer, (id, user): (&UserId, &User)) {
    writer.array(2);
    id.write(writer);
    match user {
        User::Active(member) => writer.optional(Some(&member.role)),
        User::Removed => writer.optional::<WorkspaceRole>(None),
    }
}

fn read_user(reader: &mut Reader<'_>) -> Result<(UserId, User), DecodeError> {
    reader.array(2, "a user")?;
    let id = UserId::read(reader)?;
    let user = reader.optional()?.map_or(User::Removed, |role| User::Active(Member::new(role)));
    Ok((id, user))
}

fn write_device(writer: &mut Writer, device: &Device) {
    writer.array(4);
    device.record.write(writer);
    device.user.write(writer);
    writer.integer(device.added);
    // The genesis removes nobody: 0 is free to say that nobody did.
    writer.integer(device.removed.unwrap_or(0));
}

fn read_device(reader: &mut Reader<'_>) -> Result<(DeviceId, Device), DecodeError> {
    reader.array(4, "a device")?;
    let device = Device {
        record: DeviceRecord::read(reader)?,
        user: UserId::read(reader)?,
        added: reader.integer("added")?,
        removed: Some(reader.integer("removed")?).filter(|seq| *seq > 0),
    };
    Ok((device.record.id(), device))
}

fn write_invite(writer: &mut Writer, (id, invite): (&InviteId, &Invite)) {
    writer.array(8);
    id.write(writer);
    invite.key.write(writer);
    invite.role.write(writer);
    writer.integer(invite.not_after);
    invite.issuer.write(writer);
    writer.integer(invite.added);
    let (status, by) = match invite.status {
        InviteStatus::Pending => (0, None),
        InviteStatus::Used { by } => (1, Some(by)),
        InviteStatus::Revoked => (2, None),
    };
    writer.integer(status);
    writer.optional(by.as_ref());
}

fn read_invite(reader: &mut Reader<'_>) -> Result<(InviteId, Invite), DecodeError> {
    reader.array(8, "an invite")?;
    let id = InviteId::read(reader)?;
    let invite = Invite {
        key: PublicSigningKey::read(reader)?,
        role: WorkspaceRole::read(reader)?,
        not_after: reader.integer("not_after")?,
        issuer: DeviceId::read(reader)?,
        added: reader.integer("added")?,
        status: match (reader.integer("status")?, reader.optional()?) {
            (0, None) => InviteStatus::Pending,
            (1, Some(by)) => InviteStatus::Used { by },
            (2, None) => InviteStatus::Revoked,
            _ => return Err(DecodeError::Malformed { what: "an invite's status" }),
        },
    };
    Ok((id, invite))
}

fn write_account(writer: &mut Writer, (id, account): (&AccountId, &Account)) {
    let none = BTreeMap::new();
    let (live, roles) = match account {
        Account::Live(roles) => (1, roles),
        Account::Deleted => (0, &none),
    };
    writer.array(3);
    id.write(writer);
    writer.integer(live);
    write_roles(roles, writer);
}

fn read_account(reader: &mut Reader<'_>) -> Result<(AccountId, Account), DecodeError> {
    reader.array(3, "an account")?;
    let id = AccountId::read(reader)?;
    let live = reader.integer("an account's state")?;
    let roles = read_roles(reader, ANY)?;
    Ok((id, if live == 1 { Account::Live(roles) } else { Account::Deleted }))
}

impl Encode for LiveSpace {
    fn write(&self, writer: &mut Writer) {
        writer.array(5);
        self.of.kind().write(writer);
        match self.of {
            SpaceOf::Directory => AccountId::ZERO.write(writer),
            SpaceOf::Codes(account) | SpaceOf::Controls(account) => account.write(writer),
        }
        writer.list(self.epochs.iter(), |writer, epoch| {
            writer.array(4);
            epoch.commit.write(writer);
            epoch.by.write(writer);
            writer.integer(epoch.seq);
            writer.integer(u64::from(epoch.anew));
        });
        writer.optional(self.manifest.as_ref());
        writer.optional(self.dirt.as_ref());
    }
}

fn read_space(reader: &mut Reader<'_>, workspace: WorkspaceId) -> Result<(SpaceId, Space), DecodeError> {
    reader.array(5, "a space")?;
    let (kind, account) = (SpaceKind::read(reader)?, AccountId::read(reader)?);
    let (id, of) = match kind {
        SpaceKind::Directory => (SpaceId::directory(workspace), SpaceOf::Directory),
        SpaceKind::Codes => (SpaceId::codes(workspace, account), SpaceOf::Codes(account)),
        SpaceKind::Controls => (SpaceId::controls(workspace, account), SpaceOf::Controls(account)),
    };
    let epochs = reader.length("epochs")?;
    let epochs = (0..epochs).map(|_| read_epoch(reader)).collect::<Result<Vec<_>, _>>()?;
    if epochs.is_empty() {
        return Err(DecodeError::Malformed { what: "a space without an epoch" });
    }
    let manifest = reader.optional::<ManifestHash>()?;
    Ok((id, Space::Live(LiveSpace { of, epochs, manifest, dirt: reader.optional()? })))
}

fn read_epoch(reader: &mut Reader<'_>) -> Result<Epoch, DecodeError> {
    reader.array(4, "an epoch")?;
    Ok(Epoch {
        commit: Commitment::read(reader)?,
        by: DeviceId::read(reader)?,
        seq: reader.integer("seq")?,
        anew: reader.integer("anew")? == 1,
    })
}

impl Encode for Dirt {
    fn write(&self, writer: &mut Writer) {
        writer.array(3);
        writer.integer(self.since);
        writer.integer(u64::from(self.rescue));
        writer.list(self.former.iter(), |writer, (user, rights)| {
            writer.array(3);
            user.write(writer);
            writer.optional(rights.workspace.as_ref());
            rights.account.write(writer);
        });
    }
}

impl Decode for Dirt {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.array(3, "dirt")?;
        Ok(Self {
            since: reader.integer("since")?,
            rescue: reader.integer("rescue")? == 1,
            former: reader.map(ANY, "former rights", |reader| {
                reader.array(3, "former rights")?;
                let user = UserId::read(reader)?;
                let workspace = reader.optional()?;
                Ok((user, Rights { workspace, account: Option::<AccountRole>::read(reader)? }))
            })?,
        })
    }
}

impl Encode for Offer {
    fn write(&self, writer: &mut Writer) {
        writer.array(2);
        self.to.write(writer);
        self.by.write(writer);
    }
}

impl Decode for Offer {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.array(2, "an offer")?;
        Ok(Self { to: UserId::read(reader)?, by: DeviceId::read(reader)? })
    }
}
