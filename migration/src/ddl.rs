//! One text of SQL for two databases: where they differ in a word, the word is filled in; where they differ in a
//! construct, there is a method here. What the tables are is the migrations' business.
//!
//! Tables are written as SQL and not with the schema builder because the builder names neither the foreign keys nor the
//! primary keys of SQLite, and has no triggers.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

/// Writes the definitions of one migration, inside its transaction.
pub(crate) struct Ddl<'a> {
    connection: &'a SchemaManagerConnection<'a>,
    dialect: Dialect,
}

#[derive(Clone, Copy)]
enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// What stands for a word in braces. On SQLite these are the type names that sea-orm itself gives and reads.
    fn words(self) -> [(&'static str, &'static str); 5] {
        match self {
            Self::Sqlite => [
                ("{uuid}", "uuid_text"),
                ("{instant}", "timestamp_with_timezone_text"),
                ("{date}", "date_text"),
                ("{digest}", "blob"),
                ("{sequence}", "integer NOT NULL CONSTRAINT event_seq PRIMARY KEY AUTOINCREMENT"),
            ],
            Self::Postgres => [
                ("{uuid}", "uuid"),
                ("{instant}", "timestamp with time zone"),
                ("{date}", "date"),
                ("{digest}", "bytea"),
                ("{sequence}", "bigint NOT NULL GENERATED ALWAYS AS IDENTITY CONSTRAINT event_seq PRIMARY KEY"),
            ],
        }
    }
}

impl<'a> Ddl<'a> {
    /// For the database behind `manager`, if it is one of our two.
    pub(crate) fn new(manager: &'a SchemaManager<'_>) -> Result<Self, DbErr> {
        let dialect = match manager.get_database_backend() {
            DbBackend::Sqlite => Dialect::Sqlite,
            DbBackend::Postgres => Dialect::Postgres,
            other => return Err(DbErr::Migration(format!("{other:?} is neither SQLite nor PostgreSQL"))),
        };
        Ok(Self { connection: manager.get_connection(), dialect })
    }

    /// Runs statements that both databases understand once the words in braces are filled in: `{uuid}`, `{instant}`,
    /// `{date}`, `{digest}`, and `{sequence}` for a primary key that counts by itself.
    pub(crate) async fn run(&self, sql: &str) -> Result<(), DbErr> {
        let sql = self.dialect.words().iter().fold(sql.to_owned(), |sql, (word, meant)| sql.replace(word, meant));
        self.connection.execute_unprepared(&sql).await?;
        Ok(())
    }

    /// Runs the text written for the database at hand, where the two have nothing in common.
    pub(crate) async fn run_either(&self, sqlite: &str, postgres: &str) -> Result<(), DbErr> {
        self.run(match self.dialect {
            Dialect::Sqlite => sqlite,
            Dialect::Postgres => postgres,
        })
        .await
    }

    /// At most one row of `table` where `condition` holds for each value of `column`.
    ///
    /// SQLite names the index in its error only if the index is over an expression, and two rules on one column would
    /// else be told apart by nobody. `+column` is the same value as an expression.
    pub(crate) async fn at_most_one(
        &self,
        rule: &str,
        table: &str,
        column: &str,
        condition: &str,
    ) -> Result<(), DbErr> {
        let key = match self.dialect {
            Dialect::Sqlite => format!("+{column}"),
            Dialect::Postgres => column.to_owned(),
        };
        self.run(&format!("CREATE UNIQUE INDEX {rule} ON {table} ({key}) WHERE {condition}")).await
    }

    /// Refuses `act` (`INSERT`, `UPDATE` or `DELETE`) on each row of `table` for which `when` holds, in the name of
    /// `rule`. Needs [`Self::create_refusal`] before.
    ///
    /// SQLite's `INSERT OR REPLACE` deletes without asking triggers; nothing of ours says it.
    pub(crate) async fn refuse(&self, rule: &str, act: &str, table: &str, when: &str) -> Result<(), DbErr> {
        let name = format!("{rule}_{}", act.to_lowercase());
        let head = format!("CREATE TRIGGER {name} BEFORE {act} ON {table} FOR EACH ROW WHEN ({when})");
        let body = match self.dialect {
            Dialect::Sqlite => format!("BEGIN SELECT RAISE(ABORT, '{rule}'); END"),
            Dialect::Postgres => format!("EXECUTE FUNCTION refuse('{rule}')"),
        };
        self.run(&format!("{head} {body}")).await
    }

