//! Where this device stands in its workspace, as the verified log has it.

use std::time::Duration;

use countersign_protocol::ids::Head;
use countersign_protocol::log::User;

use crate::client::{Doer, Unlocked};
use crate::error::Unavailable;
use crate::ports::Timestamp;
use crate::sync::Notice;

/// Where this device stands in its workspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It has asked to join, and waits for an Admin's device.
    Waiting,
    /// It is a member's device.
    Member,
    /// The device was removed; its member stays.
    DeviceRemoved,
    /// Its member was removed, or left.
    MemberRemoved,
}

impl Unlocked {
    /// Where this device stands in its workspace.
    ///
    /// # Errors
    /// [`Unavailable`], as of any verb.
    pub fn standing(&self) -> Result<Standing, Unavailable> {
        self.with(Doer::Screen, |desk| {
            let (state, identity) = (desk.session.log.state(), desk.session.identity);
            Ok(match (state.devices().get(&identity.device), state.users().get(&identity.user)) {
                (None, _) => Standing::Waiting,
                (Some(_), Some(User::Removed)) => Standing::MemberRemoved,
                (Some(device), _) if device.removed.is_some() => Standing::DeviceRemoved,
                (Some(_), _) => Standing::Member,
            })
        })
    }

    /// Twelve words that stand for the whole history up to a change, and the number of that change: the last one where none
    /// is asked for, `None` where it has not come to this device. Two who read each other the same words for the same number
    /// have the same history.
    ///
    /// # Errors
    /// [`Unavailable`], as of any verb.
    pub fn safety_words(
        &self,
        change: Option<u64>,
    ) -> Result<Option<(u64, [&'static str; 12])>, Unavailable> {
        self.with(Doer::Screen, |desk| {
            let confirmed = match desk.store.progress()? {
                Some(progress) => progress.confirmed,
                None => desk.session.log.next_seq(),
            };
            let seq = change.unwrap_or(confirmed.saturating_sub(1));
            let head: Option<Head> = desk.session.log.head_at(seq).filter(|_| seq < confirmed);
            Ok(head.map(|head| (seq, countersign_crypto::words::safety_words(head.as_bytes()))))
        })
    }

    /// What this person must be told, oldest first, each with a number to dismiss it by.
    ///
    /// # Errors
    /// [`Unavailable`], as of any verb.
    pub fn notices(&self) -> Result<Vec<(u64, Notice)>, Unavailable> {
        self.with(Doer::Screen, |desk| {
            let notices = desk.store.notices()?;
            Ok(notices.iter().filter_map(|(id, notice)| Some((*id, Notice::read(notice)?))).collect())
        })
    }

    /// Puts a notice away: the person has dealt with it.
    ///
    /// # Errors
    /// [`Unavailable`], as of any verb.
    pub fn dismiss(&self, notice: u64) -> Result<(), Unavailable> {
        self.with(Doer::Person, |desk| Ok(desk.store.step(|step| step.forget_notice(notice))?))
    }

    /// When this device was last in sync with its server, by its own clock; `None` without a server or before the first time.
    ///
    /// # Errors
    /// [`Unavailable`], as of any verb.
    pub fn last_sync(&self) -> Result<Option<Timestamp>, Unavailable> {
        self.with(Doer::Screen, |desk| {
            let synced = desk.store.progress()?.map_or(0, |progress| progress.synced_at);
            Ok((synced > 0).then(|| Timestamp::from_unix_millis(synced)))
        })
    }

    /// How long this device has not been in sync, where that is 72 hours or more (V12): who is a member and what the codes
    /// are may have changed since. `None` also without a server.
    ///
    /// # Errors
    /// [`Unavailable`], as of any verb.
    pub fn stale_for(&self) -> Result<Option<Duration>, Unavailable> {
        self.with(Doer::Screen, |desk| {
            let synced = desk.store.progress()?.map_or(0, |progress| progress.synced_at);
            let is_stale = synced > 0 && countersign_protocol::limits::is_stale(synced, desk.now());
            Ok(is_stale.then(|| Duration::from_millis(desk.now().saturating_sub(synced))))
        })
    }

    /// How many changes of this device the server does not have yet.
    ///
    /// # Errors
    /// [`Unavailable`], as of any verb.
    pub fn unsent(&self) -> Result<u64, Unavailable> {
        self.with(Doer::Screen, |desk| {
            let Some(progress) = desk.store.progress()? else { return Ok(0) };
            Ok(desk.store.unsent_count()? + desk.session.log.next_seq().saturating_sub(progress.confirmed))
        })
    }
}
