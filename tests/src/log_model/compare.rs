//! Model and product on the same bytes: the same verdict at each step, the same state after it, and what must hold
//! whatever anybody tries.

use std::collections::BTreeMap;
use std::fmt;

use countersign_protocol::ids::WorkspaceId;
use countersign_protocol::log::{EntryError, Log};

use super::invariants;
use super::keys::{Holder, keys};
use super::message::{self, Entry, Id, Op};
use super::moves;
use super::random::Random;
use super::rules::{Model, Verdict, workspace_id};
use super::state;

/// The most entries that one sequence tries, its genesis included.
const MOST_STEPS: u64 = 30;

/// The entries that a race takes.
const RACE: u64 = 3;

/// What happened in a number of sequences.
#[derive(Debug, Default)]
pub struct Met {
    /// Sequences run.
    pub sequences: u64,
    /// Entries judged.
    pub steps: u64,
    /// How often each verdict was given: `ok`, an alarm's name, or an error's.
    pub verdicts: BTreeMap<&'static str, u64>,
    /// How often two Admins raced.
    pub races: Races,
}

/// Races of two Admins, two members with a device each, whose entries are both good on one head. One is taken, the other
/// is a fork there, and is planned again on the new head.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Races {
    /// It is still good on the new head.
    pub still_good: u64,
    /// What was taken before it made it invalid.
    pub overtaken: u64,
}

impl Met {
    fn note(&mut self, verdict: Verdict) {
        self.steps += 1;
        let name = verdict.unwrap_or_else(Some).unwrap_or("ok");
        *self.verdicts.entry(name).or_default() += 1;
    }

    /// Adds what another run met.
    pub fn add(&mut self, other: &Self) {
        self.sequences += other.sequences;
        self.steps += other.steps;
        for (name, count) in &other.verdicts {
            *self.verdicts.entry(name).or_default() += count;
        }
        self.races.still_good += other.races.still_good;
        self.races.overtaken += other.races.overtaken;
    }
}

/// Where model and product differ, or an invariant broke: `seed` replays it.
#[derive(Debug)]
pub struct Difference {
    /// The sequence.
    pub seed: u64,
    /// The entry, counted from the genesis.
    pub step: u64,
    /// What each said.
    pub what: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "seed {}, step {}: {}", self.seed, self.step, self.what)
    }
}

/// One random sequence: honest and dishonest moves, races between devices, damaged bytes.
///
/// # Errors
/// The first [`Difference`].
pub fn run_sequence(seed: u64, met: &mut Met) -> Result<(), Difference> {
    let mut random = Random::new(seed);
    let (wire, pinned) = moves::genesis(&mut random);
    let difference = |step, what| Difference { seed, step, what };
    met.sequences += 1;
    let (model, log) = begin(&wire, pinned, met).map_err(|what| difference(0, what))?;
    let (Some(model), Some(log)) = (model, log) else { return Ok(()) };
    let mut pair = Pair { model, log, past: vec![wire] };
    let mut step = 1;
    let end = 5 + random.below(MOST_STEPS - RACE - 4);
    while step < end {
        let verdicts = if random.one_in(7) {
            race(&mut random, &mut pair, &mut met.races)
        } else {
            single(&mut random, &mut pair)
        };
        for verdict in verdicts.map_err(|what| difference(step, what))? {
            met.note(verdict);
            step += 1;
        }
    }
    Ok(())
}

/// A founder who adds devices until the log takes no more: longer than a random sequence. Returns how many were taken, and
/// how the next was refused.
///
/// # Errors
/// Where model and product differ.
pub fn run_founder_with_too_many_devices() -> Result<(u64, &'static str), String> {
    let founder = &keys().phones[0];
    let user = Id::default();
    let op = Op::Genesis {
        user,
        phone: founder.device.clone(),
        kit: keys().kits[0].device.clone(),
        commit: [1; 32],
    };
    let ws = workspace_id(&op);
    let next = |seq, prev, op| Entry { version: 1, ws, seq, prev, ts: 1, by: founder.id, op };
    let (model, log) = begin(&moves::signed(&next(0, [0; 32], op), founder), ws, &mut Met::default())?;
    let (Some(model), Some(log)) = (model, log) else { return Err("no genesis".to_owned()) };
    let mut pair = Pair { model, log, past: Vec::new() };
    for taken in 0..1_000 {
        let device = Holder::new(&format!("device {taken}"), taken % 2).device;
        let head = *pair.model.heads.last().ok_or("no genesis")?;
        let entry = next(taken + 1, head, Op::AddDevice { user, device });
        if let Err(name) = pair.judge(&moves::signed(&entry, founder))? {
            return Ok((taken, name));
        }
    }
    Err("no end of devices".to_owned())
}

