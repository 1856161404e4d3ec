//! The face: what clients may ask, and the only way to ask it.
//!
//! [`guard()`](guard::guard) turns a raw request into a [`GuardedRequest`](guard::GuardedRequest), and [`Api`](api::Api)
//! executes nothing else. Who is asking is settled before, in `http`; what they may see is settled behind, in the store.

pub mod answer;
pub mod api;
pub mod error;
pub mod guard;
#[cfg(test)]
pub(crate) mod stub;
