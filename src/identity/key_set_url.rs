//! Where a client may publish its keys: an address that somebody outside this service chose, and that this service will
//! ask. So it must be a public name over TLS, not an address inside the network that the service can reach.

use super::fetch::SecureUrl;

/// A text that is no address to publish keys at.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("must be https://HOST/PATH with a public name as host, without user, port or fragment")]
pub struct NotAKeySetUrl;

/// What addresses are taken.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct KeySetUrls {
    allows_loopback: bool,
}

/// Names that stand for something inside (RFC 6761, RFC 6762, RFC 8375).
const INSIDE: [&str; 6] = ["localhost", "local", "internal", "test", "invalid", "arpa"];

impl KeySetUrls {
    /// Public addresses, and for tests those of this machine.
    pub fn new(allows_loopback: bool) -> Self {
        Self { allows_loopback }
    }

    /// The address, if it is one to ask.
    pub fn check(self, text: &str) -> Result<SecureUrl, NotAKeySetUrl> {
        let url: SecureUrl = text.parse().map_err(|_| NotAKeySetUrl)?;
        if !url.is_tls() {
            // Of those without TLS only this machine's own parse at all.
            return if self.allows_loopback { Ok(url) } else { Err(NotAKeySetUrl) };
        }
        let host = url.host().trim_end_matches('.').to_ascii_lowercase();
        let last = host.rsplit('.').next().unwrap_or_default();
        // The last label of a public name is never a number, and an IPv6 address has colons.
        let is_name = host.contains('.') && !host.contains(':') && last.bytes().any(|byte| byte.is_ascii_alphabetic());
        let has_port =
            text.trim_start_matches("https://").split(['/', '?']).next().is_some_and(|host| host.contains(':'));
        if is_name && !has_port && !INSIDE.contains(&last) && text.len() <= 500 { Ok(url) } else { Err(NotAKeySetUrl) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_published_under_a_public_name_over_tls() {
        let strict = KeySetUrls::new(false);
        for good in ["https://alliance.example.org/keys.json", "https://a.b.nhs.uk/.well-known/jwks.json?v=1"] {
            assert!(strict.check(good).is_ok(), "{good}");
        }
        for bad in [
            "http://alliance.example.org/keys",
            "http://127.0.0.1/keys",
            "http://localhost/keys",
            "https://127.0.0.1/keys",
            "https://[::1]/keys",
            "https://10.0.0.1/keys",
            "https://169.254.169.254/latest/meta-data",
            "https://2130706433/keys",
            "https://0x7f.0.0.1/keys",
            "https://intranet/keys",
            "https://db.internal/keys",
            "https://printer.local/keys",
            "https://a.localhost/keys",
            "https://localhost./keys",
            "https://alliance.example.org:8443/keys",
            "https://user@alliance.example.org/keys",
            "https://alliance.example.org/keys#x",
            "ftp://alliance.example.org/keys",
            "keys.json",
            "",
        ] {
            assert_eq!(strict.check(bad), Err(NotAKeySetUrl), "{bad}");
        }
        let lax = KeySetUrls::new(true);
        assert!(lax.check("http://127.0.0.1:9/keys").is_ok());
        assert!(lax.check("http://10.0.0.1/keys").is_err());
        assert!(lax.check("https://10.0.0.1/keys").is_err());
    }
}
