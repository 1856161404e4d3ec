//! A document under review, in memory: applies the outcomes of the domain's own functions, and decides nothing itself.
//!
//! Permits come from [`access::permit`] for the actor named, so an act that may not be done is refused here too.

use std::{collections::HashMap, sync::Arc};

use chrono::Days;

use uuid::Uuid;

use super::{
    CHAIR, DOCUMENT, EDITORS, GROUP, SECRETARY, as_worded, at, content, document, edition, key, person, prose, seat_id,
    seats, section, wording,
};
use crate::domain::{
    access::{self, ActKind, Actor, Denied, Exposure, Grant, Permit, Presence, SignedIn, Thing, act},
    appointment::{NewSeat, grant_seat},
    document::{
        Document, Requirements,
        change::{DraftStep, DraftText, Edit, EditProblem, Wording},
        content::{Content, Digest, RecommendationNumber},
        draft::{Draft, DraftProblem, Edited, NewSection},
        edition::{EditionNumber, EditionState},
        outline::{Outline, Place, Placement},
        revision::Revision,
        revision::{ChangeClass, RevisionHead},
    },
    id::{EditionId, PositionId, ReviewId, RevisionId, SeatId, SectionId},
    review::{
        Base, Review, ReviewFacts, ReviewKind, ReviewState,
        cell::Scope,
        conclusion::{Concluded, ConclusionProblem, cancel, publish},
        gate::{Blocker, gate},
        participation::Actions,
        position::{Ask, Position, PositionAct, PositionProblem, is_repeatable, take, take_on_instruction},
        timetable::Timetable,
    },
    role::{Discipline, GrantRole, Seat, Term},
    time::{Timestamp, london_day},
};

/// Why an act of a world was refused.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) enum Refused {
    Denied(Denied),
    Draft(DraftProblem),
    Position(PositionProblem),
    Conclusion(ConclusionProblem),
}

macro_rules! refused_from {
    ($($variant:ident $problem:ty;)*) => {$(
        impl From<$problem> for Refused {
            fn from(problem: $problem) -> Self {
                Self::$variant(problem.into())
            }
        }
    )*};
}

refused_from! {
    Denied Denied;
    Draft DraftProblem;
    Draft EditProblem;
    Position PositionProblem;
    Conclusion ConclusionProblem;
}

/// A document under review, in memory.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) facts: ReviewFacts,
    pub(crate) document: Document,
    pub(crate) texts: HashMap<RevisionId, Arc<Content>>,
    pub(crate) published: Vec<RecommendationNumber>,
    pub(crate) next_number: RecommendationNumber,
    pub(crate) now: Timestamp,
    next_id: u128,
}

impl World {
    /// A full review of edition 1.0, whose sections ask for what is given: no text has changed, nobody has signed, and
    /// the final window is 0 days.
    pub(crate) fn new(sections: &[&[(Discipline, u8)]]) -> Self {
        let now = at("2019-01-07T09:00:00Z");
        let document = document();
        let mut text = DraftText::default();
        let mut texts = HashMap::new();
        let mut placements = Vec::new();
        for (index, required) in sections.iter().enumerate() {
            let content = content(&format!("Text {index}"));
            let revision = RevisionId(Uuid::from_u128(2_000 + index as u128));
            let (section, digest) = (section(index), content.digest());
            placements.push(Placement {
                section,
                key: key(&format!("section-{index}")),
                parent: None,
                audience: None,
                stage: None,
                requirements: required.iter().copied().collect::<Requirements>(),
                revision,
                digest,
            });
            let head = RevisionHead {
                id: revision,
                section,
                digest,
                class: ChangeClass::Clinical,
                based_on: None,
                author: None,
                created_at: at("2017-08-01T00:00:00Z"),
                confirmed: None,
            };
            text.revisions.insert(revision, head);
            texts.insert(revision, Arc::new(content));
        }
        text.outline = Outline::new(placements).unwrap();
        text.steps.push(DraftStep { digest: text.outline.digest(), revision: None });
        let draft = edition("2.0", EditionState::Draft);
        let review = Review {
            id: ReviewId(Uuid::from_u128(5)),
            document: DOCUMENT,
            group: GROUP,
            audience: document.audience,
            kind: ReviewKind::Full,
            due: document.review_due,
            final_window_days: 0,
            rules: document.policy.rules,
            walked_at: now,
            first_accepted_at: None,
            first_weighed_at: None,
            first_assigned_at: None,
            timetable: Timetable::plan(now, document.review_due, &document.policy),
            draft: Some(draft.id),
            base: Some(EditionId(Uuid::from_u128(100))),
            opened_at: now,
            opened_by: None,
            state: ReviewState::Open,
        };
        let base = Some(Base { number: EditionNumber::FIRST, outline: text.outline.clone(), is_in_force: true });
        let facts = ReviewFacts {
            review,
            draft: Some(draft),
            text,
            base,
            seats: seats(),
            positions: Default::default(),
            chosen: vec![],
            acceptances: vec![],
            ballots: vec![],
            actions: Actions::default(),
            assignments: vec![],
            absences: vec![],
        };
        let (published, next_number) = (vec![], RecommendationNumber::FIRST);
        Self { facts, document, texts, published, next_number, now, next_id: 10_000 }
    }

