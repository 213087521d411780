//! One line of the list: what search reads and a screen shows without opening a record.
//!
//! It is derived from records, but for the favourite mark, and lies sealed under the local key alone: ten thousand
//! of them are read in one go, where ten thousand cards under as many space keys could not be.

use std::sync::Arc;

use countersign_crypto::content::{Card, Otp, OtpKind};
use countersign_crypto::local::{LocalKey, Place};
use countersign_protocol::ids::AccountId;
use minicbor::{Decoder, Encoder};
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use super::listing::{CodeKind, MfaState};
use crate::error::Unavailable;
use crate::ports::{Entropy, Timestamp};
use crate::store::StoreError;

/// How much of the notes is searched, in bytes.
const NOTES: usize = 512;
/// The form that is written; another one is damage, for it never leaves the device.
const VERSION: u64 = 1;

/// Says whether two secrets are the same, and nothing else about them.
pub(crate) type Fingerprint = [u8; 16];

/// An account as the list knows it.
#[derive(Clone, Default, PartialEq, Eq)]
pub(crate) struct Line {
    pub(crate) name: Arc<str>,
    pub(crate) app: Arc<str>,
    pub(crate) address: String,
    pub(crate) login: Arc<str>,
    /// The beginning of the notes.
    pub(crate) notes: String,
    pub(crate) favourite: bool,
    /// The secret in use.
    pub(crate) on: Option<Secret>,
    /// The secret that was scanned and not confirmed yet.
    pub(crate) pending: Option<Secret>,
    /// When it was put into the bin, in ms since the Unix epoch.
    pub(crate) binned: Option<u64>,
    /// When the first of the secrets was sealed that can still be restored, in ms since the Unix epoch.
    pub(crate) oldest_replaced: Option<u64>,
    /// How many of the service's own backup codes are left.
    pub(crate) recovery_codes: u64,
    /// All texts in lower case, one a line, for search.
    pub(crate) folded: String,
}

/// What the list knows of a secret.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Secret {
    pub(crate) codes: CodeKind,
    pub(crate) fingerprint: Fingerprint,
    /// When it was scanned, or turned on, in ms since the Unix epoch.
    pub(crate) since: u64,
}

impl Secret {
    pub(crate) fn of(otp: &Otp, since: u64) -> Self {
        let codes = match otp.kind {
            OtpKind::Totp { .. } | OtpKind::Steam => CodeKind::Clock,
            OtpKind::Hotp { .. } => CodeKind::Counter,
        };
        Self { codes, fingerprint: fingerprint(otp.secret.expose()), since }
    }
}

/// `SHA-256("countersign/secret" | secret)[..16]`; it is kept under the local key only.
pub(crate) fn fingerprint(secret: &[u8]) -> Fingerprint {
    let hash = Sha256::new_with_prefix(b"countersign/secret").chain_update(secret).finalize();
    let mut fingerprint = [0; 16];
    fingerprint.copy_from_slice(&hash[..16]);
    fingerprint
}

impl Line {
    /// Takes over what the card says.
    pub(crate) fn set_card(&mut self, card: &Card) {
        self.name = card.name.as_str().into();
        self.app = card.app.as_str().into();
        card.address.as_str().clone_into(&mut self.address);
        self.login = card.login.as_str().into();
        let notes = card.notes.as_str();
        notes[..notes.floor_char_boundary(NOTES)].clone_into(&mut self.notes);
        self.binned = card.binned;
        self.fold();
    }

    fn fold(&mut self) {
        let texts = [&*self.name, &self.app, &self.login, &self.address, &self.notes];
        let mut folded = String::with_capacity(texts.iter().map(|text| text.len() + 1).sum());
        for (place, text) in texts.into_iter().enumerate() {
            if place > 0 {
                folded.push('\n');
            }
            // Most texts are ASCII, and ten thousand lines are folded at an unlock.
            if text.is_ascii() {
                let begin = folded.len();
                folded.push_str(text);
                folded[begin..].make_ascii_lowercase();
            } else {
                folded.push_str(&text.to_lowercase());
            }
        }
        self.folded = folded;
    }

