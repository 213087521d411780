//! The payload cases met in the wild, and that the runner itself can fail without telling a secret.

use countersign_tests::conformance::{FormError, Report, parse, run};
use countersign_tests::data;

/// One case that holds, with `change` made to its text.
fn run_changed(from: &str, to: &str) -> Report {
    let case = r#"[{"id": "one", "tier": "core", "entry": "qr", "future": 1,
        "input": "otpauth://totp/Example:alice?secret=JBSWY3DPEHPK3PXP&issuer=Example",
        "expect": {"ok": {"kind": "totp", "issuer": "Example", "account": "alice", "secret_hex": "48656c6c6f21deadbeef",
            "algorithm": "SHA1", "digits": 6, "period": 30, "codes": [{"t": 59, "code": "996554"}],
            "warnings": ["secret_below_128_bits"], "future": 2}}}]"#;
    assert!(case.contains(from), "the change would do nothing");
    run(&parse(&case.replacen(from, to, 1)).expect("a case in the form of the file"))
}

#[test]
fn every_given_case_holds() {
    let file = data().join("conformance/otpauth-cases.json");
    let cases = parse(&std::fs::read_to_string(file).unwrap()).unwrap();
    let report = run(&cases);
    let lines: Vec<String> = report.mismatches.iter().map(ToString::to_string).collect();
    assert!(report.holds(), "{}", lines.join("\n"));
    assert_eq!((report.held + report.refused, report.not_yet), (131, 10));
}

