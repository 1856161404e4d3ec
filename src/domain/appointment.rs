//! How seats and roles are given and taken back. Nothing is deleted: a term ends, a grant is revoked, and both stay on
//! record.

use super::{
    access::{Permit, Permitted, act},
    directory::{Group, Login},
    id::{ClientId, DocumentId, GrantId, OrganisationId, PersonId, SeatId},
    role::{GrantRole, Post, Seat, Term},
    text::Line,
    time::Timestamp,
};

/// Why a seat or role cannot be given or taken back as asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum AppointmentProblem {
    /// The term would end before it begins.
    #[error("the term would end before it begins")]
    TermEmpty,
    /// The end of the term is in the past: what was done in term cannot be undone so.
    #[error("a term cannot be ended in the past")]
    EndPast,
    /// The term ends sooner as it is: it is ended here, not lengthened; a longer one is a seat given anew.
    #[error("the term ends sooner already")]
    EndLater,
    /// The term is over already.
    #[error("the term is over already")]
    TermOver,
    /// The same person holds such a seat for that time already.
    #[error("the same person holds such a seat already")]
    SeatHeld,
    /// The seat to succeed is of another group or post, or its term is not over when this one begins.
    #[error("a successor has the same post in the same group, and begins when the seat before it has ended")]
    CannotSucceed,
    /// The seat to succeed has a successor (S6).
    #[error("the seat has a successor already")]
    SucceededAlready,
    /// Only a seat that votes for a discipline, and is held now, leads it.
    #[error("a seat that is held now and votes for a discipline can lead it, and this one cannot")]
    CannotLead,
    /// The seat leads its discipline already.
    #[error("the seat leads its discipline already")]
    LeadsAlready,
    /// The grant is revoked already.
    #[error("the grant is revoked already")]
    GrantRevoked,
    /// The holder has this role already.
    #[error("the holder has this role already")]
    RoleHeld,
    /// A machine revises nothing (S10).
    #[error("a client revises nothing: it can be READER or COMMENTER")]
    RoleNotForClient,
}

/// A person as they are invited: known by their log-in, and named.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invitee {
    /// The log-in that they will come with.
    pub login: Login,
    /// How others know them.
    pub name: Line,
}

/// A seat given, ready to be recorded.
#[derive(Clone, Debug)]
pub struct SeatGranted {
    /// The seat.
    pub seat: Seat,
    /// Who gave it.
    pub by: Option<PersonId>,
    /// When.
    pub at: Timestamp,
    _decided: (),
}

/// A seat to be given.
#[derive(Clone, Copy, Debug)]
pub struct NewSeat {
    /// Its identity.
    pub id: SeatId,
    /// Who is to hold it.
    pub holder: PersonId,
    /// What for.
    pub post: Post,
    /// When.
    pub term: Term,
    /// The seat whose place it takes, if it is given to a successor (S6).
    pub succeeds: Option<SeatId>,
}

/// Gives a seat in the group that the permit is for, whose seats there are `seats`: unless the person holds one like it
/// for any part of that time, or the seat to succeed is none that it can succeed.
pub fn grant_seat(
    permit: &Permit<act::ManageSeats>,
    new: NewSeat,
    seats: &[Seat],
    now: Timestamp,
) -> Result<SeatGranted, AppointmentProblem> {
    let NewSeat { id, holder, post, term, succeeds } = new;
    let group = permit.thing().group;
    let seat = Seat { id, group, holder, post, term, succeeds, is_lead: false, declared_at: None, load_limit: None };
    if seats.iter().any(|other| other.is_like(&seat)) {
        return Err(AppointmentProblem::SeatHeld);
    }
    if let Some(succeeds) = succeeds {
        let before = seats.iter().find(|other| other.id == succeeds && seat.can_succeed(other));
        let before = before.ok_or(AppointmentProblem::CannotSucceed)?.id;
        if seats.iter().any(|other| other.succeeds == Some(before)) {
            return Err(AppointmentProblem::SucceededAlready);
        }
    }
    Ok(SeatGranted { seat, by: permit.by(), at: now, _decided: () })
}

/// A lead of a discipline, ready to be recorded.
#[derive(Clone, Debug)]
pub struct LeadAppointed {
    /// The seat.
    pub seat: Seat,
    /// The seats that led it before and do no more.
    pub before: Vec<SeatId>,
    /// Who appointed it.
    pub by: Option<PersonId>,
    /// When.
    pub at: Timestamp,
    _decided: (),
}

