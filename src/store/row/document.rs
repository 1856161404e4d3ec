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
            revision::{ChangeClass, Confirmation, Revision, RevisionHead},
        },
        id::{DocumentId, EditionId, GroupId, PersonId, RevisionId, SectionId},
        role::Discipline,
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
        interim_until: row.interim_until,
    })
}

/// A document with how many acts it and its group have seen, see [`Versions`].
#[derive(FromQueryResult, Debug)]
pub(in crate::store) struct DocumentRow {
    #[sea_orm(nested)]
    document: ::entity::document::Model,
    group_version: i64,
}

/// At which versions a document was read: what is known of it or of its group at these stands as long as they do.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(in crate::store) struct Versions {
    pub(in crate::store) document: i64,
    pub(in crate::store) group: i64,
}

pub(in crate::store) fn versioned_document(row: DocumentRow) -> Result<(Document, Versions), StoreError> {
    let versions = Versions { document: row.document.version, group: row.group_version };
    Ok((document(row.document)?, versions))
}

/// A placement with the key of its section, with what the section asks, and with the head of its revision.
#[derive(FromQueryResult, Debug)]
pub(in crate::store) struct PlacementRow {
    pub(in crate::store) edition_id: Uuid,
    section_id: Uuid,
    parent_id: Option<Uuid>,
    audience: Option<String>,
    stage: Option<String>,
    revision_id: Uuid,
    key: String,
    /// `SURGERY 2,NURSING 1`; none if nothing is asked.
    requirements: Option<String>,
    #[sea_orm(nested)]
    pub(in crate::store) head: HeadRow,
}

pub(in crate::store) fn placement(row: PlacementRow) -> Result<Placement, StoreError> {
    let believe = Row { table: "placement", id: row.section_id };
    let mut requirements = Requirements::default();
    for asked in row.requirements.iter().flat_map(|asked| asked.split(',')) {
        let (discipline, approvals) = asked.split_once(' ').ok_or_else(|| believe.refuse("requirements"))?;
        let discipline = believe.word("discipline", discipline, Discipline::from_word)?;
        if !requirements.require(discipline, believe.text("approvals", approvals.parse())?) {
            return Err(believe.refuse("approvals"));
        }
    }
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
        digest: believe.digest("digest", &row.head.digest)?,
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

/// A revision with its text.
#[derive(FromQueryResult, Debug)]
pub(in crate::store) struct RevisionRow {
    #[sea_orm(nested)]
    head: HeadRow,
    content: String,
}

pub(in crate::store) fn revision(row: &RevisionRow) -> Result<Revision, StoreError> {
    let head = revision_head(&row.head)?;
    let content = content(&head, &row.content)?;
    Ok(Revision { head, content })
}

/// The text of a revision, believed only if it has the digest that was signed.
fn content(head: &RevisionHead, json: &str) -> Result<Content, StoreError> {
    let believe = Row { table: "revision", id: head.id };
    let content: Content = believe.text("content", serde_json::from_str(json))?;
    if content.digest() == head.digest { Ok(content) } else { Err(believe.refuse("digest")) }
}
