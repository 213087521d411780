//! The tables of V6 and V7, line by line.

use std::collections::BTreeMap;

use super::{Decision, Fault, Revision, Settled, decide, faults, settle};
use crate::ids::{Commitment, DeviceId, RecordHash, RecordId};
use crate::limits::{MAX_INTEGER, REVISIONS_PER_ENTRY};
use crate::log::Epoch;
use crate::manifest::{Line, Manifest};
use crate::placement::Standing::{self, Listed, Marked, Written};

fn hash(byte: u8) -> RecordHash {
    RecordHash::from_bytes([byte; 32])
}

/// Revision `rev` with a hash of its own, made from the one before.
fn revision(rev: u8, standing: Standing) -> Revision {
    let before = if rev == 1 { RecordHash::ZERO } else { hash(rev - 1) };
    Revision { rev: rev.into(), hash: hash(rev), prev: before, epoch: 1, standing }
}

/// Another revision of the same number.
fn twin(rev: u8, byte: u8) -> Revision {
    Revision { hash: hash(byte), ..revision(rev, Written) }
}

fn line(revision: &Revision) -> Line {
    Line { rev: revision.rev, hash: revision.hash }
}

#[test]
fn whoever_holds_nothing_takes_what_is_believed() {
    for standing in [Written, Listed, Marked] {
        assert_eq!(decide(None, &revision(3, standing), None), Decision::Take);
    }
}

#[test]
fn the_next_revision_replaces_the_one_it_was_made_from() {
    let held = revision(2, Written);
    assert_eq!(decide(Some(&held), &revision(3, Written), None), Decision::Take);
}

#[test]
fn a_gap_is_honest() {
    assert_eq!(decide(Some(&revision(2, Written)), &revision(4, Written), None), Decision::Take);
}

#[test]
fn the_copy_held_is_known() {
    let held = revision(2, Written);
    assert_eq!(decide(Some(&held), &held, None), Decision::Known);
    assert_eq!(decide(Some(&held), &revision(2, Marked), None), Decision::Known);
}

#[test]
fn a_marked_copy_that_turns_out_to_be_listed_is_confirmed() {
    assert_eq!(decide(Some(&revision(2, Marked)), &revision(2, Listed), None), Decision::Confirm);
}

#[test]
fn a_marked_copy_gives_way_to_anything_that_stands() {
    assert_eq!(decide(Some(&revision(9, Marked)), &revision(2, Listed), None), Decision::Take);
    assert_eq!(decide(Some(&revision(9, Marked)), &revision(2, Written), None), Decision::Take);
}

#[test]
fn among_marked_copies_the_higher_is_taken() {
    assert_eq!(decide(Some(&revision(2, Marked)), &revision(3, Marked), None), Decision::Take);
    assert_eq!(decide(Some(&revision(3, Marked)), &revision(2, Marked), None), Decision::Older);
}

#[test]
fn a_revision_not_made_from_the_one_held_is_taken_and_both_are_kept() {
    let sideways = Revision { prev: hash(77), ..revision(3, Written) };
    assert_eq!(decide(Some(&revision(2, Written)), &sideways, None), Decision::TakeBeside);
}

#[test]
fn of_two_of_one_revision_all_devices_show_the_same_one() {
    let (low, high) = (twin(3, 10), twin(3, 20));
    assert_eq!(decide(Some(&high), &low, None), Decision::ShowBeside);
    assert_eq!(decide(Some(&low), &high, None), Decision::KeepBeside);
    // The one that the manifest lists, whatever the hashes.
    assert_eq!(decide(Some(&low), &high, Some(line(&high))), Decision::ShowBeside);
    assert_eq!(decide(Some(&high), &low, Some(line(&high))), Decision::KeepBeside);
}

#[test]
fn hostile_server_rolls_a_record_back() {
    assert_eq!(decide(Some(&revision(5, Written)), &revision(4, Written), None), Decision::Older);
    assert_eq!(decide(Some(&revision(5, Written)), &revision(1, Listed), None), Decision::Older);
}

#[test]
fn hostile_server_shows_what_a_removed_member_wrote_later_over_a_copy_accepted_before() {
    assert_eq!(decide(Some(&revision(5, Written)), &revision(6, Marked), None), Decision::Refuse);
    assert_eq!(decide(Some(&revision(5, Listed)), &revision(6, Marked), None), Decision::Refuse);
}

