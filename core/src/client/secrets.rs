//! What becomes of secrets: confirmed, cancelled, turned off, restored, and purged when 30 days are over.
//!
//! No step ever leaves an account without the secret it had: what goes out of use is sealed in the same transaction
//! that puts the next one in its place.

use countersign_crypto::content::{Action, Counter, Otp, OtpId, OtpKind, Pending, Replaced, Unknown};
use countersign_crypto::flow::new_instance;
use countersign_protocol::ids::{AccountId, InstanceId};
use countersign_protocol::limits::MAX_INTEGER;
use countersign_protocol::numbers::RecordType;

use super::codes::next_counter;
use super::desk::{Current, Desk};
use super::line::{Line, Secret};
use super::purge::{KEPT_MS, due_since, is_over, look_anew};
use super::{Doer, Unlocked};
use crate::error::{EnrolError, Unavailable};
use crate::ports::Timestamp;

/// Where the last look at the sealed secrets is kept.
const LOOK: &str = "due.replaced";

/// A secret out of use that can be had back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ReplacedSecret {
    /// Names it, to restore it.
    pub id: InstanceId,
    /// When it was replaced or turned off.
    pub at: Timestamp,
    /// When it goes for good.
    pub until: Timestamp,
}

/// An account's secret as it is in use, with its counter.
struct InUse {
    otp: Current<Otp>,
    counter: Current<Counter>,
}

impl Unlocked {
    /// MFA is on with what was pending; what was in use before is sealed for 30 days.
    /// Where a code was shown, only that secret: another device may have put another one in its place.
    pub(crate) fn confirm_enrolment(
        &self,
        account: AccountId,
        shown: Option<OtpId>,
    ) -> Result<(), EnrolError> {
        self.with(Doer::Person, |desk| {
            let line = desk.line(account)?.clone();
            desk.require(account, RecordType::Otp)?;
            let held = desk.read::<Pending>(desk.controls(account), InstanceId::ZERO)?;
            desk.delete(desk.controls(account), InstanceId::ZERO, &held)?;
            let otp = held.content.ok_or(EnrolError::OtherStep)?.otp;
            if shown.is_some_and(|shown| shown != otp.id) {
                return Err(EnrolError::OtherStep);
            }
            let action = if line.on.is_some() { Action::Replaced } else { Action::Enrolled };
            // The pending code that was typed at the service has used its counter.
            let used = matches!(otp.kind, OtpKind::Hotp { .. });
            put_in_use(desk, account, &otp, u64::from(used), Line { pending: None, ..line })?;
            desk.note(account, &[action], None)?;
            Ok(desk.commit()?)
        })
    }

    /// Wipes what was pending, if anything was.
    pub(crate) fn cancel_enrolment(&self, account: AccountId) -> Result<(), EnrolError> {
        self.with(Doer::Person, |desk| {
            let line = desk.line(account)?.clone();
            desk.require(account, RecordType::Pending)?;
            let held = desk.read::<Pending>(desk.controls(account), InstanceId::ZERO)?;
            desk.delete(desk.controls(account), InstanceId::ZERO, &held)?;
            desk.set_line(account, Some(Line { pending: None, ..line }));
            Ok(desk.commit()?)
        })
    }

    /// Turns MFA off; account Owners only, and a screen asks first. The secret is sealed for 30 days.
    ///
    /// # Errors
    /// [`EnrolError::Off`] where it is off already.
    pub fn turn_off(&self, account: AccountId) -> Result<(), EnrolError> {
        self.with(Doer::Person, |desk| {
            let line = desk.line(account)?.clone();
            desk.require(account, RecordType::Otp)?;
            let in_use = in_use(desk, account)?;
            let line = seal_away(desk, account, &in_use, line)?.ok_or(EnrolError::Off)?;
            desk.delete(desk.codes(account), InstanceId::ZERO, &in_use.otp)?;
            desk.delete(desk.codes(account), InstanceId::ZERO, &in_use.counter)?;
            desk.note(account, &[Action::TurnedOff], None)?;
            desk.set_line(account, Some(Line { on: None, ..line }));
            Ok(desk.commit()?)
        })
    }

    /// The secrets of an account that can be restored, the latest first; account Owners only.
    ///
    /// # Errors
    /// [`EnrolError::Refused`] where there is no such account, or this member is no Owner of it.
    pub fn replaced_secrets(&self, account: AccountId) -> Result<Vec<ReplacedSecret>, EnrolError> {
        self.with(Doer::Person, |desk| {
            desk.line(account)?;
            desk.require(account, RecordType::Replaced)?;
            let mut replaced: Vec<_> = sealed(desk, account)?
                .iter()
                .map(|(id, replaced)| ReplacedSecret {
                    id: *id,
                    at: Timestamp::from_unix_millis(replaced.at),
                    until: Timestamp::from_unix_millis(replaced.at.saturating_add(KEPT_MS)),
                })
                .collect();
            replaced.sort_by_key(|replaced| (std::cmp::Reverse(replaced.at), replaced.id));
            Ok(replaced)
        })
    }

    /// Puts a sealed secret back into use; the one in use is sealed in its place. Account Owners only.
    ///
    /// # Errors
    /// [`EnrolError::NothingToRestore`] where there is no secret of that name any more.
    pub fn restore_secret(&self, account: AccountId, id: InstanceId) -> Result<(), EnrolError> {
        self.with(Doer::Person, |desk| {
            let line = desk.line(account)?.clone();
            desk.require(account, RecordType::Replaced)?;
            let held = desk.read::<Replaced>(desk.controls(account), id)?;
            desk.delete(desk.controls(account), id, &held)?;
            let otp = held.content.ok_or(EnrolError::NothingToRestore)?.otp;
            put_in_use(desk, account, &otp, 0, line)?;
            desk.note(account, &[Action::Restored], None)?;
            Ok(desk.commit()?)
        })
    }

