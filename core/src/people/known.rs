//! "These secrets were known to X": what must be enrolled anew at the service, because no new key un-knows a secret.

use countersign_crypto::content::Otp;
use countersign_protocol::entry::Entry;
use countersign_protocol::ids::{AccountId, InstanceId, RecordId, UserId};
use countersign_protocol::log::State;
use countersign_protocol::numbers::{AccountRole, RecordType};
use countersign_protocol::op::Op;

use super::members::name_if_known;
use crate::client::{Desk, Doer, Unlocked};
use crate::error::Unavailable;
use crate::store::{Known, Step};

/// A secret that somebody knew who has no access any more, and that is still in use.
#[derive(Clone, PartialEq, Eq)]
pub struct KnownSecret {
    /// The account.
    pub account: AccountId,
    /// Its name.
    pub account_name: String,
    /// Who knew it.
    pub member: UserId,
    /// What they called themselves, where it is known here.
    pub member_name: Option<String>,
}

/// Names are not printed.
impl std::fmt::Debug for KnownSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KnownSecret")
            .field("account", &self.account)
            .field("member", &self.member)
            .finish_non_exhaustive()
    }
}

impl Unlocked {
    /// The secrets of this member's own accounts that somebody knew who has no access any more. Each goes from the list when
    /// the account is enrolled anew, or its MFA is turned off.
    ///
    /// # Errors
    /// [`Unavailable`], as of any verb.
    pub fn known_secrets(&self) -> Result<Vec<KnownSecret>, Unavailable> {
        self.with(Doer::Screen, |desk| {
            let mut known = Vec::new();
            for found in desk.store.known()? {
                if !is_still_known(desk, &found)? {
                    continue;
                }
                let Some(line) = desk.session.lines.get(&found.account) else { continue };
                let account_name = line.name.to_string();
                let member_name = name_if_known(desk, found.user)?;
                let (account, member) = (found.account, found.user);
                known.push(KnownSecret { account, account_name, member, member_name });
            }
            Ok(known)
        })
    }
}

/// Who will have known which secrets once `entry` has come after `state`.
pub(crate) fn known_after(state: &State, entry: &Entry) -> Vec<Known> {
    let known = |account, user| Known { account, user, seq: entry.seq, otp: None };
    match entry.op {
        Op::RemoveMember { user } => {
            let accounts = state.member(user).into_iter().flat_map(|member| &member.accounts);
            accounts.map(|account| known(*account, user)).collect()
        }
        Op::Grant { account, user, role: None } => vec![known(account, user)],
        _ => Vec::new(),
    }
}

/// Whether the secret that they knew is the one in use.
fn is_still_known(desk: &mut Desk<'_>, known: &Known) -> Result<bool, Unavailable> {
    let roles = desk.session.log.state().account_roles(known.account);
    if roles.is_ok_and(|roles| roles.contains_key(&known.user)) {
        return Ok(false);
    }
    if desk.role(known.account) != Some(AccountRole::Owner) {
        return Ok(false);
    }
    let in_use = match scan_in_use(desk, known.account) {
        Err(Unavailable::KeyPending) => return Ok(false),
        in_use => in_use?,
    };
    Ok(in_use.is_some_and(|(scan, _)| known.otp.is_none_or(|otp| otp == scan)))
}

/// The scan whose codes an account shows, and the entry that its record was written after.
fn scan_in_use(desk: &mut Desk<'_>, account: AccountId) -> Result<Option<([u8; 16], u64)>, Unavailable> {
    let space = desk.codes(account);
    let Some(held) = desk.store.record(RecordId::of(space, RecordType::Otp, InstanceId::ZERO))? else {
        return Ok(None);
    };
    let otp = desk.read::<Otp>(space, InstanceId::ZERO)?.content;
    Ok(otp.map(|otp| (*otp.id.as_bytes(), held.header.log_seq)))
}

/// Notes which scan it was that somebody knew, as soon as this device can read it, and forgets what was enrolled anew.
pub(crate) fn track(desk: &mut Desk<'_>, step: &Step<'_>) -> Result<(), Unavailable> {
    for known in desk.store.known()? {
        if desk.role(known.account) != Some(AccountRole::Owner) {
            continue;
        }
        let in_use = match scan_in_use(desk, known.account) {
            Err(Unavailable::KeyPending) => continue,
            in_use => in_use?,
        };
        match (in_use, known.otp) {
            (Some((scan, written)), None) if written < known.seq => {
                step.put_known(&Known { otp: Some(scan), ..known })?;
            }
            (Some((scan, _)), Some(otp)) if scan == otp => {}
            (None, None) => {}
            // Another scan is in use, or none.
            (Some(_) | None, _) => step.forget_known(known.account, known.user)?,
        }
    }
    Ok(())
}
