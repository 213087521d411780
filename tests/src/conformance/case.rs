//! One case: how it is written, and what became of it.
//!
//! Fields that are not known are left alone, so that other files of the form can carry more. Errors of form name the
//! case and the field and never quote a value: a file of cases is a file of secrets.

use std::collections::HashSet;

use countersign_core::enrol::{self, Entry, Payload, PayloadError};
use serde_json::{Map, Value};

use super::secrets::Secrets;
use super::{compare, form};

/// A text and what must be made of it.
#[derive(Debug)]
pub struct Case {
    id: String,
    tier: Tier,
    entry: CaseEntry,
    input: String,
    expect: Expect,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tier {
    /// Must hold.
    Core,
    /// May be refused instead.
    Extended,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum CaseEntry {
    /// A text for the reader.
    Text(Entry),
    /// The content of an export file.
    File,
}

#[derive(Debug)]
enum Expect {
    /// What it must be read as.
    Ok(Map<String, Value>),
    /// Why it must be refused.
    Error { id: String, detail: Option<String>, vendor: Option<String> },
}

/// What became of a case.
pub(super) enum Outcome {
    Held,
    /// Refused where the tier allows it.
    Refused,
    NotYet,
    Differs(Vec<String>),
}

/// Why a file is not a file of cases.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormError {
    /// Not JSON.
    #[error("it is not JSON (line {line}, column {column})")]
    NotJson {
        /// Where reading stopped, from 1.
        line: usize,
        /// Where reading stopped, from 1.
        column: usize,
    },
    /// JSON, but no list.
    #[error(
        "it is not a list of cases: expected [{{\"id\": …, \"entry\": …, \"input\": …, \"expect\": …}}, …]"
    )]
    NotAList,
    /// An empty list, which could not fail.
    #[error("it has no cases")]
    Empty,
    /// A case that cannot be run.
    #[error("case {number}{}: {fault}", id.as_ref().map_or(String::new(), |id| format!(" ({})", id.escape_debug())))]
    Case {
        /// Which one, from 1.
        number: usize,
        /// Its id, if it has one.
        id: Option<String>,
        /// What is wrong.
        fault: &'static str,
    },
}

/// Reads a file of cases.
///
/// # Errors
/// [`FormError`] for anything that is not a list of at least one case that can be run.
pub fn parse(text: &str) -> Result<Vec<Case>, FormError> {
    let file: Value = serde_json::from_str(text.trim_start_matches('\u{feff}'))
        .map_err(|error| FormError::NotJson { line: error.line(), column: error.column() })?;
    let cases = file.as_array().ok_or(FormError::NotAList)?;
    if cases.is_empty() {
        return Err(FormError::Empty);
    }
    let mut ids = HashSet::new();
    let numbered = cases.iter().enumerate();
    numbered
        .map(|(index, case)| {
            let read = Case::from_json(case).and_then(|read| {
                if ids.insert(read.id.clone()) { Ok(read) } else { Err("another case has that id") }
            });
            read.map_err(|fault| {
                let id = case.get("id").and_then(Value::as_str).map(str::to_owned);
                FormError::Case { number: index + 1, id, fault }
            })
        })
        .collect()
}

impl Case {
    fn from_json(case: &Value) -> Result<Self, &'static str> {
        let text = |name: &str| case.get(name).and_then(Value::as_str);
        let tier = match case.get("tier").unwrap_or(&Value::Null) {
            Value::Null => Tier::Core,
            Value::String(tier) if tier == "core" => Tier::Core,
            Value::String(tier) if tier == "extended" => Tier::Extended,
            _ => return Err("the tier is neither core nor extended"),
        };
        let entry = match text("entry") {
            Some("qr") => CaseEntry::Text(Entry::Qr),
            Some("link") => CaseEntry::Text(Entry::Link),
            Some("manual") => CaseEntry::Text(Entry::Manual),
            Some("file") => CaseEntry::File,
            Some(_) => return Err("the entry is none of qr, link, manual, file"),
            None => return Err("there is no entry"),
        };
        let expect = Expect::from_json(case.get("expect").ok_or("there is no expect")?)?;
        // What a file must hold is not compared yet, and so not judged either.
        if let (Expect::Ok(fields), CaseEntry::Text(_)) = (&expect, entry) {
            form::ok(fields)?;
        }
        Ok(Self {
            id: text("id").ok_or("there is no id")?.to_owned(),
            tier,
            entry,
            input: text("input").ok_or("there is no input")?.to_owned(),
            expect,
        })
    }

    /// The name of the case.
    pub fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn outcome(&self) -> Outcome {
        let CaseEntry::Text(entry) = self.entry else { return Outcome::NotYet };
        let got = enrol::read(&self.input, entry);
        let secrets = self.secrets(&got);
        let differences = match (&self.expect, &got) {
            (Expect::Ok(expected), Ok(payload)) => compare::payloads(expected, payload, &secrets),
            // Also one that expects another refusal: nothing was read, so nothing is wrong.
            (_, Err(_)) if self.tier == Tier::Extended && !self.expect.is_met_by(&got) => {
                return Outcome::Refused;
            }
            (Expect::Ok(expected), Err(error)) => {
                let kind = expected.get("kind").unwrap_or(&Value::Null);
                vec![format!("expected {}, got {}", secrets.shown(kind), error.id())]
            }
            (Expect::Error { id, .. }, Ok(payload)) => {
                let id = secrets.shown(&id.as_str().into());
                vec![format!("expected {id}, got {:?}", compare::kind(payload))]
            }
            (Expect::Error { id, detail, vendor }, Err(error)) => {
                compare::refusals((id, detail.as_deref(), vendor.as_deref()), error, &secrets)
            }
        };
        if differences.is_empty() { Outcome::Held } else { Outcome::Differs(differences) }
    }

    /// All that must not be printed about this case.
    fn secrets(&self, got: &Result<Payload, PayloadError>) -> Secrets {
        let mut secrets = Secrets::in_input(&self.input);
        if let Ok(payload) = got {
            secrets.add_read(payload);
        }
        if let Expect::Ok(expected) = &self.expect {
            expected.iter().for_each(|(name, value)| secrets.add_expected(name, value));
        }
        secrets
    }
}

impl Expect {
    fn from_json(expect: &Value) -> Result<Self, &'static str> {
        let text = |name: &str| expect.get(name).and_then(Value::as_str).map(str::to_owned);
        let given = |name: &str| expect.get(name).filter(|value| !value.is_null());
        match (given("ok"), given("error")) {
            (Some(Value::Object(ok)), None) => Ok(Self::Ok(ok.clone())),
            (None, Some(Value::String(id))) => {
                form::error(expect)?;
                Ok(Self::Error { id: id.clone(), detail: text("detail"), vendor: text("vendor") })
            }
            _ => Err("the expect is neither {\"ok\": {…}} nor {\"error\": \"…\"}"),
        }
    }

    /// Whether this is the very refusal that is expected.
    fn is_met_by(&self, got: &Result<Payload, PayloadError>) -> bool {
        match (self, got) {
            (Self::Error { id, detail, vendor }, Err(error)) => {
                let expected = (id.as_str(), detail.as_deref(), vendor.as_deref());
                compare::refusals(expected, error, &Secrets::default()).is_empty()
            }
            _ => false,
        }
    }
}
