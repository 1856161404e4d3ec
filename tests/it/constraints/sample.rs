//! One row of every table: a document with a draft of one section, under review.

use ::entity::*;
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, DatabaseConnection, DbErr, EntityTrait, IntoActiveModel, NotSet,
    prelude::{Date, DateTimeUtc, Uuid},
};

/// A new id.
pub(crate) fn id() -> Uuid {
    Uuid::now_v7()
}

/// Writes a row, leaving out nothing.
pub(crate) async fn insert<E>(db: &DatabaseConnection, model: E::Model) -> Result<(), DbErr>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<E::ActiveModel>,
    E::ActiveModel: ActiveModelTrait<Entity = E> + ActiveModelBehavior,
{
    E::insert(model.into_active_model()).exec_without_returning(db).await.map(drop)
}

/// The rows.
pub(crate) struct Sample {
    pub(crate) expert_group: expert_group::Model,
    pub(crate) organisation: organisation::Model,
    pub(crate) person: person::Model,
    pub(crate) seat: seat::Model,
    pub(crate) invitation: invitation::Model,
    pub(crate) document: document::Model,
    pub(crate) client: client::Model,
    pub(crate) client_key: client_key::Model,
    pub(crate) client_assertion: client_assertion::Model,
    pub(crate) role_grant: role_grant::Model,
    pub(crate) section: section::Model,
    pub(crate) recommendation: recommendation::Model,
    pub(crate) revision: revision::Model,
    pub(crate) editorial_confirmation: editorial_confirmation::Model,
    pub(crate) edition: edition::Model,
    pub(crate) placement: placement::Model,
    pub(crate) requirement: requirement::Model,
    pub(crate) acceptance: acceptance::Model,
    pub(crate) review_section: review_section::Model,
    pub(crate) notice: notice::Model,
    pub(crate) rung: rung::Model,
    pub(crate) delivery: delivery::Model,
    pub(crate) draft_step: draft_step::Model,
    pub(crate) review: review::Model,
    pub(crate) position: position::Model,
    pub(crate) opinion: opinion::Model,
    pub(crate) absence: absence::Model,
    pub(crate) assignment: assignment::Model,
    pub(crate) interest: interest::Model,
    pub(crate) interest_action: interest_action::Model,
    pub(crate) ballot: ballot::Model,
    pub(crate) elector: elector::Model,
    pub(crate) contact: contact::Model,
    pub(crate) calendar_link: calendar_link::Model,
    pub(crate) comment: comment::Model,
    pub(crate) keyed_act: keyed_act::Model,
    pub(crate) event: event::Model,
    pub(crate) revision_text: revision_text::Model,
}

impl Sample {
    /// Writes the rows.
    pub(crate) async fn write(db: &DatabaseConnection) -> Self {
        let sample = Self::new();
        macro_rules! write {
            ($($table:ident)*) => {$(insert::<$table::Entity>(db, sample.$table.clone()).await.unwrap();)*};
        }
        write!(expert_group organisation person seat invitation document client client_key client_assertion role_grant section recommendation revision
            editorial_confirmation edition placement requirement draft_step review position opinion comment revision_text keyed_act
            acceptance notice rung delivery review_section contact calendar_link ballot elector absence interest interest_action assignment);
        let mut event = sample.event.clone().into_active_model();
        event.seq = NotSet;
        event::Entity::insert(event).exec_without_returning(db).await.unwrap();
        sample
    }

    /// Writes another section of the document and one revision of it, and gives both ids.
    pub(crate) async fn another_section(&self, db: &DatabaseConnection, key: &str) -> (Uuid, Uuid) {
        let section = section::Model { id: id(), key: key.to_owned(), ..self.section.clone() };
        let revision = revision::Model { id: id(), section_id: section.id, ..self.revision.clone() };
        let ids = (section.id, revision.id);
        insert::<section::Entity>(db, section).await.unwrap();
        insert::<revision::Entity>(db, revision).await.unwrap();
        ids
    }

