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
    ];
    for (from, to) in changes {
        let report = run_changed(from, to);
        assert_eq!((report.held, report.mismatches.len()), (0, 1), "{from} -> {to}");
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
    ];
    for text in bad {
        assert!(matches!(parse(text), Err(FormError::Case { number: 1, .. })), "{text}");
    }
}
