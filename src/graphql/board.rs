//! The board of a review, as the viewer sees it: what goes into the picture.

use super::examined::{ExaminedCell, ExaminedReview};
use crate::{
    domain::{
        review::{cell::Scope, examination::CellState},
        role::Discipline,
    },
    render::board::{Board, Mark, Row, State, svg},
    store::EditionTree,
};

/// The picture. `tree` is the draft, or what is there of it.
pub(super) fn board(review: &ExaminedReview, tree: Option<&EditionTree>) -> String {
    let cells = review.cells();
    let asked = |discipline: &&Discipline| cells.iter().any(|examined| examined.cell.discipline == **discipline);
    let disciplines: Vec<Discipline> = Discipline::ALL.iter().filter(asked).copied().collect();
    let mark = |scope: Scope, discipline: Discipline| {
        let of_cell = |examined: &&ExaminedCell| examined.cell.scope == scope && examined.cell.discipline == discipline;
        let found = cells.iter().find(of_cell)?;
        Some(Mark { state: state(found.state), given: found.given, needed: found.needed })
    };
    let row = |name: String, scope: Scope| {
        let marks: Vec<Option<Mark>> = disciplines.iter().map(|discipline| mark(scope, *discipline)).collect();
        marks.iter().any(Option::is_some).then_some(Row { name, marks })
    };
    let sections = tree.into_iter().flat_map(|tree| {
        (0..tree.len()).map(move |at| {
            let heading = tree.revision(at).content.heading.as_str();
            (format!("{} {heading}", tree.number(at)), Scope::Section(tree.placement(at).section))
        })
    });
    let whole = ("The document as a whole".to_owned(), Scope::Whole);
    let rows = sections.chain([whole]).filter_map(|(name, scope)| row(name, scope)).collect();
    let document = &review.seen().document;
    let title = format!("{}: sign-off by discipline", document.title);
    svg(&Board {
        title,
        disciplines: disciplines.iter().map(|discipline| name(*discipline).to_owned()).collect(),
        rows,
    })
}

fn state(state: CellState) -> State {
    match state {
        CellState::Met => State::Met,
        CellState::Open => State::Open,
        CellState::Stale => State::Stale,
        CellState::Blocked => State::Blocked,
        CellState::NoEligibleSeat => State::Nobody,
    }
}

/// What stands above a column.
fn name(discipline: Discipline) -> &'static str {
    match discipline {
        Discipline::Surgery => "Surgery",
        Discipline::Oncology => "Oncology",
        Discipline::Nursing => "Nursing",
        Discipline::Radiology => "Radiology",
        Discipline::Pathology => "Pathology",
        Discipline::Genetics => "Genetics",
        Discipline::PatientRepresentative => "Patients",
        Discipline::Commissioning => "Commissioning",
    }
}
