//! Compares what was read with what a case expects, field by field, and says where they differ.
//!
//! Secrets and codes are compared and never printed; what is printed goes through [`Secrets`]. A known field that does not
//! apply to what was read is a difference as well, or it would be one that always holds.

use countersign_core::enrol::{AccountPayload, MigrationPayload, Payload, PayloadError};
use countersign_core::otp::{CounterParameters, OtpParameters, TimeParameters};
use countersign_core::ports::Timestamp;
use serde_json::{Map, Value};

use super::secrets::Secrets;

/// What is compared: the fields of a case by name.
type Fields = Map<String, Value>;

/// What an export has and an account has not, and the other way round. `format` may stand at an export of any kind.
const OF_EXPORTS: [&str; 4] = ["entries", "batch", "skipped", "format"];
const OF_ACCOUNTS: [&str; 11] = [
    "issuer",
    "account",
    "label_issuer",
    "secret_hex",
    "secret_text",
    "algorithm",
    "digits",
    "period",
    "counter",
    "codes",
    "needs",
];

/// What only kinds have that are not read: Mobile-OTP and Yandex Key.
const OF_OTHERS: [&str; 2] = ["secret_text", "needs"];

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
        differences.push(format!("expected {}, got {}", secrets.shown(&id.into()), error.id()));
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
    let mut differences = match payload {
        Payload::Account(account) => {
            let mut differences = unfitting(expected, &OF_EXPORTS);
            differences.extend(accounts(expected, account, secrets));
            differences.extend(warnings(expected, &[account], secrets));
            differences
        }
        Payload::Migration(migration) => {
            let mut differences = unfitting(expected, &OF_ACCOUNTS);
            differences.extend(migrations(expected, migration, secrets));
            let accounts: Vec<&AccountPayload> = migration.entries.iter().flatten().collect();
            differences.extend(warnings(expected, &accounts, secrets));
            differences
        }
    };
    // An `image=` stays text: nothing is fetched, whatever is expected.
    if let Some(network) = expected.get("network").filter(|network| !network.is_null() && *network != "none")
    {
        differences.push(difference("network", network, &"none".into(), secrets));
    }
    differences
}

/// Fields that are expected, hold something, and do not apply.
fn unfitting(expected: &Fields, names: &[&str]) -> Vec<String> {
    let holds = |value: &Value| !value.is_null() && value.as_array().is_none_or(|list| !list.is_empty());
    let names = names.iter().filter(|name| expected.get(**name).is_some_and(holds));
    names.map(|name| format!("{name}: expected, and does not apply to what was read")).collect()
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
            Value::Object(expected) => {
                let mut differences = unfitting(expected, &OF_EXPORTS);
                differences.extend(accounts(expected, got, secrets));
                differences.extend(warnings(expected, &[got], secrets));
                differences
            }
            _ => vec!["expected something that is no account".to_owned()],
        };
        differences.into_iter().map(move |difference| format!("entry {index}: {difference}"))
    });
    differences.collect()
}

fn accounts(expected: &Fields, account: &AccountPayload, secrets: &Secrets) -> Vec<String> {
    let mut differences = unfitting(expected, &OF_OTHERS);
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
    differences.extend(codes(expected, account));
    differences
}

/// Those that are listed must be raised, by one of the accounts; more may be.
fn warnings(expected: &Fields, accounts: &[&AccountPayload], secrets: &Secrets) -> Vec<String> {
    let raised =
        |id: &Value| accounts.iter().flat_map(|account| &account.warnings).any(|warning| *id == warning.id());
    let listed = expected.get("warnings").and_then(Value::as_array).into_iter().flatten();
    let missing = listed.filter(|id| !raised(id));
    missing.map(|id| format!("warnings: expected {}, got none such", secrets.shown(id))).collect()
}

fn codes(expected: &Fields, account: &AccountPayload) -> Vec<String> {
    let listed = expected.get("codes").and_then(Value::as_array);
    let listed = listed.into_iter().flatten();
    listed.filter_map(|code| code_difference(code, account)).collect()
}

fn code_difference(expected: &Value, account: &AccountPayload) -> Option<String> {
    let moment = expected.get("t").and_then(Value::as_i64);
    let counter = expected.get("counter").and_then(Value::as_u64);
    // A PIN makes codes of a kind that is not read.
    let pin = expected.get("pin").is_some_and(|pin| !pin.is_null());
    let matches = !pin
        && match (account.parameters, moment, counter) {
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
