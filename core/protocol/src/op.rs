//! The ops of the log, 0 to 12, as they are written. What makes each valid: [`crate::log`].
//!
//! An op is the array `[number, field, …]`. Lists are maps here, so that they cannot be unsorted or name somebody
//! twice; on the wire they are arrays in ascending order.

use std::collections::BTreeMap;

use crate::cbor::{self, Decode, DecodeError, Encode, Reader, Writer};
use crate::device::{DeviceRecord, ProvenDevice};
use crate::ids::{
    AccountId, Commitment, DeviceId, InviteId, ManifestHash, PublicSigningKey, Signature, SpaceId, UserId,
    WorkspaceId,
};
use crate::join::Join;
use crate::limits::{GREETING_BYTES, MAX_ACCOUNT_USERS, PREV_WRAP_BYTES};
use crate::numbers::{AccountRole, OpKind, WorkspaceRole};

/// One op.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Op {
    /// `[0, user, devrec, pop, kit, kit_pop, commit_directory]`
    Genesis(Genesis),
    /// `[1, invite_id, invite_pub, role, not_after, greeting]`
    Invite(Invite),
    /// `[2, invite_id, user, devrec, pop, kit | null, kit_pop | null, inv_sig]`
    Join(Join),
    /// `[3, user, devrec, pop]`
    AddDevice {
        /// The author's own user.
        user: UserId,
        /// The new device.
        device: ProvenDevice,
    },
    /// `[4, device]`
    RemoveDevice {
        /// The device that goes.
        device: DeviceId,
    },
    /// `[5, user]`
    RemoveMember {
        /// The member who goes.
        user: UserId,
    },
    /// `[6, user, role]`
    Role {
        /// Whose role changes.
        user: UserId,
        /// The new role.
        role: WorkspaceRole,
    },
    /// `[7, account, commit_codes, commit_controls, [[user, role], …]]`
    Account(Account),
    /// `[8, account, user, role]`, where role 0 is none.
    Grant {
        /// The account.
        account: AccountId,
        /// Whose role changes.
        user: UserId,
        /// The new role; `None` takes it away.
        role: Option<AccountRole>,
    },
    /// `[9, space, epoch, commit, prev_wrap | null, manifest]`
    Rotate(Rotate),
    /// `[10, user]`
    Transfer {
        /// The member offered, or the author's own user to accept or withdraw.
        user: UserId,
    },
    /// `[11, invite_id]`
    RevokeInvite {
        /// The invite that ends.
        invite: InviteId,
    },
    /// `[12, account]`
    DeleteAccount {
        /// The account that ends.
        account: AccountId,
    },
}

/// Op 0: the founder, their phone and recovery kit, and the first key of the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Genesis {
    /// The founder.
    pub user: UserId,
    /// The founder's phone, which signs the entry.
    pub device: ProvenDevice,
    /// The founder's recovery kit.
    pub kit: ProvenDevice,
    /// The commitment to the directory's key of epoch 1.
    pub commit_directory: Commitment,
}

/// Op 1: an offer of membership.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Invite {
    /// The hash of `key`.
    pub invite: InviteId,
    /// The public half of the key that the invite's secret makes.
    pub key: PublicSigningKey,
    /// The role that the invitee gets.
    pub role: WorkspaceRole,
    /// The last `ts` at which a join is valid, in ms since the Unix epoch.
    pub not_after: u64,
    /// The workspace's and inviter's names, sealed under the invite's secret.
    pub greeting: [u8; GREETING_BYTES],
}

/// Op 7: an account, its two spaces, and who has it from the start.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    /// The account.
    pub account: AccountId,
    /// The commitment to the key of its `codes`, epoch 1.
    pub commit_codes: Commitment,
    /// The commitment to the key of its `controls`, epoch 1.
    pub commit_controls: Commitment,
    /// Who has which role; the author is one of the Owners.
    pub roles: BTreeMap<UserId, AccountRole>,
}

/// Op 9: the next epoch of a space.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotate {
    /// The space.
    pub space: SpaceId,
    /// The new epoch: one more than the one that ends.
    pub epoch: u64,
    /// The commitment to the new key.
    pub commit: Commitment,
    /// The ended epoch's key, sealed under the new one; `None` from one who does not hold it.
    pub prev_wrap: Option<PrevWrap>,
    /// The hash of the space's manifest.
    pub manifest: ManifestHash,
}

