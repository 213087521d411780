//! What must hold when a simulation has healed: all show the same, nothing is lost, nothing is there twice.

use std::collections::{BTreeMap, BTreeSet};

use countersign_core::client::{AccountId, Action, CodeOfAccount, MfaState, Unlocked};
use countersign_core::people::{AccountRole, Standing, UserId};
use countersign_core::sync::Notice;

use super::world::World;

/// Rounds in which each device syncs once, before they must have come to rest.
const ROUNDS: usize = 12;

/// What a device shows of an account.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Shown {
    card: Vec<String>,
    mfa: &'static str,
    code: Option<String>,
    deeds: Vec<String>,
    access: BTreeMap<UserId, AccountRole>,
    /// What Owners see: recovery codes that are left, and secrets that can be restored.
    owners: Option<(u64, usize)>,
}

type Show = BTreeMap<AccountId, Shown>;

impl World {
    /// Syncs until nothing happens any more, and looks at what there is.
    pub(super) fn judge(&mut self) -> Result<(), String> {
        self.rest()?;
        let tablet = self.link_to(0, "a new device")?;
        self.sync_well(tablet)?;
        self.rest()?;
        let members: Vec<usize> =
            (0..self.devices.len()).filter(|device| !self.is_removed(*device)).collect();
        self.check_removed()?;
        self.check_notices(&members)?;
        let shows: Vec<(usize, Show)> =
            members.iter().map(|&device| Ok((device, self.show(device)?))).collect::<Result<_, String>>()?;
        self.compare(&shows)?;
        self.check_promises(&shows)?;
        self.check_codes(&shows)
    }

    /// Syncs round after round until a whole one has done nothing.
    fn rest(&mut self) -> Result<(), String> {
        for _ in 0..ROUNDS {
            let mut moved = 0;
            for device in 0..self.devices.len() {
                let synced = self.sync_well(device)?;
                moved += synced.received + synced.sent;
            }
            if moved == 0 {
                return Ok(());
            }
        }
        Err(format!("the devices are not at rest after {ROUNDS} rounds"))
    }

    fn unlocked(&self, device: usize) -> Result<&Unlocked, String> {
        Ok(&self.devices[device].open()?.unlocked)
    }

    fn is_removed(&self, device: usize) -> bool {
        let standing = self.unlocked(device).map(Unlocked::standing);
        !matches!(standing, Ok(Ok(Standing::Member)))
    }

    fn check_removed(&self) -> Result<(), String> {
        for (number, device) in self.devices.iter().enumerate() {
            let was_to_be = device.member.is_some_and(|member| self.oracle.removed.contains(&member));
            let is_removed = self.is_removed(number);
            if is_removed && !was_to_be {
                return Err(format!("{} was removed by nobody", device.name));
            }
            let accounts = self.unlocked(number)?.accounts("").map_err(|error| error.to_string())?;
            if is_removed && !accounts.is_empty() {
                return Err(format!("{} is removed and has accounts", device.name));
            }
        }
        Ok(())
    }

    /// Nobody was attacked, so nobody is alarmed; everything is sent; all have the same history.
    fn check_notices(&self, members: &[usize]) -> Result<(), String> {
        let mut histories = BTreeSet::new();
        for &device in members {
            let (unlocked, name) = (self.unlocked(device)?, &self.devices[device].name);
            for (_, notice) in unlocked.notices().map_err(|error| error.to_string())? {
                match notice {
                    Notice::TwoSecrets { .. }
                    | Notice::LeftOut { .. }
                    | Notice::Overtaken
                    | Notice::UnsentLost { .. } => {}
                    alarm => return Err(format!("{name} is alarmed: {alarm:?}")),
                }
            }
            let unsent = unlocked.unsent().map_err(|error| error.to_string())?;
            if unsent > 0 {
                return Err(format!("{name} has {unsent} changes that are not sent"));
            }
            histories.insert(unlocked.safety_words(None).map_err(|error| error.to_string())?);
        }
        if histories.len() == 1 { Ok(()) } else { Err("not all have the same history".to_owned()) }
    }

    fn show(&self, device: usize) -> Result<Show, String> {
        let unlocked = self.unlocked(device)?;
        let accounts = unlocked.accounts("").map_err(|error| error.to_string())?;
        let ids: BTreeSet<AccountId> = accounts.iter().map(|account| account.id).collect();
        if ids.len() != accounts.len() {
            return Err(format!("{} has an account twice", self.devices[device].name));
        }
        ids.into_iter().map(|id| Ok((id, shown(unlocked, id)?))).collect()
    }

