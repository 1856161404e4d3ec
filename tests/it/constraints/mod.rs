//! The rules of the schema, each known by its name on both databases; except a foreign key, which SQLite does not name.
//!
//! Rows are written here as the store would never write them: what the product does with a refusal is not seen.

#![expect(clippy::unwrap_used, reason = "a database that cannot be prepared is a failed test")]

mod said;
mod sample;
mod tables;
mod upgrade;

use ::entity::{comment, delivery, edition, event, invitation, keyed_act, placement, requirement, review, rung, seat};
use migration::{Migrator, MigratorTrait};
use sample::{Sample, id, insert};
use sea_orm::{ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, PaginatorTrait, Statement, TransactionTrait};
use tables::{Tables, execute, refused_by};

use crate::harness::{on_both_databases, postgres::waiting};

on_both_databases! {
    async fn migrations_apply_to_an_empty_database_and_again_change_nothing(tables: Tables) {
        let db = &tables.connection;
        let applied = Migrator::get_applied_migrations(db).await.unwrap().len();
        assert_eq!(applied, Migrator::migrations().len());
        Migrator::up(db, None).await.unwrap();
        assert_eq!(Migrator::get_applied_migrations(db).await.unwrap().len(), applied);
        assert_eq!(::entity::shelf::Entity::find().all(db).await.unwrap(), [::entity::shelf::Model { id: 1, epoch: 0 }]);
    }

    async fn every_table_gives_back_what_its_entity_wrote(tables: Tables) {
        let db = &tables.connection;
        macro_rules! gives_back {
            ($db:expr, $sample:expr; $($table:ident)*) => {$(
                let rows = ::entity::$table::Entity::find().all($db).await.unwrap();
                assert!(rows.contains(&$sample.$table), "{}: {rows:?}", stringify!($table));
            )*};
        }
        let sample = Sample::write(db).await;
        gives_back!(db, sample; expert_group organisation person seat invitation document client client_key client_assertion role_grant section recommendation
            revision editorial_confirmation edition placement requirement draft_step review position opinion comment revision_text keyed_act
            acceptance notice rung delivery review_section contact calendar_link ballot elector absence interest interest_action assignment);
        let event = event::Entity::find().one(db).await.unwrap().unwrap();
        assert_eq!(event, event::Model { seq: event.seq, ..sample.event });
    }

    /// [`migration::violated_rule`] relies on it: SQLite reports columns where PostgreSQL reports the name.
    async fn every_uniqueness_is_named_after_its_columns(tables: Tables) {
        let db = &tables.connection;
        // SQLite forgets the names of its constraints; the text of the table has them.
        let sqlite = "SELECT m.name || '_' || group_concat(c.name, '_') AS expected, m.sql AS found
            FROM sqlite_master m, pragma_index_list(m.name) i, pragma_index_info(i.name) c
            WHERE m.type = 'table' AND m.name NOT LIKE 'seaql%' AND i.origin IN ('pk', 'u') AND m.name NOT LIKE 'revision_text%'
            GROUP BY m.name, i.name";
        let postgres = "SELECT t.relname || '_' || string_agg(a.attname, '_' ORDER BY k.at) AS expected,
                'CONSTRAINT ' || c.conname || ' ' AS found
            FROM pg_constraint c, unnest(c.conkey) WITH ORDINALITY AS k(attnum, at), pg_attribute a, pg_class t
            WHERE t.oid = c.conrelid AND a.attrelid = c.conrelid AND a.attnum = k.attnum AND c.contype IN ('p', 'u')
                AND c.connamespace = current_schema::regnamespace AND c.conname NOT LIKE 'seaql%'
            GROUP BY c.oid, t.relname, c.conname";
        let sql = if db.get_database_backend() == DbBackend::Sqlite { sqlite } else { postgres };
        let rows = db.query_all_raw(Statement::from_string(db.get_database_backend(), sql)).await.unwrap();
        assert!(rows.len() >= 25, "only {} found", rows.len());
        for row in rows {
            let (expected, found): (String, String) =
                (row.try_get("", "expected").unwrap(), row.try_get("", "found").unwrap());
            assert!(found.contains(&format!("CONSTRAINT {expected} ")), "{expected} not in {found}");
        }
    }

    async fn what_is_only_added_to_is_never_changed_or_removed(tables: Tables) {
        let db = &tables.connection;
        Sample::write(db).await;
        for (table, column) in [
            ("revision", "created_at"),
            ("editorial_confirmation", "confirmed_at"),
            ("recommendation", "number"),
            ("position", "act"),
            ("event", "kind"),
        ] {
            let rule = format!("{table}_insert_only");
            refused_by(&rule, execute(db, &format!("UPDATE {table} SET {column} = {column}")).await);
            refused_by(&rule, execute(db, &format!("DELETE FROM {table}")).await);
        }
        refused_by("draft_step_unchanged", execute(db, "UPDATE draft_step SET ordinal = ordinal + 1").await);
    }

    async fn d3_a_document_has_one_draft_and_one_edition_in_force(tables: Tables) {
        let db = &tables.connection;
        let sample = Sample::write(db).await;
        let second = edition::Model { id: id(), minor: 1, ..sample.edition.clone() };
        refused_by("edition_one_draft", insert::<edition::Entity>(db, second.clone()).await);
        publish(db).await;
        insert::<edition::Entity>(db, second.clone()).await.unwrap();
        let third = execute(
            db,
            "UPDATE edition SET state = 'PUBLISHED', issued = '2019-05', published_at = created_at WHERE state = 'DRAFT'",
        );
        refused_by("edition_one_in_force", third.await);
        execute(db, &format!("{SUPERSEDE} WHERE state = 'PUBLISHED'")).await.unwrap();
        publish(db).await;

        let same_number = edition::Model { id: id(), ..second };
        refused_by("edition_document_id_major_minor", insert::<edition::Entity>(db, same_number).await);
    }

    async fn t3_a_document_has_one_open_review(tables: Tables) {
        let db = &tables.connection;
        let sample = Sample::write(db).await;
        let second = review::Model { id: id(), ..sample.review };
        refused_by("review_one_open", insert::<review::Entity>(db, second.clone()).await);
        refused_by("review_concluded", execute(db, "UPDATE review SET outcome = 'CANCELLED'").await);
        execute(db, "UPDATE review SET outcome = 'CANCELLED', concluded_at = opened_at").await.unwrap();
        insert::<review::Entity>(db, second).await.unwrap();
    }

    async fn a_comment_has_one_author_is_settled_once_and_says_what_it_said(tables: Tables) {
        let db = &tables.connection;
        let sample = Sample::write(db).await.comment;
        for column in ["answer = 'Other.'", "settled_at = NULL, settled_by_id = NULL, answer = NULL"] {
            refused_by("comment_settled_once", execute(db, &format!("UPDATE comment SET {column}")).await);
        }
        refused_by("comment_kept", execute(db, "DELETE FROM comment").await);
        let standing = comment::Model { id: id(), settled_at: None, settled_by_id: None, answer: None, ..sample.clone() };
        insert::<comment::Entity>(db, standing.clone()).await.unwrap();
        let settled = "settled_at = written_at, settled_by_id = person_id";
        let edit = format!("UPDATE comment SET {settled}, body = 'Other.' WHERE settled_at IS NULL");
        refused_by("comment_settled_once", execute(db, &edit).await);
        execute(db, &format!("UPDATE comment SET {settled} WHERE settled_at IS NULL")).await.unwrap();
        let nobodys = comment::Model { id: id(), person_id: None, ..standing.clone() };
        refused_by("comment_one_author", insert::<comment::Entity>(db, nobodys).await);
        let answered = comment::Model { id: id(), answer: Some("Yes.".to_owned()), ..standing.clone() };
        refused_by("comment_settled_by_somebody", insert::<comment::Entity>(db, answered).await);
        let short = comment::Model { id: id(), digest: vec![7; 31], ..standing };
        refused_by("comment_whole_digest", insert::<comment::Entity>(db, short).await);
    }

    async fn t4_a_rung_is_sent_to_a_person_once(tables: Tables) {
        let db = &tables.connection;
        let sample = Sample::write(db).await;
        let again = rung::Model { sent_at: sample.rung.sent_at + chrono::TimeDelta::days(7), ..sample.rung.clone() };
        refused_by("rung_person_id_review_id_deadline_until_on_step_is_own", insert::<rung::Entity>(db, again).await);
        for other in [
            rung::Model { step: "P0D".to_owned(), ..sample.rung.clone() },
            rung::Model { deadline: "ACCEPT".to_owned(), ..sample.rung.clone() },
            rung::Model { is_own: false, ..sample.rung.clone() },
        ] {
            insert::<rung::Entity>(db, other).await.unwrap();
        }
        refused_by("rung_insert_only", execute(db, "DELETE FROM rung").await);
        refused_by("rung_insert_only", execute(db, "UPDATE rung SET step = 'P6M'").await);
    }

    async fn t4_a_notice_is_delivered_once_on_each_channel(tables: Tables) {
        let db = &tables.connection;
        let sample = Sample::write(db).await;
        refused_by("delivery_notice_id_channel", insert::<delivery::Entity>(db, sample.delivery.clone()).await);
        refused_by("delivery_leased", execute(db, "UPDATE delivery SET leased_until_at = due_at").await);
        refused_by("delivery_settled", execute(db, "UPDATE delivery SET outcome = 'SENT'").await);
        refused_by("delivery_outcome", execute(db, "UPDATE delivery SET outcome = 'LOST', settled_at = due_at").await);
        execute(db, "UPDATE delivery SET outcome = 'SENT', settled_at = due_at").await.unwrap();
        let held = "UPDATE delivery SET leased_until_at = due_at, lease_id = notice_id";
        refused_by("delivery_settled_is_not_leased", execute(db, held).await);
    }

    async fn an_invitation_ends_once_and_its_code_is_nobody_elses(tables: Tables) {
        let db = &tables.connection;
        let sample = Sample::write(db).await.invitation;
        for column in ["revoked_at = expires_at", "seat_id = NULL", "name = name"] {
            refused_by("invitation_ends_once", execute(db, &format!("UPDATE invitation SET {column}")).await);
        }
        let open = invitation::Model { id: id(), mark: vec![8; 32], seat_id: None, accepted_at: None, ..sample.clone() };
        insert::<invitation::Entity>(db, open.clone()).await.unwrap();
        let table = [
            ("invitation_mark", invitation::Model { mark: vec![7; 32], ..open.clone() }),
            ("invitation_whole_mark", invitation::Model { mark: vec![9; 31], ..open.clone() }),
            ("invitation_seat_id", invitation::Model { mark: vec![9; 32], ..sample.clone() }),
            ("invitation_one_end", invitation::Model { mark: vec![9; 32], seat_id: sample.seat_id, ..open.clone() }),
            (
                "invitation_stands_for_a_time",
                invitation::Model { mark: vec![9; 32], expires_at: open.invited_at, ..open.clone() },
            ),
        ];
        for (rule, row) in table {
            refused_by(rule, insert::<invitation::Entity>(db, invitation::Model { id: id(), ..row }).await);
        }
    }

    async fn an_act_is_kept_once_under_a_key_and_its_field(tables: Tables) {
        let db = &tables.connection;
        let act = Sample::write(db).await.keyed_act;
        refused_by("keyed_act_actor_id_key_field", insert::<keyed_act::Entity>(db, act.clone()).await);
        let another = keyed_act::Model { field: "object".to_owned(), ..act.clone() };
        insert::<keyed_act::Entity>(db, another).await.unwrap();
        let no_key = keyed_act::Model { key: String::new(), ..act.clone() };
        refused_by("keyed_act_key_is_bounded", insert::<keyed_act::Entity>(db, no_key).await);
        let no_digest = keyed_act::Model { field: "abstain".to_owned(), request: vec![7; 31], ..act };
        refused_by("keyed_act_request_is_digest", insert::<keyed_act::Entity>(db, no_digest).await);
    }

    async fn d1_what_a_published_edition_places_and_requires_stays(tables: Tables) {
        let db = &tables.connection;
        let sample = Sample::write(db).await;
        execute(db, "UPDATE placement SET ordinal = 7, audience = 'GROUP'").await.unwrap();
        execute(db, "UPDATE requirement SET approvals = 2").await.unwrap();
        publish(db).await;
        for state in ["PUBLISHED", "SUPERSEDED", "WITHDRAWN"] {
            let section = sample.another_section(db, &format!("added-to-{}", state.to_lowercase())).await;
            let added = placement::Model { section_id: section.0, revision_id: section.1, ..sample.placement.clone() };
            refused_by("placement_final", insert::<placement::Entity>(db, added).await);
            refused_by("placement_final", execute(db, "UPDATE placement SET ordinal = ordinal + 1").await);
            refused_by("placement_final", execute(db, "DELETE FROM placement").await);
            let added = requirement::Model { discipline: "NURSING".to_owned(), ..sample.requirement.clone() };
            refused_by("requirement_final", insert::<requirement::Entity>(db, added).await);
            refused_by("requirement_final", execute(db, "UPDATE requirement SET approvals = 1").await);
            refused_by("requirement_final", execute(db, "DELETE FROM requirement").await);
            match state {
                "PUBLISHED" => execute(db, SUPERSEDE).await.unwrap(),
                "SUPERSEDED" => execute(db, WITHDRAW).await.unwrap(),
                _ => {}
            }
        }
    }

    async fn d1_a_placement_cannot_be_moved_between_a_draft_and_a_published_edition(tables: Tables) {
        let db = &tables.connection;
        let sample = Sample::write(db).await;
        publish(db).await;
        let draft = edition::Model { id: id(), minor: 1, ..sample.edition.clone() };
        insert::<edition::Entity>(db, draft.clone()).await.unwrap();
        let (section_id, revision_id) = sample.another_section(db, "moving").await;
        let moving = placement::Model { edition_id: draft.id, section_id, revision_id, ..sample.placement };
        insert::<placement::Entity>(db, moving).await.unwrap();
        let into_final = "UPDATE placement SET edition_id = (SELECT id FROM edition WHERE state = 'PUBLISHED')
            WHERE edition_id = (SELECT id FROM edition WHERE state = 'DRAFT')";
        refused_by("placement_final", execute(db, into_final).await);
    }

    async fn d1_past_its_draft_an_edition_only_moves_on(tables: Tables) {
        let db = &tables.connection;
        let sample = Sample::write(db).await;
        let born_published = edition::Model {
            id: id(),
            minor: 1,
            state: "PUBLISHED".to_owned(),
            issued: Some("2017-08".to_owned()),
            published_at: Some(sample.edition.created_at),
            ..sample.edition
        };
        refused_by("edition_begins_as_draft", insert::<edition::Entity>(db, born_published).await);
        refused_by("edition_state_in_order", execute(db, SUPERSEDE).await);
        refused_by("edition_state_in_order", execute(db, WITHDRAW).await);
        execute(db, "UPDATE edition SET change_note = 'A draft may still change.'").await.unwrap();
        publish(db).await;

        for change in [
            "major = 2",
            "minor = 2",
            "issued = '2017-09'",
            "published_at = '2020-01-01T00:00:00+00:00'",
            "change_note = NULL",
            "is_imported = TRUE",
            "created_at = '2020-01-01T00:00:00+00:00'",
        ] {
            refused_by("edition_final", execute(db, &format!("UPDATE edition SET {change}")).await);
            refused_by("edition_final", execute(db, &format!("{SUPERSEDE}, {change}")).await);
        }
        let back = "UPDATE edition SET state = 'DRAFT', issued = NULL, published_at = NULL";
        refused_by("edition_final", execute(db, back).await);
        refused_by("edition_final", execute(db, "DELETE FROM edition").await);

        execute(db, SUPERSEDE).await.unwrap();
        refused_by("edition_final", execute(db, back).await);
        refused_by("edition_final", execute(db, &format!("{WITHDRAW}, superseded_at = NULL")).await);
        execute(db, WITHDRAW).await.unwrap();
        refused_by("edition_final", execute(db, "UPDATE edition SET withdrawal_explanation = 'Another.'").await);
        refused_by("edition_final", execute(db, "DELETE FROM edition").await);
    }

    async fn a_deleted_draft_takes_its_tree_along_and_its_review_stays(tables: Tables) {
        let db = &tables.connection;
        let sample = Sample::write(db).await;
        let (section_id, revision_id) = sample.another_section(db, "child").await;
        let child =
            placement::Model { section_id, revision_id, parent_id: Some(sample.section.id), ..sample.placement };
        insert::<placement::Entity>(db, child).await.unwrap();
        execute(db, "DELETE FROM edition").await.unwrap();
        assert_eq!(placement::Entity::find().count(db).await.unwrap(), 0);
        assert_eq!(requirement::Entity::find().count(db).await.unwrap(), 0);
        assert_eq!(::entity::draft_step::Entity::find().count(db).await.unwrap(), 0);
        assert_eq!(review::Entity::find().one(db).await.unwrap().unwrap().draft_id, None);
    }

    async fn a_placement_shows_a_text_of_its_own_section_under_a_parent_in_its_own_edition(tables: Tables) {
        let db = &tables.connection;
        let sample = Sample::write(db).await;
        let (section_id, revision_id) = sample.another_section(db, "other").await;
        let foreign_text = placement::Model { section_id, ..sample.placement.clone() };
        assert!(insert::<placement::Entity>(db, foreign_text).await.is_err());
        let orphan = placement::Model { section_id, revision_id, parent_id: Some(id()), ..sample.placement.clone() };
        assert!(insert::<placement::Entity>(db, orphan).await.is_err());
        let sound =
            placement::Model { section_id, revision_id, parent_id: Some(sample.section.id), ..sample.placement };
        insert::<placement::Entity>(db, sound).await.unwrap();
        // A parent cannot go and leave its children behind.
        let parent_alone = "DELETE FROM placement WHERE parent_id IS NULL";
        assert!(execute(db, parent_alone).await.is_err());
        execute(db, "DELETE FROM placement").await.unwrap();
    }

    async fn values_that_do_not_go_together_are_refused_by_name(tables: Tables) {
        let db = &tables.connection;
        let sample = Sample::write(db).await;
        for (rule, change) in [
            ("seat_office", "seat SET office = 'KING'"),
            ("seat_discipline", "seat SET discipline = 'ALCHEMY'"),
            ("seat_post", "seat SET discipline = NULL"),
            ("seat_post", "seat SET office = 'SECRETARIAT'"),
            ("seat_term_in_order", "seat SET term_until_at = '2001-01-01T00:00:00+00:00'"),
            ("document_audience", "document SET audience = 'Public'"),
            ("document_review_due", "document SET review_due = 'May 2019'"),
            ("document_review_policy", "document SET interval_months = 0"),
            ("document_review_policy", "document SET final_window_days = -1"),
            ("document_next_recommendation_number", "document SET next_recommendation_number = 0"),
            ("role_grant_role", "role_grant SET role = 'OWNER'"),
            ("role_grant_one_holder", "role_grant SET person_id = NULL"),
            ("role_grant_one_holder", "role_grant SET organisation_id = (SELECT id FROM organisation)"),
            ("role_grant_one_holder", "role_grant SET role = 'READER', client_id = (SELECT id FROM client)"),
            ("role_grant_client_role", "role_grant SET person_id = NULL, client_id = (SELECT id FROM client)"),
            ("client_scopes", "client SET scopes = ''"),
            ("edition_fits_state", "edition SET issued = '2017-08'"),
            ("edition_fits_state", "edition SET state = 'PUBLISHED', issued = '2017-08'"),
            ("edition_issued", "edition SET state = 'PUBLISHED', issued = '2017', published_at = created_at"),
            ("placement_audience", "placement SET audience = 'NOBODY'"),
            ("placement_stage", "placement SET stage = 'LATER'"),
            ("requirement_approvals", "requirement SET approvals = 0"),
            ("requirement_approvals", "requirement SET approvals = 10"),
            ("requirement_discipline", "requirement SET discipline = 'ALCHEMY'"),
            ("review_kind", "review SET kind = 'refresh'"),
            ("review_concluded", "review SET concluded_at = opened_at"),
            ("shelf_one", "shelf SET id = 2"),
        ] {
            refused_by(rule, execute(db, &format!("UPDATE {change}")).await);
        }
        publish(db).await;
        let unexplained = "UPDATE edition SET state = 'WITHDRAWN', withdrawn_at = created_at";
        refused_by("edition_fits_state", execute(db, unexplained).await);
        let blank = "UPDATE edition SET state = 'WITHDRAWN', withdrawn_at = created_at, withdrawal_explanation = ' '";
        refused_by("edition_withdrawal_explained", execute(db, blank).await);

        let chair = seat::Model { id: id(), office: "CHAIR".to_owned(), discipline: None, ..sample.seat };
        insert::<seat::Entity>(db, chair).await.unwrap();
    }

    async fn s6_an_objection_needs_a_written_reason(tables: Tables) {
        let db = &tables.connection;
        let sample = Sample::write(db).await;
        let objection = |reason: Option<&str>| ::entity::position::Model {
            id: id(),
            act: "OBJECT".to_owned(),
            reason: reason.map(str::to_owned),
            ..sample.position.clone()
        };
        for reason in [None, Some(""), Some("  ")] {
            let refused = insert::<::entity::position::Entity>(db, objection(reason)).await;
            refused_by("position_objection_has_reason", refused);
        }
        insert::<::entity::position::Entity>(db, objection(Some("The interval is too long."))).await.unwrap();
        let cut = ::entity::position::Model { digest: vec![1; 31], ..objection(Some("Why.")) };
        refused_by("position_digest", insert::<::entity::position::Entity>(db, cut).await);
    }

    async fn s6_a_seat_is_succeeded_once_in_its_own_post_and_an_objection_answered_once(tables: Tables) {
        let db = &tables.connection;
        let sample = Sample::write(db).await;
        let successor = seat::Model {
            id: id(), term_until_at: None, succeeds_id: Some(sample.seat.id), ..sample.seat.clone()
        };
        let begins_early = sample.seat.term_from_at - chrono::TimeDelta::milliseconds(1);
        for wrong in [
            seat::Model { discipline: Some("NURSING".to_owned()), ..successor.clone() },
            seat::Model { office: "CHAIR".to_owned(), ..successor.clone() },
            seat::Model { term_from_at: begins_early, ..successor.clone() },
        ] {
            refused_by("seat_succession", insert::<seat::Entity>(db, wrong).await);
        }
        insert::<seat::Entity>(db, successor.clone()).await.unwrap();
        let second = seat::Model { id: id(), ..successor.clone() };
        refused_by("seat_succeeds_id", insert::<seat::Entity>(db, second).await);
        let wrong = "UPDATE seat SET office = 'CHAIR' WHERE succeeds_id IS NOT NULL";
        refused_by("seat_succession", execute(db, wrong).await);
        // One without a known end has no successor yet.
        let too_soon = seat::Model { id: id(), succeeds_id: Some(successor.id), ..successor.clone() };
        refused_by("seat_succession", insert::<seat::Entity>(db, too_soon).await);

        let answer = ::entity::position::Model {
            id: id(), seat_id: successor.id, act: "LIFT".to_owned(), answers_id: Some(sample.position.id), ..sample.position.clone()
        };
        insert::<::entity::position::Entity>(db, answer.clone()).await.unwrap();
        let again = ::entity::position::Model { id: id(), ..answer };
        refused_by("position_answers_id", insert::<::entity::position::Entity>(db, again).await);
    }

    async fn a6_an_event_is_for_an_audience_that_there_is(tables: Tables) {
        let db = &tables.connection;
        let sample = Sample::write(db).await;
        let mut wrong = event::Model { id: id(), audience: Some("NOBODY".to_owned()), ..sample.event }.into_active_model();
        wrong.seq = sea_orm::NotSet;
        refused_by("event_audience", event::Entity::insert(wrong).exec_without_returning(db).await.map(drop));
    }

    async fn names_and_numbers_are_given_once(tables: Tables) {
        let db = &tables.connection;
        let s = Sample::write(db).await;
        let group = ::entity::expert_group::Model { id: id(), ..s.expert_group };
        refused_by("expert_group_slug", insert::<::entity::expert_group::Entity>(db, group).await);
        let person = ::entity::person::Model { id: id(), ..s.person };
        refused_by("person_issuer_subject", insert::<::entity::person::Entity>(db, person).await);
        let document = ::entity::document::Model { id: id(), ..s.document };
        refused_by("document_slug", insert::<::entity::document::Entity>(db, document).await);
        let section = ::entity::section::Model { id: id(), ..s.section };
        refused_by("section_document_id_key", insert::<::entity::section::Entity>(db, section).await);
        let recommendation = ::entity::recommendation::Model { id: id(), ..s.recommendation };
        let again = insert::<::entity::recommendation::Entity>(db, recommendation).await;
        refused_by("recommendation_document_id_number", again);
        let again = insert::<::entity::editorial_confirmation::Entity>(db, s.editorial_confirmation).await;
        refused_by("editorial_confirmation_revision_id", again);
        let again = insert::<::entity::draft_step::Entity>(db, s.draft_step).await;
        refused_by("draft_step_edition_id_ordinal", again);
        let mut event = s.event.into_active_model();
        event.seq = sea_orm::NotSet;
        refused_by("event_id", event::Entity::insert(event).exec_without_returning(db).await.map(drop));
    }

    async fn what_was_revoked_of_a_client_stays_so(tables: Tables) {
        let db = &tables.connection;
        let s = Sample::write(db).await;
        for (table, rule) in [("client", "client_stays_revoked"), ("client_key", "client_key_final")] {
            execute(db, &format!("UPDATE {table} SET revoked_at = '2020-01-01T00:00:00+00:00'")).await.unwrap();
            refused_by(rule, execute(db, &format!("UPDATE {table} SET revoked_at = NULL")).await);
        }
        refused_by("client_key_final", execute(db, "UPDATE client_key SET jwk = '{}'").await);
        // A name is free again once its client is revoked, and then taken once.
        let again = || ::entity::client::Model { id: id(), ..s.client.clone() };
        insert::<::entity::client::Entity>(db, again()).await.unwrap();
        refused_by("client_name_in_group", insert::<::entity::client::Entity>(db, again()).await);
        refused_by("client_assertion_client_id_jti", insert::<::entity::client_assertion::Entity>(db, s.client_assertion).await);
        let key = ::entity::client_key::Model { id: id(), ..s.client_key };
        let private = ::entity::client_key::Model {
            id: id(),
            kid: "private".to_owned(),
            thumbprint: "private".to_owned(),
            jwk: "{\"kty\":\"RSA\",\"d\":\"x\"}".to_owned(),
            ..key.clone()
        };
        refused_by("client_key_public", insert::<::entity::client_key::Entity>(db, private).await);
        let other_name = ::entity::client_key::Model { kid: "other".to_owned(), ..key.clone() };
        let key = ::entity::client_key::Model { thumbprint: "other".to_owned(), ..key };
        refused_by("client_key_client_id_kid", insert::<::entity::client_key::Entity>(db, key).await);
        refused_by("client_key_client_id_thumbprint", insert::<::entity::client_key::Entity>(db, other_name).await);
    }

    async fn words_are_found_in_any_of_their_forms(tables: Tables) {
        let db = &tables.connection;
        Sample::write(db).await;
        let backend = db.get_database_backend();
        let sql = match backend {
            DbBackend::Sqlite => "SELECT revision_id FROM revision_text WHERE revision_text MATCH 'biopsies'",
            _ => "SELECT revision_id FROM revision_text WHERE terms @@ websearch_to_tsquery('english', 'biopsies')",
        };
        assert_eq!(db.query_all_raw(Statement::from_string(backend, sql)).await.unwrap().len(), 1);
    }
}

