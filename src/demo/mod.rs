//! The demonstration: the advice with a full review under way, made by the same commands that people give.
//!
//! Time is turned by hand from the winter of 2017 to the spring of 2019 while it is made; so every date, digest and
//! event is what it would be, had it happened.

pub mod cast;
mod changes;

use cast::{CAST, Player};
use changes::Changes;
use chrono::TimeDelta;

use crate::{
    clock::Hand,
    commands::{
        self, CreateSection, GiveOpinion, GrantRole, GrantSeat, GrantTo, Import, ReviseSection, StandDown, TakePosition,
    },
    domain::{
        access::{Actor, Presence},
        document::{
            change::{StatementWording, Wording},
            content::Content,
            outline::{Place, Placement},
        },
        id::{DocumentId, GroupId, ReviewId},
        review::cell::{WHOLE, cells},
        review::{
            cell::{Cell, Scope},
            opinion::Stance,
            position::PositionAct,
        },
        role::{self, Discipline},
        text::{Line, Prose},
        time::Timestamp,
    },
    manuscript, scheduler,
    store::{SeenReview, Store},
};

/// The breast cancer advice, edition 1.0.
const ADVICE: &str = include_str!("advice.md");
/// A second document, for partners.
const SECOND: &str = include_str!("second.md");
/// The directory of organisations.
const ORGANISATIONS: &str = include_str!("organisations.csv");

/// Why the demonstration could not be made: a fault of ours, since all that it is made of is ours.
#[derive(Debug, thiserror::Error)]
#[error("failed to make the demonstration: {0}")]
pub struct DemoError(String);

impl DemoError {
    fn of(error: impl std::fmt::Display) -> Self {
        Self(error.to_string())
    }
}

/// When the story begins.
pub fn begins_at() -> Timestamp {
    at("2017-12-01T09:00:00Z")
}

/// Where its clock stands when the demonstration is served.
pub fn stands_at() -> Timestamp {
    at("2019-03-04T09:00:00Z")
}

#[expect(clippy::expect_used, reason = "the dates of the story are written above")]
fn at(instant: &str) -> Timestamp {
    instant.parse().expect("a date of the story")
}

/// Fills an empty store, whose clock `hand` turns, with the story up to where it stands.
pub async fn seed(store: &Store, hand: &Hand, issuer: &str) -> Result<(), DemoError> {
    Story { store, hand, issuer }.tell().await
}

struct Story<'a> {
    store: &'a Store,
    hand: &'a Hand,
    issuer: &'a str,
}