    /// Lets rows of `table` be added and nothing else: the rule `<table>_insert_only`.
    pub(crate) async fn insert_only(&self, table: &str) -> Result<(), DbErr> {
        let rule = format!("{table}_insert_only");
        self.refuse(&rule, "UPDATE", table, "TRUE").await?;
        self.refuse(&rule, "DELETE", table, "TRUE").await
    }

    /// Creates the function that the triggers of PostgreSQL call to refuse; SQLite has `RAISE`.
    pub(crate) async fn create_refusal(&self) -> Result<(), DbErr> {
        let function = "CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION USING
                    ERRCODE = 'integrity_constraint_violation',
                    MESSAGE = TG_ARGV[0],
                    CONSTRAINT = TG_ARGV[0],
                    TABLE = TG_TABLE_NAME;
            END $$";
        match self.dialect {
            Dialect::Sqlite => Ok(()),
            Dialect::Postgres => self.run(function).await,
        }
    }

    /// Creates the function behind [`Self::is_final`]; SQLite asks in place.
    ///
    /// It holds the edition's row until the end of the transaction: without that, a placement could be written while
    /// another transaction publishes its edition, each seeing the state before the other.
    pub(crate) async fn create_is_final(&self) -> Result<(), DbErr> {
        let function = "CREATE FUNCTION edition_is_final(sought uuid) RETURNS boolean LANGUAGE plpgsql AS $$
            BEGIN
                PERFORM 1 FROM edition WHERE id = sought AND state = 'DRAFT' FOR SHARE;
                IF FOUND THEN RETURN FALSE; END IF;
                RETURN EXISTS (SELECT 1 FROM edition WHERE id = sought);
            END $$";
        match self.dialect {
            Dialect::Sqlite => Ok(()),
            Dialect::Postgres => self.run(function).await,
        }
    }

    /// A condition: the edition whose id is `column` is no longer a draft. An edition that is being deleted is not there
    /// any more, so what goes with it is free to go.
    pub(crate) fn is_final(&self, column: &str) -> String {
        match self.dialect {
            Dialect::Sqlite => format!("EXISTS (SELECT 1 FROM edition WHERE id = {column} AND state <> 'DRAFT')"),
            Dialect::Postgres => format!("edition_is_final({column})"),
        }
    }

    /// Creates the function behind [`Self::cannot_succeed`]; SQLite asks in place.
    pub(crate) async fn create_can_succeed(&self) -> Result<(), DbErr> {
        let function =
            "CREATE FUNCTION seat_can_succeed(sought uuid, of_group uuid, as_office text, as_discipline text,
                                         from_at timestamp with time zone) RETURNS boolean LANGUAGE sql AS $$
                SELECT EXISTS (SELECT 1 FROM seat WHERE id = sought AND group_id = of_group AND office = as_office
                    AND discipline IS NOT DISTINCT FROM as_discipline AND term_until_at <= from_at)
            $$";
        match self.dialect {
            Dialect::Sqlite => Ok(()),
            Dialect::Postgres => self.run(function).await,
        }
    }

    /// A condition: the new row of `seat` names a seat before it that is of another group or post, or whose term is not
    /// over when its own begins.
    pub(crate) fn cannot_succeed(&self) -> String {
        let can = match self.dialect {
            Dialect::Sqlite => {
                "EXISTS (SELECT 1 FROM seat WHERE id = NEW.succeeds_id AND group_id = NEW.group_id
                    AND office = NEW.office AND discipline IS NOT DISTINCT FROM NEW.discipline
                    AND term_until_at <= NEW.term_from_at)"
            }
            Dialect::Postgres => {
                "seat_can_succeed(NEW.succeeds_id, NEW.group_id, NEW.office, NEW.discipline, NEW.term_from_at)"
            }
        };
        format!("NEW.succeeds_id IS NOT NULL AND NOT {can}")
    }
}