    /// Time passes.
    pub(crate) fn wait(&mut self, duration: chrono::Duration) {
        self.now += duration;
    }

    pub(crate) fn id(&mut self) -> Uuid {
        self.next_id += 1;
        Uuid::from_u128(self.next_id)
    }

    /// Somebody signed in, with their seats and grants.
    pub(crate) fn actor(&self, number: u128) -> Actor {
        let grant = Grant { document: DOCUMENT, role: GrantRole::Editor };
        Actor::Person(SignedIn {
            person: person(number),
            organisation: None,
            seats: self.facts.seats.iter().filter(|seat| seat.holder == person(number)).cloned().collect(),
            grants: if EDITORS.contains(&number) { vec![grant] } else { vec![] },
            presence: Presence::Present,
        })
    }

    pub(crate) fn permit<A: ActKind>(&self, number: u128, thing: Thing) -> Result<Permit<A>, Denied> {
        access::permit(&self.actor(number), thing, self.now)
    }

    /// The draft, or one section of it.
    pub(crate) fn thing(&self, scope: Scope) -> Thing {
        let placement = scope.section().and_then(|section| self.facts.text.outline.find(section));
        let disciplines = placement.map_or(vec![], |placement| placement.requirements.disciplines().collect());
        let author = scope.section().and_then(|section| self.facts.text.author(section));
        let exposure = Exposure::Draft(self.document.audience);
        Thing { section: scope.section(), disciplines, author, ..Thing::document(GROUP, DOCUMENT, exposure) }
    }

    /// The cell of a seat.
    pub(crate) fn thing_of_cell(&self, scope: Scope, seat: &Seat) -> Thing {
        let disciplines = seat.post.discipline().into_iter().collect();
        Thing { disciplines, seat: Some(seat.clone()), ..self.thing(scope) }
    }

    pub(crate) fn draft(&self) -> Draft {
        Draft {
            document: self.document.clone(),
            edition: self.facts.draft.clone().unwrap(),
            text: self.facts.text.clone(),
            actions: self.facts.actions.clone(),
            published: self.published.clone(),
            next_number: self.next_number,
        }
    }

    /// The current text of a section; of one that is gone, its last.
    pub(crate) fn current(&self, section: SectionId) -> Revision {
        let text = &self.facts.text;
        let head = match text.outline.find(section) {
            Some(placement) => &text.revisions[&placement.revision],
            None => {
                let past = text.revisions.values().filter(|head| head.section == section);
                past.max_by_key(|head| (head.created_at, head.id)).unwrap()
            }
        };
        Revision { head: head.clone(), content: Content::clone(&self.texts[&head.id]) }
    }

    pub(crate) fn edit(&mut self, class: ChangeClass) -> Edit {
        Edit { revision: RevisionId(self.id()), class, next_number: self.next_number, now: self.now }
    }

    /// Gives a section another body, its recommendations as they are.
    pub(crate) fn revise(&mut self, by: u128, index: usize, body: &str, class: ChangeClass) -> Result<(), Refused> {
        let mut wording = wording(body);
        wording.recommendations = as_worded(&self.current(section(index)).content);
        self.reword(by, section(index), wording, class)
    }

