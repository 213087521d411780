//! The card of an account: what stands on the list, and what the server must not read.

use countersign_protocol::DecodeError;
use countersign_protocol::numbers::RecordType;

use super::encoding::{Fields, Reader, Unknown, Writer, redacted};
use super::{Content, Text};

/// An account's card: `[1, name, app, address, login, notes, binned | null]`. A field that was left empty is an empty
/// text.
pub struct Card {
    /// What members call the account.
    pub name: Text<256>,
    /// The app or service, as its QR code names it (*issuer*).
    pub app: Text<256>,
    /// Where one signs in.
    pub address: Text<2048>,
    /// The login name.
    pub login: Text<512>,
    /// Anything else.
    pub notes: Text<16384>,
    /// When an Owner put the account into the bin, in ms since the Unix epoch. All clients hide it from then on, and
    /// an Owner's device deletes it 30 days later.
    pub binned: Option<u64>,
    /// Fields of later versions.
    pub unknown: Unknown,
}

redacted! { Card }

impl Content for Card {
    const TYPE: RecordType = RecordType::Card;
}

impl Fields for Card {
    fn write(&self, writer: &mut Writer<'_>) {
        writer.versioned(6, &self.unknown);
        self.name.write(writer);
        self.app.write(writer);
        self.address.write(writer);
        self.login.write(writer);
        self.notes.write(writer);
        writer.optional_integer(self.binned);
        writer.unknown(&self.unknown);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let later = reader.versioned(6, "a card")?;
        Ok(Self {
            name: Text::read(reader, "a card's name")?,
            app: Text::read(reader, "a card's app")?,
            address: Text::read(reader, "a card's address")?,
            login: Text::read(reader, "a card's login")?,
            notes: Text::read(reader, "a card's notes")?,
            binned: reader.optional_integer("when a card was binned")?,
            unknown: reader.unknown(later)?,
        })
    }
}
