//! "Activate MFA": from a camera, or a typed key, to codes that everybody with access sees.
//!
//! What is reached is durable when it is shown: a secret is saved at the scan, as pending, and on at Done. A killed
//! app finds the enrolment where it was, because the account itself says so; only the camera's part lives here.

use std::fmt;
use std::sync::{Mutex, PoisonError};

use countersign_crypto::content::{OtpId, Pending};
use countersign_protocol::ids::{AccountId, InstanceId};
use countersign_protocol::numbers::RecordType;

use super::card_match::{Label, mismatch};
use super::pending::{save_pending, whose};
use super::{AccountPayload, Entry, Payload, PayloadError, read};
use crate::client::{Desk, Doer, EnrolError, Line, Unlocked, parameters, secret};
use crate::otp::OtpParameters;
use crate::ports::Timestamp;
use crate::scan::{CAMERA_BUDGET, Frame, Hint, Reader, Scanned, Session};

/// A pending enrolment older than this is offered for Done or Cancel, and never dropped by itself: 24 hours, in ms.
const STALE_MS: u64 = 24 * 60 * 60 * 1000;

/// Where an enrolment is. A screen is a `match` on this.
#[derive(Debug, PartialEq, Eq)]
pub enum EnrolmentState {
    /// The camera is open.
    Scanning(Glance),
    /// The code names another account than the card: ask whether to use it anyway.
    LabelMismatch {
        /// What the card says.
        card: Label,
        /// What the code says.
        scanned: Label,
    },
    /// This very secret is here already, in this account or another one.
    SecretKnown {
        /// Where.
        account: AccountId,
    },
    /// Saved: the code is to be typed at the service, then Done.
    Pending {
        /// What to type there: a code and its window, or a counter's code.
        code: PendingCode,
        /// When it was scanned.
        since: Timestamp,
        /// Whether that is more than 24 hours ago: ask for Done or Cancel.
        stale: bool,
    },
    /// MFA is on.
    On,
    /// Cancelled: nothing is left of it.
    Off,
}

/// What the camera has seen so far.
#[derive(Debug, PartialEq, Eq)]
pub enum Glance {
    /// No QR code; why, where that is known.
    Nothing(Hint),
    /// Only what was seen before.
    SeenBefore,
    /// One of several codes that make one message; these are still to be shown, counted from 0.
    Part {
        /// The parts still to be shown.
        missing: Vec<u8>,
    },
    /// A QR code of another kind: say so, and go on.
    Refused(PayloadError),
    /// An export of several accounts: they are imported, not enrolled one by one.
    Export,
}

/// The code of a secret that is pending.
#[derive(Debug, PartialEq, Eq)]
pub enum PendingCode {
    /// It goes by the clock.
    Clock(crate::otp::Code),
    /// It goes by a counter, which moves on at Done.
    Counter(crate::otp::CounterCode),
    /// The clock is before 1970, or beyond the calendar.
    NoTime,
}

/// What an enrolment is to lead to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Goal {
    /// MFA was off.
    Activate,
    /// MFA is on, with another secret.
    Replace,
}

impl Goal {
    /// Whether the account still is as it was when the enrolment began.
    fn check(self, line: &Line) -> Result<(), EnrolError> {
        match (self, line.on) {
            (Self::Activate, Some(_)) => Err(EnrolError::AlreadyOn),
            (Self::Replace, None) => Err(EnrolError::Off),
            (Self::Activate, None) | (Self::Replace, Some(_)) => Ok(()),
        }
    }
}

/// The part of an enrolment that is not in the store.
enum Camera {
    Looking,
    Mismatch {
        payload: AccountPayload,
        card: Label,
        scanned: Label,
    },
    Known {
        payload: AccountPayload,
        account: AccountId,
    },
    /// The store says how far it is.
    Closed,
}

/// One enrolment of one account. Dropping it changes nothing: activate again to go on.
pub struct Enrolment {
    client: Unlocked,
    account: AccountId,
    goal: Goal,
    scan: Mutex<Scan>,
}

struct Scan {
    camera: Camera,
    session: Session,
    /// The pending secret whose code was shown last: the one that Done is about.
    shown: Option<OtpId>,
}

impl Unlocked {
    /// Turns MFA on for an account: opens the camera, or goes on where a killed app stopped. Account Owners only.
    ///
    /// # Errors
    /// [`EnrolError::AlreadyOn`] where there is a secret to [replace](Self::replace).
    pub fn activate(&self, account: AccountId) -> Result<Enrolment, EnrolError> {
        self.enrol(account, Goal::Activate)
    }

    /// Replaces the secret of an account whose MFA is on. The old one stays in use until Done, and sealed for 30 days.
    ///
    /// # Errors
    /// [`EnrolError::Off`] where there is nothing to replace.
    pub fn replace(&self, account: AccountId) -> Result<Enrolment, EnrolError> {
        self.enrol(account, Goal::Replace)
    }

