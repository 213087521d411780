//! `cargo xtask kill`: kills a client at random moments and looks at what it left.
//!
//! A child process works on a real store and says on its standard output what was reported as saved. The parent kills it
//! (SIGKILL) after a random time, opens the store, and holds it against what was said: nothing that was reported may be
//! missing, nothing may be half done or there twice. The next child goes on with the same store.

mod batch;
mod child;
mod files;
mod judge;
mod older;
mod scene;

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, ExitCode, Stdio};
use std::time::Duration;

use anyhow::Context as _;
use countersign_tests::folder::Folder;

use crate::repository::Repository;
use crate::tally::Tally;
use scene::{Random, Scene};

/// Kills on one store before the next one is begun: the first steps of a store are kill points, too.
const RUNS_PER_STORE: u64 = 10;
/// The longest that a child lives, in ms.
const LONGEST_MS: u64 = 400;

/// Kills a client at random moments and looks at what it left.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How many times.
    #[arg(long, default_value_t = 50)]
    runs: u64,
    /// Where the random numbers begin; printed with every failure.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Be the one who is killed, in this folder. Used by the command itself.
    #[arg(long, hide = true)]
    child: Option<std::path::PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    if let Some(folder) = &arguments.child {
        child::work(&Scene::new(folder), arguments.seed)?;
        return Ok(ExitCode::SUCCESS);
    }
    Ok(kill(&std::env::current_exe()?, arguments.runs, arguments.seed)?.exit_code())
}

/// The part of it that every test run has.
pub(crate) fn suite(repository: &Repository) -> anyhow::Result<Tally> {
    kill(repository.program(), 50, 1)
}

/// Kills `runs` times; a failure is printed with its seed and does not end the run.
fn kill(program: &Path, runs: u64, first_seed: u64) -> anyhow::Result<Tally> {
    let mut tally = Tally::default();
    let mut steps = 0;
    let mut killed_in = BTreeMap::<String, usize>::new();
    let another = Folder::new();
    let backup = another.path().join(files::OF_ANOTHER);
    files::backup_of_another(&backup)?;
    let mut folder = Folder::new();
    for number in 0..runs {
        if number % RUNS_PER_STORE == 0 {
            folder = Folder::new();
        }
        std::fs::copy(&backup, folder.path().join(files::OF_ANOTHER))?;
        let seed = first_seed.wrapping_mul(1_000_003).wrapping_add(number);
        let scene = Scene::new(folder.path());
        let before = judge::look(&scene).with_context(|| format!("before run {number}, seed {seed}"))?;
        let said = kill_one(program, &scene, seed)?;
        let mut begun = said.iter().filter_map(|line| line.strip_prefix("begins|"));
        steps += said.len() - begun.clone().count();
        *killed_in.entry(begun.next_back().unwrap_or("start").to_owned()).or_default() += 1;
        let verdict = judge::look(&scene).and_then(|after| judge::compare(&before, &said, &after));
        match verdict {
            Ok(()) => tally.passed += 1,
            Err(error) => {
                tally.failed += 1;
                say!("run {number}, seed {seed}: {error:#}");
                say!("  the child's last words: {:?}", said.last());
                folder = Folder::new();
            }
        }
    }
    let killed_in: Vec<_> = killed_in.iter().map(|(what, count)| format!("{what} {count}")).collect();
    say!("killed in: {}", killed_in.join(" · "));
    say!("{runs} kills, {steps} steps reported as saved, {} failed", tally.failed);
    Ok(tally)
}

/// Starts a child, kills it, and returns what it said was saved.
fn kill_one(program: &Path, scene: &Scene, seed: u64) -> anyhow::Result<Vec<String>> {
    let mut child = Command::new(program)
        .args(["kill", "--seed", &seed.to_string(), "--child"])
        .arg(scene.folder())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {}", program.display()))?;
    let output = child.stdout.take().context("the child has an output")?;
    let reader = std::thread::spawn(move || {
        // A line without its end was cut by the kill: it was not said.
        let lines = BufReader::new(output).split(b'\n');
        lines.map_while(Result::ok).filter_map(|line| String::from_utf8(line).ok()).collect::<Vec<_>>()
    });
    wait(Duration::from_millis(Random::new(seed).below(LONGEST_MS)));
    child.kill()?;
    let status = child.wait()?;
    anyhow::ensure!(!status.success() && status.code().is_none(), "the child ended by itself: {status}");
    reader.join().map_err(|_| anyhow::anyhow!("the child's output was not read"))
}

#[allow(clippy::disallowed_methods, reason = "the moment of the kill is what this command is about")]
fn wait(time: Duration) {
    std::thread::sleep(time);
}
