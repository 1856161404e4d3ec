//! Edition to manuscript, for export.

use super::{Manuscript, ManuscriptSection};
use crate::domain::document::{
    Document,
    content::Content,
    edition::Edition,
    outline::{Outline, Placement},
};

impl Manuscript {
    /// An edition as a file would hold it. `content` gives what each placement of the tree says; a placement without
    /// is left out.
    pub fn of_edition<'a>(
        document: &Document,
        edition: &Edition,
        outline: &Outline,
        content: impl Fn(&Placement) -> Option<&'a Content>,
    ) -> Self {
        let sections = outline.iter().zip(outline.levels()).filter_map(|(placement, level)| {
            Some(ManuscriptSection {
                key: placement.key.clone(),
                level: u8::try_from(level).ok()?,
                audience: placement.audience,
                stage: placement.stage,
                requirements: placement.requirements.clone(),
                content: content(placement)?.clone(),
            })
        });
        Self {
            title: document.title.clone(),
            slug: document.slug.clone(),
            issued: edition.state.publication().map(|publication| publication.issued),
            review_due: document.review_due,
            audience: document.audience,
            policy: document.policy,
            change_note: edition.change_note.clone(),
            is_demonstration: document.is_demonstration,
            sections: sections.collect(),
        }
    }
}
