//! The one table of numbers and names: messages and their signature domains, ops, roles, kinds, record types.
//!
//! A number that is not here belongs to a later version of the protocol. Reading it is the error
//! [`DecodeError::NeedsUpdate`], never a default and never skipped (V10). `docs/protocol.md` shows this table;
//! `cargo xtask rights` keeps the two equal.

use crate::cbor::{Decode, DecodeError, Encode, Reader, Writer};

/// The protocol's version: the first element of every message.
pub const VERSION: u8 = 1;

macro_rules! numbered {
    ($(#[$doc:meta])* $name:ident, $what:literal { $($(#[$variant_doc:meta])* $variant:ident = $number:literal, $label:literal;)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[repr(u8)]
        pub enum $name { $($(#[$variant_doc])* $variant = $number,)* }

        impl $name {
            /// Every value, in the order of the numbers.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The number on the wire.
            pub const fn number(self) -> u8 {
                self as u8
            }

            /// The name in documents, vectors and messages.
            pub const fn name(self) -> &'static str {
                match self { $(Self::$variant => $label),* }
            }

            /// The value of a number, or `None` where the number belongs to a later version.
            pub const fn from_number(number: u64) -> Option<Self> {
                match number { $($number => Some(Self::$variant),)* _ => None }
            }
        }

        impl Encode for $name {
            fn write(&self, writer: &mut Writer) {
                writer.integer(u64::from(self.number()));
            }
        }

        impl Decode for $name {
            fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
                let number = reader.integer($what)?;
                Self::from_number(number).ok_or(DecodeError::NeedsUpdate { what: $what, number })
            }
        }
    };
}

numbered! {
    /// The kinds of message; the second element of each. A signature over one begins with its name (V1).
    Message, "message" {
        /// A log entry.
        Entry = 1, "entry";
        /// A record's header.
        Record = 2, "record";
        /// A device's proof that it holds its own signing key; signed over the bare device record.
        Pop = 3, "pop";
        /// What an invite's key signs for whoever joins by it.
        Join = 4, "join";
        /// What a device signs to log in.
        Login = 5, "login";
        /// A space key sealed for one device. Not signed.
        Box = 6, "box";
        /// The list of a space's records at a rotation. Not signed: its rotate entry holds its hash.
        Manifest = 7, "manifest";
        /// What an invitee posts and an Admin's device turns into op 2. Not signed: its parts are.
        JoinRequest = 8, "join-request";
        /// What a new device shows to be added. Not signed: its part is.
        DeviceOffer = 9, "device-offer";
        /// The verified state of a log, kept by the device that verified it. Never sent.
        Checkpoint = 10, "checkpoint";
    }
}

numbered! {
    /// The ops of the log.
    OpKind, "op" {
        /// Begins a workspace.
        Genesis = 0, "genesis";
        /// Offers membership to whoever holds a secret.
        Invite = 1, "invite";
        /// Makes an invitee a member.
        Join = 2, "join";
        /// Adds a device to its author's user.
        AddDevice = 3, "add_dev";
        /// Removes a device.
        RemoveDevice = 4, "rm_dev";
        /// Removes a member and all of its devices.
        RemoveMember = 5, "rm_member";
        /// Changes a workspace role.
        Role = 6, "role";
        /// Creates an account with its two spaces.
        Account = 7, "account";
        /// Gives, changes or takes an account role.
        Grant = 8, "grant";
        /// Begins the next epoch of a dirty space.
        Rotate = 9, "rotate";
        /// Offers, withdraws or accepts the role of workspace Owner.
        Transfer = 10, "transfer";
        /// Ends an invite.
        RevokeInvite = 11, "revoke_invite";
        /// Ends an account.
        DeleteAccount = 12, "delete_account";
    }
}

numbered! {
    /// A member's role in the workspace, weakest first.
    WorkspaceRole, "workspace role" {
        /// A member.
        User = 1, "User";
        /// Invites, joins and removes members of lower role.
        Admin = 2, "Admin";
        /// The same, over Admins too.
        SuperAdmin = 3, "Super Admin";
        /// Exactly one, handed over by op 10 only.
        Owner = 4, "Owner";
    }
}

numbered! {
    /// A member's role in an account, weaker first. On the wire 0 stands for *none*; 3 is kept for `Code only`.
    AccountRole, "account role" {
        /// Sees codes.
        Collaborator = 1, "Collaborator";
        /// Manages everything about the account.
        Owner = 2, "Owner";
    }
}

numbered! {
    /// What a device is.
    DeviceKind, "device kind" {
        /// A phone or computer.
        Phone = 0, "phone";
        /// A recovery kit: a device on paper.
        Kit = 1, "kit";
    }
}

numbered! {
    /// The algorithms of a device's keys. Number 2 is kept for X-Wing.
    Suite, "suite" {
        /// Ed25519; HPKE base mode with DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM.
        X25519 = 1, "X25519";
    }
}

numbered! {
    /// What a space is for; every access level is a space with its own key.
    SpaceKind, "space kind" {
        /// The workspace's own: names. Every active device of a member reads it.
        Directory = 0, "directory";
        /// An account's codes. Its Owners and Collaborators read it.
        Codes = 1, "codes";
        /// An account's emergency controls. Its Owners read it.
        Controls = 2, "controls";
    }
}

numbered! {
    /// What a record holds. Space, instance and writers of each: [`crate::rights::RECORDS`].
    RecordType, "record type" {
        /// The account's card: name, app, address, login, notes.
        Card = 1, "card";
        /// The secret and its parameters.
        Otp = 2, "otp";
        /// How far an HOTP secret has been drawn.
        Counter = 3, "counter";
        /// What one device did with the account.
        Activity = 4, "activity";
        /// An enrolment that is not confirmed yet.
        Pending = 5, "pending enrolment";
        /// The service's own backup codes.
        RecoveryCodes = 6, "recovery codes";
        /// A secret that was replaced or turned off, kept for 30 days.
        Replaced = 7, "replaced secret";
        /// A member's name.
        MemberName = 8, "name of a member";
        /// A device's name.
        DeviceName = 9, "name of a device";
        /// The workspace's name.
        WorkspaceName = 10, "name of the workspace";
    }
}

impl Encode for Option<AccountRole> {
    fn write(&self, writer: &mut Writer) {
        writer.integer(self.map_or(0, |role| u64::from(role.number())));
    }
}

impl Decode for Option<AccountRole> {
    fn read(reader: &mut Reader<'_>) -> Result<Self, DecodeError> {
        match reader.integer("account role")? {
            0 => Ok(None),
            number => AccountRole::from_number(number)
                .map(Some)
                .ok_or(DecodeError::NeedsUpdate { what: "account role", number }),
        }
    }
}
