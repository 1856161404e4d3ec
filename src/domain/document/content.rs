//! What a revision says, and the digest that binds a signature to exactly that (rules D1, D2).

use std::{fmt, str::FromStr};

use sha2::{Digest as _, Sha256};

use crate::domain::{
    role::words,
    text::{Body, Line, Prose},
};

/// The whole text of one revision. Two contents are equal exactly if their digests are.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Content {
    /// The section's heading.
    pub heading: Line,
    /// The section's text, Markdown.
    pub body: Body,
    /// The same in plain language for patients, Markdown.
    pub summary: Option<Prose>,
    /// Numbered statements, in reading order.
    pub recommendations: Vec<Statement>,
    /// What the section rests on.
    pub references: Vec<Reference>,
}

/// One recommendation as one revision words it. Its number is its lasting identity within the document.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Statement {
    /// The number, never given twice in a document.
    pub number: RecommendationNumber,
    /// How firmly it is meant; the verb carries it.
    pub strength: Strength,
    /// The statement, Markdown.
    pub text: Prose,
    /// The statement in plain language, Markdown.
    pub summary: Option<Prose>,
    /// Why it no longer stands. A recommendation is stood down, not deleted (D7).
    pub stood_down: Option<Prose>,
}

/// Something a section rests on.
#[derive(Clone, PartialEq, Eq, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Reference {
    /// How it is cited.
    pub text: Line,
    /// Where it is found, if on the web: an `https` address.
    pub url: Option<Line>,
}

words! {
    /// How firmly a recommendation is meant: the wording convention of national guidelines.
    Strength {
        /// A legal duty, or the consequence of not doing it is very serious.
        Must = "MUST",
        /// Strong, for.
        Offer = "OFFER",
        /// Strong, against.
        DoNotOffer = "DO_NOT_OFFER",
        /// Weaker or conditional, for.
        Consider = "CONSIDER",
    }
}

/// The number of a recommendation, from 1, unique in its document for ever. Written `R12`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct RecommendationNumber(u32);

impl RecommendationNumber {
    /// The first number of a document.
    pub const FIRST: Self = Self(1);
    /// The largest number that is accepted; it leaves room to count on.
    pub const MAX: Self = Self(999_999);

    /// A number from 1 to [`Self::MAX`].
    pub fn new(number: u32) -> Option<Self> {
        (1..=Self::MAX.0).contains(&number).then_some(Self(number))
    }

    /// The plain number.
    pub fn get(self) -> u32 {
        self.0
    }

    /// The number after this one.
    pub fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

impl fmt::Display for RecommendationNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "R{}", self.0)
    }
}

impl Content {
    /// SHA-256 over the RFC 8785 canonical JSON of this content. Position in the tree is not part of it (D2).
    pub fn digest(&self) -> Digest {
        Digest::of(self)
    }

    /// The canonical JSON that the digest is of: whoever holds it can check a signature with it.
    pub fn canonical_json(&self) -> String {
        canonical(self)
    }

    /// The statement with this number, if this content has it.
    pub fn statement(&self, number: RecommendationNumber) -> Option<&Statement> {
        self.recommendations.iter().find(|statement| statement.number == number)
    }
}

/// A SHA-256 digest, written `sha256:` and 64 hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Digest([u8; 32]);

/// A text that is not a digest.
#[derive(Clone, Copy, PartialEq, Eq, Debug, thiserror::Error)]
#[error("not a digest: write sha256: and 64 hexadecimal digits")]
pub struct NotADigest;

impl Digest {
    /// Digest of the canonical JSON of `value`, which must be made of objects, lists, texts and whole numbers.
    pub(crate) fn of(value: &impl serde::Serialize) -> Self {
        Self(Sha256::digest(canonical(value)).into())
    }

    /// The 32 bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The canonical JSON (RFC 8785) of what is made of objects, lists, texts and whole numbers.
fn canonical(value: &impl serde::Serialize) -> String {
    #[expect(clippy::expect_used, reason = "only floats and maps with odd keys fail, and our contents have neither")]
    serde_json_canonicalizer::to_string(value).expect("content serialises")
}

impl TryFrom<&[u8]> for Digest {
    type Error = NotADigest;
    fn try_from(bytes: &[u8]) -> Result<Self, NotADigest> {
        bytes.try_into().map(Self).map_err(|_| NotADigest)
    }
}

impl fmt::Display for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "sha256:{}", hex::encode(self.0))
    }
}

impl fmt::Debug for Digest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for Digest {
    type Err = NotADigest;
    fn from_str(text: &str) -> Result<Self, NotADigest> {
        let digits = text.strip_prefix("sha256:").ok_or(NotADigest)?;
        let mut bytes = [0; 32];
        hex::decode_to_slice(digits, &mut bytes).map_err(|_| NotADigest)?;
        Ok(Self(bytes))
    }
}

impl serde::Serialize for Digest {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> serde::Deserialize<'de> for Digest {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content() -> Content {
        Content {
            heading: Line::new("Diagnostic clinic").unwrap(),
            body: Body::new("One visit.").unwrap(),
            summary: None,
            recommendations: vec![Statement {
                number: RecommendationNumber::FIRST,
                strength: Strength::Offer,
                text: Prose::new("Offer triple assessment in one visit.").unwrap(),
                summary: None,
                stood_down: None,
            }],
            references: vec![],
        }
    }

    #[test]
    fn d2_the_digest_is_sha256_over_canonical_json() {
        let canonical = concat!(
            r#"{"body":"One visit.","heading":"Diagnostic clinic","recommendations":[{"number":1,"stoodDown":null,"#,
            r#""strength":"OFFER","summary":null,"text":"Offer triple assessment in one visit."}],"references":[],"summary":null}"#
        );
        assert_eq!(content().digest(), Digest(Sha256::digest(canonical).into()));
        let text = content().digest().to_string();
        assert_eq!(text.parse::<Digest>().unwrap(), content().digest());
    }

    #[test]
    fn d2_every_word_counts() {
        let mut other = content();
        other.recommendations[0].strength = Strength::Consider;
        assert_ne!(other.digest(), content().digest());
    }

    /// Sections 3.2.2 and 3.2.3 of RFC 8785.
    #[test]
    fn canonical_json_follows_the_vectors_of_rfc_8785() {
        let input: serde_json::Value = serde_json::from_str(
            r#"{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],
                "string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false],
                "\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One",
                "\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}"#,
        )
        .unwrap();
        let expected = "{\"\\r\":\"Carriage Return\",\"1\":\"One\",\"literals\":[null,true,false],\
            \"numbers\":[333333333.3333333,1e+30,4.5,0.002,1e-27],\"string\":\"€$\\u000f\\nA'B\\\"\\\\\\\\\\\"/\",\
            \"\u{80}\":\"Control\",\"ö\":\"Latin Small Letter O With Diaeresis\",\"€\":\"Euro Sign\",\
            \"😀\":\"Emoji: Grinning Face\",\"\u{fb33}\":\"Hebrew Letter Dalet With Dagesh\"}";
        assert_eq!(serde_json_canonicalizer::to_string(&input).unwrap(), expected);
    }
}
