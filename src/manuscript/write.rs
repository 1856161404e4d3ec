//! Manuscript to file. Everything is written out, nothing is left to defaults, so that reading needs no guess.

use std::fmt::Write as _;

use super::{Manuscript, ManuscriptSection, markdown};
use crate::domain::document::{
    Requirements,
    content::{Reference, Statement},
};

/// Writes a file that [`read`](super::read()) reads as the same manuscript.
pub fn write(manuscript: &Manuscript) -> String {
    let mut file = front_matter(manuscript);
    for part in &manuscript.sections {
        section(&mut file, part);
    }
    file
}

fn front_matter(manuscript: &Manuscript) -> String {
    let mut lines = vec![
        format!("title: {}", quoted(manuscript.title.as_str())),
        // A slug of digits would be a number in YAML.
        format!("slug: {}", quoted(manuscript.slug.as_str())),
    ];
    lines.extend(manuscript.issued.map(|issued| format!("issued: {issued}")));
    lines.push(format!("review_due: {}", manuscript.review_due));
    lines.push(format!("audience: {}", manuscript.audience));
    lines.push(format!("review_interval_months: {}", manuscript.policy.interval_months));
    lines.push(format!("lead_months: {}", manuscript.policy.lead_months));
    lines.push(format!("final_window_days: {}", manuscript.policy.final_window_days));
    lines.extend(manuscript.change_note.as_ref().map(|note| format!("change_note: {}", quoted(note.as_str()))));
    lines.push(format!("demonstration: {}", manuscript.is_demonstration));
    lines.push("sections: marked".to_owned());
    format!("---\n{}\n---\n", lines.join("\n"))
}

/// A YAML text in double quotes. Letters and common signs stand as they are; whatever YAML or an editor might treat
/// in a way of its own is written by number.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        let is_plain = c.is_alphanumeric()
            || matches!(c, ' '..='~' | '\u{a1}'..='\u{ac}' | '\u{ae}'..='\u{ff}' | '\u{2010}'..='\u{2027}' | '\u{20a0}'..='\u{20bf}');
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            '\t' => quoted.push_str("\\t"),
            _ if is_plain => quoted.push(c),
            _ => quoted.push_str(&format!("\\U{:08X}", u32::from(c))),
        }
    }
    quoted.push('"');
    quoted
}

fn section(file: &mut String, section: &ManuscriptSection) {
    let level = usize::from(section.level.clamp(1, 6));
    let _ = write!(
        file,
        "\n{} {} {{#{}",
        "#".repeat(level),
        markdown::escape(section.content.heading.as_str()),
        section.key
    );
    if let Some(stage) = section.stage {
        let _ = write!(file, " stage={stage}");
    }
    if let Some(audience) = section.audience {
        let _ = write!(file, " audience={audience}");
    }
    let _ = writeln!(file, " disciplines=\"{}\"}}", disciplines(&section.requirements));
    paragraph(file, section.content.body.as_str());
    if let Some(summary) = &section.content.summary {
        block(file, "plain", summary.as_str());
    }
    for recommendation in &section.content.recommendations {
        statement(file, recommendation);
    }
    if !section.content.references.is_empty() {
        let items: Vec<String> = section.content.references.iter().map(reference).collect();
        block(file, "references", &items.join("\n"));
    }
}

fn disciplines(requirements: &Requirements) -> String {
    let items = requirements.iter().map(|(discipline, approvals)| match approvals {
        1 => discipline.to_string(),
        more => format!("{discipline}:{more}"),
    });
    items.collect::<Vec<_>>().join(" ")
}

fn paragraph(file: &mut String, text: &str) {
    if !text.is_empty() {
        let _ = write!(file, "\n{text}\n");
    }
}

fn block(file: &mut String, name: &str, text: &str) {
    let _ = write!(file, "\n::: {name}\n{text}\n:::\n");
}

fn statement(file: &mut String, statement: &Statement) {
    let _ = writeln!(file, "\n::: recommendation {} {}\n{}", statement.number, statement.strength, statement.text);
    if let Some(summary) = &statement.summary {
        block(file, "plain", summary.as_str());
    }
    if let Some(reason) = &statement.stood_down {
        block(file, "stood-down", reason.as_str());
    }
    file.push_str(":::\n");
}

fn reference(reference: &Reference) -> String {
    match &reference.url {
        Some(url) => format!("- [{}](<{}>)", markdown::escape(reference.text.as_str()), address(url.as_str())),
        None => format!("- {}", markdown::escape_paragraph(reference.text.as_str())),
    }
}

/// Writes an address inside `<>`, where entities are decoded before escapes.
fn address(url: &str) -> String {
    url.replace('\\', "\\\\").replace('&', "&amp;").replace('<', "\\<").replace('>', "\\>")
}
