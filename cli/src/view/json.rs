//! The documents that `--json` writes. Their keys are a promise to scripts: docs/guide/terminal.md lists each
//! one, and a test compares the two.

use countersign_core::enrol::{AccountPayload, Batches, Export, write_key, write_otpauth};
use countersign_core::otp::{OtpParameters, TimeParameters};
use countersign_core::scan::{ErrorCorrection, Point};
use serde::Serialize;

use super::Showing;
use super::account::seconds_left;
use crate::content::{CodeNow, Content, ExportPart, code_at};
use crate::escape::visible_json;
use crate::problem::Problem;
use crate::report::{Find, Outcome, Report};

/// `countersign scan --json`
#[derive(Serialize)]
pub(crate) struct ScanDocument {
    at: i64,
    pictures: Vec<PictureView>,
    exports: Vec<ExportView>,
}

/// `countersign code --json`
#[derive(Serialize)]
pub(crate) struct CodeDocument {
    at: i64,
    #[serde(flatten)]
    read: ReadView,
}

/// One picture of a scan.
#[derive(Serialize)]
struct PictureView {
    source: String,
    symbols: Vec<SymbolView>,
    error: Option<Problem>,
}

#[derive(Serialize)]
struct SymbolView {
    #[serde(flatten)]
    read: ReadView,
    version: u8,
    error_correction: &'static str,
    corners: [[f32; 2]; 4],
}

/// What a QR code or a text turned out to be.
#[derive(Serialize)]
struct ReadView {
    kind: &'static str,
    accounts: Vec<AccountView>,
    export: Option<PartView>,
    error: Option<Problem>,
}

#[derive(Serialize)]
struct AccountView {
    kind: &'static str,
    issuer: Option<String>,
    account: Option<String>,
    label_issuer: Option<String>,
    algorithm: &'static str,
    digits: u8,
    period: Option<u32>,
    counter: Option<u64>,
    warnings: Vec<WarningView>,
    code: Option<CodeView>,
    #[serde(flatten)]
    revealed: Option<RevealedView>,
}

/// What only `--show-secret` shows: without it, these keys are not there at all.
#[derive(Serialize)]
struct RevealedView {
    secret: String,
    uri: Option<String>,
}

#[derive(Serialize)]
struct WarningView {
    id: &'static str,
    message: &'static str,
}

#[derive(Serialize)]
struct CodeView {
    digits: String,
    next: Option<String>,
    valid_from: Option<i64>,
    valid_until: Option<i64>,
    seconds_left: Option<i64>,
}

#[derive(Serialize)]
struct PartView {
    id: i32,
    part: i64,
    parts: i32,
    misplaced: Option<String>,
    skipped: Vec<SkippedView>,
}

#[derive(Serialize)]
struct SkippedView {
    entry: usize,
    id: &'static str,
    message: String,
}

#[derive(Serialize)]
struct ExportView {
    id: i32,
    parts: u32,
    missing: Vec<u32>,
    complete: bool,
}

/// A document over several lines, for programs and for people who look.
pub(crate) fn pretty(document: &impl Serialize) -> String {
    written(serde_json::to_string_pretty(document))
}

/// A document on one line, where documents follow each other.
pub(crate) fn line(document: &impl Serialize) -> String {
    written(serde_json::to_string(document))
}

fn written(document: serde_json::Result<String>) -> String {
    let document = document.expect("strings, numbers and lists always have a JSON form");
    format!("{}\n", visible_json(&document))
}

impl ScanDocument {
    pub(crate) fn new(reports: &[Report], exports: &Batches, showing: Showing) -> Self {
        Self {
            at: showing.at.unix_seconds(),
            pictures: reports.iter().map(|report| PictureView::of(report, showing)).collect(),
            exports: exports.exports().iter().map(ExportView::of).collect(),
        }
    }
}

impl CodeDocument {
    pub(crate) fn new(content: &Content, showing: Showing) -> Self {
        Self { at: showing.at.unix_seconds(), read: ReadView::of(content, showing) }
    }
}

