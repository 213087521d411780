//! Where one signs in: a web address and nothing else.
//!
//! A screen opens it with one tap, and whoever shares a card chooses it for others: an address that runs a script, reads
//! a file or starts a program has no place there.

/// The address is none of the web.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("keep the address: it is not one of the web (http or https)")]
pub struct AddressRefused;

/// `text` as a card keeps it: nothing, or an http or https address. One that names no scheme, as people type it, gets
/// https.
pub(crate) fn web_address(text: &str) -> Result<String, AddressRefused> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(String::new());
    }
    // Browsers read past some of these, so that a scheme could hide.
    if text.chars().any(|letter| letter.is_control() || letter.is_whitespace() || letter == '\\') {
        return Err(AddressRefused);
    }
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) if scheme.chars().all(is_of_scheme) => (scheme, rest),
        _ if names_another_scheme(text) => return Err(AddressRefused),
        _ => ("", text),
    };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let is_web = scheme.is_empty() || ["http", "https"].iter().any(|web| scheme.eq_ignore_ascii_case(web));
    match (is_web && !host.is_empty(), scheme) {
        (true, "") => Ok(format!("https://{text}")),
        (true, _) => Ok(text.to_owned()),
        (false, _) => Err(AddressRefused),
    }
}

fn is_of_scheme(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '+' | '-' | '.')
}

/// `javascript:…` and the like; what follows the colon of a host is a port.
fn names_another_scheme(text: &str) -> bool {
    let beginning = text.split(['/', '?', '#']).next().unwrap_or_default();
    let port = beginning.rsplit_once(':').map(|(_, port)| port);
    port.is_some_and(|port| port.is_empty() || !port.bytes().all(|byte| byte.is_ascii_digit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_the_web_are_kept_and_what_people_type_becomes_one() {
        for text in ["https://example.com/login?next=a:b", "HTTP://example.com:8080", "http://[::1]:80/"] {
            assert_eq!(web_address(&format!(" {text} ")).as_deref(), Ok(text));
        }
        for text in
            ["example.com", "localhost:8080/a", "example.com/?next=https://other.example", "bücher.example"]
        {
            assert_eq!(web_address(text), Ok(format!("https://{text}")));
        }
        assert_eq!(web_address("  ").as_deref(), Ok(""));
    }

    #[test]
    fn what_is_not_of_the_web_is_refused() {
        for text in [
            "javascript:alert(1)",
            "JavaScript://example.com/%0aalert(1)",
            "java\tscript:alert(1)",
            "\u{1}javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "mailto:ana@example.com",
            "intent://scan/#Intent;end",
            "http:example.com",
            "https://",
            "https:///path",
            "//example.com",
            "https:\\\\example.com",
            "two words",
        ] {
            assert_eq!(web_address(text), Err(AddressRefused), "{text:?}");
        }
    }
}
