//! The last word on what HTML leaves the house: a list of elements and attributes, and rules for their values.
//!
//! It trusts nothing that was written before it, our own writer included.

use std::{
    borrow::Cow,
    collections::{HashMap, HashSet},
    sync::LazyLock,
};

use ammonia::{Builder, UrlRelative};

use super::{address::address, elements};

/// What every link says to the browser: do not hand the page over, do not tell where the reader came from.
pub(super) const REL: &str = "noopener noreferrer nofollow";

/// Stands in every id, and in no key of a section: no id can be mistaken for a name that a page's scripts use.
pub(super) const ID_MARK: &str = "--";

/// How a text begins that keeps its line breaks; the element has no attributes here.
const PRE: &str = "<pre>";

/// The most rows or columns a cell may span.
const SPAN_MAX: u16 = 100;

/// Attributes by element.
pub(super) const ATTRIBUTES: &[(&str, &[&str])] = &[
    ("a", &["href", "title", "id", "aria-label"]),
    ("abbr", &["title"]),
    ("details", &["open"]),
    ("ol", &["start"]),
    ("li", &["id"]),
    ("td", &["colspan", "rowspan", "align"]),
    ("th", &["colspan", "rowspan", "align", "scope"]),
    ("h1", &["id"]),
    ("h2", &["id"]),
    ("h3", &["id"]),
    ("h4", &["id"]),
    ("h5", &["id"]),
    ("h6", &["id"]),
];

/// The class of the list of footnotes, so that a page can set it in small type.
pub(super) const FOOTNOTES: &str = "footnotes";

static POLICY: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut policy = Builder::empty();
    policy
        .tags(elements::names().collect())
        .clean_content_tags(HashSet::from(["script", "style"]))
        // An empty builder still allows `lang` and `title` everywhere.
        .generic_attributes(HashSet::new())
        .tag_attributes(ATTRIBUTES.iter().map(|(tag, names)| (*tag, names.iter().copied().collect())).collect())
        .allowed_classes(HashMap::from([("ol", HashSet::from([FOOTNOTES]))]))
        .url_schemes(HashSet::from(["https", "mailto"]))
        // Fragments are kept here and judged with all other values below.
        .url_relative(UrlRelative::PassThrough)
        .link_rel(Some(REL))
        .strip_comments(true)
        .attribute_filter(|_, attribute, value| is_harmless(attribute, value).then_some(Cow::Borrowed(value)));
    policy
});

/// Parses `html` as a browser would and writes back what is allowed.
pub(super) fn sanitise(html: &str) -> String {
    let clean = POLICY.clean(html).to_string();
    // Whoever parses it drops the line break that a `pre` begins with; what is read again must not lose another one.
    let mut parts = clean.split(PRE);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |kept, part| kept + PRE + part.trim_start_matches('\n'))
}

fn is_harmless(attribute: &str, value: &str) -> bool {
    let is_whole = |max: u16| value.parse::<u16>().is_ok_and(|number| number <= max);
    match attribute {
        "href" => address(value, "").is_some() || value.strip_prefix('#').is_some_and(is_id),
        "id" => is_id(value),
        "start" => value.parse::<u32>().is_ok_and(|number| number <= 999_999_999),
        "colspan" | "rowspan" => is_whole(SPAN_MAX) && value != "0",
        "scope" => matches!(value, "row" | "col" | "rowgroup" | "colgroup"),
        "align" => matches!(value, "left" | "center" | "right"),
        "open" => value.is_empty(),
        "title" | "aria-label" | "class" => true,
        // Written by the sanitiser itself.
        "rel" => value == REL,
        // Not on the list; the sanitiser has dropped it before.
        _ => false,
    }
}

fn is_id(value: &str) -> bool {
    value.contains(ID_MARK) && value.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'))
}