#[test]
fn hostile_server_shows_a_fresh_device_less_than_the_manifest_lists() {
    let listed = Some(line(&revision(5, Listed)));
    // Taken, since nothing better came, but never unmarked.
    assert_eq!(decide(None, &revision(4, Written), listed), Decision::Take);
    assert!(revision(4, Written).is_shown_marked(listed));
    assert!(twin(5, 99).is_shown_marked(listed));
    assert!(!revision(5, Listed).is_shown_marked(listed));
    assert!(!revision(6, Written).is_shown_marked(listed));
    assert!(!revision(4, Written).is_shown_marked(None));
}

#[test]
fn what_stands_as_marked_is_shown_so() {
    assert!(revision(6, Marked).is_shown_marked(None));
}

#[test]
fn a_rotation_confirms_what_its_manifest_lists() {
    let held = revision(5, Written);
    assert_eq!(settle(&held, Some(line(&held)), 2, true), Settled::Listed);
    assert_eq!(settle(&revision(5, Marked), Some(line(&held)), 2, false), Settled::Listed);
}

#[test]
fn a_rotation_marks_what_is_below_its_manifest() {
    let listed = Some(line(&revision(6, Listed)));
    assert_eq!(settle(&revision(5, Written), listed, 2, true), Settled::BelowFloor);
    assert_eq!(settle(&twin(6, 99), listed, 2, true), Settled::OtherListed);
}

#[test]
fn a_manifest_never_lowers_a_device() {
    let held = revision(6, Written);
    let lower = Some(line(&revision(5, Listed)));
    assert_eq!(settle(&held, lower, 2, true), Settled::Above { ask: false });
    assert_eq!(settle(&held, None, 2, true), Settled::Above { ask: false });
    // Where its author may no longer write it, an Owner is asked.
    assert_eq!(settle(&held, lower, 2, false), Settled::Above { ask: true });
}

#[test]
fn a_marked_copy_that_a_rotation_leaves_out_stays_marked() {
    assert_eq!(settle(&revision(6, Marked), None, 2, false), Settled::Marked);
    assert_eq!(settle(&revision(6, Marked), Some(line(&revision(5, Listed))), 2, false), Settled::Marked);
}

#[test]
fn a_record_resealed_with_the_rotation_stands() {
    let resealed = Revision { epoch: 2, ..revision(6, Written) };
    assert_eq!(settle(&resealed, Some(line(&revision(5, Listed))), 2, true), Settled::Resealed);
}

/// An epoch that began with the entry at `seq`.
fn began(seq: u64, anew: bool) -> Epoch {
    Epoch { commit: Commitment::ZERO, by: DeviceId::ZERO, seq, anew }
}

#[test]
fn after_a_rescue_an_empty_manifest_omits_nothing_and_any_other_is_judged_as_ever() {
    let record = |byte| RecordId::from_bytes([byte; 16]);
    let held = BTreeMap::from([(record(1), line(&revision(4, Written)))]);
    let (empty, anew) = (Manifest::default(), began(9, true));
    assert_eq!(faults(&empty, &anew, &held), []);
    assert_eq!(faults(&empty, &began(9, false), &held), [(record(1), Fault::Omitted)]);
    let other = Manifest { lines: BTreeMap::from([(record(2), line(&revision(1, Written)))]) };
    assert_eq!(
        faults(&other, &anew, &held),
        [(record(1), Fault::Omitted), (record(2), Fault::Unheld)],
        "a rotator who lists something says that there is something"
    );
}

#[test]
fn hostile_rotator_drops_lowers_exchanges_and_invents_records() {
    let record = |byte| RecordId::from_bytes([byte; 16]);
    let of = |rev, byte| Line { rev, hash: hash(byte) };
    let held = BTreeMap::from([
        (record(1), of(4, 4)),
        (record(2), of(4, 4)),
        (record(3), of(4, 4)),
        (record(4), of(4, 4)),
        (record(5), of(4, 4)),
        (record(7), of(4, 4)),
        (record(8), of(4, 4)),
    ]);
    let manifest = Manifest {
        lines: BTreeMap::from([
            (record(1), of(4, 4)),
            (record(2), of(3, 3)),
            (record(3), of(4, 9)),
            (record(4), of(5, 5)),
            (record(6), of(1, 1)),
            (record(7), of(0, 4)),
            (record(8), of(9 * REVISIONS_PER_ENTRY + 1, 4)),
            (record(9), of(MAX_INTEGER, 4)),
        ]),
    };
    let mut found = faults(&manifest, &began(9, false), &held);
    found.sort_by_key(|(record, _)| *record);
    assert_eq!(
        found,
        [
            (record(2), Fault::Lowered),
            (record(3), Fault::Exchanged),
            (record(4), Fault::Unheld),
            (record(5), Fault::Omitted),
            (record(6), Fault::Unheld),
            (record(7), Fault::Impossible),
            (record(8), Fault::Impossible),
            (record(9), Fault::Impossible),
        ]
    );
}