    /// Deletes for good the sealed secrets whose 30 days are over, where this member may, and were over at a look at least a
    /// day ago, too: one wrong date deletes nothing. A host calls it after an unlock. Returns how many went.
    ///
    /// # Errors
    /// [`Unavailable`]; what was deleted before it happened stays deleted.
    pub fn purge_replaced(&self) -> Result<usize, Unavailable> {
        self.with(Doer::Screen, |desk| {
            let mine = |(account, line): (&AccountId, &Line)| {
                let at = line.oldest_replaced?;
                desk.require(*account, RecordType::Replaced).is_ok().then_some((*account, at))
            };
            let replaced: Vec<(AccountId, u64)> = desk.session.lines.iter().filter_map(mine).collect();
            let first = replaced.iter().map(|(_, at)| *at).min();
            let Some(then) = due_since(desk, LOOK, first)? else { return Ok(0) };
            let mut gone = 0;
            for (account, _) in replaced.into_iter().filter(|(_, at)| is_over(*at, then)) {
                gone += purge(desk, account, then)?;
            }
            look_anew(desk, LOOK)?;
            Ok(gone)
        })
    }
}

fn purge(desk: &mut Desk<'_>, account: AccountId, now: u64) -> Result<usize, Unavailable> {
    let Some(line) = desk.session.lines.get(&account).cloned() else { return Ok(0) };
    let space = desk.controls(account);
    let (mut gone, mut oldest) = (0, None::<u64>);
    for (id, held) in desk.read_all::<Replaced>(space)? {
        match &held.content {
            Some(replaced) if is_over(replaced.at, now) => {
                desk.delete(space, id, &held)?;
                gone += 1;
            }
            Some(replaced) => oldest = Some(oldest.map_or(replaced.at, |oldest| oldest.min(replaced.at))),
            None => {}
        }
    }
    desk.set_line(account, Some(Line { oldest_replaced: oldest, ..line }));
    desk.commit()?;
    Ok(gone)
}

/// The sealed secrets of an account that were not deleted.
fn sealed(desk: &mut Desk<'_>, account: AccountId) -> Result<Vec<(InstanceId, Replaced)>, Unavailable> {
    let all = desk.read_all::<Replaced>(desk.controls(account))?;
    Ok(all.into_iter().filter_map(|(id, held)| Some((id, held.content?))).collect())
}

fn in_use(desk: &mut Desk<'_>, account: AccountId) -> Result<InUse, Unavailable> {
    let space = desk.codes(account);
    Ok(InUse { otp: desk.read(space, InstanceId::ZERO)?, counter: desk.read(space, InstanceId::ZERO)? })
}

/// Seals the secret in use, if there is one, with the counter it has got to. Returns the line as it then is.
fn seal_away(
    desk: &mut Desk<'_>,
    account: AccountId,
    in_use: &InUse,
    line: Line,
) -> Result<Option<Line>, Unavailable> {
    let Some(otp) = &in_use.otp.content else { return Ok(None) };
    let at = desk.now();
    let kind = match otp.kind {
        OtpKind::Hotp { counter } => {
            OtpKind::Hotp { counter: next_counter(otp, in_use.counter.content.as_ref(), counter) }
        }
        by_the_clock => by_the_clock,
    };
    let replaced = Replaced { at, otp: copy(otp, kind)?, unknown: Unknown::default() };
    let id = new_instance(&*desk.host.entropy)?;
    desk.write(desk.controls(account), id, None, &replaced)?;
    let oldest = line.oldest_replaced.map_or(at, |oldest| oldest.min(at));
    Ok(Some(Line { oldest_replaced: Some(oldest), ..line }))
}

/// Makes `otp` the secret in use, `drawn` codes further, and seals the one that was.
pub(super) fn put_in_use(
    desk: &mut Desk<'_>,
    account: AccountId,
    otp: &Otp,
    drawn: u64,
    line: Line,
) -> Result<(), Unavailable> {
    let in_use = in_use(desk, account)?;
    let line = seal_away(desk, account, &in_use, line.clone())?.unwrap_or(line);
    let space = desk.codes(account);
    desk.write(space, InstanceId::ZERO, in_use.otp.base, otp)?;
    if let OtpKind::Hotp { counter } = otp.kind {
        let next = counter.saturating_add(drawn).min(MAX_INTEGER);
        let counter = Counter { otp: otp.id, next, unknown: Unknown::default() };
        desk.write(space, InstanceId::ZERO, in_use.counter.base, &counter)?;
    } else {
        desk.delete(space, InstanceId::ZERO, &in_use.counter)?;
    }
    let on = Some(Secret::of(otp, desk.now()));
    desk.set_line(account, Some(Line { on, ..line }));
    Ok(())
}

/// The same secret, to be sealed at another place.
fn copy(otp: &Otp, kind: OtpKind) -> Result<Otp, crate::store::StoreError> {
    let secret = countersign_crypto::content::OtpSecret::new(otp.secret.expose());
    let secret = secret.map_err(|_| crate::store::StoreError::Damaged)?;
    let Otp { id, algorithm, digits, .. } = *otp;
    Ok(Otp { id, kind, algorithm, digits, secret, unknown: Unknown::default() })
}