    /// Gives a section another text, based on the current one.
    pub(crate) fn reword(
        &mut self,
        by: u128,
        section: SectionId,
        wording: Wording,
        class: ChangeClass,
    ) -> Result<(), Refused> {
        let permit = self.permit(by, self.thing(Scope::Section(section)))?;
        let (current, edit) = (self.current(section), self.edit(class));
        let edited = permit.on(&self.draft())?.revise_section(&current, current.head.digest, wording, edit)?;
        self.apply(&edited);
        Ok(())
    }

    pub(crate) fn create(&mut self, by: u128, new: NewSection) -> Result<(), Refused> {
        let disciplines = new.requirements.disciplines().collect();
        let permit = self.permit(by, Thing { disciplines, ..self.thing(Scope::Whole) })?;
        let edit = self.edit(ChangeClass::Clinical);
        let edited = permit.on(&self.draft())?.create_section(new, edit)?;
        self.apply(&edited);
        Ok(())
    }

    pub(crate) fn relocate(&mut self, by: u128, section: SectionId, place: Place) -> Result<(), Refused> {
        let permit = self.permit(by, self.thing(Scope::Section(section)))?;
        let draft = self.draft();
        let edited = permit.on(&draft)?.move_section(draft.text.outline.arrangement(), place, self.now)?;
        self.apply(&edited);
        Ok(())
    }

    pub(crate) fn remove(&mut self, by: u128, section: SectionId) -> Result<(), Refused> {
        let permit = self.permit(by, self.thing(Scope::Section(section)))?;
        let current = self.current(section);
        let edited = permit.on(&self.draft())?.remove_section(&current, current.head.digest, self.now)?;
        self.apply(&edited);
        Ok(())
    }

    pub(crate) fn apply(&mut self, edited: &Edited) {
        self.facts.text.outline = edited.after().clone();
        self.facts.text.steps.extend(edited.step());
        let Some(revised) = edited.revised() else { return };
        let Revision { head, content } = revised.revision().clone();
        self.texts.insert(head.id, Arc::new(content));
        self.facts.text.revisions.insert(head.id, head);
        if let Some(last) = revised.new_numbers().last() {
            self.next_number = last.next();
        }
    }

    /// Confirms the current text of a section as editorial.
    pub(crate) fn confirm(&mut self, by: u128, section: SectionId) -> Result<(), Refused> {
        let permit = self.permit::<act::ConfirmEditorial>(by, self.thing(Scope::Section(section)))?;
        let head = self.current(section).head;
        let confirmed = permit.on(&self.draft())?.confirm_editorial(head.digest, self.now)?;
        let confirmation = Some(confirmed.confirmation);
        self.facts.text.revisions.entry(confirmed.revision).and_modify(|head| head.confirmed = confirmation);
        Ok(())
    }

    /// Takes a position on the current text; an objection comes with a reason.
    pub(crate) fn take(&mut self, number: u128, scope: Scope, act: PositionAct) -> Result<PositionId, Refused> {
        let ask = self.ask(scope, act);
        self.take_as_asked(number, ask)
    }

    pub(crate) fn ask(&self, scope: Scope, act: PositionAct) -> Ask {
        let seen = self.facts.current_digest(scope).unwrap_or(content("gone").digest());
        let reason = (act == PositionAct::Object).then(|| prose("It is wrong."));
        let until = (act == PositionAct::NeedMoreTime).then(|| london_day(self.now) + Days::new(7));
        Ask { scope, act, seen, reason, until }
    }

    pub(crate) fn take_as_asked(&mut self, number: u128, ask: Ask) -> Result<PositionId, Refused> {
        let seat = self.facts.seat(seat_id(number)).unwrap();
        let permit = self.permit(number, self.thing_of_cell(ask.scope, seat))?;
        let id = PositionId(self.id());
        let decisive = self.decisive(ask.scope, seat_id(number));
        let taken = take(&permit.on(&self.facts)?, ask.clone(), id, self.now);
        let from_little = take(&permit.on(&decisive)?, ask, id, self.now);
        assert_eq!(taken, from_little, "what the store loads for a position does not tell enough");
        let taken = taken?;
        self.facts.positions.push(taken.position().clone());
        Ok(id)
    }

