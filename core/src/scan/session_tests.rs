//! What a stream of readings becomes.

use std::time::Duration;

use zeroize::Zeroizing;

use super::*;
use crate::ports::MonotonicClock;
use crate::scan::{ErrorCorrection, Point};

struct Stopped;

impl MonotonicClock for Stopped {
    fn elapsed(&self) -> Duration {
        Duration::ZERO
    }
}

fn session() -> Session {
    Session::new(Reader::new(Stopped), Duration::from_secs(1))
}

fn symbol(payload: &[u8], part: Option<(u8, u8, u8)>) -> Symbol {
    Symbol {
        bytes: Zeroizing::new(payload.to_vec()),
        text: std::str::from_utf8(payload).ok().map(|text| Zeroizing::new(text.to_owned())),
        corners: [Point { x: 0.0, y: 0.0 }; 4],
        version: 1,
        error_correction: ErrorCorrection::Low,
        structured_append: part.map(|(index, count, parity)| StructuredAppend { index, count, parity }),
    }
}

fn see(session: &mut Session, symbols: Vec<Symbol>) -> Scanned {
    session.take(Reading::Symbols(symbols))
}

fn texts(scanned: &Scanned) -> Vec<&str> {
    match scanned {
        Scanned::New(messages) => messages.iter().filter_map(Message::text).collect(),
        other => panic!("{other:?}"),
    }
}

fn parity(payload: &[u8]) -> u8 {
    payload.iter().fold(0, |parity, byte| parity ^ byte)
}

#[test]
fn a_code_that_flickers_is_reported_once() {
    let mut session = session();
    assert_eq!(texts(&see(&mut session, vec![symbol(b"one", None)])), ["one"]);
    let nothing = session.take(Reading::Nothing(Hint::NothingLikeACode));
    assert!(matches!(nothing, Scanned::Nothing(Hint::NothingLikeACode)));
    assert!(matches!(see(&mut session, vec![symbol(b"one", None)]), Scanned::SeenBefore));
}

#[test]
fn of_two_codes_only_the_new_one_is_reported() {
    let mut session = session();
    see(&mut session, vec![symbol(b"one", None)]);
    let scanned = see(&mut session, vec![symbol(b"one", None), symbol(b"two", None)]);
    assert_eq!(texts(&scanned), ["two"]);
}

#[test]
fn a_spread_message_comes_once_and_whole_in_whatever_order_its_parts_are_seen() {
    let mut session = session();
    let whole = "käse und brot".as_bytes();
    // Cut within a character, as encoders that count bytes do.
    let (head, tail) = whole.split_at(2);
    let scanned = see(&mut session, vec![symbol(tail, Some((1, 2, parity(whole))))]);
    assert!(matches!(scanned, Scanned::Part { missing } if missing == [0]));
    let scanned = see(&mut session, vec![symbol(head, Some((0, 2, parity(whole))))]);
    assert_eq!(texts(&scanned), ["käse und brot"]);
    let Scanned::New(messages) = scanned else { unreachable!() };
    assert_eq!(messages[0].bytes(), whole);
    assert_eq!(messages[0].symbols().len(), 2);
    let again = see(&mut session, vec![symbol(tail, Some((1, 2, parity(whole))))]);
    assert!(matches!(again, Scanned::SeenBefore));
}

#[test]
fn parts_of_different_messages_are_not_joined() {
    let mut session = session();
    see(&mut session, vec![symbol(b"left", Some((0, 2, 7)))]);
    let scanned = see(&mut session, vec![symbol(b"right", Some((1, 2, 7)))]);
    assert!(matches!(scanned, Scanned::Part { missing } if missing == [0, 1]));
    // They can be shown again, and with the right other half they are a message.
    let rest = parity(b"left") ^ 7;
    see(&mut session, vec![symbol(b"left", Some((0, 2, 7)))]);
    let scanned = see(&mut session, vec![symbol(&[rest], Some((1, 2, 7)))]);
    assert!(matches!(scanned, Scanned::New(_)), "{scanned:?}");
}

#[test]
fn a_part_number_beyond_the_count_is_taken_as_a_symbol_of_its_own() {
    let scanned = see(&mut session(), vec![symbol(b"alone", Some((3, 2, 0)))]);
    assert_eq!(texts(&scanned), ["alone"]);
}

#[test]
fn what_is_remembered_is_bounded() {
    let mut session = session();
    for number in 0..1000u32 {
        see(&mut session, vec![symbol(&number.to_be_bytes(), None)]);
        see(&mut session, vec![symbol(&number.to_be_bytes(), Some((0, 16, number.to_be_bytes()[3])))]);
    }
    assert_eq!(session.seen.len(), MOST_SEEN);
    assert_eq!(session.parts.len(), MOST_PARTS);
}

#[test]
fn a_code_that_stays_in_view_is_not_reported_again_after_many_others() {
    let mut session = session();
    see(&mut session, vec![symbol(b"poster", None)]);
    for number in 0..1000u32 {
        let scanned = see(&mut session, vec![symbol(b"poster", None), symbol(&number.to_be_bytes(), None)]);
        let Scanned::New(messages) = scanned else { panic!("{scanned:?}") };
        assert!(messages.len() == 1 && messages[0].bytes() != b"poster", "after {number} others");
    }
    assert_eq!(session.seen.len(), MOST_SEEN);
}

#[test]
fn nothing_prints_a_payload() {
    let mut session = session();
    let scanned = see(&mut session, vec![symbol(b"JBSWY3DPEHPK3PXP", None)]);
    assert!(!format!("{scanned:?}").contains("JBSWY"));
}
