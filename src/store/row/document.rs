//! Documents, editions, placements and revisions.

use sea_orm::{FromQueryResult, prelude::Uuid};

use super::Row;
use crate::{
    domain::{
        document::{
            Audience, Document, Key, Requirements, ReviewPolicy, Stage,
            content::Content,
            edition::{Edition, EditionNumber, EditionState, Publication},
            outline::Placement,
            revision::{ChangeClass, Confirmation, RevisionHead},
        },
        id::{DocumentId, EditionId, GroupId, PersonId, RevisionId, SectionId},
        text::Line,
        time::Timestamp,
    },
    store::StoreError,
};

pub(in crate::store) fn document(row: ::entity::document::Model) -> Result<Document, StoreError> {
    let believe = Row { table: "document", id: row.id };
    Ok(Document {
        id: DocumentId(row.id),
        slug: believe.text("slug", Key::new(row.slug))?,
        title: believe.text("title", Line::new(row.title))?,
        group: GroupId(row.group_id),
        audience: believe.word("audience", &row.audience, Audience::from_word)?,
        review_due: believe.date("review_due", &row.review_due)?,
        policy: ReviewPolicy {
            interval_months: believe.count("interval_months", row.interval_months)?,
            lead_months: believe.count("lead_months", row.lead_months)?,
            final_window_days: believe.count("final_window_days", row.final_window_days)?,
            rules: believe.rules(row.rules.as_deref())?,
        },
        is_demonstration: row.is_demonstration,
    })
}

pub(in crate::store) fn edition(row: ::entity::edition::Model) -> Result<Edition, StoreError> {
    let believe = Row { table: "edition", id: row.id };
    let publication = match (&row.issued, row.published_at) {
        (Some(issued), Some(published_at)) => {
            Some(Publication { issued: believe.date("issued", issued)?, published_at })
        }
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => return Err(believe.refuse("issued")),
    };
    let explanation = believe.prose("withdrawal_explanation", row.withdrawal_explanation)?;
    let state = match (row.state.as_str(), publication, row.superseded_at, row.withdrawn_at, explanation) {
        ("DRAFT", None, None, None, None) => EditionState::Draft,
        ("PUBLISHED", Some(publication), None, None, None) => EditionState::Published(publication),
        ("SUPERSEDED", Some(publication), Some(superseded_at), None, None) => {
            EditionState::Superseded { publication, superseded_at }
        }
        ("WITHDRAWN", Some(publication), _, Some(withdrawn_at), Some(explanation)) => {
            EditionState::Withdrawn { publication, withdrawn_at, explanation }
        }
        _ => return Err(believe.refuse("state")),
    };
    Ok(Edition {
        id: EditionId(row.id),
        document: DocumentId(row.document_id),
        number: EditionNumber { major: believe.count("major", row.major)?, minor: believe.count("minor", row.minor)? },
        state,
        change_note: believe.prose("change_note", row.change_note)?,
        is_imported: row.is_imported,
    })
}

/// A placement with the key of its section and the digest of its revision, which stand in other tables.
#[derive(FromQueryResult, Debug)]
pub(in crate::store) struct PlacementRow {
    pub(in crate::store) edition_id: Uuid,
    pub(in crate::store) section_id: Uuid,
    parent_id: Option<Uuid>,
    audience: Option<String>,
    stage: Option<String>,
    revision_id: Uuid,
    key: String,
    digest: Vec<u8>,
}

pub(in crate::store) fn placement(row: PlacementRow, requirements: Requirements) -> Result<Placement, StoreError> {
    let believe = Row { table: "placement", id: row.section_id };
    let audience = row.audience.as_deref();
    let stage = row.stage.as_deref();
    Ok(Placement {
        section: SectionId(row.section_id),
        key: believe.text("key", Key::new(row.key))?,
        parent: row.parent_id.map(SectionId),
        audience: audience.map(|word| believe.word("audience", word, Audience::from_word)).transpose()?,
        stage: stage.map(|word| believe.word("stage", word, Stage::from_word)).transpose()?,
        requirements,
        revision: RevisionId(row.revision_id),
        digest: believe.digest("digest", &row.digest)?,
    })
}

/// The columns of a revision that its head is made of.
#[derive(FromQueryResult, Debug)]
pub(in crate::store) struct HeadRow {
    id: Uuid,
    section_id: Uuid,
    digest: Vec<u8>,
    change_class: String,
    based_on_id: Option<Uuid>,
    author_id: Option<Uuid>,
    created_at: Timestamp,
    confirmed_by_id: Option<Uuid>,
    confirmed_at: Option<Timestamp>,
}

pub(in crate::store) fn revision_head(row: &HeadRow) -> Result<RevisionHead, StoreError> {
    let believe = Row { table: "revision", id: row.id };
    let confirmed = match (row.confirmed_by_id, row.confirmed_at) {
        (Some(by), Some(at)) => Some(Confirmation { by: PersonId(by), at }),
        (None, None) => None,
        (Some(_), None) | (None, Some(_)) => return Err(believe.refuse("confirmed_at")),
    };
    Ok(RevisionHead {
        id: RevisionId(row.id),
        section: SectionId(row.section_id),
        digest: believe.digest("digest", &row.digest)?,
        class: believe.word("change_class", &row.change_class, ChangeClass::from_word)?,
        based_on: row.based_on_id.map(RevisionId),
        author: row.author_id.map(PersonId),
        created_at: row.created_at,
        confirmed,
    })
}

/// The text of a revision, believed only if it has the digest that was signed.
pub(in crate::store) fn content(head: &RevisionHead, json: &str) -> Result<Content, StoreError> {
    let believe = Row { table: "revision", id: head.id };
    let content: Content = believe.text("content", serde_json::from_str(json))?;
    if content.digest() == head.digest { Ok(content) } else { Err(believe.refuse("digest")) }
}
