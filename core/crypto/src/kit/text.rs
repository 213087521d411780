//! The 64 characters of a kit: writing them, and reading what a person copied by hand.
//!
//! base32 (RFC 4648) of `kit20 | ws16 | checksum4` in groups of four. Reading ignores case, spaces and dashes, takes
//! 0 for O and 8 for B, which base32 does not have, and tries a 1 as I and as L: the checksum tells which. Where the
//! checksum fails, it looks for the one character, or the two swapped ones, that would mend it, and names their
//! group. It never mends by itself: the paper is right, and the person has it.

use data_encoding::BASE32;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use crate::secret::{self, SecretBytes};

/// Characters of a kit, separators not counted.
const CHARACTERS: usize = 64;
/// Characters of one group.
const GROUP: usize = 4;
/// Longest input looked at: 64 characters of up to four bytes, each with as many separators again.
const LIMIT: usize = 1024;
/// More characters than this that may be I or L are not tried: each doubles the work.
const AMBIGUOUS: usize = 4;
/// The alphabet of base32, RFC 4648 section 6.
const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// Why a text is not a recovery kit; a group is counted from 1, as it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KitError {
    /// Not 64 characters, and no group can be blamed.
    #[error("read a recovery kit: it has 64 characters, this has {found}")]
    Length {
        /// Characters found, separators not counted.
        found: usize,
    },
    /// This group does not have four characters.
    #[error("read a recovery kit: group {group} does not have four characters")]
    GroupLength {
        /// From 1 to 16.
        group: usize,
    },
    /// This group has a character that no kit has.
    #[error("read a recovery kit: group {group} has a character that is not A to Z or 2 to 7")]
    Character {
        /// From 1 to 16.
        group: usize,
    },
    /// One character of this group, or its order, is wrong.
    #[error("read a recovery kit: group {group} is not what was written")]
    Group {
        /// From 1 to 16.
        group: usize,
    },
    /// More than one character is wrong; which ones cannot be known.
    #[error("read a recovery kit: more than one character is wrong")]
    Checksum,
}

impl KitError {
    /// The error's stable name, as vectors have it.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Length { .. } => "Length",
            Self::GroupLength { .. } => "GroupLength",
            Self::Character { .. } => "Character",
            Self::Group { .. } => "Group",
            Self::Checksum => "Checksum",
        }
    }
}

/// What a kit's text carries: its secret, its workspace.
type Decoded = (SecretBytes<20>, [u8; 16]);

/// The 64 characters, without separators.
pub(super) fn write(secret: &[u8; 20], workspace: &[u8; 16]) -> Zeroizing<String> {
    let mut bytes = Zeroizing::new([0; 40]);
    bytes[..20].copy_from_slice(secret);
    bytes[20..36].copy_from_slice(workspace);
    let sum = checksum(&bytes[..36]);
    bytes[36..].copy_from_slice(&sum);
    let mut text = Zeroizing::new(String::with_capacity(CHARACTERS));
    BASE32.encode_append(&bytes[..], &mut text);
    text
}

/// The same in groups of four, a dash between them.
pub(super) fn grouped(characters: &str) -> Zeroizing<String> {
    let mut text = Zeroizing::new(String::with_capacity(CHARACTERS + CHARACTERS / GROUP));
    for (index, character) in characters.chars().enumerate() {
        if index > 0 && index % GROUP == 0 {
            text.push('-');
        }
        text.push(character);
    }
    text
}

/// Reads what a person typed.
pub(super) fn read(text: &str) -> Result<Decoded, KitError> {
    let characters = characters(text)?;
    let ambiguous: Vec<usize> = (0..CHARACTERS).filter(|&index| characters[index] == b'1').collect();
    if let Some(&first) = ambiguous.get(AMBIGUOUS) {
        return Err(KitError::Character { group: first / GROUP + 1 });
    }
    let mut suspects = Suspects::default();
    let mut candidate = characters;
    for choice in 0..1_u8 << ambiguous.len() {
        for (bit, &index) in ambiguous.iter().enumerate() {
            candidate[index] = if choice >> bit & 1 == 0 { b'I' } else { b'L' };
        }
        if let Some(decoded) = decode(&candidate) {
            return Ok(decoded);
        }
        suspects.look_near(&mut candidate);
    }
    Err(suspects.verdict())
}

