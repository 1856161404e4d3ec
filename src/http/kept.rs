//! Sends answers that are kept whole: with a name for their bytes, so that who has them is told so in a few, and compressed
//! for who can read that. To the public they may be kept on the way, too.

use chrono::TimeDelta;
use poem::{
    Response,
    http::{HeaderMap, HeaderValue, StatusCode, header},
};

use super::negotiation::MediaType;
use crate::graphql::kept::KeptAnswer;

/// Seconds for which anybody on the way may answer the public without asking us; half as long while they ask us.
const FRESH_SECONDS: i64 = 60;
/// How many headers an answer has at most, but for those of other origins.
const HEADERS: usize = 12;
/// An answer shorter than this is sent as it is.
const SQUEEZED_FROM: usize = 1_000;
/// One longer than this, too: compressing it would keep others waiting.
const SQUEEZED_TO: usize = 512 * 1024;

/// What a client says that decides how a kept answer is sent.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Conditions {
    has_already: Vec<HeaderValue>,
    reads_gzip: bool,
    is_anonymous: bool,
}

impl Conditions {
    pub(super) fn of(headers: &HeaderMap) -> Self {
        Self {
            has_already: headers.get_all(header::IF_NONE_MATCH).iter().cloned().collect(),
            reads_gzip: headers.get_all(header::ACCEPT_ENCODING).iter().any(reads_gzip),
            is_anonymous: !headers.contains_key(header::AUTHORIZATION),
        }
    }

    fn has(&self, tag: &str) -> bool {
        let tags = self.has_already.iter().filter_map(|value| value.to_str().ok()).flat_map(|value| value.split(','));
        tags.map(str::trim).any(|known| known == "*" || known.strip_prefix("W/").unwrap_or(known) == tag)
    }
}

/// Whether gzip is named and not refused.
fn reads_gzip(value: &HeaderValue) -> bool {
    value.to_str().unwrap_or_default().split(',').any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let is_refused =
            weight.trim().strip_prefix("q=").is_some_and(|q| q.trim().parse::<f32>().is_ok_and(|q| q <= 0.0));
        name.trim().eq_ignore_ascii_case("gzip") && !is_refused
    })
}

/// The answer over HTTP. `fresh_for` is how long it stays true in any case.
pub(super) fn respond(
    kept: &KeptAnswer,
    media_type: MediaType,
    conditions: &Conditions,
    fresh_for: Option<TimeDelta>,
) -> Response {
    let is_squeezed = conditions.reads_gzip && (SQUEEZED_FROM..=SQUEEZED_TO).contains(&kept.body().len());
    let tag = tag(kept.digest(), media_type, is_squeezed);
    let is_had = conditions.has(&tag);
    let mut response: Response = match (is_had, is_squeezed) {
        (true, _) => StatusCode::NOT_MODIFIED.into(),
        (false, true) => kept.squeezed().clone().into(),
        (false, false) => kept.body().clone().into(),
    };
    let headers = response.headers_mut();
    // For these, and for what the edge adds.
    headers.reserve(HEADERS);
    if !is_had {
        headers.insert(header::CONTENT_TYPE, media_type.content_type());
    }
    if !is_had && is_squeezed {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        headers.insert(header::ETAG, tag);
    }
    headers.insert(header::CACHE_CONTROL, cache_control(conditions, fresh_for));
    headers.append(header::VARY, HeaderValue::from_static("Accept, Accept-Encoding, Authorization"));
    response.extensions_mut().insert(FromMemory);
    response
}

/// Marks a response for which nothing had to be found out.
#[derive(Clone, Copy)]
pub(super) struct FromMemory;

/// Other bytes and other types have other names: a strong one is of exactly one representation.
fn tag(digest: &str, media_type: MediaType, is_squeezed: bool) -> String {
    let of_type = match media_type {
        MediaType::GraphqlResponse => "g",
        MediaType::Json => "j",
    };
    let squeezed = if is_squeezed { "z" } else { "" };
    format!("\"{digest}-{of_type}{squeezed}\"")
}

/// Nobody on the way may answer those who show a token, nor anybody with what is about to change.
fn cache_control(conditions: &Conditions, fresh_for: Option<TimeDelta>) -> HeaderValue {
    let fresh = fresh_for.map_or(FRESH_SECONDS, |left| left.num_seconds().clamp(0, FRESH_SECONDS));
    if !conditions.is_anonymous {
        HeaderValue::from_static("private, no-cache")
    } else if fresh == FRESH_SECONDS {
        HeaderValue::from_static("public, max-age=60, stale-while-revalidate=30")
    } else {
        let text = format!("public, max-age={fresh}");
        HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("private, no-cache"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn conditions(fields: &[(header::HeaderName, &'static str)]) -> Conditions {
        Conditions::of(&fields.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect())
    }

    #[test]
    fn who_has_the_bytes_is_told_so() {
        for (has, is_had) in [
            ("\"a-g\"", true),
            ("W/\"a-g\"", true),
            ("\"b-g\", \"a-g\"", true),
            ("*", true),
            ("\"a-j\"", false),
            ("\"a-gz\"", false),
            ("a-g", false),
            ("", false),
        ] {
            let conditions = conditions(&[(header::IF_NONE_MATCH, has)]);
            assert_eq!(conditions.has(&tag("a", MediaType::GraphqlResponse, false)), is_had, "{has}");
        }
    }

    #[test]
    fn only_who_names_gzip_gets_it() {
        for (accepts, reads) in [
            ("gzip", true),
            ("br, GZIP;q=0.5", true),
            ("gzip;q=0", false),
            ("gzip; q=0.0", false),
            ("identity", false),
            ("*", false),
            ("", false),
        ] {
            assert_eq!(conditions(&[(header::ACCEPT_ENCODING, accepts)]).reads_gzip, reads, "{accepts}");
        }
        assert!(!Conditions::of(&HeaderMap::new()).reads_gzip);
    }

    #[test]
    fn only_the_public_is_answered_on_the_way_and_not_beyond_the_truth() {
        let public = conditions(&[]);
        assert_eq!(cache_control(&public, None), "public, max-age=60, stale-while-revalidate=30");
        assert_eq!(cache_control(&public, Some(TimeDelta::days(9))), "public, max-age=60, stale-while-revalidate=30");
        assert_eq!(cache_control(&public, Some(TimeDelta::seconds(7))), "public, max-age=7");
        assert_eq!(cache_control(&public, Some(TimeDelta::seconds(-7))), "public, max-age=0");
        let known = conditions(&[(header::AUTHORIZATION, "Bearer x")]);
        assert_eq!(cache_control(&known, None), "private, no-cache");
    }
}
