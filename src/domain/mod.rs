//! What this product believes: words and rules, pure. Nothing here waits, reads a clock, or knows SQL or GraphQL.

pub mod access;
pub mod appointment;
pub mod directory;
pub mod document;
pub mod event;
pub mod id;
pub mod review;
pub mod role;
pub mod search;
pub mod text;
pub mod time;

#[cfg(test)]
pub(crate) mod testing;
