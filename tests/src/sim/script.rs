//! What people, the network and chance do in a simulation, one thing a step, and how it all heals.

use std::fmt::Debug;
use std::sync::atomic::Ordering;

use countersign_api::Refusal;
use countersign_core::client::{AccountId, AccountSummary, CardFields, MfaState, Revealed, Unlocked};
use countersign_core::enrol::{Enrolment, EnrolmentState};
use countersign_core::people::{AccountRole, PeopleError};
use countersign_core::sync::{ServerError, SyncError};
use data_encoding::BASE32_NOPAD;

use super::line::Verdict;
use super::oracle::Promised;
use super::world::{Fate, World};

/// Things that happen in one run.
const STEPS: u64 = 250;

/// The most accounts in one run.
const ACCOUNTS: usize = 6;

/// The most that a clock is off, and that passes at once, in seconds.
const DAY: u64 = 24 * 60 * 60;

impl World {
    /// Lets it all happen, and heals it.
    pub(super) fn script(&mut self) -> Result<(), String> {
        while self.step < STEPS {
            self.step += 1;
            self.turn()?;
        }
        self.heal()
    }

    fn turn(&mut self) -> Result<(), String> {
        let device = self.any_device();
        match self.random.below(100) {
            0..=49 => self.network(),
            50..=69 => self.begin_sync(device),
            70..=84 => self.change(device),
            85..=89 => self.share(device),
            90..=92 => self.crash(device),
            93 => self.restart_server(),
            94..=96 => {
                let found = &mut self.devices[device];
                found.is_cut_off = !found.is_cut_off;
                self.say(|| {
                    format!("{} cut off: {}", self.devices[device].name, self.devices[device].is_cut_off)
                });
                Ok(())
            }
            97 => {
                let off = i64::try_from(self.random.below(2 * DAY)).unwrap_or(0);
                self.devices[device].skew = off - DAY.cast_signed();
                self.set_clocks();
                Ok(())
            }
            98 => {
                let passes = self.random.below(DAY) * 1000;
                self.now.fetch_add(passes, Ordering::Relaxed);
                self.set_clocks();
                Ok(())
            }
            _ => self.remove(),
        }
    }

    fn any_device(&mut self) -> usize {
        usize::try_from(self.random.below(self.devices.len() as u64)).unwrap_or(0)
    }

    /// Decides about one of the requests that wait.
    fn network(&mut self) -> Result<(), String> {
        let waiting: Vec<usize> =
            (0..self.devices.len()).filter(|device| self.devices[*device].pending.is_some()).collect();
        if waiting.is_empty() {
            let device = self.any_device();
            return self.begin_sync(device);
        }
        let device = *self.random.pick(&waiting);
        let fate = match self.random.below(100) {
            _ if self.devices[device].is_cut_off => Fate::Lost,
            0..=5 => Fate::Lost,
            6..=13 => Fate::AnswerLost,
            14..=19 => Fate::Twice,
            _ => Fate::Arrives,
        };
        self.deliver(device, fate)
    }

    fn begin_sync(&mut self, device: usize) -> Result<(), String> {
        if self.devices[device].busy.is_some() {
            return Ok(());
        }
        let server = self.devices[device].open()?.server.clone();
        let sync = move || server.sync().map_or_else(|error| verdict(&error), |_| Verdict::Good);
        self.begin(device, "sync", Box::new(sync))
    }

    /// A server that is started again answers none of the requests that it had got.
    fn restart_server(&mut self) -> Result<(), String> {
        self.counts.restarts += 1;
        self.say(|| "the server restarts".to_owned());
        for device in 0..self.devices.len() {
            if self.devices[device].pending.is_some() && self.random.one_in(2) {
                self.deliver(device, Fate::Lost)?;
            }
        }
        self.start_server()
    }

    /// Everybody's clock, as far off as it is.
    pub(super) fn set_clocks(&self) {
        let now = i64::try_from(self.now.load(Ordering::Relaxed) / 1000).unwrap_or(i64::MAX);
        for device in &self.devices {
            device.phone.clock.set_date(now.saturating_add(device.skew));
        }
    }