impl PictureView {
    fn of(report: &Report, showing: Showing) -> Self {
        let (symbols, error) = match &report.outcome {
            Outcome::Found(finds) => (finds.iter().map(|find| SymbolView::of(find, showing)).collect(), None),
            Outcome::Nothing(hint) => (Vec::new(), Some(Problem::from(*hint))),
            Outcome::Unreadable(error) => (Vec::new(), Some(Problem::from(error))),
        };
        Self { source: report.source.name(), symbols, error }
    }
}

impl SymbolView {
    fn of(find: &Find, showing: Showing) -> Self {
        Self {
            read: ReadView::of(&find.content, showing),
            version: find.symbol.version(),
            error_correction: match find.symbol.error_correction() {
                ErrorCorrection::Low => "L",
                ErrorCorrection::Medium => "M",
                ErrorCorrection::Quartile => "Q",
                ErrorCorrection::High => "H",
            },
            corners: find.symbol.corners().map(|Point { x, y }| [x, y]),
        }
    }
}

impl ReadView {
    fn of(content: &Content, showing: Showing) -> Self {
        let (kind, export, error) = match content {
            Content::Account(_) => ("account", None, None),
            Content::Export(part) => ("export", Some(PartView::of(part)), None),
            Content::Refused(problem) => ("refused", None, Some(problem.clone())),
        };
        let accounts =
            content.accounts().into_iter().map(|account| AccountView::of(account, showing)).collect();
        Self { kind, accounts, export, error }
    }
}

impl AccountView {
    fn of(account: &AccountPayload, showing: Showing) -> Self {
        let (kind, period, counter) = match account.parameters {
            OtpParameters::Time(time @ TimeParameters::Totp { .. }) => {
                ("totp", Some(time.period().seconds()), None)
            }
            OtpParameters::Time(time @ TimeParameters::Steam) => {
                ("steam", Some(time.period().seconds()), None)
            }
            OtpParameters::Counter(hotp) => ("hotp", None, Some(hotp.counter)),
        };
        let warnings = account.warnings.iter();
        let warnings =
            warnings.map(|known| WarningView { id: known.id(), message: known.sentence() }).collect();
        Self {
            kind,
            issuer: account.issuer.clone(),
            account: account.account.clone(),
            label_issuer: account.label_issuer.clone(),
            algorithm: account.parameters.algorithm().name(),
            digits: account.parameters.digits().get(),
            period,
            counter,
            warnings,
            code: CodeView::of(account, showing),
            revealed: showing.secret.then(|| RevealedView::of(account)),
        }
    }
}

impl RevealedView {
    fn of(account: &AccountPayload) -> Self {
        Self {
            secret: write_key(&account.secret).to_string(),
            uri: write_otpauth(account).ok().map(|uri| uri.expose().to_owned()),
        }
    }
}

impl CodeView {
    /// `None` where the moment has no codes.
    fn of(account: &AccountPayload, showing: Showing) -> Option<Self> {
        Some(match code_at(account, showing.at).ok()? {
            CodeNow::Timed(code) => Self {
                digits: code.digits.as_str().to_owned(),
                next: Some(code.next.as_str().to_owned()),
                valid_from: Some(code.valid_from.unix_seconds()),
                valid_until: Some(code.valid_until.unix_seconds()),
                seconds_left: Some(seconds_left(&code, showing.at)),
            },
            CodeNow::Counted(code) => Self {
                digits: code.digits.as_str().to_owned(),
                next: None,
                valid_from: None,
                valid_until: None,
                seconds_left: None,
            },
        })
    }
}

impl PartView {
    fn of(part: &ExportPart) -> Self {
        let entries = part.entries.iter().enumerate();
        Self {
            id: part.batch.id,
            part: i64::from(part.batch.index) + 1,
            parts: part.batch.size,
            misplaced: part.misplaced.map(|error| error.to_string()),
            skipped: entries
                .filter_map(|(index, entry)| entry.as_ref().err().map(|error| (index, error)))
                .map(|(index, error)| SkippedView {
                    entry: index + 1,
                    id: error.id(),
                    message: error.to_string(),
                })
                .collect(),
        }
    }
}

impl ExportView {
    fn of(export: &Export) -> Self {
        Self {
            id: export.id(),
            parts: export.size(),
            missing: export.missing(),
            complete: export.is_complete(),
        }
    }
}
