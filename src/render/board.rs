//! A review at a glance: sections x disciplines as a picture (SVG) that can stand in any page.
//!
//! What is said by a colour is said by a sign as well, and in words to whoever hears the page: the picture has a title and a
//! description, and each mark a title of its own. It asks for nothing from outside and runs no script.

use std::fmt::Write as _;

/// A review at a glance.
#[derive(Clone, Debug)]
pub struct Board {
    /// What is under review.
    pub title: String,
    /// The columns: what disciplines are called.
    pub disciplines: Vec<String>,
    /// The rows: sections in reading order, the whole last.
    pub rows: Vec<Row>,
}

/// One section.
#[derive(Clone, Debug)]
pub struct Row {
    /// Number and heading.
    pub name: String,
    /// A mark under each discipline; none where it is not asked.
    pub marks: Vec<Option<Mark>>,
}

/// How one cell stands.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Mark {
    /// Where it stands.
    pub state: State,
    /// How many sign-offs it has.
    pub given: u8,
    /// How many it needs.
    pub needed: u8,
}

/// Where a cell stands.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub enum State {
    /// Enough sign-offs count.
    Met,
    /// Sign-offs are missing.
    Open,
    /// A sign-off went stale.
    Stale,
    /// An objection stands.
    Blocked,
    /// Nobody is left who can sign.
    Nobody,
}

impl State {
    const ALL: [Self; 5] = [Self::Met, Self::Open, Self::Stale, Self::Blocked, Self::Nobody];

    /// In words, as a sign, and the colours of ground and sign: each pair differs by at least 4.5 to 1 in brightness.
    fn look(self) -> (&'static str, &'static str, &'static str, &'static str) {
        match self {
            Self::Met => ("signed", "\u{2713}", "#d5eedb", "#0b4d1c"),
            Self::Open => ("open", "\u{25cb}", "#ffffff", "#333333"),
            Self::Stale => ("to be signed again", "\u{21bb}", "#fff0c2", "#5c3b00"),
            Self::Blocked => ("objected to", "!", "#fbd9d6", "#7a0c04"),
            Self::Nobody => ("nobody can sign", "\u{2205}", "#e4dcf3", "#3d1f73"),
        }
    }
}

/// Pixels: the column of names, one column of marks, the head, one row, the legend.
const NAMES: usize = 330;
const COLUMN: usize = 104;
const HEAD: usize = 64;
const ROW: usize = 30;
const LEGEND: usize = 40;
/// A legend is at least this wide.
const WIDTH_MIN: usize = 760;
/// Characters of a name that fit.
const NAME_CHARS: usize = 46;

/// Draws it.
pub fn svg(board: &Board) -> String {
    let width = (NAMES + COLUMN * board.disciplines.len() + 10).max(WIDTH_MIN);
    let height = HEAD + ROW * board.rows.len() + LEGEND;
    let mut out = String::with_capacity(1_000 + board.rows.len() * board.disciplines.len() * 300);
    let title = escaped(&board.title);
    // Writing to a text cannot fail.
    let _ = write!(
        out,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" font-family=\"sans-serif\" font-size=\"13\"><title>{title}</title><desc>{}</desc>\
         <rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>\
         <text x=\"8\" y=\"20\" font-size=\"15\" font-weight=\"bold\" fill=\"#1a1a1a\">{}</text>",
        escaped(&description(board)),
        escaped(&shortened(&board.title, 90)),
    );
    for (at, discipline) in board.disciplines.iter().enumerate() {
        let x = NAMES + COLUMN * at + COLUMN / 2;
        let _ = write!(
            out,
            "<text x=\"{x}\" y=\"50\" text-anchor=\"middle\" font-size=\"12\" fill=\"#1a1a1a\">{}</text>",
            escaped(discipline)
        );
    }
    for (at, row) in board.rows.iter().enumerate() {
        draw_row(&mut out, board, row, HEAD + ROW * at);
    }
    draw_legend(&mut out, HEAD + ROW * board.rows.len() + 10);
    out.push_str("</svg>");
    out
}

