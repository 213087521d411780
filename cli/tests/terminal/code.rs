use crate::pictures::{EXAMPLE, RFC_KEY, entry, export, png};
use crate::program::{AT, run, run_with};

#[test]
fn a_link_becomes_a_code() {
    let run = run_with(EXAMPLE.as_bytes(), &["code", "-", AT]);
    let shown = "Example Corp · ana@example.com
324 550   next 367 665   10 s left
TOTP · SHA1 · 6 digits · every 30 s
warning: The service's secret is shorter than the standard asks for.
";
    assert_eq!((run.out.as_str(), run.err.as_str(), run.code), (shown, "", Some(0)));
}

#[test]
fn a_key_may_be_grouped_and_in_small_letters() {
    // RFC 6238, appendix B: 94287082 at 59 s.
    for key in ["GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n", "gezd gnbv gy3t qojq-gezd gnbv gy3t qojq"] {
        let run = run_with(key.as_bytes(), &["code", "-", "--at", "59"]);
        assert_eq!(run.out, "287 082   next 359 152   1 s left\nTOTP · SHA1 · 6 digits · every 30 s\n");
    }
}

#[test]
fn the_moment_may_be_said_in_both_notations() {
    let seconds = run_with(RFC_KEY.as_bytes(), &["code", "-", "--at", "1111111109"]);
    assert!(seconds.out.starts_with("081 804"), "{}", seconds.out);
    let date = run_with(RFC_KEY.as_bytes(), &["code", "-", "--at", "2005-03-18T02:58:29+01:00"]);
    let date_utc = run_with(RFC_KEY.as_bytes(), &["code", "-", "--at", "2005-03-18T01:58:29Z"]);
    assert_eq!([&seconds.out, &seconds.out], [&date.out, &date_utc.out]);
}

#[test]
fn a_moment_without_codes_shows_the_account_and_why() {
    let run = run_with(EXAMPLE.as_bytes(), &["code", "-", "--at", "-1"]);
    assert!(run.out.contains("Example Corp") && run.out.contains("no code: "), "{}", run.out);
    assert!(!run.out.contains("check the clock"), "somebody chose that moment: {}", run.out);
    assert_eq!(run.code, Some(1));
    let scanned = run_with(&png(EXAMPLE), &["scan", "-", "--at", "-1"]);
    assert!(scanned.out.contains("no code: "), "{}", scanned.out);
    assert_eq!(scanned.code, Some(1), "the same as for `code -`");
}

#[test]
fn a_counter_based_code_is_that_of_its_counter() {
    let link = format!("otpauth://hotp/Bank?secret={RFC_KEY}&counter=9");
    let run = run_with(link.as_bytes(), &["code", "-"]);
    assert!(run.out.contains("520 489   counter 9\n"), "{}", run.out);
}

#[test]
fn an_export_shows_each_of_its_accounts() {
    let link = export(&[entry("one", 1), entry("two", 1)], 0, 1);
    let run = run_with(link.as_bytes(), &["code", "-", AT]);
    assert!(run.out.contains("one\n") && run.out.contains("\n\ntwo\n"), "{}", run.out);
}

#[test]
fn a_secret_on_the_command_line_is_refused_and_not_repeated() {
    let link = "otpauth://totp/x?secret=JBSWY3DP";
    let attempts: [&[&str]; 10] = [
        &["code", RFC_KEY],
        &["code", link],
        &["code", "--secret", RFC_KEY],
        &["code", "--at", RFC_KEY, "-"],
        &["scan", "list", RFC_KEY],
        &["export", "backup.json", RFC_KEY],
        &["add", RFC_KEY],
        &["scan", link],
        &["scan", RFC_KEY],
        &[RFC_KEY],
    ];
    for arguments in attempts {
        let run = run(arguments);
        assert!(run.err.contains("the shell keeps it in its history"), "{arguments:?}: {}", run.err);
        let instead = if arguments[0] == "add" { "countersign add -" } else { "countersign code -" };
        assert!(run.err.contains(instead), "{arguments:?}: {}", run.err);
        let said = run.err + &run.out;
        assert!(!said.contains("JBSW") && !said.contains("GEZD"), "{said}");
        assert_eq!(run.code, Some(2), "{arguments:?}");
    }
}

#[test]
fn a_word_that_names_no_account_is_not_repeated() {
    for arguments in [&["code", "JBSWY3DP"][..], &["code", "-", "JBSWY3DP"], &["code", "JBSW", "Y3DP"]] {
        let run = run(arguments);
        assert!(run.err.contains("there is no workspace here yet"), "{}", run.err);
        assert!(!(run.err + &run.out).contains("JBSW"));
        assert_eq!(run.code, Some(6), "{arguments:?}");
    }
}

#[test]
fn what_is_neither_key_nor_link_is_refused_without_repeating_it() {
    let cases: [(&[u8], &str); 7] = [
        (b"JBSWY3DP0canary", "the secret is not valid"),
        (b"otpauth://totp/canary?secret=", "the secret is empty"),
        (b"otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&algorithm=canary", "the algorithm is not supported"),
        (b"WIFI:S:canary;;", "a Wi-Fi code"),
        (b"123456", "not a code made from it"),
        (b" \n", "the secret is empty"),
        (b"\xff\xfe\x89PNG", "standard input is not text"),
    ];
    for (input, message) in cases {
        let run = run_with(input, &["code", "-"]);
        assert!(run.err.starts_with("error: ") && run.err.contains(message), "{}", run.err);
        assert!(run.err.contains("\n→ ") && !run.err.contains("canary"), "{}", run.err);
        assert_eq!((run.out.as_str(), run.code), ("", Some(3)));
    }
}

#[test]
fn an_input_without_end_is_refused() {
    let long = "A".repeat(1 << 20);
    let run = run_with(long.as_bytes(), &["code", "-"]);
    assert!(run.err.contains("longer than 65536 bytes"), "{}", run.err);
    assert_eq!(run.code, Some(3));
}

#[test]
fn without_a_dash_it_says_where_the_key_comes_from() {
    let run = run(&["code"]);
    assert!(run.err.contains("countersign code -"), "{}", run.err);
    assert_eq!(run.code, Some(2));
}
