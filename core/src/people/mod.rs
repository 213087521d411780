//! People: who is in the workspace, with which devices, and who has which account. All of it stands in the signed log.
//!
//! Verbs that change the log need the server: a link names the place of its entry, and a removal that nobody has heard of
//! protects nothing. What was signed and could not be sent any more waits, and is sent with the next sync. What there is to
//! know is read offline ([`Unlocked`](crate::client::Unlocked)).

mod change;
mod devices;
mod error;
mod invites;
mod join;
mod known;
mod link;
mod members;
mod sharing;
mod standing;

pub use countersign_crypto::invite::Greeting;
pub use countersign_crypto::link::{DeviceLink, InviteLink, Link, LinkError, ServerAddress};
pub use countersign_protocol::device::DeviceOffer;
pub use countersign_protocol::ids::{DeviceId, InviteId, UserId};
pub use countersign_protocol::numbers::{AccountRole, WorkspaceRole};

pub use change::Sent;
pub use devices::DeviceInfo;
pub use error::{JoinError, PeopleError};
pub use invites::{Invitation, OpenInvite};
pub(crate) use join::follow;
pub use join::invitation;
pub use known::KnownSecret;
pub(crate) use known::{known_after, track};
pub use link::Newcomer;
pub use members::MemberInfo;
pub use sharing::Access;
pub use standing::Standing;
