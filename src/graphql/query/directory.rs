//! Groups and organisations.

use async_graphql::{Context, ID, Object, Result};

use crate::graphql::{
    connection::{Connection, Paging},
    enums::OrganisationKind,
    error::Code,
    id::decode_group_id,
    loaders::AGroup,
    session::View,
    types::{Group, Organisation},
};

/// Roots about who is who.
#[derive(Default)]
pub(super) struct Directory;

/// Groups and organisations.
#[Object]
impl Directory {
    /// An expert group, by its slug or by its id.
    async fn group(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its name in links.")] slug: Option<String>,
        #[graphql(desc = "Its id.")] id: Option<ID>,
    ) -> Result<Option<Group>> {
        let view = View::of(ctx)?;
        let found = match (slug, id) {
            (Some(slug), None) => view.ask(|reader| reader.group_by_slug(&slug)).await?,
            (None, Some(id)) => match decode_group_id(&id) {
                Some(id) => view.find(AGroup(id)).await?,
                None => None,
            },
            (Some(_), Some(_)) | (None, None) => return Err(Code::BadUserInput.error("give either slug or id")),
        };
        Ok(found.map(Group))
    }

    /// The directory of organisations, by name.
    async fn organisations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those of this kind.")] kind: Option<OrganisationKind>,
        #[graphql(desc = "How many from the start, 0 to 100; 20 unless given.")] first: Option<i32>,
        #[graphql(desc = "Only what stands after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what stands before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Organisation>> {
        let paging = Paging::new(first, after, last, before)?;
        Connection::organisations(&*View::of(ctx)?, kind.map(Into::into), &paging).await
    }
}
