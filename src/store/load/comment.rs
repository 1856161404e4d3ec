//! Comments, with the document they are about and the organisation whose machine wrote one.

use sea_orm::{ConnectionTrait, FromQueryResult, QuerySelect, Select, prelude::Uuid, sea_query::Expr};

use crate::{
    domain::comment::Comment,
    store::{StoreError, row},
};

/// A comment with what other tables say of it.
#[derive(FromQueryResult)]
pub(in crate::store) struct CommentRow {
    #[sea_orm(nested)]
    pub(in crate::store) comment: ::entity::comment::Model,
    pub(in crate::store) document_id: Uuid,
    pub(in crate::store) organisation_id: Option<Uuid>,
}

/// The chosen comments.
pub(in crate::store) async fn comments(
    db: &impl ConnectionTrait,
    chosen: Select<::entity::comment::Entity>,
) -> Result<Vec<Comment>, StoreError> {
    let document = "(SELECT review.document_id FROM review WHERE review.id = comment.review_id)";
    let organisation = "(SELECT client.organisation_id FROM client WHERE client.id = comment.client_id)";
    let rows = chosen
        .expr_as(Expr::cust(document), "document_id")
        .expr_as(Expr::cust(organisation), "organisation_id")
        .into_model::<CommentRow>()
        .all(db)
        .await?;
    rows.into_iter().map(row::comment).collect()
}
