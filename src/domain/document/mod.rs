//! The lasting document and its editions: what is written, in which order, under which number.
//!
//! - [`content`]: the words of one revision and their digest (D1, D2)
//! - [`revision`]: the immutable texts of a section (D1, D5)
//! - [`edition`]: numbers and states (D3, D7, D8)
//! - [`outline`]: the ordered tree of sections
//! - [`change`]: what an edit may do, which class it has, and what number follows (D4 to D7)
//! - [`draft`]: the acts that edit a draft
//! - [`import`]: how a document comes in
//! - [`comparison`]: what differs between two editions, down to the word
//! - [`policy`]: how its reviews run
//! - [`mod@words`]: what differs between two texts

pub mod change;
pub mod comparison;
pub mod content;
pub mod draft;
pub mod edition;
pub mod import;
pub mod outline;
pub mod policy;
pub mod revision;
pub mod words;

use std::{collections::BTreeMap, fmt};

pub use policy::ReviewPolicy;

use super::{
    id::{DocumentId, GroupId},
    role::{Discipline, words},
    text::Line,
    time::PartialDate,
};

/// The lasting thing. What it says is in its editions.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Document {
    /// Identity.
    pub id: DocumentId,
    /// Name in links: lower-case words joined by hyphens.
    pub slug: Key,
    /// Title in people's words.
    pub title: Line,
    /// The expert group that owns it.
    pub group: GroupId,
    /// Who may read it once published.
    pub audience: Audience,
    /// When its next full review is due, to the precision that was promised.
    pub review_due: PartialDate,
    /// How its reviews run.
    pub policy: ReviewPolicy,
    /// Whether its content was made up to show the product.
    pub is_demonstration: bool,
}

words! {
    /// Who may read something once it is published; wider ones come later.
    Audience {
        /// Seats of the owning group, and editors of the document.
        Group = "GROUP",
        /// Also signed-in people and clients of partner organisations.
        Partners = "PARTNERS",
        /// Everybody.
        Public = "PUBLIC",
    }
}

words! {
    /// The part of the patient's pathway that a section is about.
    Stage {
        /// Risk and family history.
        RiskAssessment = "RISK_ASSESSMENT",
        /// Referral.
        Referral = "REFERRAL",
        /// Diagnosis.
        Diagnosis = "DIAGNOSIS",
        /// Team meeting and plan.
        TreatmentPlanning = "TREATMENT_PLANNING",
        /// Surgery.
        PrimaryTreatment = "PRIMARY_TREATMENT",
        /// Systemic treatment.
        SystemicTreatment = "SYSTEMIC_TREATMENT",
        /// Radiotherapy.
        Radiotherapy = "RADIOTHERAPY",
        /// Side effects and recovery.
        Recovery = "RECOVERY",
        /// Follow-up.
        FollowUp = "FOLLOW_UP",
        /// Local or regional recurrence.
        Recurrence = "RECURRENCE",
        /// Metastatic disease.
        Metastatic = "METASTATIC",
        /// The whole pathway.
        CrossCutting = "CROSS_CUTTING",
        /// Assurance.
        Assurance = "ASSURANCE",
        /// Governance.
        Governance = "GOVERNANCE",
    }
}

/// A name used in permanent links: lower-case letters, digits and single hyphens, 1 to 80 characters.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Key(String);

/// A text that cannot be a name in links.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
#[error("must be 1 to 80 lower-case letters, digits and single hyphens, such as \"breast-imaging\"")]
pub struct NotAKey;

impl Key {
    /// The most characters of a key.
    pub const CHARS_MAX: usize = 80;

    /// Checks `text`.
    pub fn new(text: impl Into<String>) -> Result<Self, NotAKey> {
        let text = text.into();
        let words_ok = text.split('-').all(|word| {
            !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        });
        if words_ok && text.len() <= Self::CHARS_MAX { Ok(Self(text)) } else { Err(NotAKey) }
    }

    /// The nearest key to a heading: `"Breast & axillary imaging"` gives `breast-axillary-imaging`; what has no
    /// letter or digit of its own gives `section`.
    pub fn from_heading(heading: &str) -> Self {
        let lower = heading.to_lowercase();
        let words: Vec<&str> =
            lower.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
        let mut key = words.join("-");
        key.truncate(Self::CHARS_MAX - 8);
        let key = key.trim_end_matches('-');
        Self(if key.is_empty() { "section".to_owned() } else { key.to_owned() })
    }

    /// The text itself.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Key {
    type Error = NotAKey;
    fn try_from(text: String) -> Result<Self, NotAKey> {
        Self::new(text)
    }
}

impl From<Key> for String {
    fn from(key: Key) -> String {
        key.0
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What a section needs: for each discipline named, how many approvals (S1).
#[derive(Clone, PartialEq, Eq, Default, Debug)]
pub struct Requirements(BTreeMap<Discipline, u8>);

impl Requirements {
    /// The most approvals that may be asked of one discipline.
    pub const APPROVALS_MAX: u8 = 9;

    /// No discipline named; such a section is covered by the patient representatives' signature on the whole.
    pub fn none() -> Self {
        Self::default()
    }

    /// Adds a discipline, unless it is named already or the number is not 1 to [`Self::APPROVALS_MAX`].
    pub fn require(&mut self, discipline: Discipline, approvals: u8) -> bool {
        let new = !self.0.contains_key(&discipline) && (1..=Self::APPROVALS_MAX).contains(&approvals);
        if new {
            self.0.insert(discipline, approvals);
        }
        new
    }

    /// Whether the discipline is named.
    pub fn names(&self, discipline: Discipline) -> bool {
        self.0.contains_key(&discipline)
    }

    /// The disciplines named, with the approvals each must give, in the order of the rulebook.
    pub fn iter(&self) -> impl Iterator<Item = (Discipline, u8)> + '_ {
        self.0.iter().map(|(discipline, approvals)| (*discipline, *approvals))
    }

    /// The disciplines named.
    pub fn disciplines(&self) -> impl Iterator<Item = Discipline> + '_ {
        self.0.keys().copied()
    }
}

impl FromIterator<(Discipline, u8)> for Requirements {
    fn from_iter<I: IntoIterator<Item = (Discipline, u8)>>(pairs: I) -> Self {
        let mut requirements = Self::none();
        for (discipline, approvals) in pairs {
            requirements.require(discipline, approvals);
        }
        requirements
    }
}

#[cfg(test)]
mod tests;
