//! The second rendering of the rulebook: what an actor may read, as SQL (A4). A test compares it with `decide()`.

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait},
};

use crate::domain::{access::Sight, document::Audience};

/// The documents that exist for this sight: within their audience, and either published or open to it as drafts.
pub(super) fn documents(sight: &Sight) -> Condition {
    use ::entity::{document::Column, edition};
    if sight.is_everything() {
        return Condition::all();
    }
    let published = edition::Entity::find()
        .select_only()
        .column(edition::Column::Id)
        .filter(
            Expr::col((edition::Entity, edition::Column::DocumentId)).equals((::entity::document::Entity, Column::Id)),
        )
        .filter(edition::Column::State.ne("DRAFT"))
        .into_query();
    Condition::all().add(within_audience(sight)).add(Condition::any().add(Expr::exists(published)).add(drafts(sight)))
}

fn within_audience(sight: &Sight) -> Condition {
    use ::entity::document::Column;
    Condition::any().add(Column::Audience.is_in(open_audiences(sight))).add(whole_documents(sight))
}

/// The sections that are not narrower than this sight, by their own audience. A section under a hidden one is left out
/// where the tree is at hand.
pub(super) fn sections(sight: &Sight) -> Condition {
    use ::entity::placement::Column;
    if sight.is_everything() {
        return Condition::all();
    }
    Condition::any()
        .add(Column::Audience.is_null())
        .add(Column::Audience.is_in(open_audiences(sight)))
        .add(whole_documents(sight))
}

/// The documents whose drafts are open to this sight.
pub(super) fn drafts(sight: &Sight) -> Condition {
    use ::entity::document::Column;
    if sight.is_everything() {
        return Condition::all();
    }
    Condition::any()
        .add(Column::GroupId.is_in(sight.groups().map(|group| group.0)))
        .add(Column::Id.is_in(sight.draft_documents().map(|document| document.0)))
}

fn open_audiences(sight: &Sight) -> impl Iterator<Item = &'static str> {
    let outside = sight.outside_audience();
    Audience::ALL.iter().filter(move |audience| **audience >= outside).map(|audience| audience.word())
}

/// The documents that this sight reads whole.
fn whole_documents(sight: &Sight) -> Condition {
    use ::entity::document::Column;
    Condition::any()
        .add(Column::GroupId.is_in(sight.groups().map(|group| group.0)))
        .add(Column::Id.is_in(sight.edited_documents().map(|document| document.0)))
}