/// On SQLite one connection writes at a time, so there is nobody to wait for.
#[tokio::test]
async fn d1_a_placement_waits_for_whoever_publishes_its_edition_and_is_refused() {
    let tables = Tables::on_postgres().await;
    let sample = Sample::write(&tables.connection).await;
    let (section_id, revision_id) = sample.another_section(&tables.connection, "late").await;
    let late = placement::Model { section_id, revision_id, ..sample.placement };

    let publishing = tables.connection.begin().await.unwrap();
    publish(&publishing).await;
    let other = tables.connect().await;
    let placing = tokio::spawn(async move { insert::<placement::Entity>(&other, late).await });
    while waiting(&tables.connection).await == 0 {
        assert!(!placing.is_finished(), "the placement did not wait");
    }
    publishing.commit().await.unwrap();
    refused_by("placement_final", placing.await.unwrap());
}

const SUPERSEDE: &str = "UPDATE edition SET state = 'SUPERSEDED', superseded_at = '2019-05-01T00:00:00+00:00'";
const WITHDRAW: &str = "UPDATE edition SET state = 'WITHDRAWN', withdrawn_at = '2020-01-01T00:00:00+00:00', withdrawal_explanation = 'Harm.'";

async fn publish(db: &impl ConnectionTrait) {
    let sql = "UPDATE edition SET state = 'PUBLISHED', issued = '2017-08', published_at = '2017-08-01T00:00:00+00:00'
        WHERE state = 'DRAFT'";
    execute(db, sql).await.unwrap();
}
