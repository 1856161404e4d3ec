//! Inputs of mutations, made from the schema: a value for each field by its name.

use std::collections::BTreeMap;

use serde_json::Value;

use super::schema::{Argument, Schema};

/// What mutations are tried with: values by the names of fields, or of a field of one input.
#[derive(Clone)]
pub(crate) struct Values(BTreeMap<&'static str, String>);

/// A digest that no text has.
const NO_DIGEST: &str = "sha256:0000000000000000000000000000000000000000000000000000000000000000";

/// A public key; nobody has the other half of it.
const JWK: &str = r#"{"kty":"EC","kid":"walked","crv":"P-256","x":"Fiw6W5AB8ayGcrwP8mIGkPhTRdghOlfXG9ugNzIOnvU","y":"K8tnwWhCWDqGzNoRG2ESIv2jdwB4o4pqYFxM02rUmnI"}"#;

/// A document that brings nothing that was not there.
const MANUSCRIPT: &str = "---\\ntitle: Walked\\nslug: walked\\nreview_due: 2030-05\\n---\\n\\n# Walked\\n\\nText.\\n";

impl Values {
    /// Values that fit wherever they are asked for, besides ids and digests.
    pub(crate) fn plain() -> Self {
        let quoted = |text: &str| format!("\"{text}\"");
        let words = [
            "body",
            "heading",
            "summary",
            "reason",
            "answer",
            "note",
            "name",
            "subject",
            "instruction",
            "statement",
            "text",
            "contact",
            "description",
            "topics",
        ]
        .map(|field| (field, quoted("Ordinary words")));
        let numbers = [
            ("number", 1),
            ("approvals", 1),
            ("finalWindowDays", 5),
            ("intervalMonths", 24),
            ("leadMonths", 6),
            ("scopingDays", 14),
            ("signOffDays", 30),
            ("acceptDays", 7),
            ("quorum", 1),
            ("limit", 5),
        ]
        .map(|(field, number)| (field, number.to_string()));
        let dates = [
            ("from", "2019-01-01T00:00:00Z"),
            ("until", "2020-01-01T00:00:00Z"),
            ("expiresAt", "2030-01-01T00:00:00Z"),
            ("keysExpireAt", "2030-01-01T00:00:00Z"),
            ("scopingUntil", "2018-10-01"),
            ("draftingUntil", "2018-11-01"),
            ("signOffUntil", "2018-12-01"),
            ("publicationOn", "2019-01-01"),
            ("issued", "2018-05"),
            ("nextDue", "2021-05"),
            ("due", "2020-05"),
            ("since", "2016-04"),
            ("EndInterestInput.until", "2018-04"),
        ]
        .map(|(field, date)| (field, quoted(date)));
        let others = [
            ("firstDay", quoted("2030-01-01")),
            ("backOn", quoted("2030-01-02")),
            ("standInSeatId", "null".to_owned()),
            ("DeclareInterestInput.until", "null".to_owned()),
            ("AssignCellInput.discipline", "SURGERY".to_owned()),
            ("asksDeclarations", "false".to_owned()),
            ("isInFavour", "true".to_owned()),
            ("email", quoted("walked@example.org")),
            ("RequestTimeInput.until", quoted("2018-12-01")),
            ("RecordInstructedPositionInput.until", "null".to_owned()),
            ("jwk", Value::from(JWK).to_string()),
            ("jwks", Value::from(format!("{{\"keys\":[{JWK}]}}")).to_string()),
            ("keySetUrl", quoted("http://127.0.0.1:9/walked")),
            ("kid", quoted("nth")),
            ("explanation", quoted("Ordinary words")),
            ("issuer", "null".to_owned()),
            ("expiresAt", "null".to_owned()),
            ("code", quoted("made up")),
            ("organisationId", "null".to_owned()),
            ("succeedsId", "null".to_owned()),
            ("arrangement", quoted(NO_DIGEST)),
            ("key", "null".to_owned()),
            ("ladder", quoted("P7D")),
            // Where something may be left out: all of one's own.
            ("noticeIds", "null".to_owned()),
            ("sectionIds", "null".to_owned()),
            ("url", quoted("https://example.org/walked")),
            ("manuscript", quoted(MANUSCRIPT)),
            ("CreateSectionInput.audience", "null".to_owned()),
            ("RequirementInput.discipline", "NURSING".to_owned()),
            ("digest", quoted(NO_DIGEST)),
        ];
        Self(words.into_iter().chain(numbers).chain(dates).chain(others).collect())
    }

    /// The same with another value of one field.
    pub(crate) fn with(mut self, field: &'static str, value: &Value) -> Self {
        self.0.insert(field, value.to_string());
        self
    }

    /// An input of this type, with every field that it has.
    pub(crate) fn input(&self, schema: &Schema, kind: &str) -> String {
        let fields = schema.inputs(kind);
        let fields: Vec<&Argument> = if schema.is_one_of(kind) {
            // The one that says most.
            fields.iter().max_by_key(|field| schema.inputs(&field.kind).len()).into_iter().collect()
        } else {
            fields.iter().collect()
        };
        let value = |field: &&Argument| format!("{}: {}", field.name, self.value(schema, kind, field));
        format!("{{ {} }}", fields.iter().map(value).collect::<Vec<_>>().join(" "))
    }

    fn value(&self, schema: &Schema, of: &str, field: &Argument) -> String {
        let told = self.0.get(format!("{of}.{}", field.name).as_str());
        let one = if let Some(told) = told {
            told.clone()
        } else if let Some(word) = schema.words(&field.kind).first() {
            word.clone()
        } else if schema.inputs(&field.kind).is_empty() {
            let known = self.0.get(field.name.as_str());
            known.unwrap_or_else(|| panic!("{of}.{} is new: say here what to send", field.name)).clone()
        } else {
            self.input(schema, &field.kind)
        };
        if field.is_list && one != "null" { format!("[{one}]") } else { one }
    }
}
