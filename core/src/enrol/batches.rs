//! Puts the parts of Google Authenticator exports together.
//!
//! A large export is several QR codes that share a random id. Parts come in any order, twice, and mixed with
//! those of another export; an export counts as complete only when every part of one id is in.

use std::collections::BTreeMap;

use super::payload::{AccountPayload, Batch, EntryError, MigrationPayload, Payload};
use super::{Entry, read};

/// More parts than any phone can show; a code that claims more is damaged or made to exhaust memory.
const MAX_PARTS: i32 = 1_000;

/// The exports met so far, in the order of their first part.
#[derive(Debug, Default)]
pub struct Batches {
    exports: Vec<Export>,
}

/// One export, complete or not.
#[derive(Debug)]
pub struct Export {
    id: i32,
    size: u32,
    parts: BTreeMap<u32, MigrationPayload>,
}

/// Why a part was not taken; what was collected before stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BatchError {
    /// It says to be part 4 of 3, part −1, or one of more than a thousand.
    #[error("the part's number makes no sense")]
    Impossible,
    /// It has the id of an export with another number of parts.
    #[error("the part belongs to another export")]
    Mismatch,
}

impl Batches {
    /// Nothing collected yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Takes one part and says how its export stands now. A part that is in already changes nothing.
    ///
    /// # Errors
    /// [`BatchError`]; the part is dropped then.
    pub fn add(&mut self, part: MigrationPayload) -> Result<&Export, BatchError> {
        let (index, size) = place(part.batch)?;
        let position = self.exports.iter().position(|export| export.id == part.batch.id);
        let position = position.unwrap_or_else(|| {
            self.exports.push(Export { id: part.batch.id, size, parts: BTreeMap::new() });
            self.exports.len() - 1
        });
        let export = &mut self.exports[position];
        if export.size != size {
            return Err(BatchError::Mismatch);
        }
        export.parts.entry(index).or_insert(part);
        Ok(export)
    }

    /// The exports met so far.
    pub fn exports(&self) -> &[Export] {
        &self.exports
    }

    /// The exports themselves, complete or not.
    pub fn into_exports(self) -> Vec<Export> {
        self.exports
    }
}

impl Export {
    /// A list of links, one a line, as a plain export is: one part, whose accounts are chosen like those of any other
    /// export.
    pub fn of_links(text: &str) -> Self {
        let lines = text.lines().filter(|line| !line.trim().is_empty());
        let entry = |line| match read(line, Entry::Link) {
            Ok(Payload::Account(payload)) => Ok(payload),
            Ok(Payload::Migration(_)) => Err(EntryError::Line("export")),
            Err(refused) => Err(EntryError::Line(refused.id())),
        };
        let batch = Batch { id: 0, index: 0, size: 1 };
        let part = MigrationPayload { entries: lines.map(entry).collect(), batch };
        Self { id: 0, size: 1, parts: BTreeMap::from([(0, part)]) }
    }

    /// The id that its parts share.
    pub const fn id(&self) -> i32 {
        self.id
    }

    /// How many parts it has.
    pub const fn size(&self) -> u32 {
        self.size
    }

    /// The numbers of the parts that are not in yet, as people count: from 1.
    pub fn missing(&self) -> Vec<u32> {
        (0..self.size).filter(|index| !self.parts.contains_key(index)).map(|index| index + 1).collect()
    }

    /// Whether every part is in.
    pub fn is_complete(&self) -> bool {
        self.parts.len() == self.size as usize
    }

    /// The accounts of the parts that are in, in the order of the export.
    pub fn entries(&self) -> impl Iterator<Item = &Result<AccountPayload, EntryError>> {
        self.parts.values().flat_map(|part| &part.entries)
    }

    /// The accounts themselves.
    pub fn into_entries(self) -> impl Iterator<Item = Result<AccountPayload, EntryError>> {
        self.parts.into_values().flat_map(|part| part.entries)
    }
}

