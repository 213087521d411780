//! A kit comes back from its paper, and one that is mistyped, foreign or tampered with does not.

use proptest::prelude::*;

use super::*;
use crate::testing::{Seeded, workspace};

fn kit() -> RecoveryKit {
    RecoveryKit::new(KitSecret::generate(&Seeded::new(7)).unwrap(), workspace(0xC5))
}

fn read(text: &str) -> Result<String, KitError> {
    RecoveryKit::parse(text).map(|kit| kit.to_text().to_string())
}

/// The text with the character at `index` (dashes not counted) replaced.
fn with(index: usize, character: char) -> String {
    kit().characters().chars().enumerate().map(|(i, c)| if i == index { character } else { c }).collect()
}

#[test]
fn a_kit_is_sixty_four_characters_in_fours() {
    let text = kit().to_text();
    assert_eq!(text.split('-').map(str::len).collect::<Vec<_>>(), [4; 16]);
    assert!(text.chars().all(|c| matches!(c, '-' | 'A'..='Z' | '2'..='7')));
}

#[test]
fn reading_gives_the_same_keys_and_the_same_workspace() {
    let back = RecoveryKit::parse(&kit().to_text()).unwrap();
    assert_eq!(back.workspace(), workspace(0xC5));
    assert_eq!(back.device().record(), kit().device().record());
    assert_eq!(back.device().record().kind.name(), "kit");
}

#[test]
fn case_spaces_and_dashes_do_not_matter() {
    let text = kit().to_text();
    for typed in [
        text.to_lowercase(),
        text.replace('-', " "),
        text.replace('-', ""),
        text.replace('-', "\u{2013}"),
        text.replace('-', " \n"),
        format!("  {}\t", text.replace('-', "\u{2011}")),
        text.chars().flat_map(|c| [c, ' ']).collect(),
    ] {
        assert_eq!(read(&typed).as_deref(), Ok(text.as_str()), "{typed}");
    }
}

#[test]
fn digits_that_no_kit_has_are_read_as_the_letters_they_look_like() {
    let text = kit().characters();
    let mistaken = text.replace('O', "0").replace('B', "8");
    assert_ne!(*mistaken, **text, "the sample has no O and no B: choose another seed");
    assert!(read(&mistaken).is_ok());
}

#[test]
fn a_one_is_tried_as_i_and_as_l() {
    let text = kit().characters();
    for letter in ['I', 'L'] {
        let at = text.find(letter).expect("the sample has both: choose another seed");
        assert!(read(&with(at, '1')).is_ok());
    }
    assert!(matches!(read(&"1".repeat(64)), Err(KitError::Character { group: 2 })));
}

#[test]
fn several_ones_are_told_apart() {
    let text = kit().characters();
    for letters in [['I', 'L'], ['L', 'I']] {
        let first = text.find(letters[0]).unwrap();
        let second = text.rfind(letters[1]).unwrap();
        let typed: String =
            text.chars().enumerate().map(|(i, c)| if i == first || i == second { '1' } else { c }).collect();
        assert_eq!(read(&typed), Ok(kit().to_text().to_string()));
    }
}

#[test]
fn one_wrong_character_names_its_group_wherever_it_is() {
    for index in 0..64 {
        let right = kit().characters().as_bytes()[index];
        let wrong = if right == b'A' { 'Q' } else { 'A' };
        assert_eq!(read(&with(index, wrong)), Err(KitError::Group { group: index / 4 + 1 }));
    }
}

#[test]
fn two_swapped_neighbours_name_their_group() {
    // The second pair lies across two groups; the first of them is named.
    for (first, group) in [(21, 6), (27, 7)] {
        let mut characters: Vec<char> = kit().characters().chars().collect();
        assert_ne!(characters[first], characters[first + 1], "choose another seed");
        characters.swap(first, first + 1);
        assert_eq!(read(&characters.iter().collect::<String>()), Err(KitError::Group { group }));
    }
}

#[test]
fn a_group_that_is_too_short_or_too_long_is_named() {
    let text = kit().to_text();
    let groups: Vec<&str> = text.split('-').collect();
    for damaged in [&groups[4][..3], &format!("{}A", groups[4])] {
        let mut typed = groups.clone();
        typed[4] = damaged;
        assert_eq!(read(&typed.join(" ")), Err(KitError::GroupLength { group: 5 }));
    }
    assert_eq!(read(&text[..text.len() - 5]), Err(KitError::Length { found: 60 }));
    assert_eq!(read(""), Err(KitError::Length { found: 0 }));
}

#[test]
fn a_character_that_no_kit_has_is_named_by_its_group() {
    for wrong in ['9', '!', 'é', '\u{1F511}'] {
        assert_eq!(read(&with(37, wrong)), Err(KitError::Character { group: 10 }));
    }
}

#[test]
fn two_wrong_characters_blame_nobody() {
    let mut characters: Vec<char> = kit().characters().chars().collect();
    for index in [3, 40] {
        characters[index] = if characters[index] == 'A' { 'Q' } else { 'A' };
    }
    assert_eq!(read(&characters.iter().collect::<String>()), Err(KitError::Checksum));
}

#[test]
fn an_endless_text_is_refused_by_its_length() {
    let spaced = |length: usize| format!("{}{}", *kit().characters(), " ".repeat(length - 64));
    assert!(read(&spaced(1024)).is_ok());
    assert_eq!(read(&spaced(1025)), Err(KitError::Length { found: 64 }));
    assert_eq!(read(&"A".repeat(1 << 20)), Err(KitError::Length { found: 1 << 20 }));
}

proptest! {
    #[test]
    fn whatever_reads_is_printed_in_one_form_that_reads_the_same(text in "[A-Za-z0-9 \u{2013}-]{0,90}") {
        if let Ok(printed) = read(&text) {
            prop_assert_eq!(read(&printed), Ok(printed));
        }
    }

    #[test]
    fn a_changed_character_is_found_or_changes_nothing(at in 0_usize..64, to in "[A-Za-z0-9!é]") {
        let typed = with(at, to.chars().next().unwrap());
        if let Ok(printed) = read(&typed) {
            prop_assert_eq!(printed, kit().to_text().to_string());
        }
    }

    #[test]
    fn every_kit_of_every_workspace_comes_back(seed: u64, of: u8) {
        let kit = RecoveryKit::new(KitSecret::generate(&Seeded::new(seed)).unwrap(), workspace(of));
        let back = RecoveryKit::parse(&kit.to_text().to_lowercase()).unwrap();
        prop_assert_eq!(back.workspace(), kit.workspace());
        prop_assert_eq!(*back.device().record(), *kit.device().record());
    }
}
