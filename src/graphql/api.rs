//! The only holder of the schema, and so the only way to execute anything.
//!
//! It takes requests that passed the [guard](super::guard) and nothing else. Reading has a time limit and ends when the
//! caller goes away. Changing goes on in a task of its own: a client that vanishes in the middle of a transaction must
//! not decide how the transaction ends, and a shutdown waits for what was begun.

use std::{panic::AssertUnwindSafe, sync::Arc, time::Duration};

use async_graphql::{Data, ObjectType, Request, Response, Schema, SubscriptionType, parser::types::OperationType};
use futures_util::{
    FutureExt, StreamExt,
    future::BoxFuture,
    stream::{self, BoxStream},
};
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use super::{
    answer::Answer,
    error::{Code, Refusal},
    guard::{GuardedRequest, Operations, RawRequest},
    kept::{Asked, Kept, KeptAnswer, Recalled, Turn, Verbatim},
    session::Session,
};
use crate::domain::access::Actor;

/// How long a query may take.
pub const QUERY_TIME_MAX: Duration = Duration::from_secs(15);
/// How long a caller waits for a mutation. The mutation itself is bounded by the limits of its statements.
pub const MUTATION_TIME_MAX: Duration = Duration::from_secs(60);

/// How often a query is begun again because the shelf has moved.
const TRIES_AT_SHELF: usize = 3;

/// What comes of a query.
#[derive(Debug)]
pub enum Reply {
    /// An answer made for this request.
    Fresh(Answer),
    /// An answer for everybody who may ask this.
    Kept(Arc<KeptAnswer>),
}

/// What the schema can do, whatever its roots: the product's schema has one set, the transport's tests another.
trait Engine: Send + Sync {
    fn execute(&self, request: Request) -> BoxFuture<'static, Response>;
    fn stream(&self, request: Request) -> BoxStream<'static, Response>;
    fn sdl(&self) -> String;
}

impl<Q, M, S> Engine for Schema<Q, M, S>
where
    Q: ObjectType + 'static,
    M: ObjectType + 'static,
    S: SubscriptionType + 'static,
{
    fn execute(&self, request: Request) -> BoxFuture<'static, Response> {
        let schema = self.clone();
        async move { Schema::execute(&schema, request).await }.boxed()
    }

    fn stream(&self, request: Request) -> BoxStream<'static, Response> {
        self.execute_stream(request)
    }

    fn sdl(&self) -> String {
        Schema::sdl(self)
    }
}

/// Executes guarded requests.
#[derive(Clone)]
pub struct Api {
    engine: Arc<dyn Engine>,
    /// The same without asking what was proved before.
    proved: Arc<dyn Engine>,
    operations: Operations,
    kept: Kept,
    mutations: TaskTracker,
    query_time_max: Duration,
    mutation_time_max: Duration,
}

impl Api {
    /// Takes the schema in. Nobody else should keep one.
    pub fn new<Q, M, S>(schema: Schema<Q, M, S>) -> Self
    where
        Q: ObjectType + 'static,
        M: ObjectType + 'static,
        S: SubscriptionType + 'static,
    {
        let engine: Arc<dyn Engine> = Arc::new(schema);
        Self {
            proved: Arc::clone(&engine),
            engine,
            operations: Operations::new(),
            kept: Kept::new(),
            mutations: TaskTracker::new(),
            query_time_max: QUERY_TIME_MAX,
            mutation_time_max: MUTATION_TIME_MAX,
        }
    }

    /// Takes in another schema of the same types, which does not validate again what the first let pass.
    pub fn with_proved<Q, M, S>(self, schema: Schema<Q, M, S>) -> Self
    where
        Q: ObjectType + 'static,
        M: ObjectType + 'static,
        S: SubscriptionType + 'static,
    {
        Self { proved: Arc::new(schema), ..self }
    }

    /// The same, for tests that will not wait that long.
    #[cfg(test)]
    pub(crate) fn impatient(self, time_max: Duration) -> Self {
        Self { query_time_max: time_max, mutation_time_max: time_max, ..self }
    }

