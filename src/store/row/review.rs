//! Reviews, positions, opinions, comments and events.

use super::Row;
use crate::{
    domain::{
        comment::{Comment, Commenter, Settled},
        document::Document,
        event::{Event, EventKind},
        id::{
            ClientId, CommentId, DocumentId, EditionId, EventId, GroupId, OpinionId, OrganisationId, PersonId,
            PositionId, ReviewId, SeatId, SectionId,
        },
        review::{
            Outcome, Review, ReviewKind, ReviewState,
            assignment::Assignment,
            cell::{Cell, Scope},
            opinion::{Opinion, Stance},
            position::{Position, PositionAct},
            request::Acceptance,
            timetable::Timetable,
        },
        role::Discipline,
        text::Prose,
    },
    store::{StoreError, load::CommentRow},
};

pub(in crate::store) fn review(row: ::entity::review::Model, document: &Document) -> Result<Review, StoreError> {
    let believe = Row { table: "review", id: row.id };
    let note = believe.prose("conclusion_note", row.conclusion_note)?;
    let state = match (row.concluded_at, row.outcome.as_deref(), note) {
        (None, None, None) => ReviewState::Open,
        (Some(at), Some(outcome), note) => {
            let outcome = match (outcome, note) {
                ("PUBLISHED", None) => Outcome::Published,
                ("REAFFIRMED", Some(statement)) => Outcome::Reaffirmed { statement },
                ("CANCELLED", Some(reason)) => Outcome::Cancelled { reason },
                _ => return Err(believe.refuse("outcome")),
            };
            ReviewState::Concluded { at, by: row.concluded_by_id.map(PersonId), outcome }
        }
        _ => return Err(believe.refuse("concluded_at")),
    };
    let scoping_until = row.scoping_until.unwrap_or(row.drafting_until);
    let timetable = Timetable::new(scoping_until, row.drafting_until, row.sign_off_until, row.publication_on);
    Ok(Review {
        id: ReviewId(row.id),
        document: document.id,
        group: document.group,
        audience: document.audience,
        kind: believe.word("kind", &row.kind, ReviewKind::from_word)?,
        due: believe.date("due", &row.due)?,
        final_window_days: believe.count("final_window_days", row.final_window_days)?,
        rules: believe.rules(row.rules.as_deref())?,
        walked_at: row.walked_at.unwrap_or(row.opened_at),
        first_accepted_at: row.first_accepted_at,
        first_weighed_at: row.first_weighed_at,
        first_assigned_at: row.first_assigned_at,
        timetable: believe.text("publication_on", timetable)?,
        draft: row.draft_id.map(EditionId),
        base: row.base_id.map(EditionId),
        opened_at: row.opened_at,
        opened_by: row.opened_by_id.map(PersonId),
        state,
    })
}

pub(in crate::store) fn position(row: ::entity::position::Model) -> Result<Position, StoreError> {
    let believe = Row { table: "position", id: row.id };
    let discipline = believe.word("discipline", &row.discipline, Discipline::from_word)?;
    let scope = row.section_id.map_or(Scope::Whole, |section| Scope::Section(SectionId(section)));
    Ok(Position {
        id: PositionId(row.id),
        cell: Cell { scope, discipline },
        seat: SeatId(row.seat_id),
        act: believe.word("act", &row.act, PositionAct::from_word)?,
        digest: believe.digest("digest", &row.digest)?,
        reason: believe.prose("reason", row.reason)?,
        until: row.until_on,
        taken_at: row.taken_at,
        recorded_by: PersonId(row.recorded_by_id),
        instruction: believe.prose("instruction", row.instruction)?,
        answers: row.answers_id.map(PositionId),
    })
}

pub(in crate::store) fn comment(row: CommentRow) -> Result<Comment, StoreError> {
    let CommentRow { comment: row, document_id, organisation_id } = row;
    let believe = Row { table: "comment", id: row.id };
    let by = match (row.person_id, row.client_id, organisation_id) {
        (Some(person), None, None) => Commenter::Person(PersonId(person)),
        (None, Some(client), Some(organisation)) => {
            Commenter::Client { client: ClientId(client), organisation: OrganisationId(organisation) }
        }
        _ => return Err(believe.refuse("client_id")),
    };
    let settled = match (row.settled_at, row.settled_by_id, believe.prose("answer", row.answer)?) {
        (Some(at), Some(by), answer) => Some(Settled { by: PersonId(by), at, answer }),
        (None, None, None) => None,
        _ => return Err(believe.refuse("settled_at")),
    };
    Ok(Comment {
        id: CommentId(row.id),
        document: DocumentId(document_id),
        review: ReviewId(row.review_id),
        section: SectionId(row.section_id),
        digest: believe.digest("digest", &row.digest)?,
        by,
        body: believe.text("body", Prose::new(row.body))?,
        at: row.written_at,
        settled,
    })
}

pub(in crate::store) fn opinion(row: ::entity::opinion::Model) -> Result<Opinion, StoreError> {
    let believe = Row { table: "opinion", id: row.id };
    Ok(Opinion {
        id: OpinionId(row.id),
        review: ReviewId(row.review_id),
        section: SectionId(row.section_id),
        seat: SeatId(row.seat_id),
        by: PersonId(row.person_id),
        on_behalf_of: row.on_behalf_of,
        stance: believe.word("stance", &row.stance, Stance::from_word)?,
        reason: believe.prose("reason", row.reason)?,
        digest: believe.digest("digest", &row.digest)?,
        given_at: row.given_at,
    })
}

pub(in crate::store) fn event(row: ::entity::event::Model) -> Result<Event, StoreError> {
    let believe = Row { table: "event", id: row.id };
    Ok(Event {
        id: EventId(row.id),
        kind: believe.word("kind", &row.kind, EventKind::from_word)?,
        by: row.actor_id.map(PersonId),
        at: row.at,
        group: row.group_id.map(GroupId),
        document: row.document_id.map(DocumentId),
        review: row.review_id.map(ReviewId),
        data: believe.text("data", serde_json::from_str(&row.data))?,
    })
}

pub(in crate::store) fn assignment(row: &::entity::assignment::Model) -> Result<Assignment, StoreError> {
    let believe = Row { table: "assignment", id: row.id };
    let discipline = believe.word("discipline", &row.discipline, Discipline::from_word)?;
    let scope = row.section_id.map_or(Scope::Whole, |section| Scope::Section(SectionId(section)));
    Ok(Assignment { cell: Cell { scope, discipline }, seat: SeatId(row.seat_id) })
}

pub(in crate::store) fn acceptance(row: &::entity::acceptance::Model) -> Acceptance {
    Acceptance { seat: SeatId(row.seat_id), at: row.accepted_at }
}
