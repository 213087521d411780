//! Roles, leaving, removal, and handing the workspace over.

use countersign_protocol::ids::UserId;
use countersign_protocol::numbers::WorkspaceRole;
use countersign_protocol::op::Op;

use super::{Author, Batch, FlowError};

impl Author<'_> {
    /// Changes a member's workspace role.
    ///
    /// # Errors
    /// [`FlowError::Refused`] when the author may not, or nothing would change.
    pub fn set_role(&self, user: UserId, role: WorkspaceRole) -> Result<Batch, FlowError> {
        self.batch(Op::Role { user, role })
    }

    /// Removes a member, or leaves. It takes effect with this entry; the spaces that they read are
    /// [rotated](Author::rotate) next, by whoever may.
    ///
    /// # Errors
    /// [`FlowError::Refused`] when the author may not.
    pub fn remove_member(&self, user: UserId) -> Result<Batch, FlowError> {
        self.batch(Op::RemoveMember { user })
    }

    /// Offers the workspace to a member, in place of any earlier offer.
    ///
    /// # Errors
    /// [`FlowError::Refused`] unless the author is the workspace Owner.
    pub fn offer_workspace(&self, user: UserId) -> Result<Batch, FlowError> {
        self.batch(Op::Transfer { user })
    }

    /// Takes over the workspace that was offered; or, as its Owner, withdraws the offer.
    ///
    /// # Errors
    /// [`FlowError::Refused`]: nothing was offered, or the author has no recovery kit.
    pub fn accept_workspace(&self) -> Result<Batch, FlowError> {
        self.batch(Op::Transfer { user: self.user()? })
    }
}