    /// A person changes something on a device, whatever that is doing.
    fn change(&mut self, device: usize) -> Result<(), String> {
        let unlocked = self.devices[device].open()?.unlocked.clone();
        let accounts = unlocked.accounts("").map_err(|error| error.to_string())?;
        if accounts.is_empty() || (self.random.one_in(5) && self.oracle.accounts.len() < ACCOUNTS) {
            return if self.oracle.accounts.len() < ACCOUNTS { self.add(device, &unlocked) } else { Ok(()) };
        }
        let account = self.random.pick(&accounts).clone();
        let done = match self.random.below(5) {
            0 => self.edit(device, &unlocked, account.id),
            1 => self.save_code(device, &unlocked, account.id),
            2 => self.replace(device, &unlocked, account.id),
            3 if matches!(account.mfa, MfaState::On { .. }) => self.copy(device, &unlocked, account.id),
            _ => Ok(tolerated(unlocked.set_favourite(account.id, self.random.one_in(2)))?.is_some()),
        }?;
        self.counts.changes += u64::from(done);
        Ok(())
    }

    fn add(&mut self, device: usize, unlocked: &Unlocked) -> Result<(), String> {
        let Some(by) = self.devices[device].member else { return Ok(()) };
        let name = format!("account {}", self.oracle.number());
        let card = CardFields { name: name.clone(), ..CardFields::default() };
        let Some(id) = tolerated(unlocked.add_account(&card))? else { return Ok(()) };
        self.say(|| format!("{} adds {name}", self.devices[device].name));
        let promised = Promised {
            name,
            by,
            logins: [String::new()].into(),
            codes: Vec::new(),
            copied: [].into(),
            secrets: Vec::new(),
        };
        self.oracle.accounts.insert(id, promised);
        self.counts.changes += 1;
        if let Some(enrolment) = tolerated(unlocked.activate(id))? {
            self.enrol(device, id, &enrolment)?;
        }
        Ok(())
    }

    /// Whether a new secret was confirmed.
    fn enrol(&mut self, device: usize, account: AccountId, enrolment: &Enrolment) -> Result<bool, String> {
        let key: Vec<u8> = (0..20).map(|_| u8::try_from(self.random.below(256)).unwrap_or(0)).collect();
        let entered = tolerated(enrolment.enter(&BASE32_NOPAD.encode(&key)))?;
        if !matches!(entered, Some(EnrolmentState::Pending { .. })) || tolerated(enrolment.done())?.is_none()
        {
            return Ok(false);
        }
        self.say(|| format!("{} enrols {account}", self.devices[device].name));
        let by = self.devices[device].member;
        if let (Some(promised), Some(by)) = (self.oracle.accounts.get_mut(&account), by) {
            promised.secrets.push(by);
        }
        Ok(true)
    }

    fn replace(&mut self, device: usize, unlocked: &Unlocked, account: AccountId) -> Result<bool, String> {
        match tolerated(unlocked.replace(account))? {
            Some(enrolment) => self.enrol(device, account, &enrolment),
            None => Ok(false),
        }
    }

    fn edit(&mut self, device: usize, unlocked: &Unlocked, account: AccountId) -> Result<bool, String> {
        let Some(details) = tolerated(unlocked.account(account))? else { return Ok(false) };
        let login = format!("login {}", self.oracle.number());
        let card = CardFields { login: login.clone(), ..details.card };
        if tolerated(unlocked.edit_account(account, &card))?.is_none() {
            return Ok(false);
        }
        self.say(|| format!("{} writes {login} on {account}", self.devices[device].name));
        if let Some(promised) = self.oracle.accounts.get_mut(&account) {
            promised.logins.insert(login);
        }
        Ok(true)
    }

    fn save_code(&mut self, device: usize, unlocked: &Unlocked, account: AccountId) -> Result<bool, String> {
        let Some(codes) = tolerated(unlocked.recovery_codes(account))? else { return Ok(false) };
        let code = format!("code-{}", self.oracle.number());
        let mut text: Vec<&str> = codes.iter().map(|code| code.code.as_str()).collect();
        text.push(&code);
        if tolerated(unlocked.save_recovery_codes(account, &text.join("\n")))?.is_none() {
            return Ok(false);
        }
        self.say(|| format!("{} saves {code} in {account}", self.devices[device].name));
        let by = self.devices[device].member;
        if let (Some(promised), Some(by)) = (self.oracle.accounts.get_mut(&account), by) {
            promised.codes.push((by, code));
        }
        Ok(true)
    }

