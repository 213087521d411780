//! The figures of a run: tables for a person, JSON for a program, one line for both.

use std::collections::BTreeSet;
use std::fmt::Write;

use anyhow::Context;
use serde::Serialize;

use crate::decoders::Decoder;
use crate::manifest::Row;
use crate::measure::Run;
use crate::statistics::percent;
use crate::tally::{Milliseconds, Tally};

/// Tables: per kind and source, per category, and in all.
pub(crate) fn text(run: &Run) -> String {
    let mut out = String::new();
    by_source(&mut out, run)
        .and_then(|()| by_category(&mut out, run))
        .and_then(|()| pareto(&mut out, run))
        .and_then(|()| in_all(&mut out, run))
        .expect("writing to a String does not fail");
    out
}

fn by_source(out: &mut String, run: &Run) -> std::fmt::Result {
    writeln!(
        out,
        "{:<11} {:<42} {:<10} {:>6} {:>5} {:>5} {:>6} | {:>5} {:>5} | {:>5} {:>4} | {:>18} | {:>18}",
        "kind",
        "source",
        "decoder",
        "scored",
        "read",
        "wrong",
        "missed",
        "empty",
        "false",
        "other",
        "read",
        "with code, ms (95)",
        "no code, ms (95)",
    )?;
    for (kind, source) in groups(run, |row| (row.kind.clone(), row.source.clone())) {
        for (index, decoder) in run.decoders.iter().enumerate() {
            let tally = Tally::of(run, index, |row| row.kind == kind && row.source == source);
            writeln!(
                out,
                "{kind:<11} {source:<42} {:<10} {:>6} {:>5} {:>5} {:>6} | {:>5} {:>5} | {:>5} {:>4} | {:>18} | {:>18}",
                decoder.name(),
                tally.scored,
                tally.read,
                tally.wrong_text,
                tally.missed,
                tally.empty,
                tally.false_reads,
                tally.others,
                tally.others_read,
                milliseconds(tally.with_code.as_ref()),
                milliseconds(tally.without_code.as_ref()),
            )?;
        }
    }
    Ok(())
}

fn by_category(out: &mut String, run: &Run) -> std::fmt::Result {
    write!(out, "\n{:<30} {:>6}", "category: read of scored", "scored")?;
    for decoder in &run.decoders {
        write!(out, " {:>10}", decoder.name())?;
    }
    writeln!(out)?;
    for category in groups(run, |row| row.category.clone()) {
        let tallies: Vec<Tally> = (0..run.decoders.len())
            .map(|index| Tally::of(run, index, |row| row.category == category))
            .collect();
        let scored = tallies.first().map_or(0, |tally| tally.scored);
        if scored == 0 {
            continue;
        }
        write!(out, "{category:<30} {scored:>6}")?;
        for tally in &tallies {
            write!(out, " {:>10}", tally.read)?;
        }
        writeln!(out)?;
    }
    Ok(())
}

/// Who reads most for a time, and who is beaten: another reads as much in less.
fn pareto(out: &mut String, run: &Run) -> std::fmt::Result {
    let mut rows: Vec<(f64, f64, &str)> = run
        .decoders
        .iter()
        .enumerate()
        .map(|(index, decoder)| {
            let tally = Tally::of(run, index, |_| true);
            let mean = tally.with_code.as_ref().map_or(0.0, |figures| figures.mean);
            (mean, tally.read_percent(), decoder.name())
        })
        .collect();
    rows.sort_by(|a, b| a.0.total_cmp(&b.0));
    writeln!(out, "\n{:>22} {:>7}", "mean ms with a code", "% read")?;
    let mut best = f64::MIN;
    for (mean, read, name) in rows {
        let beaten = if read > best { "" } else { "  beaten" };
        best = best.max(read);
        writeln!(out, "{mean:>22.2} {read:>7.1}  {name}{beaten}")?;
    }
    Ok(())
}

fn in_all(out: &mut String, run: &Run) -> std::fmt::Result {
    writeln!(out)?;
    for (index, decoder) in run.decoders.iter().enumerate() {
        let tally = Tally::of(run, index, |_| true);
        writeln!(
            out,
            "{}: read {} of {} ({:.1} %), wrong text {}, missed {}; false reads {} of {}; others with at least \
             one read {} of {} ({:.1} %); extra texts {}; panics {}",
            decoder.name(),
            tally.read,
            tally.scored,
            tally.read_percent(),
            tally.wrong_text,
            tally.missed,
            tally.false_reads,
            tally.empty,
            tally.others_read,
            tally.others,
            percent(tally.others_read, tally.others),
            tally.extra_texts,
            tally.panics,
        )?;
        write!(
            out,
            "    milliseconds, median (95th percentile): with a code {}, without {}",
            milliseconds(tally.with_code.as_ref()),
            milliseconds(tally.without_code.as_ref()),
        )?;
        match &tally.worst {
            Some(worst) => writeln!(out, "; worst {:.1} on {}", worst.milliseconds, worst.path)?,
            None => writeln!(out)?,
        }
    }
    for picture in run.pictures.iter().filter(|picture| picture.differs_from_manifest) {
        writeln!(out, "not the file that the manifest describes (sha256): {}", picture.row.path)?;
    }
    Ok(())
}