    /// The same facts with no more positions than the store loads for another one from a seat: see
    /// `store::load::decisive_positions`.
    fn decisive(&self, scope: Scope, seat: SeatId) -> ReviewFacts {
        let discipline = |seat| self.facts.seat(seat).and_then(|seat| seat.post.discipline());
        let is_latest = |position: &Position| {
            let later = |other: &&Position| (other.taken_at, other.id) > (position.taken_at, position.id);
            let alike = self.facts.positions.in_cell(position.cell).filter(later);
            !alike.into_iter().any(|other| other.seat == position.seat && is_repeatable(other.act))
        };
        let decides = |position: &&Position| {
            let objected = |other: &Position| other.seat == position.seat && other.act == PositionAct::Object;
            let is_asked = position.seat == seat || self.facts.positions.iter().any(objected);
            let here = position.cell.scope == scope && is_latest(position) && is_asked;
            discipline(position.seat) == discipline(seat) && (here || !is_repeatable(position.act))
        };
        let positions = self.facts.positions.iter().filter(decides).cloned().collect();
        ReviewFacts { positions, ..self.facts.clone() }
    }

    /// The secretariat enters a position on written instruction.
    pub(crate) fn instruct(&mut self, by: u128, number: u128, ask: Ask) -> Result<PositionId, Refused> {
        let seat = self.facts.seat(seat_id(number)).unwrap();
        let permit = self.permit(by, self.thing_of_cell(ask.scope, seat))?;
        let id = PositionId(self.id());
        let taken = take_on_instruction(&permit.on(&self.facts)?, ask, prose("Letter of today"), id, self.now)?;
        self.facts.positions.push(taken.position().clone());
        Ok(id)
    }

    /// Ends the term of a seat now.
    pub(crate) fn end_seat(&mut self, number: u128) {
        let now = self.now;
        let seat = self.facts.seats.iter_mut().find(|seat| seat.id == seat_id(number)).unwrap();
        seat.term = Term::new(seat.term.from(), Some(now)).unwrap();
    }

    /// Gives the place of an ended seat to somebody, from its end or from now on.
    pub(crate) fn succeed(&mut self, number: u128, by: u128) {
        let before = self.facts.seat(seat_id(number)).unwrap().clone();
        let seat = NewSeat {
            id: seat_id(by),
            holder: person(by),
            post: before.post,
            term: Term::new(before.term.until().unwrap().max(self.now), None).unwrap(),
            succeeds: Some(before.id),
        };
        let permit = self.permit(SECRETARY, Thing::group(GROUP)).unwrap();
        let granted = grant_seat(&permit, seat, &self.facts.seats, self.now).unwrap();
        self.facts.seats.push(granted.seat);
    }

    pub(crate) fn blockers(&self) -> Vec<Blocker> {
        gate(&self.facts, self.now).blockers
    }

    /// Gives the draft the note that a major number needs.
    pub(crate) fn note(&mut self) {
        if let Some(draft) = &mut self.facts.draft {
            draft.change_note = Some(prose("What changed."));
        }
    }

    /// Publishes as the chair, and ends the review.
    pub(crate) fn publish(&mut self) -> Result<Concluded, Refused> {
        let permit = self.permit(CHAIR, self.thing(Scope::Whole))?;
        let concluded = publish(&permit.on(&self.facts)?, &self.document.policy, None, None, self.now)?;
        self.conclude(&concluded);
        Ok(concluded)
    }

    /// Cancels the review as the secretariat.
    pub(crate) fn cancel(&mut self) -> Result<Concluded, Refused> {
        let permit = self.permit(SECRETARY, self.thing(Scope::Whole))?;
        let concluded = cancel(&permit.on(&self.facts)?, prose("No quorum."), self.now)?;
        self.conclude(&concluded);
        Ok(concluded)
    }

    fn conclude(&mut self, concluded: &Concluded) {
        let (at, by, outcome) = (concluded.at(), concluded.by(), concluded.outcome().clone());
        self.facts.review.state = ReviewState::Concluded { at, by, outcome };
    }

    /// The digest of a section's current text.
    pub(crate) fn digest(&self, index: usize) -> Digest {
        self.current(section(index)).head.digest
    }
}
