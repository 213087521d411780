//! What is inside a backup: accounts with their cards, secrets and recovery codes, as one CBOR array.
//!
//! `[1, [entry, …]]` with `entry = [name, app, address, login, notes, otp | null, [[code, used | null], …]]` and
//! `otp = [kind, algorithm, digits, moving, secret]`, numbered as in the records of `docs/protocol.md`. It is written
//! twice, first to be measured: a buffer that grows leaves copies of secrets behind.

use countersign_crypto::content::{OtpAlgorithm, OtpKind, OtpSecret, RecoveryCode, RecoveryCodes, Text};
use minicbor::data::Type;
use minicbor::{Decoder, Encoder};
use zeroize::Zeroizing;

use super::CardFields;

/// Most accounts that are read.
const MAX_ENTRIES: u64 = 100_000;
const VERSION: u64 = 1;

/// One account in a backup.
pub(super) struct Entry {
    pub(super) card: CardFields,
    pub(super) otp: Option<OtpEntry>,
    pub(super) codes: Vec<RecoveryCode>,
}

/// A secret with what makes codes of it.
#[derive(PartialEq, Eq)]
pub(super) struct OtpEntry {
    pub(super) kind: OtpKind,
    pub(super) algorithm: OtpAlgorithm,
    pub(super) digits: u8,
    pub(super) secret: OtpSecret,
}

/// Where an encoding goes.
struct Sink<F>(F);

impl<F: FnMut(&[u8])> minicbor::encode::Write for Sink<F> {
    type Error = std::convert::Infallible;

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), Self::Error> {
        (self.0)(bytes);
        Ok(())
    }
}

type Written = Result<(), minicbor::encode::Error<std::convert::Infallible>>;
type Read<T> = Result<T, minicbor::decode::Error>;

/// The bytes of a backup.
pub(super) fn encode(entries: &[Entry]) -> Zeroizing<Vec<u8>> {
    let mut length = 0;
    write(entries, |bytes| length += bytes.len()).expect("a sink takes every byte");
    let mut encoded = Zeroizing::new(Vec::with_capacity(length));
    write(entries, |bytes| encoded.extend_from_slice(bytes)).expect("a sink takes every byte");
    encoded
}

fn write(entries: &[Entry], sink: impl FnMut(&[u8])) -> Written {
    let mut encoder = Encoder::new(Sink(sink));
    encoder.array(2)?.u64(VERSION)?.array(entries.len() as u64)?;
    for Entry { card, otp, codes } in entries {
        encoder.array(7)?;
        for text in [&card.name, &card.app, &card.address, &card.login, &card.notes] {
            encoder.str(text)?;
        }
        match otp {
            None => encoder.null()?,
            Some(OtpEntry { kind, algorithm, digits, secret }) => {
                let (kind, moving) = match *kind {
                    OtpKind::Totp { period } => (1, u64::from(period)),
                    OtpKind::Hotp { counter } => (2, counter),
                    OtpKind::Steam => (3, 0),
                };
                encoder.array(5)?.u64(kind)?.u8(*algorithm as u8)?.u8(*digits)?.u64(moving)?;
                encoder.bytes(secret.expose())?
            }
        };
        encoder.array(codes.len() as u64)?;
        for code in codes {
            encoder.array(2)?.str(code.code.as_str())?;
            match code.used {
                Some(used) => encoder.u64(used)?,
                None => encoder.null()?,
            };
        }
    }
    Ok(())
}

/// Reads what [`encode`] wrote; `None` for anything else.
pub(super) fn decode(bytes: &[u8]) -> Option<Vec<Entry>> {
    let entries = read(&mut Decoder::new(bytes)).ok()??;
    // One encoding for each backup, as everywhere.
    (*encode(&entries) == *bytes).then_some(entries)
}

