//! The card of an account: what stands on the list, and what the server must not read.

use countersign_protocol::DecodeError;
use countersign_protocol::numbers::RecordType;

use super::encoding::{Fields, Reader, Unknown, Writer};
use super::{Content, Text};

/// An account's card: `[1, name, app, address, login, notes]`. A field that was left empty is an empty text.
#[derive(Debug)]
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
    /// Fields of later versions.
    pub unknown: Unknown,
}

impl Content for Card {
    const TYPE: RecordType = RecordType::Card;
}

impl Fields for Card {
    fn write(&self, writer: &mut Writer<'_>) {
        writer.versioned(5, &self.unknown);
        self.name.write(writer);
        self.app.write(writer);
        self.address.write(writer);
        self.login.write(writer);
        self.notes.write(writer);
        writer.unknown(&self.unknown);
    }

    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        let later = reader.versioned(5, "a card")?;
        Ok(Self {
            name: Text::read(reader, "a card's name")?,
            app: Text::read(reader, "a card's app")?,
            address: Text::read(reader, "a card's address")?,
            login: Text::read(reader, "a card's login")?,
            notes: Text::read(reader, "a card's notes")?,
            unknown: reader.unknown(later)?,
        })
    }
}
