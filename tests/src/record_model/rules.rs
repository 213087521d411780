//! A second reading of V6 and V7, from the document's tables and the history.

use countersign_protocol::ids::RecordId;
use countersign_protocol::manifest::{Line, Manifest};
use countersign_protocol::placement::CurrentManifest;

use super::history::{History, Moment, Written};

/// Of a copy or a revision: what the tables ask about.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Of {
    pub(super) line: Line,
    pub(super) prev: [u8; 32],
    pub(super) epoch: u64,
    pub(super) marked: bool,
}

fn may_write(moment: &Moment, record: &Written) -> bool {
    record.fitting && moment.active[record.author] && moment.roles[record.author] >= record.needs()
}

/// Whether a record's author may write it after the entry at `seq`.
pub(super) fn may_write_at(history: &History, seq: u64, record: &Written) -> bool {
    may_write(history.at(seq), record)
}

/// The floor that a manifest gives a record: its line, unless no record of an ended epoch can have that rev.
pub(super) fn floor(lines: &Manifest, rotated_at: u64, record: RecordId) -> Option<Line> {
    let line = lines.lines.get(&record)?;
    (1..=rotated_at << 20).contains(&line.rev).then_some(*line)
}

/// On what a record stands for a device at `seq`, or why it is refused.
///
/// `manifest` is that of the space's current epoch, where the device has it.
pub(super) fn judge(
    history: &History,
    seq: u64,
    record: &Written,
    manifest: Option<&CurrentManifest>,
) -> &'static str {
    let header = &record.header;
    if header.log_seq > seq {
        return "LogBehind";
    }
    if !record.true_head {
        return "ForkedLog";
    }
    let (then, now) = (history.at(header.log_seq), history.at(seq));
    if header.epoch != then.epoch {
        return "WrongEpoch";
    }
    if !then.active[record.author] {
        return "AuthorNotThere";
    }
    if header.epoch < now.epoch {
        let rotated_at = history.rotated_at(seq);
        let line = |manifest: &CurrentManifest| floor(manifest.manifest(), rotated_at, record.place().record);
        return match manifest.map(line) {
            None => "ManifestNeeded",
            Some(line) if line == Some(record.line()) => {
                if record.fitting {
                    "listed"
                } else {
                    "NotPermitted"
                }
            }
            Some(_) => "NotInManifest",
        };
    }
    if now.dirty_since.is_some_and(|since| header.log_seq >= since) {
        return "SpaceDirty";
    }
    if may_write(now, record) {
        return "written";
    }
    let strongest = now.former[record.author].max(now.roles[record.author]);
    let shrank = now.dirty_since.is_some() && now.former[record.author] > 0;
    if record.fitting && shrank && strongest >= record.needs() { "marked" } else { "NotPermitted" }
}

/// *Against what is held*: the table, the first line that fits.
pub(super) fn decide(held: Option<Of>, incoming: Of, listed: Option<Line>) -> &'static str {
    let Some(held) = held else { return "Take" };
    if held.line.hash == incoming.line.hash {
        return if held.marked && !incoming.marked { "Confirm" } else { "Known" };
    }
    if held.marked && !incoming.marked {
        return "Take";
    }
    if incoming.marked && !held.marked {
        return "Refuse";
    }
    if incoming.line.rev < held.line.rev {
        return "Older";
    }
    if incoming.line.rev == held.line.rev {
        let shown = match listed {
            Some(line) if line == incoming.line => "ShowBeside",
            Some(line) if line == held.line => "KeepBeside",
            _ if incoming.line.hash < held.line.hash => "ShowBeside",
            _ => "KeepBeside",
        };
        return shown;
    }
    let next = incoming.line.rev == held.line.rev + 1;
    if next && incoming.prev != *held.line.hash.as_bytes() { "TakeBeside" } else { "Take" }
}

/// *At a rotation*: the table, the first line that fits.
pub(super) fn settle(held: Of, listed: Option<Line>, epoch: u64, author_may_write: bool) -> &'static str {
    match listed {
        Some(line) if line == held.line => return "Listed",
        Some(line) if line.rev > held.line.rev => return "BelowFloor",
        Some(line) if line.rev == held.line.rev => return "OtherListed",
        _ => {}
    }
    if held.marked {
        "Marked"
    } else if held.epoch == epoch {
        "Resealed"
    } else if author_may_write {
        "Above"
    } else {
        "AboveAsk"
    }
}
