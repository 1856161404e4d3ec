//! What an adviser says of a section.

use async_graphql::{Context, Object, Result};

use super::{Person, text};
use crate::{
    domain::{document::content, review::opinion},
    graphql::{
        enums::{Stance, TextFormat},
        loaders::APerson,
        scalar::{DateTime, Digest},
        session::View,
    },
};

/// An opinion, with the digest of the text that it is shown beside.
#[derive(Clone, Debug)]
pub struct Opinion {
    pub(super) opinion: opinion::Opinion,
    pub(super) beside: content::Digest,
}

/// What an adviser says of a section: the latest word of one seat in the review. It has no vote and blocks nothing. In a
/// draft it can still change; with the edition it is published, to whoever reads the section.
#[Object]
impl Opinion {
    /// What they say.
    async fn stance(&self) -> Stance {
        self.opinion.stance.into()
    }

    /// In their words. Concerns always have some.
    async fn reason(&self, #[graphql(desc = "The form of the text.", default)] format: TextFormat) -> Option<String> {
        let prefix = format!("opinion-{}", self.opinion.id);
        self.opinion.reason.as_ref().map(|reason| text::note(reason.as_str(), format, &prefix))
    }

    /// The name of the body that the adviser belonged to when they gave it; none if they belonged to none. Whoever reads the
    /// opinion reads this name.
    async fn on_behalf_of(&self) -> Option<&str> {
        self.opinion.on_behalf_of.as_deref()
    }

    /// The adviser. Shown to partners, the groups and the person.
    async fn adviser(&self, ctx: &Context<'_>) -> Result<Option<Person>> {
        Ok(View::of(ctx)?.find(APerson(self.opinion.by)).await?.map(Person))
    }

    /// When it was given.
    async fn given_at(&self) -> DateTime {
        DateTime(self.opinion.given_at)
    }

    /// The digest of the text that the adviser read.
    async fn digest(&self) -> Digest {
        Digest(self.opinion.digest)
    }

    /// Whether that is the text of the section here, word for word. Else it was given on an earlier text of the review.
    async fn is_on_this_text(&self) -> bool {
        self.opinion.digest == self.beside
    }
}
