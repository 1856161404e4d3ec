//! The words of each revision, for searching. A revision never changes, so its words are written once; they are derived,
//! so they may be dropped and written again.
//!
//! PostgreSQL's parser knows too much for readers: it takes `trusts/alliances` for a path, `nhs.uk` for a host, `<b>` for
//! a tag, and then finds none of the words in them; and its English drops words that a phrase needs. So signs are taken
//! out before it looks, and every word is kept, as SQLite does.

use sea_orm_migration::prelude::*;

use crate::ddl::Ddl;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Ddl::new(manager)?.run_either(SQLITE, POSTGRES).await
    }
}

const SQLITE: &str = "
CREATE VIRTUAL TABLE revision_text USING fts5(
    heading, body, statements, revision_id UNINDEXED,
    tokenize = 'porter unicode61 remove_diacritics 2'
);
";

const POSTGRES: &str = "
CREATE TEXT SEARCH DICTIONARY every_word (TEMPLATE = pg_catalog.snowball, Language = english);
CREATE TEXT SEARCH CONFIGURATION every_word (COPY = pg_catalog.english);
ALTER TEXT SEARCH CONFIGURATION every_word ALTER MAPPING REPLACE english_stem WITH every_word;

CREATE FUNCTION without_accents(text) RETURNS text IMMUTABLE STRICT PARALLEL SAFE
    RETURN normalize(regexp_replace(normalize($1, NFD), '[\\u0300-\\u036f]', '', 'g'), NFC);
CREATE FUNCTION only_words(text) RETURNS text IMMUTABLE STRICT PARALLEL SAFE
    RETURN translate(without_accents($1), '&+-./:<@_~', '          ');

CREATE TABLE revision_text (
    revision_id  {uuid} NOT NULL CONSTRAINT revision_text_revision_id PRIMARY KEY
                 CONSTRAINT revision_text_revision REFERENCES revision (id),
    heading      text NOT NULL,
    body         text NOT NULL,
    statements   text NOT NULL,
    terms        tsvector NOT NULL GENERATED ALWAYS AS (
        setweight(to_tsvector('every_word', only_words(heading)), 'A')
        || '''|'':1'::tsvector -- nobody can type it, so no phrase leads from one part into the next
        || setweight(to_tsvector('every_word', only_words(statements)), 'B')
        || '''|'':1'::tsvector
        || setweight(to_tsvector('every_word', only_words(body)), 'C')) STORED
);
CREATE INDEX revision_text_terms ON revision_text USING gin (terms);
";
