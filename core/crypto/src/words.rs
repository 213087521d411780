//! Safety words: twelve words that two people read to each other to learn whether the server shows them the same
//! log.
//!
//! They are the first 132 bits of SHA-256 over the head at an agreed entry, eleven bits a word, from the English
//! list of BIP-39 (`words/english.txt`, licence beside it). Twelve, because a server that is helped by a member
//! can try many logs until the words agree: six could be found that way, twelve cannot.

use sha2::{Digest, Sha256};

/// The 2,048 words of BIP-39, one a line; the first four letters of each are enough to tell it from the others.
const ENGLISH: &str = include_str!("words/english.txt");

/// The words of `head`, the log's head at the entry that both sides chose.
pub fn safety_words(head: &[u8; 32]) -> [&'static str; 12] {
    let list: Vec<&str> = ENGLISH.lines().collect();
    let digest = Sha256::digest(head);
    std::array::from_fn(|word| list[bits(&digest, word * 11)])
}

/// The eleven bits that begin at bit `start`, the first bit being the highest of the first byte.
fn bits(digest: &[u8], start: usize) -> usize {
    (start..start + 11).fold(0, |value, bit| (value << 1) | usize::from(digest[bit / 8] >> (7 - bit % 8) & 1))
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_list_is_that_of_bip_39() {
        let words: Vec<_> = ENGLISH.lines().collect();
        assert_eq!((words.len(), words[0], words[2047]), (2048, "abandon", "zoo"));
        assert!(words.is_sorted());
        assert_eq!(words.iter().map(|word| &word[..word.len().min(4)]).collect::<BTreeSet<_>>().len(), 2048);
    }

    #[test]
    fn words_take_eleven_bits_each_from_the_front_of_the_digest() {
        // Computed apart, in Python: int.from_bytes(sha256(head)) >> (256 - 11 * (i + 1)) & 0x7FF.
        let counting: [u8; 32] = std::array::from_fn(|i| u8::try_from(i).unwrap());
        assert_eq!(
            safety_words(&[0; 32]).join(" "),
            "grid duck problem valid cloth roof rate wealth merit insane toe divorce"
        );
        assert_eq!(
            safety_words(&counting).join(" "),
            "glide hover engage snow drip rebuild dust enhance emerge talk nothing paper"
        );
    }

    #[test]
    fn one_bit_of_the_head_changes_the_words() {
        let mut head = [7; 32];
        let before = safety_words(&head);
        head[31] ^= 1;
        assert_ne!(before, safety_words(&head));
    }
}
