//! The second rendering of the rulebook: what an actor may read, as SQL (A4). A test compares it with `decide()`.

use sea_orm::{
    ColumnTrait, Condition, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::{Expr, ExprTrait, Query},
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
        .filter(Expr::col((edition::Entity, edition::Column::DocumentId)).equals((::entity::document::Entity, Column::Id)))
        .filter(edition::Column::State.ne("DRAFT"))
        .into_query();
    let drafts = Condition::any()
        .add(Column::GroupId.is_in(sight.groups().map(|group| group.0)))
        .add(Column::Id.is_in(sight.draft_documents().map(|document| document.0)));
    Condition::all().add(within_audience(sight)).add(Condition::any().add(Expr::exists(published)).add(drafts))
}

fn within_audience(sight: &Sight) -> Condition {
    use ::entity::document::Column;
    let outside = sight.outside_audience();
    let open = Audience::ALL.iter().filter(|audience| **audience >= outside).map(|audience| audience.word());
    Condition::any()
        .add(Column::Audience.is_in(open))
        .add(Column::GroupId.is_in(sight.groups().map(|group| group.0)))
        .add(Column::Id.is_in(sight.edited_documents().map(|document| document.0)))
}
