//! The list inside a `::: references` block.

use comrak::{
    Arena,
    nodes::{Node, NodeValue},
};

use super::{faults::Faults, markdown};
use crate::domain::{document::content::Reference, text::Line};

/// Reads a list of references from Markdown that begins on `line`.
pub(super) fn read(text: &str, line: usize, faults: &mut Faults) -> Vec<Reference> {
    let arena = Arena::new();
    let root = comrak::parse_document(&arena, text, &markdown::options());
    let mut references = Vec::new();
    for node in root.children() {
        let at = |node: Node<'_>| line + node.data().sourcepos.start.line.saturating_sub(1);
        match &node.data().value {
            NodeValue::List(_) => {
                for item in node.children() {
                    references.extend(faults.keep(at(item), reference(item)));
                }
            }
            // A footnote that was carried along has no place in a citation.
            NodeValue::FootnoteDefinition(_) => {}
            _ => faults.add(at(node), "write each reference as an item of a list: - [Title](https://…), or - Title"),
        }
    }
    references
}

fn reference(item: Node<'_>) -> Result<Reference, String> {
    let mut children = item.children();
    let (paragraph, more) = (children.next(), children.next());
    let paragraph = paragraph.filter(|node| matches!(node.data().value, NodeValue::Paragraph));
    let (Some(paragraph), None) = (paragraph, more) else {
        return Err("a reference is one paragraph".to_owned());
    };
    let plain = markdown::plain(paragraph);
    if plain.links > 1 {
        return Err("a reference has one link at most".to_owned());
    }
    let text = Line::new(&plain.text).map_err(|problem| format!("the reference {problem}"))?;
    let url = match plain.link {
        Some(url) if !url.starts_with("https://") => {
            return Err("the link of a reference must begin with https://".to_owned());
        }
        Some(url) => Some(Line::new(url).map_err(|problem| format!("the link of the reference {problem}"))?),
        None => None,
    };
    Ok(Reference { text, url })
}
