//! The name of the rule that a refused statement broke, whichever database refused it. What the name means to a user is
//! the store's to say.

use sea_orm_migration::sea_orm::{DbErr, RuntimeErr, SqlxError};

/// The extended result code with which SQLite reports a `RAISE` of one of our triggers.
const SQLITE_CONSTRAINT_TRIGGER: &str = "1811";

/// The name of the rule of the schema that `error` reports as broken, such as `edition_one_draft`.
///
/// A missing value (`NOT NULL`) has no rule. A broken foreign key has one on PostgreSQL only: SQLite never says which of
/// them it was, so a caller must not need to know.
pub fn violated_rule(error: &DbErr) -> Option<String> {
    let (DbErr::Exec(RuntimeErr::SqlxError(error)) | DbErr::Query(RuntimeErr::SqlxError(error))) = error else {
        return None;
    };
    let SqlxError::Database(error) = error.as_ref() else { return None };
    if let Some(name) = error.constraint() {
        return Some(name.to_owned());
    }
    let raised = error.code().is_some_and(|code| code == SQLITE_CONSTRAINT_TRIGGER);
    if raised { Some(error.message().to_owned()) } else { rule_in_sqlite_message(error.message()) }
}

/// SQLite names a broken `CHECK` and a unique index over an expression; of any other uniqueness it lists the columns,
/// and ours are named after them.
fn rule_in_sqlite_message(message: &str) -> Option<String> {
    if let Some(name) = message.strip_prefix("CHECK constraint failed: ") {
        return Some(name.to_owned());
    }
    let unique = message.strip_prefix("UNIQUE constraint failed: ")?;
    if let Some(name) = unique.strip_prefix("index '") {
        return Some(name.trim_end_matches('\'').to_owned());
    }
    let (table, _) = unique.split_once('.')?;
    let columns = unique.split(", ").filter_map(|column| column.split_once('.')).map(|(_, column)| column);
    Some(columns.fold(table.to_owned(), |name, column| name + "_" + column))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sqlite_names_a_rule_or_lists_its_columns() {
        for (message, rule) in [
            ("CHECK constraint failed: seat_post", Some("seat_post")),
            ("UNIQUE constraint failed: index 'edition_one_draft'", Some("edition_one_draft")),
            ("UNIQUE constraint failed: document.slug", Some("document_slug")),
            ("UNIQUE constraint failed: section.document_id, section.key", Some("section_document_id_key")),
            ("NOT NULL constraint failed: section.key", None),
            ("FOREIGN KEY constraint failed", None),
        ] {
            assert_eq!(rule_in_sqlite_message(message).as_deref(), rule, "{message}");
        }
    }
}
