//! How what was scanned becomes a secret that is pending, on a card that is there or on a new one.
//!
//! A person who scans first and has no card yet gets both in one step: a kill leaves both, or neither. A card of the
//! same app and login name whose MFA is off is taken before a second one is made.

use countersign_crypto::content::{Otp, OtpAlgorithm, OtpId, OtpKind, OtpSecret, Pending, Replaced, Unknown};
use countersign_protocol::ids::{AccountId, InstanceId};
use countersign_protocol::limits::MAX_INTEGER;
use countersign_protocol::numbers::RecordType;

use super::AccountPayload;
use crate::client::{
    CardFields, Desk, Doer, EnrolError, Line, Secret, Unlocked, checked, create, fingerprint, sealed,
};
use crate::otp::{Algorithm, OtpParameters, TimeParameters};

/// What became of a code that was scanned without a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// A new account, pending.
    New(AccountId),
    /// Pending on the card that was there for it.
    OnCard(AccountId),
    /// This very secret is here already, in this account; nothing was changed.
    Known(AccountId),
}

impl Unlocked {
    /// Saves what was scanned as pending, with an account of its own: `card` is what a new one says. It goes on as an
    /// [enrolment](Unlocked::activate) does.
    ///
    /// # Errors
    /// [`EnrolError`]; nothing was saved.
    pub fn add_scanned(&self, payload: &AccountPayload, card: &CardFields) -> Result<Added, EnrolError> {
        self.with(Doer::Person, |desk| {
            if let Some(account) = whose(desk, None, payload) {
                return Ok(Added::Known(account));
            }
            if let Some(account) = waiting_card(desk, card) {
                save_pending(desk, account, payload)?;
                desk.commit()?;
                return Ok(Added::OnCard(account));
            }
            let (otp, at) = (sealed_otp(payload, desk)?, desk.now());
            let pending = Some(Secret::of(&otp, at));
            let account = create(desk, &sealed(&checked(card)?)?, Line { pending, ..Line::default() })?;
            write(desk, account, otp, at)?;
            desk.commit()?;
            Ok(Added::New(account))
        })
    }
}

/// Makes the secret pending: co-Owners will see it, Collaborators hold nothing of it. One that is pending already has to be
/// confirmed or cancelled first: its code may be on somebody's screen.
pub(super) fn save_pending(
    desk: &mut Desk<'_>,
    account: AccountId,
    payload: &AccountPayload,
) -> Result<(), EnrolError> {
    let line = desk.line(account)?.clone();
    desk.require(account, RecordType::Pending)?;
    if line.pending.is_some() {
        return Err(EnrolError::OtherStep);
    }
    let (mut otp, at) = (sealed_otp(payload, desk)?, desk.now());
    go_on_counting(desk, account, &mut otp)?;
    let pending = Some(Secret::of(&otp, at));
    write(desk, account, otp, at)?;
    desk.set_line(account, Some(Line { pending, ..line }));
    Ok(())
}

/// A code that was shown is never shown again: a counted secret that was turned off or replaced here goes on where it was.
fn go_on_counting(desk: &mut Desk<'_>, account: AccountId, otp: &mut Otp) -> Result<(), EnrolError> {
    let OtpKind::Hotp { counter } = &mut otp.kind else { return Ok(()) };
    for (_, held) in desk.read_all::<Replaced>(desk.controls(account))? {
        let Some(Replaced { otp: before, .. }) = held.content else { continue };
        if let OtpKind::Hotp { counter: reached } = before.kind
            && fingerprint(before.secret.expose()) == fingerprint(otp.secret.expose())
        {
            *counter = reached.max(*counter);
        }
    }
    Ok(())
}

fn write(desk: &mut Desk<'_>, account: AccountId, otp: Otp, at: u64) -> Result<(), EnrolError> {
    let space = desk.controls(account);
    let held = desk.read::<Pending>(space, InstanceId::ZERO)?;
    Ok(desk.write(space, InstanceId::ZERO, held.base, &Pending { at, otp, unknown: Unknown::default() })?)
}

/// The card of this app and login name whose MFA is off, and which this member may turn on.
fn waiting_card(desk: &Desk<'_>, card: &CardFields) -> Option<AccountId> {
    let mut live = desk.session.lines.iter().filter(|(_, line)| line.binned.is_none());
    let waiting = live.find(|(account, line)| {
        line.on.is_none()
            && line.pending.is_none()
            && line.is_named(&card.app, &card.login)
            && desk.require(**account, RecordType::Pending).is_ok()
    });
    waiting.map(|(account, _)| *account)
}

/// The account that has this very secret, in use or pending: `account` before any other.
pub(super) fn whose(
    desk: &Desk<'_>,
    account: Option<AccountId>,
    payload: &AccountPayload,
) -> Option<AccountId> {
    let sought = fingerprint(payload.secret.expose());
    let has = |secret: Option<Secret>| secret.is_some_and(|secret| secret.fingerprint == sought);
    let lines = &desk.session.lines;
    let own = account.and_then(|account| Some((account, lines.get(&account)?)));
    let all = lines.iter().map(|(account, line)| (*account, line));
    let known = own.into_iter().chain(all).find(|(_, line)| has(line.on) || has(line.pending));
    known.map(|(account, _)| account)
}

/// A payload's secret as a record holds it, under the id of a new scan.
pub(crate) fn sealed_otp(payload: &AccountPayload, desk: &Desk<'_>) -> Result<Otp, EnrolError> {
    let kind = match payload.parameters {
        OtpParameters::Time(TimeParameters::Totp { period, .. }) => {
            OtpKind::Totp { period: period.seconds() }
        }
        OtpParameters::Time(TimeParameters::Steam) => OtpKind::Steam,
        OtpParameters::Counter(counter) => OtpKind::Hotp { counter: counter.counter.min(MAX_INTEGER) },
    };
    Ok(Otp {
        id: OtpId::generate(&*desk.host.entropy)?,
        kind,
        algorithm: match payload.parameters.algorithm() {
            Algorithm::Sha1 => OtpAlgorithm::Sha1,
            Algorithm::Sha256 => OtpAlgorithm::Sha256,
            Algorithm::Sha512 => OtpAlgorithm::Sha512,
        },
        digits: payload.parameters.digits().get(),
        secret: OtpSecret::new(payload.secret.expose())?,
        unknown: Unknown::default(),
    })
}
