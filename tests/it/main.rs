//! The integration tests: the product through its front door, on both databases. One binary, for linking is most of the
//! loop's time; one file for each feature, and the harness they stand on.

#![expect(
    clippy::expect_used,
    clippy::panic,
    reason = "all of this binary is tests; the lints see only marked functions"
)]

mod acts;
mod audit;
mod constraints;
mod crash;
mod extracts;
mod grid;
mod harness;
mod hostile;
mod invitations;
mod kept;
mod leaks;
mod letters;
mod listening;
mod machines;
mod manuscripts;
mod mutations;
mod once;
mod openid;
mod operating;
mod papers;
mod presence;
mod race;
mod reading;
mod refusals;
mod reminders;
mod replay;
mod replicas;
mod search;
mod secrets;
mod subtrees;
mod tidy;
mod tokens;
mod visible;
