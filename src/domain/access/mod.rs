//! Who may: the one rulebook of permissions (A1 to A5).
//!
//! ```text
//! Actor + Act + Thing + now ── decide() ──> Permit<Act>          or Denied      (for acts)
//! Actor         + now       ── visible_to() ──> Sight ── store ──> SQL          (for reads)
//! ```
//!
//! *Who may* lives here, all of it. *When it is possible* lives with the thing itself (`document`, `review`): that a
//! review is closed is a problem a user can act on, that a section is not yours is a refusal.
//! A [`Permit`] has private fields and one maker, [`permit`]; the domain asks for it as proof, laid on the facts that it
//! was given for: [`Permitted`].

mod fitting;
mod refusal;
mod rulebook;
mod sight;

use std::{collections::BTreeSet, marker::PhantomData, sync::Arc};

pub use fitting::{Facts, Permitted};
pub use refusal::{Denied, Obstacle};
pub use rulebook::{decide, obstacles};
pub use sight::{Sight, visible_to};
use uuid::Uuid;

use super::{
    client::{Client, Scope, Scopes},
    comment::Commenter,
    document::Audience,
    id::{ClientId, ClientKeyId, DocumentId, GroupId, OrganisationId, PersonId, SectionId},
    role::{Discipline, GrantRole, Office, Seat},
    time::Timestamp,
};

/// Who is asking.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Actor {
    /// Nobody has logged in.
    Anonymous,
    /// A person with a valid token, known to us or not.
    Person(SignedIn),
    /// A partner organisation's machine with a valid access token. It signs nothing and decides nothing (S10).
    Client(Connected),
    /// This system itself: the scheduler, or an operator at the command line. It signs nothing (S10).
    System,
}

/// A person with what they hold; facts as of the moment the request was admitted.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct SignedIn {
    /// Who; a person never invited has a token but no record here, so holds nothing.
    pub person: PersonId,
    /// The organisation they belong to, which makes them a partner.
    pub organisation: Option<OrganisationId>,
    /// Their seats, past and future ones included: the rulebook looks at terms.
    pub seats: Vec<Seat>,
    /// Roles given to them or to their organisation and not revoked.
    pub grants: Vec<Grant>,
    /// Whether they are known to be there themselves.
    pub presence: Presence,
}

/// Whether a person has logged in lately enough, and surely enough, that what they do now is their own act.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Presence {
    /// They have.
    Present,
    /// They have not, or nobody can tell; this would show it.
    Absent(StepUp),
}

/// The log-in that an act of a present person asks for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct StepUp {
    /// How old it may be.
    pub max_age_seconds: u64,
    /// The assurances of which it must have one; any will do if there are none.
    pub acr_values: Arc<[String]>,
}

impl Presence {
    /// Nobody has said anything about it, so it is not there.
    pub fn unknown() -> Self {
        Self::Absent(StepUp { max_age_seconds: 0, acr_values: Arc::new([]) })
    }
}

/// A machine client with what its access token and its grants open; facts as of the moment the request was admitted.
///
/// It never gets further than a person of its organisation with the same grants would: it holds no seat, and each grant
/// opens only what a scope asks it for.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Connected {
    /// Which client.
    pub client: ClientId,
    /// The key that its token was given for.
    pub key: ClientKeyId,
    /// Whose machine it is.
    pub organisation: OrganisationId,
    /// What its token opens.
    pub scopes: Scopes,
    /// Roles given to it or to its organisation, on documents of the group that registered it, and not revoked.
    pub grants: Vec<Grant>,
}

impl Connected {
    /// A client whose token opens `token`, as far as it is still registered for that. `given` are roles given to it or
    /// to its organisation, each with the group that owns the document: another group's word about this organisation
    /// was not given for a machine that this group's secretariat registered.
    pub fn new(
        client: &Client,
        key: ClientKeyId,
        token: &Scopes,
        given: impl IntoIterator<Item = (GroupId, Grant)>,
    ) -> Self {
        let own = given.into_iter().filter(|(group, _)| *group == client.group);
        Self {
            client: client.id,
            key,
            organisation: client.organisation,
            scopes: token.shared_with(&client.scopes),
            grants: own.map(|(_, grant)| grant).collect(),
        }
    }

