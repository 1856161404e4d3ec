//! Reads back what a mutation changed, as things stand after it.

use std::sync::Arc;

use async_graphql::{Context, ID, Result};

use crate::{
    domain::{
        document::revision::Revision,
        id::{
            ClientId, CommentId, DocumentId, EditionId, GroupId, InterestId, InvitationId, PositionId, ReviewId,
            SeatId, SectionId,
        },
        review::{opening::is_draft, position},
    },
    graphql::{
        id::GlobalId,
        loaders::{
            AClient, AComment, ADocument, AReview, ASeat, AnEdition, EditionsOf, InterestsOf, InvitationsOf, Key,
            TreeOf,
        },
        once,
        session::View,
        types::{Client, Comment, Document, Edition, Interest, Invitation, Position, Review, Seat, Section},
    },
    store::EditionTree,
};

/// The thing changed, for a payload. Null if nothing was changed, or if the actor may not read the thing. If reading
/// fails, that is an error of this field alone: the change was made all the same.
pub(super) type Changed<T> = Option<Result<T>>;

/// A document.
pub(super) async fn document(ctx: &Context<'_>, id: Option<DocumentId>) -> Changed<Document> {
    Some(find(ctx, ADocument(id?)).await?.map(Document))
}

/// An edition.
pub(super) async fn edition(ctx: &Context<'_>, id: Option<EditionId>) -> Changed<Edition> {
    Some(find(ctx, AnEdition(id?)).await?.map(Edition))
}

/// A seat.
pub(super) async fn seat(ctx: &Context<'_>, id: Option<SeatId>) -> Changed<Seat> {
    Some(find(ctx, ASeat(id?)).await?.map(Seat))
}

/// An entry of the register of interests.
pub(super) async fn interest(ctx: &Context<'_>, key: Option<(GroupId, InterestId)>) -> Changed<Interest> {
    let (group, id) = key?;
    let found = find(ctx, InterestsOf(group)).await?;
    found.map(|found| found.into_iter().find(|entry| entry.interest.id == id).map(Interest)).transpose()
}

/// An invitation of a group.
pub(super) async fn invitation(ctx: &Context<'_>, group: GroupId, id: InvitationId) -> Changed<Invitation> {
    let found = find(ctx, InvitationsOf(group)).await?;
    found.map(|found| found.into_iter().find(|found| found.id == id).map(Invitation)).transpose()
}

/// A client.
pub(super) async fn client(ctx: &Context<'_>, id: Option<ClientId>) -> Changed<Client> {
    Some(find(ctx, AClient(id?)).await?.map(Client))
}

/// A review.
pub(super) async fn review(ctx: &Context<'_>, id: Option<ReviewId>) -> Changed<Review> {
    Some(find(ctx, AReview(id?)).await?.map(Review))
}

/// The edition that a concluded review made.
pub(super) async fn edition_of(ctx: &Context<'_>, review: &Changed<Review>) -> Changed<Edition> {
    let review = review.as_ref()?.as_ref().ok()?;
    edition(ctx, review.0.facts().review.draft).await
}

/// A position that was just taken. Whoever took it was permitted to, a moment ago, so nothing need be read again; but with
/// a key it may be a repeat of long ago, and is looked for with the eyes of now (A5).
pub(super) async fn position(
    ctx: &Context<'_>,
    review: ReviewId,
    taken: Option<position::Position>,
) -> Changed<Position> {
    let taken = taken?;
    if once::of_field(ctx).is_none() {
        return Some(Ok(Position::just_taken(review, taken)));
    }
    let review = find(ctx, AReview(review)).await?;
    review.map(|review| Position::find(&review, taken.id)).transpose()
}

/// A position of a review, as it stands now.
pub(super) async fn position_of(ctx: &Context<'_>, review: ReviewId, id: PositionId) -> Changed<Position> {
    let review = find(ctx, AReview(review)).await?;
    review.map(|review| Position::find(&review, id)).transpose()
}

/// A comment of a review.
pub(super) async fn comment(ctx: &Context<'_>, key: Option<(ReviewId, CommentId)>) -> Changed<Comment> {
    Some(find(ctx, AComment(key?)).await?.map(Comment))
}

/// A section in the draft of a document.
pub(super) async fn section(ctx: &Context<'_>, document: DocumentId, id: Option<SectionId>) -> Changed<Section> {
    let id = id?;
    let draft = draft_of(ctx, document).await.transpose()?;
    draft.map(|tree| Section::find(&tree, id)).transpose()
}

/// A section in the draft, where the input named it as it stands in some edition of the document.
pub(super) async fn section_near(ctx: &Context<'_>, near: EditionId, id: Option<SectionId>) -> Changed<Section> {
    let id = id?;
    let draft = draft_near(ctx, near).await.transpose()?;
    draft.map(|tree| Section::find(&tree, id)).transpose()
}

/// The text of a section in the draft, named likewise, as far as the actor sees it.
pub(super) async fn text_in_draft(ctx: &Context<'_>, near: EditionId, section: SectionId) -> Result<Option<Revision>> {
    let Some(tree) = draft_near(ctx, near).await? else { return Ok(None) };
    Ok(tree.position(section).map(|at| tree.revision(at).clone()))
}

/// What the opaque id of a section names.
pub(super) fn section_in_edition(id: &ID) -> Option<(EditionId, SectionId)> {
    let Some(GlobalId::Section(edition, section)) = GlobalId::decode(id) else { return None };
    Some((edition, section))
}

async fn draft_near(ctx: &Context<'_>, near: EditionId) -> Result<Option<Arc<EditionTree>>> {
    let Some(edition) = View::of(ctx)?.find(AnEdition(near)).await? else { return Ok(None) };
    draft_of(ctx, edition.document).await
}

async fn draft_of(ctx: &Context<'_>, document: DocumentId) -> Result<Option<Arc<EditionTree>>> {
    let view = View::of(ctx)?;
    let editions = view.find(EditionsOf(document)).await?.unwrap_or_default();
    let Some(draft) = editions.iter().find(|edition| is_draft(edition)) else { return Ok(None) };
    view.find(TreeOf(draft.id)).await
}

async fn find<K: Key>(ctx: &Context<'_>, key: K) -> Changed<K::Value> {
    match View::of(ctx) {
        Ok(view) => view.find(key).await.transpose(),
        Err(error) => Some(Err(error)),
    }
}
