//! Who issued a secret and to whom, out of a label and an issuer that may disagree.
//!
//! Services put colons into issuers, tenants before the colon and e-mail addresses after it. The rules here were
//! made from what they really emit; in none of them is a disagreement a reason to refuse.

use super::uri::{Plus, decode};

/// The names of an account; none is empty, none has blanks around it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Names {
    pub(super) issuer: Option<String>,
    pub(super) account: Option<String>,
    /// What stands before the colon, if it is another name than `issuer`.
    pub(super) label_issuer: Option<String>,
}

impl Names {
    /// From the label of a link, still encoded, and its decoded `issuer` parameter.
    pub(super) fn from_label(raw: &str, issuer: &str) -> Self {
        let split = || {
            let (before, after) = split_at_separator(raw)?;
            Some((decode(before, Plus::IsPlus), decode(after, Plus::IsPlus)))
        };
        let decoded = decode(raw, Plus::IsPlus);
        if let Some(account) = after_issuer(&decoded, issuer) {
            return Self::of(issuer, None, account);
        }
        match split() {
            Some((prefix, account)) => Self::of(issuer, Some(&prefix), &account),
            None => Self::of(issuer, None, &decoded),
        }
    }

    /// From the name and the issuer in an export, where nothing is encoded.
    pub(super) fn from_text(name: &str, issuer: &str) -> Self {
        if let Some(account) = after_issuer(name, issuer) {
            return Self::of(issuer, None, account);
        }
        match name.split_once(':') {
            Some((prefix, account)) => Self::of(issuer, Some(prefix), account),
            None => Self::of(issuer, None, name),
        }
    }

    /// Steam's own key, which comes without any name.
    pub(super) fn steam() -> Self {
        Self::of("Steam", None, "")
    }

    /// A key that was typed: the name is the card's affair.
    pub(super) fn none() -> Self {
        Self::of("", None, "")
    }

    /// Whether Steam issued it, whose codes are of its own kind even where a payload does not say so.
    pub(super) fn is_steam(&self) -> bool {
        self.issuer.as_deref().is_some_and(|issuer| issuer.eq_ignore_ascii_case("steam"))
    }

    fn of(issuer: &str, prefix: Option<&str>, account: &str) -> Self {
        let (issuer, prefix) = (name(issuer), prefix.and_then(name));
        let account = name(account);
        match issuer {
            None => Self { issuer: prefix, account, label_issuer: None },
            Some(issuer) => {
                let label_issuer = prefix.filter(|prefix| *prefix != issuer);
                Self { issuer: Some(issuer), account, label_issuer }
            }
        }
    }
}

/// The account, where the label begins with the whole issuer and a colon: the issuer may have colons of its own.
fn after_issuer<'a>(label: &'a str, issuer: &str) -> Option<&'a str> {
    name(issuer).and_then(|issuer| label.trim_start().strip_prefix(&*issuer)?.strip_prefix(':'))
}

/// Around the first `:` or `%3A`, whichever comes first.
fn split_at_separator(raw: &str) -> Option<(&str, &str)> {
    let bytes = raw.as_bytes();
    (0..bytes.len()).find_map(|at| {
        let length = match &bytes[at..] {
            [b':', ..] => 1,
            [b'%', b'3', b'A' | b'a', ..] => 3,
            _ => return None,
        };
        Some((&raw[..at], &raw[at + length..]))
    })
}

fn name(text: &str) -> Option<String> {
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Issuer, account and label issuer; empty where there is none.
    fn from_label(raw: &str, issuer: &str) -> [String; 3] {
        let Names { issuer, account, label_issuer } = Names::from_label(raw, issuer);
        [issuer, account, label_issuer].map(Option::unwrap_or_default)
    }

    #[test]
    fn without_a_separator_the_label_is_the_account() {
        assert_eq!(from_label("Example", ""), ["", "Example", ""]);
        assert_eq!(from_label("Example", "Example"), ["Example", "Example", ""]);
        assert_eq!(from_label("", ""), ["", "", ""]);
    }

    #[test]
    fn blanks_around_names_are_dropped() {
        assert_eq!(from_label("A%20:%20%20b%0A", "  "), ["A", "b", ""]);
        assert_eq!(from_label(" Example :alice", " Example "), ["Example", "alice", ""]);
    }

    #[test]
    fn an_empty_side_of_the_colon_is_no_name() {
        assert_eq!(from_label(":alice", ""), ["", "alice", ""]);
        assert_eq!(from_label("Example:", ""), ["Example", "", ""]);
        assert_eq!(from_label(":", "Example"), ["Example", "", ""]);
    }

    #[test]
    fn the_first_separator_counts_however_it_is_written() {
        assert_eq!(from_label("a%3Ab:c", ""), ["a", "b:c", ""]);
        assert_eq!(from_label("a:b%3ac", ""), ["a", "b:c", ""]);
        assert_eq!(from_label("a%253Ab", ""), ["", "a%3Ab", ""]);
    }

    #[test]
    fn the_issuer_may_have_colons_of_its_own() {
        assert_eq!(
            from_label("127.0.0.1%3A8000%3A%20user", "127.0.0.1:8000"),
            ["127.0.0.1:8000", "user", ""]
        );
    }

    #[test]
    fn another_name_before_the_colon_is_kept() {
        assert_eq!(from_label("Github:a", "GitHub"), ["GitHub", "a", "Github"]);
    }

    #[test]
    fn names_in_an_export_are_not_encoded() {
        let names = Names::from_text("a%3Ab", "");
        assert_eq!(names.account.as_deref(), Some("a%3Ab"));
        assert_eq!(Names::from_text("GitHub:alice", "GitHub").account.as_deref(), Some("alice"));
        assert_eq!(Names::from_text("GitHub:alice", "").issuer.as_deref(), Some("GitHub"));
    }
}
