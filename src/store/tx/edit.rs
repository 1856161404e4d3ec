//! Records edits of drafts.

use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, PaginatorTrait,
    QueryFilter, Set, Statement,
};
use serde_json::json;

use super::{NewEvent, News, Outcome, StoreError, Tx};
use crate::domain::{
    document::{
        Audience,
        change::{ConfirmedEditorial, DraftStep, Revised},
        content::RecommendationNumber,
        draft::{ChangeNoteWritten, Edited},
        outline::{Outline, Placement},
        revision::Revision,
    },
    event::EventKind,
    id::{DocumentId, EditionId, RecommendationId, SectionId},
    notice::Notice,
    review::{Review, notice},
};

impl Outcome for Edited {
    /// A draft is for those who read drafts.
    const IS_NOTICED_OUTSIDE: bool = false;

    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        let draft = self.draft();
        let asked_again = tx.asked_again(&self).await?;
        if self.kind() == EventKind::SectionCreated
            && let Some(created) = self.after().find(self.section())
        {
            tx.insert_section(draft.document, created, self.at()).await?;
        }
        if let Some(revised) = self.revised() {
            tx.insert_revision(revised.revision()).await?;
            tx.give_numbers(draft.document, revised).await?;
        }
        tx.save_outline(draft.id, self.before(), self.after()).await?;
        if let Some(step) = self.step() {
            tx.append_step(draft.id, step).await?;
        }
        let placement = self.after().find(self.section()).or_else(|| self.before().find(self.section()));
        let data = json!({
            "section": self.section(),
            "key": placement.map(|placement| placement.key.as_str()),
            "digest": placement.map(|placement| placement.digest),
        });
        tx.event_on_draft(self.kind(), draft.document, self.audience(), self.by(), self.at(), data).await?;
        tx.tell(asked_again).await.map(drop)
    }
}

/// A confirmation belongs to a document, which the rule does not need to know.
impl Outcome for (ConfirmedEditorial, DocumentId) {
    /// A draft is for those who read drafts.
    const IS_NOTICED_OUTSIDE: bool = false;

    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        let (confirmed, document) = self;
        let by = confirmed.confirmation.by;
        let at = confirmed.confirmation.at;
        ::entity::editorial_confirmation::ActiveModel {
            revision_id: Set(confirmed.revision.0),
            confirmed_by_id: Set(by.0),
            confirmed_at: Set(at),
        }
        .insert(&tx.db)
        .await?;
        let data = json!({ "revision": confirmed.revision, "section": confirmed.section });
        tx.event_on_draft(EventKind::EditorialConfirmed, document, confirmed.audience, Some(by), at, data).await
    }
}

impl Outcome for ChangeNoteWritten {
    /// A draft is for those who read drafts.
    const IS_NOTICED_OUTSIDE: bool = false;

    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        ::entity::edition::ActiveModel {
            id: Set(self.draft().id.0),
            change_note: Set(Some(self.note().to_string())),
            ..Default::default()
        }
        .update(&tx.db)
        .await?;
        let document = self.draft().document;
        let audience = self.audience();
        tx.event_on_draft(EventKind::ChangeNoteWritten, document, audience, self.by(), self.at(), json!({})).await
    }
}

impl Tx {
    /// Writes an event about a draft, and tells those who watch its review and may read what changed.
    async fn event_on_draft(
        &mut self,
        kind: EventKind,
        document: DocumentId,
        audience: Audience,
        by: Option<crate::domain::id::PersonId>,
        at: crate::domain::time::Timestamp,
        data: serde_json::Value,
    ) -> Result<(), StoreError> {
        let review = self.open_review(document).await?.map(|review: Review| review.id);
        self.news.extend(review.map(|review| News::ReviewChanged { review, audience }));
        let event = NewEvent { kind, by, at, group: None, document: Some(document), review, data };
        self.event_for(event, Some(audience)).await
    }

    /// Who is to be asked again once the edit is made: those whose positions it makes stale (S3).
    async fn asked_again(&self, edited: &Edited) -> Result<Vec<Notice>, StoreError> {
        if edited.step().is_none() {
            return Ok(vec![]);
        }
        let Some(review) = self.open_review(edited.draft().document).await? else { return Ok(vec![]) };
        Ok(notice::edited(&self.review_facts(review).await?, edited.section(), edited.by()))
    }

    async fn open_review(&self, document: DocumentId) -> Result<Option<Review>, StoreError> {
        use ::entity::review::{Column, Entity};
        let open = Entity::find().filter(Column::DocumentId.eq(document.0)).filter(Column::Outcome.is_null());
        Ok(super::load::reviews(&self.db, open).await?.pop())
    }

