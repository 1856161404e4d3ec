//! A permit laid on the facts it was given for. A decision of the domain takes both in one value, so a permit for one
//! document, review or seat cannot be used on another.

use super::{Denied, Permit, Thing};
use crate::domain::{
    appointment::GrantRecord,
    document::{Document, draft::Draft, edition::Edition, import::NewDocument},
    id::{PersonId, SectionId},
    review::ReviewFacts,
    role::Seat,
};

/// What a decision depends on, of which a thing can be told to be a part.
pub trait Facts {
    /// Whether they are the facts of this thing.
    fn are_of(&self, thing: &Thing) -> bool;
}

/// A permit with the facts it is used on, which are those it was given for. Only [`Permit::on`] makes one.
#[derive(Debug)]
pub struct Permitted<'a, A, F> {
    permit: &'a Permit<A>,
    facts: &'a F,
}

impl<A> Permit<A> {
    /// Lays the permit on facts. On facts of anything else it permits nothing.
    pub fn on<'a, F: Facts>(&'a self, facts: &'a F) -> Result<Permitted<'a, A, F>, Denied> {
        if facts.are_of(self.thing()) { Ok(Permitted { permit: self, facts }) } else { Err(Denied::Forbidden) }
    }
}

impl<'a, A, F> Permitted<'a, A, F> {
    /// The permit itself.
    pub(in crate::domain) fn permit(&self) -> &'a Permit<A> {
        self.permit
    }

    /// The facts.
    pub fn facts(&self) -> &'a F {
        self.facts
    }

    /// What may be done something to.
    pub fn thing(&self) -> &'a Thing {
        self.permit.thing()
    }

    /// The section it may be done to, where the act is about one.
    pub fn section(&self) -> Option<SectionId> {
        self.thing().section
    }

    /// Who acts; none is the system itself.
    pub fn by(&self) -> Option<PersonId> {
        self.permit.by()
    }
}

impl Facts for ReviewFacts {
    /// The seat must be the one that the group has now: what was checked of it is what is done with it.
    fn are_of(&self, thing: &Thing) -> bool {
        let seat_is_known = |seat: &Seat| self.seat(seat.id) == Some(seat);
        (Some(self.review.document), self.review.group) == (thing.document, thing.group)
            && thing.seat.as_ref().is_none_or(seat_is_known)
    }
}

impl Facts for Draft {
    /// Which section is read from the permit.
    fn are_of(&self, thing: &Thing) -> bool {
        self.document.are_of(thing)
    }
}

impl Facts for Document {
    fn are_of(&self, thing: &Thing) -> bool {
        (Some(self.id), self.group) == (thing.document, thing.group)
    }
}

impl Facts for Edition {
    fn are_of(&self, thing: &Thing) -> bool {
        Some(self.document) == thing.document
    }
}

impl Facts for NewDocument {
    /// The permit is for the group: the document is not there yet.
    fn are_of(&self, thing: &Thing) -> bool {
        thing.document.is_none() && self.document.group == thing.group
    }
}

impl Facts for Seat {
    fn are_of(&self, thing: &Thing) -> bool {
        self.group == thing.group && thing.seat.as_ref() == Some(self)
    }
}

impl Facts for GrantRecord {
    fn are_of(&self, thing: &Thing) -> bool {
        Some(self.document) == thing.document
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        access::{Actor, Exposure, act, permit},
        document::{Audience, edition::EditionState},
        id::{DocumentId, GroupId},
        review::cell::Scope,
        role::{Discipline, Office, Term},
        testing::*,
    };

    const ELSEWHERE: [(GroupId, DocumentId); 2] = [(GROUP, OTHER_DOCUMENT), (OTHER_GROUP, DOCUMENT)];

    fn run_review(group: GroupId, document: DocumentId) -> Permit<act::RunReview> {
        let thing = Thing::document(group, document, Exposure::Draft(Audience::Public));
        permit(&Actor::System, thing, at("2019-01-07T09:00:00Z")).unwrap()
    }

    #[test]
    fn a4_a_permit_fits_the_facts_of_its_own_document_and_no_other() {
        let world = World::new(&[&[SURGERY]]);
        let (facts, draft, document) = (&world.facts, world.draft(), document());
        let own = run_review(GROUP, DOCUMENT);
        assert!(own.on(facts).is_ok() && own.on(&draft).is_ok() && own.on(&document).is_ok());
        for (group, other) in ELSEWHERE {
            let permit = run_review(group, other);
            assert_eq!(permit.on(facts).err(), Some(Denied::Forbidden));
            assert_eq!(permit.on(&draft).err(), Some(Denied::Forbidden));
            assert_eq!(permit.on(&document).err(), Some(Denied::Forbidden));
        }
        let edition = edition("1.0", EditionState::Draft);
        assert!(own.on(&edition).is_ok());
        assert_eq!(run_review(GROUP, OTHER_DOCUMENT).on(&edition).err(), Some(Denied::Forbidden));
    }

    #[test]
    fn a4_a_permit_for_a_seat_fits_that_seat_as_it_was_checked() {
        let mut world = World::new(&[&[SURGERY]]);
        let seat = world.facts.seat(seat_id(SURGEONS[0])).unwrap().clone();
        let thing = world.thing_of_cell(Scope::Section(section(0)), &seat);
        let permit = world.permit::<act::TakePosition>(SURGEONS[0], thing).unwrap();
        assert!(permit.on(&world.facts).is_ok());
        world.end_seat(SURGEONS[0]);
        assert_eq!(permit.on(&world.facts).err(), Some(Denied::Forbidden), "its term was another");

        let ending = world.permit::<act::ManageSeats>(SECRETARY, Thing::seat(&seat)).unwrap();
        assert!(ending.on(&seat).is_ok());
        let other = Seat { id: seat_id(SURGEONS[1]), ..seat.clone() };
        let longer = Seat { term: Term::new(at("2016-01-01T00:00:00Z"), None).unwrap(), ..seat.clone() };
        for wrong in
            [other, longer, crate::domain::testing::seat(SURGEONS[0], Office::Member, Some(Discipline::Nursing))]
        {
            assert_eq!(ending.on(&wrong).err(), Some(Denied::Forbidden));
        }
    }
}
