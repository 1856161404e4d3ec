//! Rows are believed only after conversion: columns that go together are matched together, and a combination that
//! cannot be is an error naming table, row and column, never a default.

mod absence;
mod ballot;
mod client;
mod contact;
mod directory;
mod document;
mod interest;
mod notice;
mod review;

pub(super) use absence::absence;
pub(super) use ballot::ballot;
pub(super) use client::{client, client_key};
pub(super) use contact::contact;
pub(super) use directory::{SeatRow, grant, grant_record, group, invitation, organisation, person, seat};
pub(super) use document::{
    DocumentRow, HeadRow, PlacementRow, RevisionRow, Versions, document, edition, placement, revision, revision_head,
    versioned_document,
};
pub(super) use interest::{interest, interest_action};
pub(super) use notice::notice;
pub(super) use review::{acceptance, assignment, comment, event, opinion, position, review};

use std::fmt::Display;

use super::StoreError;
use crate::domain::{
    document::{content::Digest, policy::Rules},
    text::Prose,
    time::PartialDate,
};

/// One row on its way to being believed.
struct Row<I> {
    table: &'static str,
    id: I,
}

impl<I: Display> Row<I> {
    fn refuse(&self, column: &str) -> StoreError {
        StoreError::unbelievable(self.table, &self.id, format_args!("column {column}"))
    }

    /// Reads one of our enumerated words.
    fn word<T>(&self, column: &str, text: &str, read: impl Fn(&str) -> Option<T>) -> Result<T, StoreError> {
        read(text).ok_or_else(|| self.refuse(column))
    }

    /// Reads what has a checked constructor.
    fn text<T, E>(&self, column: &str, made: Result<T, E>) -> Result<T, StoreError> {
        made.map_err(|_| self.refuse(column))
    }

    fn prose(&self, column: &str, text: Option<String>) -> Result<Option<Prose>, StoreError> {
        text.map(|text| self.text(column, Prose::new(text))).transpose()
    }

    fn date(&self, column: &str, text: &str) -> Result<PartialDate, StoreError> {
        self.text(column, text.parse())
    }

    fn count(&self, column: &str, number: i32) -> Result<u32, StoreError> {
        self.text(column, u32::try_from(number))
    }

    /// Rules that nobody wrote are the defaults.
    fn rules(&self, json: Option<&str>) -> Result<Rules, StoreError> {
        json.map_or(Ok(Rules::default()), |json| self.text("rules", serde_json::from_str(json)))
    }

    fn digest(&self, column: &str, bytes: &[u8]) -> Result<Digest, StoreError> {
        self.text(column, Digest::try_from(bytes))
    }
}
