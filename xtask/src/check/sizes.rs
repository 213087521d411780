//! Files of at most 400 lines and functions of at most 60: what fits in a head and on a screen.

use std::fs;
use std::path::Path;

use anyhow::Context;
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

use super::Findings;
use crate::repository::Repository;

const FILE_LINES: usize = 400;
const FUNCTION_LINES: usize = 60;

pub(super) fn judge(repository: &Repository) -> anyhow::Result<Findings> {
    let mut findings = Findings::new();
    for path in repository.files("*.rs")? {
        let text = fs::read_to_string(repository.root().join(&path))
            .with_context(|| format!("cannot read {}", path.display()))?;
        findings.extend(judge_file(&path, &text)?);
    }
    Ok(findings)
}

fn judge_file(path: &Path, text: &str) -> anyhow::Result<Findings> {
    let mut findings = Findings::new();
    let lines = text.lines().count();
    if lines > FILE_LINES {
        findings.push(format!("{}: {lines} lines, at most {FILE_LINES}", path.display()));
    }
    let file = syn::parse_file(text).with_context(|| format!("cannot parse {}", path.display()))?;
    let mut long = LongFunctions { path, findings: &mut findings };
    long.visit_file(&file);
    Ok(findings)
}

/// Walks a file and notes each function that is too long, from its signature to its closing brace.
struct LongFunctions<'a> {
    path: &'a Path,
    findings: &'a mut Findings,
}

impl LongFunctions<'_> {
    fn note(&mut self, signature: &syn::Signature, whole: proc_macro2::Span) {
        let first = signature.span().start().line;
        let lines = whole.end().line.saturating_sub(first) + 1;
        if lines > FUNCTION_LINES {
            let path = self.path.display();
            let name = &signature.ident;
            self.findings
                .push(format!("{path}:{first}: `{name}` has {lines} lines, at most {FUNCTION_LINES}"));
        }
    }
}

impl<'ast> Visit<'ast> for LongFunctions<'_> {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.note(&function.sig, function.span());
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.note(&function.sig, function.span());
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        self.note(&function.sig, function.span());
        visit::visit_trait_item_fn(self, function);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn function_of(lines: usize) -> String {
        format!("fn long() {{\n{}}}\n", "    step();\n".repeat(lines - 2))
    }

    #[test]
    fn a_function_of_sixty_lines_passes_and_one_more_does_not() {
        assert_eq!(judge_file(Path::new("a.rs"), &function_of(60)).unwrap(), Findings::new());
        let findings = judge_file(Path::new("a.rs"), &function_of(61)).unwrap();
        assert_eq!(findings, ["a.rs:1: `long` has 61 lines, at most 60"]);
    }

    #[test]
    fn a_long_method_in_a_nested_module_is_found() {
        let text = format!("mod inner {{ struct S; impl S {{ {} }} }}", function_of(70));
        assert_eq!(judge_file(Path::new("a.rs"), &text).unwrap().len(), 1);
    }

    #[test]
    fn a_file_of_more_than_four_hundred_lines_is_found() {
        assert_eq!(judge_file(Path::new("a.rs"), &"\n".repeat(400)).unwrap().len(), 0);
        assert_eq!(judge_file(Path::new("a.rs"), &"\n".repeat(401)).unwrap().len(), 1);
    }
}
