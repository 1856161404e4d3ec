//! The access table, row by row. Silence denies; any deny wins (A1).

use super::{Act, Actor, Denied, Exposure, Thing, visible_to};
use crate::domain::{
    role::{GrantRole, Office},
    time::Timestamp,
};

/// Whether `actor` may do `act` on `thing` at `now`.
pub fn decide(actor: &Actor, act: Act, thing: &Thing, now: Timestamp) -> Result<(), Denied> {
    if !may_read(actor, thing, now) {
        return Err(Denied::Hidden);
    }
    let case = Case { actor, thing, now };
    let allowed = match act {
        Act::Read => true,
        Act::Comment => case.has_voice() || case.granted(GrantRole::Commenter),
        Act::Revise => case.signs_for_section() || case.granted(GrantRole::Editor),
        Act::ConfirmEditorial => case.is_second_person() && case.may_confirm(),
        Act::WriteChangeNote => case.leads_or_serves() || case.granted(GrantRole::Editor),
        Act::TakePosition | Act::AcceptRequest => case.holds_seat_of_cell(),
        Act::RecordInstruction => case.holds(&[Office::Secretariat]),
        Act::RunReview | Act::ImportDraft => case.is_system() || case.leads_or_serves(),
        Act::ManageSeats | Act::ManageGrants => case.is_system() || case.holds(&[Office::Secretariat]),
        Act::Publish => case.leads(),
        Act::ImportPublished => case.is_system() || case.leads(),
    };
    if allowed { Ok(()) } else { Err(Denied::Forbidden) }
}

fn may_read(actor: &Actor, thing: &Thing, now: Timestamp) -> bool {
    let sight = visible_to(actor, now);
    let Some(document) = thing.document else {
        let is_of_group = sight.is_everything() || sight.groups().any(|group| group == thing.group);
        return matches!(thing.exposure, Exposure::Open) || is_of_group;
    };
    let within = |audience| audience >= sight.audience(thing.group, document);
    match thing.exposure {
        Exposure::Open => true,
        Exposure::Published(audience) => within(audience),
        Exposure::Draft(audience) => sight.drafts(thing.group, document) && within(audience),
    }
}

/// One question to the rulebook.
struct Case<'a> {
    actor: &'a Actor,
    thing: &'a Thing,
    now: Timestamp,
}

impl Case<'_> {
    fn holds(&self, offices: &[Office]) -> bool {
        self.actor.holds(self.thing.group, self.now, offices)
    }

    fn granted(&self, at_least: GrantRole) -> bool {
        self.thing.document.is_some_and(|document| self.actor.granted(document, at_least))
    }

    fn is_system(&self) -> bool {
        matches!(self.actor, Actor::System)
    }

    fn leads(&self) -> bool {
        self.holds(&[Office::Chair, Office::ViceChair])
    }

    fn leads_or_serves(&self) -> bool {
        self.holds(&[Office::Chair, Office::ViceChair, Office::Secretariat])
    }

    fn has_voice(&self) -> bool {
        self.holds(&[Office::Chair, Office::ViceChair, Office::Secretariat, Office::Member, Office::Adviser])
    }

    /// A member writes sections that name their discipline; chair and vice chair write none.
    fn signs_for_section(&self) -> bool {
        self.actor.seats(self.now).any(|seat| {
            seat.group == self.thing.group
                && seat.post.office() == Office::Member
                && seat.post.discipline().is_some_and(|own| self.thing.disciplines.contains(&own))
        })
    }

    fn may_confirm(&self) -> bool {
        self.leads_or_serves() || self.signs_for_section() || self.granted(GrantRole::Editor)
    }

    /// A change is confirmed by another than its author (D5).
    fn is_second_person(&self) -> bool {
        self.actor.person().is_some_and(|person| self.thing.author != Some(person))
    }

    /// From a seat of one's own, in term, in a cell of its discipline. No office signs by itself (S10).
    fn holds_seat_of_cell(&self) -> bool {
        let Some(wanted) = &self.thing.seat else { return false };
        self.actor.seats(self.now).any(|seat| {
            seat.id == wanted.id
                && seat.group == self.thing.group
                && seat.post.discipline().is_some_and(|own| self.thing.disciplines.contains(&own))
        })
    }
}
