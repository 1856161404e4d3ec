//! The review proved against the rulebook: tables for the cases people talk about, and [`sequences`] for the others.

mod assignment;
mod cell;
mod conclusion;
mod gate;
mod ladder;
mod opening;
mod oracle;
mod participation;
mod position;
mod sequences;
mod staleness;
mod task;
mod timetable;
