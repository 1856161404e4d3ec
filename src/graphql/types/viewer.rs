//! Who is asking.

use async_graphql::{Context, Object, Result};

use super::{Client, Contact, Notice, Person, Seat, Task};
use crate::{
    domain::access::Actor,
    graphql::{
        connection::{Connection, Paging},
        enums::Scope,
        loaders::{AClient, APerson, AReview},
        session::View,
    },
    store::Reader,
};

/// The viewer.
#[derive(Clone, Copy, Debug)]
pub struct Viewer;

/// Whoever sent this request, as this service knows them.
#[Object]
impl Viewer {
    /// Whether this is a person known here. A log-in that nobody was invited with is nobody.
    async fn is_signed_in(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(View::of(ctx)?.actor().person().is_some())
    }

    /// The person, if one is signed in.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        let view = View::of(ctx)?;
        let Some(person) = view.actor().person() else { return Ok(None) };
        Ok(view.find(APerson(person)).await?.map(Person))
    }

    /// The machine client, if one asks.
    async fn client(&self, ctx: &Context<'_>) -> Result<Option<Client>> {
        let view = View::of(ctx)?;
        let Some(client) = view.actor().client().map(|connected| connected.client) else { return Ok(None) };
        Ok(view.find(AClient(client)).await?.map(Client))
    }

    /// What the access token of the client opens, which may be less than it was registered for. Empty for people.
    async fn scopes(&self, ctx: &Context<'_>) -> Result<Vec<Scope>> {
        let view = View::of(ctx)?;
        let scopes = view.actor().client().map(|connected| connected.scopes.iter().map(Into::into).collect());
        Ok(scopes.unwrap_or_default())
    }

    /// Your seats that are held now, unless you ask for all.
    async fn seats(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Past and future ones too.", default = false)] all: bool,
    ) -> Result<Vec<Seat>> {
        let view = View::of(ctx)?;
        let seats = match view.actor() {
            Actor::Person(signed_in) => signed_in.seats.as_slice(),
            Actor::Anonymous | Actor::Client(_) | Actor::System => &[],
        };
        let wanted = seats.iter().filter(|seat| all || seat.term.covers(view.now()));
        Ok(wanted.cloned().map(Seat).collect())
    }

    /// How you are reached by letter, if a person is signed in. Nobody else reads this.
    async fn contact(&self, ctx: &Context<'_>) -> Result<Option<Contact>> {
        Ok(View::of(ctx)?.ask(Reader::contact).await?.map(Contact))
    }

    /// What you were told, newest first.
    async fn notices(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only those you have not marked as read.", default = false)] unread_only: bool,
        #[graphql(desc = "How many from the start, 0 to 100; 20 unless given.")] first: Option<i32>,
        #[graphql(desc = "Only what stands after this cursor.")] after: Option<String>,
        #[graphql(desc = "How many from the end, 0 to 100.")] last: Option<i32>,
        #[graphql(desc = "Only what stands before this cursor.")] before: Option<String>,
    ) -> Result<Connection<Notice>> {
        Connection::notices(&*View::of(ctx)?, unread_only, &Paging::new(first, after, last, before)?).await
    }

    /// What waits for you in open reviews: the oldest review first, then in reading order.
    async fn tasks(&self, ctx: &Context<'_>) -> Result<Vec<Task>> {
        let view = View::of(ctx)?;
        let Some(person) = view.actor().person() else { return Ok(vec![]) };
        let open = view.ask(Reader::open_reviews).await?;
        let reviews = view.list(open.into_iter().map(AReview).collect()).await?;
        view.give(reviews.iter().flat_map(|review| Task::all(review, person)).collect()).await
    }
}