    fn may(&self, scope: Scope) -> bool {
        self.scopes.contains(scope)
    }

    /// Documents whose drafts it reads. EDITOR opens no more to it than READER: it revises nothing, so the texts that
    /// only the group reads are none of its business.
    fn draft_documents(&self) -> impl Iterator<Item = DocumentId> + '_ {
        let opens = self.may(Scope::DraftsRead);
        self.grants.iter().filter(move |grant| opens && grant.role >= GrantRole::Reader).map(|grant| grant.document)
    }

    fn comments_on(&self, document: DocumentId) -> bool {
        let commenter = |grant: &Grant| grant.document == document && grant.role >= GrantRole::Commenter;
        self.may(Scope::CommentsWrite) && self.grants.iter().any(commenter)
    }
}

/// A role given on one document and in force.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Grant {
    /// The document.
    pub document: DocumentId,
    /// The role.
    pub role: GrantRole,
}

impl Actor {
    /// The person, where there is one.
    pub fn person(&self) -> Option<PersonId> {
        match self {
            Self::Person(signed_in) => Some(signed_in.person),
            Self::Anonymous | Self::Client(_) | Self::System => None,
        }
    }

    /// The machine client, where there is one.
    pub fn client(&self) -> Option<&Connected> {
        match self {
            Self::Client(connected) => Some(connected),
            Self::Anonymous | Self::Person(_) | Self::System => None,
        }
    }

    /// The same actor, of whom this is known now.
    pub fn shown(self, presence: Presence) -> Self {
        match self {
            Self::Person(signed_in) => Self::Person(SignedIn { presence, ..signed_in }),
            Self::Anonymous | Self::Client(_) | Self::System => self,
        }
    }

    /// The log-in that is wanting, where a person is not known to be there.
    fn absence(&self) -> Option<&StepUp> {
        match self {
            Self::Person(SignedIn { presence: Presence::Absent(step_up), .. }) => Some(step_up),
            Self::Person(SignedIn { presence: Presence::Present, .. })
            | Self::Anonymous
            | Self::Client(_)
            | Self::System => None,
        }
    }

    /// What everything that this actor does is known by; `None` if nobody in particular acts.
    pub fn identity(&self) -> Option<Uuid> {
        match self {
            Self::Person(signed_in) => Some(signed_in.person.0),
            Self::Client(connected) => Some(connected.client.0),
            Self::Anonymous | Self::System => None,
        }
    }

    /// Everything held at `now`, each by what it is held on and as what: for whoever must notice that something ended.
    pub fn holdings(&self, now: Timestamp) -> BTreeSet<(Uuid, &'static str)> {
        let seats = self.seats(now).map(|seat| (seat.id.0, seat.post.office().word()));
        let grants = match self {
            Self::Person(signed_in) => signed_in.grants.as_slice(),
            Self::Client(connected) => connected.grants.as_slice(),
            Self::Anonymous | Self::System => &[],
        };
        seats.chain(grants.iter().map(|grant| (grant.document.0, grant.role.word()))).collect()
    }

    /// Seats held at `now`.
    pub fn seats(&self, now: Timestamp) -> impl Iterator<Item = &Seat> {
        let seats = match self {
            Self::Person(signed_in) => signed_in.seats.as_slice(),
            Self::Anonymous | Self::Client(_) | Self::System => &[],
        };
        seats.iter().filter(move |seat| seat.term.covers(now))
    }

    fn holds(&self, group: GroupId, now: Timestamp, offices: &[Office]) -> bool {
        self.seats(now).any(|seat| seat.group == group && offices.contains(&seat.post.office()))
    }

