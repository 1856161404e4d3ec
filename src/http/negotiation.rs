//! Which media type to speak: what a client sends (`Content-Type`) and what it can read (`Accept`).

use poem::http::{HeaderMap, HeaderValue, header};

/// A media type this service answers in.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum MediaType {
    /// `application/graphql-response+json`: a client that reads the status.
    GraphqlResponse,
    /// `application/json`.
    Json,
}

impl MediaType {
    pub(super) fn content_type(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::GraphqlResponse => "application/graphql-response+json; charset=utf-8",
            Self::Json => "application/json; charset=utf-8",
        })
    }

    fn essence(self) -> &'static str {
        match self {
            Self::GraphqlResponse => "application/graphql-response+json",
            Self::Json => "application/json",
        }
    }
}

/// What a client reads.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) struct Accepted {
    /// The type it reads best of those for one answer, ours first among equals; `None` if it reads neither.
    pub(super) media_type: Option<MediaType>,
    pub(super) events: Events,
}

/// Whether a client reads `text/event-stream`. It must say so: `*/*` does not ask for a stream.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Events {
    No,
    /// As gladly as, or less gladly than, one answer: for what cannot be one answer.
    Also,
    /// Rather than one answer.
    Rather,
}

const EVENT_STREAM: &str = "text/event-stream";

impl Accepted {
    /// The type to refuse in.
    pub(super) fn for_refusals(self) -> MediaType {
        self.media_type.unwrap_or(MediaType::Json)
    }
}

/// What the client reads, by the weights it gives. Silence accepts everything.
pub(super) fn accepted(headers: &HeaderMap) -> Accepted {
    let (mut ours, mut json, mut stream) = (Weight::default(), Weight::default(), None);
    let mut is_silent = true;
    for value in headers.get_all(header::ACCEPT) {
        // What is no text names no type we have.
        let text = value.to_str().unwrap_or("-/-");
        for range in text.split(',').filter_map(Range::parse) {
            is_silent = false;
            ours.hear(&range, MediaType::GraphqlResponse);
            json.hear(&range, MediaType::Json);
            if range.is_utf8 && range.essence.eq_ignore_ascii_case(EVENT_STREAM) {
                stream = stream.or(Some(range.quality));
            }
        }
    }
    if is_silent {
        return Accepted { media_type: Some(MediaType::GraphqlResponse), events: Events::No };
    }
    let (ours, json) = (ours.quality, json.quality);
    let media_type = match (ours, json) {
        (0, 0) => None,
        _ if ours >= json => Some(MediaType::GraphqlResponse),
        _ => Some(MediaType::Json),
    };
    let events = match stream.unwrap_or(0) {
        0 => Events::No,
        quality if quality > ours.max(json) => Events::Rather,
        _ => Events::Also,
    };
    Accepted { media_type, events }
}

/// What the most specific range so far says of a type: it decides, so that `application/json;q=0, */*` means anything else.
#[derive(Default)]
struct Weight {
    specificity: u8,
    quality: u16,
}

impl Weight {
    fn hear(&mut self, range: &Range<'_>, media_type: MediaType) {
        let specificity = range.specificity(media_type);
        if specificity > 0 && specificity >= self.specificity {
            *self = Self { specificity, quality: range.quality };
        }
    }
}

/// One range of an `Accept` header.
struct Range<'a> {
    essence: &'a str,
    /// In thousandths.
    quality: u16,
    is_utf8: bool,
}

impl<'a> Range<'a> {
    fn parse(text: &'a str) -> Option<Self> {
        let mut parts = text.split(';').map(str::trim);
        let essence = parts.next().filter(|essence| !essence.is_empty())?;
        let mut range = Self { essence, quality: 1000, is_utf8: true };
        for (name, value) in parts.filter_map(|part| part.split_once('=')) {
            let (name, value) = (name.trim(), value.trim().trim_matches('"'));
            if name.eq_ignore_ascii_case("q") {
                range.quality = quality(value)?;
            } else if name.eq_ignore_ascii_case("charset") {
                range.is_utf8 = is_utf8(value);
            }
        }
        Some(range)
    }

    /// 0 if this range does not contain the type.
    fn specificity(&self, media_type: MediaType) -> u8 {
        let is = |essence: &str| self.essence.eq_ignore_ascii_case(essence);
        match () {
            () if !self.is_utf8 => 0,
            () if is(media_type.essence()) => 3,
            () if is("application/*") => 2,
            () if is("*/*") => 1,
            () => 0,
        }
    }
}

