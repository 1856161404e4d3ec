//! The access table, row by row. Silence denies; any deny wins (A1).

use super::{Act, Actor, Denied, Exposure, Obstacle, Sight, Thing, visible_to};
use crate::domain::{
    role::{GrantRole, Office, Seat},
    time::Timestamp,
};

/// Whether `actor` may do `act` on `thing` at `now`.
pub fn decide(actor: &Actor, act: Act, thing: &Thing, now: Timestamp) -> Result<(), Denied> {
    if !may_read(actor, thing, now) {
        return Err(Denied::Hidden);
    }
    match actor.absence() {
        _ if !(Case { actor, thing, now }).obstacles(act).is_empty() => Err(Denied::Forbidden),
        Some(step_up) if act.needs_presence() => Err(Denied::StepUp(step_up.clone())),
        Some(_) | None => Ok(()),
    }
}

/// Why `actor` may not do `act` on `thing` at `now`: empty exactly where [`decide`] agrees, at once or after a new log-in.
/// One that is met suffices where several ways lead there.
pub fn obstacles(actor: &Actor, act: Act, thing: &Thing, now: Timestamp) -> Vec<Obstacle> {
    let obstacles = (Case { actor, thing, now }).obstacles(act);
    let is_readable = may_read(actor, thing, now);
    match actor {
        Actor::Anonymous if !is_readable || !obstacles.is_empty() => vec![Obstacle::NotSignedIn],
        Actor::Anonymous | Actor::Person(_) | Actor::Client(_) | Actor::System if is_readable => obstacles,
        Actor::Anonymous | Actor::Person(_) | Actor::Client(_) | Actor::System => vec![Obstacle::NotReadable],
    }
}

fn may_read(actor: &Actor, thing: &Thing, now: Timestamp) -> bool {
    let sight = visible_to(actor, now);
    let within = |audience| match thing.document {
        Some(document) => audience >= sight.audience(thing.group, document),
        None => reads_all_of_group(&sight, thing),
    };
    let drafts = || match thing.document {
        Some(document) => sight.drafts(thing.group, document),
        None => reads_all_of_group(&sight, thing),
    };
    match thing.exposure {
        Exposure::Open => true,
        Exposure::Published(audience) => within(audience),
        Exposure::Draft(audience) => drafts() && within(audience),
        Exposure::Seat => {
            let holder = thing.seat.as_ref().map(|seat| seat.holder);
            sight.is_partner() || (holder.is_some() && holder == actor.person())
        }
        Exposure::Roles => Case { actor, thing, now }.manages(),
    }
}

fn reads_all_of_group(sight: &Sight, thing: &Thing) -> bool {
    sight.is_everything() || sight.groups().any(|group| group == thing.group)
}

/// One question to the rulebook.
struct Case<'a> {
    actor: &'a Actor,
    thing: &'a Thing,
    now: Timestamp,
}