    /// Roles that count by themselves. Those of a client count only together with a scope.
    fn grants(&self) -> &[Grant] {
        match self {
            Self::Person(signed_in) => &signed_in.grants,
            Self::Anonymous | Self::Client(_) | Self::System => &[],
        }
    }

    fn granted(&self, document: DocumentId, at_least: GrantRole) -> bool {
        self.grants().iter().any(|grant| grant.document == document && grant.role >= at_least)
    }
}

/// What somebody wants to do: the rows of the access table.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Act {
    /// Read what the thing exposes.
    Read,
    /// Read the record of acts on the thing, and hear of new ones (A6).
    ReadHistory,
    /// Leave a comment on a draft.
    Comment,
    /// Say of a comment that it was answered, acted upon or taken back.
    SettleComment,
    /// Write a section: create, revise, move or remove it, or stand a recommendation down.
    Revise,
    /// Say that a change is editorial only (D5).
    ConfirmEditorial,
    /// Write the note that tells followers what changed.
    WriteChangeNote,
    /// Sign off, object, lift, abstain, recuse or withdraw, from one's own seat.
    TakePosition,
    /// Say, from one's own adviser's seat, what one thinks of a section, without a vote.
    Advise,
    /// Say, from one's own seat, that one will do what a review asks of it.
    AcceptRequest,
    /// Say when the holder of a seat is away, who stands in, and how much they take on: from one's own seat, or for somebody
    /// else as the secretariat (T6).
    DeclareAbsence,
    /// Hand a cell to single seats: as the lead of its discipline, or as the secretariat.
    AssignCells,
    /// Say, from one's own seat, what interests one has, or that what the register says is true.
    DeclareInterests,
    /// Decide what is done in a review about somebody else's interest.
    WeighInterests,
    /// Record a member's position on their written instruction (S10).
    RecordInstruction,
    /// Schedule, open, move or cancel a review.
    RunReview,
    /// Grant and end seats.
    ManageSeats,
    /// Grant and revoke roles on a document.
    ManageGrants,
    /// Register and revoke machine clients and their keys, and see them.
    ManageClients,
    /// Publish, reaffirm or withdraw an edition (S15).
    Publish,
    /// Bring in a new document as a draft.
    ImportDraft,
    /// Bring in a new document with the edition that is already in force elsewhere.
    ImportPublished,
}

impl Act {
    /// Every act, in the order of the table.
    pub const ALL: [Self; 22] = [
        Self::Read,
        Self::ReadHistory,
        Self::Comment,
        Self::SettleComment,
        Self::Revise,
        Self::ConfirmEditorial,
        Self::WriteChangeNote,
        Self::TakePosition,
        Self::Advise,
        Self::AcceptRequest,
        Self::DeclareAbsence,
        Self::AssignCells,
        Self::DeclareInterests,
        Self::WeighInterests,
        Self::RecordInstruction,
        Self::RunReview,
        Self::ManageSeats,
        Self::ManageGrants,
        Self::ManageClients,
        Self::Publish,
        Self::ImportDraft,
        Self::ImportPublished,
    ];
}

impl Act {
    /// Whether it is an act of a present person: one that speaks for a discipline, or puts a text in force or out of it.
    pub fn needs_presence(self) -> bool {
        match self {
            Self::TakePosition | Self::RecordInstruction | Self::Publish | Self::ImportPublished => true,
            Self::Read
            | Self::ReadHistory
            | Self::Comment
            | Self::SettleComment
            | Self::Advise
            | Self::AcceptRequest
            | Self::DeclareAbsence
            | Self::AssignCells
            | Self::DeclareInterests
            | Self::WeighInterests
            | Self::Revise
            | Self::ConfirmEditorial
            | Self::WriteChangeNote
            | Self::RunReview
            | Self::ManageSeats
            | Self::ManageGrants
            | Self::ManageClients
            | Self::ImportDraft => false,
        }
    }
}

