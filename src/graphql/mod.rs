//! The face: what clients may ask, wrapped around domain values.
//!
//! Types and roots only name and arrange; what is true is computed by the domain, what may be seen is settled in the
//! store's `Reader`. There is no SQL here and no rule.

pub mod connection;
pub mod enums;
pub mod error;
pub mod examined;
pub mod id;
mod loaders;
pub mod query;
pub mod scalar;
pub mod session;
#[cfg(test)]
mod tests;
pub mod tree;
pub mod types;
