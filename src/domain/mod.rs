//! What this product believes: words and rules, pure. Nothing here waits, reads a clock, or knows SQL or GraphQL.

pub mod document;
pub mod id;
pub mod role;
pub mod search;
pub mod text;
pub mod time;
