//! What an actor may read, as a value that the store turns into SQL (A2 to A4).

use std::collections::BTreeSet;

use super::Actor;
use crate::domain::{
    client::Scope,
    document::Audience,
    id::{DocumentId, GroupId},
    role::{GrantRole, Office},
    time::Timestamp,
};

/// All that an actor may read, at one moment.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Sight {
    everything: bool,
    partner: bool,
    history: bool,
    groups: BTreeSet<GroupId>,
    drafts: BTreeSet<DocumentId>,
    edits: BTreeSet<DocumentId>,
}

/// The reading half of the rulebook.
pub fn visible_to(actor: &Actor, now: Timestamp) -> Sight {
    let granted = |at_least: GrantRole| {
        actor.grants().iter().filter(move |grant| grant.role >= at_least).map(|grant| grant.document).collect()
    };
    let affiliated = match actor {
        Actor::Person(signed_in) => signed_in.organisation.is_some() || !signed_in.grants.is_empty(),
        Actor::Client(connected) => connected.scopes.contains(Scope::AdviceRead),
        Actor::Anonymous | Actor::System => false,
    };
    let client = actor.client();
    Sight {
        everything: matches!(actor, Actor::System),
        history: client.is_none_or(|connected| connected.scopes.contains(Scope::EventsRead)),
        partner: affiliated || actor.seats(now).next().is_some(),
        groups: actor.seats(now).filter(|seat| reads_drafts(seat.post.office())).map(|seat| seat.group).collect(),
        drafts: match client {
            Some(connected) => connected.draft_documents().collect(),
            None => granted(GrantRole::Reader),
        },
        edits: granted(GrantRole::Editor),
    }
}

/// The table is silent on observers, and silence denies (A1): they read what partners read.
fn reads_drafts(office: Office) -> bool {
    match office {
        Office::Chair | Office::ViceChair | Office::Member | Office::Adviser | Office::Secretariat => true,
        Office::Observer => false,
    }
}

impl Sight {
    /// The narrowest audience the actor belongs to for this document: whatever is at least as wide may be read.
    pub fn audience(&self, group: GroupId, document: DocumentId) -> Audience {
        if self.everything || self.groups.contains(&group) || self.edits.contains(&document) {
            Audience::Group
        } else {
            self.outside_audience()
        }
    }

    /// The narrowest audience the actor belongs to where no seat or grant says more.
    pub fn outside_audience(&self) -> Audience {
        if self.partner { Audience::Partners } else { Audience::Public }
    }

    /// Whether drafts and reviews of this document may be read.
    pub fn drafts(&self, group: GroupId, document: DocumentId) -> bool {
        self.everything || self.groups.contains(&group) || self.drafts.contains(&document)
    }

    /// The audience whose every member reads the same as this actor: nothing but what is published to it. None if a seat
    /// or a role shows more, or a client is shown less.
    pub fn readership(&self) -> Option<Audience> {
        let Self { everything, partner: _, history, groups, drafts, edits } = self;
        let sees_more = *everything || !groups.is_empty() || !drafts.is_empty() || !edits.is_empty();
        (*history && !sees_more).then(|| self.outside_audience())
    }

    /// Whether nothing is hidden.
    pub fn is_everything(&self) -> bool {
        self.everything
    }

    /// Whether the people behind seats and organisations may be read.
    pub fn is_partner(&self) -> bool {
        self.partner || self.everything
    }

    /// Whether the record of acts may be read, of what may be read. Only of a client more is asked.
    pub fn history(&self) -> bool {
        self.history
    }

    /// Groups whose drafts may be read.
    pub fn groups(&self) -> impl Iterator<Item = GroupId> + '_ {
        self.groups.iter().copied()
    }

    /// Further documents whose drafts may be read.
    pub fn draft_documents(&self) -> impl Iterator<Item = DocumentId> + '_ {
        self.drafts.iter().copied()
    }

    /// Further documents whose GROUP texts may be read.
    pub fn edited_documents(&self) -> impl Iterator<Item = DocumentId> + '_ {
        self.edits.iter().copied()
    }
}