    pub(super) async fn insert_section(
        &self,
        document: DocumentId,
        placement: &Placement,
        at: crate::domain::time::Timestamp,
    ) -> Result<(), StoreError> {
        ::entity::section::ActiveModel {
            id: Set(placement.section.0),
            document_id: Set(document.0),
            key: Set(placement.key.to_string()),
            created_at: Set(at),
        }
        .insert(&self.db)
        .await?;
        Ok(())
    }

    /// Writes a revision and the words that search finds it by.
    pub(super) async fn insert_revision(&self, revision: &Revision) -> Result<(), StoreError> {
        let head = &revision.head;
        let content = serde_json_canonicalizer::to_string(&revision.content)
            .map_err(|error| StoreError::unbelievable("revision", head.id, error))?;
        ::entity::revision::ActiveModel {
            id: Set(head.id.0),
            section_id: Set(head.section.0),
            digest: Set(head.digest.bytes().to_vec()),
            content: Set(content),
            change_class: Set(head.class.word().to_owned()),
            based_on_id: Set(head.based_on.map(|id| id.0)),
            author_id: Set(head.author.map(|id| id.0)),
            created_at: Set(head.created_at),
        }
        .insert(&self.db)
        .await?;
        self.index(revision).await
    }

    async fn index(&self, revision: &Revision) -> Result<(), StoreError> {
        let content = &revision.content;
        let plain = |markdown: &str| crate::render::text(markdown);
        let statements = content.recommendations.iter().map(|statement| {
            let summary = statement.summary.as_ref().map(|summary| plain(summary.as_str()));
            format!("{} {}\n{}", statement.number, plain(statement.text.as_str()), summary.unwrap_or_default())
        });
        let summary = content.summary.as_ref().map(|summary| plain(summary.as_str()));
        let values = [
            content.heading.to_string().into(),
            format!("{}\n{}", plain(content.body.as_str()), summary.unwrap_or_default()).into(),
            statements.collect::<Vec<_>>().join("\n").into(),
            revision.head.id.0.into(),
        ];
        let sql = match self.db.get_database_backend() {
            DbBackend::Postgres => {
                "INSERT INTO revision_text (heading, body, statements, revision_id) VALUES ($1, $2, $3, $4)"
            }
            _ => {
                let row =
                    ::entity::revision_row::ActiveModel { revision_id: Set(revision.head.id.0), ..Default::default() };
                ::entity::revision_row::Entity::insert(row).exec_without_returning(&self.db).await?;
                "INSERT INTO revision_text (rowid, heading, body, statements, revision_id)
                 VALUES ((SELECT row_id FROM revision_row WHERE revision_id = $4), $1, $2, $3, $4)"
            }
        };
        let statement = Statement::from_sql_and_values(self.db.get_database_backend(), sql, values);
        self.db.execute_raw(statement).await?;
        Ok(())
    }

    /// Writes the words of those revisions of a tree that search does not know: those of an edition that was withdrawn
    /// went with it, and come back with a draft that begins with it.
    pub(super) async fn index_missing(&self, outline: &Outline) -> Result<(), StoreError> {
        let known = match self.db.get_database_backend() {
            DbBackend::Postgres => "SELECT revision_id FROM revision_text WHERE revision_id = $1",
            _ => "SELECT revision_id FROM revision_row WHERE revision_id = $1",
        };
        for placement in outline.iter() {
            let id = placement.revision;
            let statement = Statement::from_sql_and_values(self.db.get_database_backend(), known, [id.0.into()]);
            if self.db.query_one_raw(statement).await?.is_none() {
                self.index(&self.revision(id).await?).await?;
            }
        }
        Ok(())
    }

    /// Gives new numbers away for ever: their rows are never deleted, and the document counts on (D7).
    async fn give_numbers(&self, document: DocumentId, revised: &Revised) -> Result<(), StoreError> {
        let head = &revised.revision().head;
        self.insert_recommendations(document, head.section, revised.new_numbers(), head.created_at).await?;
        if let Some(last) = revised.new_numbers().last() {
            self.count_on_from(document, last.next()).await?;
        }
        Ok(())
    }