/// The key of an ended epoch under the next one's: 12 bytes of nonce, then AES-256-GCM.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PrevWrap(pub [u8; PREV_WRAP_BYTES]);

impl PrevWrap {
    /// What the wrap is bound to: `[ws, space, epoch]`, with the new epoch.
    pub fn aad(workspace: WorkspaceId, space: SpaceId, epoch: u64) -> Vec<u8> {
        cbor::to_bytes(&WrapPlace { workspace, space, epoch })
    }
}

/// The additional data of a [`PrevWrap`].
struct WrapPlace {
    workspace: WorkspaceId,
    space: SpaceId,
    epoch: u64,
}

impl Encode for WrapPlace {
    fn write(&self, writer: &mut Writer) {
        writer.array(3);
        self.workspace.write(writer);
        self.space.write(writer);
        writer.integer(self.epoch);
    }
}

impl Encode for PrevWrap {
    fn write(&self, writer: &mut Writer) {
        writer.bytes(&self.0);
    }
}

impl Decode for PrevWrap {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.fixed("a wrapped key").map(Self)
    }
}

impl Op {
    /// Which op it is.
    pub const fn kind(&self) -> OpKind {
        match self {
            Self::Genesis(_) => OpKind::Genesis,
            Self::Invite(_) => OpKind::Invite,
            Self::Join(_) => OpKind::Join,
            Self::AddDevice { .. } => OpKind::AddDevice,
            Self::RemoveDevice { .. } => OpKind::RemoveDevice,
            Self::RemoveMember { .. } => OpKind::RemoveMember,
            Self::Role { .. } => OpKind::Role,
            Self::Account(_) => OpKind::Account,
            Self::Grant { .. } => OpKind::Grant,
            Self::Rotate(_) => OpKind::Rotate,
            Self::Transfer { .. } => OpKind::Transfer,
            Self::RevokeInvite { .. } => OpKind::RevokeInvite,
            Self::DeleteAccount { .. } => OpKind::DeleteAccount,
        }
    }

    /// The canonical bytes; of the genesis op, what the workspace id is the hash of.
    pub fn encode(&self) -> Vec<u8> {
        cbor::to_bytes(self)
    }
}

/// How many elements the op's array has, its number included.
const fn length(kind: OpKind) -> u64 {
    match kind {
        OpKind::RemoveDevice
        | OpKind::RemoveMember
        | OpKind::Transfer
        | OpKind::RevokeInvite
        | OpKind::DeleteAccount => 2,
        OpKind::Role => 3,
        OpKind::AddDevice | OpKind::Grant => 4,
        OpKind::Account => 5,
        OpKind::Invite | OpKind::Rotate => 6,
        OpKind::Genesis => 7,
        OpKind::Join => 8,
    }
}

impl Encode for Op {
    fn write(&self, writer: &mut Writer) {
        let kind = self.kind();
        writer.array(usize::try_from(length(kind)).expect("an op has few fields"));
        kind.write(writer);
        match self {
            Self::Genesis(genesis) => genesis.write(writer),
            Self::Invite(invite) => invite.write(writer),
            Self::Join(join) => join.write_fields(writer),
            Self::AddDevice { user, device } => {
                user.write(writer);
                device.record.write(writer);
                device.pop.write(writer);
            }
            Self::RemoveDevice { device } => device.write(writer),
            Self::RemoveMember { user } | Self::Transfer { user } => user.write(writer),
            Self::Role { user, role } => {
                user.write(writer);
                role.write(writer);
            }
            Self::Account(account) => account.write(writer),
            Self::Grant { account, user, role } => {
                account.write(writer);
                user.write(writer);
                role.write(writer);
            }
            Self::Rotate(rotate) => rotate.write(writer),
            Self::RevokeInvite { invite } => invite.write(writer),
            Self::DeleteAccount { account } => account.write(writer),
        }
    }
}

