//! Forward-only migrations, for SQLite and PostgreSQL with one behaviour.
//!
//! The schema states every rule that a row or its neighbours can show: what is unique, which values go together, what is
//! never changed once written. The rules that need a person, a clock or a text are the domain's. Each rule has a name
//! that starts with its table; [`violated_rule`] gives that name back from an error of either database.
//!
//! - Uniqueness over plain columns, primary keys included, is named `<table>_<columns>`: `section_document_id_key`.
//! - Anything else is named in words: `edition_one_draft`, `position_objection_has_reason`.
//!
//! Migrations are never edited once released. Old code may run against the new schema, so a change expands first and
//! contracts in a later release; there is no `down`.

mod ddl;
mod m20261123_000001_directory;
mod m20261123_000002_documents;
mod m20261123_000003_texts;
mod m20261123_000004_editions;
mod m20261123_000005_reviews;
mod m20261123_000006_events;
mod m20261123_000007_search;
mod m20261125_000010_succession;
mod m20261125_000011_history;
mod m20261125_000020_invitations;
mod m20261125_000025_clients;
mod m20261125_000026_client_roles;
mod m20261125_000030_keys;
mod m20261125_000040_versions;
mod m20261125_000041_news;
mod m20261125_000042_shelf;
mod m20261125_000043_paths;
mod m20261125_000045_rules;
mod m20261125_000046_notices;
mod m20261125_000047_kinds;
mod m20261125_000050_comments;
mod m20261125_000070_opinions;
mod m20261125_000076_letters;
mod m20261125_000077_more_time;
mod m20261125_000078_ballots;
mod m20261125_000080_absences;
mod m20261125_000081_interim;
mod m20261125_000082_leads;
mod m20261125_000083_decisive_positions;
mod m20261125_000084_interests;
mod m20261125_000085_assignments;
mod rule;

pub use rule::violated_rule;
pub use sea_orm_migration::prelude::*;

/// All migrations of Consilium, in order.
#[derive(Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261123_000001_directory::Migration),
            Box::new(m20261123_000002_documents::Migration),
            Box::new(m20261123_000003_texts::Migration),
            Box::new(m20261123_000004_editions::Migration),
            Box::new(m20261123_000005_reviews::Migration),
            Box::new(m20261123_000006_events::Migration),
            Box::new(m20261123_000007_search::Migration),
            Box::new(m20261125_000020_invitations::Migration),
            Box::new(m20261125_000010_succession::Migration),
            Box::new(m20261125_000011_history::Migration),
            Box::new(m20261125_000025_clients::Migration),
            Box::new(m20261125_000026_client_roles::Migration),
            Box::new(m20261125_000030_keys::Migration),
            Box::new(m20261125_000045_rules::Migration),
            Box::new(m20261125_000046_notices::Migration),
            Box::new(m20261125_000040_versions::Migration),
            Box::new(m20261125_000041_news::Migration),
            Box::new(m20261125_000042_shelf::Migration),
            Box::new(m20261125_000043_paths::Migration),
            Box::new(m20261125_000050_comments::Migration),
            Box::new(m20261125_000047_kinds::Migration),
            Box::new(m20261125_000070_opinions::Migration),
            Box::new(m20261125_000076_letters::Migration),
            Box::new(m20261125_000077_more_time::Migration),
            Box::new(m20261125_000078_ballots::Migration),
            Box::new(m20261125_000080_absences::Migration),
            Box::new(m20261125_000081_interim::Migration),
            Box::new(m20261125_000082_leads::Migration),
            Box::new(m20261125_000083_decisive_positions::Migration),
            Box::new(m20261125_000084_interests::Migration),
            Box::new(m20261125_000085_assignments::Migration),
        ]
    }
}
