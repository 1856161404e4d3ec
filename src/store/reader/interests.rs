//! The register of interests, and who took no part in an edition because of one.

use std::collections::{HashMap, HashSet};

use sea_orm::{ColumnTrait, Condition, EntityTrait, QueryFilter};

use super::{Reader, opinions::reviews_of};
use crate::{
    domain::{
        id::{EditionId, GroupId, InterestId, PersonId, SeatId},
        interest::Interest,
        review::participation::{NonParticipant, non_participants},
        role::Seat,
    },
    store::{StoreError, load, row},
};

/// An entry of the register as it is published: with the name of whoever declared it, whoever reads it.
#[derive(Clone, Debug)]
pub struct RegisterEntry {
    /// The entry.
    pub interest: Interest,
    /// The seat that it was declared for.
    pub seat: Seat,
    /// Who holds that.
    pub holder_name: String,
}

/// Somebody who took no part, as an edition says it.
#[derive(Clone, Debug)]
pub struct ToldNonParticipant {
    /// In what, and why.
    pub who: NonParticipant,
    /// From which seat.
    pub seat: Seat,
    /// Their name; none if the interest is withheld.
    pub name: Option<String>,
}

impl Reader {
    /// The registers of these groups, in the order of declaring. That somebody has declared an interest is public; withheld
    /// entries are for those who sit in the group.
    pub async fn interests_of(&self, groups: &[GroupId]) -> Result<HashMap<GroupId, Vec<RegisterEntry>>, StoreError> {
        let own: HashSet<GroupId> = self.sight.groups().collect();
        if groups.iter().any(|group| own.contains(group) || self.sight.is_everything()) {
            self.note_personal();
        }
        let mut entries = load::interests_of(self.db().await?, groups).await?;
        entries.retain(|(group, interest)| {
            interest.withheld.is_none() || own.contains(group) || self.sight.is_everything()
        });
        let named = self.named_seats(entries.iter().map(|(_, interest)| interest.seat)).await?;
        let mut registers: HashMap<GroupId, Vec<RegisterEntry>> = HashMap::new();
        for (group, interest) in entries {
            let Some((seat, holder_name)) = named.get(&interest.seat).cloned() else { continue };
            registers.entry(group).or_default().push(RegisterEntry { interest, seat, holder_name });
        }
        Ok(registers)
    }

    /// Who took no part in these editions, for whoever reads the section: what stood when the review ended. Of withheld
    /// interests nobody is told whose they are.
    pub async fn non_participants_on(
        &self,
        ids: &[EditionId],
    ) -> Result<HashMap<EditionId, Vec<ToldNonParticipant>>, StoreError> {
        use ::entity::{interest, review};
        let editions = self.edition_texts(ids).await?;
        let seen: Vec<EditionId> = editions.keys().copied().collect();
        let db = self.db().await?;
        let was_published = Condition::all().add(review::Column::Outcome.eq("PUBLISHED"));
        let edition_of = reviews_of(db, &seen, was_published).await?;
        let reviews: Vec<_> = edition_of.keys().copied().collect();
        if reviews.is_empty() {
            return Ok(HashMap::new());
        }
        let mut actions = load::interest_actions(db, &reviews).await?;
        let mut recusals = load::positions(db, &reviews).await?;
        let mut found: Vec<(EditionId, NonParticipant)> = Vec::new();
        for (review, edition) in edition_of {
            let (actions, positions) = (actions.remove(&review), recusals.remove(&review));
            let all = non_participants(&actions.unwrap_or_default(), &positions.unwrap_or_default());
            let Some(text) = editions.get(&edition) else { continue };
            found.extend(all.into_iter().filter(|who| text.sees(who.section)).map(|who| (edition, who)));
        }
        let withheld = Condition::all()
            .add(interest::Column::Id.is_in(found.iter().filter_map(|(_, who)| who.interest).map(|id| id.0)))
            .add(interest::Column::WithheldReason.is_not_null());
        let withheld = interest::Entity::find().filter(withheld).all(db).await?;
        let withheld: HashSet<InterestId> = withheld.into_iter().map(|row| InterestId(row.id)).collect();
        let named = self.named_seats(found.iter().map(|(_, who)| who.seat)).await?;
        let mut told: HashMap<EditionId, Vec<ToldNonParticipant>> = HashMap::new();
        for (edition, who) in found {
            let Some((seat, name)) = named.get(&who.seat).cloned() else { continue };
            let is_withheld = who.interest.is_some_and(|interest| withheld.contains(&interest));
            let name = Some(name).filter(|_| !is_withheld);
            told.entry(edition).or_default().push(ToldNonParticipant { who, seat, name });
        }
        Ok(told)
    }

    /// Seats with the names of their holders, where both are published whoever asks.
    async fn named_seats(
        &self,
        seats: impl Iterator<Item = SeatId>,
    ) -> Result<HashMap<SeatId, (Seat, String)>, StoreError> {
        use ::entity::{person, seat};
        let wanted: HashSet<_> = seats.map(|seat| seat.0).collect();
        if wanted.is_empty() {
            return Ok(HashMap::new());
        }
        let db = self.db().await?;
        let rows = seat::Entity::find().filter(seat::Column::Id.is_in(wanted)).all(db).await?;
        let seats: Vec<Seat> = rows.into_iter().map(row::seat).collect::<Result<_, _>>()?;
        let holders: HashSet<_> = seats.iter().map(|seat| seat.holder.0).collect();
        let people = person::Entity::find().filter(person::Column::Id.is_in(holders)).all(db).await?;
        let names: HashMap<PersonId, String> =
            people.into_iter().map(|person| (PersonId(person.id), person.name)).collect();
        let named = seats.into_iter().filter_map(|seat| {
            let name = names.get(&seat.holder)?.clone();
            Some((seat.id, (seat, name)))
        });
        Ok(named.collect())
    }
}
