//! `countersign unlock`, `lock` and `workspaces`: what is open, for how long, and what there is to open.

use std::path::{Path, PathBuf};

use countersign_core::ports::Timestamp;
use serde::Serialize;

use super::Desk;
use crate::agent;
use crate::arguments::{Unlock, Workspaces};
use crate::escape::visible;
use crate::hint;
use crate::moment;
use crate::outcome::{Exit, Failure};
use crate::problem::Problem;
use crate::view::answer::Answer;
use crate::workspace::{agent_of, folder, known, unlocked};

pub(super) fn unlock(arguments: &Unlock, desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    let key = desk.workspace.key()?;
    let time = arguments.time.time();
    let folder = folder().ok();
    agent::start(desk.workspace.store(), folder.as_deref(), &key, time).map_err(|error| {
        let problem = Problem::new(
            "no_agent",
            format!("the agent cannot be started: {error}"),
            "Without an agent each command asks for the passphrase. A shorter path of the store, or of XDG_DATA_HOME, may help.",
        );
        Failure::Workspace(Exit::Refused, problem)
    })?;
    let seconds = i64::try_from(time.as_secs()).unwrap_or(i64::MAX);
    let until = desk.ports.clock.now().unix_seconds().saturating_add(seconds);
    Ok(Answer::new(format!("Unlocked until {}", moment::shown(Timestamp::from_unix_seconds(until))))
        .field("until", until)
        .next("list")
        .next("lock"))
}

/// Ends the agent of the store that `--store` names, and tells of the others; without it, ends all of them.
pub(super) fn lock(arguments: &Workspaces, desk: &Desk<'_, '_>) -> Answer {
    let used = desk.workspace.store();
    let was_open = agent::lock(desk.workspace.agent());
    let mut others = unlocked();
    others.retain(|store| store != used);
    let line = if was_open { "Locked" } else { "It was locked already" };
    let mut answer = Answer::new(line).field("was_unlocked", was_open);
    let names: Vec<String> = others.iter().map(|store| store.to_string_lossy().into_owned()).collect();
    if arguments.common.opening.store.is_some() {
        for (store, name) in others.iter().zip(&names) {
            answer = answer.line(format!("Still unlocked: {}", visible(name)));
            answer = answer.next(format!("lock {}", hint::named(store)));
        }
        return answer.field("also_locked", Vec::<String>::new()).field("still_unlocked", names);
    }
    let (locked, open): (Vec<_>, Vec<_>) =
        others.iter().zip(names).partition(|(store, _)| agent::lock(&agent_of(store)));
    let only_names = |stores: Vec<(&PathBuf, String)>| stores.into_iter().map(|(_, name)| name).collect();
    let (locked, open): (Vec<String>, Vec<String>) = (only_names(locked), only_names(open));
    for name in &locked {
        answer = answer.line(format!("Locked as well: {}", visible(name)));
    }
    for name in &open {
        answer = answer.line(format!("Still unlocked: {}", visible(name)));
    }
    answer.field("also_locked", locked).field("still_unlocked", open)
}

/// A store that can be told of.
#[derive(Serialize)]
struct StoreView {
    store: String,
    used: bool,
    exists: bool,
    unlocked: bool,
    seconds_left: Option<u64>,
}

pub(super) fn workspaces(desk: &Desk<'_, '_>) -> Result<Answer, Failure> {
    let used = desk.workspace.store();
    let stores = known(used);
    if stores.iter().all(|store| !store.exists()) {
        // The same words as for any other command that needs one.
        desk.workspace.open()?;
    }
    let views: Vec<StoreView> = stores.iter().map(|store| view(store, used)).collect();
    let lines = views.iter().map(|view| {
        let mark = if view.used { "*" } else { " " };
        let state = match (view.exists, view.seconds_left) {
            (false, _) => "not there yet".to_owned(),
            (true, None) => "locked".to_owned(),
            (true, Some(left)) => format!("unlocked for {left} s"),
        };
        format!("{mark} {}   {state}", visible(&view.store))
    });
    let mut answer = Answer::lines(lines.collect::<Vec<_>>()).field("workspaces", &views);
    if views.iter().any(|view| view.used && !view.exists) {
        answer = answer.next("init");
    }
    Ok(match stores.iter().find(|store| *store != used) {
        Some(other) => answer.next(format!("list {}", hint::named(other))),
        None => answer,
    })
}

fn view(store: &Path, used: &Path) -> StoreView {
    let left = agent::left(&agent_of(store)).map(|left| left.as_secs());
    StoreView {
        store: store.to_string_lossy().into_owned(),
        used: store == used,
        exists: store.exists(),
        unlocked: left.is_some(),
        seconds_left: left,
    }
}