/// Lets a seat lead its discipline, instead of whichever did (T5). `seats` are those of its group.
pub fn appoint_lead(
    permitted: &Permitted<'_, act::ManageSeats, Seat>,
    seats: &[Seat],
    now: Timestamp,
) -> Result<LeadAppointed, AppointmentProblem> {
    let seat = permitted.facts();
    if seat.post.discipline().is_none() || !seat.term.covers(now) {
        return Err(AppointmentProblem::CannotLead);
    }
    if seat.is_lead {
        return Err(AppointmentProblem::LeadsAlready);
    }
    let leads = seats.iter().filter(|other| other.is_lead && other.post.discipline() == seat.post.discipline());
    let before = leads.map(|other| other.id).collect();
    Ok(LeadAppointed {
        seat: Seat { is_lead: true, ..seat.clone() },
        before,
        by: permitted.by(),
        at: now,
        _decided: (),
    })
}

/// The end of a seat's term, ready to be recorded.
#[derive(Clone, Debug)]
pub struct SeatEnded {
    /// The seat as it will be.
    pub seat: Seat,
    /// Who ended it.
    pub by: Option<PersonId>,
    /// When it was decided.
    pub at: Timestamp,
    _decided: (),
}

/// Ends a seat's term now or later. It grants nothing from then on (A5); what was signed in term stays signed (S2).
pub fn end_seat(
    permitted: &Permitted<'_, act::ManageSeats, Seat>,
    until: Timestamp,
    now: Timestamp,
) -> Result<SeatEnded, AppointmentProblem> {
    let seat = permitted.facts();
    if seat.term.until().is_some_and(|until| until <= now) {
        return Err(AppointmentProblem::TermOver);
    }
    if until < now {
        return Err(AppointmentProblem::EndPast);
    }
    if seat.term.until().is_some_and(|ends| ends < until) {
        return Err(AppointmentProblem::EndLater);
    }
    let term = Term::new(seat.term.from(), Some(until)).ok_or(AppointmentProblem::TermEmpty)?;
    let seat = Seat { term, ..seat.clone() };
    Ok(SeatEnded { seat, by: permitted.by(), at: now, _decided: () })
}

/// Who a role is given to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Grantee {
    /// One person.
    Person(PersonId),
    /// Everybody of an organisation, and its clients.
    Organisation(OrganisationId),
    /// One machine client.
    Client(ClientId),
}

/// A role given and not revoked, as it stands on record.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct GrantRecord {
    /// Identity.
    pub id: GrantId,
    /// The document.
    pub document: DocumentId,
    /// The role.
    pub role: GrantRole,
    /// Who has it.
    pub grantee: Grantee,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
}

/// A role given, ready to be recorded.
#[derive(Clone, Copy, Debug)]
pub struct RoleGranted {
    /// The grant.
    pub grant: GrantRecord,
    /// Who gave it.
    pub by: Option<PersonId>,
    /// When.
    pub at: Timestamp,
    _decided: (),
}

/// Gives a role on a document, unless the holder has it.
pub fn grant_role(
    permitted: &Permitted<'_, act::ManageGrants, GrantRecord>,
    existing: &[GrantRecord],
    now: Timestamp,
) -> Result<RoleGranted, AppointmentProblem> {
    let grant = *permitted.facts();
    if matches!((grant.grantee, grant.role), (Grantee::Client(_), GrantRole::Editor)) {
        return Err(AppointmentProblem::RoleNotForClient);
    }
    let held = existing.iter().any(|other| {
        other.revoked_at.is_none()
            && (other.document, other.role, other.grantee) == (grant.document, grant.role, grant.grantee)
    });
    if held {
        return Err(AppointmentProblem::RoleHeld);
    }
    Ok(RoleGranted { grant, by: permitted.by(), at: now, _decided: () })
}

/// A role taken back, ready to be recorded.
#[derive(Clone, Copy, Debug)]
pub struct RoleRevoked {
    /// The grant.
    pub grant: GrantRecord,
    /// Who took it back.
    pub by: Option<PersonId>,
    /// When; it grants nothing on the next request (A5).
    pub at: Timestamp,
    _decided: (),
}

