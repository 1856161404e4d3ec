//! Who may what, written by hand from the access table of the design. It knows nothing of `domain::access`.
//!
//! The first table says what exists for whom, the second who may change it. Whoever reads `no` sees the thing and is
//! refused; for whom it does not exist it is not there at all (A2).

use std::collections::BTreeMap;

/// What exists for whom.
const READING: &str = "
                             | anonymous | patient | partner | observer | READER | COMMENTER | EDITOR | adviser | nurse | radiologist | once nurse | secretariat | vice chair | chair
published PUBLIC             | yes       | yes     | yes     | yes      | yes    | yes       | yes    | yes     | yes   | yes     | yes        | yes         | yes        | yes
published PARTNERS           | -         | -       | yes     | yes      | yes    | yes       | yes    | yes     | yes   | yes     | -          | yes         | yes        | yes
published GROUP              | -         | -       | -       | -        | -      | -         | -      | yes     | yes   | yes     | -          | yes         | yes        | yes
superseded                   | yes       | yes     | yes     | yes      | yes    | yes       | yes    | yes     | yes   | yes     | yes        | yes         | yes        | yes
withdrawn, PARTNERS          | -         | -       | yes     | yes      | yes    | yes       | yes    | yes     | yes   | yes     | -          | yes         | yes        | yes
PARTNERS section             | -         | -       | yes     | yes      | yes    | yes       | yes    | yes     | yes   | yes     | -          | yes         | yes        | yes
GROUP section                | -         | -       | -       | -        | -      | -         | yes    | yes     | yes   | yes     | -          | yes         | yes        | yes
draft                        | -         | -       | -       | -        | yes    | yes       | yes    | yes     | yes   | yes     | -          | yes         | yes        | yes
GROUP section of draft       | -         | -       | -       | -        | -      | -         | yes    | yes     | yes   | yes     | -          | yes         | yes        | yes
draft of another document    | -         | -       | -       | -        | -      | -         | -      | yes     | yes   | yes     | -          | yes         | yes        | yes
open review                  | -         | -       | -       | -        | yes    | yes       | yes    | yes     | yes   | yes     | -          | yes         | yes        | yes
concluded review             | -         | -       | -       | -        | yes    | yes       | yes    | yes     | yes   | yes     | -          | yes         | yes        | yes
review of another document   | -         | -       | -       | -        | -      | -         | -      | yes     | yes   | yes     | -          | yes         | yes        | yes
group                        | yes       | yes     | yes     | yes      | yes    | yes       | yes    | yes     | yes   | yes     | yes        | yes         | yes        | yes
seats and people             | -         | -       | yes     | yes      | yes    | yes       | yes    | yes     | yes   | yes     | -          | yes         | yes        | yes
role                         | -         | -       | -       | -        | -      | -         | -      | -       | -     | -       | -          | yes         | -          | -
client                       | -         | -       | -       | -        | -      | -         | -      | -       | -     | -       | -          | yes         | -          | -
";

/// Who may change it, if it exists for them. The section names nursing. Its last change was made by EDITOR, and the
/// comment is by COMMENTER.
const DOING: &str = "
                             | anonymous | patient | partner | observer | READER | COMMENTER | EDITOR | adviser | nurse | radiologist | once nurse | secretariat | vice chair | chair
comment                      | -         | -       | -       | -        | -      | yes       | yes    | yes     | yes   | yes         | -          | yes         | yes        | yes
advise without a vote        | -         | -       | -       | -        | -      | -         | -      | yes     | -     | -           | -          | -           | -          | -
settle a comment             | -         | -       | -       | -        | -      | yes       | yes    | -       | yes   | -           | -          | yes         | yes        | yes
revise a section             | -         | -       | -       | -        | -      | -         | yes    | -       | yes   | -       | -          | -           | -          | -
write the change note        | -         | -       | -       | -        | -      | -         | yes    | -       | -     | -       | -          | yes         | yes        | yes
confirm a change             | -         | -       | -       | -        | -      | -         | -      | -       | yes   | -       | -          | yes         | yes        | yes
take a position              | -         | -       | -       | -        | -      | -         | -      | -       | yes   | -       | -          | -           | -          | -
record an instruction        | -         | -       | -       | -        | -      | -         | -      | -       | -     | -       | -          | yes         | -          | -
run a review                 | -         | -       | -       | -        | -      | -         | -      | -       | -     | -       | -          | yes         | yes        | yes
publish                      | -         | -       | -       | -        | -      | -         | -      | -       | -     | -       | -          | -           | yes        | yes
manage seats                 | -         | -       | -       | -        | -      | -         | -      | -       | -     | -       | -          | yes         | -          | -
manage roles                 | -         | -       | -       | -        | -      | -         | -      | -       | -     | -       | -          | yes         | -          | -
manage clients               | -         | -       | -       | -        | -      | -         | -      | -       | -     | -       | -          | yes         | -          | -
bring in a draft             | -         | -       | -       | -        | -      | -         | -      | -       | -     | -       | -          | yes         | yes        | yes
bring in what is in force    | -         | -       | -       | -        | -      | -         | -      | -       | -     | -       | -          | -           | yes        | yes
";

/// One of the tables, read: whether it says yes, by row and column.
pub(super) struct Table(BTreeMap<(&'static str, &'static str), bool>);

impl Table {
    pub(super) fn of_reading() -> Self {
        Self::read(READING)
    }

    pub(super) fn of_doing() -> Self {
        Self::read(DOING)
    }

    fn read(text: &'static str) -> Self {
        let mut lines = text.lines().filter(|line| line.contains('|')).map(|line| line.split('|').map(str::trim));
        let columns: Vec<&str> = lines.next().expect("a head").skip(1).collect();
        let rows = lines.flat_map(|mut line| {
            let row = line.next().expect("a name");
            let cells: Vec<&str> = line.collect();
            assert_eq!(cells.len(), columns.len(), "{row}");
            columns.clone().into_iter().zip(cells).map(move |(column, cell)| ((row, column), cell == "yes"))
        });
        Self(rows.collect())
    }

    /// What the table says.
    pub(super) fn says(&self, row: &'static str, column: &'static str) -> bool {
        *self.0.get(&(row, column)).unwrap_or_else(|| panic!("the table has no {row} for {column}"))
    }
}

/// The row of the second table that a mutation belongs to; none if that is not said here yet.
pub(super) fn act_of(mutation: &str) -> Option<&'static str> {
    Some(match mutation {
        "createSection" | "reviseSection" | "moveSection" | "removeSection" | "standDownRecommendation" => {
            "revise a section"
        }
        "writeComment" => "comment",
        "giveOpinion" => "advise without a vote",
        "settleComment" => "settle a comment",
        "writeChangeNote" => "write the change note",
        "confirmEditorial" => "confirm a change",
        "signOff" | "object" | "abstain" | "recuse" | "requestTime" | "liftObjection" | "withdrawPosition" => {
            "take a position"
        }
        "recordInstructedPosition" => "record an instruction",
        "openReview" | "scheduleReview" | "moveReview" | "reopenRules" | "cancelReview" => "run a review",
        "publishEdition" | "reaffirmDocument" | "withdrawEdition" => "publish",
        "grantSeat" | "inviteToSeat" | "endSeat" => "manage seats",
        "grantRole" | "revokeRole" => "manage roles",
        "createClient" | "addClientKey" | "revokeClientKey" | "revokeClient" => "manage clients",
        "importDocument" => "bring in a draft",
        _ => return None,
    })
}