/// What an act is about: the facts of it that permissions depend on, and no more.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Thing {
    /// The group that owns it.
    pub group: GroupId,
    /// The document it is or belongs to; none for the group itself.
    pub document: Option<DocumentId>,
    /// The section, where the act is about one.
    pub section: Option<SectionId>,
    /// Who it is open to.
    pub exposure: Exposure,
    /// The disciplines the section names, or the one discipline of a cell.
    pub disciplines: Vec<Discipline>,
    /// Who wrote the revision or the comment in question, or declared the interest.
    pub author: Option<PersonId>,
    /// The seat a position is taken from.
    pub seat: Option<Seat>,
}

/// Who a thing is open to.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Exposure {
    /// Published for this audience.
    Published(Audience),
    /// A draft or a review; the audience is what the section would have once published.
    Draft(Audience),
    /// The group's own record, which anybody may know of.
    Open,
    /// Who holds a seat: for partners, the groups and the holder.
    Seat,
    /// Who was given which role on a document: for those who give and take them back.
    Roles,
}

impl Exposure {
    /// Who reads it once it is published; none of what never is.
    pub fn audience(self) -> Option<Audience> {
        match self {
            Self::Published(audience) | Self::Draft(audience) => Some(audience),
            Self::Open | Self::Seat | Self::Roles => None,
        }
    }
}

impl Thing {
    /// The group itself.
    pub fn group(group: GroupId) -> Self {
        Self {
            group,
            document: None,
            section: None,
            exposure: Exposure::Open,
            disciplines: vec![],
            author: None,
            seat: None,
        }
    }

    /// One seat.
    pub fn seat(seat: &Seat) -> Self {
        Self { exposure: Exposure::Seat, seat: Some(seat.clone()), ..Self::group(seat.group) }
    }

    /// A document, exposed as given.
    pub fn document(group: GroupId, document: DocumentId, exposure: Exposure) -> Self {
        Self { document: Some(document), exposure, ..Self::group(group) }
    }
}

/// An act as a type, so that a permit for one cannot pass for another.
pub trait ActKind {
    /// The act.
    const ACT: Act;
}

macro_rules! act_kinds {
    ($($name:ident)*) => {
        /// The acts as types, for [`Permit`].
        pub mod act {
            use super::{Act, ActKind};
            $(
                #[doc = concat!("See [`Act::", stringify!($name), "`].")]
                #[derive(Clone, Copy, Debug)]
                pub enum $name {}
                impl ActKind for $name {
                    const ACT: Act = Act::$name;
                }
            )*
        }
    };
}

act_kinds! {
    Comment SettleComment Revise ConfirmEditorial WriteChangeNote TakePosition Advise AcceptRequest DeclareAbsence AssignCells DeclareInterests
    WeighInterests RecordInstruction RunReview ManageSeats ManageGrants
    ManageClients Publish ImportDraft ImportPublished
}

/// Proof that an actor may do one act on one thing. Only [`permit`] makes one.
#[derive(Debug)]
pub struct Permit<A> {
    by: Option<PersonId>,
    machine: Option<(ClientId, OrganisationId)>,
    thing: Thing,
    act: PhantomData<A>,
}

impl<A> Permit<A> {
    /// The person who acts; none is the system itself, or a machine.
    pub fn by(&self) -> Option<PersonId> {
        self.by
    }

    /// Whoever comments; none is the system itself, which has nothing to say.
    pub fn commenter(&self) -> Option<Commenter> {
        let machine = self.machine.map(|(client, organisation)| Commenter::Client { client, organisation });
        self.by.map(Commenter::Person).or(machine)
    }

    /// What was checked, so that what is done is that and nothing else.
    pub fn thing(&self) -> &Thing {
        &self.thing
    }
}

/// Asks the rulebook, and gives the proof if it agrees.
pub fn permit<A: ActKind>(actor: &Actor, thing: Thing, now: Timestamp) -> Result<Permit<A>, Denied> {
    decide(actor, A::ACT, &thing, now)?;
    let machine = actor.client().map(|connected| (connected.client, connected.organisation));
    Ok(Permit { by: actor.person(), machine, thing, act: PhantomData })
}

#[cfg(test)]
mod tests;
