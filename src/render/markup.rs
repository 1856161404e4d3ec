//! Raw HTML inside Markdown, cut into tags and text in one pass. What a tag means is for others to decide.

use comrak::{Arena, Options, nodes::NodeValue};

/// The most attributes of one tag that are read; the rest are dropped.
const ATTRIBUTES_MAX: usize = 16;

/// Elements whose content a browser does not read as markup. It goes with the tag.
const OPAQUE: &[&str] =
    &["script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes", "noscript", "plaintext"];

/// A piece of raw HTML. Text and values are as written, entities and all.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) enum Piece<'a> {
    /// Words.
    Text(&'a str),
    /// A start tag, its name in lower case.
    Open { name: String, attributes: Attributes<'a> },
    /// An end tag, its name in lower case.
    Close { name: String },
}

/// The attributes of a tag, their names in lower case.
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub(super) struct Attributes<'a>(Vec<(String, &'a str)>);

impl<'a> Attributes<'a> {
    /// The value of the first attribute of this name.
    pub(super) fn value(&self, name: &str) -> Option<&'a str> {
        self.0.iter().find(|(found, _)| found == name).map(|(_, value)| *value)
    }
}

/// Cuts raw HTML into pieces. Comments, declarations and opaque content are left out.
///
/// Every byte is read a bounded number of times: a mark that is opened and never closed takes the rest with it.
pub(super) fn pieces(source: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = source;
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        if !text.is_empty() {
            pieces.push(Piece::Text(text));
        }
        rest = if let Some(comment) = tag.strip_prefix("<!--") {
            after(comment, "-->")
        } else if tag.starts_with("<!") || tag.starts_with("<?") {
            after(tag, ">")
        } else if let Some(close) = tag.strip_prefix("</").filter(|close| starts_with_letter(close)) {
            pieces.push(Piece::Close { name: name(close).to_ascii_lowercase() });
            after(close, ">")
        } else if starts_with_letter(&tag[1..]) {
            let name = name(&tag[1..]);
            match attributes(&tag[1 + name.len()..]) {
                Some((attributes, after)) => {
                    let name = name.to_ascii_lowercase();
                    let content = if OPAQUE.contains(&name.as_str()) { skip_opaque(after, &name) } else { after };
                    pieces.push(Piece::Open { name, attributes });
                    content
                }
                None => {
                    pieces.push(Piece::Text(tag));
                    ""
                }
            }
        } else {
            pieces.push(Piece::Text("<"));
            &tag[1..]
        };
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

fn starts_with_letter(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
}

fn name(tag: &str) -> &str {
    &tag[..tag.find(|c: char| c.is_ascii_whitespace() || c == '/' || c == '>').unwrap_or(tag.len())]
}

/// What follows the first `end`, or nothing.
fn after<'a>(text: &'a str, end: &str) -> &'a str {
    text.split_once(end).map_or("", |(_, after)| after)
}

/// The end tag of an opaque element and what follows it, or nothing.
fn skip_opaque<'a>(text: &'a str, name: &str) -> &'a str {
    let is_end =
        |at: &usize| text.get(at + 2..at + 2 + name.len()).is_some_and(|found| found.eq_ignore_ascii_case(name));
    text.match_indices("</").map(|(at, _)| at).find(is_end).map_or("", |at| &text[at..])
}

/// The attributes of a tag and what follows its `>`; nothing if the tag does not end.
fn attributes(tag: &str) -> Option<(Attributes<'_>, &str)> {
    let mut attributes = Attributes::default();
    let mut rest = tag;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_ascii_whitespace() || c == '/');
        if let Some(after) = rest.strip_prefix('>') {
            return Some((attributes, after));
        }
        // A name may begin with `=`, as browsers have it; so each round takes at least one character.
        let first = rest.chars().next()?.len_utf8();
        let is_end = |c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>' | '=');
        let (name, after_name) = rest.split_at(rest[first..].find(is_end)? + first);
        let spaced = after_name.trim_ascii_start();
        let value;
        (value, rest) = match spaced.strip_prefix('=').map(str::trim_ascii_start) {
            None => ("", after_name),
            Some(quoted) if quoted.starts_with(['"', '\'']) => quoted[1..].split_once(&quoted[..1])?,
            Some(bare) => bare.split_at(bare.find(|c: char| c.is_ascii_whitespace() || c == '>')?),
        };
        if attributes.0.len() < ATTRIBUTES_MAX {
            attributes.0.push((name.to_ascii_lowercase(), value));
        }
    }
}

/// The text with its entities decoded, which only the Markdown parser knows by name.
pub(super) fn decoded(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    // Every sign but those of entities is escaped and a letter goes first, so the parser sees one line of words.
    let mut line = String::from("x");
    for c in text.chars() {
        match c {
            '\n' | '\r' | '\t' => line.push(' '),
            '&' | '#' | ';' => line.push(c),
            _ => {
                if c.is_ascii_punctuation() {
                    line.push('\\');
                }
                line.push(c);
            }
        }
    }
    line.push('x');
    let arena = Arena::new();
    let root = comrak::parse_document(&arena, &line, &Options::default());
    let mut decoded = String::new();
    for node in root.descendants() {
        if let NodeValue::Text(text) = &node.data().value {
            decoded.push_str(text);
        }
    }
    decoded.get(1..decoded.len().saturating_sub(1)).unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(source: &str) -> String {
        let shown = pieces(source).into_iter().map(|piece| match piece {
            Piece::Text(text) => text.to_owned(),
            Piece::Open { name, attributes } => {
                let attributes: String = attributes.0.iter().map(|(name, value)| format!(" {name}={value}")).collect();
                format!("[{name}{attributes}]")
            }
            Piece::Close { name } => format!("[/{name}]"),
        });
        shown.collect()
    }

    #[test]
    fn markup_is_cut_as_browsers_cut_it() {
        for (source, expected) in [
            ("a <B>b</B > c", "a [b]b[/b] c"),
            ("<td colspan=2 rowspan='3' scope = \"row\">x", "[td colspan=2 rowspan=3 scope=row]x"),
            ("<br/><br /><details open>", "[br][br][details open=]"),
            ("<img/src=x/onerror=alert(1)>", "[img src=x/onerror=alert(1)]"),
            ("<a title='>'>x</a>", "[a title=>]x[/a]"),
            ("1 < 2 <3 <> </> </3", "1 < 2 <3 <> </> </3"),
            ("a<!-- <b> -->c<!doctype x>d<?php x?>e", "acde"),
            ("a<!-- never closed <b>", "a"),
            ("a<ScRipt>if (a<b) '</b>'</sCRIPT>c", "a[script][/script]c"),
            ("a<style>never closed <b>", "a[style]"),
            ("a<b c='never closed>x", "a<b c='never closed>x"),
            ("<a =b>x", "[a =b=]x"),
            ("<b é=ü>x", "[b é=ü]x"),
        ] {
            assert_eq!(shown(source), expected, "{source}");
        }
    }

    proptest! {
        #[test]
        fn any_text_can_be_cut(source in "([<>/='\" !?-]|script|a|é|\\PC){0,60}") {
            pieces(&source);
        }
    }
}