    fn copy(&mut self, device: usize, unlocked: &Unlocked, account: AccountId) -> Result<bool, String> {
        if tolerated(unlocked.reveal(account, Revealed::Copied))?.is_none() {
            return Ok(false);
        }
        self.say(|| format!("{} copies the code of {account}", self.devices[device].name));
        if let Some(promised) = self.oracle.accounts.get_mut(&account) {
            *promised.copied.entry(device).or_default() += 1;
        }
        Ok(true)
    }

    /// An Owner gives somebody access, changes it, or takes it away.
    fn share(&mut self, device: usize) -> Result<(), String> {
        if self.devices[device].busy.is_some() {
            return Ok(());
        }
        let open = self.devices[device].open()?;
        let owned = |account: &AccountSummary| account.role == AccountRole::Owner;
        let accounts = open.unlocked.accounts("").map_err(|error| error.to_string())?;
        let accounts: Vec<AccountId> = accounts.iter().filter(|one| owned(one)).map(|one| one.id).collect();
        let server = open.server.clone();
        let other = self.any_device();
        let (Some(me), Some(member)) = (self.devices[device].member, self.devices[other].member) else {
            return Ok(());
        };
        if accounts.is_empty() || me == member {
            return Ok(());
        }
        let account = *self.random.pick(&accounts);
        let role = *self.random.pick(&[
            Some(AccountRole::Collaborator),
            Some(AccountRole::Owner),
            Some(AccountRole::Owner),
            None,
        ]);
        // Whatever becomes of it: what they had not sent may go.
        if role != Some(AccountRole::Owner) {
            self.oracle.lost.insert((account, member));
        }
        self.say(|| {
            format!(
                "{} shares {account} with {}: {role:?}",
                self.devices[device].name, self.devices[other].name
            )
        });
        self.counts.changes += 1;
        let share = move || {
            server.share(account, member, role).map_or_else(|error| of_people(&error), |_| Verdict::Good)
        };
        self.begin(device, "share", Box::new(share))
    }

    /// Ana removes the one who came last, in some runs.
    fn remove(&mut self) -> Result<(), String> {
        let (ana, last) =
            (0, self.devices.iter().rposition(|device| device.member != self.devices[0].member));
        let Some(member) = last.and_then(|last| self.devices[last].member) else { return Ok(()) };
        if self.devices[ana].busy.is_some() || !self.random.one_in(4) {
            return Ok(());
        }
        self.oracle.removed.insert(member);
        self.counts.changes += 1;
        self.say(|| "Ana removes the one who came last".to_owned());
        let server = self.devices[ana].open()?.server.clone();
        let remove =
            move || server.remove_member(member).map_or_else(|error| of_people(&error), |_| Verdict::Good);
        self.begin(ana, "remove", Box::new(remove))
    }

    /// The network works, clocks are right, and everything that is under way comes to its end.
    fn heal(&mut self) -> Result<(), String> {
        self.say(|| "all heals".to_owned());
        for device in 0..self.devices.len() {
            self.devices[device].is_cut_off = false;
            self.devices[device].skew = 0;
            while self.devices[device].pending.is_some() {
                self.deliver(device, Fate::Arrives)?;
            }
        }
        self.set_clocks();
        (0..self.devices.len()).try_for_each(|device| self.devices[device].reopen())
    }
}

/// How a sync may end on such a network.
fn verdict(error: &SyncError) -> Verdict {
    let is_excused = match error {
        SyncError::Busy | SyncError::Server(ServerError::Transport(_)) => true,
        // A day passed between a challenge and its answer; or the device was removed in the midst of it.
        SyncError::Server(ServerError::Refused { refusal, .. }) => {
            matches!(refusal, Refusal::Unauthorized | Refusal::Forbidden)
        }
        _ => false,
    };
    let why = error.to_string();
    if is_excused { Verdict::Excused(why) } else { Verdict::Wrong(format!("{why} ({error:?})")) }
}

/// How a change of who has what may end.
fn of_people(error: &PeopleError) -> Verdict {
    match error {
        PeopleError::Sync(error) => verdict(error),
        error => Verdict::Excused(error.to_string()),
    }
}

/// What a verb gave; nothing where it was refused, which it may be, but by a store that is broken.
fn tolerated<T, E: std::error::Error + Debug>(done: Result<T, E>) -> Result<Option<T>, String> {
    match done {
        Ok(done) => Ok(Some(done)),
        Err(error) => {
            let shown = format!("{error:?}");
            if shown.contains("Damaged") || shown.contains("Sqlite") {
                Err(format!("{error} ({shown})"))
            } else {
                Ok(None)
            }
        }
    }
}
