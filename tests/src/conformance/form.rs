//! Whether an expectation is of the form that the cases have.
//!
//! What is absent is not compared, so a field of the wrong type would be one that always holds. Fields that are not known are
//! left alone: other files of the form may carry more. `null` says that there is none, as if it were absent.

use serde_json::{Map, Value};

/// What a field holds, where it holds anything.
#[derive(Clone, Copy)]
enum Shape {
    Text,
    Number,
    Texts,
    /// A list of objects, each of these fields.
    Objects(&'static [(&'static str, Shape)]),
    /// An object of these fields.
    Object(&'static [(&'static str, Shape)]),
    /// One text or several.
    TextOrTexts,
}

const ACCOUNT: &[(&str, Shape)] = &[
    ("kind", Shape::Text),
    ("issuer", Shape::Text),
    ("account", Shape::Text),
    ("label_issuer", Shape::Text),
    ("secret_hex", Shape::Text),
    ("secret_text", Shape::Text),
    ("algorithm", Shape::Text),
    ("digits", Shape::Number),
    ("period", Shape::Number),
    ("counter", Shape::Number),
    ("codes", Shape::Objects(CODE)),
    ("warnings", Shape::Texts),
    ("needs", Shape::TextOrTexts),
    ("network", Shape::Text),
];
const CODE: &[(&str, Shape)] = &[("t", Shape::Number), ("counter", Shape::Number), ("code", Shape::Text)];
const EXPORT: &[(&str, Shape)] = &[
    ("entries", Shape::Objects(ACCOUNT)),
    ("batch", Shape::Object(&[("id", Shape::Number), ("index", Shape::Number), ("size", Shape::Number)])),
    ("skipped", Shape::Objects(&[("index", Shape::Number), ("error", Shape::Text)])),
    ("format", Shape::Text),
];
const ERROR: &[(&str, Shape)] =
    &[("error", Shape::Text), ("detail", Shape::Text), ("vendor", Shape::Text), ("format", Shape::Text)];

/// Judges the fields of an `ok`.
pub(super) fn ok(fields: &Map<String, Value>) -> Result<(), &'static str> {
    if !fields.get("kind").is_some_and(Value::is_string) {
        return Err("the ok has no kind");
    }
    let are_formed = has_shape(fields, ACCOUNT) && has_shape(fields, EXPORT);
    if !are_formed {
        return Err("a field of the ok is of the wrong type");
    }
    let entries = fields.get("entries").and_then(Value::as_array);
    if entries.into_iter().flatten().any(|entry| entry.as_object().is_some_and(Map::is_empty)) {
        return Err("an entry of the ok is empty");
    }
    Ok(())
}

/// Judges an `expect` that expects a refusal.
pub(super) fn error(fields: &Value) -> Result<(), &'static str> {
    match fields.as_object() {
        Some(fields) if has_shape(fields, ERROR) => Ok(()),
        _ => Err("a field of the error is of the wrong type"),
    }
}

fn has_shape(fields: &Map<String, Value>, shapes: &[(&str, Shape)]) -> bool {
    shapes
        .iter()
        .all(|(name, shape)| fields.get(*name).is_none_or(|value| value.is_null() || shape.fits(value)))
}

impl Shape {
    fn fits(self, value: &Value) -> bool {
        let each =
            |fits: &dyn Fn(&Value) -> bool| value.as_array().is_some_and(|values| values.iter().all(fits));
        match self {
            Self::Text => value.is_string(),
            Self::Number => value.is_i64() || value.is_u64(),
            Self::Texts => each(&Value::is_string),
            Self::TextOrTexts => value.is_string() || each(&Value::is_string),
            Self::Objects(fields) => each(&|value| Self::Object(fields).fits(value)),
            Self::Object(fields) => value.as_object().is_some_and(|object| has_shape(object, fields)),
        }
    }
}
