//! A workspace of one: made offline, complete at once, a real one from its first entry.

use countersign_protocol::entry::Entry;
use countersign_protocol::ids::{Head, InstanceId, SpaceId, UserId, WorkspaceId};
use countersign_protocol::log::Log;
use countersign_protocol::op::{Genesis, Op};

use super::boxes::boxes;
use super::{Batch, FlowError, signed};
use crate::content::{Content, DeviceName, MemberName, Name, WorkspaceName};
use crate::device::DeviceKeys;
use crate::entropy::Entropy;
use crate::kit::{KitSecret, RecoveryKit};
use crate::record::{Draft, OwnedRecord};
use crate::space_key::{KeyPlace, SpaceKey};

/// What the founder calls things.
#[derive(Debug)]
pub struct Names {
    /// The workspace.
    pub workspace: Name,
    /// The founder.
    pub member: Name,
    /// The founder's phone.
    pub device: Name,
}

/// A new workspace.
#[derive(Debug)]
pub struct Founded {
    /// The log with its genesis, verified.
    pub log: Log,
    /// The founder.
    pub user: UserId,
    /// The founder's kit, bound to the workspace. It stays sealed on this phone until it is saved on paper.
    pub kit: RecoveryKit,
    /// What a server is given, once there is one.
    pub batch: Batch,
}

/// Founds a workspace: `device` is the founder's phone, `user` and `kit` are new, `ts` is in ms since the Unix epoch.
///
/// # Errors
/// [`FlowError`]: no randomness.
pub fn found(
    names: Names,
    user: UserId,
    device: &DeviceKeys,
    kit: KitSecret,
    ts: u64,
    entropy: &dyn Entropy,
) -> Result<Founded, FlowError> {
    let kit_device = kit.device();
    let key = SpaceKey::generate(entropy)?;
    let op = Op::Genesis(Genesis {
        user,
        device: device.proven(),
        kit: kit_device.proven(),
        commit_directory: key.commitment(),
    });
    let workspace = WorkspaceId::of_genesis(&op.encode());
    let mut batch = signed(&Entry { workspace, seq: 0, prev: Head::ZERO, ts, by: device.id(), op }, device);
    let log = Log::begin(&batch.entry, workspace)?;

    let place = KeyPlace { workspace, space: SpaceId::directory(workspace), epoch: 1 };
    let readers = [*device.record(), *kit_device.record()];
    batch.boxes = boxes(&key, &place, &readers, device.id(), entropy)?;
    let first = First { place, head: batch.head, key: &key, device, entropy };
    batch.records = vec![
        first.seal(InstanceId::ZERO, &WorkspaceName::new(names.workspace))?,
        first.seal(InstanceId::from_bytes(*user.as_bytes()), &MemberName::new(names.member))?,
        first.seal(InstanceId::from_bytes(*device.id().as_bytes()), &DeviceName::new(names.device))?,
    ];
    batch.keys.push((place, key));
    Ok(Founded { log, user, kit: RecoveryKit::new(kit, workspace), batch })
}

/// The first records of the directory.
struct First<'a> {
    place: KeyPlace,
    head: Head,
    key: &'a SpaceKey,
    device: &'a DeviceKeys,
    entropy: &'a dyn Entropy,
}

impl First<'_> {
    fn seal<T: Content>(&self, instance: InstanceId, content: &T) -> Result<OwnedRecord, FlowError> {
        let draft = Draft { place: self.place, instance, base: None, log_seq: 0, log_head: self.head };
        Ok(draft.seal(content, self.key, self.device, self.entropy)?)
    }
}