    fn enrol(&self, account: AccountId, goal: Goal) -> Result<Enrolment, EnrolError> {
        let (camera, clock) = self.with(Doer::Person, |desk| {
            desk.require(account, RecordType::Pending)?;
            let line = desk.line(account)?;
            goal.check(line)?;
            let camera = if line.pending.is_some() { Camera::Closed } else { Camera::Looking };
            Ok::<_, EnrolError>((camera, desk.host.monotonic.clone()))
        })?;
        let session = Session::new(Reader::new(SharedClock(clock)), CAMERA_BUDGET);
        let scan = Mutex::new(Scan { camera, session, shown: None });
        Ok(Enrolment { client: self.clone(), account, goal, scan })
    }
}

impl Enrolment {
    /// Where the enrolment is now. A code is that of this moment: ask again once its window is over.
    ///
    /// # Errors
    /// [`EnrolError`], as of any verb.
    pub fn state(&self) -> Result<EnrolmentState, EnrolError> {
        self.shown(&mut self.scan())
    }

    /// Looks at the next frame of the camera. Frames that come after the scan are not looked at.
    ///
    /// # Errors
    /// [`EnrolError`]; the next frame may do better.
    pub fn feed(&self, frame: &Frame<'_>) -> Result<EnrolmentState, EnrolError> {
        let mut scan = self.scan();
        if !matches!(scan.camera, Camera::Looking) {
            return self.shown(&mut scan);
        }
        let messages = match scan.session.feed(frame) {
            Scanned::Nothing(hint) => return Ok(EnrolmentState::Scanning(Glance::Nothing(hint))),
            Scanned::SeenBefore => return Ok(EnrolmentState::Scanning(Glance::SeenBefore)),
            Scanned::Part { missing } => return Ok(EnrolmentState::Scanning(Glance::Part { missing })),
            Scanned::New(messages) => messages,
        };
        let mut state = EnrolmentState::Scanning(Glance::SeenBefore);
        for message in messages {
            state = self.take(&mut scan, message.text().unwrap_or_default(), Entry::Qr)?;
            if !matches!(scan.camera, Camera::Looking) {
                break;
            }
        }
        Ok(state)
    }

    /// Takes a typed or pasted key, or a link, in the place of a scan.
    ///
    /// # Errors
    /// [`EnrolError::OtherStep`] once there is a secret; what is wrong with the text is a state.
    pub fn enter(&self, text: &str) -> Result<EnrolmentState, EnrolError> {
        let mut scan = self.scan();
        if !matches!(scan.camera, Camera::Looking) {
            return Err(EnrolError::OtherStep);
        }
        self.take(&mut scan, text, Entry::Manual)
    }

    /// Takes an account that was read elsewhere, from a picture, in the place of a scan.
    ///
    /// # Errors
    /// [`EnrolError::OtherStep`] once there is a secret.
    pub fn offer(&self, payload: AccountPayload) -> Result<EnrolmentState, EnrolError> {
        let mut scan = self.scan();
        if !matches!(scan.camera, Camera::Looking) {
            return Err(EnrolError::OtherStep);
        }
        self.weigh(&mut scan, payload)
    }

    /// Goes on with what was scanned, although the card says otherwise or another account has the same secret.
    ///
    /// # Errors
    /// [`EnrolError::OtherStep`] where nothing was asked, or this very account has this very secret.
    pub fn use_anyway(&self) -> Result<EnrolmentState, EnrolError> {
        let mut scan = self.scan();
        match &scan.camera {
            Camera::Mismatch { payload, .. } => self.save(payload)?,
            Camera::Known { payload, account } if *account != self.account => self.save(payload)?,
            Camera::Known { .. } | Camera::Looking | Camera::Closed => return Err(EnrolError::OtherStep),
        }
        scan.camera = Camera::Closed;
        self.shown(&mut scan)
    }

    /// Forgets what was scanned and opens the camera again: the safe answer to every question.
    ///
    /// # Errors
    /// [`EnrolError::OtherStep`] once the secret is saved.
    pub fn scan_again(&self) -> Result<EnrolmentState, EnrolError> {
        let mut scan = self.scan();
        if matches!(scan.camera, Camera::Closed) {
            return Err(EnrolError::OtherStep);
        }
        let clock =
            self.client.with(Doer::Person, |desk| Ok::<_, EnrolError>(desk.host.monotonic.clone()))?;
        scan.session = Session::new(Reader::new(SharedClock(clock)), CAMERA_BUDGET);
        scan.camera = Camera::Looking;
        self.shown(&mut scan)
    }

