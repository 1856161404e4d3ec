//! What ought to be so after a sequence of acts, told without the domain's rules.
//!
//! The rules compute everything anew from facts. The oracle does the opposite: it marks positions as things happen. Each
//! position carries its *debts*, the edits since it was taken that stand between it and the text of now; confirming an
//! edit pays that debt, and a text that comes back word for word pays them all.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::{
    id::{PersonId, PositionId, SectionId},
    review::{
        cell::{Cell, Scope},
        position::{PositionAct, Staleness},
    },
    role::Discipline,
    time::Timestamp,
};

/// An edit, by the order in which they were made.
type EditNumber = usize;

/// What every section says: the text of the whole, kept as words and not as digests.
type Texts = BTreeMap<SectionId, String>;

/// One act in a cell, as the oracle remembers it.
struct Marked {
    id: PositionId,
    cell: Cell,
    holder: PersonId,
    act: PositionAct,
    read: Texts,
    debts: BTreeSet<EditNumber>,
    overtaken: Option<Staleness>,
    /// When time that it asked for is over.
    until: Option<Timestamp>,
    /// It lifted what was inherited, so it stands beside its holder's own acts.
    is_aside: bool,
}

impl Marked {
    fn stands_as_objection(&self) -> bool {
        self.act == PositionAct::Object && self.overtaken.is_none()
    }
}

/// The section's current text: who wrote it, by which edit, and for an editorial one who wrote what it words.
#[derive(Default)]
struct Written {
    edit: EditNumber,
    authors: BTreeSet<PersonId>,
    before: BTreeSet<PersonId>,
}

/// Marks what happens.
#[derive(Default)]
pub(super) struct Oracle {
    marked: Vec<Marked>,
    texts: Texts,
    written: BTreeMap<SectionId, Written>,
    edits: EditNumber,
    /// Everybody who sat in somebody's place before them.
    before: BTreeMap<PersonId, BTreeSet<PersonId>>,
}

impl Oracle {
    /// A section as it stands when the review opens; nobody is known to have written it.
    pub(super) fn begin(&mut self, section: SectionId, text: &str) {
        self.texts.insert(section, text.to_owned());
        self.written.insert(section, Written::default());
    }

    /// Somebody takes another's place.
    pub(super) fn succeeded(&mut self, before: PersonId, by: PersonId) {
        let mut line = self.before.get(&before).cloned().unwrap_or_default();
        line.insert(before);
        self.before.insert(by, line);
    }

    /// Whatever was said in the same cell from the same seat is overtaken. A lift with nothing of one's own to lift, and
    /// an objection, overtake what those before in that place left standing.
    pub(super) fn taken(
        &mut self,
        id: PositionId,
        cell: Cell,
        holder: PersonId,
        act: PositionAct,
        until: Option<Timestamp>,
    ) {
        let is_aside = act == PositionAct::Lift && !self.objects(holder, cell);
        let overtaken = if act == PositionAct::Recuse { Staleness::Recused } else { Staleness::Replaced };
        let line = self.before.get(&holder).cloned().unwrap_or_default();
        for earlier in self.marked.iter_mut().filter(|earlier| earlier.cell == cell) {
            if earlier.holder == holder && !is_aside && !earlier.is_aside {
                earlier.overtaken = Some(overtaken);
            }
            let is_answer = is_aside || act == PositionAct::Object;
            if is_answer && line.contains(&earlier.holder) && earlier.stands_as_objection() {
                earlier.overtaken = Some(Staleness::Replaced);
            }
        }
        let read = self.texts.clone();
        let debts = BTreeSet::new();
        self.marked.push(Marked { id, cell, holder, act, read, debts, overtaken: None, until, is_aside });
    }

