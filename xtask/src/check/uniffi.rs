//! The boundary stays in `bindings/`: no other room names UniFFI, in its code or among its dependencies.

use std::fs;
use std::path::Path;

use anyhow::Context;

use super::Findings;
use crate::repository::Repository;

/// Where the name may stand: the wrappers themselves, and the commands that look for it.
const ROOMS_THAT_MAY: [&str; 2] = ["bindings", "xtask"];

pub(super) fn judge(repository: &Repository) -> anyhow::Result<Findings> {
    let mut findings = Findings::new();
    for pattern in ["*.rs", "*Cargo.toml"] {
        for path in repository.files(pattern)? {
            let text = fs::read_to_string(repository.root().join(&path))
                .with_context(|| format!("cannot read {}", path.display()))?;
            findings.extend(judge_file(&path, &text));
        }
    }
    Ok(findings)
}

fn judge_file(path: &Path, text: &str) -> Findings {
    if ROOMS_THAT_MAY.iter().any(|room| path.starts_with(room)) {
        return Findings::new();
    }
    let hits = text.lines().enumerate().filter(|(_, line)| names_it(line));
    hits.map(|(index, _)| format!("{}:{}: names uniffi outside bindings/", path.display(), index + 1))
        .collect()
}

/// Code and manifests only: prose may explain the boundary.
fn names_it(line: &str) -> bool {
    let code = line.split("//").next().unwrap_or_default();
    let code = if code.trim_start().starts_with('#') && !code.contains("#[") { "" } else { code };
    code.contains("uniffi")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_attribute_in_the_core_is_found_and_one_in_the_bindings_is_not() {
        let text = "use std::fmt;\n#[uniffi::export]\nfn scan() {}\n";
        assert_eq!(
            judge_file(Path::new("core/src/lib.rs"), text),
            ["core/src/lib.rs:2: names uniffi outside bindings/"]
        );
        assert_eq!(judge_file(Path::new("bindings/src/lib.rs"), text), Findings::new());
    }

    #[test]
    fn a_dependency_in_a_manifest_is_found_and_a_comment_is_not() {
        assert_eq!(judge_file(Path::new("core/Cargo.toml"), "uniffi = \"0.32\"\n").len(), 1);
        assert_eq!(judge_file(Path::new("core/src/a.rs"), "/// Wrapped by uniffi later.\n").len(), 0);
    }
}
