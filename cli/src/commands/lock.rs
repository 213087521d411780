//! `countersign unlock`, `lock` and `workspaces`: what is open, for how long, and what there is to open.

use std::path::Path;

use countersign_core::ports::Timestamp;
use serde::Serialize;

use super::Desk;
use crate::agent;
use crate::arguments::Unlock;
use crate::escape::visible;
use crate::hint;
use crate::moment;
use crate::outcome::{Exit, Failure};
use crate::problem::Problem;
use crate::view::answer::Answer;
use crate::workspace::{EXTENSION, beside, folder};

pub(super) fn unlock(arguments: &Unlock, desk: &mut Desk<'_, '_>) -> Result<Answer, Failure> {
    let key = desk.workspace.key()?;
    let time = arguments.time.time();
    agent::start(desk.workspace.agent(), &key, time).map_err(|error| {
        let problem = Problem::new(
            "no_agent",
            format!("the agent cannot be started: {error}"),
            "A store with a shorter path may help; without an agent each command asks for the passphrase.",
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

pub(super) fn lock(desk: &Desk<'_, '_>) -> Answer {
    let was_open = agent::lock(desk.workspace.agent());
    let line = if was_open { "Locked" } else { "It was locked already" };
    Answer::new(line).field("was_unlocked", was_open)
}

/// A store in the usual folder, or the one that is used now.
#[derive(Serialize)]
struct StoreView {
    store: String,
    used: bool,
    unlocked: bool,
    seconds_left: Option<u64>,
}

pub(super) fn workspaces(desk: &Desk<'_, '_>) -> Result<Answer, Failure> {
    let used = desk.workspace.store().to_owned();
    let folder = folder().ok().and_then(|folder| std::fs::read_dir(folder).ok());
    let mut stores: Vec<_> = folder
        .into_iter()
        .flatten()
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == EXTENSION))
        .map(|path| path.canonicalize().unwrap_or(path))
        .chain(used.exists().then(|| used.clone()))
        .collect();
    stores.sort();
    stores.dedup();
    if stores.is_empty() {
        // The same words as for any other command that needs one.
        desk.workspace.open()?;
    }
    let views: Vec<StoreView> = stores
        .iter()
        .map(|store| {
            let left = agent::left(&beside(store, "agent")).map(|left| left.as_secs());
            let name = store.to_string_lossy().into_owned();
            StoreView { store: name, used: *store == used, unlocked: left.is_some(), seconds_left: left }
        })
        .collect();
    let lines = views.iter().map(|view| {
        let mark = if view.used { "*" } else { " " };
        let state = view.seconds_left.map_or("locked".to_owned(), |left| format!("unlocked for {left} s"));
        format!("{mark} {}   {state}", visible(&view.store))
    });
    let answer = Answer::lines(lines.collect::<Vec<_>>()).field("workspaces", &views);
    Ok(match views.iter().find(|view| !view.used) {
        Some(other) => answer.next(format!("list {}", hint::named(Path::new(&other.store)))),
        None => answer,
    })
}