type Begun = (Option<Model>, Option<Log>);

fn begin(wire: &[u8], pinned: Id, met: &mut Met) -> Result<Begun, String> {
    let model = Model::begin(wire, pinned);
    let log = Log::begin(wire, WorkspaceId::from_bytes(pinned));
    let verdict = model.as_ref().map(|_| None).map_err(|name| *name);
    same(verdict, log.as_ref().map(|_| None).map_err(name))?;
    met.note(verdict);
    Ok((model.ok(), log.ok()))
}

/// Both, at the same place.
struct Pair {
    model: Model,
    log: Log,
    /// Every entry that was taken, to be replayed.
    past: Vec<Vec<u8>>,
}

impl Pair {
    fn judge(&mut self, wire: &[u8]) -> Result<Verdict, String> {
        let (model_before, log_before) = (self.model.clone(), self.log.clone());
        let ours = self.model.verify_next(wire);
        let theirs = self.log.verify_next(wire);
        same(ours, theirs.as_ref().map(|taken| taken.alarm.map(|_| "KeyChainCut")).map_err(name))?;
        if ours.is_ok() {
            self.past.push(wire.to_vec());
            state::same(&self.model, &self.log)?;
            let (entry, _) = message::read(wire).ok_or("an entry that was taken has no form")?;
            invariants::hold(&model_before, &self.model, &entry)?;
        } else if self.log != log_before || self.model != model_before {
            return Err("a refused entry left a trace".to_owned());
        }
        Ok(ours)
    }
}

fn name(error: &EntryError) -> &'static str {
    // Which fault of form is named first is not normative; that it is refused is.
    if matches!(error, EntryError::Form(_)) { "form" } else { error.name() }
}

fn same(model: Verdict, product: Verdict) -> Result<(), String> {
    if model == product { Ok(()) } else { Err(format!("model {model:?}, product {product:?}")) }
}

/// Mostly an entry for the head; now and then one that is damaged, replayed, or made for another place.
fn single(random: &mut Random, pair: &mut Pair) -> Result<Vec<Verdict>, String> {
    let (mut entry, author) = moves::entry(random, &pair.model);
    let kind = random.below(60);
    match kind {
        1 => entry.seq = entry.seq.saturating_sub(1 + random.below(3)),
        2 => entry.seq += 1 + random.below(2),
        3 => entry.prev[3] ^= 1,
        4 => entry.ws[0] ^= 1,
        5 => entry.version = 2,
        _ => {}
    }
    let wire = match kind {
        0 => random.pick(&pair.past).clone(),
        6..=8 => damaged(random, moves::signed(&entry, author)),
        _ => moves::signed(&entry, author),
    };
    Ok(vec![pair.judge(&wire)?])
}

fn damaged(random: &mut Random, mut wire: Vec<u8>) -> Vec<u8> {
    let at = usize::try_from(random.below(wire.len() as u64)).expect("below a length");
    match random.below(4) {
        0 => wire.truncate(at),
        1 => wire.insert(at, 0),
        _ => wire[at] ^= 1 << random.below(8),
    }
    wire
}

/// Two devices act on the same head. The server takes one; the other's entry arrives all the same, and is then planned
/// again on the new head, where it may have become invalid.
fn race(random: &mut Random, pair: &mut Pair, races: &mut Races) -> Result<Vec<Verdict>, String> {
    let (first, first_author) = moves::entry(random, &pair.model);
    let (second, second_author) = moves::entry(random, &pair.model);
    let wires = [moves::signed(&first, first_author), moves::signed(&second, second_author)];
    let admins = [first.by, second.by].map(|by| pair.model.admin_of(&by));
    let of_two_admins = admins[0] != admins[1]
        && admins.iter().all(Option::is_some)
        && wires.iter().all(|wire| pair.model.clone().verify_next(wire).is_ok());
    let one = pair.judge(&wires[0])?;
    let two = pair.judge(&wires[1])?;
    let head = *pair.model.heads.last().expect("a log has a genesis");
    let again = Entry { seq: pair.model.heads.len() as u64, prev: head, ..second };
    let three = pair.judge(&moves::signed(&again, second_author))?;
    if of_two_admins {
        if (one.is_ok(), two) != (true, Err("Fork")) {
            return Err(format!("a race of two good entries ended with {one:?} and {two:?}"));
        }
        *(if three.is_ok() { &mut races.still_good } else { &mut races.overtaken }) += 1;
    }
    Ok(vec![one, two, three])
}