/// A weight between 0 and 1 with at most three decimals; anything else voids its range.
fn quality(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let digits = decimals.bytes().map(|digit| u16::from(digit - b'0')).chain(std::iter::repeat(0));
    let thousandths = digits.take(3).fold(0, |sum, digit| sum * 10 + digit);
    match (whole, thousandths) {
        ("0", thousandths) => Some(thousandths),
        ("1", 0) => Some(1000),
        _ => None,
    }
}

/// Whether a body is JSON by its own declaration. Without one it is not: a form of a foreign page must not pass for it.
pub(super) fn is_json(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(value), None) = (values.next(), values.next()) else { return false };
    let Ok(text) = value.to_str() else { return false };
    let mut parts = text.split(';').map(str::trim);
    let is_json = parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
    is_json
        && parts.filter_map(|part| part.split_once('=')).all(|(name, value)| {
            !name.trim().eq_ignore_ascii_case("charset") || is_utf8(value.trim().trim_matches('"'))
        })
}

fn is_utf8(charset: &str) -> bool {
    charset.eq_ignore_ascii_case("utf-8") || charset.eq_ignore_ascii_case("utf8")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn accept(values: &[&str]) -> Option<MediaType> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(header::ACCEPT, HeaderValue::from_str(value).unwrap());
        }
        accepted(&headers).media_type
    }

    fn events(value: &str) -> Events {
        let mut headers = HeaderMap::new();
        headers.append(header::ACCEPT, HeaderValue::from_str(value).unwrap());
        accepted(&headers).events
    }

    #[test]
    fn a_stream_is_for_those_who_ask_for_one() {
        for (value, expected) in [
            ("text/event-stream", Events::Rather),
            ("text/event-stream, application/json;q=0.5", Events::Rather),
            ("application/json, text/event-stream", Events::Also),
            ("text/event-stream;q=0.1, */*", Events::Also),
            ("*/*", Events::No),
            ("text/*", Events::No),
            ("text/event-stream;q=0", Events::No),
        ] {
            assert_eq!(events(value), expected, "{value}");
        }
    }

    #[test]
    fn the_clients_preference_decides_and_ours_breaks_ties() {
        use MediaType::{GraphqlResponse, Json};
        for (values, expected) in [
            (&[][..], Some(GraphqlResponse)),
            (&[""], Some(GraphqlResponse)),
            (&["*/*"], Some(GraphqlResponse)),
            (&["application/*"], Some(GraphqlResponse)),
            (&["application/json"], Some(Json)),
            (&["APPLICATION/JSON; charset=UTF-8"], Some(Json)),
            (&["application/json, application/graphql-response+json"], Some(GraphqlResponse)),
            (&["application/graphql-response+json;q=0.5, application/json;q=0.9"], Some(Json)),
            (&["application/graphql-response+json; q=0.90, application/json;q=0.899"], Some(GraphqlResponse)),
            (&["text/html", "application/json"], Some(Json)),
            (&["text/html, */*;q=0.1"], Some(GraphqlResponse)),
            (&["application/graphql-response+json;q=0, */*"], Some(Json)),
            (&["application/json;q=0, */*;q=0.1"], Some(GraphqlResponse)),
            (&["application/json;q=7, application/graphql-response+json;q=0.1"], Some(GraphqlResponse)),
            (&["text/html"], None),
            (&["*/*;q=0"], None),
            (&["application/json;q=0"], None),
            (&["application/json; charset=iso-8859-1"], None),
            (&["application/xml;q=1;;;=,,;q"], None),
        ] {
            assert_eq!(accept(values), expected, "{values:?}");
        }
    }

    #[test]
    fn only_json_in_utf8_is_json() {
        let is_json = |values: &[&'static str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::CONTENT_TYPE, HeaderValue::from_static(value));
            }
            is_json(&headers)
        };
        assert!(is_json(&["application/json"]));
        assert!(is_json(&["Application/JSON; charset=\"utf-8\"; x=y"]));
        for wrong in [
            &[][..],
            &[""],
            &["text/plain"],
            &["application/x-www-form-urlencoded"],
            &["multipart/form-data; boundary=application/json"],
            &["application/json; charset=utf-16"],
            &["application/graphql"],
            &["text/plain; application/json"],
            &["application/json", "text/plain"],
        ] {
            assert!(!is_json(wrong), "{wrong:?}");
        }
    }
}
