//! Who did what with an account: the signed chains of all its devices, put together for a person to read.

use countersign_crypto::content::{Action, Activity};
use countersign_protocol::ids::{AccountId, DeviceId, UserId};

use super::names::{device_name, member_name};
use super::{Doer, Unlocked};
use crate::error::AccountError;
use crate::ports::Timestamp;

/// One thing that was done, as the device that did it says and has signed.
#[derive(Clone, PartialEq, Eq)]
pub struct Deed {
    /// When, by that device's clock.
    pub at: Timestamp,
    /// Who.
    pub member: UserId,
    /// Their name, where they have one.
    pub member_name: Option<String>,
    /// With which device.
    pub device: DeviceId,
    /// Its name, where it has one.
    pub device_name: Option<String>,
    /// What.
    pub action: Action,
    /// To whom, where it was done to somebody.
    pub subject: Option<UserId>,
}

/// Names are not printed.
impl std::fmt::Debug for Deed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Deed").field("at", &self.at).field("action", &self.action).finish_non_exhaustive()
    }
}

impl Unlocked {
    /// What was done with an account, the latest first: at most the last 100 things that each device did.
    ///
    /// # Errors
    /// [`AccountError::Refused`] where there is no such account.
    pub fn activity(&self, account: AccountId) -> Result<Vec<Deed>, AccountError> {
        self.with(Doer::Person, |desk| {
            desk.line(account)?;
            let mut deeds = Vec::new();
            for (instance, held) in desk.read_all::<Activity>(desk.codes(account))? {
                let device = DeviceId::from_bytes(*instance.as_bytes());
                let Some(member) = desk.session.log.state().devices().get(&device).map(|device| device.user)
                else {
                    continue;
                };
                let (member_name, device_name) = (member_name(desk, member)?, device_name(desk, device)?);
                for (number, entry) in held.content.iter().flat_map(Activity::entries).enumerate() {
                    let deed = Deed {
                        at: Timestamp::from_unix_millis(entry.at),
                        member,
                        member_name: member_name.clone(),
                        device,
                        device_name: device_name.clone(),
                        action: entry.action,
                        subject: entry.subject,
                    };
                    deeds.push((entry.at, number, deed));
                }
            }
            deeds.sort_by_key(|(at, number, _)| std::cmp::Reverse((*at, *number)));
            Ok(deeds.into_iter().map(|(_, _, deed)| deed).collect())
        })
    }
}
