//! `cargo xtask frames`: generated camera frames as files, with a manifest that says what each holds.
//!
//! The pictures come from `countersign-frame-generator`; here they become PNG files and rows of the CSV form
//! that `bench scan` reads.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use anyhow::{Context, anyhow, ensure};
use countersign_frame_generator::{Code, Frame, Scenario, generate_moment};
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder};
use sha2::{Digest, Sha256};

use crate::progress::Progress;

/// Makes camera frames of QR codes, and of scenes without one.
///
/// Every situation (tilt, blur, glare, moiré, small, dense, no code, …) gets the same number of frames. The same
/// seed and size give the same bytes; another seed gives frames that nobody has seen. DIR gets one folder a
/// situation and `manifest.csv`, which holds payload, geometry and conditions.
#[derive(clap::Args)]
#[command(after_help = "Example:
  cargo xtask frames --seed 1 --size 1280x720 --out target/frames
  cargo xtask bench scan --images target/frames --manifest target/frames/manifest.csv")]
pub(crate) struct Arguments {
    /// Any whole number.
    #[arg(long, value_name = "N")]
    seed: u64,
    /// Pixels, as `WIDTHxHEIGHT`.
    #[arg(long, value_name = "SIZE", default_value = "1280x720", value_parser = size)]
    size: (usize, usize),
    /// Frames of each situation.
    #[arg(long, value_name = "N", default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    each: u32,
    /// Makes streams of so many frames each instead: what a hand-held camera sees one after the other.
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=100))]
    stream: u32,
    /// Where to; made if it is not there. Files of an earlier run are overwritten.
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

/// Smaller than a thumbnail nothing is a camera frame, and larger than any sensor would only use up memory.
fn size(text: &str) -> Result<(usize, usize), String> {
    let sides =
        text.split_once('x').and_then(|(width, height)| Some((width.parse().ok()?, height.parse().ok()?)));
    match sides {
        Some((width @ 160..=8000, height @ 160..=8000)) => Ok((width, height)),
        Some(_) => Err("each side must be 160 to 8000 pixels".to_owned()),
        None => Err("expected WIDTHxHEIGHT, such as 1280x720".to_owned()),
    }
}

pub(crate) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let jobs: Vec<Job> = Scenario::ALL
        .into_iter()
        .flat_map(|scenario| (0..arguments.each as usize).map(move |index| (scenario, index)))
        .flat_map(|(scenario, index)| {
            (0..arguments.stream as usize).map(move |moment| Job { scenario, index, moment })
        })
        .collect();
    for scenario in Scenario::ALL {
        let folder = arguments.out.join(scenario.name());
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    }
    let records = make_all(arguments, &jobs)?;
    write_manifest(&arguments.out.join("manifest.csv"), &records)?;
    let with_code = jobs.iter().filter(|job| job.scenario.has_code()).count();
    say!(
        "frames: {} of {}x{} from seed {}, {with_code} with a code, in {}",
        jobs.len(),
        arguments.size.0,
        arguments.size.1,
        arguments.seed,
        arguments.out.display()
    );
    Ok(ExitCode::SUCCESS)
}

/// One frame to make: which situation, which of its frames, and how many moments after the first.
#[derive(Clone, Copy)]
struct Job {
    scenario: Scenario,
    index: usize,
    moment: usize,
}

/// One row of the manifest, in the order of its columns.
type Record = [String; COLUMNS.len()];

const COLUMNS: [&str; 16] = [
    "path",
    "repo",
    "commit",
    "license",
    "kind",
    "truth",
    "n_codes",
    "expected_text",
    "expected_json",
    "width",
    "height",
    "sha256",
    "near_dup_of",
    "category",
    "note",
    "stream",
];