    /// The service has taken the code: MFA is on, for everybody with access. A replaced secret is sealed for 30 days.
    ///
    /// # Errors
    /// [`EnrolError::OtherStep`] where nothing is pending, or another secret than the one whose code this enrolment has
    /// shown; whatever else it is, the secret is still pending.
    pub fn done(&self) -> Result<EnrolmentState, EnrolError> {
        let mut scan = self.scan();
        self.client.confirm_enrolment(self.account, scan.shown)?;
        scan.camera = Camera::Closed;
        Ok(EnrolmentState::On)
    }

    /// Ends the enrolment and wipes what was scanned. A secret in use stays in use: whether there is one, is the answer.
    ///
    /// # Errors
    /// [`EnrolError`]; what was pending is then still pending.
    pub fn cancel(&self) -> Result<EnrolmentState, EnrolError> {
        let mut scan = self.scan();
        self.client.cancel_enrolment(self.account)?;
        scan.camera = Camera::Closed;
        self.shown(&mut scan)
    }

    fn scan(&self) -> std::sync::MutexGuard<'_, Scan> {
        self.scan.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Reads one text and goes where it leads.
    fn take(&self, scan: &mut Scan, text: &str, entry: Entry) -> Result<EnrolmentState, EnrolError> {
        let payload = match read(text, entry) {
            Ok(Payload::Account(payload)) => payload,
            Ok(Payload::Migration(_)) => return Ok(EnrolmentState::Scanning(Glance::Export)),
            Err(refused) => return Ok(EnrolmentState::Scanning(Glance::Refused(refused))),
        };
        self.weigh(scan, payload)
    }

    /// Saves what was read, unless there is something to ask first.
    fn weigh(&self, scan: &mut Scan, payload: AccountPayload) -> Result<EnrolmentState, EnrolError> {
        let (asked, known) = self.client.with(Doer::Person, |desk| {
            let asked = mismatch(desk.line(self.account)?, &payload);
            Ok::<_, EnrolError>((asked, whose(desk, Some(self.account), &payload)))
        })?;
        scan.camera = match (known, asked) {
            (Some(account), _) => Camera::Known { payload, account },
            (None, Some((card, scanned))) => Camera::Mismatch { payload, card, scanned },
            (None, None) => {
                self.save(&payload)?;
                Camera::Closed
            }
        };
        self.shown(scan)
    }

    fn save(&self, payload: &AccountPayload) -> Result<(), EnrolError> {
        self.client.with(Doer::Person, |desk| {
            self.goal.check(desk.line(self.account)?)?;
            save_pending(desk, self.account, payload)?;
            Ok(desk.commit()?)
        })
    }

    fn shown(&self, scan: &mut Scan) -> Result<EnrolmentState, EnrolError> {
        Ok(match &scan.camera {
            Camera::Looking => EnrolmentState::Scanning(Glance::Nothing(Hint::NothingLikeACode)),
            Camera::Mismatch { card, scanned, .. } => {
                EnrolmentState::LabelMismatch { card: card.clone(), scanned: scanned.clone() }
            }
            Camera::Known { account, .. } => EnrolmentState::SecretKnown { account: *account },
            Camera::Closed => {
                let (state, pending) = self.client.with(Doer::Screen, |desk| stored(desk, self.account))?;
                scan.shown = pending;
                state
            }
        })
    }
}

/// What the store says of an enrolment whose camera is closed, and which secret is pending.
fn stored(desk: &mut Desk<'_>, account: AccountId) -> Result<(EnrolmentState, Option<OtpId>), EnrolError> {
    let line = desk.line(account)?;
    if line.pending.is_none() {
        return Ok((if line.on.is_some() { EnrolmentState::On } else { EnrolmentState::Off }, None));
    }
    let pending = desk.read::<Pending>(desk.controls(account), InstanceId::ZERO)?;
    let pending = pending.content.ok_or(EnrolError::OtherStep)?;
    let secret = secret(&pending.otp)?;
    let code = match parameters(&pending.otp)? {
        OtpParameters::Counter(counter) => PendingCode::Counter(counter.code(&secret)),
        OtpParameters::Time(time) => {
            let code = desk.session.drift.code_at(time, &secret, desk.host.clock.now());
            code.map_or(PendingCode::NoTime, PendingCode::Clock)
        }
    };
    let stale = pending.at.saturating_add(STALE_MS) < desk.now();
    let since = Timestamp::from_unix_millis(pending.at);
    Ok((EnrolmentState::Pending { code, since, stale }, Some(pending.otp.id)))
}

/// The host's monotonic clock for the reader's budget.
struct SharedClock(std::sync::Arc<dyn crate::ports::MonotonicClock>);

impl crate::ports::MonotonicClock for SharedClock {
    fn elapsed(&self) -> std::time::Duration {
        self.0.elapsed()
    }
}

impl fmt::Debug for Enrolment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Enrolment(…)")
    }
}
