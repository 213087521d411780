//! Every dependency has a licence that `deny.toml` allows, and comes from the registry.
//!
//! `deny.toml` is the one list. Where cargo-deny is installed it judges; it takes minutes to compile, so elsewhere the
//! same list is held against `cargo metadata` here.

use std::fs;
use std::process::Stdio;

use anyhow::{Context, bail};
use cargo_metadata::Package;
use spdx::{Expression, LicenseReq, ParseMode};

use super::Findings;
use crate::repository::Repository;

pub(super) fn judge(repository: &Repository) -> anyhow::Result<Findings> {
    if cargo_deny_is_installed(repository) {
        return by_cargo_deny(repository);
    }
    let allowed = allowed_licences(repository)?;
    let packages = repository.metadata().packages.iter();
    Ok(packages.filter_map(|package| finding(package, &allowed)).collect())
}

fn cargo_deny_is_installed(repository: &Repository) -> bool {
    let mut command = repository.cargo();
    let status = command.args(["deny", "--version"]).stdout(Stdio::null()).stderr(Stdio::null()).status();
    status.is_ok_and(|status| status.success())
}

fn by_cargo_deny(repository: &Repository) -> anyhow::Result<Findings> {
    let checks = ["deny", "--workspace", "--all-features", "check", "licenses", "bans", "sources"];
    let status = repository.cargo().args(checks).status().context("cannot start cargo deny")?;
    Ok(if status.success() {
        Findings::new()
    } else {
        vec![format!("`cargo deny check` ended with {status}")]
    })
}

fn allowed_licences(repository: &Repository) -> anyhow::Result<Vec<String>> {
    let text = fs::read_to_string(repository.root().join("deny.toml")).context("cannot read deny.toml")?;
    let list: toml::Table = text.parse().context("cannot parse deny.toml")?;
    let allow =
        list.get("licenses").and_then(|licences| licences.get("allow")).and_then(toml::Value::as_array);
    let Some(allow) = allow else { bail!("deny.toml has no list `licenses.allow`") };
    allow
        .iter()
        .map(|name| {
            name.as_str().map(str::to_owned).context("deny.toml: `licenses.allow` holds a non-string")
        })
        .collect()
}

fn finding(package: &Package, allowed: &[String]) -> Option<String> {
    let name = format!("{} {}", package.name, package.version);
    let Some(licence) = package.license.as_deref() else { return Some(format!("{name}: states no licence")) };
    let from_elsewhere = package.source.as_ref().is_some_and(|source| !source.is_crates_io());
    if from_elsewhere {
        return Some(format!("{name}: does not come from the registry"));
    }
    match is_allowed(licence, allowed) {
        Ok(true) => None,
        Ok(false) => Some(format!("{name}: `{licence}` is not allowed by deny.toml")),
        Err(error) => Some(format!("{name}: cannot read the licence `{licence}`: {error}")),
    }
}

fn is_allowed(licence: &str, allowed: &[String]) -> Result<bool, spdx::ParseError> {
    let expression = Expression::parse_mode(licence, ParseMode::LAX)?;
    Ok(expression
        .evaluate(|required| names(required).is_some_and(|name| allowed.iter().any(|one| *one == name))))
}

/// The licence's identifier; an added exception only gives more freedom, so it is left out.
fn names(required: &LicenseReq) -> Option<&str> {
    required.license.id().map(|id| id.name)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(licence: &str) -> bool {
        is_allowed(licence, &["MIT".to_owned(), "Apache-2.0".to_owned(), "ISC".to_owned()]).unwrap()
    }

    #[test]
    fn one_side_of_a_choice_is_enough_and_both_sides_of_a_sum_are_needed() {
        assert!(judged("GPL-3.0-only OR MIT"));
        assert!(judged("(MIT OR Apache-2.0) AND ISC"));
        assert!(!judged("MIT AND GPL-3.0-only"));
    }

    #[test]
    fn the_old_slash_and_an_exception_are_understood() {
        assert!(judged("MIT/Apache-2.0"));
        assert!(judged("Apache-2.0 WITH LLVM-exception"));
    }

    #[test]
    fn what_only_a_feature_brings_is_judged_too() {
        let repository = Repository::open().unwrap();
        let packages = &repository.metadata().packages;
        assert!(packages.iter().any(|package| *package.name == "zxing-cpp"), "a feature of tests/peers");
    }

    #[test]
    fn a_copyleft_licence_is_not_allowed() {
        assert!(!judged("AGPL-3.0-or-later"));
    }
}
