//! What travels between two people or two phones as a QR code or as text: `countersign://…`.
//!
//! A link is a few parts between slashes, each written in one way only, so that a reader has nothing to interpret
//! and one thing has one link. What a link carries is all that its receiver trusts; the server it names is only
//! where to ask.
//!
//! | Link | Parts | For |
//! |---|---|---|
//! | `countersign://i/` | server, workspace, seq, head, secret | an invite |
//! | `countersign://n/` | device offer | a new device, shown to one that is unlocked |
//! | `countersign://d/` | server, workspace, seq, head, user | the answer to that |
//! | `countersign://k/` | server or nothing, the kit's 64 characters | a recovery kit |
//!
//! Bytes are base64url without padding (RFC 4648 section 5), numbers are decimal, the server is percent-encoded
//! (RFC 3986 section 2.1) down to its letters, digits and `-._~`.

mod parts;
mod server;

use countersign_protocol::device::DeviceOffer;
use countersign_protocol::ids::{Head, UserId, WorkspaceId};
use zeroize::Zeroizing;

use crate::invite::InviteSecret;
use crate::kit::RecoveryKit;
use parts::{Parts, Text};

pub use server::ServerAddress;

/// Longest link read, in bytes.
pub const MAX_LINK_BYTES: usize = 4096;

/// Why a text is not a link of this protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// It does not begin as any link of this product does.
    #[error("read a text that is no countersign link")]
    NotALink,
    /// It begins as one, but its kind, or the suite of the device in it, belongs to a later version.
    #[error("read a countersign link of a later version, which needs an update")]
    NeedsUpdate,
    /// Cut off, added to, or altered; the part that shows it.
    #[error("read a countersign link: its {part} is damaged")]
    Damaged {
        /// The part's name in the table above.
        part: &'static str,
    },
    /// Longer than any link.
    #[error("read a countersign link longer than {MAX_LINK_BYTES} bytes")]
    TooLong,
}

impl LinkError {
    /// The error's stable name, as vectors have it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::NotALink => "NotALink",
            Self::NeedsUpdate => "NeedsUpdate",
            Self::Damaged { .. } => "Damaged",
            Self::TooLong => "TooLong",
        }
    }
}

/// Where a workspace is, and the entry of its log that the maker of a link stood at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Anchor {
    /// The server to ask; it is not trusted.
    pub server: ServerAddress,
    /// The workspace, which is the hash of its genesis.
    pub workspace: WorkspaceId,
    /// Number of the entry.
    pub seq: u64,
    /// The log's head at that entry.
    pub head: Head,
}

/// An invite. Whoever holds it first can join: it is made for one person's eyes.
#[derive(Debug)]
pub struct InviteLink {
    /// Must lie on the log that the server shows.
    pub anchor: Anchor,
    /// What the invite's key is made from; the server never sees it.
    pub secret: InviteSecret,
}

/// The answer to a new device: the entry that added it, and for whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceLink {
    /// The entry is the op 3 that adds the device.
    pub anchor: Anchor,
    /// The user it was added for.
    pub user: UserId,
}

/// A recovery kit's QR code.
#[derive(Debug)]
pub struct KitLink {
    /// Where to ask for the log; a workspace made offline may have none yet.
    pub server: Option<ServerAddress>,
    /// The kit, which pins its workspace.
    pub kit: RecoveryKit,
}

/// Any link; what a scanner or a text field was given.
#[derive(Debug)]
pub enum Link {
    /// `countersign://i/…`
    Invite(InviteLink),
    /// `countersign://n/…`
    NewDevice(Box<DeviceOffer>),
    /// `countersign://d/…`
    DeviceAdded(DeviceLink),
    /// `countersign://k/…`
    Kit(KitLink),
}

impl Link {
    /// Reads a link; `text` is all of it, without white space around it.
    ///
    /// # Errors
    /// [`LinkError`] names what is wrong. A link that reads is the one text of what it says.
    pub fn parse(text: &str) -> Result<Self, LinkError> {
        if text.len() > MAX_LINK_BYTES {
            return Err(LinkError::TooLong);
        }
        let rest = text.strip_prefix(parts::SCHEME).ok_or(LinkError::NotALink)?;
        let (kind, rest) = rest.split_once('/').ok_or(LinkError::Damaged { part: "kind" })?;
        let mut parts = Parts::of(rest);
        let link = match kind {
            "i" => Self::Invite(InviteLink::read(&mut parts)?),
            "n" => Self::NewDevice(Box::new(parts.device_offer()?)),
            "d" => Self::DeviceAdded(DeviceLink::read(&mut parts)?),
            "k" => Self::Kit(KitLink::read(&mut parts)?),
            _ => return Err(LinkError::NeedsUpdate),
        };
        parts.end()?;
        Ok(link)
    }

    /// The link as text, the same that [`parse`](Self::parse) reads.
    pub fn to_text(&self) -> Zeroizing<String> {
        match self {
            Self::Invite(link) => link.to_text(),
            Self::NewDevice(offer) => Text::new("n").bytes(&offer.encode()).finish(),
            Self::DeviceAdded(link) => {
                Text::new("d").anchor(&link.anchor).bytes(link.user.as_bytes()).finish()
            }
            Self::Kit(link) => link.to_text(),
        }
    }
}

impl InviteLink {
    fn read(parts: &mut Parts<'_>) -> Result<Self, LinkError> {
        Ok(Self { anchor: parts.anchor()?, secret: InviteSecret::of(parts.secret("secret")?) })
    }

    /// The link to hand over, through a channel that the server does not carry.
    pub fn to_text(&self) -> Zeroizing<String> {
        Text::new("i").anchor(&self.anchor).bytes(self.secret.bytes()).finish()
    }
}

impl DeviceLink {
    fn read(parts: &mut Parts<'_>) -> Result<Self, LinkError> {
        Ok(Self { anchor: parts.anchor()?, user: UserId::from_bytes(parts.bytes("user")?) })
    }
}

impl KitLink {
    fn read(parts: &mut Parts<'_>) -> Result<Self, LinkError> {
        let server = parts.optional_server()?;
        let text = parts.next("kit")?;
        let kit = RecoveryKit::parse(text).map_err(|_| LinkError::Damaged { part: "kit" })?;
        // A link has one form; what a person may type has many.
        if *kit.characters() == text {
            Ok(Self { server, kit })
        } else {
            Err(LinkError::Damaged { part: "kit" })
        }
    }

    /// The text of the QR code on the paper.
    pub fn to_text(&self) -> Zeroizing<String> {
        let server = self.server.as_ref().map_or("", ServerAddress::as_str);
        Text::new("k").server(server).plain(&self.kit.characters()).finish()
    }
}

#[cfg(test)]
mod tests;
