//! How each problem of the domain is told to clients, one family per file. Every variant is matched by name, so that a
//! new problem does not compile until somebody has given it a code.

mod absence;
mod appointment;
mod assignment;
mod ballot;
mod client;
mod comment;
mod conclusion;
mod contact;
mod draft;
mod import;
mod interest;
mod invitation;
mod never;
mod opening;
mod opinion;
mod position;
mod request;
mod text;

pub(super) use conclusion::concluding;
pub(super) use draft::naming;
pub(super) use text::{optional_key, optional_text, text, whole_number};