    pub(crate) fn mfa(&self) -> MfaState {
        match (self.on, self.pending) {
            (Some(on), pending) => MfaState::On {
                codes: on.codes,
                replacing: pending.map(|pending| Timestamp::from_unix_millis(pending.since)),
            },
            (None, Some(pending)) => MfaState::Pending { since: Timestamp::from_unix_millis(pending.since) },
            (None, None) => MfaState::Off,
        }
    }

    pub(crate) fn seal(
        &self,
        account: AccountId,
        local: &LocalKey,
        entropy: &dyn Entropy,
    ) -> Result<Vec<u8>, Unavailable> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(self.folded.len() + 256));
        self.encode(&mut bytes).map_err(|_| StoreError::Damaged)?;
        Ok(local.seal(Place::Store(&place(account)), &bytes, entropy)?)
    }

    /// `[1, name, app, address, login, notes, favourite, on, pending, binned, oldest_replaced, recovery_codes]`
    fn encode(&self, bytes: &mut Vec<u8>) -> Result<(), minicbor::encode::Error<std::convert::Infallible>> {
        let mut encoder = Encoder::new(bytes);
        encoder.array(12)?.u64(VERSION)?;
        for text in [&*self.name, &self.app, &self.address, &self.login, &self.notes] {
            encoder.str(text)?;
        }
        encoder.bool(self.favourite)?;
        for secret in [self.on, self.pending] {
            match secret {
                Some(Secret { codes, fingerprint, since }) => {
                    encoder.array(3)?.bool(codes == CodeKind::Counter)?.bytes(&fingerprint)?.u64(since)?;
                }
                None => drop(encoder.null()?),
            }
        }
        for time in [self.binned, self.oldest_replaced] {
            match time {
                Some(time) => encoder.u64(time)?,
                None => encoder.null()?,
            };
        }
        encoder.u64(self.recovery_codes)?;
        Ok(())
    }

    pub(crate) fn open(account: AccountId, sealed: &[u8], local: &LocalKey) -> Result<Self, Unavailable> {
        let bytes = local.open(Place::Store(&place(account)), sealed)?;
        let mut line = Self::decode(&bytes).ok().flatten().ok_or(StoreError::Damaged)?;
        line.fold();
        Ok(line)
    }

    fn decode(bytes: &[u8]) -> Result<Option<Self>, minicbor::decode::Error> {
        let mut decoder = Decoder::new(bytes);
        if decoder.array()? != Some(12) || decoder.u64()? != VERSION {
            return Ok(None);
        }
        let mut text = || decoder.str();
        let (name, app, address, login, notes) = (text()?, text()?, text()?, text()?, text()?);
        let favourite = decoder.bool()?;
        let (on, pending) = (secret(&mut decoder)?, secret(&mut decoder)?);
        let binned = optional(&mut decoder, Decoder::u64)?;
        let oldest_replaced = optional(&mut decoder, Decoder::u64)?;
        Ok(Some(Self {
            name: name.into(),
            app: app.into(),
            address: address.to_owned(),
            login: login.into(),
            notes: notes.to_owned(),
            favourite,
            on,
            pending,
            binned,
            oldest_replaced,
            recovery_codes: decoder.u64()?,
            folded: String::new(),
        }))
    }
}

fn secret(decoder: &mut Decoder<'_>) -> Result<Option<Secret>, minicbor::decode::Error> {
    optional(decoder, |decoder| {
        decoder.array()?;
        let codes = if decoder.bool()? { CodeKind::Counter } else { CodeKind::Clock };
        let bytes = decoder.bytes()?;
        let fingerprint =
            bytes.try_into().map_err(|_| minicbor::decode::Error::message("a fingerprint has 16 bytes"))?;
        Ok(Secret { codes, fingerprint, since: decoder.u64()? })
    })
}

fn optional<'b, T>(
    decoder: &mut Decoder<'b>,
    read: impl FnOnce(&mut Decoder<'b>) -> Result<T, minicbor::decode::Error>,
) -> Result<Option<T>, minicbor::decode::Error> {
    if decoder.datatype()? == minicbor::data::Type::Null {
        decoder.null()?;
        return Ok(None);
    }
    read(decoder).map(Some)
}

fn place(account: AccountId) -> [u8; 21] {
    let mut place = *b"line/0000000000000000";
    place[5..].copy_from_slice(account.as_bytes());
    place
}
