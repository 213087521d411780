//! V4: what an invitee signs and posts, and what an Admin's device makes op 2 of.

use crate::cbor::{self, Decode, DecodeError, Encode, Reader, Writer};
use crate::device::{DeviceRecord, ProvenDevice};
use crate::ids::{InviteId, PublicSigningKey, Signature, UserId, WorkspaceId};
use crate::limits::MAX_SMALL_BYTES;
use crate::numbers::Message;
use crate::signature;

/// An invitee's devices under their invite: the body of op 2 and of a join request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Join {
    /// The invite that is used.
    pub invite: InviteId,
    /// The new member.
    pub user: UserId,
    /// Their first phone.
    pub device: ProvenDevice,
    /// Their recovery kit, where they made one.
    pub kit: Option<ProvenDevice>,
    /// The invite key's signature over [`JoinText`], in the domain `join`.
    pub inv_sig: Signature,
}

impl Join {
    /// What the invite's key signed in `workspace`.
    pub fn text(&self, workspace: WorkspaceId) -> JoinText {
        JoinText {
            workspace,
            invite: self.invite,
            user: self.user,
            device: self.device.record,
            kit: self.kit.map(|kit| kit.record),
        }
    }

    /// Whether the holder of the invite's secret asked for exactly this.
    pub fn is_signed_by(&self, invite_key: &PublicSigningKey, workspace: WorkspaceId) -> bool {
        signature::verify(invite_key, Message::Join, &[&self.text(workspace).encode()], &self.inv_sig)
    }

    /// The seven fields that op 2 and the join request share.
    pub(crate) fn write_fields(&self, writer: &mut Writer) {
        self.invite.write(writer);
        self.user.write(writer);
        self.device.record.write(writer);
        self.device.pop.write(writer);
        writer.optional(self.kit.map(|kit| kit.record).as_ref());
        writer.optional(self.kit.map(|kit| kit.pop).as_ref());
        self.inv_sig.write(writer);
    }

    pub(crate) fn read_fields(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let invite = InviteId::read(reader)?;
        let user = UserId::read(reader)?;
        let device = ProvenDevice { record: DeviceRecord::read(reader)?, pop: Signature::read(reader)? };
        let kit = match (reader.optional()?, reader.optional()?) {
            (Some(record), Some(pop)) => Some(ProvenDevice { record, pop }),
            (None, None) => None,
            _ => return Err(DecodeError::Malformed { what: "a kit without its proof" }),
        };
        Ok(Self { invite, user, device, kit, inv_sig: Signature::read(reader)? })
    }
}

/// What an invite's key signs: `[1, 4, ws, invite_id, user, devrec, kit | null]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JoinText {
    /// The workspace.
    pub workspace: WorkspaceId,
    /// The invite.
    pub invite: InviteId,
    /// The new member.
    pub user: UserId,
    /// Their first phone.
    pub device: DeviceRecord,
    /// Their recovery kit.
    pub kit: Option<DeviceRecord>,
}

impl JoinText {
    /// The canonical bytes, to be signed in the domain `join`.
    pub fn encode(&self) -> Vec<u8> {
        cbor::to_bytes(self)
    }
}

impl Encode for JoinText {
    fn write(&self, writer: &mut Writer) {
        writer.message(Message::Join, 5);
        self.workspace.write(writer);
        self.invite.write(writer);
        self.user.write(writer);
        self.device.write(writer);
        writer.optional(self.kit.as_ref());
    }
}

/// What an invitee posts: `[1, 8, ws, invite_id, user, devrec, pop, kit | null, kit_pop | null, inv_sig]`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JoinRequest {
    /// The workspace to join.
    pub workspace: WorkspaceId,
    /// What becomes op 2, unchanged.
    pub join: Join,
}

impl JoinRequest {
    /// The canonical bytes.
    pub fn encode(&self) -> Vec<u8> {
        cbor::to_bytes(self)
    }

    /// # Errors
    /// [`DecodeError`], where `bytes` are not a join request in its canonical encoding. No signature is checked.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        cbor::from_bytes(bytes, MAX_SMALL_BYTES)
    }
}

impl Encode for JoinRequest {
    fn write(&self, writer: &mut Writer) {
        writer.message(Message::JoinRequest, 8);
        self.workspace.write(writer);
        self.join.write_fields(writer);
    }
}

impl Decode for JoinRequest {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        reader.message(Message::JoinRequest, 8)?;
        Ok(Self { workspace: WorkspaceId::read(reader)?, join: Join::read_fields(reader)? })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::ids::PublicBoxKey;
    use crate::numbers::{DeviceKind, Suite};

    fn device() -> impl Strategy<Value = ProvenDevice> {
        let bytes = (prop::array::uniform32(0_u8..), prop::array::uniform32(0_u8..));
        (bytes, any::<bool>(), prop::collection::vec(0_u8.., 64)).prop_map(|((sign, boxes), is_kit, pop)| {
            let record = DeviceRecord {
                suite: Suite::X25519,
                kind: if is_kit { DeviceKind::Kit } else { DeviceKind::Phone },
                signing_key: PublicSigningKey::from_bytes(sign),
                box_key: PublicBoxKey::from_bytes(boxes),
            };
            ProvenDevice { record, pop: signature(&pop) }
        })
    }

    fn signature(bytes: &[u8]) -> Signature {
        Signature::from_bytes(bytes.try_into().expect("64 bytes were made"))
    }

    fn request() -> impl Strategy<Value = JoinRequest> {
        let ids = prop::array::uniform3(prop::array::uniform16(0_u8..));
        (ids, device(), prop::option::of(device()), prop::collection::vec(0_u8.., 64)).prop_map(
            |([workspace, invite, user], device, kit, inv_sig)| JoinRequest {
                workspace: WorkspaceId::from_bytes(workspace),
                join: Join {
                    invite: InviteId::from_bytes(invite),
                    user: UserId::from_bytes(user),
                    device,
                    kit,
                    inv_sig: signature(&inv_sig),
                },
            },
        )
    }

    proptest! {
        #[test]
        fn every_request_comes_back_as_it_was_and_in_no_other_bytes(
            request in request(), at in any::<prop::sample::Index>(), to: u8
        ) {
            let mut bytes = request.encode();
            prop_assert!(bytes.len() <= MAX_SMALL_BYTES);
            prop_assert_eq!(JoinRequest::decode(&bytes), Ok(request));
            let at = at.index(bytes.len());
            bytes[at] = to;
            if let Ok(changed) = JoinRequest::decode(&bytes) {
                prop_assert_eq!(changed.encode(), bytes);
            }
        }

        #[test]
        fn a_kit_and_its_proof_come_together_or_not_at_all(request in request()) {
            let with_kit = request.join.kit.is_some();
            let without = JoinRequest { join: Join { kit: None, ..request.join }, ..request }.encode();
            // The two nulls before the signature, which is 2 + 64 bytes long.
            let nulls = without.len() - 66 - 2;
            prop_assert_eq!(&without[nulls..nulls + 2], &[0xF6, 0xF6]);
            if with_kit {
                let mut half = request.encode();
                half.splice(half.len() - 66 - 66..half.len() - 66, [0xF6]);
                prop_assert_eq!(JoinRequest::decode(&half).unwrap_err().name(), "Malformed");
            }
        }
    }
}
