//! Opinions: what an adviser says of a section under review. One never blocks: the gate and the cells do not know of them,
//! and [`ReviewFacts`] holds none. What stood when the review ended is published with its edition.

use std::collections::BTreeMap;

use super::{ReviewFacts, cell::Scope, participation::InterestAction};
use crate::domain::{
    access::{Permitted, act},
    document::{Audience, content::Digest},
    id::{DocumentId, GroupId, OpinionId, PersonId, ReviewId, SeatId, SectionId},
    role::words,
    text::Prose,
    time::Timestamp,
};

/// How often one seat may say something of one section in one review: a change of mind, not a conversation.
pub const OPINIONS_MAX: usize = 50;

words! {
    /// What an adviser says of a text.
    Stance {
        /// The adviser supports it.
        Supports = "SUPPORTS",
        /// The adviser has concerns, and says which.
        Concerns = "CONCERNS",
        /// The adviser has looked at it and has no view, or none any more.
        NoView = "NO_VIEW",
    }
}

/// What one seat said of one section as it read it. It is never edited; the latest is what the adviser says.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Opinion {
    /// Identity.
    pub id: OpinionId,
    /// The review it was given in.
    pub review: ReviewId,
    /// The section it is on.
    pub section: SectionId,
    /// From which seat.
    pub seat: SeatId,
    /// Who held that seat.
    pub by: PersonId,
    /// The name of the body that they belonged to when they gave it.
    pub on_behalf_of: Option<String>,
    /// What they say.
    pub stance: Stance,
    /// In their words; compulsory for concerns.
    pub reason: Option<Prose>,
    /// The digest of the text that was read.
    pub digest: Digest,
    /// When.
    pub given_at: Timestamp,
}

/// What an adviser says by now: of each seat on each section the latest, by (time, id). In the order of section and seat.
pub fn standing(opinions: impl IntoIterator<Item = Opinion>) -> Vec<Opinion> {
    let mut latest: BTreeMap<(SectionId, SeatId), Opinion> = BTreeMap::new();
    for opinion in opinions {
        let known = latest.entry((opinion.section, opinion.seat)).or_insert_with(|| opinion.clone());
        if (known.given_at, known.id) < (opinion.given_at, opinion.id) {
            *known = opinion;
        }
    }
    latest.into_values().collect()
}

/// Why an opinion cannot be given now.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum OpinionProblem {
    /// The review is over.
    #[error("the review is over")]
    ReviewClosed,
    /// The text has moved on since it was read; nothing was recorded (S5).
    #[error("the text has moved on since it was read")]
    SectionChanged {
        /// The digest of the text as it stands.
        current: Digest,
    },
    /// Concerns without words.
    #[error("concerns need to be written down")]
    ReasonMissing,
    /// Whoever is excluded from the section, because of an interest, has no voice in it.
    #[error("somebody who is excluded from the section does not advise on it")]
    Excluded,
    /// The adviser says the same already.
    #[error("the same opinion on this text is recorded already")]
    AlreadyGiven,
    /// The seat said something of this section as often as it may.
    #[error("the seat has said something of this section {OPINIONS_MAX} times, which is the most")]
    TooMany,
}

/// What an adviser asks to be recorded.
#[derive(Clone, Debug)]
pub struct Advice {
    /// Its identity.
    pub id: OpinionId,
    /// What they say.
    pub stance: Stance,
    /// In their words.
    pub reason: Option<Prose>,
    /// The digest of the text that they read.
    pub seen: Digest,
    /// The name of the body that they belong to.
    pub on_behalf_of: Option<String>,
    /// When.
    pub now: Timestamp,
}

/// An opinion, ready to be recorded.
#[derive(Clone, Debug)]
pub struct OpinionGiven {
    opinion: Opinion,
    group: GroupId,
    document: DocumentId,
    audience: Audience,
}

impl OpinionGiven {
    /// The opinion.
    pub fn opinion(&self) -> &Opinion {
        &self.opinion
    }

    /// The group whose review it is.
    pub fn group(&self) -> GroupId {
        self.group
    }

    /// The document.
    pub fn document(&self) -> DocumentId {
        self.document
    }

    /// Who may know of it: the audience of the section.
    pub fn audience(&self) -> Audience {
        self.audience
    }
}