/// Every processor takes the next frame; which one takes it changes nothing in it.
fn make_all(arguments: &Arguments, jobs: &[Job]) -> anyhow::Result<Vec<Record>> {
    let next = AtomicUsize::new(0);
    let progress = Mutex::new(Progress::new(jobs.len()));
    let work = || -> anyhow::Result<Vec<(usize, Record)>> {
        let mut done = Vec::new();
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = jobs.get(number).copied() else { return Ok(done) };
            let frame = generate_moment(arguments.seed, job.scenario, job.index, arguments.size, job.moment);
            let name = format!("{}/{:03}", job.scenario.name(), job.index);
            let (path, stream) = match arguments.stream {
                1 => (format!("{name}.png"), String::new()),
                _ => (format!("{name}-{:02}.png", job.moment), name),
            };
            let sha256 = write_png(&arguments.out.join(&path), &frame)?;
            done.push((number, record(path, stream, sha256, arguments.seed, job.scenario, &frame)?));
            if let Ok(mut progress) = progress.lock() {
                progress.step(job.scenario.name());
            }
        }
    };
    let workers = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    let results = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(std::thread::ScopedJoinHandle::join).collect::<Vec<_>>()
    });
    let mut records = Vec::with_capacity(jobs.len());
    for result in results {
        records.extend(
            result.map_err(|_| anyhow!("a frame could not be made: this is a fault of the generator"))??,
        );
    }
    ensure!(records.len() == jobs.len(), "{} of {} frames were made", records.len(), jobs.len());
    records.sort_by_key(|(number, _)| *number);
    Ok(records.into_iter().map(|(_, record)| record).collect())
}

/// Returns the file's SHA-256, lower-case hex.
fn write_png(path: &Path, frame: &Frame) -> anyhow::Result<String> {
    let mut file = Vec::new();
    let (width, height) = (u32::try_from(frame.width)?, u32::try_from(frame.height)?);
    PngEncoder::new_with_quality(&mut file, CompressionType::Fast, FilterType::Up)
        .write_image(&frame.luma, width, height, ExtendedColorType::L8)
        .context("cannot encode a frame as PNG")?;
    std::fs::write(path, &file).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(Sha256::digest(&file).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}")))
}

fn record(
    path: String,
    stream: String,
    sha256: String,
    seed: u64,
    scenario: Scenario,
    frame: &Frame,
) -> anyhow::Result<Record> {
    let code = frame.code.as_ref();
    let text = code.map(|code| code.text.clone()).unwrap_or_default();
    let texts = if code.is_some() { serde_json::to_string(&[&text])? } else { String::new() };
    Ok([
        path,
        "generated".to_owned(),
        format!("seed {seed}"),
        "MIT OR Apache-2.0".to_owned(),
        "frame".to_owned(),
        if code.is_some() { "repo" } else { "none" }.to_owned(),
        u8::from(code.is_some()).to_string(),
        text,
        texts,
        frame.width.to_string(),
        frame.height.to_string(),
        sha256,
        String::new(),
        scenario.name().to_owned(),
        code.map(note).unwrap_or_default(),
        stream,
    ])
}

/// The geometry, for whoever wants to know why a frame was not read.
fn note(code: &Code) -> String {
    let corners: Vec<String> = code.corners.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect();
    format!(
        "version={}; level={:?}; module={:.2}; corners={}",
        code.version,
        code.level,
        code.module,
        corners.join(" ")
    )
}

fn write_manifest(path: &Path, records: &[Record]) -> anyhow::Result<()> {
    let mut writer =
        csv::Writer::from_path(path).with_context(|| format!("cannot write {}", path.display()))?;
    writer.write_record(COLUMNS)?;
    for record in records {
        writer.write_record(record)?;
    }
    writer.flush().with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    use countersign_frame_generator::generate;

    use super::*;

    #[test]
    fn a_size_is_two_numbers_within_reason() {
        assert_eq!(size("1280x720"), Ok((1280, 720)));
        for wrong in ["", "1280", "1280x", "x720", "1280×720", "-1x720", "100x720", "1280x9000"] {
            assert!(size(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_row_with_a_code_states_its_text_and_a_row_without_one_states_that() -> anyhow::Result<()> {
        let row = |scenario| {
            let frame = generate(1, scenario, 0, (320, 180));
            let record = record("a.png".to_owned(), String::new(), String::new(), 1, scenario, &frame)?;
            anyhow::Ok(move |column: &str| {
                let at = COLUMNS.iter().position(|name| *name == column);
                at.map(|at| record[at].clone()).unwrap_or_default()
            })
        };
        let code = row(Scenario::Easy)?;
        assert_eq!((code("truth"), code("n_codes")), ("repo".to_owned(), "1".to_owned()));
        let texts: Vec<String> = serde_json::from_str(&code("expected_json"))?;
        assert_eq!(texts, [code("expected_text")]);
        let none = row(Scenario::NoneText)?;
        assert_eq!((none("truth"), none("expected_text")), ("none".to_owned(), String::new()));
        Ok(())
    }
}
