//! A record that this device has changed and somebody else too: theirs is taken as what the server has, and mine is merged
//! onto it ([`merge`](super::merge)).

use countersign_crypto::content::{
    Activity, Card, Counter, DeviceName, MemberName, Otp, OtpId, Pending, RecoveryCodes, Replaced, Unknown,
    WorkspaceName,
};
use countersign_crypto::flow::new_instance;
use countersign_protocol::ids::{InstanceId, SpaceId};
use countersign_protocol::log::SpaceOf;
use countersign_protocol::manifest::Line;
use countersign_protocol::numbers::RecordType;
use countersign_protocol::placement::{Standing, VerifiedRecord};
use countersign_protocol::revision::{Decision, Revision, decide};

use super::SyncError;
use super::merge::{Merge, Merged, merge};
use super::notice::Notice;
use crate::client::{Desk, Holding};
use crate::error::Unavailable;
use crate::store::{Held, Received, Slot, Step};

/// Takes a revision beside `mine`, which the server does not have. Whether anything changed.
///
/// # Errors
/// [`Unavailable::KeyPending`] where it must be judged again later: nothing was changed then.
pub(super) fn take(
    desk: &mut Desk<'_>,
    step: &Step<'_>,
    mine: &Held,
    received: &Received,
    verified: VerifiedRecord,
    listed: Option<Line>,
) -> Result<bool, SyncError> {
    let (id, space) = (received.place.record, received.place.space);
    if verified.hash == mine.line().hash {
        step.record_is_sent(Some(mine), &verified.header, received.sealed(), mine.line())?;
        return Ok(false);
    }
    let base = desk.store.record_in(id, Slot::Sent)?;
    match decide(base.as_ref().map(Held::revision).as_ref(), &Revision::from(verified), listed) {
        Decision::Take | Decision::TakeBeside | Decision::ShowBeside => {}
        Decision::Confirm => {
            step.set_standing(id, Slot::Sent, verified.standing)?;
            return Ok(false);
        }
        Decision::KeepBeside => {
            step.put_accepted(&verified.header, received.sealed(), Slot::Beside, verified.standing)?;
            return Ok(false);
        }
        Decision::Known | Decision::Older | Decision::Refuse => return Ok(false),
    }
    // What its author may not write any more does not touch what this device has.
    if verified.standing == Standing::Marked {
        return Ok(false);
    }
    let dirty = desk.session.log.state().live_space(space).is_ok_and(|live| live.dirt.is_some());
    if dirty {
        return Err(Unavailable::KeyPending.into());
    }
    desk.fetch_key(space, verified.header.epoch)?;
    desk.fetch_current_key(space)?;
    step.put_accepted(&verified.header, received.sealed(), Slot::Sent, verified.standing)?;
    let records = Three { base: base.as_ref(), mine };
    match verified.header.record_type {
        RecordType::Card => records.merge::<Card>(desk, step),
        RecordType::Otp => records.merge::<Otp>(desk, step),
        RecordType::Counter => records.merge::<Counter>(desk, step),
        RecordType::Activity => records.merge::<Activity>(desk, step),
        RecordType::Pending => records.merge::<Pending>(desk, step),
        RecordType::RecoveryCodes => records.merge::<RecoveryCodes>(desk, step),
        RecordType::Replaced => records.merge::<Replaced>(desk, step),
        RecordType::MemberName => records.merge::<MemberName>(desk, step),
        RecordType::DeviceName => records.merge::<DeviceName>(desk, step),
        RecordType::WorkspaceName => records.merge::<WorkspaceName>(desk, step),
    }?;
    Ok(true)
}

/// What a merge goes by, beside theirs, which is stored already.
struct Three<'a> {
    base: Option<&'a Held>,
    mine: &'a Held,
}

impl Three<'_> {
    fn merge<T: Merge + IntoSecret>(&self, desk: &mut Desk<'_>, step: &Step<'_>) -> Result<(), SyncError> {
        let (id, space, instance) = (self.mine.header.id(), self.mine.header.space, self.mine.instance());
        let Some(theirs) = desk.store.record_in(id, Slot::Sent)? else { return Ok(()) };
        let current = self.current_scan(desk, space)?;
        // What does not read says nothing: a damaged one of theirs does not stand against mine.
        let base = self.base.map(|base| desk.content::<T>(base)).transpose()?.and_then(Holding::readable);
        let mine = desk.content::<T>(self.mine)?.readable();
        let merged = match desk.content::<T>(&theirs)? {
            Holding::Content(theirs) => merge(base.as_ref(), mine, Some(theirs), current),
            Holding::Deleted => merge(base.as_ref(), mine, None, current),
            Holding::Damaged => Merged::Write(mine),
        };
        match merged {
            Merged::Theirs => Ok(step.move_record(id, Slot::Sent, Slot::Accepted)?),
            Merged::Write(Some(content)) => {
                let record = desk.author().write(space, instance, Some(theirs.line()), &content)?;
                Ok(step.put_record(&record)?)
            }
            Merged::Write(None) => {
                let record = desk.author().delete(space, T::TYPE, instance, theirs.line())?;
                Ok(step.put_record(&record)?)
            }
            Merged::Both(mine) => {
                step.move_record(id, Slot::Sent, Slot::Accepted)?;
                match mine.into_secret() {
                    Some(otp) => keep_beside(desk, step, space, otp),
                    None => Ok(()),
                }
            }
        }
    }

    /// The scan whose codes the account shows.
    fn current_scan(&self, desk: &mut Desk<'_>, space: SpaceId) -> Result<Option<OtpId>, SyncError> {
        if self.mine.header.record_type != RecordType::Counter {
            return Ok(None);
        }
        Ok(desk.read::<Otp>(space, InstanceId::ZERO)?.content.map(|otp| otp.id))
    }
}

/// Keeps the other secret where an Owner can restore it for 30 days, and asks.
fn keep_beside(desk: &mut Desk<'_>, step: &Step<'_>, space: SpaceId, otp: Otp) -> Result<(), SyncError> {
    let of = desk.session.log.state().live_space(space).map(|live| live.of);
    let Ok(SpaceOf::Codes(account) | SpaceOf::Controls(account)) = of else { return Ok(()) };
    let controls = desk.controls(account);
    let replaced = Replaced { at: desk.now(), otp, unknown: Unknown::default() };
    let instance = new_instance(&*desk.host.entropy)?;
    desk.fetch_current_key(controls)?;
    let record = desk.author().write(controls, instance, None, &replaced)?;
    step.put_record(&record)?;
    Ok(step.put_notice(&Notice::TwoSecrets { account }.stored(Vec::new()))?)
}

/// The secret in a content that is kept beside another one.
trait IntoSecret {
    fn into_secret(self) -> Option<Otp>;
}

impl IntoSecret for Otp {
    fn into_secret(self) -> Option<Otp> {
        Some(self)
    }
}

impl IntoSecret for Pending {
    fn into_secret(self) -> Option<Otp> {
        Some(self.otp)
    }
}

macro_rules! no_secret {
    ($($name:ident)*) => {$(
        impl IntoSecret for $name {
            fn into_secret(self) -> Option<Otp> {
                None
            }
        }
    )*};
}

no_secret! { Card Counter Activity RecoveryCodes Replaced MemberName DeviceName WorkspaceName }