/// Says something of a section, on the text read as `seen`. Seat and section are those that the permit was given for;
/// `before` is what that seat said of that section in this review so far.
pub fn advise(
    permitted: &Permitted<'_, act::Advise, ReviewFacts>,
    before: &[Opinion],
    advice: Advice,
) -> Result<OpinionGiven, OpinionProblem> {
    let facts = permitted.facts();
    let (true, Some(seat), Some(section), Some(by)) =
        (facts.is_open(), &permitted.thing().seat, permitted.section(), permitted.by())
    else {
        return Err(OpinionProblem::ReviewClosed);
    };
    let scope = Scope::Section(section);
    let current = facts.current_digest(scope).ok_or(OpinionProblem::ReviewClosed)?;
    if current != advice.seen {
        return Err(OpinionProblem::SectionChanged { current });
    }
    if facts.actions.strictest(by, scope) == InterestAction::Exclude {
        return Err(OpinionProblem::Excluded);
    }
    if advice.stance == Stance::Concerns && advice.reason.is_none() {
        return Err(OpinionProblem::ReasonMissing);
    }
    let latest = before.iter().max_by_key(|opinion| (opinion.given_at, opinion.id));
    let is_same = |latest: &Opinion| {
        (latest.stance, latest.digest, &latest.reason) == (advice.stance, advice.seen, &advice.reason)
    };
    if latest.is_some_and(is_same) {
        return Err(OpinionProblem::AlreadyGiven);
    }
    if before.len() >= OPINIONS_MAX {
        return Err(OpinionProblem::TooMany);
    }
    // Clocks of replicas differ; the order of what one seat says must not.
    let floor = latest.map(|latest| latest.given_at + chrono::Duration::milliseconds(1));
    let opinion = Opinion {
        id: advice.id,
        review: facts.review.id,
        section,
        seat: seat.id,
        by,
        on_behalf_of: advice.on_behalf_of,
        stance: advice.stance,
        reason: advice.reason,
        digest: advice.seen,
        given_at: floor.map_or(advice.now, |floor| floor.max(advice.now)),
    };
    let (group, document) = (facts.review.group, facts.review.document);
    Ok(OpinionGiven { opinion, group, document, audience: facts.audience(scope) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{access::Denied, document::revision::ChangeClass, testing::*};

    /// What the adviser says of the first section.
    fn say(
        world: &mut World,
        before: &[Opinion],
        stance: Stance,
        reason: Option<&str>,
        seen: Digest,
    ) -> Result<Opinion, OpinionProblem> {
        let seat = world.facts.seat(seat_id(ADVISER)).cloned();
        let permit = world.permit(ADVISER, crate::domain::access::Thing { seat, ..world.thing(on(0)) }).unwrap();
        let advice = Advice {
            id: OpinionId(world.id()),
            stance,
            reason: reason.map(prose),
            seen,
            on_behalf_of: Some("A body".to_owned()),
            now: world.now,
        };
        advise(&permit.on(&world.facts).unwrap(), before, advice).map(|given| given.opinion().clone())
    }

    #[test]
    fn s5_an_opinion_is_on_the_text_that_was_read_and_concerns_are_written_down() {
        let mut world = World::new(&[&[SURGERY]]);
        let seen = world.digest(0);
        assert_eq!(say(&mut world, &[], Stance::Concerns, None, seen), Err(OpinionProblem::ReasonMissing));
        let said = say(&mut world, &[], Stance::Concerns, Some("Too late."), seen).unwrap();
        assert_eq!((said.digest, said.by, said.seat), (seen, person(ADVISER), seat_id(ADVISER)));
        world.revise(SURGEONS[0], 0, "Another text.", ChangeClass::Clinical).unwrap();
        let current = world.digest(0);
        assert_eq!(
            say(&mut world, &[said], Stance::Supports, None, seen),
            Err(OpinionProblem::SectionChanged { current })
        );
        world.cancel().unwrap();
        assert_eq!(say(&mut world, &[], Stance::Supports, None, current), Err(OpinionProblem::ReviewClosed));
    }

    #[test]
    fn s10_an_opinion_is_given_from_an_advisers_seat_of_ones_own_and_no_office_or_vote_gives_one() {
        let world = World::new(&[&[SURGERY]]);
        for number in [CHAIR, VICE_CHAIR, SECRETARY, OBSERVER, EDITORS[0], SURGEONS[0]] {
            for seat in [number, ADVISER] {
                let seat = world.facts.seat(seat_id(seat)).cloned();
                let thing = crate::domain::access::Thing { seat, ..world.thing(on(0)) };
                assert!(world.permit::<act::Advise>(number, thing).is_err(), "{number}");
            }
        }
        let no_seat = world.permit::<act::Advise>(ADVISER, world.thing(on(0)));
        assert_eq!(no_seat.err(), Some(Denied::Forbidden));
    }

    #[test]
    fn an_adviser_says_a_thing_once_changes_their_mind_so_often_and_the_latest_stands() {
        let mut world = World::new(&[&[SURGERY]]);
        let seen = world.digest(0);
        let mut said = vec![say(&mut world, &[], Stance::Supports, None, seen).unwrap()];
        assert_eq!(say(&mut world, &said, Stance::Supports, None, seen), Err(OpinionProblem::AlreadyGiven));
        while said.len() < OPINIONS_MAX {
            let stance = if said.len() % 2 == 0 { Stance::Supports } else { Stance::NoView };
            let opinion = say(&mut world, &said, stance, None, seen).unwrap();
            assert!(opinion.given_at > said.last().unwrap().given_at, "in order, though no time has passed");
            said.push(opinion);
        }
        assert_eq!(say(&mut world, &said, Stance::Supports, None, seen), Err(OpinionProblem::TooMany));
        let last = said.last().unwrap().clone();
        let elsewhere = Opinion { section: section(1), ..said[0].clone() };
        let anothers = Opinion { seat: seat_id(SURGEONS[0]), ..said[0].clone() };
        said.extend([elsewhere.clone(), anothers.clone()]);
        said.reverse();
        let stands = standing(said);
        assert_eq!(stands.len(), 3);
        assert!([last, elsewhere, anothers].iter().all(|opinion| stands.contains(opinion)));
    }
}