/// Takes a role back.
pub fn revoke_role(
    permitted: &Permitted<'_, act::ManageGrants, GrantRecord>,
    now: Timestamp,
) -> Result<RoleRevoked, AppointmentProblem> {
    let grant = *permitted.facts();
    if grant.revoked_at.is_some() {
        return Err(AppointmentProblem::GrantRevoked);
    }
    let grant = GrantRecord { revoked_at: Some(now), ..grant };
    Ok(RoleRevoked { grant, by: permitted.by(), at: now, _decided: () })
}

/// A group, as an operator founds it at the command line.
#[derive(Clone, Debug)]
pub struct GroupFounded {
    /// The group.
    pub group: Group,
    /// When.
    pub at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        access::{Thing, permit},
        role::{Discipline, Office},
        testing::*,
    };

    const ENDED: &str = "2018-06-01T00:00:00Z";

    /// A seat for surgery as one would have it; what differs is given.
    fn grant(new: impl FnOnce(&mut NewSeat), seats: &[Seat]) -> Result<SeatGranted, AppointmentProblem> {
        let now = at("2018-07-01T00:00:00Z");
        let world = World::new(&[]);
        let mut seat = NewSeat {
            id: seat_id(SUCCESSORS[0]),
            holder: person(SUCCESSORS[0]),
            post: Post::new(Office::Member, Some(Discipline::Surgery)).unwrap(),
            term: Term::new(at(ENDED), None).unwrap(),
            succeeds: Some(seat_id(SURGEONS[0])),
        };
        new(&mut seat);
        grant_seat(&permit(&world.actor(SECRETARY), Thing::group(GROUP), now).unwrap(), seat, seats, now)
    }

    /// The seats of the group, the first surgeon's ended.
    fn with_a_vacancy() -> Vec<Seat> {
        let mut seats = seats();
        let ended = seats.iter_mut().find(|seat| seat.id == seat_id(SURGEONS[0])).unwrap();
        ended.term = Term::new(ended.term.from(), Some(at(ENDED))).unwrap();
        seats
    }

    #[test]
    fn s6_a_successor_takes_the_same_post_from_the_end_of_the_seat_before_on() {
        let granted = grant(|_| (), &with_a_vacancy()).unwrap();
        assert_eq!(granted.seat.succeeds, Some(seat_id(SURGEONS[0])));
        let refused = |new: fn(&mut NewSeat)| grant(new, &with_a_vacancy()).err();
        let cannot = Some(AppointmentProblem::CannotSucceed);
        let early = |seat: &mut NewSeat| seat.term = Term::new(at("2018-05-31T23:59:59.999Z"), None).unwrap();
        assert_eq!(refused(early), cannot, "before the end");
        let nurse = |seat: &mut NewSeat| seat.post = Post::new(Office::Member, Some(Discipline::Nursing)).unwrap();
        assert_eq!(refused(nurse), cannot, "another discipline");
        let chair = |seat: &mut NewSeat| seat.post = Post::new(Office::Chair, Some(Discipline::Surgery)).unwrap();
        assert_eq!(refused(chair), cannot, "another office");
        assert_eq!(refused(|seat| seat.succeeds = Some(seat_id(SURGEONS[1]))), cannot, "a term without a known end");
        assert_eq!(refused(|seat| seat.succeeds = Some(seat_id(999))), cannot, "no seat of the group");
    }

    #[test]
    fn s6_a_seat_has_one_successor_and_that_one_may_have_another() {
        let mut seats = with_a_vacancy();
        seats.push(grant(|_| (), &seats).unwrap().seat);
        let second = |seat: &mut NewSeat| (seat.id, seat.holder) = (seat_id(SUCCESSORS[1]), person(SUCCESSORS[1]));
        assert_eq!(grant(second, &seats).err(), Some(AppointmentProblem::SucceededAlready));
        let last = seats.last_mut().unwrap();
        last.term = Term::new(last.term.from(), Some(at("2018-06-15T00:00:00Z"))).unwrap();
        let third = |seat: &mut NewSeat| {
            second(seat);
            seat.succeeds = Some(seat_id(SUCCESSORS[0]));
            seat.term = Term::new(at("2018-06-15T00:00:00Z"), None).unwrap();
        };
        assert_eq!(grant(third, &seats).unwrap().seat.succeeds, Some(seat_id(SUCCESSORS[0])));
    }
}
