//! A mutation that is sent twice with one idempotency key acts once.
//!
//! ```text
//! key, hash of the request ──> running here? ──> done before with another request? ──> execution
//!                                                       each field: store::Once, bound to the act's own transaction
//! ```
//!
//! Each mutation field of a request is an act of its own, known by the actor, the key and the name of the field in the
//! answer. A repeat finds what came of the act and reads it back, with what the actor may see by then; a field that was
//! not done the first time is done now.

use std::{
    any::TypeId,
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use async_graphql::{Context, Data};
use serde_json::json;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{guard::RawRequest, session::Session};
use crate::store;

/// An idempotency key, bound to the request that it came with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Once {
    key: String,
    request: [u8; 32],
}

impl Once {
    /// Binds a key to what is asked for: the document, the name of its operation and the variables.
    pub fn new(key: String, request: &RawRequest) -> Self {
        let RawRequest { query, operation_name, variables } = request;
        let asked = json!([query, operation_name, variables]);
        let canonical = serde_json_canonicalizer::to_vec(&asked).unwrap_or_else(|_| asked.to_string().into_bytes());
        Self { key, request: Sha256::digest(canonical).into() }
    }
}

/// Why a request with a key is not executed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
pub enum NotOnce {
    /// The key belongs to something else.
    #[error("this Idempotency-Key was used for another request: use a new one")]
    OtherRequest,
    /// The first request has not ended.
    #[error("the request that this Idempotency-Key was first sent with has not ended: try again soon")]
    Running,
    /// It cannot be told.
    #[error("it cannot be told at the moment what was done with this Idempotency-Key")]
    Unavailable,
}

/// The keys of requests that are under way in this process.
#[derive(Clone, Default, Debug)]
pub struct Running(Arc<Mutex<Keys>>);

/// The hash of the request that each actor's key is in use for.
type Keys = HashMap<(Uuid, String), [u8; 32]>;

/// A key in use: free again when this is dropped, with the request.
struct InUse {
    once: Once,
    actor: Uuid,
    running: Running,
}

impl Drop for InUse {
    fn drop(&mut self) {
        let mut running = self.running.0.lock().unwrap_or_else(PoisonError::into_inner);
        running.remove(&(self.actor, self.once.key.clone()));
    }
}

/// Lets a request with a key through to execution, unless another with that key is running or was something else.
/// Somebody unknown can do nothing, once or twice.
pub async fn admit(running: &Running, data: &mut Data, once: Once) -> Result<(), NotOnce> {
    let session = data.get(&TypeId::of::<Arc<Session>>()).and_then(|session| session.downcast_ref::<Arc<Session>>());
    let Some((session, actor)) = session.and_then(|session| Some((session, session.actor().identity()?))) else {
        return Ok(());
    };
    {
        let mut keys = running.0.lock().unwrap_or_else(PoisonError::into_inner);
        match keys.get(&(actor, once.key.clone())) {
            Some(request) if *request == once.request => return Err(NotOnce::Running),
            Some(_) => return Err(NotOnce::OtherRequest),
            None => keys.insert((actor, once.key.clone()), once.request),
        };
    }
    let in_use = InUse { once, actor, running: running.clone() };
    let known = session.store().request_of_key(actor, &in_use.once.key).await.map_err(|error| {
        tracing::error!(error = &error as &dyn std::error::Error, "failed to look an idempotency key up");
        NotOnce::Unavailable
    })?;
    if known.is_some_and(|request| request != in_use.once.request) {
        return Err(NotOnce::OtherRequest);
    }
    data.insert(in_use);
    Ok(())
}

/// What the store must know of the key for the mutation field that is being resolved, if there is a key.
pub(super) fn of_field(ctx: &Context<'_>) -> Option<store::Once> {
    let in_use = ctx.data_opt::<InUse>()?;
    Some(store::Once {
        actor: in_use.actor,
        key: in_use.once.key.clone(),
        field: ctx.item.node.response_key().node.to_string(),
        request: in_use.once.request,
    })
}
