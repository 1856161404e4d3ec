//! Comments on sections of a draft under review: each is about exactly the text that was read, and stands until it is settled.
//!
//! A comment decides nothing: it is in no cell and in no gate. Who may write and settle one says `access`.

use super::{
    access::{Facts, Permitted, Thing, act},
    document::{Audience, content::Digest, draft::Draft},
    id::{ClientId, CommentId, DocumentId, OrganisationId, PersonId, ReviewId, SectionId},
    review::{Review, cell::Scope, participation::InterestAction},
    text::Prose,
    time::Timestamp,
};

/// The most comments in one review: a list that people can still read.
pub const COMMENTS_MAX: u64 = 2_000;

/// Somebody's remark on a section as they read it. What it says is never edited.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Comment {
    /// Identity.
    pub id: CommentId,
    /// The document.
    pub document: DocumentId,
    /// The review it was written in.
    pub review: ReviewId,
    /// The section it is on.
    pub section: SectionId,
    /// Digest of the text that was read.
    pub digest: Digest,
    /// Whose remark it is.
    pub by: Commenter,
    /// What it says, Markdown.
    pub body: Prose,
    /// When it was written.
    pub at: Timestamp,
    /// That it was answered, acted upon or taken back; none while it stands.
    pub settled: Option<Settled>,
}

/// Whose a comment is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Commenter {
    /// A person.
    Person(PersonId),
    /// The machine of a partner organisation.
    Client {
        /// Which.
        client: ClientId,
        /// Whose.
        organisation: OrganisationId,
    },
}

impl Commenter {
    /// The person, if it is one.
    pub fn person(self) -> Option<PersonId> {
        match self {
            Self::Person(person) => Some(person),
            Self::Client { .. } => None,
        }
    }
}

/// How a comment was settled.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Settled {
    /// Who settled it.
    pub by: PersonId,
    /// When.
    pub at: Timestamp,
    /// What became of it, in their words.
    pub answer: Option<Prose>,
}

/// Why a comment cannot be written or settled.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum CommentProblem {
    /// The draft is not under review.
    #[error("there is no open review of this draft")]
    ReviewClosed,
    /// The text has moved on since it was read (S5).
    #[error("the section has changed since it was read")]
    SectionChanged {
        /// The digest of the text as it stands.
        current: Digest,
    },
    /// Whoever is excluded from the section, because of an interest, has no voice in it.
    #[error("somebody who is excluded from the section does not comment on it")]
    Excluded,
    /// The review holds as many comments as it may.
    #[error("the review holds {COMMENTS_MAX} comments, which is the most")]
    TooMany,
    /// It is settled already, for good.
    #[error("the comment is settled already")]
    AlreadySettled,
}

/// A comment, ready to be recorded.
#[derive(Clone, Debug)]
pub struct Commented {
    comment: Comment,
    audience: Audience,
}

impl Commented {
    /// The comment.
    pub fn comment(&self) -> &Comment {
        &self.comment
    }

    /// Who may know of it: the audience of the section.
    pub fn audience(&self) -> Audience {
        self.audience
    }
}

/// That a comment was settled, ready to be recorded.
#[derive(Clone, Debug)]
pub struct CommentSettled {
    comment: Comment,
    settled: Settled,
    audience: Audience,
}

impl CommentSettled {
    /// The comment as it stood.
    pub fn comment(&self) -> &Comment {
        &self.comment
    }

    /// How it was settled.
    pub fn settled(&self) -> &Settled {
        &self.settled
    }

    /// Who may know of it: the audience of the section.
    pub fn audience(&self) -> Audience {
        self.audience
    }
}

/// A comment before it is one.
#[derive(Clone, Debug)]
pub struct Remark {
    /// Its identity.
    pub id: CommentId,
    /// Whose it is: the permit's [`commenter`](super::access::Permit::commenter).
    pub by: Commenter,
    /// The digest of the text that was read.
    pub seen: Digest,
    /// What it says.
    pub body: Prose,
    /// When.
    pub now: Timestamp,
}

impl Permitted<'_, act::Comment, Draft> {
    /// Writes a comment on the section, on the text read as `seen`. `standing` is how many comments `review`, the open one,
    /// holds already.
    pub fn comment(&self, review: Option<&Review>, standing: u64, remark: Remark) -> Result<Commented, CommentProblem> {
        let draft = self.facts();
        let review = review.filter(|review| review.draft == Some(draft.edition.id));
        let review = review.ok_or(CommentProblem::ReviewClosed)?;
        let placement = self.section().and_then(|section| draft.text.outline.find(section));
        let placement = placement.ok_or(CommentProblem::ReviewClosed)?;
        if placement.digest != remark.seen {
            return Err(CommentProblem::SectionChanged { current: placement.digest });
        }
        let is_excluded =
            |person| draft.actions.strictest(person, Scope::Section(placement.section)) == InterestAction::Exclude;
        if remark.by.person().is_some_and(is_excluded) {
            return Err(CommentProblem::Excluded);
        }
        if standing >= COMMENTS_MAX {
            return Err(CommentProblem::TooMany);
        }
        let comment = Comment {
            id: remark.id,
            document: draft.document.id,
            review: review.id,
            section: placement.section,
            digest: remark.seen,
            by: remark.by,
            body: remark.body,
            at: remark.now,
            settled: None,
        };
        let audience = draft.text.outline.audience(placement.section, draft.document.audience);
        Ok(Commented { comment, audience })
    }
}