    /// A section says something else, is new (no text before), or is gone (no text after).
    pub(super) fn edited(&mut self, section: SectionId, text: Option<&str>, by: PersonId) {
        self.edits += 1;
        match text {
            Some(text) => self.texts.insert(section, text.to_owned()),
            None => self.texts.remove(&section),
        };
        let before = self.written.remove(&section).unwrap_or_default().authors;
        self.written.insert(section, Written { edit: self.edits, authors: [by].into(), before });
        for position in &mut self.marked {
            let (touched, is_back) = match position.cell.scope {
                Scope::Whole => (true, position.read == self.texts),
                Scope::Section(own) => {
                    let now = self.texts.get(&section);
                    (own == section, now.is_some() && position.read.get(&section) == now)
                }
            };
            if touched && is_back {
                position.debts.clear();
            } else if touched {
                position.debts.insert(self.edits);
            }
        }
    }

    /// The latest edit of a section changed its wording only.
    pub(super) fn confirmed(&mut self, section: SectionId) {
        let Some(written) = self.written.get_mut(&section) else { return };
        for position in &mut self.marked {
            position.debts.remove(&written.edit);
        }
        written.authors.append(&mut written.before);
    }

    /// Every position that does not count, and why.
    pub(super) fn stale(&self) -> BTreeMap<PositionId, Staleness> {
        let why = |position: &Marked| match position.overtaken {
            Some(overtaken) => Some(overtaken),
            None => (!position.debts.is_empty()).then_some(Staleness::TextChanged),
        };
        self.marked.iter().filter_map(|position| Some((position.id, why(position)?))).collect()
    }

    /// Whether somebody still asks for time on what a cell says now, in cells that are still there (S7).
    pub(super) fn asks_for_time(&self, cells: &[(Cell, u8)], now: Timestamp) -> bool {
        let stale = self.stale();
        self.marked.iter().any(|position| {
            position.until.is_some_and(|until| now < until)
                && !stale.contains_key(&position.id)
                && cells.iter().any(|(cell, _)| *cell == position.cell)
        })
    }

    /// The objections that nobody has taken back, in cells that are still there.
    pub(super) fn standing(&self, cells: &[(Cell, u8)]) -> usize {
        cells.iter().map(|(cell, _)| self.standing_in(*cell).len()).sum()
    }

    /// The objections that nobody has taken back in one cell.
    pub(super) fn standing_in(&self, cell: Cell) -> Vec<PositionId> {
        let stands = |position: &&Marked| position.cell == cell && position.stands_as_objection();
        self.marked.iter().filter(stands).map(|position| position.id).collect()
    }

    /// Whether somebody asked for time in a cell and has done nothing there since.
    pub(super) fn waits(&self, holder: PersonId, cell: Cell) -> bool {
        let own = self.marked.iter().filter(|position| position.cell == cell && position.holder == holder);
        own.filter(|position| position.until.is_some()).any(|position| position.overtaken.is_none())
    }

    /// Whether somebody has an objection standing in a cell.
    pub(super) fn objects(&self, holder: PersonId, cell: Cell) -> bool {
        let is_theirs = |position: &&Marked| position.cell == cell && position.holder == holder;
        self.marked.iter().filter(is_theirs).any(Marked::stands_as_objection)
    }

    /// Whether as many people as each section asks for, and one patient representative for the whole, have signed what
    /// it says now; an author not alone.
    pub(super) fn all_signed(&self, asked: &[(SectionId, Discipline, u8)]) -> bool {
        let whole = (Scope::Whole, Discipline::PatientRepresentative, 1);
        let sections =
            asked.iter().map(|(section, discipline, needed)| (Scope::Section(*section), *discipline, *needed));
        sections.chain([whole]).all(|(scope, discipline, needed)| {
            let stale = self.stale();
            let signed = self.marked.iter().filter(|position| {
                position.cell == Cell { scope, discipline }
                    && position.act == PositionAct::Approve
                    && !stale.contains_key(&position.id)
            });
            let people: BTreeSet<PersonId> = signed.map(|position| position.holder).collect();
            let authors = scope.section().and_then(|section| self.written.get(&section));
            let is_alone = people.len() == 1 && authors.is_some_and(|written| people.is_subset(&written.authors));
            people.len() >= usize::from(needed) && !is_alone
        })
    }

    /// What every section says.
    pub(super) fn texts(&self) -> &Texts {
        &self.texts
    }
}
