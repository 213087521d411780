//! The list, made again from the records: after a sync, and where the lines lay under a key that is lost.

use countersign_crypto::content::{Card, Otp, Pending, RecoveryCodes, Replaced};
use countersign_protocol::ids::{AccountId, InstanceId};
use countersign_protocol::numbers::AccountRole;

use super::desk::Desk;
use super::line::{Line, Secret};
use super::recovery_codes::unused;
use crate::error::Unavailable;

/// The accounts in which this member has a role.
pub(crate) fn own_accounts(desk: &Desk<'_>) -> Vec<AccountId> {
    let member = desk.session.log.state().member(desk.session.identity.user);
    member.map(|member| member.accounts.iter().copied().collect()).unwrap_or_default()
}

/// What the list shows of an account now. `None` while its key or its card has not come, and where this member has no role
/// in it. The favourite mark is this device's own and stays.
pub(crate) fn line_of(desk: &mut Desk<'_>, account: AccountId) -> Result<Option<Line>, Unavailable> {
    match read(desk, account) {
        Err(Unavailable::KeyPending) => Ok(None),
        read => read,
    }
}

fn read(desk: &mut Desk<'_>, account: AccountId) -> Result<Option<Line>, Unavailable> {
    let (device, codes) = (desk.session.identity.device, desk.codes(account));
    let Some(role) = desk.role(account) else { return Ok(None) };
    if !desk.session.log.state().may_read(device, codes) {
        return Ok(None);
    }
    let Some(card) = desk.read::<Card>(codes, InstanceId::ZERO)?.content else { return Ok(None) };
    let before = desk.session.lines.get(&account);
    let mut line = Line { favourite: before.is_some_and(|line| line.favourite), ..Line::default() };
    line.set_card(&card);
    let otp = desk.read::<Otp>(codes, InstanceId::ZERO)?.content;
    line.on = otp.map(|otp| Secret::of(&otp, 0));
    if role == AccountRole::Owner {
        match add_controls(desk, account, &mut line) {
            // The codes are there before the emergency controls.
            Ok(()) | Err(Unavailable::KeyPending) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(Some(line))
}

/// What account Owners see beside.
fn add_controls(desk: &mut Desk<'_>, account: AccountId, line: &mut Line) -> Result<(), Unavailable> {
    let controls = desk.controls(account);
    let pending = desk.read::<Pending>(controls, InstanceId::ZERO)?.content;
    line.pending = pending.map(|pending| Secret::of(&pending.otp, pending.at));
    let recovery_codes = desk.read::<RecoveryCodes>(controls, InstanceId::ZERO)?.content;
    line.recovery_codes = recovery_codes.as_ref().map_or(0, unused);
    let replaced = desk.read_all::<Replaced>(controls)?;
    line.oldest_replaced = replaced.iter().filter_map(|(_, held)| Some(held.content.as_ref()?.at)).min();
    Ok(())
}
