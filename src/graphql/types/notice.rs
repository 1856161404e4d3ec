//! What the viewer was told.

use async_graphql::{Context, ID, Object, Result};

use super::{Document, Review, Seat};
use crate::{
    domain::{
        notice::KeptNotice,
        review::notice::{ToldEscalation, ToldLate, ToldReminder, told},
    },
    graphql::{
        connection::Listed,
        enums::{Deadline, NoticeKind},
        id::GlobalId,
        loaders::{ADocument, AReview, ASeat},
        scalar::{Date, DateTime},
        session::View,
    },
    render::notice::sentence,
};

/// A notice.
#[derive(Clone, Debug)]
pub struct Notice(pub KeptNotice);

/// Something you were told, once. It says where to look; what stands there you read as things are now.
#[Object]
impl Notice {
    /// Opaque id. `markNoticesRead` takes it.
    async fn id(&self) -> ID {
        GlobalId::Notice(self.0.id).encode()
    }

    /// What it tells, for programs.
    async fn kind(&self) -> NoticeKind {
        self.0.notice.kind.into()
    }

    /// What it tells, for people: one sentence in English.
    async fn message(&self) -> String {
        sentence(&self.0)
    }

    /// When it was written.
    async fn at(&self) -> DateTime {
        DateTime(self.0.at)
    }

    /// When you marked it as read.
    async fn read_at(&self) -> Option<DateTime> {
        self.0.read_at.map(DateTime)
    }

    /// The document it is about, if you may still read it; of a reminder, the first.
    async fn document(&self, ctx: &Context<'_>) -> Result<Option<Document>> {
        let Some(document) = self.0.notice.document else { return Ok(None) };
        Ok(View::of(ctx)?.find(ADocument(document)).await?.map(Document))
    }

    /// The review it is about, if you may still read it; of a reminder, the first.
    async fn review(&self, ctx: &Context<'_>) -> Result<Option<Review>> {
        let Some(review) = self.0.notice.review else { return Ok(None) };
        Ok(View::of(ctx)?.find(AReview(review)).await?.map(Review))
    }

    /// Of a reminder: what waited for you, review by review, the nearest day first.
    async fn reminders(&self, ctx: &Context<'_>) -> Result<Vec<NoticeReminder>> {
        View::of(ctx)?.give(told(&self.0.notice).reminders.into_iter().map(NoticeReminder).collect()).await
    }

    /// Of a reminder: what waited for others and has come to you as well. The duty stays theirs.
    async fn escalations(&self, ctx: &Context<'_>) -> Result<Vec<NoticeEscalation>> {
        View::of(ctx)?.give(told(&self.0.notice).escalations.into_iter().map(NoticeEscalation).collect()).await
    }
}

impl Listed for Notice {
    const PAGE: &'static str = "A page of notices.";
    const EDGE: &'static str = "A notice on a page.";
    const CURSOR: &'static str = "notices";
}

/// What waited for somebody.
pub struct NoticeReminder(ToldReminder);

/// What waited for you in one review when you were reminded.
#[Object]
impl NoticeReminder {
    /// The review, if you may still read it.
    async fn review(&self, ctx: &Context<'_>) -> Result<Option<Review>> {
        Ok(View::of(ctx)?.find(AReview(self.0.review)).await?.map(Review))
    }

    /// The document, if you may still read it.
    async fn document(&self, ctx: &Context<'_>) -> Result<Option<Document>> {
        Ok(View::of(ctx)?.find(ADocument(self.0.document)).await?.map(Document))
    }

    /// Which of the two clocks.
    async fn deadline(&self) -> Deadline {
        self.0.deadline.into()
    }

    /// Until when. The day lasts to its end.
    async fn until(&self) -> Date {
        Date(self.0.until)
    }

    /// How long before that day, or with a plus after it: an ISO 8601 duration such as `P7D` or `+P14D`.
    async fn rung(&self) -> &str {
        &self.0.rung
    }

    /// How many things waited.
    async fn waiting(&self) -> usize {
        self.0.waiting
    }

    /// The seats whose holders are away, and in whose place you were asked. Shown to partners, the groups and their holders.
    async fn in_place_of(&self, ctx: &Context<'_>) -> Result<Vec<Seat>> {
        let view = View::of(ctx)?;
        let away = self.0.in_place_of.iter().copied().map(ASeat).collect();
        view.give(view.list(away).await?.into_iter().map(Seat).collect()).await
    }
}

/// What waited for others.
pub struct NoticeEscalation(ToldEscalation);

/// What others had not done in one review when you were told of it.
#[Object]
impl NoticeEscalation {
    /// The review, if you may still read it.
    async fn review(&self, ctx: &Context<'_>) -> Result<Option<Review>> {
        Ok(View::of(ctx)?.find(AReview(self.0.review)).await?.map(Review))
    }

    /// The document, if you may still read it.
    async fn document(&self, ctx: &Context<'_>) -> Result<Option<Document>> {
        Ok(View::of(ctx)?.find(ADocument(self.0.document)).await?.map(Document))
    }

    /// Which of the two clocks.
    async fn deadline(&self) -> Deadline {
        self.0.deadline.into()
    }

    /// Until when it should have been done.
    async fn until(&self) -> Date {
        Date(self.0.until)
    }

    /// How long after that day: an ISO 8601 duration with a plus, such as `+P14D`.
    async fn rung(&self) -> &str {
        &self.0.rung
    }

    /// Whose it is.
    async fn late(&self, ctx: &Context<'_>) -> Result<Vec<LateSeat>> {
        View::of(ctx)?.give(self.0.late.iter().copied().map(LateSeat).collect()).await
    }
}

/// A seat that was late.
pub struct LateSeat(ToldLate);

/// A seat that has not done what it is asked.
#[Object]
impl LateSeat {
    /// The seat. Shown to partners, the groups and its holder.
    async fn seat(&self, ctx: &Context<'_>) -> Result<Option<Seat>> {
        Ok(View::of(ctx)?.find(ASeat(self.0.seat)).await?.map(Seat))
    }

    /// How many things waited for it.
    async fn waiting(&self) -> usize {
        self.0.waiting
    }
}