/// Index and size, where they make sense. An export that does not number its parts has one.
fn place(batch: Batch) -> Result<(u32, u32), BatchError> {
    let size = if batch.size == 0 { 1 } else { batch.size };
    if !(1..=MAX_PARTS).contains(&size) || !(0..size).contains(&batch.index) {
        return Err(BatchError::Impossible);
    }
    Ok((batch.index.unsigned_abs(), size.unsigned_abs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(id: i32, index: i32, size: i32) -> MigrationPayload {
        // An entry that tells where it came from.
        let entries = vec![Err(if index == 0 { EntryError::EmptySecret } else { EntryError::Damaged })];
        MigrationPayload { entries, batch: Batch { id, index, size } }
    }

    #[test]
    fn an_export_is_complete_when_all_its_parts_are_in() {
        let mut batches = Batches::new();
        assert_eq!(batches.add(part(-7, 2, 3)).unwrap().missing(), [1, 2]);
        assert_eq!(batches.add(part(-7, 0, 3)).unwrap().missing(), [2]);
        assert!(!batches.exports()[0].is_complete());
        assert!(batches.add(part(-7, 1, 3)).unwrap().is_complete());
        let export = &batches.exports()[0];
        assert_eq!((export.id(), export.size()), (-7, 3));
        let outcomes = [EntryError::EmptySecret, EntryError::Damaged, EntryError::Damaged].map(Err);
        assert!(export.entries().eq(&outcomes));
        let taken = batches.into_exports().into_iter().flat_map(Export::into_entries);
        assert!(taken.eq(outcomes));
    }

    #[test]
    fn a_list_of_links_is_an_export_whose_bad_lines_cost_the_others_nothing() {
        let list = "\u{feff}otpauth://totp/a?secret=AAAAAAAA\r\n\nhello\n otpauth://totp/b\notpauth://hotp/c?secret=AAAAAAAA&counter=2\n";
        let export = Export::of_links(list);
        assert!(export.is_complete());
        let states: Vec<_> =
            export.entries().map(|entry| entry.as_ref().map(|_| ()).map_err(|error| error.id())).collect();
        assert_eq!(states, [Ok(()), Err("not_otpauth"), Err("missing_secret"), Ok(())]);
        assert_eq!(Export::of_links("").entries().count(), 0);
    }

    #[test]
    fn the_same_part_twice_counts_once() {
        let mut batches = Batches::new();
        batches.add(part(1, 0, 2)).unwrap();
        let export = batches.add(part(1, 0, 2)).unwrap();
        assert_eq!((export.missing(), export.entries().count()), (vec![2], 1));
    }

    #[test]
    fn parts_of_two_exports_are_kept_apart() {
        let mut batches = Batches::new();
        batches.add(part(1, 0, 2)).unwrap();
        assert_eq!(batches.add(part(2, 1, 2)).unwrap().missing(), [1]);
        assert_eq!(batches.into_exports().len(), 2);
    }

    #[test]
    fn numbers_that_make_no_sense_are_refused() {
        for (index, size) in [(3, 3), (-1, 3), (0, -1), (1, 0), (0, i32::MAX), (i32::MIN, i32::MIN)] {
            let refused = Batches::new().add(part(1, index, size)).map(Export::id);
            assert_eq!(refused, Err(BatchError::Impossible), "{index} of {size}");
        }
    }

    #[test]
    fn one_id_with_two_sizes_is_refused_and_loses_nothing() {
        let mut batches = Batches::new();
        batches.add(part(1, 0, 2)).unwrap();
        assert_eq!(batches.add(part(1, 1, 3)).map(Export::id), Err(BatchError::Mismatch));
        assert_eq!(batches.exports()[0].missing(), [2]);
    }

    #[test]
    fn an_export_without_numbers_stands_alone() {
        assert!(Batches::new().add(part(0, 0, 0)).unwrap().is_complete());
    }
}
