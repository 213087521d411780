//! What a store holds after a kill, and whether it may.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, ensure};
use countersign_core::client::{CodeOfAccount, MfaState, Unlocked};

use super::scene::{COUNTER, Scene, code};
use super::{batch, files, older};

/// How far an account is: each step implies those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Reached {
    Added,
    Pending,
    On,
    Replacing,
    Replaced,
}

/// What is in a store.
#[derive(Debug, Default)]
pub(super) struct Seen {
    empty: bool,
    accounts: BTreeMap<String, Reached>,
    binned: Vec<String>,
    imported: usize,
    /// The counter that was drawn to see how far it is.
    drawn: Option<u64>,
    /// Accounts in each export.
    exports: BTreeMap<String, usize>,
    /// Batches of another app that came in, each whole.
    batches: BTreeSet<String>,
    /// Stores of earlier versions, each of which is up to date now.
    migrated: Vec<String>,
}

/// Looks at a store as the next start of the app would, after SQLite itself has found it sound.
pub(super) fn look(scene: &Scene) -> anyhow::Result<Seen> {
    let mut seen = Seen { empty: true, migrated: older::look(scene)?, ..Seen::default() };
    if !scene.store().exists() {
        return Ok(seen);
    }
    // First as it was left, journal and all; then as SQLite sees it.
    let client = scene.open().context("open")?;
    if client.state()? == countersign_core::client::ClientState::Empty {
        return Ok(seen);
    }
    let unlocked = client.unlock().context("unlock")?;
    seen.empty = false;
    seen.exports = files::exports(scene, &unlocked)?;
    let mut of_batches = BTreeMap::<String, usize>::new();
    for account in unlocked.accounts("")? {
        if *account.name == *COUNTER {
            if matches!(account.mfa, MfaState::On { .. }) {
                seen.drawn = Some(unlocked.draw(account.id)?.counter);
            }
            continue;
        }
        let reached = reached(&unlocked, account.id, &account.name, account.mfa)
            .with_context(|| format!("{}, {:?}", account.name, account.mfa))?;
        if account.name.starts_with("imported") {
            ensure!(reached == Reached::On, "half an import: {}", account.name);
            seen.imported += 1;
        }
        if let Some(batch) = batch::of(&account.name) {
            ensure!(reached == Reached::On, "half a batch: {}", account.name);
            *of_batches.entry(batch.to_owned()).or_default() += 1;
        }
        let twice = seen.accounts.insert(account.name.to_string(), reached);
        ensure!(twice.is_none(), "{} is there twice", account.name);
    }
    ensure!([0, 10].contains(&seen.imported), "an import of ten left {}", seen.imported);
    let half = of_batches.iter().find(|(_, count)| **count != batch::ACCOUNTS);
    ensure!(half.is_none(), "a batch came in in part: {half:?}");
    seen.batches = of_batches.into_keys().collect();
    seen.binned = unlocked.bin()?.into_iter().map(|binned| binned.summary.name.to_string()).collect();
    drop((unlocked, client));
    scene.sound_format()?;
    Ok(seen)
}

/// How far an account is by what it says, which its secrets must bear out.
fn reached(
    unlocked: &Unlocked,
    account: countersign_protocol::ids::AccountId,
    name: &str,
    mfa: MfaState,
) -> anyhow::Result<Reached> {
    unlocked.account(account)?;
    let sealed = unlocked.replaced_secrets(account)?.len();
    let shown = match unlocked.codes(&[account])?.pop().context("an account on the list")?.code {
        CodeOfAccount::Now(code) => Some(code.digits.as_str().to_owned()),
        _ => None,
    };
    let (first, second) = (Some(code(name, 1)?), Some(code(name, 2)?));
    Ok(match mfa {
        MfaState::Off => {
            ensure!(shown.is_none() && sealed == 0, "off with a secret");
            Reached::Added
        }
        MfaState::Pending { .. } => {
            ensure!(shown.is_none() && sealed == 0, "pending with a code");
            let state = unlocked.activate(account)?.state()?;
            ensure!(
                matches!(state, countersign_core::enrol::EnrolmentState::Pending { .. }),
                "pending without its secret: {state:?}"
            );
            Reached::Pending
        }
        MfaState::On { replacing: Some(_), .. } => {
            ensure!(shown == first && sealed == 0, "another secret than the one in use");
            Reached::Replacing
        }
        MfaState::On { replacing: None, .. } if sealed == 0 => {
            ensure!(shown == first, "another code than the secret's");
            Reached::On
        }
        MfaState::On { replacing: None, .. } => {
            ensure!(shown == second && sealed == 1, "not the second secret, or not the first one sealed");
            Reached::Replaced
        }
    })
}

/// What must be there at least: what was there before, and what a child has reported since.
struct Least {
    accounts: BTreeMap<String, Reached>,
    binned: Vec<String>,
    batches: BTreeSet<String>,
    /// The last counter that was shown.
    drawn: Option<u64>,
}

impl Least {
    fn of(before: &Seen) -> Self {
        Self {
            accounts: before.accounts.clone(),
            binned: before.binned.clone(),
            batches: before.batches.clone(),
            drawn: before.drawn,
        }
    }

