//! Runs `countersign_tests::fuzzing::join_request`, where the property is.

#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| countersign_tests::fuzzing::join_request(data));