/// The 64 characters in upper case, each of the alphabet or a `1`, or the group that is not like that.
fn characters(text: &str) -> Result<Zeroizing<[u8; CHARACTERS]>, KitError> {
    if text.len() > LIMIT {
        return Err(KitError::Length { found: text.chars().filter(|&c| !is_separator(c)).count() });
    }
    let groups: Vec<&str> = text.split(is_separator).filter(|group| !group.is_empty()).collect();
    let found = groups.iter().map(|group| group.chars().count()).sum();
    if groups.len() == CHARACTERS / GROUP
        && let Some(wrong) = groups.iter().position(|group| group.chars().count() != GROUP)
    {
        return Err(KitError::GroupLength { group: wrong + 1 });
    }
    if found != CHARACTERS {
        return Err(KitError::Length { found });
    }
    let mut characters = Zeroizing::new([0; CHARACTERS]);
    for (index, character) in groups.iter().flat_map(|group| group.chars()).enumerate() {
        characters[index] = match character.to_ascii_uppercase() {
            '0' => b'O',
            '8' => b'B',
            known @ ('A'..='Z' | '1'..='7') => known as u8,
            _ => return Err(KitError::Character { group: index / GROUP + 1 }),
        };
    }
    Ok(characters)
}

/// White space and every dash that a keyboard, a word processor or a PDF puts in.
fn is_separator(character: char) -> bool {
    character.is_whitespace()
        || matches!(
            character,
            '-' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{00AD}' | '\u{200B}' | '.' | '_'
        )
}

/// What 64 characters of the alphabet carry, if their checksum holds.
fn decode(characters: &[u8; CHARACTERS]) -> Option<Decoded> {
    let mut bytes = Zeroizing::new([0; 40]);
    BASE32.decode_mut(characters, &mut bytes[..]).ok()?;
    let holds: bool = bytes[36..].ct_eq(&checksum(&bytes[..36])).into();
    if !holds {
        return None;
    }
    let mut secret = secret::zeros();
    secret.copy_from_slice(&bytes[..20]);
    let mut workspace = [0; 16];
    workspace.copy_from_slice(&bytes[20..36]);
    Some((secret, workspace))
}

/// Four bytes that an error in copying changes, all but one time in four thousand million.
fn checksum(kit_and_workspace: &[u8]) -> [u8; 4] {
    let digest = Sha256::new().chain_update(b"cs/1/kit/sum").chain_update(kit_and_workspace).finalize();
    [digest[0], digest[1], digest[2], digest[3]]
}

/// The groups where one slip of the pen would explain a wrong checksum.
#[derive(Default)]
struct Suspects {
    group: Option<usize>,
    several: bool,
}

impl Suspects {
    /// Tries every single character, and every swap of two neighbours, of `characters`, which come back unchanged.
    fn look_near(&mut self, characters: &mut [u8; CHARACTERS]) {
        for index in 0..CHARACTERS {
            let written = characters[index];
            for &other in ALPHABET.iter().filter(|&&other| other != written) {
                characters[index] = other;
                self.note(characters, index);
            }
            characters[index] = written;
        }
        for index in 1..CHARACTERS {
            if characters[index - 1] != characters[index] {
                characters.swap(index - 1, index);
                self.note(characters, index - 1);
                characters.swap(index - 1, index);
            }
        }
    }

    fn note(&mut self, characters: &[u8; CHARACTERS], index: usize) {
        if decode(characters).is_some() {
            let group = index / GROUP + 1;
            self.several |= self.group.is_some_and(|known| known != group);
            self.group = Some(group);
        }
    }

    fn verdict(&self) -> KitError {
        match self.group {
            Some(group) if !self.several => KitError::Group { group },
            _ => KitError::Checksum,
        }
    }
}