fn read(decoder: &mut Decoder<'_>) -> Read<Option<Vec<Entry>>> {
    if decoder.array()? != Some(2) || decoder.u64()? != VERSION {
        return Ok(None);
    }
    let Some(count) = decoder.array()?.filter(|count| *count <= MAX_ENTRIES) else { return Ok(None) };
    let mut entries = Vec::new();
    for _ in 0..count {
        decoder.array()?;
        let mut text = || decoder.str().map(str::to_owned);
        let card =
            CardFields { name: text()?, app: text()?, address: text()?, login: text()?, notes: text()? };
        let otp = if is_null(decoder)? { None } else { Some(read_secret(decoder)?) };
        entries.push(Entry { card, otp, codes: read_codes(decoder)? });
    }
    Ok(Some(entries))
}

fn read_secret(decoder: &mut Decoder<'_>) -> Read<OtpEntry> {
    let bad = || minicbor::decode::Error::message("no secret of a backup");
    decoder.array()?;
    let kind = decoder.u64()?;
    let algorithm = match decoder.u8()? {
        1 => OtpAlgorithm::Sha1,
        2 => OtpAlgorithm::Sha256,
        3 => OtpAlgorithm::Sha512,
        _ => return Err(bad()),
    };
    let digits = Some(decoder.u8()?).filter(|digits| (5..=10).contains(digits)).ok_or_else(bad)?;
    let kind = match (kind, decoder.u64()?) {
        (1, period @ 1..=0x7FFF_FFFF) => OtpKind::Totp { period: u32::try_from(period).map_err(|_| bad())? },
        (2, counter) if counter <= countersign_protocol::limits::MAX_INTEGER => OtpKind::Hotp { counter },
        (3, 0) => OtpKind::Steam,
        _ => return Err(bad()),
    };
    let secret = OtpSecret::new(decoder.bytes()?).map_err(|_| bad())?;
    Ok(OtpEntry { kind, algorithm, digits, secret })
}

fn read_codes(decoder: &mut Decoder<'_>) -> Read<Vec<RecoveryCode>> {
    let bad = || minicbor::decode::Error::message("no recovery codes of a backup");
    let most = countersign_crypto::content::MAX_RECOVERY_CODES as u64;
    let count = decoder.array()?.filter(|count| *count <= most).ok_or_else(bad)?;
    let mut codes = Vec::new();
    for _ in 0..count {
        decoder.array()?;
        let code = Text::new(decoder.str()?).map_err(|_| bad())?;
        let used = if is_null(decoder)? { None } else { Some(decoder.u64()?) };
        codes.push(RecoveryCode { code, used });
    }
    Ok(codes)
}

/// Passes over a null, if one comes next.
fn is_null(decoder: &mut Decoder<'_>) -> Read<bool> {
    let null = decoder.datatype()? == Type::Null;
    if null {
        decoder.null()?;
    }
    Ok(null)
}

/// The recovery codes as a record holds them; `None` where there are none.
pub(super) fn codes_record(codes: Vec<RecoveryCode>) -> Option<RecoveryCodes> {
    if codes.is_empty() { None } else { RecoveryCodes::new(codes).ok() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry {
            card: CardFields { name: "GitHub".to_owned(), ..CardFields::default() },
            otp: Some(OtpEntry {
                kind: OtpKind::Hotp { counter: 7 },
                algorithm: OtpAlgorithm::Sha256,
                digits: 8,
                secret: OtpSecret::new(b"secret").unwrap(),
            }),
            codes: vec![RecoveryCode { code: Text::new("1234").unwrap(), used: Some(5) }],
        }
    }

    #[test]
    fn a_backup_is_read_as_it_was_written() {
        let bytes = encode(&[entry(), Entry { otp: None, codes: vec![], ..entry() }]);
        let back = decode(&bytes).unwrap();
        assert_eq!(*encode(&back), *bytes);
        assert!(back[0].otp == entry().otp && back[1].otp.is_none());
    }

    #[test]
    fn a_backup_that_is_cut_or_altered_anywhere_is_no_panic_and_never_another_length() {
        let bytes = encode(&[entry()]);
        for length in 0..bytes.len() {
            assert!(decode(&bytes[..length]).is_none());
        }
        for index in 0..bytes.len() {
            for value in [0x00, 0x1B, 0x9F, 0xF6, 0xFF] {
                let mut altered = bytes.to_vec();
                altered[index] = value;
                assert!(decode(&altered).is_none_or(|entries| entries.len() == 1));
            }
        }
    }
}
