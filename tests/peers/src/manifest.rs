//! The manifest: which pictures there are, where they come from, and what is known about each.
//!
//! One CSV form for given pictures and generated frames. Columns this program has no use for are ignored, so
//! that a manifest can say more than is measured.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context, bail, ensure};
use serde::Deserialize;

/// How it is known what a picture holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Truth {
    /// A text file beside the picture in its repository, or the generator that made it.
    Repo,
    /// The text stands in that repository's tests.
    RepoTest,
    /// Two unrelated families of decoders read the same bytes.
    Consensus,
    /// One family of decoders read it.
    SingleFamily,
    /// There is a code, and nobody has read it.
    Unread,
    /// There is no QR code.
    None,
}

/// One picture.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    /// Under the images folder, with forward slashes.
    pub path: String,
    /// Which set it comes from.
    pub source: String,
    /// `photo`, `screenshot`, `synthetic`; `frame` for a generated camera frame.
    pub kind: String,
    pub truth: Truth,
    /// Every text that counts as read; empty where none is known.
    pub accepted: Vec<String>,
    /// Nearly the same picture as another row, which counts instead of this one.
    pub is_near_duplicate: bool,
    /// The set's own grouping; for generated frames the scenario.
    pub category: String,
    /// SHA-256 of the file, lower-case hex.
    pub sha256: String,
    /// The stream that it is a frame of, after the row before; empty for a picture of its own.
    pub stream: String,
}

impl Row {
    /// Counts towards "read / wrong text / missed".
    pub(crate) fn is_scored(&self) -> bool {
        matches!(self.truth, Truth::Repo | Truth::RepoTest) && !self.is_near_duplicate
    }

    pub(crate) fn has_code(&self) -> bool {
        self.truth != Truth::None
    }
}

#[derive(Deserialize)]
struct Record {
    path: String,
    repo: String,
    kind: String,
    truth: Truth,
    expected_text: String,
    expected_json: String,
    sha256: String,
    near_dup_of: String,
    category: String,
    #[serde(default)]
    stream: String,
}

const COLUMNS: [&str; 9] =
    ["path", "repo", "kind", "truth", "expected_text", "expected_json", "sha256", "near_dup_of", "category"];

/// Reads a manifest, whole or not at all.
pub(crate) fn read(path: &Path) -> anyhow::Result<Vec<Row>> {
    let file =
        std::fs::File::open(path).with_context(|| format!("cannot open manifest {}", path.display()))?;
    parse(file).with_context(|| format!("manifest {}", path.display()))
}

fn parse(input: impl std::io::Read) -> anyhow::Result<Vec<Row>> {
    let mut reader = csv::Reader::from_reader(input);
    let present: BTreeSet<String> = reader.headers()?.iter().map(ToOwned::to_owned).collect();
    let missing: Vec<&str> = COLUMNS.into_iter().filter(|column| !present.contains(*column)).collect();
    ensure!(missing.is_empty(), "lacks the columns: {}", missing.join(", "));

    let rows = reader.deserialize().map(|record| row(record?)).collect::<anyhow::Result<Vec<Row>>>()?;
    ensure!(!rows.is_empty(), "lists no picture");
    Ok(rows)
}

fn row(record: Record) -> anyhow::Result<Row> {
    let path = record.path;
    let mut accepted: Vec<String> = if record.expected_json.is_empty() {
        Vec::new()
    } else {
        serde_json::from_str(&record.expected_json)
            .with_context(|| format!("{path}: expected_json is not a list of texts"))?
    };
    if !record.expected_text.is_empty() && !accepted.contains(&record.expected_text) {
        accepted.push(record.expected_text);
    }
    let row = Row {
        path,
        source: record.repo,
        kind: record.kind,
        truth: record.truth,
        accepted,
        is_near_duplicate: !record.near_dup_of.is_empty(),
        category: record.category,
        sha256: record.sha256.to_ascii_lowercase(),
        stream: record.stream,
    };
    ensure!(!row.is_scored() || !row.accepted.is_empty(), "{}: no text to score it by", row.path);
    Ok(row)
}

/// A run takes minutes: a picture that is not there is said before it starts.
pub(crate) fn check_files(rows: &[Row], images: &Path) -> anyhow::Result<()> {
    let absent: Vec<&str> =
        rows.iter().map(|row| row.path.as_str()).filter(|path| !images.join(path).is_file()).collect();
    match absent.first() {
        None => Ok(()),
        Some(first) => {
            bail!(
                "{} of {} pictures are not under {}, first {first}",
                absent.len(),
                rows.len(),
                images.display()
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEADER: &str = "path,repo,kind,truth,expected_text,expected_json,sha256,near_dup_of,category";

    fn only(line: &str) -> anyhow::Result<Row> {
        parse(format!("{HEADER}\n{line}\n").as_bytes()).map(|mut rows| rows.remove(0))
    }

    #[test]
    fn every_text_in_either_column_is_accepted() {
        let row = only(r#"a.png,r,photo,repo,one,"[""two""]",AB,,c"#).unwrap();
        assert_eq!(row.accepted, ["two", "one"]);
        assert!(row.is_scored());
        assert_eq!(row.sha256, "ab");
    }

    #[test]
    fn columns_without_a_use_are_ignored() {
        let csv = format!("licence,{HEADER},mood\nMIT,a.png,r,photo,none,,,,,c,good\n");
        assert!(!parse(csv.as_bytes()).unwrap()[0].has_code());
    }

    #[test]
    fn missing_columns_are_named() {
        let error = parse("path,repo,kind,truth\n".as_bytes()).unwrap_err().to_string();
        assert!(error.ends_with("expected_text, expected_json, sha256, near_dup_of, category"), "{error}");
    }

    #[test]
    fn near_duplicates_and_texts_agreed_on_by_decoders_are_not_scored() {
        assert!(!only("a.png,r,photo,repo,one,,,b.png,c").unwrap().is_scored());
        assert!(!only("a.png,r,photo,consensus,one,,,,c").unwrap().is_scored());
        assert!(only("a.png,r,photo,repo-test,one,,,,c").unwrap().is_scored());
    }

    #[test]
    fn a_truth_nobody_has_heard_of_is_an_error() {
        assert!(only("a.png,r,photo,rumour,one,,,,c").is_err());
    }

    #[test]
    fn a_scored_row_without_a_text_is_an_error() {
        assert!(only("a.png,r,photo,repo,,,,,c").is_err());
    }
}
