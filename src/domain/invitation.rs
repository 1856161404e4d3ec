//! How somebody whose log-in nobody knows yet comes into a seat: the secretariat offers the seat and gets a code, and
//! whoever brings the code under a log-in of their own takes it, once.
//!
//! The code is all the permission that accepting needs, so it is long, random, short-lived, and kept as its hash only.
//! Randomness and hashes of what came are arguments here, like time and ids.

use std::fmt;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use sha2::{Digest as _, Sha256};

use super::{
    access::{Permit, act},
    directory::Login,
    id::{GroupId, InvitationId, PersonId, SeatId},
    role::{Post, Seat, Term},
    text::Line,
    time::Timestamp,
};

/// How long an invitation stands unless it says otherwise.
pub const STANDS_DAYS: i64 = 14;
/// The longest that an invitation may stand.
pub const STANDS_DAYS_MAX: i64 = 90;
/// The most bytes of what somebody brings as a code.
pub const CODE_BYTES_MAX: usize = 200;

/// What an invited person brings: 256 random bits. It is shown once, and never logged: `Debug` does not tell it.
#[derive(Clone, PartialEq, Eq)]
pub struct Code(String);

impl Code {
    /// The code of these random bytes.
    pub fn of(random: [u8; 32]) -> Self {
        Self(URL_SAFE_NO_PAD.encode(random))
    }

    /// What somebody brought, which may be anything. White space around it comes from letters and is nobody's fault.
    pub fn brought(text: &str) -> Self {
        Self(text.trim().chars().take(CODE_BYTES_MAX).collect())
    }

    /// The code itself, for the one who sends it.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// What is kept of it. The code has more entropy than the hash has bits to guess, so no salt is needed.
    pub fn mark(&self) -> Mark {
        Mark(Sha256::digest(&self.0).into())
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Code(..)")
    }
}

/// What is kept of a code: it recognises the code and does not give it back.
#[derive(Clone, Copy, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
pub struct Mark(pub [u8; 32]);

/// A seat that is offered.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Offer {
    /// Who is meant, in people's words; how others will know them.
    pub name: Line,
    /// The only issuer whose log-ins will do, if one is named.
    pub issuer: Option<String>,
    /// What the seat is for.
    pub post: Post,
    /// From when it is held; from acceptance on, unless given.
    pub from: Option<Timestamp>,
    /// Until when, if that is known.
    pub until: Option<Timestamp>,
}

/// An offer of a seat to whoever brings the code.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Invitation {
    /// Identity.
    pub id: InvitationId,
    /// The group that the seat is in.
    pub group: GroupId,
    /// What is offered.
    pub offer: Offer,
    /// Who offered it.
    pub invited_by: Option<PersonId>,
    /// When.
    pub invited_at: Timestamp,
    /// First instant at which it does not stand any more.
    pub expires_at: Timestamp,
    /// How it ended, if it did before that.
    pub end: Option<InvitationEnd>,
}

/// How an invitation ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InvitationEnd {
    /// Somebody took the seat.
    Accepted {
        /// The seat.
        seat: SeatId,
        /// When.
        at: Timestamp,
    },
    /// It was taken back.
    Revoked {
        /// When.
        at: Timestamp,
    },
}

/// How an invitation stands at one moment.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum InvitationState {
    /// It waits for somebody with the code.
    Open,
    /// Somebody took the seat.
    Accepted,
    /// Nobody came in time.
    Expired,
    /// It was taken back.
    Revoked,
}

impl Invitation {
    /// How it stands at `now`.
    pub fn state(&self, now: Timestamp) -> InvitationState {
        match self.end {
            Some(InvitationEnd::Accepted { .. }) => InvitationState::Accepted,
            Some(InvitationEnd::Revoked { .. }) => InvitationState::Revoked,
            None if now >= self.expires_at => InvitationState::Expired,
            None => InvitationState::Open,
        }
    }
}

/// Why an invitation cannot be made, taken back or accepted as asked.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum InvitationProblem {
    /// The term would end before it begins.
    #[error("the term would end before it begins")]
    TermEmpty,
    /// It would stand for no time, or for too long.
    #[error("must be in the future, by {STANDS_DAYS_MAX} days at most")]
    Expiry,
    /// It is accepted, taken back or expired already.
    #[error("the invitation is over already")]
    Over,
    /// No invitation stands for this code and this log-in. Whether there ever was one is not said.
    #[error("the code is not valid")]
    NotValid,
    /// Whoever brings the code holds such a seat for a part of that time already.
    #[error("the same person holds such a seat already")]
    SeatHeld,
}

