//! Which pages of other origins may talk to the API from a browser: those on a list, and by default none.

use std::collections::HashSet;

use poem::{
    Request, Response,
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
};

/// A text that is not an origin.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("{0:?} is not an origin: write it like https://advice.example.org, without a path")]
pub struct NotAnOrigin(pub String);

/// Origins on the list. A wildcard is not an origin: whoever is admitted is named.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Origins(HashSet<String>);

impl Origins {
    /// The list, as browsers write origins: scheme, host and port, in lower case.
    pub fn new<I: IntoIterator<Item = S>, S: AsRef<str>>(origins: I) -> Result<Self, NotAnOrigin> {
        let parsed = origins.into_iter().map(|origin| {
            let text = origin.as_ref();
            let is_origin = authority(text).is_some_and(|host| {
                !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte))
            });
            if is_origin { Ok(text.to_ascii_lowercase()) } else { Err(NotAnOrigin(text.chars().take(100).collect())) }
        });
        parsed.collect::<Result<_, _>>().map(Self)
    }

    fn contain(&self, origin: &HeaderValue) -> bool {
        origin.to_str().is_ok_and(|origin| self.0.contains(origin))
    }

    /// Whether a socket may be opened from the page that asks. Browsers apply no CORS to sockets, so this is the only
    /// check there is. Programs send no origin and are not browsers.
    pub(super) fn may_open_socket(&self, request: &Request) -> bool {
        let Some(origin) = request.headers().get(header::ORIGIN) else { return true };
        self.contain(origin) || is_same_host(origin, request)
    }
}

/// Answers the question a browser asks before a request across origins; `None` if this is no such question.
pub(super) fn preflight(origins: &Origins, request: &Request) -> Option<Response> {
    let headers = request.headers();
    let origin = headers.get(header::ORIGIN)?;
    if request.method() != Method::OPTIONS || !headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD) {
        return None;
    }
    let mut response = Response::builder().status(StatusCode::NO_CONTENT).finish();
    if origins.contain(origin) {
        let allow = response.headers_mut();
        allow.insert(header::ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("GET, POST"));
        allow.insert(
            header::ACCESS_CONTROL_ALLOW_HEADERS,
            HeaderValue::from_static("authorization, content-type, idempotency-key, x-request-id"),
        );
        allow.insert(header::ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
    }
    Some(response)
}

/// Tells the browser that the page may read this answer, if its origin is on the list.
pub(super) fn allow(origins: &Origins, origin: Option<&HeaderValue>, headers: &mut HeaderMap) {
    headers.append(header::VARY, HeaderValue::from_static("Origin"));
    let Some(origin) = origin.filter(|origin| origins.contain(origin)) else { return };
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
    let exposed = HeaderValue::from_static("ratelimit, ratelimit-policy, retry-after, www-authenticate, x-request-id");
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
}

fn is_same_host(origin: &HeaderValue, request: &Request) -> bool {
    let host = request.header(header::HOST).or_else(|| request.uri().authority().map(|authority| authority.as_str()));
    let origin = origin.to_str().ok().and_then(authority);
    matches!((origin, host), (Some(origin), Some(host)) if origin.eq_ignore_ascii_case(host))
}

/// Host and port of an origin.
fn authority(origin: &str) -> Option<&str> {
    origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_origins_get_on_the_list() {
        assert!(Origins::new(["https://a.example", "http://localhost:3000", "http://[::1]:8080"]).is_ok());
        for wrong in
            ["*", "null", "a.example", "https://", "https://a.example/", "https://*.example", "ftp://a", "https://a@b"]
        {
            assert_eq!(Origins::new([wrong]), Err(NotAnOrigin(wrong.into())));
        }
    }

    #[test]
    fn a_socket_opens_from_our_own_pages_from_listed_ones_and_from_programs() {
        let origins = Origins::new(["https://advice.example"]).unwrap();
        let may = |origin: Option<&str>| {
            let request = Request::builder().header(header::HOST, "api.example:8080");
            let request = match origin {
                Some(origin) => request.header(header::ORIGIN, origin),
                None => request,
            };
            origins.may_open_socket(&request.finish())
        };
        assert!(may(None));
        assert!(may(Some("https://advice.example")));
        assert!(may(Some("http://api.example:8080")));
        for wrong in ["https://evil.example", "null", "", "https://api.example", "https://advice.example.evil.example"]
        {
            assert!(!may(Some(wrong)), "{wrong}");
        }
    }
}