impl Case<'_> {
    /// The rows of the access table.
    fn obstacles(&self, act: Act) -> Vec<Obstacle> {
        use Obstacle::{
            DisciplineMissing, OfficeMissing, OwnChange, OwnInterest, RoleMissing, ScopeMissing, SeatMissing,
        };
        let unless = |may: bool, obstacles: &[Obstacle]| if may { vec![] } else { obstacles.to_vec() };
        match act {
            Act::Read => vec![],
            Act::ReadHistory => unless(visible_to(self.actor, self.now).history(), &[ScopeMissing]),
            Act::Comment => {
                let may = self.has_voice() || self.granted(GrantRole::Commenter) || self.comments_as_client();
                unless(may, &[OfficeMissing, RoleMissing])
            }
            Act::SettleComment => unless(self.may_settle(), &[OfficeMissing, DisciplineMissing, RoleMissing]),
            Act::Revise => {
                let may = self.signs_for_section() || self.granted(GrantRole::Editor);
                unless(may, &[DisciplineMissing, RoleMissing])
            }
            Act::ConfirmEditorial => {
                let may = unless(self.may_confirm(), &[OfficeMissing, DisciplineMissing, RoleMissing]);
                [unless(self.is_second_person(), &[OwnChange]), may].concat()
            }
            Act::WriteChangeNote => {
                unless(self.leads_or_serves() || self.granted(GrantRole::Editor), &[OfficeMissing, RoleMissing])
            }
            Act::TakePosition | Act::AcceptRequest => unless(self.holds_seat_of_cell(), &[SeatMissing]),
            Act::DeclareAbsence => {
                unless(self.holds_seat_of_cell() || self.holds(&[Office::Secretariat]), &[OfficeMissing, SeatMissing])
            }
            Act::AssignCells => {
                unless(self.leads_discipline() || self.holds(&[Office::Secretariat]), &[OfficeMissing, SeatMissing])
            }
            Act::DeclareInterests => unless(self.own_seat().is_some(), &[SeatMissing]),
            Act::WeighInterests => {
                let may = unless(self.leads_or_serves(), &[OfficeMissing]);
                [unless(self.is_second_person(), &[OwnInterest]), may].concat()
            }
            Act::Advise => unless(self.holds_advisers_seat(), &[SeatMissing]),
            Act::RecordInstruction => unless(self.holds(&[Office::Secretariat]), &[OfficeMissing]),
            Act::RunReview | Act::ImportDraft => unless(self.is_system() || self.leads_or_serves(), &[OfficeMissing]),
            Act::ManageSeats | Act::ManageGrants | Act::ManageClients => unless(self.manages(), &[OfficeMissing]),
            Act::Publish => unless(self.leads(), &[OfficeMissing]),
            Act::ImportPublished => unless(self.is_system() || self.leads(), &[OfficeMissing]),
        }
    }

    fn holds(&self, offices: &[Office]) -> bool {
        self.actor.holds(self.thing.group, self.now, offices)
    }

    fn granted(&self, at_least: GrantRole) -> bool {
        self.thing.document.is_some_and(|document| self.actor.granted(document, at_least))
    }

    fn comments_as_client(&self) -> bool {
        let comments_on = |document| self.actor.client().is_some_and(|client| client.comments_on(document));
        self.thing.document.is_some_and(comments_on)
    }

    fn is_system(&self) -> bool {
        matches!(self.actor, Actor::System)
    }

    fn manages(&self) -> bool {
        self.is_system() || self.holds(&[Office::Secretariat])
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
        self.actor.seats(self.now).any(|seat| seat.post.office() == Office::Member && self.is_named(seat))
    }

    fn may_confirm(&self) -> bool {
        self.leads_or_serves() || self.signs_for_section() || self.granted(GrantRole::Editor)
    }

    /// Its author takes a comment back; those who answer for the text, or for the review, say what became of it.
    fn may_settle(&self) -> bool {
        let own = self.actor.person().is_some_and(|person| self.thing.author == Some(person));
        own || self.leads_or_serves() || self.signs_for_section() || self.granted(GrantRole::Editor)
    }

    /// A change is confirmed by another than its author (D5), and an interest weighed by another than its holder.
    fn is_second_person(&self) -> bool {
        self.actor.person().is_some_and(|person| self.thing.author != Some(person))
    }

    /// From a seat that leads the discipline in question in this group.
    fn leads_discipline(&self) -> bool {
        self.actor.seats(self.now).any(|seat| seat.is_lead && self.is_named(seat))
    }

    /// From an adviser's seat of one's own, in term, in this group.
    fn holds_advisers_seat(&self) -> bool {
        self.own_seat().is_some_and(|seat| seat.post.office() == Office::Adviser)
    }

    /// From a seat of one's own, in term, in a cell of its discipline. No office signs by itself (S10).
    fn holds_seat_of_cell(&self) -> bool {
        self.own_seat().is_some_and(|seat| self.is_named(seat))
    }

    /// The seat in question, if it is one's own, in term, in this group.
    fn own_seat(&self) -> Option<&Seat> {
        let wanted = self.thing.seat.as_ref()?;
        self.actor.seats(self.now).find(|seat| seat.id == wanted.id && seat.group == self.thing.group)
    }

    /// Whether a seat is in this group, and votes for a discipline in question.
    fn is_named(&self, seat: &Seat) -> bool {
        seat.group == self.thing.group
            && seat.post.discipline().is_some_and(|own| self.thing.disciplines.contains(&own))
    }
}