    /// Whoever has an account shows the same of it, and whoever has access has it.
    fn compare(&self, shows: &[(usize, Show)]) -> Result<(), String> {
        for &(device, ref show) in shows {
            for (id, mine) in show {
                for &(other, ref others) in shows {
                    let (name, other_name) = (&self.devices[device].name, &self.devices[other].name);
                    let role = self.devices[other].member.and_then(|member| mine.access.get(&member));
                    match (role, others.get(id)) {
                        (None, None) => {}
                        (Some(_), None) => {
                            return Err(format!("{other_name} has access to {id} and not the account"));
                        }
                        (None, Some(_)) => return Err(format!("{other_name} has {id} without access")),
                        (Some(_), Some(theirs)) if is_same(mine, theirs) => {}
                        (Some(_), Some(theirs)) => {
                            return Err(format!(
                                "of {id}, {name} shows {mine:?} and {other_name} {theirs:?}"
                            ));
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// What was acknowledged is there, once.
    fn check_promises(&self, shows: &[(usize, Show)]) -> Result<(), String> {
        for (id, promised) in &self.oracle.accounts {
            let mut showing = shows.iter().filter_map(|(_, show)| show.get(id));
            let Some(shown) = showing.next() else {
                if self.oracle.holds(*id, promised.by) {
                    return Err(format!("{} is lost", promised.name));
                }
                continue;
            };
            if shown.card[0] != promised.name || !promised.logins.contains(&shown.card[1]) {
                return Err(format!("{} has a card that nobody wrote: {:?}", promised.name, shown.card));
            }
            for (&device, &copied) in &promised.copied {
                let member = self.devices[device].member;
                if !member.is_some_and(|member| self.oracle.holds(*id, member)) {
                    continue;
                }
                let by = format!("{} {:?}", self.device_id(device)?, Action::Copied);
                let told = shown.deeds.iter().filter(|deed| deed.starts_with(&by)).count() as u64;
                if told != copied {
                    let name = &self.devices[device].name;
                    return Err(format!(
                        "{name} copied the code of {} {copied} times, and {told} are told",
                        promised.name
                    ));
                }
            }
            let all_hold = promised.secrets.iter().all(|by| self.oracle.holds(*id, *by));
            let owners = shows.iter().find_map(|(_, show)| show.get(id)?.owners);
            if let (true, Some((_, restorable))) = (all_hold, owners)
                && restorable + 1 < promised.secrets.len()
            {
                return Err(format!(
                    "of {} secrets of {}, {restorable} can be restored",
                    promised.secrets.len(),
                    promised.name
                ));
            }
        }
        Ok(())
    }

    fn device_id(&self, device: usize) -> Result<String, String> {
        let devices = self.unlocked(device)?.devices(None).map_err(|error| error.to_string())?;
        let this = devices.iter().find(|device| device.is_this);
        Ok(this.map(|device| device.id.to_string()).unwrap_or_default())
    }

    /// Recovery codes are there, once. Looking at them writes, so this comes last.
    fn check_codes(&self, shows: &[(usize, Show)]) -> Result<(), String> {
        for (id, promised) in &self.oracle.accounts {
            let owner =
                shows.iter().find(|(_, show)| show.get(id).is_some_and(|shown| shown.owners.is_some()));
            let Some(&(device, _)) = owner else { continue };
            let codes = self.unlocked(device)?.recovery_codes(*id).map_err(|error| error.to_string())?;
            for (by, code) in &promised.codes {
                let times = codes.iter().filter(|held| *held.code == *code).count();
                let is_right = if self.oracle.holds(*id, *by) { times == 1 } else { times <= 1 };
                if !is_right {
                    return Err(format!("{code} is there {times} times"));
                }
            }
            let known: BTreeSet<&str> = promised.codes.iter().map(|(_, code)| code.as_str()).collect();
            if let Some(code) = codes.iter().find(|held| !known.contains(held.code.as_str())) {
                return Err(format!("nobody saved {}", *code.code));
            }
        }
        Ok(())
    }
}

fn is_same(one: &Shown, other: &Shown) -> bool {
    let both_own = one.owners.is_some() && other.owners.is_some();
    one.card == other.card
        // What is pending is nothing to a Collaborator.
        && (one.mfa == other.mfa || !both_own && one.mfa != "on" && other.mfa != "on")
        && one.code == other.code
        && one.deeds == other.deeds
        && one.access == other.access
        && (!both_own || one.owners == other.owners)
}

fn shown(unlocked: &Unlocked, id: AccountId) -> Result<Shown, String> {
    let text = |error: &dyn std::error::Error| error.to_string();
    let details = unlocked.account(id).map_err(|error| text(&error))?;
    let code = match unlocked.codes(&[id]).map_err(|error| text(&error))?.pop().map(|code| code.code) {
        Some(CodeOfAccount::Now(code)) => Some(code.digits.as_str().to_owned()),
        _ => None,
    };
    let mut deeds: Vec<String> = unlocked
        .activity(id)
        .map_err(|error| text(&error))?
        .iter()
        .map(|deed| {
            format!("{} {:?} {} {:?}", deed.device, deed.action, deed.at.unix_seconds(), deed.subject)
        })
        .collect();
    deeds.sort();
    let access = unlocked.access(id).map_err(|error| text(&error))?;
    let is_owner = details.summary.role == AccountRole::Owner;
    let owners = if is_owner {
        let restorable = unlocked.replaced_secrets(id).map_err(|error| text(&error))?.len();
        Some((details.recovery_codes, restorable))
    } else {
        None
    };
    let card = details.card;
    Ok(Shown {
        card: vec![card.name, card.login, card.app, card.address, card.notes],
        mfa: match details.summary.mfa {
            MfaState::Off => "off",
            MfaState::On { .. } => "on",
            MfaState::Pending { .. } => "pending",
        },
        code,
        deeds,
        access: access.iter().map(|access| (access.member, access.role)).collect(),
        owners,
    })
}
