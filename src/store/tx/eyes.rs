//! What exists for whoever a transaction acts for. It finds nothing else, so a refusal takes as long as a look-up of
//! something that is not there, and waits for no lock (A2). What may be done with what is found is the rulebook's to say.

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait};

use crate::{
    domain::{
        access::{Act, Actor, Sight, Thing, decide, visible_to},
        document::Document,
        id::GroupId,
        time::Timestamp,
    },
    store::visible,
};

/// The sight of an actor, who acts with it.
pub(super) struct Eyes {
    sight: Sight,
    /// The groups whose roles on documents they give and take back.
    managed: Vec<GroupId>,
    actor: Actor,
}

impl Eyes {
    pub(super) fn of(actor: Actor, now: Timestamp) -> Self {
        let manages = |group: &GroupId| decide(&actor, Act::ManageGrants, &Thing::group(*group), now).is_ok();
        let managed = actor.seats(now).map(|seat| seat.group).filter(manages).collect();
        Self { sight: visible_to(&actor, now), managed, actor }
    }

    /// Rows of documents that exist for the actor.
    pub(super) fn documents(&self) -> Condition {
        visible::documents(&self.sight)
    }

    /// Rows of documents whose drafts and reviews exist for the actor.
    pub(super) fn drafts(&self) -> Condition {
        self.documents().add(visible::drafts(&self.sight))
    }

    /// Rows whose `column` names a document that exists for the actor.
    pub(super) fn of_documents(&self, column: impl ColumnTrait) -> Condition {
        self.among(column, self.documents())
    }

    /// Rows whose `column` names a document whose drafts and reviews exist for the actor.
    pub(super) fn of_drafts(&self, column: impl ColumnTrait) -> Condition {
        self.among(column, self.drafts())
    }

    /// Rows whose `column` names a document on which the actor gives roles and takes them back.
    pub(super) fn of_managed(&self, column: impl ColumnTrait) -> Condition {
        let groups = self.managed.iter().map(|group| group.0);
        self.among(column, self.documents().add(::entity::document::Column::GroupId.is_in(groups)))
    }

    /// Rows of clients that exist for the actor: those of the groups whose roles they manage, and so whose clients.
    pub(super) fn clients(&self) -> Condition {
        if self.sight.is_everything() {
            return Condition::all();
        }
        let groups = self.managed.iter().map(|group| group.0);
        Condition::all().add(::entity::client::Column::GroupId.is_in(groups))
    }

    /// Rows of seats that exist for the actor: their own, and for partners and the groups all.
    pub(super) fn seats(&self) -> Condition {
        if self.sight.is_partner() {
            return Condition::all();
        }
        let own = self.actor.person().map(|person| person.0);
        Condition::all().add(::entity::seat::Column::PersonId.is_in(own))
    }

    /// Whether the draft of a document that was found exists for the actor.
    pub(super) fn see_draft(&self, document: &Document) -> bool {
        self.sight.drafts(document.group, document.id)
    }

    fn among(&self, column: impl ColumnTrait, documents: Condition) -> Condition {
        use ::entity::document::{Column, Entity};
        if self.sight.is_everything() {
            return Condition::all();
        }
        let seen = Entity::find().select_only().column(Column::Id).filter(documents).into_query();
        Condition::all().add(column.in_subquery(seen))
    }
}
