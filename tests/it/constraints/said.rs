//! What advisers say, and how people are reached.

use ::entity::{absence, assignment, ballot, calendar_link, contact, interest, interest_action, opinion};

use super::{
    sample::{Sample, id, insert},
    tables::{Tables, execute, refused_by},
};
use crate::harness::on_both_databases;

on_both_databases! {
    async fn an_opinion_is_only_added_and_concerns_are_written_down(tables: Tables) {
        let db = &tables.connection;
        let sample = Sample::write(db).await.opinion;
        refused_by("opinion_insert_only", execute(db, "UPDATE opinion SET reason = 'Other.'").await);
        refused_by("opinion_insert_only", execute(db, "DELETE FROM opinion").await);
        for blank in [None, Some("  ".to_owned())] {
            let silent = opinion::Model { id: id(), reason: blank, ..sample.clone() };
            refused_by("opinion_concerns_have_reason", insert::<opinion::Entity>(db, silent).await);
        }
        let vote = opinion::Model { id: id(), stance: "APPROVE".to_owned(), ..sample.clone() };
        refused_by("opinion_stance", insert::<opinion::Entity>(db, vote).await);
        let short = opinion::Model { id: id(), digest: vec![7; 31], ..sample.clone() };
        refused_by("opinion_whole_digest", insert::<opinion::Entity>(db, short).await);
        let support = opinion::Model { id: id(), stance: "SUPPORTS".to_owned(), reason: None, ..sample };
        insert::<opinion::Entity>(db, support).await.unwrap();
    }

    async fn a_contact_is_one_for_each_person_and_a_link_that_was_taken_back_stays_so(tables: Tables) {
        let db = &tables.connection;
        let sample = Sample::write(db).await;
        let again = contact::Model { stop_code: "another".to_owned(), ..sample.contact };
        refused_by("contact_person_id", insert::<contact::Entity>(db, again).await);
        refused_by("contact_frequency", execute(db, "UPDATE contact SET frequency = 'HOURLY'").await);
        refused_by("contact_address_not_blank", execute(db, "UPDATE contact SET address = ''").await);
        execute(db, "UPDATE calendar_link SET revoked_at = made_at").await.unwrap();
        refused_by("calendar_link_ends_once", execute(db, "UPDATE calendar_link SET revoked_at = NULL").await);
        let twin = calendar_link::Model { id: id(), ..sample.calendar_link };
        refused_by("calendar_link_mark", insert::<calendar_link::Entity>(db, twin).await);
    }

    async fn a_vote_is_cast_once_and_a_ballot_is_closed_once(tables: Tables) {
        let db = &tables.connection;
        let sample = Sample::write(db).await;
        refused_by("ballot_objection_id", insert::<ballot::Entity>(db, sample.ballot.clone()).await);
        refused_by("elector_cast", execute(db, "UPDATE elector SET is_in_favour = TRUE").await);
        execute(db, "UPDATE elector SET is_in_favour = TRUE, cast_at = (SELECT opened_at FROM ballot)").await.unwrap();
        refused_by("elector_votes_once", execute(db, "UPDATE elector SET is_in_favour = FALSE").await);
        refused_by("elector_stays", execute(db, "DELETE FROM elector").await);
        execute(db, "UPDATE ballot SET closed_at = opened_at").await.unwrap();
        refused_by("ballot_closes_once", execute(db, "UPDATE ballot SET closed_at = NULL").await);
        refused_by("ballot_stays", execute(db, "DELETE FROM ballot").await);
    }

    async fn an_absence_lasts_names_another_and_ends_once(tables: Tables) {
        let db = &tables.connection;
        let sample = Sample::write(db).await.absence;
        let empty = absence::Model { id: id(), until_on: sample.from_on, ..sample.clone() };
        refused_by("absence_lasts", insert::<absence::Entity>(db, empty).await);
        let own = absence::Model { id: id(), stand_in_id: Some(sample.seat_id), ..sample.clone() };
        refused_by("absence_another_stands_in", insert::<absence::Entity>(db, own).await);
        let other = absence::Model { id: id(), availability: "ILL".to_owned(), ..sample };
        refused_by("absence_availability", insert::<absence::Entity>(db, other).await);
        execute(db, "UPDATE absence SET ended_at = declared_at").await.unwrap();
        refused_by("absence_ends_once", execute(db, "UPDATE absence SET ended_at = NULL").await);
        refused_by("absence_stays", execute(db, "DELETE FROM absence").await);
    }

    async fn an_interest_stays_ends_once_and_is_withheld_for_a_reason(tables: Tables) {
        let db = &tables.connection;
        let sample = Sample::write(db).await;
        let of = sample.interest.clone();
        let other = interest::Model { id: id(), category: "NONE".to_owned(), ..of.clone() };
        refused_by("interest_category", insert::<interest::Entity>(db, other).await);
        let blank = interest::Model { id: id(), description: " ".to_owned(), ..of.clone() };
        refused_by("interest_has_description", insert::<interest::Entity>(db, blank).await);
        let unreasoned = interest::Model { id: id(), withheld_reason: Some(" ".to_owned()), ..of };
        refused_by("interest_withheld_for_reason", insert::<interest::Entity>(db, unreasoned).await);
        execute(db, "UPDATE interest SET until = '2019-01'").await.unwrap();
        refused_by("interest_ends_once", execute(db, "UPDATE interest SET until = '2019-02'").await);
        refused_by("interest_ends_once", execute(db, "UPDATE interest SET until = NULL").await);
        refused_by("interest_stays", execute(db, "DELETE FROM interest").await);
        let other = interest_action::Model { id: id(), action: "LEAVE".to_owned(), ..sample.interest_action.clone() };
        refused_by("interest_action_action", insert::<interest_action::Entity>(db, other).await);
        let blank = interest_action::Model { id: id(), reason: " ".to_owned(), ..sample.interest_action };
        refused_by("interest_action_has_reason", insert::<interest_action::Entity>(db, blank).await);
    }

    async fn a_cell_is_in_the_hands_of_a_seat_for_one_of_the_disciplines(tables: Tables) {
        let db = &tables.connection;
        let sample = Sample::write(db).await.assignment;
        let other = assignment::Model { id: id(), discipline: "DENTISTRY".to_owned(), ..sample };
        refused_by("assignment_discipline", insert::<assignment::Entity>(db, other).await);
        refused_by("seat_load_limit", execute(db, "UPDATE seat SET load_limit = -1").await);
    }
}
