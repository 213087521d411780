//! Accounts: created with two keys, shared by boxing them.

use std::collections::BTreeMap;

use countersign_protocol::device::DeviceRecord;
use countersign_protocol::ids::{AccountId, InstanceId, SpaceId, UserId};
use countersign_protocol::numbers::AccountRole;
use countersign_protocol::op::{Account, Op};

use super::{Author, Batch, FlowError, devices_of};
use crate::content::Card;
use crate::record::Draft;
use crate::space_key::{KeyPlace, SpaceKey};

impl Author<'_> {
    /// Creates an account with its card. The author is one of the Owners in `roles`.
    ///
    /// # Errors
    /// [`FlowError`]: the author is no Owner of it, somebody listed is no member, or there is no randomness.
    pub fn create_account(
        &self,
        account: AccountId,
        roles: &BTreeMap<UserId, AccountRole>,
        card: &Card,
    ) -> Result<Batch, FlowError> {
        let workspace = self.log.workspace();
        let (codes, controls) = (SpaceKey::generate(self.entropy)?, SpaceKey::generate(self.entropy)?);
        let op = Op::Account(Account {
            account,
            commit_codes: codes.commitment(),
            commit_controls: controls.commitment(),
            roles: roles.clone(),
        });
        let mut batch = self.batch(op)?;
        let first = |space| KeyPlace { workspace, space, epoch: 1 };
        let place = first(SpaceId::codes(workspace, account));
        let draft =
            Draft { place, instance: InstanceId::ZERO, base: None, log_seq: batch.seq, log_head: batch.head };
        batch.records.push(draft.seal(card, &codes, self.device, self.entropy)?);
        let all = self.devices_with(roles, AccountRole::Collaborator)?;
        self.new_key(&mut batch, place, codes, &all)?;
        let owners = self.devices_with(roles, AccountRole::Owner)?;
        self.new_key(&mut batch, first(SpaceId::controls(workspace, account)), controls, &owners)?;
        Ok(batch)
    }

    /// Shares an account with a member, changes their role in it, or (`None`) takes it away. Whoever is given more
    /// gets the keys that come with it; where somebody is left with less, the spaces are [rotated](Author::rotate) next.
    ///
    /// # Errors
    /// [`FlowError::Refused`] when the author may not, nothing would change, or the last Owner would go.
    pub fn grant(
        &self,
        account: AccountId,
        user: UserId,
        role: Option<AccountRole>,
    ) -> Result<Batch, FlowError> {
        let workspace = self.log.workspace();
        let mut batch = self.batch(Op::Grant { account, user, role })?;
        let before = self.state().account_roles(account)?.get(&user).copied();
        let opens = [
            (AccountRole::Collaborator, SpaceId::codes(workspace, account)),
            (AccountRole::Owner, SpaceId::controls(workspace, account)),
        ];
        let gained: Vec<_> = opens
            .into_iter()
            .filter(|(needed, _)| before < Some(*needed) && role >= Some(*needed))
            .map(|(_, space)| space)
            .collect();
        batch.boxes = self.box_current(&gained, &devices_of(self.state(), user)?)?;
        Ok(batch)
    }

    /// Ends an account for everybody, for good.
    ///
    /// # Errors
    /// [`FlowError::Refused`] when the author may not.
    pub fn delete_account(&self, account: AccountId) -> Result<Batch, FlowError> {
        self.batch(Op::DeleteAccount { account })
    }

    /// The active devices of those who have at least `least`.
    pub(super) fn devices_with(
        &self,
        roles: &BTreeMap<UserId, AccountRole>,
        least: AccountRole,
    ) -> Result<Vec<DeviceRecord>, FlowError> {
        let mut devices = Vec::new();
        for (&user, _) in roles.iter().filter(|(_, role)| **role >= least) {
            devices.extend(devices_of(self.state(), user)?);
        }
        Ok(devices)
    }
}
