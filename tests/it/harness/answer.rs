//! What a client got, and what a test expects of it.

use std::sync::LazyLock;

use poem::http::StatusCode;
use serde_json::Value;

/// The answer to one operation.
#[derive(Debug)]
pub(crate) struct Answer {
    /// Status of the HTTP answer, for the refusals that have one of their own.
    pub(crate) status: StatusCode,
    /// The log-in that is asked for, or what is wrong with the one that came.
    pub(crate) challenge: Option<String>,
    /// The body.
    pub(crate) body: Value,
}

impl Answer {
    /// The data, of an operation without errors.
    #[track_caller]
    pub(crate) fn data(self) -> Value {
        assert!(self.body.get("errors").is_none(), "unexpected errors: {:#}", self.body);
        self.body["data"].clone()
    }

    /// The code of the first error.
    #[track_caller]
    pub(crate) fn error_code(&self) -> &str {
        self.body["errors"][0]["extensions"]["code"].as_str().unwrap_or_else(|| panic!("no error: {:#}", self.body))
    }

    /// The payload of the only mutation, of which nothing was to complain.
    #[track_caller]
    pub(crate) fn done(self) -> Value {
        let payload = self.payload();
        let problems = payload["userErrors"].as_array().expect("a payload");
        assert!(problems.is_empty(), "unexpected problems: {problems:#?}");
        payload
    }

    /// The first problem of the only mutation.
    #[track_caller]
    pub(crate) fn problem(self) -> Value {
        let payload = self.payload();
        let problem = payload["userErrors"][0].clone();
        assert!(!problem.is_null(), "no problem: {payload:#}");
        problem
    }

    /// The code of the first problem.
    #[track_caller]
    pub(crate) fn problem_code(self) -> String {
        self.problem()["code"].as_str().expect("a code").to_owned()
    }

    /// The path of each problem names a field that the input type `kind` has.
    #[track_caller]
    pub(super) fn assert_paths_lead_into(&self, kind: &str) {
        let payload = self.body["data"].as_object().and_then(|fields| fields.values().next());
        let problems = payload.and_then(|payload| payload["userErrors"].as_array()).into_iter().flatten();
        for problem in problems {
            assert_eq!(problem["path"][0], "input", "{problem:#}");
            if let Some(field) = problem["path"][1].as_str() {
                assert!(fields(kind).any(|known| known == field), "{kind} has no {field}: {problem:#}");
            }
        }
    }

    #[track_caller]
    fn payload(self) -> Value {
        let data = self.data();
        let payload = data.as_object().and_then(|fields| fields.values().next()).expect("a payload");
        payload.clone()
    }
}

/// The fields of an input type, as the schema writes them.
fn fields(kind: &str) -> impl Iterator<Item = &'static str> {
    static SDL: LazyLock<String> = LazyLock::new(consilium::graphql::sdl);
    let body = SDL.split_once(&format!("\ninput {kind} {{\n")).expect("an input type").1;
    let body = body.split_once("\n}").expect("its end").0;
    body.lines().filter_map(|line| line.trim().split_once(": ").map(|(name, _)| name))
}
