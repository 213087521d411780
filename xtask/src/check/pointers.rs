//! From each rule of docs/protocol.md to its code and its tests, and from everywhere to `docs/adr`: what is named is
//! there.
//!
//! The tables at its end are how a reader gets from a rule to what holds it. A name that was changed or taken away
//! would leave them pointing at nothing, and nobody would notice.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use anyhow::Context;

use super::Findings;
use crate::repository::Repository;

const DOCUMENT: &str = "docs/protocol.md";
const SECTION: &str = "## Where each rule is held";
const RULES: usize = 12;
const OPS: usize = 12;
/// What is neither a rule nor an op, and has code of its own.
const SECTIONS: [&str; 13] = [
    "Ids and hashes",
    "Limits",
    "Keys and derivations",
    "Links and kit text",
    "Plaintexts",
    "Who reads a space",
    "Checkpoint",
    "Invite",
    "New device",
    "Safety words",
    "Recovery",
    "Login",
    "Attach",
];
/// How many moves of a hostile server or member the two crates of the protocol withstand, at least.
const HOSTILE_TESTS: usize = 40;

pub(super) fn judge(repository: &Repository) -> anyhow::Result<Findings> {
    let path = repository.root().join(DOCUMENT);
    let document = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
    let mut sources = Sources::default();
    for path in repository.files("*.rs")? {
        let text = fs::read_to_string(repository.root().join(&path))
            .with_context(|| format!("cannot read {}", path.display()))?;
        sources.add(path.to_string_lossy().into_owned(), &text);
    }
    let mut findings = judge_tables(&document, &sources);
    findings.extend(judge_decisions(repository)?);
    Ok(findings)
}

/// Every `ADR NNNN` in code and documents has its page.
fn judge_decisions(repository: &Repository) -> anyhow::Result<Findings> {
    let pages = repository.files("docs/adr/*.md")?;
    let numbers: BTreeSet<String> =
        pages.iter().filter_map(|page| Some(page.file_name()?.to_str()?.get(..4)?.to_owned())).collect();
    let mut findings = Findings::new();
    for path in [repository.files("*.rs")?, repository.files("*.md")?].concat() {
        let text = fs::read_to_string(repository.root().join(&path))
            .with_context(|| format!("cannot read {}", path.display()))?;
        let lost = decisions(&text).filter(|number| !numbers.contains(*number));
        findings.extend(lost.map(|number| format!("{}: there is no ADR {number}", path.display())));
    }
    Ok(findings)
}

