//! Simulated phones: the sync engine with its real store, and the real server's code, on a network that a seed decides.
//!
//! Three to five devices work on one workspace at once. A scheduler lets exactly one of them go on at a time, from request to
//! request, and says what becomes of each: it arrives or does not, twice, late, its answer is lost. Devices crash between two
//! requests, the server restarts, clocks jump by a day, people are given access and lose it. In the end everything heals, and
//! all must show the same: nothing that was acknowledged is lost, nothing is there twice. The same seed gives the same run.

mod by_time;
mod device;
mod judge;
mod line;
mod oracle;
mod people;
mod script;
mod world;

use std::fmt;

use world::World;

/// How the server counts changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cursors {
    /// By the position that the write transaction takes.
    ByPosition,
    /// By the time at which a write was asked for: wrong on purpose, to show that it is found.
    ByTime,
}

/// What happened in a run.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Runs that ended as they must.
    pub runs: u64,
    /// Requests that reached the server.
    pub requests: u64,
    /// Requests or answers that were lost, and requests that arrived twice.
    pub faults: u64,
    /// Devices that crashed.
    pub crashes: u64,
    /// Times the server restarted.
    pub restarts: u64,
    /// Changes that people made.
    pub changes: u64,
}

impl Counts {
    /// Both together.
    pub const fn add(&mut self, other: &Self) {
        self.runs += other.runs;
        self.requests += other.requests;
        self.faults += other.faults;
        self.crashes += other.crashes;
        self.restarts += other.restarts;
        self.changes += other.changes;
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { runs, requests, faults, crashes, restarts, changes } = self;
        write!(
            f,
            "{runs} converged; {changes} changes, {requests} requests, {faults} lost or repeated, \
             {crashes} crashes, {restarts} restarts"
        )
    }
}

/// A run that did not end as it must.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failure {
    /// Replays it.
    pub seed: u64,
    /// How many steps had been done.
    pub step: u64,
    /// What is wrong.
    pub what: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seed {}, step {}: {}", self.seed, self.step, self.what)
    }
}

impl std::error::Error for Failure {}

/// Runs the simulation of `seed`. With `tell`, each step is said on standard error.
///
/// # Errors
/// The first thing that is not as it must be.
pub fn run(seed: u64, cursors: Cursors, tell: bool) -> Result<Counts, Failure> {
    let mut world = World::new(seed, cursors, tell);
    let ran = world.people().and_then(|()| world.script()).and_then(|()| world.judge());
    let (step, counts) = (world.step, world.counts);
    ran.map(|()| Counts { runs: 1, ..counts }).map_err(|what| Failure { seed, step, what })
}