/// An invitation made, ready to be recorded.
#[derive(Clone, Debug)]
pub struct Invited {
    /// The invitation.
    pub invitation: Invitation,
    /// What is kept of its code.
    pub mark: Mark,
    _decided: (),
}

/// Offers a seat to whoever brings the code.
pub fn invite(
    permit: &Permit<act::ManageSeats>,
    id: InvitationId,
    offer: Offer,
    mark: Mark,
    expires_at: Option<Timestamp>,
    now: Timestamp,
) -> Result<Invited, InvitationProblem> {
    let expires_at = expires_at.unwrap_or(now + TimeDelta::days(STANDS_DAYS));
    if expires_at <= now || expires_at > now + TimeDelta::days(STANDS_DAYS_MAX) {
        return Err(InvitationProblem::Expiry);
    }
    if offer.until.is_some_and(|until| until <= offer.from.unwrap_or(now)) {
        return Err(InvitationProblem::TermEmpty);
    }
    let (group, invited_by) = (permit.thing().group, permit.by());
    let invitation = Invitation { id, group, offer, invited_by, invited_at: now, expires_at, end: None };
    Ok(Invited { invitation, mark, _decided: () })
}

/// An invitation taken back, ready to be recorded.
#[derive(Clone, Debug)]
pub struct InvitationRevoked {
    /// The invitation as it was.
    pub invitation: Invitation,
    /// Who took it back.
    pub by: Option<PersonId>,
    /// When.
    pub at: Timestamp,
    _decided: (),
}

/// Takes an invitation back; its code is worth nothing from then on.
pub fn revoke(
    permit: &Permit<act::ManageSeats>,
    invitation: Invitation,
    now: Timestamp,
) -> Result<InvitationRevoked, InvitationProblem> {
    match invitation.state(now) {
        InvitationState::Open => Ok(InvitationRevoked { invitation, by: permit.by(), at: now, _decided: () }),
        InvitationState::Accepted | InvitationState::Expired | InvitationState::Revoked => Err(InvitationProblem::Over),
    }
}

/// An invitation that is good for a log-in: what is left is to enter the person.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Welcome(Invitation);

/// Whether the invitation that was found for a code, if any, is good for this log-in. Every no is the same no.
pub fn welcome(found: Option<Invitation>, login: &Login, now: Timestamp) -> Result<Welcome, InvitationProblem> {
    let good = found.filter(|invitation| {
        let is_in_term = invitation.offer.until.is_none_or(|until| now < until);
        let is_of_issuer = invitation.offer.issuer.as_ref().is_none_or(|issuer| *issuer == login.issuer);
        invitation.state(now) == InvitationState::Open && is_in_term && is_of_issuer
    });
    good.map(Welcome).ok_or(InvitationProblem::NotValid)
}

impl Welcome {
    /// What they are called, if nobody knew them before.
    pub fn name(&self) -> &Line {
        &self.0.offer.name
    }

    /// The group that they come to.
    pub fn group(&self) -> GroupId {
        self.0.group
    }
}

/// An invitation accepted, ready to be recorded.
#[derive(Clone, Debug)]
pub struct InvitationAccepted {
    /// The invitation as it was.
    pub invitation: Invitation,
    /// The seat.
    pub seat: Seat,
    /// When.
    pub at: Timestamp,
    _decided: (),
}

/// Gives the seat that was offered to `holder`, unless they hold one like it for any part of that time.
pub fn accept(
    welcome: Welcome,
    holder: PersonId,
    id: SeatId,
    seats: &[Seat],
    now: Timestamp,
) -> Result<InvitationAccepted, InvitationProblem> {
    let Welcome(invitation) = welcome;
    let offer = &invitation.offer;
    let term = Term::new(offer.from.unwrap_or(now), offer.until).ok_or(InvitationProblem::TermEmpty)?;
    let seat = Seat {
        id,
        group: invitation.group,
        holder,
        post: offer.post,
        term,
        succeeds: None,
        is_lead: false,
        declared_at: None,
        load_limit: None,
    };
    if seats.iter().any(|other| other.is_like(&seat)) {
        return Err(InvitationProblem::SeatHeld);
    }
    Ok(InvitationAccepted { invitation, seat, at: now, _decided: () })
}
