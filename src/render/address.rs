//! Which addresses may be followed from a text: `https` and `mailto`, nothing else.

use std::borrow::Cow;

/// The most bytes of an address.
const BYTES_MAX: usize = 2_000;

/// The address to link to, if `raw` is one that readers may be sent to.
///
/// `www.` without a scheme is a bare address that a writer did not finish; the parser calls it `http`.
pub(super) fn address<'a>(raw: &'a str, label: &str) -> Option<Cow<'a, str>> {
    let raw = raw.trim();
    let address = match raw.strip_prefix("http://") {
        Some(rest) if rest == label && label.starts_with("www.") => Cow::Owned(format!("https://{rest}")),
        _ => Cow::Borrowed(raw),
    };
    let starts = |scheme: &str| {
        address.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme))
            && address[scheme.len()..].starts_with(|c: char| c.is_alphanumeric() || c == '[')
    };
    let is_plain =
        address.len() <= BYTES_MAX && !address.chars().any(|c| c.is_control() || c.is_whitespace() || c == '\\');
    (is_plain && (starts("https://") || starts("mailto:"))).then_some(address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_mail_addresses_are_followed() {
        for good in ["https://example.org/a?b=c#d", "HTTPS://example.org", "mailto:a@example.org", "https://[::1]/"] {
            assert_eq!(address(good, ""), Some(good.into()));
        }
        for bad in [
            "",
            "http://example.org",
            "javascript:alert(1)",
            "data:text/html,x",
            "//example.org",
            "/a",
            "#a",
            "a.html",
            "https:example.org",
            "https://",
            "https://\\example.org",
            "java\nscript:alert(1)",
            "https://a\tb",
            "vbscript:x",
            "mailto:",
            "https:///x",
            "é",
            "blob:https://example.org/x",
        ] {
            assert_eq!(address(bad, ""), None, "{bad:?}");
        }
    }

    #[test]
    fn a_bare_www_address_is_taken_for_https() {
        assert_eq!(address("http://www.example.org", "www.example.org"), Some("https://www.example.org".into()));
        assert_eq!(address("http://www.example.org", "elsewhere"), None);
    }
}
