//! What search looks through: the texts of editions in force and of drafts, and no others, so that it does not slow down
//! with each edition that is superseded.
//!
//! Derived, and kept by the database itself: `shelf_placement` follows placements and the states of their editions, and the
//! words of a revision go when no such edition names it any more.

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
        let ddl = Ddl::new(manager)?;
        ddl.run(TABLES).await?;
        ddl.run_either(SQLITE, POSTGRES).await
    }
}

const TABLES: &str = "
CREATE TABLE shelf_placement (
    edition_id   {uuid} NOT NULL,
    section_id   {uuid} NOT NULL,
    revision_id  {uuid} NOT NULL,
    CONSTRAINT shelf_placement_edition_id_section_id PRIMARY KEY (edition_id, section_id)
);
CREATE INDEX shelf_placement_by_revision ON shelf_placement (revision_id);
INSERT INTO shelf_placement (edition_id, section_id, revision_id)
    SELECT placement.edition_id, placement.section_id, placement.revision_id
    FROM placement JOIN edition ON edition.id = placement.edition_id
    WHERE edition.state IN ('DRAFT', 'PUBLISHED');
";

/// A full-text table is found by nothing but words and row numbers: `revision_row` gives the number.
const SQLITE: &str = "
CREATE TABLE revision_row (
    row_id       integer NOT NULL CONSTRAINT revision_row_row_id PRIMARY KEY AUTOINCREMENT,
    revision_id  {uuid} NOT NULL CONSTRAINT revision_row_revision_id UNIQUE
);
INSERT INTO revision_row (row_id, revision_id) SELECT rowid, revision_id FROM revision_text;

CREATE TRIGGER placement_enters_shelf AFTER INSERT ON placement FOR EACH ROW
WHEN (SELECT state FROM edition WHERE id = NEW.edition_id) IN ('DRAFT', 'PUBLISHED')
BEGIN
    INSERT INTO shelf_placement (edition_id, section_id, revision_id)
        VALUES (NEW.edition_id, NEW.section_id, NEW.revision_id);
END;
CREATE TRIGGER placement_changes_shelf AFTER UPDATE ON placement FOR EACH ROW WHEN NEW.revision_id <> OLD.revision_id
BEGIN
    UPDATE shelf_placement SET revision_id = NEW.revision_id
        WHERE edition_id = NEW.edition_id AND section_id = NEW.section_id;
END;
CREATE TRIGGER placement_leaves_shelf AFTER DELETE ON placement FOR EACH ROW
BEGIN
    DELETE FROM shelf_placement WHERE edition_id = OLD.edition_id AND section_id = OLD.section_id;
END;
CREATE TRIGGER edition_leaves_shelf AFTER UPDATE ON edition FOR EACH ROW
WHEN OLD.state = 'PUBLISHED' AND NEW.state <> 'PUBLISHED'
BEGIN DELETE FROM shelf_placement WHERE edition_id = NEW.id; END;

CREATE TRIGGER shelf_placement_drops_words AFTER DELETE ON shelf_placement FOR EACH ROW
WHEN NOT EXISTS (SELECT 1 FROM shelf_placement WHERE revision_id = OLD.revision_id)
BEGIN
    DELETE FROM revision_text WHERE rowid = (SELECT row_id FROM revision_row WHERE revision_id = OLD.revision_id);
    DELETE FROM revision_row WHERE revision_id = OLD.revision_id;
END;
CREATE TRIGGER shelf_placement_changes_words AFTER UPDATE ON shelf_placement FOR EACH ROW
WHEN NOT EXISTS (SELECT 1 FROM shelf_placement WHERE revision_id = OLD.revision_id)
BEGIN
    DELETE FROM revision_text WHERE rowid = (SELECT row_id FROM revision_row WHERE revision_id = OLD.revision_id);
    DELETE FROM revision_row WHERE revision_id = OLD.revision_id;
END;

DELETE FROM revision_text WHERE rowid IN (SELECT row_id FROM revision_row
    WHERE NOT EXISTS (SELECT 1 FROM shelf_placement WHERE shelf_placement.revision_id = revision_row.revision_id));
DELETE FROM revision_row
    WHERE NOT EXISTS (SELECT 1 FROM shelf_placement WHERE shelf_placement.revision_id = revision_row.revision_id);
";

const POSTGRES: &str = "
CREATE FUNCTION placement_on_shelf() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF TG_OP = 'INSERT' THEN
            INSERT INTO shelf_placement (edition_id, section_id, revision_id)
                SELECT NEW.edition_id, NEW.section_id, NEW.revision_id FROM edition
                WHERE id = NEW.edition_id AND state IN ('DRAFT', 'PUBLISHED');
        ELSIF TG_OP = 'UPDATE' THEN
            UPDATE shelf_placement SET revision_id = NEW.revision_id
                WHERE edition_id = NEW.edition_id AND section_id = NEW.section_id AND revision_id <> NEW.revision_id;
        ELSE
            DELETE FROM shelf_placement WHERE edition_id = OLD.edition_id AND section_id = OLD.section_id;
        END IF;
        RETURN NULL;
    END $$;
CREATE TRIGGER placement_on_shelf AFTER INSERT OR UPDATE OR DELETE ON placement
    FOR EACH ROW EXECUTE FUNCTION placement_on_shelf();

CREATE FUNCTION edition_leaves_shelf() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM shelf_placement WHERE edition_id = NEW.id;
        RETURN NULL;
    END $$;
CREATE TRIGGER edition_leaves_shelf AFTER UPDATE ON edition FOR EACH ROW
    WHEN (OLD.state = 'PUBLISHED' AND NEW.state <> 'PUBLISHED') EXECUTE FUNCTION edition_leaves_shelf();

CREATE FUNCTION shelf_placement_drops_words() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        DELETE FROM revision_text WHERE revision_id = OLD.revision_id
            AND NOT EXISTS (SELECT 1 FROM shelf_placement WHERE shelf_placement.revision_id = OLD.revision_id);
        RETURN NULL;
    END $$;
CREATE TRIGGER shelf_placement_drops_words AFTER UPDATE OR DELETE ON shelf_placement
    FOR EACH ROW EXECUTE FUNCTION shelf_placement_drops_words();

DELETE FROM revision_text
    WHERE NOT EXISTS (SELECT 1 FROM shelf_placement WHERE shelf_placement.revision_id = revision_text.revision_id);
";