fn groups<K: Ord>(run: &Run, key: impl Fn(&Row) -> K) -> BTreeSet<K> {
    run.pictures.iter().map(|picture| key(&picture.row)).collect()
}

fn milliseconds(figures: Option<&Milliseconds>) -> String {
    figures.map_or_else(|| "-".to_owned(), |figures| format!("{:.2} ({:.2})", figures.median, figures.p95))
}

/// One line, and whether the bar holds: with `min_read`, that `ours` reads that share and nothing that is not there.
pub(crate) fn summary(run: &Run, min_read: Option<f64>) -> (String, bool) {
    let shares: Vec<String> = run
        .decoders
        .iter()
        .enumerate()
        .map(|(index, decoder)| {
            let tally = Tally::of(run, index, |_| true);
            format!("{} {}/{} ({:.1} %)", decoder.name(), tally.read, tally.scored, tally.read_percent())
        })
        .collect();
    let changed = run.pictures.iter().filter(|picture| picture.differs_from_manifest).count();
    let mut line = format!("bench scan: {} pictures; read {}", run.pictures.len(), shares.join(", "));
    if changed > 0 {
        let _ = write!(line, "; {changed} pictures differ from the manifest");
    }
    let ours = run.decoders.iter().position(|decoder| *decoder == Decoder::Ours);
    let (Some(percent), Some(index)) = (min_read, ours) else { return (line, true) };
    let tally = Tally::of(run, index, |_| true);
    let holds = tally.read_percent() >= percent && tally.is_clean() && changed == 0;
    let verdict = if holds { "holds" } else { "does not hold" };
    let _ = write!(line, "; the bar of {percent} % {verdict}");
    (line, holds)
}

#[derive(Serialize)]
struct Document<'a> {
    decoders: Vec<DecoderFigures>,
    pictures: Vec<PictureFigures<'a>>,
}

#[derive(Serialize)]
struct DecoderFigures {
    name: &'static str,
    total: Tally,
    groups: Vec<Group>,
}

#[derive(Serialize)]
struct Group {
    kind: String,
    source: String,
    category: String,
    #[serde(flatten)]
    tally: Tally,
}

#[derive(Serialize)]
struct PictureFigures<'a> {
    path: &'a str,
    category: &'a str,
    differs_from_manifest: bool,
    attempts: Vec<AttemptFigures>,
}

#[derive(Serialize)]
struct AttemptFigures {
    decoder: &'static str,
    outcome: crate::score::Outcome,
    milliseconds: f64,
    panicked: bool,
}

/// The same figures for a program; the keys are documented in `docs/measurements.md`.
pub(crate) fn json(run: &Run) -> anyhow::Result<String> {
    let decoders =
        run.decoders.iter().enumerate().map(|(index, decoder)| figures(run, index, *decoder)).collect();
    let pictures = run
        .pictures
        .iter()
        .map(|picture| PictureFigures {
            path: &picture.row.path,
            category: &picture.row.category,
            differs_from_manifest: picture.differs_from_manifest,
            attempts: run
                .decoders
                .iter()
                .zip(&picture.attempts)
                .map(|(decoder, attempt)| AttemptFigures {
                    decoder: decoder.name(),
                    outcome: attempt.outcome,
                    milliseconds: attempt.milliseconds,
                    panicked: attempt.panicked,
                })
                .collect(),
        })
        .collect();
    let mut text = serde_json::to_string_pretty(&Document { decoders, pictures })
        .context("cannot write figures as JSON")?;
    text.push('\n');
    Ok(text)
}

fn figures(run: &Run, index: usize, decoder: Decoder) -> DecoderFigures {
    let groups = groups(run, |row| (row.kind.clone(), row.source.clone(), row.category.clone()));
    DecoderFigures {
        name: decoder.name(),
        total: Tally::of(run, index, |_| true),
        groups: groups
            .into_iter()
            .map(|(kind, source, category)| {
                let tally = Tally::of(run, index, |row| {
                    row.kind == kind && row.source == source && row.category == category
                });
                Group { kind, source, category, tally }
            })
            .collect(),
    }
}
