//! Whether a scanned code is for the card that is open: the right phone held at the wrong screen.
//!
//! Names are compared by their letters and digits alone, and one inside the other is enough: services and people
//! write the same name in many ways, and a question asked without need is one that nobody reads any more.

use super::AccountPayload;
use crate::client::Line;

/// What names an account: shown when a card and a code disagree.
#[derive(Clone, PartialEq, Eq)]
pub struct Label {
    /// The app or service; empty where it is not said.
    pub app: String,
    /// The login name; empty where it is not said.
    pub login: String,
}

/// What a person wrote is not printed.
impl std::fmt::Debug for Label {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Label(…)")
    }
}

/// The card's label and the code's, where they name different accounts.
pub(super) fn mismatch(card: &Line, code: &AccountPayload) -> Option<(Label, Label)> {
    let issuers = [&code.issuer, &code.label_issuer];
    let mut named = issuers.into_iter().flatten().peekable();
    let apps = [&*card.app, &card.name, &card.address];
    // A card without an app may be named after anything: only its address could still contradict.
    let app_agrees =
        named.peek().is_none() || card.app.is_empty() || named.any(|issuer| agrees(issuer, &apps));
    let login_agrees = code
        .account
        .as_ref()
        .is_none_or(|login| card.login.is_empty() || agrees(login, &[&*card.login, &card.name]));
    if app_agrees && login_agrees {
        return None;
    }
    let card = Label { app: card.app.to_string(), login: card.login.to_string() };
    let app = code.issuer.clone().unwrap_or_default();
    Some((card, Label { app, login: code.account.clone().unwrap_or_default() }))
}

/// Whether one of `texts` has `name` in it, or is in it.
fn agrees(name: &str, texts: &[&str]) -> bool {
    let name = bare(name);
    let texts = texts.iter().map(|text| bare(text)).filter(|text| !text.is_empty());
    name.is_empty() || texts.into_iter().any(|text| text.contains(&name) || name.contains(&text))
}

fn bare(text: &str) -> String {
    text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::enrol::{Entry, Payload, read};

    fn asks(app: &str, login: &str, uri: &str) -> bool {
        let card = Line { app: app.into(), login: login.into(), ..Line::default() };
        let Ok(Payload::Account(code)) = read(uri, Entry::Qr) else { unreachable!("the test's own link") };
        mismatch(&card, &code).is_some()
    }

    #[test]
    fn another_service_or_another_login_is_asked_about() {
        let uri = "otpauth://totp/GitHub:ana?secret=MZXW6YQ&issuer=GitHub";
        assert!(asks("GitLab", "ana", uri));
        assert!(asks("GitHub", "ben", uri));
    }

    #[test]
    fn the_same_names_in_another_writing_are_not() {
        let uri = "otpauth://totp/GitHub:ana%40example.com?secret=MZXW6YQ&issuer=GitHub%20Inc.";
        for (app, login) in
            [("git hub", "Ana@Example.com"), ("GITHUB", "ana"), ("", ""), ("", "ana"), ("GitHub", "")]
        {
            assert!(!asks(app, login, uri), "{app} {login}");
        }
    }

    #[test]
    fn a_key_without_names_is_for_any_card() {
        let card = Line { app: "GitHub".into(), ..Line::default() };
        let Ok(Payload::Account(code)) = read("MZXW 6YQ", Entry::Manual) else { unreachable!("a key") };
        assert!(mismatch(&card, &code).is_none());
    }
}