    /// Lets a request through if it is GraphQL, within all limits, and costs at most `complexity_max`.
    pub fn guard(&self, raw: RawRequest, complexity_max: u64) -> Result<GuardedRequest, Refusal> {
        self.operations.guard(raw, complexity_max)
    }

    /// The answers kept whole.
    pub fn kept(&self) -> &Kept {
        &self.kept
    }

    /// Answers a query of `session`, from what is kept if that may be. Resolvers of queries find nothing but the session and
    /// the parts kept in their context, so that a query can be begun again.
    pub async fn answer(&self, request: GuardedRequest, session: &Arc<Session>, request_id: &str) -> Reply {
        let asked = asked(request.fingerprint(), session).await;
        if let Some(kept) = asked.and_then(|asked| self.kept.find(&asked, session.now())) {
            return Reply::Kept(kept);
        }
        let answering = async {
            let Some(asked) = asked else { return Reply::Fresh(self.query(&request, session, request_id).await) };
            let turn = match request.is_worth_waiting_for() {
                true => match self.kept.find_or_turn(&asked).await {
                    Ok(kept) => return Reply::Kept(kept),
                    Err(turn) => Some(turn),
                },
                false => None,
            };
            self.answer_from_shelf(&request, session, request_id, &asked, turn).await
        };
        match tokio::time::timeout(self.query_time_max, answering).await {
            Ok(reply) => reply,
            Err(_) => Reply::Fresh(Answer::refused(Code::Timeout, "the query took too long")),
        }
    }

    /// The answer to a query of `session`, if it is kept.
    pub async fn kept_answer(&self, request: &GuardedRequest, session: &Session) -> Option<Arc<KeptAnswer>> {
        if request.kind() != OperationType::Query {
            return None;
        }
        self.kept.find(&asked(request.fingerprint(), session).await?, session.now())
    }

    /// The answer to a query of `session` that was told before to the same bytes, if it is kept and costs no more than
    /// `complexity_max`: nothing in them is read again.
    pub async fn kept_answer_to(
        &self,
        verbatim: &Verbatim,
        session: &Session,
        complexity_max: u64,
    ) -> Option<Arc<KeptAnswer>> {
        let recalled = self.kept.recall(verbatim).filter(|recalled| recalled.complexity <= complexity_max)?;
        self.kept.find(&asked(recalled.operation, session).await?, session.now())
    }

    /// Remembers which query stood in these bytes, whose answer is kept.
    pub fn remember(&self, verbatim: Verbatim, request: &GuardedRequest) {
        let recalled = Recalled { operation: request.fingerprint(), complexity: request.complexity() };
        self.kept.remember(verbatim, recalled);
    }

    /// Executes a query, from memory as far as that goes, and keeps the answer if that may be.
    async fn answer_from_shelf(
        &self,
        request: &GuardedRequest,
        session: &Arc<Session>,
        request_id: &str,
        asked: &Asked,
        turn: Option<Turn<'_>>,
    ) -> Reply {
        for _ in 0..TRIES_AT_SHELF {
            session.look_at_shelf();
            let answer = self.query(request, session, request_id).await;
            let view = session.view();
            if view.reader().has_moved() {
                continue;
            }
            let kept = self.kept.keep(asked, turn, &answer, view.reader());
            request.note_kept(kept.is_some());
            return kept.map_or(Reply::Fresh(answer), Reply::Kept);
        }
        // It moves faster than we read. In the database there is one moment for all that is asked.
        session.refresh();
        Reply::Fresh(self.query(request, session, request_id).await)
    }