    fn new() -> Self {
        let (position, interest) = (id(), id());
        let at: DateTimeUtc = "2017-08-01T09:30:00.125Z".parse().unwrap();
        let day = |day| Date::from_ymd_opt(2019, 5, day).unwrap();
        let text = |text: &str| text.to_owned();
        let expert_group =
            expert_group::Model { id: id(), slug: text("breast"), name: text("Breast"), created_at: at, version: 0 };
        let organisation = organisation::Model {
            id: id(),
            name: text("Peninsula Cancer Alliance"),
            kind: text("CANCER_ALLIANCE"),
            nation: text("ENGLAND"),
            ods_code: None,
            ons_code: Some(text("E56000014")),
        };
        let person = person::Model {
            id: id(),
            issuer: text("https://issuer.example"),
            subject: text("radiologist"),
            name: text("R. Adiologist"),
            organisation_id: Some(organisation.id),
            created_at: at,
        };
        let seat = seat::Model {
            id: id(),
            group_id: expert_group.id,
            person_id: person.id,
            office: text("MEMBER"),
            discipline: Some(text("RADIOLOGY")),
            term_from_at: at,
            term_until_at: Some(at),
            granted_at: at,
            succeeds_id: None,
            is_lead: false,
            declared_at: Some(at),
            load_limit: Some(5),
        };
        let invitation = invitation::Model {
            id: id(),
            group_id: expert_group.id,
            mark: vec![7; 32],
            name: text("R. Adiologist"),
            issuer: Some(text("https://issuer.example")),
            office: text("MEMBER"),
            discipline: Some(text("RADIOLOGY")),
            term_from_at: Some(at),
            term_until_at: Some(at),
            invited_by: Some(person.id),
            invited_at: at,
            expires_at: "2017-09-01T09:30:00.125Z".parse().unwrap(),
            seat_id: Some(seat.id),
            accepted_at: Some(at),
            revoked_at: None,
        };
        let document = document::Model {
            id: id(),
            slug: text("clinical-advice"),
            title: text("Clinical advice"),
            group_id: expert_group.id,
            audience: text("PUBLIC"),
            review_due: text("2019-05"),
            interval_months: 24,
            lead_months: 6,
            final_window_days: 10,
            rules: None,
            next_recommendation_number: 2,
            is_demonstration: true,
            created_at: at,
            version: 0,
        };
        let client = client::Model {
            id: id(),
            group_id: expert_group.id,
            organisation_id: organisation.id,
            name: text("Peninsula's intranet"),
            contact: text("it@peninsula.example"),
            scopes: text("advice:read drafts:read"),
            key_set_url: None,
            registered_at: at,
            revoked_at: None,
            last_used_at: Some(at),
        };
        let client_key = client_key::Model {
            id: id(),
            client_id: client.id,
            kid: text("2017-08"),
            thumbprint: text("NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs"),
            jwk: text("{\"kty\":\"RSA\"}"),
            added_at: at,
            expires_at: Some(at),
            revoked_at: None,
            last_used_at: None,
        };
        let role_grant = role_grant::Model {
            id: id(),
            document_id: document.id,
            role: text("EDITOR"),
            person_id: Some(person.id),
            organisation_id: None,
            client_id: None,
            granted_at: at,
            revoked_at: None,
        };
        let section =
            section::Model { id: id(), document_id: document.id, key: text("diagnostic-clinic"), created_at: at };
        let recommendation = recommendation::Model {
            id: id(),
            document_id: document.id,
            section_id: section.id,
            number: 1,
            created_at: at,
        };
        let revision = revision::Model {
            id: id(),
            section_id: section.id,
            digest: (0..32).collect(),
            content: text("{\"heading\":\"Diagnostic clinic\"}"),
            change_class: text("CLINICAL"),
            based_on_id: None,
            author_id: Some(person.id),
            created_at: at,
        };
        let edition = edition::Model {
            id: id(),
            document_id: document.id,
            major: 1,
            minor: 0,
            state: text("DRAFT"),
            issued: None,
            published_at: None,
            superseded_at: None,
            withdrawn_at: None,
            withdrawal_explanation: None,
            change_note: Some(text("The first edition.")),
            is_imported: false,
            interim_until: None,
            created_at: at,
        };
        let review = review::Model {
            id: id(),
            document_id: document.id,
            kind: text("FULL"),
            draft_id: Some(edition.id),
            base_id: None,
            due: text("2019-05-31"),
            final_window_days: 10,
            rules: Some(text("{}")),
            opened_at: at,
            opened_by_id: None,
            scoping_until: Some(day(1)),
            drafting_until: day(1),
            sign_off_until: day(20),
            publication_on: day(31),
            reason: None,
            walked_at: Some(at),
            first_accepted_at: Some(at),
            first_weighed_at: Some(at),
            first_assigned_at: Some(at),
            concluded_at: None,
            outcome: None,
            conclusion_note: None,
            concluded_by_id: None,
            next_due: None,
        };
        let notice = notice::Model {
            id: id(),
            person_id: person.id,
            kind: text("REMINDER"),
            document_id: Some(document.id),
            review_id: Some(review.id),
            data: text("{}"),
            written_at: at,
            read_at: None,
        };
        Self {
            client_assertion: client_assertion::Model { client_id: client.id, jti: text("once"), expires_at: at },
            editorial_confirmation: editorial_confirmation::Model {
                revision_id: revision.id,
                confirmed_by_id: person.id,
                confirmed_at: at,
            },
            placement: placement::Model {
                edition_id: edition.id,
                section_id: section.id,
                parent_id: None,
                ordinal: 0,
                revision_id: revision.id,
                audience: None,
                stage: Some(text("DIAGNOSIS")),
            },
            requirement: requirement::Model {
                edition_id: edition.id,
                section_id: section.id,
                discipline: text("RADIOLOGY"),
                approvals: 1,
            },
            draft_step: draft_step::Model {
                edition_id: edition.id,
                ordinal: 0,
                digest: vec![7; 32],
                revision_id: Some(revision.id),
            },
            position: position::Model {
                id: position,
                review_id: review.id,
                section_id: Some(section.id),
                discipline: text("RADIOLOGY"),
                seat_id: seat.id,
                act: text("APPROVE"),
                digest: revision.digest.clone(),
                reason: None,
                taken_at: at,
                recorded_by_id: person.id,
                instruction: None,
                answers_id: None,
                until_on: None,
            },
            assignment: assignment::Model {
                id: id(),
                review_id: review.id,
                section_id: Some(section.id),
                discipline: text("NURSING"),
                seat_id: seat.id,
                assigned_by_id: person.id,
                assigned_at: at,
            },
            interest: interest::Model {
                id: interest,
                group_id: expert_group.id,
                seat_id: seat.id,
                category: text("FINANCIAL"),
                description: text("Shares."),
                topics: text("[]"),
                since: text("2016-04"),
                until: None,
                declared_at: at,
                withheld_reason: None,
            },
            interest_action: interest_action::Model {
                id: id(),
                review_id: review.id,
                interest_id: interest,
                section_id: Some(section.id),
                action: text("EXCLUDE"),
                reason: text("They hold shares."),
                decided_by_id: person.id,
                decided_at: at,
            },
            absence: absence::Model {
                id: id(),
                group_id: expert_group.id,
                seat_id: seat.id,
                from_on: day(1),
                until_on: day(15),
                availability: text("AWAY"),
                stand_in_id: None,
                declared_by_id: person.id,
                declared_at: at,
                ended_at: None,
            },
            ballot: ballot::Model {
                objection_id: position,
                review_id: review.id,
                opened_by_id: person.id,
                opened_at: at,
                reason: text("A deadlock."),
                closed_at: None,
            },
            elector: elector::Model { objection_id: position, seat_id: seat.id, is_in_favour: None, cast_at: None },
            contact: contact::Model {
                person_id: person.id,
                address: Some(text("nurse@example.org")),
                frequency: text("DAILY"),
                stop_code: text("a code"),
                set_at: at,
            },
            calendar_link: calendar_link::Model {
                id: id(),
                person_id: person.id,
                group_id: None,
                mark: vec![9; 32],
                made_at: at,
                revoked_at: None,
            },
            opinion: opinion::Model {
                id: id(),
                review_id: review.id,
                section_id: section.id,
                seat_id: seat.id,
                person_id: person.id,
                on_behalf_of: Some(text("A reference group")),
                stance: text("CONCERNS"),
                reason: Some(text("Too late.")),
                digest: revision.digest.clone(),
                given_at: at,
            },
            comment: comment::Model {
                id: id(),
                review_id: review.id,
                section_id: section.id,
                digest: revision.digest.clone(),
                person_id: Some(person.id),
                client_id: None,
                body: text("Say when."),
                written_at: at,
                settled_at: Some(at),
                settled_by_id: Some(person.id),
                answer: Some(text("It says so now.")),
            },
            keyed_act: keyed_act::Model {
                actor_id: person.id,
                key: text("key"),
                field: text("signOff"),
                request: vec![7; 32],
                outcome: text("{}"),
                done_at: at,
            },
            event: event::Model {
                seq: 0,
                id: id(),
                // No other kind would leave the version of the document as it was written.
                kind: text("POSITION_TAKEN"),
                document_id: Some(document.id),
                group_id: None,
                review_id: Some(review.id),
                actor_id: None,
                at,
                data: text("{}"),
                audience: Some(text("PARTNERS")),
            },
            review_section: review_section::Model { review_id: review.id, section_id: section.id },
            acceptance: acceptance::Model { review_id: review.id, seat_id: seat.id, accepted_at: at },
            rung: rung::Model {
                person_id: person.id,
                review_id: review.id,
                deadline: text("COMPLETE"),
                until_on: day(20),
                step: text("P7D"),
                is_own: true,
                notice_id: notice.id,
                sent_at: at,
            },
            delivery: delivery::Model {
                notice_id: notice.id,
                channel: text("EMAIL"),
                person_id: person.id,
                due_at: at,
                attempts: 0,
                lease_id: None,
                leased_until_at: None,
                settled_at: None,
                outcome: None,
            },
            revision_text: revision_text::Model {
                revision_id: revision.id,
                heading: text("Diagnostic clinic"),
                body: text("One visit, with a biopsy."),
                statements: text("Offer triple assessment."),
            },
            expert_group,
            organisation,
            person,
            seat,
            invitation,
            document,
            client,
            client_key,
            role_grant,
            section,
            recommendation,
            revision,
            edition,
            review,
            notice,
        }
    }
}
