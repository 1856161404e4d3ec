//! Machine clients of partner organisations, as a partner meets them: registered, given tokens, reading, revoked.

mod endpoint;
mod forged;
pub(crate) mod partner;
mod published;
mod reading;
mod registering;
mod replayed;
mod revoked;
mod script;
