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

use super::{answer::Answer, error::Code, guard::GuardedRequest};

/// How long a query may take.
pub const QUERY_TIME_MAX: Duration = Duration::from_secs(15);
/// How long a caller waits for a mutation. The mutation itself is bounded by the limits of its statements.
pub const MUTATION_TIME_MAX: Duration = Duration::from_secs(60);

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
        Self {
            engine: Arc::new(schema),
            mutations: TaskTracker::new(),
            query_time_max: QUERY_TIME_MAX,
            mutation_time_max: MUTATION_TIME_MAX,
        }
    }

    /// The same, for tests that will not wait that long.
    #[cfg(test)]
    pub(crate) fn impatient(self, time_max: Duration) -> Self {
        Self { query_time_max: time_max, mutation_time_max: time_max, ..self }
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

fn panicked(request_id: &str) -> Answer {
    tracing::error!(request_id, "a resolver panicked");
    Answer::fault(request_id)
}