fn draw_row(out: &mut String, board: &Board, row: &Row, y: usize) {
    let _ = write!(
        out,
        "<g><title>{}</title><text x=\"8\" y=\"{}\" fill=\"#1a1a1a\">{}</text></g>",
        escaped(&row.name),
        y + 20,
        escaped(&shortened(&row.name, NAME_CHARS))
    );
    let marks = row.marks.iter().zip(&board.disciplines).enumerate();
    for (at, mark, discipline) in marks.filter_map(|(at, (mark, discipline))| Some((at, (*mark)?, discipline))) {
        let Mark { state, given, needed } = mark;
        let (words, sign, ground, ink) = state.look();
        let x = NAMES + COLUMN * at;
        let label = escaped(&format!("{}, {discipline}: {words}, {given} of {needed}", row.name));
        let count = if needed > 1 { format!(" {given}/{needed}") } else { String::new() };
        let _ = write!(
            out,
            "<g role=\"img\" aria-label=\"{label}\"><title>{label}</title>\
             <rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"4\" fill=\"{ground}\" stroke=\"{ink}\"/>\
             <text x=\"{}\" y=\"{}\" text-anchor=\"middle\" font-size=\"15\" fill=\"{ink}\">{sign}{count}</text></g>",
            x + 4,
            y + 3,
            COLUMN - 8,
            ROW - 6,
            x + COLUMN / 2,
            y + 20,
        );
    }
}

fn draw_legend(out: &mut String, y: usize) {
    for (at, state) in State::ALL.into_iter().enumerate() {
        let (words, sign, ground, ink) = state.look();
        let x = 8 + at * 148;
        let _ = write!(
            out,
            "<g aria-hidden=\"true\"><rect x=\"{x}\" y=\"{y}\" width=\"22\" height=\"20\" rx=\"4\" fill=\"{ground}\" stroke=\"{ink}\"/>\
             <text x=\"{}\" y=\"{}\" text-anchor=\"middle\" fill=\"{ink}\">{sign}</text>\
             <text x=\"{}\" y=\"{}\" font-size=\"12\" fill=\"#1a1a1a\">{words}</text></g>",
            x + 11,
            y + 15,
            x + 28,
            y + 15,
        );
    }
}

/// What the picture shows, in a sentence.
fn description(board: &Board) -> String {
    let marks = || board.rows.iter().flat_map(|row| row.marks.iter().flatten());
    let counts = State::ALL.into_iter().filter_map(|state| {
        let count = marks().filter(|mark| mark.state == state).count();
        (count > 0).then(|| format!("{count} {}", state.look().0))
    });
    let counts: Vec<String> = counts.collect();
    format!("Sections by disciplines, {} in all: {}.", marks().count(), counts.join(", "))
}

fn shortened(text: &str, chars: usize) -> String {
    if text.chars().count() <= chars {
        return text.to_owned();
    }
    text.chars().take(chars - 1).chain(['\u{2026}']).collect()
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            // XML has no others, however they are written.
            c if c.is_control() && !matches!(c, '\t' | '\n' | '\r') => {}
            '\u{fffe}' | '\u{ffff}' => {}
            c => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mark(state: State, given: u8, needed: u8) -> Option<Mark> {
        Some(Mark { state, given, needed })
    }

    fn board(name: &str) -> Board {
        let rows = vec![
            Row { name: name.to_owned(), marks: vec![mark(State::Met, 1, 1), mark(State::Stale, 1, 2)] },
            Row { name: "2 Imaging".to_owned(), marks: vec![None, mark(State::Blocked, 0, 1)] },
        ];
        Board { title: "Advice, 2.0".to_owned(), disciplines: vec!["Surgery".to_owned(), "Nursing".to_owned()], rows }
    }

    #[test]
    fn who_cannot_see_it_is_told_the_same_in_words() {
        let drawn = svg(&board("1 Clinic"));
        assert!(drawn.contains(
            "<desc>Sections by disciplines, 3 in all: 1 signed, 1 to be signed again, 1 objected to.</desc>"
        ));
        assert!(drawn.contains("aria-label=\"1 Clinic, Nursing: to be signed again, 1 of 2\""));
        assert!(!drawn.contains("2 Imaging, Surgery"), "nobody asked surgery");
    }

    #[test]
    fn states_differ_by_sign_and_not_by_colour_alone() {
        let signs: std::collections::BTreeSet<&str> = State::ALL.into_iter().map(|state| state.look().1).collect();
        assert_eq!(signs.len(), State::ALL.len());
    }

    #[test]
    fn a_heading_breaks_out_of_nothing() {
        let drawn = svg(&board("</title><script>alert(1)</script> \" ' & \u{1} \u{ffff}"));
        assert!(!drawn.contains("<script") && !drawn.contains('\u{1}') && !drawn.contains('\u{ffff}'));
        assert!(drawn.contains("&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt; &quot; &#39; &amp;"));
    }
}
