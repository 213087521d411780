//! Compares what was read with what a case expects, field by field, and says where they differ.
//!
//! Secrets and codes are compared and never printed. Names are printed, unless the secret has ended up in one: that
//! is the very mistake such a run is there to find.

use countersign_core::enrol::{AccountPayload, MigrationPayload, Payload, PayloadError};
use countersign_core::otp::{CounterParameters, OtpParameters, TimeParameters};
use countersign_core::ports::Timestamp;
use serde_json::{Map, Value};

/// What is compared: the fields of a case by name.
type Fields = Map<String, Value>;

/// The parts of an input that must not be printed.
#[derive(Default)]
pub(super) struct Secrets(Vec<String>);

impl Secrets {
    /// The shortest part that is looked for; what is shorter is in every other name by chance.
    const SHORTEST: usize = 4;

    /// The groups of letters behind `secret=` and `data=`, and those of a text that is no link.
    pub(super) fn in_input(input: &str) -> Self {
        let input = input.to_ascii_lowercase();
        let values = ["secret=", "data="].into_iter().flat_map(|name| input.split(name).skip(1));
        let values = values.map(|rest| rest.split('&').next().unwrap_or_default());
        let bare = (!input.contains(':')).then_some(input.as_str());
        let groups = values.chain(bare).flat_map(|value| {
            // Escapes separate groups, as the characters do that they stand for.
            let pieces = value.split('%').enumerate();
            let pieces =
                pieces.map(|(index, piece)| if index == 0 { piece } else { piece.get(2..).unwrap_or("") });
            pieces.flat_map(|piece| piece.split(|c: char| !c.is_ascii_alphanumeric()))
        });
        Self(groups.filter(|group| group.len() >= Self::SHORTEST).map(str::to_owned).collect())
    }

    /// A value as it may be printed: JSON on one line, or nothing of it if a secret is in it.
    fn shown(&self, value: &Value) -> String {
        let shown = value.to_string();
        let lower = shown.to_ascii_lowercase();
        if self.0.iter().any(|secret| lower.contains(secret)) { "…".to_owned() } else { shown }
    }
}

/// The kind of a payload, in the words of the cases.
pub(super) fn kind(payload: &Payload) -> &'static str {
    match payload {
        Payload::Account(account) => account_kind(account),
        Payload::Migration(_) => "migration",
    }
}

fn account_kind(account: &AccountPayload) -> &'static str {
    match account.parameters {
        OtpParameters::Time(TimeParameters::Totp { .. }) => "totp",
        OtpParameters::Time(TimeParameters::Steam) => "steam",
        OtpParameters::Counter(_) => "hotp",
    }
}

/// Expected error, detail and vendor against what was got. A detail or vendor that is not expected is not compared.
pub(super) fn refusals(
    (id, detail, vendor): (&str, Option<&str>, Option<&str>),
    error: &PayloadError,
    secrets: &Secrets,
) -> Vec<String> {
    let mut differences = Vec::new();
    if id != error.id() {
        differences.push(format!("expected {id}, got {}", error.id()));
    }
    if detail.is_some() && detail != error.detail() {
        differences.push(difference("detail", &detail.into(), &error.detail().into(), secrets));
    }
    let got_vendor = match error {
        PayloadError::VendorLocked(vendor) => Some(vendor.id()),
        _ => None,
    };
    if vendor.is_some() && vendor != got_vendor {
        differences.push(difference("vendor", &vendor.into(), &got_vendor.into(), secrets));
    }
    differences
}

/// The fields of `ok` against what was read.
pub(super) fn payloads(expected: &Fields, payload: &Payload, secrets: &Secrets) -> Vec<String> {
    match payload {
        Payload::Account(account) => accounts(expected, account, secrets),
        Payload::Migration(migration) => migrations(expected, migration, secrets),
    }
}

fn migrations(expected: &Fields, migration: &MigrationPayload, secrets: &Secrets) -> Vec<String> {
    let mut differences = Vec::new();
    let mut compare = |name: &str, got: Value| {
        if let Some(expected) = expected.get(name)
            && *expected != got
        {
            differences.push(difference(name, expected, &got, secrets));
        }
    };
    compare("kind", "migration".into());
    let batch = migration.batch;
    compare("batch", serde_json::json!({"id": batch.id, "index": batch.index, "size": batch.size}));
    let skipped = migration.entries.iter().enumerate().filter_map(|(index, entry)| {
        let error = entry.as_ref().err()?;
        Some(serde_json::json!({"index": index, "error": error.id()}))
    });
    let skipped: Vec<Value> = skipped.collect();
    if expected.contains_key("skipped") || !skipped.is_empty() {
        let none = Value::Array(Vec::new());
        let expected = expected.get("skipped").unwrap_or(&none);
        if *expected != Value::Array(skipped.clone()) {
            differences.push(difference("skipped", expected, &Value::Array(skipped), secrets));
        }
    }
    differences.extend(entries(expected, migration, secrets));
    differences
}

