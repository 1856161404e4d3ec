//! Where listening begins.
//!
//! News says only where to look. Before each event the listener's seats and grants are read again and the thing is
//! looked up as in any query, so what they may not see any more ends the subscription without a word (A5). While it waits,
//! a listener holds no snapshot of the store: there may be many of them, and few connections.

use async_graphql::{Context, ID, Result, Subscription};
use futures_util::Stream;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::{
    error::{Code, internal},
    id::{decode_document_id, decode_review_id, not_found},
    loaders::{ADocument, AReview, Key},
    session::Session,
    types::{Document, Review},
};
use crate::{
    domain::{
        document::Audience,
        id::{DocumentId, ReviewId},
    },
    store::News,
};

/// Where listening begins. Each event is what a query at that moment would answer.
#[derive(Default)]
pub struct SubscriptionRoot;

/// Where listening begins. Each event is what a query at that moment would answer.
#[Subscription(name = "Subscription")]
impl SubscriptionRoot {
    /// The review, each time that a position is taken in it, its draft is edited, or its plan or state changes. Of acts on
    /// sections that are not for you nothing is heard.
    async fn review_changed<'ctx>(
        &self,
        ctx: &Context<'ctx>,
        #[graphql(desc = "Id of the review.")] review_id: ID,
    ) -> Result<impl Stream<Item = Result<Review>> + use<'ctx>> {
        let session = Session::of(ctx)?;
        let id = decode_review_id(&review_id).ok_or_else(not_found)?;
        let mut news = listen(session)?;
        look(session, AReview(id)).await?.ok_or_else(not_found)?;
        session.look_away();
        Ok(async_stream::try_stream! {
            while let Some(audience) = next_change(&mut news, id).await {
                match look(session, AReview(id)).await? {
                    Some(review) if audience >= review.seen().audience => yield Review(review),
                    Some(_) => {}
                    None => break,
                }
                session.look_away();
            }
        })
    }

    /// A document, each time that one of its editions enters or leaves force.
    async fn document_published<'ctx>(
        &self,
        ctx: &Context<'ctx>,
        #[graphql(desc = "Id of the only document of interest; all that you may read unless given.")]
        document_id: Option<ID>,
    ) -> Result<impl Stream<Item = Result<Document>> + use<'ctx>> {
        let session = Session::of(ctx)?;
        let only = document_id.map(|id| decode_document_id(&id).ok_or_else(not_found)).transpose()?;
        let mut news = listen(session)?;
        if let Some(id) = only {
            look(session, ADocument(id)).await?.ok_or_else(not_found)?;
            session.look_away();
        }
        Ok(async_stream::try_stream! {
            while let Some(id) = next_published(&mut news, only).await {
                if let Some(document) = look(session, ADocument(id)).await? {
                    yield Document(document);
                }
                session.look_away();
            }
        })
    }
}

/// Begins to hear news, if the rulebook lets the listener hear of acts at all.
fn listen(session: &Session) -> Result<Receiver<News>> {
    if !session.view().reader().hears() {
        return Err(Code::Forbidden.error("a client needs the scope events:read for this"));
    }
    Ok(session.store().news())
}

/// Reads again who the listener is and what they see of this.
async fn look<K: Key>(session: &Session, key: K) -> Result<Option<K::Value>> {
    let actor = session.store().actor_again(session.actor()).await.map_err(internal)?;
    session.look_as(actor);
    session.view().find(key).await
}

/// Waits for the next change of a review, and says who may know of it. News that was missed may have been of it, and for
/// everybody who reads the review.
async fn next_change(news: &mut Receiver<News>, id: ReviewId) -> Option<Audience> {
    loop {
        match news.recv().await {
            Ok(News::ReviewChanged { review, audience }) if review == id => return Some(audience),
            Ok(News::ReviewChanged { .. } | News::DocumentPublished(_)) => {}
            Err(RecvError::Lagged(_)) => return Some(Audience::Public),
            Err(RecvError::Closed) => return None,
        }
    }
}

/// Waits for the next document with news of its editions. Who listens to all of them and misses some hears the later.
async fn next_published(news: &mut Receiver<News>, only: Option<DocumentId>) -> Option<DocumentId> {
    loop {
        match (news.recv().await, only) {
            (Ok(News::DocumentPublished(id)), only) if only.is_none_or(|only| only == id) => return Some(id),
            (Err(RecvError::Lagged(_)), Some(only)) => return Some(only),
            (Err(RecvError::Closed), _) => return None,
            (Ok(News::DocumentPublished(_) | News::ReviewChanged { .. }) | Err(RecvError::Lagged(_)), _) => {}
        }
    }
}