impl Permitted<'_, act::SettleComment, Comment> {
    /// Settles the comment while its review is `review`, the open one.
    pub fn settle(&self, review: Option<&Review>, settled: Settled) -> Result<CommentSettled, CommentProblem> {
        let comment = self.facts();
        if review.map(|review| review.id) != Some(comment.review) {
            return Err(CommentProblem::ReviewClosed);
        }
        if comment.settled.is_some() {
            return Err(CommentProblem::AlreadySettled);
        }
        let audience = self.thing().exposure.audience().unwrap_or(Audience::Group);
        Ok(CommentSettled { comment: comment.clone(), settled, audience })
    }
}

impl Facts for Comment {
    /// Whose it is counts, since its author may settle it.
    fn are_of(&self, thing: &Thing) -> bool {
        (Some(self.document), Some(self.section), self.by.person()) == (thing.document, thing.section, thing.author)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        access::{Denied, Permit},
        review::cell::Scope,
        testing::*,
    };

    fn world() -> World {
        World::new(&[&[SURGERY], &[SURGERY]])
    }

    fn remark(world: &mut World, by: Commenter, seen: Digest) -> Remark {
        Remark { id: CommentId(world.id()), by, seen, body: prose("Say when."), now: world.now }
    }

    fn on_section(world: &World, by: u128) -> Permit<act::Comment> {
        world.permit(by, world.thing(Scope::Section(section(0)))).unwrap()
    }

    /// A comment of this person on the first section, as it stands.
    fn commented(world: &mut World, by: u128) -> Comment {
        let (permit, draft, seen) = (on_section(world, by), world.draft(), world.digest(0));
        let remark = remark(world, permit.commenter().unwrap(), seen);
        let review = world.facts.review.clone();
        permit.on(&draft).unwrap().comment(Some(&review), 0, remark).unwrap().comment().clone()
    }

    fn settle(world: &World, by: u128, comment: &Comment) -> Result<CommentSettled, CommentProblem> {
        let thing = Thing { author: comment.by.person(), ..on_section(world, SECRETARY).thing().clone() };
        let permit: Permit<act::SettleComment> = world.permit(by, thing).unwrap();
        permit
            .on(comment)
            .unwrap()
            .settle(Some(&world.facts.review), Settled { by: person(by), at: world.now, answer: Some(prose("Done.")) })
    }

    #[test]
    fn s5_a_comment_is_on_the_text_that_was_read() {
        let mut world = world();
        let seen = world.digest(0);
        assert_eq!(commented(&mut world, NURSES[0]).digest, seen);
        world
            .revise(SURGEONS[0], 0, "Another text.", crate::domain::document::revision::ChangeClass::Clinical)
            .unwrap();
        let (permit, draft) = (on_section(&world, NURSES[0]), world.draft());
        let remark = remark(&mut world, permit.commenter().unwrap(), seen);
        let refused = permit.on(&draft).unwrap().comment(Some(&world.facts.review), 0, remark).unwrap_err();
        assert_eq!(refused, CommentProblem::SectionChanged { current: world.digest(0) });
    }

    #[test]
    fn comments_are_written_in_the_open_review_of_the_draft_and_up_to_a_limit() {
        let mut world = world();
        let (permit, draft, seen) = (on_section(&world, NURSES[0]), world.draft(), world.digest(0));
        let remark = remark(&mut world, permit.commenter().unwrap(), seen);
        let permitted = permit.on(&draft).unwrap();
        let review = world.facts.review.clone();
        let of_another = Review { draft: None, ..review.clone() };
        for closed in [None, Some(&of_another)] {
            assert_eq!(permitted.comment(closed, 0, remark.clone()).unwrap_err(), CommentProblem::ReviewClosed);
        }
        let many = permitted.comment(Some(&review), COMMENTS_MAX, remark.clone()).unwrap_err();
        assert_eq!(many, CommentProblem::TooMany);
        assert!(permitted.comment(Some(&review), COMMENTS_MAX - 1, remark).is_ok());
    }

    #[test]
    fn a_comment_is_settled_once_and_by_somebody() {
        let mut world = world();
        let comment = commented(&mut world, NURSES[0]);
        for by in [NURSES[0], SURGEONS[0], SECRETARY] {
            assert_eq!(settle(&world, by, &comment).unwrap().settled().by, person(by));
        }
        let settled = settle(&world, SECRETARY, &comment).unwrap().settled;
        let again = Comment { settled: Some(settled), ..comment.clone() };
        assert_eq!(settle(&world, SECRETARY, &again).unwrap_err(), CommentProblem::AlreadySettled);
    }

    #[test]
    fn a4_a_permit_to_settle_one_comment_fits_no_other_authors() {
        let mut world = world();
        let own = commented(&mut world, NURSES[0]);
        let others = commented(&mut world, SURGEONS[0]);
        let thing = Thing { author: own.by.person(), ..on_section(&world, NURSES[0]).thing().clone() };
        let permit: Permit<act::SettleComment> = world.permit(NURSES[0], thing).unwrap();
        assert!(permit.on(&own).is_ok());
        assert_eq!(permit.on(&others).err(), Some(Denied::Forbidden));
        let elsewhere = Comment { section: section(1), ..own };
        assert_eq!(permit.on(&elsewhere).err(), Some(Denied::Forbidden));
    }
}
