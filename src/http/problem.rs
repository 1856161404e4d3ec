//! A refusal by the transport itself, and the status each code of the API has over HTTP.

use poem::{
    Response,
    http::{HeaderValue, StatusCode, header},
};

use super::negotiation::MediaType;
use crate::graphql::{answer::Answer, error::Code};

/// A whole request refused, before or instead of execution.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Problem {
    pub(super) status: StatusCode,
    pub(super) code: Code,
    pub(super) message: String,
    /// Headers that go with the status, such as `Allow`.
    pub(super) headers: Vec<(header::HeaderName, HeaderValue)>,
}

impl Problem {
    pub(super) fn new(status: StatusCode, code: Code, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), headers: Vec::new() }
    }

    /// What is wrong with the request around the document.
    pub(super) fn bad_request(status: StatusCode, message: impl Into<String>) -> Self {
        Self::new(status, Code::BadRequest, message)
    }

    /// A code with the status it always has.
    pub(super) fn of(code: Code, message: impl Into<String>) -> Self {
        let problem = Self::new(status_of(code), code, message);
        if code == Code::Unauthenticated {
            let challenge = "Bearer realm=\"consilium\", error=\"invalid_token\"";
            problem.with(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
        } else if problem.status == StatusCode::SERVICE_UNAVAILABLE || code == Code::RateLimited {
            problem.with(header::RETRY_AFTER, HeaderValue::from_static("1"))
        } else {
            problem
        }
    }

    /// The same with a header, in the place of one of that name.
    pub(super) fn with(mut self, name: header::HeaderName, value: HeaderValue) -> Self {
        self.headers.retain(|(given, _)| *given != name);
        self.headers.push((name, value));
        self
    }

    pub(super) fn not_allowed(allow: &'static str, message: impl Into<String>) -> Self {
        Self::bad_request(StatusCode::METHOD_NOT_ALLOWED, message).with(header::ALLOW, HeaderValue::from_static(allow))
    }

    /// The problem in the shape every answer of the API has.
    pub(super) fn into_response(self, media_type: MediaType) -> Response {
        let answer = Answer::refused(self.code, self.message);
        let mut response = json_response(self.status, media_type, &answer);
        response.headers_mut().extend(self.headers);
        response
    }
}

/// The status of an answer that was refused with this code.
pub(super) fn status_of(code: Code) -> StatusCode {
    match code {
        Code::ParseFailed | Code::BadRequest => StatusCode::BAD_REQUEST,
        Code::ValidationFailed
        | Code::BadUserInput
        | Code::OperationResolutionFailure
        | Code::PersistedQueryNotFound
        | Code::PersistedQueryNotSupported
        | Code::QueryTooLarge => StatusCode::UNPROCESSABLE_ENTITY,
        Code::RateLimited => StatusCode::TOO_MANY_REQUESTS,
        Code::Unauthenticated | Code::StepUpRequired => StatusCode::UNAUTHORIZED,
        Code::Forbidden => StatusCode::FORBIDDEN,
        Code::NotFound => StatusCode::NOT_FOUND,
        Code::Conflict => StatusCode::CONFLICT,
        Code::Timeout | Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// An answer of the API over HTTP.
pub(super) fn json_response(status: StatusCode, media_type: MediaType, answer: &Answer) -> Response {
    let response = Response::builder().header(header::CONTENT_TYPE, media_type.content_type());
    response.status(status).body(answer.to_json())
}
