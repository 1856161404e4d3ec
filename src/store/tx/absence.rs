//! Records absences, and finds those of a group.

use sea_orm::{ActiveValue::Set, EntityTrait, sea_query::OnConflict};
use serde_json::json;

use super::{NewEvent, Outcome, StoreError, Tx, load, row};
use crate::domain::{
    absence::{Absence, AbsenceNoted},
    event::EventKind,
    id::{AbsenceId, GroupId},
};

impl Outcome for AbsenceNoted {
    /// It is for the group to know.
    const IS_NOTICED_OUTSIDE: bool = false;

    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        use ::entity::absence::{ActiveModel, Column, Entity};
        let (absence, seat) = (self.absence(), self.seat());
        let row = ActiveModel {
            id: Set(absence.id.0),
            group_id: Set(seat.group.0),
            seat_id: Set(seat.id.0),
            from_on: Set(absence.from),
            until_on: Set(absence.until),
            availability: Set(absence.availability.word().to_owned()),
            stand_in_id: Set(absence.stand_in.map(|seat| seat.0)),
            declared_by_id: Set(absence.declared_by.0),
            declared_at: Set(absence.declared_at),
            ended_at: Set(absence.ended_at),
        };
        let ended = OnConflict::column(Column::Id).update_column(Column::EndedAt).to_owned();
        Entity::insert(row).on_conflict(ended).exec_without_returning(&tx.db).await?;
        let kind = match absence.ended_at {
            None => EventKind::AbsenceDeclared,
            Some(_) => EventKind::AbsenceEnded,
        };
        let data = json!({ "absence": absence.id, "seat": seat.id, "standIn": absence.stand_in });
        let (group, by) = (Some(seat.group), Some(self.by()));
        tx.event(NewEvent { kind, by, at: self.at(), group, document: None, review: None, data }).await
    }
}

impl Tx {
    /// Every absence in a group.
    pub async fn absences_of(&self, group: GroupId) -> Result<Vec<Absence>, StoreError> {
        let absences = load::absences_of(&self.db, &[group]).await?;
        Ok(absences.into_iter().map(|(_, absence)| absence).collect())
    }

    /// One absence.
    pub async fn absence(&self, id: AbsenceId) -> Result<Option<Absence>, StoreError> {
        ::entity::absence::Entity::find_by_id(id.0).one(&self.db).await?.map(row::absence).transpose()
    }
}
