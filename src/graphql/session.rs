//! What resolvers find in a request: one actor's view of the store, and the loaders around it.
//!
//! A mutation changes what there is to see. It runs its command with [`Session::store`] and [`Session::actor`] and then
//! calls [`Session::refresh`]; every field resolved after that, in the payload too, reads what was written.

use std::sync::{
    Arc, PoisonError, RwLock,
    atomic::{AtomicUsize, Ordering},
};

use async_graphql::{Context, Result};

use super::{
    error::{Code, internal},
    loaders::{Key, Loaders},
};
use crate::{
    domain::{
        access::{Act, Actor, Denied, Obstacle, Thing, decide, obstacles, visible_to},
        time::Timestamp,
    },
    store::{Outlook, Reader, Store, StoreError},
};

/// Somebody using the service: who, and a view that may be replaced by a later one. One per request.
pub struct Session {
    store: Store,
    actor: Actor,
    /// Made when somebody looks.
    view: RwLock<Option<Arc<View>>>,
}

/// One actor's view of the store at one moment, with what was loaded so far.
pub struct View {
    reader: Reader,
    loaders: Loaders,
    /// How many things lists gave out so far.
    given: AtomicUsize,
}

/// The most things that the lists of one answer hold together. The guard weighs pages; it cannot know how long the plain
/// lists are, and a query that goes from a section to its edition and back multiplies them.
const LISTED_MAX: usize = 50_000;
/// After so many things others get a turn, and time limits are felt.
const LISTED_AT_ONCE: usize = 1_000;

impl Session {
    /// A session of `actor`, who sees what there is when the first thing is read.
    pub fn new(store: Store, actor: Actor) -> Self {
        Self { store: store.acting_as(actor.clone()), actor, view: RwLock::new(None) }
    }

    /// The store for this actor, for commands.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Who acts.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// What is seen now. Hold it for one resolver, not across a refresh.
    pub fn view(&self) -> Arc<View> {
        let seen = self.view.read().unwrap_or_else(PoisonError::into_inner).clone();
        match seen {
            Some(view) => view,
            None => {
                let mut view = self.view.write().unwrap_or_else(PoisonError::into_inner);
                Arc::clone(view.get_or_insert_with(|| Arc::new(View::new(self.store.reader(self.actor.clone())))))
            }
        }
    }

    /// How this actor sees the shelf, if it sees nothing else: those of one outlook are answered alike.
    pub(super) async fn outlook(&self) -> Option<Outlook> {
        let audience = visible_to(&self.actor, self.store.now()).readership()?;
        Some(Outlook { audience, epoch: self.store.believed_epoch().await? })
    }

    /// Looks again, and takes from memory what is there. For reading only: if the shelf is found to have moved meanwhile,
    /// the operation has to be begun again.
    pub(super) fn look_at_shelf(&self) {
        self.set(self.store.reader_at_shelf(self.actor.clone()));
    }

    /// Looks again, at the primary: for what was just written.
    pub fn refresh(&self) {
        self.look_as(self.actor.clone());
    }

    /// Looks again with what the actor holds by now: for whoever has been listening for a while.
    pub fn look_as(&self, actor: Actor) {
        self.set(self.store.fresh_reader(actor));
    }

    fn set(&self, reader: Reader) {
        *self.view.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(View::new(reader)));
    }

    /// The domain's now.
    pub fn now(&self) -> Timestamp {
        self.store.now()
    }

    /// Looks once more, in the same way.
    pub(super) fn look_anew(&self) {
        self.set(self.view().reader.anew());
    }

    /// Looks away: until the next look, no snapshot of the store is held.
    pub fn look_away(&self) {
        self.refresh();
    }

    /// The session of the request that is being answered.
    pub fn of<'a>(ctx: &Context<'a>) -> Result<&'a Self> {
        ctx.data::<Arc<Self>>().map(|session| &**session)
    }
}

impl View {
    fn new(reader: Reader) -> Self {
        Self { reader, loaders: Loaders::default(), given: AtomicUsize::new(0) }
    }

    /// What the request sees now.
    pub fn of(ctx: &Context<'_>) -> Result<Arc<Self>> {
        Ok(Session::of(ctx)?.view())
    }

