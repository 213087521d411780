//! One device: its log, its copies, and what it shows. Every decision is the product's, and is held against the
//! second reading.

use std::collections::BTreeMap;

use countersign_protocol::ids::RecordId;
use countersign_protocol::log::Log;
use countersign_protocol::manifest::{Line, Manifest};
use countersign_protocol::placement::{CurrentManifest, Standing};
use countersign_protocol::revision::{Decision, Revision, Settled, decide, settle};

use crate::log_model::random::Random;

use super::history::History;
use super::rules::{self, Of};
use super::{Met, count};

/// A revision that is held.
struct Copy {
    revision: Revision,
    /// Which record of the history it is.
    written: usize,
    /// Where the device's log stood when it took the copy to stand.
    taken_at: u64,
    /// A rotation left it above its manifest: it is shown with a warning.
    warned: bool,
}

pub(super) struct Device {
    log: Log,
    manifest: Option<CurrentManifest>,
    copies: BTreeMap<RecordId, Copy>,
    /// The highest revision that stood, of each record.
    stood: BTreeMap<RecordId, u64>,
}

fn of(revision: &Revision) -> Of {
    Of {
        line: Line { rev: revision.rev, hash: revision.hash },
        prev: *revision.prev.as_bytes(),
        epoch: revision.epoch,
        marked: revision.standing == Standing::Marked,
    }
}

fn same(product: &str, model: &str, what: &str) -> Result<(), String> {
    if product == model {
        Ok(())
    } else {
        Err(format!("{what}: the product says {product}, the document {model}"))
    }
}

impl Device {
    /// A device that knows the members and nothing else.
    pub(super) fn fresh() -> Self {
        Self { log: History::base_log(), manifest: None, copies: BTreeMap::new(), stood: BTreeMap::new() }
    }

    fn seq(&self) -> u64 {
        self.log.next_seq() - 1
    }

    /// Which record of the history one of its copies is.
    pub(super) fn any_held(&self, random: &mut Random) -> Option<usize> {
        let held: Vec<usize> = self.copies.values().map(|copy| copy.written).collect();
        (!held.is_empty()).then(|| *random.pick(&held))
    }

    fn floor(&self, record: RecordId) -> Option<Line> {
        self.manifest.as_ref().and_then(|manifest| manifest.line(record))
    }

    /// Takes the next entry, with its manifest or without. Whether there was one.
    pub(super) fn sync_one(
        &mut self,
        history: &History,
        with_manifest: bool,
        met: &mut Met,
    ) -> Result<bool, String> {
        let Some((wire, manifest)) = history.entry(self.seq() + 1) else { return Ok(false) };
        self.log.verify_next(wire).map_err(|error| error.name().to_owned())?;
        if manifest.is_some() {
            self.manifest = None;
            if with_manifest {
                self.fetch_manifest(history, met)?;
            }
        }
        Ok(true)
    }

    /// Gets the manifest of the current epoch, and settles the copies by it.
    pub(super) fn fetch_manifest(&mut self, history: &History, met: &mut Met) -> Result<(), String> {
        let (None, Some(manifest)) = (&self.manifest, history.manifest_at(self.seq())) else { return Ok(()) };
        let verified = self.log.verify_manifest(history.space(), &manifest.encode());
        self.manifest = Some(verified.map_err(|error| error.name().to_owned())?);
        let (epoch, seq) = (history.at(self.seq()).epoch, self.seq());
        for record in manifest.lines.keys() {
            let floor = rules::floor(manifest, history.rotated_at(seq), *record);
            if self.floor(*record) != floor {
                return Err("a floor that the document does not give".to_owned());
            }
            if floor.is_none() {
                count(met, "an impossible line");
            }
        }
        let mut copies = std::mem::take(&mut self.copies);
        for (record, copy) in &mut copies {
            let written = &history.records[copy.written];
            let header = &written.header;
            let may =
                self.log.state().may_write(header.by, header.space, header.record_type, header.instance);
            let expected = rules::settle(
                of(&copy.revision),
                self.floor(*record),
                epoch,
                rules::may_write_at(history, seq, written),
            );
            let settled = settle(&copy.revision, self.floor(*record), epoch, may);
            same(settled_name(settled), expected, "at a rotation")?;
            count(met, expected);
            if settled == Settled::Listed {
                copy.revision.standing = Standing::Listed;
                copy.warned = false;
                let stood = self.stood.entry(*record).or_default();
                *stood = (*stood).max(copy.revision.rev);
            }
            copy.warned |= matches!(settled, Settled::Above { .. } | Settled::OtherListed);
        }
        self.copies = copies;
        Ok(())
    }