impl Story<'_> {
    async fn tell(&self) -> Result<(), DemoError> {
        self.hand.set(begins_at());
        let group = self.found().await?;
        let advice = self.import(group, ADVICE).await?;
        self.import(group, SECOND).await?;
        self.grant_editor(advice).await?;

        self.hand.set(at("2018-12-03T09:00:00Z"));
        let opened = scheduler::tick(self.store, self.store.now()).await.map_err(DemoError::of)?;
        let review = *opened.first().ok_or_else(|| DemoError::of("the review did not open by itself"))?;

        let changes = Changes::read().map_err(DemoError::of)?;
        self.hand.set(at("2019-01-14T10:00:00Z"));
        self.edit(advice, review, &changes).await?;
        self.hand.set(at("2019-02-04T10:00:00Z"));
        self.sign(review).await?;
        self.advise(review).await?;
        self.hand.set(at("2019-02-25T10:00:00Z"));
        self.revise_after_sign_off(review, &changes).await
    }

    async fn found(&self) -> Result<GroupId, DemoError> {
        let organisations = crate::cli::operate::read_organisations(ORGANISATIONS).map_err(DemoError::of)?;
        commands::enter_organisations(self.store, &organisations).await.map_err(DemoError::of)?;
        let slug = crate::domain::document::Key::new("breast-cancer-expert-group").map_err(DemoError::of)?;
        let name = Line::new("Breast Cancer Clinical Expert Group (demonstration)").map_err(DemoError::of)?;
        let group = commands::found_group(self.store, &slug, &name).await.map_err(DemoError::of)?;
        for player in CAST {
            let invitee = player.invitee(self.issuer).map_err(DemoError::of)?;
            if let Some(post) = player.post() {
                let from = Some(at("2017-01-01T00:00:00Z"));
                let command = GrantSeat { group, invitee: invitee.clone(), post, from, until: None, succeeds: None };
                commands::grant_seat(self.store, &Actor::System, &command).await.map_err(DemoError::of)?;
            }
            if let Some(body) = player.body() {
                let organisation = Line::new(body).map_err(DemoError::of)?;
                crate::cli::operate::affiliate(self.store, &invitee, &organisation).await.map_err(DemoError::of)?;
            }
        }
        Ok(group)
    }

    async fn import(&self, group: GroupId, text: &str) -> Result<DocumentId, DemoError> {
        let manuscript = manuscript::read(text)
            .map_err(|faults| DemoError::of(faults.first().map(ToString::to_string).unwrap_or_default()))?;
        let command = Import { group, manuscript };
        commands::import(self.store, &Actor::System, &command).await.map_err(DemoError::of)
    }

    async fn grant_editor(&self, document: DocumentId) -> Result<(), DemoError> {
        let invitee = player("editor")?.invitee(self.issuer).map_err(DemoError::of)?;
        let command = GrantRole { document, role: role::GrantRole::Editor, to: GrantTo::Person(invitee) };
        commands::grant_role(self.store, &Actor::System, &command).await.map_err(DemoError::of)?;
        Ok(())
    }

    async fn edit(&self, advice: DocumentId, review: ReviewId, changes: &Changes) -> Result<(), DemoError> {
        let editor = self.actor(player("editor")?).await?;
        // The last revision is kept for later, when its section has been signed.
        let (_, early) = changes.revisions.split_last().ok_or_else(|| DemoError::of("no revisions"))?;
        for revision in early {
            self.revise(&editor, review, revision).await?;
        }
        for section in &changes.new_sections {
            let (_, seen) = self.look(review).await?;
            let parent = seen.facts.text.outline.find_key(&section.parent).map(|placement| placement.section);
            let command = CreateSection {
                document: advice,
                key: Some(section.key()?),
                place: Place { parent, after: None },
                audience: None,
                stage: Some(section.stage),
                requirements: section.requirements(),
                wording: section.wording()?,
            };
            commands::create_section(self.store, &editor, &command).await.map_err(DemoError::of)?;
            self.hand.advance(TimeDelta::hours(5));
        }
        for stand_down in &changes.stand_downs {
            let placement = self.placement(review, &stand_down.section).await?;
            let command = StandDown {
                section: placement.section,
                number: stand_down.number()?,
                seen: placement.digest,
                reason: Prose::new(&stand_down.reason).map_err(DemoError::of)?,
            };
            commands::stand_down(self.store, &editor, &command).await.map_err(DemoError::of)?;
        }
        Ok(())
    }

    async fn revise(&self, editor: &Actor, review: ReviewId, revision: &changes::Revision) -> Result<(), DemoError> {
        let placement = self.placement(review, &revision.section).await?;
        let content = self.content(review, &placement).await?;
        let command = ReviseSection {
            section: placement.section,
            seen: placement.digest,
            wording: Wording { body: revision.body()?, ..unchanged(content) },
            class: revision.class,
        };
        commands::revise_section(self.store, editor, &command).await.map_err(DemoError::of)?;
        self.hand.advance(TimeDelta::hours(26));
        Ok(())
    }

    /// Most of the pathway is signed; one cell is blocked, one recused, and the rest waits.
    async fn sign(&self, review: ReviewId) -> Result<(), DemoError> {
        let (_, seen) = self.look(review).await?;
        let outline = &seen.facts.text.outline;
        let read = outline.len() * 2 / 3;
        let signed_keys: Vec<&Placement> = outline.iter().take(read).collect();
        for (cell, needed) in cells(&seen.facts) {
            let placement = signed_keys.iter().find(|placement| cell.scope == Scope::Section(placement.section));
            let Some(placement) = placement.filter(|_| cell != WHOLE) else { continue };
            self.fill(review, placement, cell, needed).await?;
            self.hand.advance(TimeDelta::minutes(17));
        }
        let key_worker = self.placement(review, "key-worker").await?;
        let cell = Cell { scope: Scope::Section(key_worker.section), discipline: Discipline::Nursing };
        self.fill(review, &key_worker, cell, 1).await
    }

    /// The adviser of a reference group supports one section and has concerns about another.
    async fn advise(&self, review: ReviewId) -> Result<(), DemoError> {
        let adviser = self.actor(player("adviser")?).await?;
        let concerns = "The commissioned capacity for this differs between regions.";
        for (key, stance, reason) in
            [("radiotherapy", Stance::Supports, None), ("bone-protection", Stance::Concerns, Some(concerns))]
        {
            let placement = self.placement(review, key).await?;
            let command = GiveOpinion {
                review,
                section: placement.section,
                seat: None,
                seen: placement.digest,
                stance,
                reason: reason.map(Prose::new).transpose().map_err(DemoError::of)?,
            };
            commands::give_opinion(self.store, &adviser, &command).await.map_err(DemoError::of)?;
        }
        Ok(())
    }

    async fn fill(&self, review: ReviewId, placement: &Placement, cell: Cell, needed: u8) -> Result<(), DemoError> {
        let mut signers = CAST.iter().filter(|player| player.discipline() == Some(cell.discipline));
        let (act, reason) = match (placement.key.as_str(), cell.discipline) {
            ("bone-protection", Discipline::Oncology) => {
                (PositionAct::Object, Some("The handover to primary care does not say who checks kidney function."))
            }
            ("genetic-testing-after-diagnosis", Discipline::Genetics) => {
                let one = signers.next().ok_or_else(|| DemoError::of("no geneticist"))?;
                let reason = "I lead a laboratory that is paid for such tests.";
                self.take(one, review, placement, PositionAct::Recuse, Some(reason)).await?;
                (PositionAct::Approve, None)
            }
            ("radiotherapy", Discipline::Surgery) => (PositionAct::Abstain, None),
            _ => (PositionAct::Approve, None),
        };
        for signer in signers.take(usize::from(needed)) {
            self.take(signer, review, placement, act, reason).await?;
        }
        Ok(())
    }

    async fn take(
        &self,
        player: &Player,
        review: ReviewId,
        placement: &Placement,
        act: PositionAct,
        reason: Option<&str>,
    ) -> Result<(), DemoError> {
        let actor = self.actor(player).await?;
        let command = TakePosition {
            review,
            scope: Scope::Section(placement.section),
            seat: None,
            act,
            seen: Some(placement.digest),
            reason: reason.map(Prose::new).transpose().map_err(DemoError::of)?,
            until: None,
        };
        commands::take_position(self.store, &actor, &command).await.map_err(DemoError::of)?;
        Ok(())
    }

    /// One edit after sign-off: exactly the positions on its section go stale.
    async fn revise_after_sign_off(&self, review: ReviewId, changes: &Changes) -> Result<(), DemoError> {
        let editor = self.actor(player("editor")?).await?;
        let late = changes.revisions.last().ok_or_else(|| DemoError::of("no revisions"))?;
        self.revise(&editor, review, late).await
    }

    async fn actor(&self, player: &Player) -> Result<Actor, DemoError> {
        Ok(self.store.actor(&player.login(self.issuer)).await.map_err(DemoError::of)?.shown(Presence::Present))
    }

    async fn look(&self, review: ReviewId) -> Result<(crate::store::Reader, std::sync::Arc<SeenReview>), DemoError> {
        let reader = self.store.reader(Actor::System);
        let seen = reader.reviews(&[review]).await.map_err(DemoError::of)?.remove(&review);
        Ok((reader, seen.ok_or_else(|| DemoError::of("the review is gone"))?))
    }

    async fn placement(&self, review: ReviewId, key: &str) -> Result<Placement, DemoError> {
        let (_, seen) = self.look(review).await?;
        let placement = seen.facts.text.outline.find_key(key).cloned();
        placement.ok_or_else(|| DemoError::of(format!("there is no section {key}")))
    }

    async fn content(&self, review: ReviewId, placement: &Placement) -> Result<Content, DemoError> {
        let (reader, seen) = self.look(review).await?;
        let draft = seen.facts.review.draft.ok_or_else(|| DemoError::of("there is no draft"))?;
        let text = reader.edition_texts(&[draft]).await.map_err(DemoError::of)?.remove(&draft);
        let revision = text.as_ref().and_then(|text| text.revision(placement));
        Ok(revision.ok_or_else(|| DemoError::of("the section has no text"))?.content.clone())
    }
}

fn player(subject: &str) -> Result<&'static Player, DemoError> {
    CAST.iter().find(|player| player.subject == subject).ok_or_else(|| DemoError::of("nobody of that name"))
}

/// A text as its writer would hand it in again.
fn unchanged(content: Content) -> Wording {
    let statements = content.recommendations.into_iter().map(|statement| StatementWording {
        number: Some(statement.number),
        strength: statement.strength,
        text: statement.text,
        summary: statement.summary,
    });
    Wording {
        heading: content.heading,
        body: content.body,
        summary: content.summary,
        recommendations: statements.collect(),
        references: content.references,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{clock::Clock, config::Config};

    #[tokio::test]
    async fn the_story_can_be_told() {
        let directory = tempfile::tempdir().unwrap();
        let mut config = Config::load(Some("/dev/null".as_ref()), []).unwrap();
        let url = format!("sqlite:{}", directory.path().join("demo.db").display());
        config.database.url = crate::config::DatabaseUrl::Sqlite(url);
        let (clock, hand) = Clock::by_hand(begins_at());
        let store = crate::cli::operate::open_store(&config, clock).await.unwrap();
        seed(&store, &hand, "https://issuer.test").await.unwrap();
    }
}