    /// The store, for lists and for look-ups by name.
    pub fn reader(&self) -> &Reader {
        &self.reader
    }

    /// Asks the reader; and once more if the standby was lost meanwhile, for then the primary answers.
    pub(super) async fn ask<'a, T, F>(&'a self, question: impl Fn(&'a Reader) -> F) -> Result<T>
    where
        F: Future<Output = Result<T, StoreError>>,
    {
        // To ask the database takes room, which each field that might wait for it would else hold.
        match Box::pin(question(&self.reader)).await {
            Err(error) if self.reader.turns_to_primary(&error) => stored(Box::pin(question(&self.reader)).await),
            answer => stored(answer),
        }
    }

    /// Who looks.
    pub fn actor(&self) -> &Actor {
        self.reader.actor()
    }

    /// The moment that everything is judged by.
    pub fn now(&self) -> Timestamp {
        self.reader.now()
    }

    /// The same, for a question whose answer stays what it is until the moment that `change` tells.
    pub fn now_until(&self, change: impl FnOnce(Timestamp) -> Option<Timestamp>) -> Timestamp {
        self.reader.now_until(change)
    }

    /// Gives a list out, unless the answer has grown too large.
    pub async fn give<T>(&self, list: Vec<T>) -> Result<Vec<T>> {
        let before = self.given.fetch_add(list.len(), Ordering::Relaxed);
        let after = before + list.len();
        if after > LISTED_MAX {
            return Err(Code::QueryTooLarge.error("the answer would hold too many things: ask for less at once"));
        }
        if before / LISTED_AT_ONCE != after / LISTED_AT_ONCE {
            tokio::task::yield_now().await;
        }
        Ok(list)
    }

    /// How many things lists gave out so far.
    pub(super) fn given(&self) -> usize {
        self.given.load(Ordering::Relaxed)
    }

    /// Whether so many things more may be given out; then they are.
    pub(super) fn has_room_for(&self, things: usize) -> bool {
        let within = |given: usize| given.checked_add(things).filter(|given| *given <= LISTED_MAX);
        self.given.fetch_update(Ordering::Relaxed, Ordering::Relaxed, within).is_ok()
    }

    /// What keeps the viewer from this by the rulebook.
    pub fn obstacles(&self, act: Act, thing: &Thing) -> Vec<Obstacle> {
        obstacles(self.actor(), act, thing, self.now())
    }

    /// Whether the rulebook lets the viewer do this, now or once they have logged in anew: a client shows the button in
    /// either case, and sends them to their issuer when the act asks for it.
    pub fn can(&self, act: Act, thing: &Thing) -> bool {
        // Of nobody known it does not depend on the moment; of anybody else the answer is theirs alone.
        let now = self.now_until(|_| None);
        matches!(decide(self.actor(), act, thing, now), Ok(()) | Err(Denied::StepUp(_)))
    }

    /// The thing of one key, if it exists for the viewer.
    pub(super) async fn find<K: Key>(&self, key: K) -> Result<Option<K::Value>> {
        match K::at_hand(&self.reader, &key) {
            Some(known) => Ok(known),
            None => K::loader(&self.loaders).load_one(&self.reader, key).await.map_err(internal),
        }
    }

    /// The thing of one key that the database guarantees wherever its neighbour is seen.
    pub(super) async fn load<K: Key>(&self, key: K) -> Result<K::Value> {
        self.find(key).await?.ok_or_else(|| internal(Vanished))
    }

    /// The things of several keys that exist for the viewer, in the order of the keys.
    pub(super) async fn list<K: Key>(&self, keys: Vec<K>) -> Result<Vec<K::Value>> {
        let found = K::loader(&self.loaders).load_many(&self.reader, keys.iter().cloned()).await.map_err(internal)?;
        Ok(keys.iter().filter_map(|key| found.get(key).cloned()).collect())
    }
}

/// Something that was there when its neighbour was read is not there now, in one snapshot.
#[derive(Debug, thiserror::Error)]
#[error("failed to find what a row refers to")]
struct Vanished;

/// Turns a failure of the store into a fault that says nothing.
pub(super) fn stored<T>(result: Result<T, StoreError>) -> Result<T> {
    result.map_err(internal)
}