impl Decode for Op {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let found = reader.length("an op")?;
        let kind = OpKind::read(reader)?;
        if found != length(kind) {
            return Err(DecodeError::Malformed { what: "an op" });
        }
        Ok(match kind {
            OpKind::Genesis => Self::Genesis(Genesis::read(reader)?),
            OpKind::Invite => Self::Invite(Invite::read(reader)?),
            OpKind::Join => Self::Join(Join::read_fields(reader)?),
            OpKind::AddDevice => Self::AddDevice { user: UserId::read(reader)?, device: proven(reader)? },
            OpKind::RemoveDevice => Self::RemoveDevice { device: DeviceId::read(reader)? },
            OpKind::RemoveMember => Self::RemoveMember { user: UserId::read(reader)? },
            OpKind::Role => Self::Role { user: UserId::read(reader)?, role: WorkspaceRole::read(reader)? },
            OpKind::Account => Self::Account(Account::read(reader)?),
            OpKind::Grant => Self::Grant {
                account: AccountId::read(reader)?,
                user: UserId::read(reader)?,
                role: Option::<AccountRole>::read(reader)?,
            },
            OpKind::Rotate => Self::Rotate(Rotate::read(reader)?),
            OpKind::Transfer => Self::Transfer { user: UserId::read(reader)? },
            OpKind::RevokeInvite => Self::RevokeInvite { invite: InviteId::read(reader)? },
            OpKind::DeleteAccount => Self::DeleteAccount { account: AccountId::read(reader)? },
        })
    }
}

fn proven(reader: &mut Reader<'_>) -> Result<ProvenDevice, DecodeError> {
    Ok(ProvenDevice { record: DeviceRecord::read(reader)?, pop: Signature::read(reader)? })
}

// The parts below write and read the op's fields after its number.

impl Encode for Genesis {
    fn write(&self, writer: &mut Writer) {
        self.user.write(writer);
        self.device.record.write(writer);
        self.device.pop.write(writer);
        self.kit.record.write(writer);
        self.kit.pop.write(writer);
        self.commit_directory.write(writer);
    }
}

impl Decode for Genesis {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            user: UserId::read(reader)?,
            device: proven(reader)?,
            kit: proven(reader)?,
            commit_directory: Commitment::read(reader)?,
        })
    }
}

impl Encode for Invite {
    fn write(&self, writer: &mut Writer) {
        self.invite.write(writer);
        self.key.write(writer);
        self.role.write(writer);
        writer.integer(self.not_after);
        writer.bytes(&self.greeting);
    }
}

impl Decode for Invite {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            invite: InviteId::read(reader)?,
            key: PublicSigningKey::read(reader)?,
            role: WorkspaceRole::read(reader)?,
            not_after: reader.integer("not_after")?,
            greeting: reader.fixed("a greeting")?,
        })
    }
}

impl Encode for Account {
    fn write(&self, writer: &mut Writer) {
        self.account.write(writer);
        self.commit_codes.write(writer);
        self.commit_controls.write(writer);
        write_roles(&self.roles, writer);
    }
}

impl Decode for Account {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let account = AccountId::read(reader)?;
        let commit_codes = Commitment::read(reader)?;
        let commit_controls = Commitment::read(reader)?;
        let roles = read_roles(reader, MAX_ACCOUNT_USERS)?;
        Ok(Self { account, commit_codes, commit_controls, roles })
    }
}

impl Encode for Rotate {
    fn write(&self, writer: &mut Writer) {
        self.space.write(writer);
        writer.integer(self.epoch);
        self.commit.write(writer);
        writer.optional(self.prev_wrap.as_ref());
        self.manifest.write(writer);
    }
}

impl Decode for Rotate {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        Ok(Self {
            space: SpaceId::read(reader)?,
            epoch: reader.integer("epoch")?,
            commit: Commitment::read(reader)?,
            prev_wrap: reader.optional()?,
            manifest: ManifestHash::read(reader)?,
        })
    }
}

/// Who has which role in an account: `[[user, role], …]`.
pub(crate) fn write_roles(roles: &BTreeMap<UserId, AccountRole>, writer: &mut Writer) {
    writer.list(roles.iter(), |writer, (user, role)| {
        writer.array(2);
        user.write(writer);
        role.write(writer);
    });
}

pub(crate) fn read_roles(
    reader: &mut Reader<'_>,
    limit: usize,
) -> Result<BTreeMap<UserId, AccountRole>, DecodeError> {
    reader.map(limit, "an account's users", |reader| {
        reader.array(2, "an account's user")?;
        Ok((UserId::read(reader)?, AccountRole::read(reader)?))
    })
}
