//! The names in the directory. A server sees ids only.

use countersign_protocol::DecodeError;
use countersign_protocol::numbers::RecordType;

use super::encoding::{Fields, Reader, Unknown, Writer};
use super::{Content, Text};

/// Longest name, in bytes of UTF-8: two of them fit into an invite's greeting.
pub const MAX_NAME_BYTES: usize = 120;

/// A name.
pub type Name = Text<MAX_NAME_BYTES>;

macro_rules! name_record {
    ($($(#[$docs:meta])* $name:ident, $record_type:expr, $what:literal;)*) => {$(
        $(#[$docs])*
        #[derive(Debug)]
        pub struct $name {
            /// The name.
            pub name: Name,
            /// Fields of later versions.
            pub unknown: Unknown,
        }

        impl $name {
            /// A name as this version writes it.
            pub fn new(name: Name) -> Self {
                Self { name, unknown: Unknown::default() }
            }
        }

        impl Content for $name {
            const TYPE: RecordType = $record_type;
        }

        impl Fields for $name {
            fn write(&self, writer: &mut Writer<'_>) {
                writer.versioned(1, &self.unknown);
                self.name.write(writer);
                writer.unknown(&self.unknown);
            }

            fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
                let later = reader.versioned(1, $what)?;
                Ok(Self { name: Text::read(reader, $what)?, unknown: reader.unknown(later)? })
            }
        }
    )*};
}

name_record! {
    /// A member's name: `[1, name]`.
    MemberName, RecordType::MemberName, "a member's name";
    /// A device's name: `[1, name]`.
    DeviceName, RecordType::DeviceName, "a device's name";
    /// The workspace's name: `[1, name]`.
    WorkspaceName, RecordType::WorkspaceName, "the workspace's name";
}