fn entries(expected: &Fields, migration: &MigrationPayload, secrets: &Secrets) -> Vec<String> {
    let Some(expected) = expected.get("entries").and_then(Value::as_array) else { return Vec::new() };
    let got: Vec<&AccountPayload> = migration.entries.iter().flatten().collect();
    if expected.len() != got.len() {
        return vec![format!("entries: expected {}, got {}", expected.len(), got.len())];
    }
    let pairs = expected.iter().zip(got).enumerate();
    let differences = pairs.flat_map(|(index, (expected, got))| {
        let differences = match expected {
            Value::Object(expected) => accounts(expected, got, secrets),
            _ => vec!["expected something that is no account".to_owned()],
        };
        differences.into_iter().map(move |difference| format!("entry {index}: {difference}"))
    });
    differences.collect()
}

fn accounts(expected: &Fields, account: &AccountPayload, secrets: &Secrets) -> Vec<String> {
    let mut differences = Vec::new();
    let (period, counter) = match account.parameters {
        OtpParameters::Time(time) => (Value::from(time.period().seconds()), Value::Null),
        OtpParameters::Counter(hotp) => (Value::Null, Value::from(hotp.counter)),
    };
    let fields = [
        ("kind", Value::from(account_kind(account))),
        ("issuer", Value::from(account.issuer.as_deref())),
        ("account", Value::from(account.account.as_deref())),
        ("algorithm", Value::from(account.parameters.algorithm().name())),
        ("digits", Value::from(account.parameters.digits().get())),
        ("period", period),
        ("counter", counter),
    ];
    for (name, got) in fields {
        if let Some(expected) = expected.get(name)
            && *expected != got
        {
            differences.push(difference(name, expected, &got, secrets));
        }
    }
    // A case that names no label issuer has none.
    let label_issuer = Value::from(account.label_issuer.as_deref());
    let expected_label = expected.get("label_issuer").unwrap_or(&Value::Null);
    if *expected_label != label_issuer {
        differences.push(difference("label_issuer", expected_label, &label_issuer, secrets));
    }
    if let Some(hex) = expected.get("secret_hex")
        && hex.as_str().is_none_or(|hex| !hex.eq_ignore_ascii_case(&hex_of(account.secret.expose())))
    {
        differences.push("the secret differs".to_owned());
    }
    differences.extend(warnings(expected, account));
    differences.extend(codes(expected, account));
    differences
}

/// Those that are listed must be raised; more may be.
fn warnings(expected: &Fields, account: &AccountPayload) -> Vec<String> {
    let raised = |id: &str| account.warnings.iter().any(|warning| warning.id() == id);
    let listed = expected.get("warnings").and_then(Value::as_array);
    let listed = listed.into_iter().flatten().filter_map(Value::as_str);
    listed.filter(|id| !raised(id)).map(|id| format!("warnings: expected {id:?}, got none such")).collect()
}

fn codes(expected: &Fields, account: &AccountPayload) -> Vec<String> {
    let listed = expected.get("codes").and_then(Value::as_array);
    let listed = listed.into_iter().flatten();
    listed.filter_map(|code| code_difference(code, account)).collect()
}

fn code_difference(expected: &Value, account: &AccountPayload) -> Option<String> {
    let moment = expected.get("t").and_then(Value::as_i64);
    let counter = expected.get("counter").and_then(Value::as_u64);
    let matches = match (account.parameters, moment, counter) {
        (OtpParameters::Time(time), Some(seconds), None) => {
            let code = time.code_at(&account.secret, Timestamp::from_unix_seconds(seconds));
            code.is_ok_and(|code| expected.get("code") == Some(&Value::from(code.digits.as_str())))
        }
        (OtpParameters::Counter(hotp), None, Some(counter)) => {
            let code = CounterParameters { counter, ..hotp }.code(&account.secret);
            expected.get("code") == Some(&Value::from(code.digits.as_str()))
        }
        _ => false,
    };
    let when = moment.map(|t| format!("t {t}")).or(counter.map(|counter| format!("counter {counter}")));
    (!matches).then(|| format!("the code differs at {}", when.unwrap_or_else(|| "no moment".to_owned())))
}

fn difference(name: &str, expected: &Value, got: &Value, secrets: &Secrets) -> String {
    format!("{name}: expected {}, got {}", secrets.shown(expected), secrets.shown(got))
}

fn hex_of(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}