#[test]
fn the_runner_notices_every_field_that_differs() {
    assert!(run_changed("}", "}").holds());
    let changes = [
        (r#""kind": "totp""#, r#""kind": "hotp""#),
        (r#""issuer": "Example""#, r#""issuer": null"#),
        (r#""account": "alice""#, r#""account": "bob""#),
        ("48656c", "58656c"),
        (r#""SHA1""#, r#""SHA256""#),
        (r#""digits": 6"#, r#""digits": 8"#),
        (r#""period": 30"#, r#""period": 60"#),
        (r#""code": "996554""#, r#""code": "996555""#),
        (r#""t": 59"#, r#""t": 60"#),
        (r#""t": 59"#, r#""counter": 1"#),
        ("secret_below_128_bits", "issuer_differs_from_label"),
        (r#""future": 2"#, r#""label_issuer": "Other""#),
        (r#""future": 2"#, r#""needs": "pin""#),
        (r#""future": 2"#, r#""secret_text": "x""#),
        (r#""future": 2"#, r#""format": "x""#),
        (r#""future": 2"#, r#""network": "all""#),
        (r#""future": 2"#, r#""entries": [{"kind": "totp"}]"#),
        (r#""future": 2"#, r#""skipped": [{"index": 0, "error": "x"}]"#),
        (r#""future": 2"#, r#""batch": {"id": 1, "index": 0, "size": 1}"#),
        (r#""code": "996554""#, r#""code": "996554", "pin": "1234""#),
    ];
    for (from, to) in changes {
        let report = run_changed(from, to);
        assert_eq!((report.held, report.mismatches.len()), (0, 1), "{from} -> {to}");
    }
}

#[test]
fn what_holds_nothing_or_is_not_known_is_no_difference() {
    for field in ["batch\": null", "entries\": []", "network\": \"none", "counter\": null", "needs\": null"] {
        let quote = if field.ends_with("none") { "\"" } else { "" };
        assert!(run_changed("\"future\": 2", &format!("\"{field}{quote}")).holds(), "{field}");
    }
}

/// A part of an export with one account (RFC 6238's key, `Example:alice`).
fn run_export(ok: &str) -> Report {
    let case = r#"[{"id": "x", "entry": "qr", "expect": {"ok": {"kind": "migration", OK}},
        "input": "otpauth-migration://offline?data=CisKFDEyMzQ1Njc4OTAxMjM0NTY3ODkwEg1FeGFtcGxlOmFsaWNlIAEoATACEAEYASAAKE0="}]"#;
    run(&parse(&case.replace("OK", ok)).expect("a case in the form of the file"))
}

#[test]
fn what_only_an_account_has_is_a_difference_at_an_export() {
    assert!(
        run_export(r#""entries": [{"issuer": "Example", "account": "alice"}], "format": "google""#).holds()
    );
    for field in [
        r#""issuer": "Example""#,
        r#""secret_hex": "3132333435363738393031323334353637383930""#,
        r#""digits": 6"#,
        r#""codes": [{"t": 59, "code": "287082"}]"#,
        r#""warnings": ["secret_below_128_bits"]"#,
        r#""entries": [{"kind": "totp", "needs": "pin"}]"#,
        r#""entries": [{"kind": "totp", "batch": {"id": 77}}]"#,
    ] {
        let report = run_export(field);
        assert_eq!((report.held, report.mismatches.len()), (0, 1), "{field}");
    }
}

#[test]
fn a_mismatch_never_shows_a_secret_or_a_code() {
    let changes = [
        ("48656c", "58656c"),
        (r#""code": "996554""#, r#""code": "123456""#),
        // The secret as the account: what a reader would print that splits in the wrong place.
        ("Example:alice?secret=JBSWY3DPEHPK3PXP", "Example:JBSWY3DPEHPK3PXP?secret=JBSWY3DPEHPK3PXP"),
        ("secret=JBSWY3DPEHPK3PXP", "secret=JBSWY3DPEHPK3PXP&digits=JBSWY3DPEHPK3PXP"),
        ("Example:alice?secret=JBSWY3DPEHPK3PXP", "Example:ehpk%203pxp?secret=jbsw%20y3dp-ehpk%203pxp"),
        ("secret=JBSWY3DPEHPK3PXP", "secret=JBSWY3DPEHPK3PXP1"),
        // The parameter's own name escaped; another grouping; a part; the secret as its bytes are expected.
        ("Example:alice?secret=JBSWY3DPEHPK3PXP", "Example:JBSWY3DPEHPK3PXP?%73ecret=JBSWY3DPEHPK3PXP"),
        ("Example:alice?secret=JBSWY3DPEHPK3PXP", "Example:jbs-wy3d-peh-pk3p?secret=JBSWY3DPEHPK3PXP"),
        ("Example:alice", "Example:48656c6c6f21deadbeef"),
        (r#""account": "alice""#, r#""account": "48656C6C6F21DEADBEEF""#),
        (r#""account": "alice""#, r#""account": "JBSWY3DPEHPK3PXP""#),
        (r#""kind": "totp""#, r#""kind": "JBSWY3DPEHPK3PXP""#),
        ("secret_below_128_bits", "JBSWY3DPEHPK3PXP"),
        ("otpauth://totp/Example:alice?secret=JBSWY3DPEHPK3PXP&issuer=Example", "steam://JBSWY3DPEHPK3PXP"),
    ];
    for (from, to) in changes {
        let report = run_changed(from, to);
        assert_eq!(report.mismatches.len(), 1, "{from} -> {to}");
        let line = report.mismatches[0].to_string().to_lowercase();
        for secret in ["jbsw", "ehpk", "48656c", "58656c", "996554", "123456"] {
            assert!(!line.contains(secret), "{line}");
        }
        assert!(line.starts_with("one: ") && line.lines().count() == 1, "{line}");
    }
}

#[test]
fn what_a_case_expects_is_printed_on_one_line_and_without_its_key() {
    for (input, error) in [
        ("otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ", r"a\n\u001b[2Jb\u202e"),
        ("otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ", "GEZDGNBVGY3TQOJQ"),
        ("otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ&digits=99", r"a\n\u001b[2Jb\u202e"),
        ("otpauth://totp/a?secret=GEZDGNBVGY3TQOJQ&digits=99", "GEZDGNBVGY3TQOJQ"),
        ("steam://GEZDGNBVGY3TQOJQ1", "GEZDGNBVGY3TQOJQ1"),
    ] {
        let case = r#"[{"id": "x", "entry": "qr", "input": "INPUT", "expect": {"error": "ERROR"}}]"#;
        let report = run(&parse(&case.replace("INPUT", input).replace("ERROR", error)).unwrap());
        let line = report.mismatches[0].to_string();
        assert!(!line.contains(|c: char| c.is_control() || c == '\u{202e}'), "{line:?}");
        assert!(!line.contains("GEZD"), "{line}");
    }
}

#[test]
fn an_extended_case_may_be_refused_but_not_misread() {
    let extended = |to: &str| run_changed(r#""tier": "core""#, &format!(r#""tier": "extended"{to}"#));
    assert_eq!(extended("").held, 1);
    let refused = run_changed(r#""tier": "core", "entry": "qr""#, r#""tier": "extended", "entry": "file""#);
    assert_eq!((refused.not_yet, refused.holds()), (1, true));
    let case = r#"[{"id": "x", "tier": "extended", "entry": "qr", "input": "otpauth://totp/a", "expect": {"ok": {"kind": "totp"}}}]"#;
    let report = run(&parse(case).unwrap());
    assert_eq!((report.refused, report.holds()), (1, true));
    let case =
        case.replace("totp/a\"", "totp/a?secret=AAAA\"").replace(r#""kind": "totp""#, r#""kind": "hotp""#);
    assert!(!run(&parse(&case).unwrap()).holds());
    let case = r#"[{"id": "x", "tier": "extended", "entry": "manual", "input": "AAAA", "expect": {"error": "invalid_secret"}}]"#;
    assert!(!run(&parse(case).unwrap()).holds());
}

#[test]
fn a_refusal_is_compared_with_its_detail_and_vendor() {
    let case = r#"[{"id": "x", "entry": "qr", "input": "otpauth://totp/a?secret=AAAA&digits=99",
        "expect": {"error": "invalid_digits", "detail": "99"}}]"#;
    assert_eq!(run(&parse(case).unwrap()).held, 1);
    for (from, to) in
        [("\"99\"", "\"98\""), ("invalid_digits", "invalid_period"), ("\"detail\"", "\"vendor\"")]
    {
        assert!(!run(&parse(&case.replace(from, to)).unwrap()).holds(), "{from} -> {to}");
    }
}

#[test]
fn a_file_of_another_form_is_refused_without_quoting_it() {
    assert_eq!(parse("[").unwrap_err(), FormError::NotJson { line: 1, column: 1 });
    assert_eq!(parse("{\"cases\": []}").unwrap_err(), FormError::NotAList);
    assert_eq!(parse("[]").unwrap_err(), FormError::Empty);
    let bad = [
        "[1]",
        r#"[{"id": "JBSW", "entry": "qr", "input": 5, "expect": {"error": "x"}}]"#,
        r#"[{"id": "JBSW", "entry": "fax", "input": "x", "expect": {"error": "x"}}]"#,
        r#"[{"id": "JBSW", "tier": "gold", "entry": "qr", "input": "x", "expect": {"error": "x"}}]"#,
        r#"[{"id": "JBSW", "entry": "qr", "input": "x", "expect": {"ok": {}, "error": "x"}}]"#,
        r#"[{"id": "JBSW", "entry": "qr", "input": "x", "expect": "x"}]"#,
        r#"[{"id": "JBSW", "entry": "qr", "input": "x", "expect": {"ok": {}}}]"#,
        r#"[{"id": "JBSW", "entry": "qr", "input": "x", "expect": {"ok": {"kind": "totp"}, "error": 5}}]"#,
        r#"[{"id": "JBSW", "entry": "qr", "input": "x", "expect": {"error": "x", "detail": 5}}]"#,
        r#"[{"id": "JBSW", "entry": "qr", "input": "x", "expect": {"error": "x", "vendor": ["y"]}}]"#,
        r#"[{"id": "JBSW", "tier": 1, "entry": "qr", "input": "x", "expect": {"error": "x"}}]"#,
    ];
    for text in bad {
        assert!(matches!(parse(text), Err(FormError::Case { number: 1, .. })), "{text}");
    }
}

#[test]
fn an_expectation_that_could_never_fail_is_refused() {
    for field in [
        r#""warnings": "text""#,
        r#""warnings": [1, {}]"#,
        r#""codes": {}"#,
        r#""codes": [5]"#,
        r#""codes": [{"t": "59", "code": "1"}]"#,
        r#""entries": "x""#,
        r#""entries": ["x"]"#,
        r#""entries": [{}]"#,
        r#""entries": [{"warnings": 1}]"#,
        r#""skipped": [5]"#,
        r#""batch": "x""#,
        r#""secret_hex": 5"#,
        r#""issuer": {}"#,
        r#""digits": "6""#,
        r#""period": 30.5"#,
    ] {
        let case = r#"[{"id": "x", "entry": "qr", "input": "x", "expect": {"ok": {"kind": "totp", OK}}}]"#;
        let refused = parse(&case.replace("OK", field));
        assert!(matches!(refused, Err(FormError::Case { number: 1, .. })), "{field}");
    }
}

#[test]
fn two_cases_of_one_name_are_refused() {
    let case = r#"{"id": "x", "entry": "qr", "input": "x", "expect": {"error": "x"}}"#;
    assert!(matches!(parse(&format!("[{case},{case}]")), Err(FormError::Case { number: 2, .. })));
}
