//! Reads `otpauth-migration://`, the export of Google Authenticator: protobuf in base64 in a link.
//!
//! There is no published schema; the field numbers are those that every reader of it agrees on. Each entry is
//! decoded by itself, so that a damaged one does not take the others with it.

use prost::Message;
use zeroize::{Zeroize as _, Zeroizing};

use super::error::{MigrationFault, Parameter, PayloadError};
use super::label::Names;
use super::payload::{AccountPayload, Batch, EntryError, MigrationPayload};
use super::radix::decode_base64;
use super::uri::{Parts, Query};
use crate::otp::{Algorithm, CounterParameters, Digits, OtpParameters, OtpSecret, Period, TimeParameters};

/// `MigrationPayload`; unknown fields are skipped, missing ones are zero.
#[derive(Message)]
#[prost(skip_debug)]
struct WireExport {
    /// `OtpParameters`, left undecoded.
    #[prost(bytes = "vec", repeated, tag = "1")]
    entries: Vec<Vec<u8>>,
    #[prost(int32, tag = "3")]
    batch_size: i32,
    #[prost(int32, tag = "4")]
    batch_index: i32,
    #[prost(int32, tag = "5")]
    batch_id: i32,
}

/// `OtpParameters`. Names are bytes here because text that is not UTF-8 would lose the whole entry.
#[derive(Message)]
#[prost(skip_debug)]
struct WireEntry {
    #[prost(bytes = "vec", tag = "1")]
    secret: Vec<u8>,
    #[prost(bytes = "vec", tag = "2")]
    name: Vec<u8>,
    #[prost(bytes = "vec", tag = "3")]
    issuer: Vec<u8>,
    #[prost(int32, tag = "4")]
    algorithm: i32,
    #[prost(int32, tag = "5")]
    digits: i32,
    #[prost(int32, tag = "6")]
    kind: i32,
    #[prost(int64, tag = "7")]
    counter: i64,
}

impl Drop for WireExport {
    fn drop(&mut self) {
        self.entries.zeroize();
    }
}

impl Drop for WireEntry {
    fn drop(&mut self) {
        self.secret.zeroize();
    }
}

/// Reads what follows `otpauth-migration:`.
pub(super) fn read(rest: &str) -> Result<MigrationPayload, PayloadError> {
    let parts = Parts::of(rest);
    if !parts.authority.eq_ignore_ascii_case("offline") {
        return Err(PayloadError::BadMigration(MigrationFault::NotOffline));
    }
    let query = Query::of(parts.query, &[Parameter::Data])?;
    let data = query.get(Parameter::Data).unwrap_or_default();
    let bytes = read_data(&data).map_err(PayloadError::BadMigration)?;
    let export = WireExport::decode(bytes.as_slice())
        .map_err(|_| PayloadError::BadMigration(MigrationFault::NotProtobuf))?;
    if export.entries.is_empty() {
        return Err(PayloadError::BadMigration(MigrationFault::NoEntries));
    }
    Ok(MigrationPayload {
        entries: export.entries.iter().map(|entry| read_entry(entry)).collect(),
        batch: Batch { id: export.batch_id, index: export.batch_index, size: export.batch_size },
    })
}

/// Base64 out of a query: a raw plus sign has become a blank on the way, and padding is often left out.
fn read_data(data: &str) -> Result<Zeroizing<Vec<u8>>, MigrationFault> {
    let mut text = Zeroizing::new(String::with_capacity(data.len()));
    text.extend(
        data.chars().filter(|c| !matches!(c, '\t' | '\r' | '\n')).map(|c| if c == ' ' { '+' } else { c }),
    );
    let text = text.trim_end_matches('=');
    if text.is_empty() {
        return Err(MigrationFault::NoData);
    }
    decode_base64(text).ok_or(MigrationFault::NotBase64)
}

fn read_entry(bytes: &[u8]) -> Result<AccountPayload, EntryError> {
    let entry = WireEntry::decode(bytes).map_err(|_| EntryError::Damaged)?;
    let secret = OtpSecret::from_bytes(&entry.secret).map_err(|_| EntryError::EmptySecret)?;
    let names =
        Names::from_text(&String::from_utf8_lossy(&entry.name), &String::from_utf8_lossy(&entry.issuer));
    let parameters = read_parameters(&entry, names.is_steam())?;
    Ok(AccountPayload::new(names, secret, parameters))
}

/// Google's numbers are names, not values: `digits` 2 means eight.
fn read_parameters(entry: &WireEntry, steam: bool) -> Result<OtpParameters, EntryError> {
    let algorithm = match entry.algorithm {
        0 | 1 => Algorithm::Sha1,
        2 => Algorithm::Sha256,
        3 => Algorithm::Sha512,
        _ => return Err(EntryError::UnsupportedAlgorithm),
    };
    let digits = match entry.digits {
        0 | 1 => Digits::SIX,
        2 => Digits::EIGHT,
        _ => return Err(EntryError::InvalidDigits),
    };
    match entry.kind {
        1 => {
            let counter = u64::try_from(entry.counter).map_err(|_| EntryError::InvalidCounter)?;
            Ok(OtpParameters::Counter(CounterParameters { algorithm, digits, counter }))
        }
        // Google Authenticator shows six digits for a Steam account; Steam itself never accepted them.
        0 | 2 if steam => match algorithm {
            Algorithm::Sha1 => Ok(OtpParameters::Time(TimeParameters::Steam)),
            Algorithm::Sha256 | Algorithm::Sha512 => Err(EntryError::UnsupportedAlgorithm),
        },
        0 | 2 => Ok(OtpParameters::Time(TimeParameters::Totp { algorithm, digits, period: Period::THIRTY })),
        _ => Err(EntryError::UnsupportedType),
    }
}