    /// Takes in one line. What a later step cannot change is held against the store at once.
    fn hear(&mut self, line: &str, after: &Seen) -> anyhow::Result<()> {
        let mut parts = line.split('|');
        let (what, name) = (parts.next().unwrap_or_default(), parts.next().unwrap_or_default().to_owned());
        let mut number = || -> anyhow::Result<u64> { Ok(parts.next().unwrap_or_default().parse()?) };
        let reached = match what {
            "begins" => return Ok(()),
            "workspace" => {
                ensure!(!after.empty, "the workspace is gone");
                return Ok(());
            }
            "imported" => {
                ensure!(after.imported == 10, "the import is gone");
                return Ok(());
            }
            "exported" => {
                let accounts = usize::try_from(number()?)?;
                ensure!(
                    after.exports.get(&name) == Some(&accounts),
                    "the export {name} is not what was said"
                );
                return Ok(());
            }
            "migrated" => {
                ensure!(after.migrated.contains(&name), "the older store {name} is gone");
                return Ok(());
            }
            "drawn" => {
                let counter = number()?;
                ensure!(
                    self.drawn.is_none_or(|last| counter > last),
                    "the counter {counter} was shown twice"
                );
                self.drawn = Some(counter);
                return Ok(());
            }
            "batch" => {
                self.batches.insert(name);
                return Ok(());
            }
            "binned" => {
                self.accounts.remove(&name);
                self.binned.push(name);
                return Ok(());
            }
            "added" => Reached::Added,
            "pending" => Reached::Pending,
            "on" => Reached::On,
            "replacing" => Reached::Replacing,
            "replaced" => Reached::Replaced,
            other => anyhow::bail!("the child said {other}"),
        };
        self.accounts.insert(name, reached);
        Ok(())
    }
}

/// Holds a store against what was in it before and what a child has reported since.
pub(super) fn compare(before: &Seen, said: &[String], after: &Seen) -> anyhow::Result<()> {
    let mut least = Least::of(before);
    for line in said {
        least.hear(line, after)?;
    }
    let is_ahead = |last| after.drawn.is_some_and(|next| next > last);
    ensure!(least.drawn.is_none_or(is_ahead), "the counter went back");
    ensure!(least.batches.is_subset(&after.batches), "a batch is gone");
    let mut unsaid = after.batches.difference(&least.batches).count();
    for (name, least) in &least.accounts {
        match after.accounts.get(name) {
            Some(reached) if reached == least => {}
            Some(reached) if reached > least => unsaid += 1,
            // The one step in flight may have put it into the bin.
            None if after.binned.contains(name) => unsaid += 1,
            found => anyhow::bail!("{name} was reported as {least:?} and is {found:?}"),
        }
    }
    ensure!(least.binned.iter().all(|name| after.binned.contains(name)), "something left the bin by itself");
    let new = after
        .accounts
        .keys()
        .filter(|name| name.starts_with("account") && !least.accounts.contains_key(*name));
    unsaid += new.count();
    ensure!(unsaid <= 1, "{unsaid} steps were done that nobody reported: only one can be in flight");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(accounts: &[(&str, Reached)]) -> Seen {
        let accounts = accounts.iter().map(|(name, reached)| ((*name).to_owned(), *reached)).collect();
        Seen { accounts, ..Seen::default() }
    }

    fn holds(said: &[&str], after: &Seen) -> bool {
        let said: Vec<String> = said.iter().map(|line| (*line).to_owned()).collect();
        compare(&Seen::default(), &said, after).is_ok()
    }

    #[test]
    fn a_counter_that_was_shown_is_never_shown_again() {
        let drawn = |next| Seen { drawn: Some(next), ..Seen::default() };
        assert!(holds(&["drawn|counted|0", "drawn|counted|1"], &drawn(2)));
        assert!(!holds(&["drawn|counted|0", "drawn|counted|0"], &drawn(2)));
        assert!(!holds(&["drawn|counted|0", "drawn|counted|1"], &drawn(1)));
        assert!(!holds(&["drawn|counted|0"], &Seen::default()));
    }

    #[test]
    fn what_was_reported_must_be_there_and_one_step_more_may_be() {
        let on = seen(&[("account 1", Reached::On)]);
        assert!(holds(&["added|account 1", "pending|account 1", "on|account 1"], &on));
        assert!(holds(&["added|account 1", "pending|account 1"], &on));
        assert!(!holds(&["on|account 1", "replaced|account 1"], &on));
        assert!(!holds(&["added|account 2"], &on));
    }

    #[test]
    fn two_steps_that_nobody_reported_or_a_file_of_another_length_are_failures() {
        let two = seen(&[("account 1", Reached::On), ("account 2", Reached::Added)]);
        assert!(holds(&["on|account 1"], &two));
        assert!(!holds(&[], &two));
        let exports = BTreeMap::from([("export-1".to_owned(), 3)]);
        let exported = Seen { exports, ..Seen::default() };
        assert!(holds(&["exported|export-1|3"], &exported));
        assert!(!holds(&["exported|export-1|4"], &exported));
    }

    #[test]
    fn a_batch_and_a_store_that_was_brought_up_to_date_stay() {
        let batches = |names: &[&str]| Seen {
            batches: names.iter().map(|name| (*name).to_owned()).collect(),
            ..Seen::default()
        };
        assert!(holds(&["begins|batch", "batch|batch 1"], &batches(&["batch 1", "batch 2"])));
        assert!(!holds(&["batch|batch 1"], &batches(&["batch 2"])));
        assert!(!holds(&[], &batches(&["batch 1", "batch 2"])));
        let migrated = Seen { migrated: vec!["1-1".to_owned()], ..Seen::default() };
        assert!(holds(&["migrated|1-1"], &migrated));
        assert!(!holds(&["migrated|1-2"], &migrated));
    }
}
