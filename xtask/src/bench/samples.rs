//! Runs a criterion benchmark and reads its samples, for the commands that hold ratios against a bar.
//!
//! Each figure is the lower quartile of its samples: what else the machine does only ever adds.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use serde_json::Value;

use crate::repository::Repository;

/// The samples of one run.
pub(super) struct Samples {
    folder: PathBuf,
}

impl Samples {
    /// Runs a benchmark of a package in the release profile.
    pub(super) fn take(repository: &Repository, package: &str, bench: &str) -> anyhow::Result<Self> {
        let bench = ["bench", "--locked", "--package", package, "--bench", bench];
        let status = repository.cargo().args(bench).status().context("cannot start cargo")?;
        ensure!(status.success(), "the benchmark did not run");
        Ok(Self { folder: repository.metadata().target_directory.as_std_path().join("criterion") })
    }

    /// Nanoseconds that one iteration takes in the faster samples.
    pub(super) fn lower_quartile(&self, group: &str, function: &str) -> anyhow::Result<f64> {
        let path = self.folder.join(group).join(function).join("new/sample.json");
        let text =
            std::fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        let sample: Value = serde_json::from_str(&text)?;
        let numbers = |field: &str| sample[field].as_array().cloned().unwrap_or_default();
        let (iterations, times) = (numbers("iters"), numbers("times"));
        let mut each: Vec<f64> = iterations
            .iter()
            .zip(&times)
            .filter_map(|(iterations, time)| Some(time.as_f64()? / iterations.as_f64()?))
            .collect();
        each.sort_by(f64::total_cmp);
        each.get(each.len() / 4).copied().with_context(|| format!("{} has no samples", path.display()))
    }
}
