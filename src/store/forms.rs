//! The forms of immutable texts, each rendered once: a revision never changes, so neither does its HTML.
//!
//! HTML depends on where on a page it stands as well; a revision nearly always stands at one place.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use quick_cache::{Weighter, sync::Cache};

use crate::{
    domain::{
        document::{content::RecommendationNumber, revision::Revision},
        id::RevisionId,
    },
    render::{self, Place},
};

/// Room for rendered texts, in bytes.
const BYTES_MAX: u64 = 16 * 1024 * 1024;
/// How much a form may be longer than the text it is of. Rendered texts come later than the room for them is given.
const GROWTH: usize = 3;

/// The forms of revisions.
pub(super) struct FormsOfRevisions(Cache<RevisionId, Arc<Forms>, Bytes>);

/// The forms of the texts of one revision, as far as somebody asked for them.
#[derive(Debug)]
pub struct Forms {
    texts: usize,
    rendered: Mutex<HashMap<Form, Arc<str>>>,
}

/// Which text of a revision.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Part {
    /// The text of the section.
    Body,
    /// The same in plain language.
    Summary,
    /// A recommendation.
    Statement(RecommendationNumber),
    /// The same in plain language.
    StatementSummary(RecommendationNumber),
    /// Why a recommendation no longer stands.
    StoodDown(RecommendationNumber),
}

/// Which text, and in which form: as HTML of a level, or plain. What ids in the HTML begin with follows from the section,
/// which is always the same, and the part.
type Form = (Part, Option<u8>);

impl FormsOfRevisions {
    pub(super) fn new() -> Self {
        Self(Cache::with_weighter(2_000, BYTES_MAX, Bytes))
    }

    /// The forms of a revision.
    pub(super) fn of(&self, revision: &Revision) -> Arc<Forms> {
        let made = self.0.get_or_insert_with(&revision.head.id, || {
            Ok::<_, std::convert::Infallible>(Arc::new(Forms::new(revision)))
        });
        match made {
            Ok(forms) => forms,
            Err(never) => match never {},
        }
    }
}

impl Forms {
    fn new(revision: &Revision) -> Self {
        let content = &revision.content;
        let statements = content.recommendations.iter().map(|statement| statement.text.as_str().len());
        Self { texts: content.body.as_str().len() + statements.sum::<usize>(), rendered: Mutex::default() }
    }

    /// A text of the revision as safe HTML.
    pub fn html(&self, part: Part, markdown: &str, place: Place<'_>) -> String {
        self.rendered((part, Some(place.level)), || render::html(markdown, place))
    }

    /// The same as plain text.
    pub fn text(&self, part: Part, markdown: &str) -> String {
        self.rendered((part, None), || render::text(markdown))
    }

    fn rendered(&self, form: Form, render: impl FnOnce() -> String) -> String {
        let known = |rendered: &HashMap<Form, Arc<str>>| rendered.get(&form).cloned();
        let lock = || self.rendered.lock().unwrap_or_else(PoisonError::into_inner);
        let found = known(&lock());
        match found {
            Some(found) => found.to_string(),
            None => {
                // Two may render at once; neither waits for the other.
                let text = render();
                lock().insert(form, text.as_str().into());
                text
            }
        }
    }
}

#[derive(Clone)]
struct Bytes;

impl Weighter<RevisionId, Arc<Forms>> for Bytes {
    fn weight(&self, _: &RevisionId, forms: &Arc<Forms>) -> u64 {
        (forms.texts * GROWTH + 500) as u64
    }
}
