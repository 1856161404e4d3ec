//! Adds a section to a draft.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Result, SimpleObject};

use super::{
    perform::{Reply, Stop, perform, settle},
    problem::optional_key,
    reading::{self, Changed},
    user_error::{Path, UserError, UserErrorCode as Code},
    wording::{Given, RecommendationInput, ReferenceInput},
};
use crate::{
    commands::{self, CreateSection},
    domain::document::{Requirements, outline::Place},
    graphql::{
        enums::{Audience, Discipline, Stage},
        id::{decode_document_id, decode_section_id, not_found},
        types::Section,
    },
};

/// The section to add.
#[derive(InputObject, Debug)]
pub(super) struct CreateSectionInput {
    /// The document whose draft gets it.
    document_id: ID,
    /// Its lasting name in links, such as `breast-imaging`. If omitted, one is made from the heading.
    key: Option<String>,
    /// The section to stand under. If omitted, it stands at the top.
    parent_id: Option<ID>,
    /// The sibling to follow. If omitted, it comes first.
    after_id: Option<ID>,
    /// Who may read it once published. If omitted, whoever may read what it stands in.
    audience: Option<Audience>,
    /// The part of the patient's pathway it is about.
    stage: Option<Stage>,
    /// Which disciplines must sign it. A member may add sections that name their own.
    requirements: Option<Vec<RequirementInput>>,
    /// Heading, one line.
    heading: String,
    /// Text, Markdown.
    body: Option<String>,
    /// The same in plain language, Markdown.
    summary: Option<String>,
    /// Its recommendations in reading order, at most 200, all without a number: they get the next ones of the document.
    recommendations: Option<Vec<RecommendationInput>>,
    /// What it rests on, at most 200.
    references: Option<Vec<ReferenceInput>>,
}

/// What a section needs from one discipline.
#[derive(InputObject, Debug)]
pub(super) struct RequirementInput {
    /// The discipline.
    discipline: Discipline,
    /// How many of its seats must approve, 1 to 9.
    #[graphql(default = 1)]
    approvals: i32,
}

/// What adding did.
#[derive(SimpleObject)]
pub(super) struct CreateSectionPayload {
    /// The new section in the draft. Null if none was added.
    section: Changed<Section>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn create_section(ctx: &Context<'_>, input: CreateSectionInput) -> Result<CreateSectionPayload> {
    let document = decode_document_id(&input.document_id).ok_or_else(not_found)?;
    let created = async { perform(ctx, commands::create_section, &input.read()?).await };
    let (id, reply) = settle(created.await)?;
    Ok(CreateSectionPayload { section: reading::section(ctx, document, id).await, reply })
}

impl CreateSectionInput {
    fn read(self) -> Result<CreateSection, Stop> {
        let section = |id: Option<ID>| id.map(|id| decode_section_id(&id).ok_or_else(not_found)).transpose();
        let document = decode_document_id(&self.document_id).ok_or_else(not_found)?;
        let place = Place { parent: section(self.parent_id)?, after: section(self.after_id)? };
        let given = Given {
            heading: Some(self.heading),
            body: self.body,
            summary: self.summary.map_or(MaybeUndefined::Undefined, MaybeUndefined::Value),
            recommendations: self.recommendations,
            references: self.references,
        };
        Ok(CreateSection {
            document,
            key: optional_key(self.key, Path::field("key"))?,
            place,
            audience: self.audience.map(Into::into),
            stage: self.stage.map(Into::into),
            requirements: requirements(self.requirements.unwrap_or_default())?,
            wording: given.over(None).map_err(Stop::Mistakes)?,
        })
    }
}

fn requirements(given: Vec<RequirementInput>) -> Result<Requirements, UserError> {
    let mut requirements = Requirements::none();
    for (at, RequirementInput { discipline, approvals }) in given.into_iter().enumerate() {
        let fits = u8::try_from(approvals).is_ok_and(|approvals| requirements.require(discipline.into(), approvals));
        if !fits {
            let wrong = "a discipline is named once and gives one to nine approvals";
            return Err(UserError::plain(Code::RequirementsWrong, wrong, Path::field("requirements").then(at)));
        }
    }
    Ok(requirements)
}
