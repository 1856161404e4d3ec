//! Records a document that is brought in.

use sea_orm::{ActiveModelTrait, Set};
use serde_json::json;

use super::{NewEvent, News, Outcome, StoreError, Tx};
use crate::domain::{
    document::{
        change::DraftStep,
        content::RecommendationNumber,
        edition::{Edition, EditionState},
        import::Imported,
    },
    event::EventKind,
};

impl Outcome for Imported {
    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        let document = self.document();
        let at = self.at();
        let highest = self.numbers().iter().flat_map(|(_, numbers)| numbers).max();
        let next = highest.map_or(RecommendationNumber::FIRST, |number| number.next());
        ::entity::document::ActiveModel {
            id: Set(document.id.0),
            slug: Set(document.slug.to_string()),
            title: Set(document.title.to_string()),
            group_id: Set(document.group.0),
            audience: Set(document.audience.word().to_owned()),
            review_due: Set(document.review_due.to_string()),
            interval_months: Set(document.policy.interval_months.cast_signed()),
            lead_months: Set(document.policy.lead_months.cast_signed()),
            final_window_days: Set(document.policy.final_window_days.cast_signed()),
            rules: Set(Some(super::review::rules(&document.policy.rules)?)),
            next_recommendation_number: Set(next.get().cast_signed()),
            is_demonstration: Set(document.is_demonstration),
            created_at: Set(at),
            ..Default::default()
        }
        .insert(&tx.db)
        .await?;
        tx.insert_first_edition(self.edition(), at).await?;
        for placement in self.text().outline.iter() {
            tx.insert_section(document.id, placement, at).await?;
            if let Some(revision) = self.text().revision(placement) {
                tx.insert_revision(revision).await?;
            }
        }
        let placements: Vec<_> = self.text().outline.iter().enumerate().collect();
        tx.insert_placements(self.edition().id, &placements).await?;
        for (section, numbers) in self.numbers() {
            tx.insert_recommendations(document.id, *section, numbers, at).await?;
        }
        let digest = self.text().outline.digest();
        tx.append_step(self.edition().id, DraftStep { digest, revision: None }).await?;
        tx.seal_first_edition(self.edition()).await?;
        tx.event(NewEvent {
            kind: EventKind::DocumentImported,
            by: self.by(),
            at,
            group: Some(document.group),
            document: Some(document.id),
            review: None,
            data: json!({
                "slug": document.slug, "edition": self.edition().id, "digest": digest,
                "isInForce": matches!(self.edition().state, EditionState::Published(_)),
            }),
        })
        .await
    }
}

impl Tx {
    /// Every edition begins as a draft, since the sections of a published one cannot be written any more.
    async fn insert_first_edition(&self, edition: &Edition, at: super::Timestamp) -> Result<(), StoreError> {
        ::entity::edition::ActiveModel {
            id: Set(edition.id.0),
            document_id: Set(edition.document.0),
            major: Set(edition.number.major.cast_signed()),
            minor: Set(edition.number.minor.cast_signed()),
            state: Set("DRAFT".to_owned()),
            change_note: Set(edition.change_note.as_ref().map(ToString::to_string)),
            is_imported: Set(edition.is_imported),
            interim_until: Set(None),
            created_at: Set(at),
            ..Default::default()
        }
        .insert(&self.db)
        .await?;
        Ok(())
    }

    async fn seal_first_edition(&mut self, edition: &Edition) -> Result<(), StoreError> {
        let EditionState::Published(publication) = &edition.state else { return Ok(()) };
        ::entity::edition::ActiveModel {
            id: Set(edition.id.0),
            state: Set("PUBLISHED".to_owned()),
            issued: Set(Some(publication.issued.to_string())),
            published_at: Set(Some(publication.published_at)),
            ..Default::default()
        }
        .update(&self.db)
        .await?;
        self.news.push(News::DocumentPublished(edition.document));
        Ok(())
    }
}