    pub(super) async fn insert_recommendations(
        &self,
        document: DocumentId,
        section: SectionId,
        numbers: &[RecommendationNumber],
        at: crate::domain::time::Timestamp,
    ) -> Result<(), StoreError> {
        let rows = numbers.iter().map(|number| ::entity::recommendation::ActiveModel {
            id: Set(self.id::<RecommendationId>().0),
            document_id: Set(document.0),
            section_id: Set(section.0),
            number: Set(number.get().cast_signed()),
            created_at: Set(at),
        });
        let rows: Vec<_> = rows.collect();
        if !rows.is_empty() {
            ::entity::recommendation::Entity::insert_many(rows).exec_without_returning(&self.db).await?;
        }
        Ok(())
    }

    pub(super) async fn count_on_from(
        &self,
        document: DocumentId,
        next: RecommendationNumber,
    ) -> Result<(), StoreError> {
        ::entity::document::ActiveModel {
            id: Set(document.0),
            next_recommendation_number: Set(next.get().cast_signed()),
            ..Default::default()
        }
        .update(&self.db)
        .await?;
        Ok(())
    }

    /// Turns one tree into another, touching only what differs. New sections come in reading order, so a parent is
    /// there before its children.
    pub(super) async fn save_outline(
        &self,
        edition: EditionId,
        before: &Outline,
        after: &Outline,
    ) -> Result<(), StoreError> {
        use ::entity::placement::{Column, Entity};
        let gone = before.iter().filter(|placement| after.find(placement.section).is_none());
        let gone: Vec<_> = gone.map(|placement| placement.section.0).collect();
        if !gone.is_empty() {
            let chosen = Entity::delete_many().filter(Column::EditionId.eq(edition.0));
            chosen.filter(Column::SectionId.is_in(gone)).exec(&self.db).await?;
        }
        let earlier: std::collections::HashMap<SectionId, (usize, &Placement)> =
            before.iter().enumerate().map(|(at, placement)| (placement.section, (at, placement))).collect();
        let mut new = Vec::new();
        for (ordinal, placement) in after.iter().enumerate() {
            match earlier.get(&placement.section) {
                None => new.push((ordinal, placement)),
                Some((at, known)) if *at == ordinal && *known == placement => {}
                Some(_) => {
                    placement_row(edition, ordinal, placement).update(&self.db).await?;
                }
            }
        }
        self.insert_placements(edition, &new).await
    }

    pub(super) async fn insert_placements(
        &self,
        edition: EditionId,
        placements: &[(usize, &Placement)],
    ) -> Result<(), StoreError> {
        // Bounded statements: SQLite takes some thirty thousand values in one.
        for placements in placements.chunks(500) {
            let rows = placements.iter().map(|(ordinal, placement)| placement_row(edition, *ordinal, placement));
            ::entity::placement::Entity::insert_many(rows).exec_without_returning(&self.db).await?;
            let needs = placements.iter().flat_map(|(_, placement)| {
                placement.requirements.iter().map(|(discipline, approvals)| ::entity::requirement::ActiveModel {
                    edition_id: Set(edition.0),
                    section_id: Set(placement.section.0),
                    discipline: Set(discipline.word().to_owned()),
                    approvals: Set(i32::from(approvals)),
                })
            });
            let needs: Vec<_> = needs.collect();
            if !needs.is_empty() {
                ::entity::requirement::Entity::insert_many(needs).exec_without_returning(&self.db).await?;
            }
        }
        Ok(())
    }

    pub(super) async fn append_step(&self, edition: EditionId, step: DraftStep) -> Result<(), StoreError> {
        use ::entity::draft_step::{ActiveModel, Column, Entity};
        let ordinal = Entity::find().filter(Column::EditionId.eq(edition.0)).count(&self.db).await?;
        ActiveModel {
            edition_id: Set(edition.0),
            ordinal: Set(i32::try_from(ordinal).unwrap_or(i32::MAX)),
            digest: Set(step.digest.bytes().to_vec()),
            revision_id: Set(step.revision.map(|id| id.0)),
        }
        .into_active_model()
        .insert(&self.db)
        .await?;
        Ok(())
    }
}

fn placement_row(edition: EditionId, ordinal: usize, placement: &Placement) -> ::entity::placement::ActiveModel {
    ::entity::placement::ActiveModel {
        edition_id: Set(edition.0),
        section_id: Set(placement.section.0),
        parent_id: Set(placement.parent.map(|id| id.0)),
        ordinal: Set(i32::try_from(ordinal).unwrap_or(i32::MAX)),
        revision_id: Set(placement.revision.0),
        audience: Set(placement.audience.map(|audience| audience.word().to_owned())),
        stage: Set(placement.stage.map(|stage| stage.word().to_owned())),
    }
}
