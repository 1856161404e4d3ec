//! How seats and roles are given and taken back. Nothing is deleted: a term ends, a grant is revoked, and both stay on
//! record.

use super::{
    access::{Permit, act},
    directory::{Group, Login},
    id::{DocumentId, GrantId, OrganisationId, PersonId, SeatId},
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
    /// The grant is revoked already.
    #[error("the grant is revoked already")]
    GrantRevoked,
    /// The holder has this role already.
    #[error("the holder has this role already")]
    RoleHeld,
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

/// Gives a seat, unless the person holds one like it for any part of that time.
pub fn grant_seat(
    permit: &Permit<act::ManageSeats>,
    id: SeatId,
    holder: PersonId,
    post: Post,
    term: Term,
    seats: &[Seat],
    now: Timestamp,
) -> Result<SeatGranted, AppointmentProblem> {
    let group = permit.thing().group;
    let seat = Seat { id, group, holder, post, term };
    if seats.iter().any(|other| other.is_like(&seat)) {
        return Err(AppointmentProblem::SeatHeld);
    }
    Ok(SeatGranted { seat, by: permit.by(), at: now, _decided: () })
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
    permit: &Permit<act::ManageSeats>,
    seat: &Seat,
    until: Timestamp,
    now: Timestamp,
) -> Result<SeatEnded, AppointmentProblem> {
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
    Ok(SeatEnded { seat, by: permit.by(), at: now, _decided: () })
}

/// Who a role is given to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Grantee {
    /// One person.
    Person(PersonId),
    /// Everybody of an organisation.
    Organisation(OrganisationId),
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
    permit: &Permit<act::ManageGrants>,
    grant: GrantRecord,
    existing: &[GrantRecord],
    now: Timestamp,
) -> Result<RoleGranted, AppointmentProblem> {
    let held = existing.iter().any(|other| {
        other.revoked_at.is_none()
            && (other.document, other.role, other.grantee) == (grant.document, grant.role, grant.grantee)
    });
    if held {
        return Err(AppointmentProblem::RoleHeld);
    }
    Ok(RoleGranted { grant, by: permit.by(), at: now, _decided: () })
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
    permit: &Permit<act::ManageGrants>,
    grant: GrantRecord,
    now: Timestamp,
) -> Result<RoleRevoked, AppointmentProblem> {
    if grant.revoked_at.is_some() {
        return Err(AppointmentProblem::GrantRevoked);
    }
    let grant = GrantRecord { revoked_at: Some(now), ..grant };
    Ok(RoleRevoked { grant, by: permit.by(), at: now, _decided: () })
}

/// A group, as an operator founds it at the command line.
#[derive(Clone, Debug)]
pub struct GroupFounded {
    /// The group.
    pub group: Group,
    /// When.
    pub at: Timestamp,
}
