//! Records how people are reached by letter, and their links to calendars.

use sea_orm::{
    ActiveValue::Set,
    ColumnTrait, EntityTrait, QueryFilter,
    sea_query::{Expr, OnConflict},
};

use super::{Outcome, StoreError, Tx};
use crate::{
    domain::{
        calendar::LinkReplaced,
        contact::{Contact, ContactSet},
        id::PersonId,
    },
    store::row,
};

impl Outcome for ContactSet {
    /// It is the person's alone.
    const IS_NOTICED_OUTSIDE: bool = false;

    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        use ::entity::contact::{ActiveModel, Column, Entity};
        let row = ActiveModel {
            person_id: Set(self.person().0),
            address: Set(self.contact().address.as_ref().map(|address| address.as_str().to_owned())),
            frequency: Set(self.contact().frequency.word().to_owned()),
            stop_code: Set(self.stop_code().expose().to_owned()),
            set_at: Set(self.at()),
        };
        // The code stays: letters that went out before must be good for stopping them.
        let again = OnConflict::column(Column::PersonId)
            .update_columns([Column::Address, Column::Frequency, Column::SetAt])
            .to_owned();
        Entity::insert(row).on_conflict(again).exec_without_returning(&tx.db).await?;
        Ok(())
    }
}

impl Outcome for LinkReplaced {
    /// It is the person's alone.
    const IS_NOTICED_OUTSIDE: bool = false;

    async fn record(self, tx: &mut Tx) -> Result<(), StoreError> {
        use ::entity::calendar_link::{ActiveModel, Column, Entity};
        let link = self.link();
        let of_group = match link.group {
            Some(group) => Column::GroupId.eq(group.0),
            None => Column::GroupId.is_null(),
        };
        Entity::update_many()
            .col_expr(Column::RevokedAt, Expr::value(self.at()))
            .filter(Column::PersonId.eq(link.person.0))
            .filter(of_group)
            .filter(Column::RevokedAt.is_null())
            .exec(&tx.db)
            .await?;
        let Some(mark) = self.mark() else { return Ok(()) };
        let row = ActiveModel {
            id: Set(tx.id()),
            person_id: Set(link.person.0),
            group_id: Set(link.group.map(|group| group.0)),
            mark: Set(mark.0.to_vec()),
            made_at: Set(self.at()),
            revoked_at: Set(None),
        };
        Entity::insert(row).exec_without_returning(&tx.db).await?;
        Ok(())
    }
}

impl Tx {
    /// Who is reached by letters with this code, and how.
    pub async fn contact_by_stop_code(&self, code: &str) -> Result<Option<(PersonId, Contact)>, StoreError> {
        use ::entity::contact::{Column, Entity};
        let row = Entity::find().filter(Column::StopCode.eq(code)).one(&self.db).await?;
        row.map(|row| Ok((PersonId(row.person_id), row::contact(row)?))).transpose()
    }
}