/// The numbers of the pages that a text refers to.
fn decisions(text: &str) -> impl Iterator<Item = &str> {
    let after = text.split("ADR ").skip(1).filter_map(|after| after.get(..4));
    after.filter(|number| number.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What the sources declare.
#[derive(Default)]
struct Sources {
    /// The functions of each file.
    functions: BTreeMap<String, BTreeSet<String>>,
    tests: BTreeSet<String>,
}

impl Sources {
    fn add(&mut self, path: String, text: &str) {
        let mut functions = BTreeSet::new();
        let mut is_test = false;
        for line in text.lines().map(str::trim) {
            if let Some(name) = function_name(line) {
                if is_test {
                    self.tests.insert(name.to_owned());
                }
                functions.insert(name.to_owned());
            }
            is_test = line == "#[test]" || (is_test && line.starts_with("#["));
        }
        self.functions.insert(path, functions);
    }

    fn hostile_tests(&self) -> usize {
        let rooms = |path: &str| path.starts_with("core/protocol/") || path.starts_with("core/crypto/");
        let files = self.functions.iter().filter(|(path, _)| rooms(path));
        files.flat_map(|(_, names)| names).filter(|name| name.starts_with("hostile_")).count()
    }
}

/// The name in `pub(super) const fn name<T>(…`.
fn function_name(line: &str) -> Option<&str> {
    let (before, after) = line.split_once("fn ")?;
    let is_declaration = before.split_whitespace().all(|word| word.starts_with("pub") || word == "const");
    let end = after.find(['(', '<'])?;
    (is_declaration && end > 0).then(|| &after[..end])
}

fn judge_tables(document: &str, sources: &Sources) -> Findings {
    let mut findings = Findings::new();
    let mut rules = BTreeSet::new();
    let section = document.split_once(SECTION).map_or("", |(_, section)| section);
    let lines = section.lines().take_while(|line| !line.starts_with("## "));
    for row in lines.filter(|line| line.starts_with('|')) {
        let cells: Vec<&str> = row.trim_matches('|').split('|').map(str::trim).collect();
        match cells[..] {
            _ if is_heading(&cells) => {}
            [rule, code, tests] => {
                rules.insert(rule);
                findings.extend(judge_code(rule, code, sources));
                findings.extend(judge_tests(rule, tests, sources));
            }
            [attack, tests] => findings.extend(judge_tests(attack, tests, sources)),
            _ => findings.push(format!("{DOCUMENT}: a row of neither two cells nor three: {row}")),
        }
    }
    let missing = wanted().filter(|wanted| !rules.iter().any(|rule| begins_with(rule, wanted)));
    findings.extend(missing.map(|rule| format!("{DOCUMENT}: {rule} points to no code and no test")));
    let hostile = sources.hostile_tests();
    if hostile < HOSTILE_TESTS {
        findings.push(format!(
            "core/protocol and core/crypto: {hostile} tests `hostile_…`, at least {HOSTILE_TESTS}"
        ));
    }
    findings
}

/// All that must have a row: V1 to V12, op 0 to op 12, and the sections.
fn wanted() -> impl Iterator<Item = String> {
    let rules = (1..=RULES).map(|number| format!("V{number}"));
    let ops = (0..=OPS).map(|number| format!("op {number}"));
    rules.chain(ops).chain(SECTIONS.map(str::to_owned))
}

/// Whether a row is about `wanted`, whatever words follow it.
fn begins_with(rule: &str, wanted: &str) -> bool {
    rule.strip_prefix(wanted).is_some_and(|rest| rest.is_empty() || rest.starts_with(' '))
}

/// The names of a table's columns, and the line below them.
fn is_heading(cells: &[&str]) -> bool {
    cells.last() == Some(&"tests") || cells.iter().all(|cell| cell.bytes().all(|byte| byte == b'-'))
}

fn quoted(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// Files are there, and each function after them is in one of them.
fn judge_code(rule: &str, cell: &str, sources: &Sources) -> Findings {
    let (files, functions): (Vec<&str>, Vec<&str>) =
        quoted(cell).into_iter().partition(|name| name.contains('/'));
    let is_in_a_file = |name: &&str| {
        files.iter().filter_map(|file| sources.functions.get(*file)).any(|names| names.contains(*name))
    };
    let mut findings = Findings::new();
    if files.is_empty() {
        findings.push(format!("{DOCUMENT}: {rule} points to no code"));
    }
    let lost = files.iter().filter(|file| !sources.functions.contains_key(**file));
    findings.extend(lost.map(|file| format!("{DOCUMENT}: {rule} points to `{file}`, which is not there")));
    let lost = functions.iter().filter(|name| !is_in_a_file(name));
    findings.extend(
        lost.map(|name| format!("{DOCUMENT}: {rule} points to `{name}`, which none of its files has")),
    );
    findings
}

fn judge_tests(what: &str, cell: &str, sources: &Sources) -> Findings {
    let names = quoted(cell);
    if names.is_empty() {
        return vec![format!("{DOCUMENT}: {what} points to no test")];
    }
    let lost = names.into_iter().filter(|name| !sources.tests.contains(*name));
    lost.map(|name| format!("{DOCUMENT}: {what} points to `{name}`, which is no test")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "core/protocol/src/a.rs";

    fn sources() -> Sources {
        let hostile = (0..HOSTILE_TESTS).map(|n| format!("#[test]\nfn hostile_{n}() {{}}\n"));
        let mut sources = Sources::default();
        let code = "pub(super) const fn judge<T>() {}\n".to_owned();
        sources.add(FILE.to_owned(), &(code + &hostile.collect::<Vec<_>>().concat()));
        sources
    }

    fn document(v1: &str) -> String {
        let others = wanted().skip(1).map(|rule| format!("| {rule} | `{FILE}` | `hostile_1` |"));
        let heads = [SECTION, "", "| rule | code | tests |", "| --- | --- | --- |", v1].map(str::to_owned);
        let tail = ["", "| attack | tests |", "| --- | --- |", ""].map(str::to_owned);
        heads.into_iter().chain(others).chain(tail).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn the_document_points_to_what_is_there() {
        assert_eq!(judge(&Repository::open().unwrap()).unwrap(), Findings::new());
    }

    #[test]
    fn rules_that_point_to_what_is_there_pass() {
        let good = document("| V1 | `core/protocol/src/a.rs` `judge` | `hostile_0` |");
        assert_eq!(judge_tables(&good, &sources()), Findings::new());
    }

    #[test]
    fn a_file_a_function_and_a_test_that_are_gone_are_found() {
        for (row, gone) in [
            ("| V1 | `core/b.rs` | `hostile_0` |", "core/b.rs"),
            ("| V1 | `core/protocol/src/a.rs` `lost` | `hostile_0` |", "lost"),
            ("| V1 | `core/protocol/src/a.rs` | `judge` |", "judge"),
        ] {
            let findings = judge_tables(&document(row), &sources());
            assert!(findings.len() == 1 && findings[0].contains(&format!("`{gone}`")), "{findings:?}");
        }
    }

    #[test]
    fn a_rule_without_a_row_and_an_attack_without_a_test_are_found() {
        let findings = judge_tables(&(document("") + "| a ghost | none |\n"), &sources());
        assert_eq!(
            findings,
            [
                "docs/protocol.md: a ghost points to no test",
                "docs/protocol.md: V1 points to no code and no test"
            ]
        );
    }

    #[test]
    fn an_op_and_a_section_without_a_row_and_a_row_of_another_shape_are_found() {
        let whole = document("| V1 | `core/protocol/src/a.rs` | `hostile_0` |");
        let without = |lost: &str| {
            let rows = whole.lines().filter(|row| !row.starts_with(&format!("| {lost} |")));
            judge_tables(&rows.collect::<Vec<_>>().join("\n"), &sources())
        };
        for lost in ["op 1", "op 12", "Login"] {
            assert_eq!(without(lost), [format!("docs/protocol.md: {lost} points to no code and no test")]);
        }
        let four = judge_tables(&(whole + "| V2 | a | b | c |\n"), &sources());
        assert_eq!(four, ["docs/protocol.md: a row of neither two cells nor three: | V2 | a | b | c |"]);
    }

    #[test]
    fn pages_are_named_by_four_digits() {
        assert_eq!(
            decisions("see ADR 0009, ADR 00 and the ADRs; (ADR 0012)").collect::<Vec<_>>(),
            ["0009", "0012"]
        );
    }

    #[test]
    fn too_few_hostile_tests_are_found() {
        let mut sources = sources();
        sources.add("core/protocol/src/a.rs".to_owned(), "fn judge() {}");
        let findings = judge_tables(&document("| V1 | `core/protocol/src/a.rs` | `hostile_0` |"), &sources);
        assert_eq!(findings.len(), 1);
    }
}