    /// Receives a record that a server shows.
    pub(super) fn receive(&mut self, history: &History, index: usize, met: &mut Met) -> Result<(), String> {
        let written = &history.records[index];
        let (record, seq) = (written.place().record, self.seq());
        let expected = rules::judge(history, seq, written, self.manifest.as_ref());
        let verdict = self.log.verify_record(written.place(), written.sealed(), self.manifest.as_ref());
        let name = match &verdict {
            Ok(verified) => verified.standing.name(),
            Err(error) => error.name(),
        };
        same(name, expected, "on a record")?;
        count(met, name);
        let Ok(verified) = verdict else { return Ok(()) };
        let incoming = Revision::from(verified);
        let held = self.copies.get(&record).map(|copy| copy.revision);
        let decision = decide(held.as_ref(), &incoming, self.floor(record));
        let expected = rules::decide(held.as_ref().map(of), of(&incoming), self.floor(record));
        same(decision_name(decision), expected, "against what is held")?;
        count(met, expected);
        match decision {
            Decision::Take | Decision::TakeBeside | Decision::ShowBeside | Decision::Confirm => {
                let copy = Copy { revision: incoming, written: index, taken_at: seq, warned: false };
                self.copies.insert(record, copy);
                if incoming.standing != Standing::Marked {
                    let stood = self.stood.entry(record).or_default();
                    *stood = (*stood).max(incoming.rev);
                }
            }
            Decision::KeepBeside | Decision::Known | Decision::Older | Decision::Refuse => {}
        }
        Ok(())
    }

    /// What this device would list at a rotation: what stands.
    pub(super) fn honest_manifest(&self) -> Manifest {
        let stands = self.copies.iter().filter(|(_, copy)| copy.revision.standing != Standing::Marked);
        let line = |copy: &Copy| Line { rev: copy.revision.rev, hash: copy.revision.hash };
        Manifest { lines: stands.map(|(record, copy)| (*record, line(copy))).collect() }
    }

    /// What must hold of everything that is shown.
    pub(super) fn holds(&self, history: &History) -> Result<(), String> {
        for (record, copy) in &self.copies {
            let written = &history.records[copy.written];
            let stands = copy.revision.standing != Standing::Marked;
            if stands && self.stood.get(record).is_some_and(|stood| copy.revision.rev < *stood) {
                return Err("a device was lowered".to_owned());
            }
            if copy.revision.is_shown_marked(self.floor(*record)) || copy.warned {
                continue;
            }
            let had_the_right = rules::may_write_at(history, copy.taken_at, written);
            if !had_the_right && copy.revision.standing != Standing::Listed {
                return Err(
                    "shown unmarked: taken from an author who was known to have lost the right".to_owned()
                );
            }
            let below = |line: Line| {
                copy.revision.rev < line.rev
                    || (copy.revision.rev == line.rev && copy.revision.hash != line.hash)
            };
            if self.floor(*record).is_some_and(below) {
                return Err("shown unmarked: less than the manifest lists".to_owned());
            }
        }
        Ok(())
    }
}

const fn decision_name(decision: Decision) -> &'static str {
    match decision {
        Decision::Take => "Take",
        Decision::TakeBeside => "TakeBeside",
        Decision::ShowBeside => "ShowBeside",
        Decision::KeepBeside => "KeepBeside",
        Decision::Confirm => "Confirm",
        Decision::Known => "Known",
        Decision::Older => "Older",
        Decision::Refuse => "Refuse",
    }
}

const fn settled_name(settled: Settled) -> &'static str {
    match settled {
        Settled::Listed => "Listed",
        Settled::BelowFloor => "BelowFloor",
        Settled::OtherListed => "OtherListed",
        Settled::Marked => "Marked",
        Settled::Resealed => "Resealed",
        Settled::Above { ask: false } => "Above",
        Settled::Above { ask: true } => "AboveAsk",
    }
}
