//! Which room may depend on which. Data flows one way; an arrow that is not in this table is a finding.
//!
//! Read from `cargo metadata`, development and build dependencies included. ARCHITECTURE.md draws the same table.

use std::fs;

use anyhow::Context;
use cargo_metadata::Package;

use super::Findings;
use crate::repository::Repository;

/// What a package may depend on.
enum Allowed {
    Only(&'static [&'static str]),
    Anything,
}

/// One line a package. A new package gets a line here before it can be built on.
const ROOMS: [(&str, Allowed); 11] = [
    ("countersign-protocol", Allowed::Only(&[])),
    ("countersign-crypto", Allowed::Only(&["countersign-protocol"])),
    ("countersign-qr", Allowed::Only(&[])),
    (
        "countersign-core",
        Allowed::Only(&["countersign-protocol", "countersign-crypto", "countersign-qr", "countersign-api"]),
    ),
    ("countersign-api", Allowed::Only(&[])),
    ("countersign-server", Allowed::Only(&["countersign-protocol", "countersign-api"])),
    ("countersign-cli", Allowed::Only(&["countersign-core", "countersign-server"])),
    ("countersign-frame-generator", Allowed::Only(&[])),
    ("countersign-peers", Allowed::Only(&["countersign-core", "countersign-frame-generator"])),
    ("countersign-tests", Allowed::Anything),
    ("xtask", Allowed::Anything),
];

#[allow(clippy::unnecessary_wraps, reason = "the shape that every check has")]
pub(super) fn judge(repository: &Repository) -> anyhow::Result<Findings> {
    let members = repository.metadata().workspace_packages();
    let is_member = |name: &str| members.iter().any(|member| member.name == name);
    let mut findings = Findings::new();
    for member in &members {
        let Some((_, allowed)) = ROOMS.iter().find(|(name, _)| member.name == *name) else {
            findings.push(format!("{}: not in the table of rooms (xtask/src/check/edges.rs)", member.name));
            continue;
        };
        let edges = member.dependencies.iter().filter(|dependency| is_member(&dependency.name));
        findings.extend(edges.filter(|edge| !allowed.permits(&edge.name)).map(|edge| {
            format!("{} -> {}: not an allowed edge (ARCHITECTURE.md, Rooms)", member.name, edge.name)
        }));
    }
    Ok(findings)
}

/// Every package takes the workspace's lints; one that forgot to would be free of `forbid(unsafe_code)`.
pub(super) fn lints(repository: &Repository) -> anyhow::Result<Findings> {
    let mut findings = Findings::new();
    for member in repository.metadata().workspace_packages() {
        if !inherits_lints(member)? {
            findings.push(format!("{}: lacks `[lints] workspace = true`", member.manifest_path));
        }
    }
    Ok(findings)
}

fn inherits_lints(member: &Package) -> anyhow::Result<bool> {
    let path = &member.manifest_path;
    let text = fs::read_to_string(path).with_context(|| format!("cannot read {path}"))?;
    let manifest: toml::Table = text.parse().with_context(|| format!("cannot parse {path}"))?;
    let inherits = manifest.get("lints").and_then(|lints| lints.get("workspace"));
    Ok(inherits.and_then(toml::Value::as_bool) == Some(true))
}

impl Allowed {
    fn permits(&self, dependency: &str) -> bool {
        match self {
            Self::Only(names) => names.contains(&dependency),
            Self::Anything => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn allowed(package: &str) -> &'static Allowed {
        &ROOMS.iter().find(|(name, _)| *name == package).unwrap().1
    }

    #[test]
    fn the_core_may_not_know_the_terminal_client() {
        assert!(!allowed("countersign-core").permits("countersign-cli"));
        assert!(allowed("countersign-cli").permits("countersign-core"));
    }

    #[test]
    fn the_protocol_knows_no_other_room() {
        assert!(ROOMS.iter().all(|(name, _)| !allowed("countersign-protocol").permits(name)));
    }
}