    /// Executes a query. What the schema has let pass before is not validated again, unless something goes wrong: then
    /// what is said about it has to be what is always said.
    async fn query(&self, request: &GuardedRequest, session: &Arc<Session>, request_id: &str) -> Answer {
        let data = || {
            let mut data = Data::default();
            data.insert(Arc::clone(session));
            data.insert(self.kept.parts().clone());
            data
        };
        if request.is_proved() {
            let response = AssertUnwindSafe(self.proved.execute(request.again().into_request(data()))).catch_unwind();
            match response.await {
                Ok(response) if response.errors.is_empty() => return Answer::of(response, request_id),
                // If the shelf has moved, it is begun again in any case.
                Ok(_) if session.view().reader().has_moved() => return Answer::fault(request_id),
                Ok(_) => session.look_anew(),
                Err(_) => return panicked(request_id),
            }
        }
        let response = AssertUnwindSafe(self.engine.execute(request.again().into_request(data()))).catch_unwind();
        match response.await {
            Ok(_) if session.view().reader().has_moved() => Answer::fault(request_id),
            Ok(response) => {
                let answer = Answer::of(response, request_id);
                if matches!(answer, Answer::Executed { .. }) {
                    request.prove();
                }
                answer
            }
            Err(_) => panicked(request_id),
        }
    }

    /// Executes a query or a mutation. `data` is what resolvers find in their context; `request_id` is what a caller
    /// is told about a fault.
    pub async fn execute(&self, request: GuardedRequest, data: Data, request_id: &str) -> Answer {
        let kind = request.kind();
        let id = request_id.to_owned();
        let run = run(self.engine.execute(request.into_request(data)), id);
        match kind {
            OperationType::Query => match tokio::time::timeout(self.query_time_max, run).await {
                Ok(answer) => answer,
                Err(_) => Answer::refused(Code::Timeout, "the query took too long"),
            },
            OperationType::Mutation => {
                let task = self.mutations.spawn(run.in_current_span());
                match tokio::time::timeout(self.mutation_time_max, task).await {
                    Ok(Ok(answer)) => answer,
                    Ok(Err(_)) => Answer::fault(request_id),
                    Err(_) => Answer::refused(Code::Timeout, "the change took too long, and may still be made"),
                }
            }
            OperationType::Subscription => Answer::refused(Code::BadRequest, "subscriptions are served over WebSocket"),
        }
    }

    /// Follows a subscription. It ends when the stream is dropped, or after the first refusal.
    pub fn subscribe(&self, request: GuardedRequest, data: Data, request_id: &str) -> BoxStream<'static, Answer> {
        let id = request_id.to_owned();
        let answers = AssertUnwindSafe(self.engine.stream(request.into_request(data))).catch_unwind();
        answers
            .map(move |response| match response {
                Ok(response) => Answer::of(response, &id),
                Err(_) => panicked(&id),
            })
            // A refusal is the last thing to say about a subscription.
            .scan(false, |is_over, answer| {
                let was_over = std::mem::replace(is_over, answer.refusal().is_some());
                std::future::ready((!was_over).then_some(answer))
            })
            .boxed()
    }

    /// One answer as a stream, so that a socket can treat all operations alike.
    pub fn stream(&self, request: GuardedRequest, data: Data, request_id: String) -> BoxStream<'static, Answer> {
        match request.kind() {
            OperationType::Subscription => self.subscribe(request, data, &request_id),
            OperationType::Query | OperationType::Mutation => {
                let api = self.clone();
                stream::once(async move { api.execute(request, data, &request_id).await }).boxed()
            }
        }
    }

    /// Waits until every mutation that was begun has ended. For the end of the process, after the last request.
    pub async fn finish_mutations(&self) {
        self.mutations.close();
        self.mutations.wait().await;
    }

    /// The schema in its own language.
    pub fn sdl(&self) -> String {
        self.engine.sdl()
    }
}

async fn run(response: BoxFuture<'static, Response>, request_id: String) -> Answer {
    match AssertUnwindSafe(response).catch_unwind().await {
        Ok(response) => Answer::of(response, &request_id),
        Err(_) => panicked(&request_id),
    }
}

async fn asked(operation: [u8; 32], session: &Session) -> Option<Asked> {
    let outlook = session.outlook().await?;
    let is_anonymous = *session.actor() == Actor::Anonymous;
    Some(Asked { outlook, is_anonymous, operation })
}

fn panicked(request_id: &str) -> Answer {
    tracing::error!(request_id, "a resolver panicked");
    Answer::fault(request_id)
}
