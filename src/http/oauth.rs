//! The token endpoint of machine clients (RFC 6749, 7521, 7523), and what it says of itself (RFC 8414).
//!
//! ```text
//! method -> address -> Content-Type -> body -> parameters ── TokenRequest ──> TokenDesk ──> token, or a word of RFC 6749
//! ```
//!
//! What an assertion is worth is the desk's business. A refusal never says whether a client exists: it is one word, the
//! same for a wrong signature, an unknown client and a revoked one.

use std::{borrow::Cow, collections::BTreeMap, fmt, sync::Arc};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use poem::{
    Request, Response,
    http::{HeaderValue, Method, StatusCode, header},
};
use serde_json::{Value, json};

use super::{
    Door, body,
    edge::client_address,
    rate::{Caller, Standing},
};

/// Bytes of one body: an assertion, and room for the rest.
const BODY_MAX: usize = 16 * 1024;
/// Parameters of one request.
const PARAMETERS_MAX: usize = 50;

/// The only way to authenticate here.
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
/// The only grant there is here.
const GRANT_TYPE: &str = "client_credentials";

/// A request for a token, well-formed.
#[derive(Clone)]
pub struct TokenRequest {
    /// What the client signed.
    pub assertion: String,
    /// Who it says it is, beside the assertion.
    pub client_id: Option<String>,
    /// The scopes that are wanted; all, if none are named.
    pub scope: Option<String>,
}

/// A token given.
#[derive(Clone)]
pub struct TokenGiven {
    /// The token.
    pub access_token: String,
    /// Seconds it is good for.
    pub expires_in: i64,
    /// What it opens.
    pub scope: String,
}

/// Why no token was given.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TokenRefusal {
    /// The client is not who it says, or is not known, or stands no more. Which, is for the log only.
    InvalidClient,
    /// It asks for scopes that do not exist or that it does not have.
    InvalidScope,
    /// It cannot be decided now.
    Unavailable,
}

/// Decides about tokens; the seam to whoever knows clients.
#[derive(Clone)]
pub struct TokenDesk {
    give: Arc<dyn Fn(TokenRequest) -> BoxFuture<'static, Result<TokenGiven, TokenRefusal>> + Send + Sync>,
    /// What the service says of itself.
    metadata: Arc<str>,
}

impl TokenDesk {
    /// A desk that gives tokens by `give`, and says of itself what `about` says.
    pub fn new<F>(about: &About, give: impl Fn(TokenRequest) -> F + Send + Sync + 'static) -> Self
    where
        F: Future<Output = Result<TokenGiven, TokenRefusal>> + Send + 'static,
    {
        Self { give: Arc::new(move |request| Box::pin(give(request))), metadata: about.written().into() }
    }
}

impl fmt::Debug for TokenDesk {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenDesk")
    }
}

/// What clients must know before they ask.
#[derive(Clone, Debug)]
pub struct About {
    /// The name under which tokens are issued.
    pub issuer: String,
    /// Where they are asked for.
    pub token_endpoint: String,
    /// The scopes there are.
    pub scopes: Vec<&'static str>,
    /// The ways of signing an assertion.
    pub algorithms: Vec<&'static str>,
}

impl About {
    fn written(&self) -> String {
        json!({
            "issuer": self.issuer,
            "token_endpoint": self.token_endpoint,
            "grant_types_supported": [GRANT_TYPE],
            "response_types_supported": [],
            "scopes_supported": self.scopes,
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "token_endpoint_auth_signing_alg_values_supported": self.algorithms,
        })
        .to_string()
    }
}

/// Answers `/.well-known/oauth-authorization-server`.
pub(super) fn metadata(desk: &TokenDesk, request: &Request) -> Response {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return wrong_method("GET, HEAD");
    }
    Response::builder()
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CACHE_CONTROL, "public, max-age=3600")
        .body(desk.metadata.to_string())
}

/// Answers `/oauth/token`. Who asks is not known yet, so each request counts for the address that it comes from.
pub(super) async fn token(door: &Door, desk: &TokenDesk, request: Request) -> Response {
    if *request.method() != Method::POST {
        return wrong_method("POST");
    }
    let standing = door.settings.rates.count(Caller::at(client_address(&request)), 0);
    let mut response = match standing.as_ref().and_then(Standing::refusal) {
        Some(refusal) => too_many(refusal.headers),
        None => decided(desk, request).await,
    };
    if let Some(standing) = standing {
        standing.tell(response.headers_mut());
    }
    response
}

async fn decided(desk: &TokenDesk, request: Request) -> Response {
    match asked(request).await {
        Ok(asked) => match (desk.give)(asked).await {
            Ok(given) => answer(
                StatusCode::OK,
                &json!({
                    "access_token": given.access_token,
                    "token_type": "Bearer",
                    "expires_in": given.expires_in,
                    "scope": given.scope,
                }),
            ),
            Err(TokenRefusal::InvalidClient) => Problem::client().answer(),
            Err(TokenRefusal::InvalidScope) => {
                Problem::new("invalid_scope", "a scope does not exist, or the client does not have it").answer()
            }
            Err(TokenRefusal::Unavailable) => unavailable(),
        },
        Err(problem) => problem.answer(),
    }
}

/// A refusal in the words of RFC 6749, 5.2.
struct Problem {
    status: StatusCode,
    error: &'static str,
    description: Cow<'static, str>,
    challenge: Option<&'static str>,
}

impl Problem {
    fn new(error: &'static str, description: impl Into<Cow<'static, str>>) -> Self {
        Self { status: StatusCode::BAD_REQUEST, error, description: description.into(), challenge: None }
    }

    fn request(description: impl Into<Cow<'static, str>>) -> Self {
        Self::new("invalid_request", description)
    }

    /// The client is not who it says, as far as this service can tell. One description for all reasons.
    fn client() -> Self {
        Self::not_authenticated("the client was not authenticated", "PrivateKeyJwt realm=\"consilium\"")
    }

    fn not_authenticated(description: &'static str, challenge: &'static str) -> Self {
        let status = StatusCode::UNAUTHORIZED;
        Self { status, error: "invalid_client", description: description.into(), challenge: Some(challenge) }
    }

    fn answer(self) -> Response {
        let body = json!({ "error": self.error, "error_description": self.description });
        let mut response = answer(self.status, &body);
        if let Some(challenge) = self.challenge {
            response.headers_mut().insert(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge));
        }
        response
    }
}

/// Reads what is asked for.
async fn asked(request: Request) -> Result<TokenRequest, Problem> {
    if request.uri().query().is_some_and(|query| !query.is_empty()) {
        return Err(Problem::request("parameters are sent in the body, never in the address"));
    }
    let scheme = authorization_scheme(&request);
    if !is_form(&request) {
        return Err(Problem::request("send the parameters as application/x-www-form-urlencoded"));
    }
    let mut parameters = parameters(&read_body(request).await?)?;
    let assertion = parameters.remove("client_assertion");
    let assertion_type = parameters.remove("client_assertion_type");
    let has_secret = parameters.remove("client_secret").is_some();
    let ways = [scheme.is_some(), has_secret, assertion.is_some() || assertion_type.is_some()];
    if ways.iter().filter(|given| **given).count() > 1 {
        return Err(Problem::request("authenticate in one way only: by client_assertion"));
    }
    match parameters.remove("grant_type").as_deref() {
        None => return Err(Problem::request("grant_type is missing")),
        Some(GRANT_TYPE) => {}
        Some(_) => return Err(Problem::new("unsupported_grant_type", "the only grant_type is client_credentials")),
    }
    let unsupported = "the only way to authenticate is private_key_jwt";
    let assertion = match (scheme, assertion, assertion_type.as_deref()) {
        (Some(scheme), ..) => return Err(Problem::not_authenticated(unsupported, scheme)),
        (None, Some(assertion), Some(ASSERTION_TYPE)) => assertion,
        (None, Some(_), Some(_)) | (None, None, None) => {
            return Err(Problem { description: unsupported.into(), ..Problem::client() });
        }
        (None, Some(_), None) => return Err(Problem::request("client_assertion_type is missing")),
        (None, None, Some(_)) => return Err(Problem::request("client_assertion is missing")),
    };
    Ok(TokenRequest { assertion, client_id: parameters.remove("client_id"), scope: parameters.remove("scope") })
}

/// The challenge for the scheme of an `Authorization` header: whoever tried one is told about that one.
fn authorization_scheme(request: &Request) -> Option<&'static str> {
    let value = request.headers().get(header::AUTHORIZATION)?;
    let is_basic = value.as_bytes().get(..6).is_some_and(|start| start.eq_ignore_ascii_case(b"basic "));
    Some(if is_basic { "Basic realm=\"consilium\"" } else { "Bearer realm=\"consilium\"" })
}

fn is_form(request: &Request) -> bool {
    let mut types = request.headers().get_all(header::CONTENT_TYPE).iter();
    let (Some(value), None) = (types.next(), types.next()) else { return false };
    let essence = value.to_str().unwrap_or_default().split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

async fn read_body(request: Request) -> Result<Bytes, Problem> {
    let read = body::read(request.into_body(), BODY_MAX).await;
    read.map_err(|unread| Problem { status: unread.status(), ..Problem::request(unread.words(BODY_MAX)) })
}

/// The parameters by name. One without a value is as if it were not there; none is given twice (RFC 6749, 3.2).
fn parameters(body: &[u8]) -> Result<BTreeMap<String, String>, Problem> {
    let mut found = BTreeMap::new();
    for (number, (name, value)) in form_urlencoded::parse(body).enumerate() {
        if number >= PARAMETERS_MAX {
            return Err(Problem::request("too many parameters"));
        }
        if found.insert(name.into_owned(), value.into_owned()).is_some() {
            return Err(Problem::request("a parameter is given twice"));
        }
    }
    found.retain(|_, value| !value.is_empty());
    Ok(found)
}

fn wrong_method(allow: &'static str) -> Response {
    let problem =
        Problem { status: StatusCode::METHOD_NOT_ALLOWED, ..Problem::request("the method is not allowed here") };
    let mut response = problem.answer();
    response.headers_mut().insert(header::ALLOW, HeaderValue::from_static(allow));
    response
}

fn too_many(headers: Vec<(header::HeaderName, HeaderValue)>) -> Response {
    let problem = Problem {
        status: StatusCode::TOO_MANY_REQUESTS,
        ..Problem::new("temporarily_unavailable", "too many requests: try again later")
    };
    let mut response = problem.answer();
    response.headers_mut().extend(headers);
    response
}

fn unavailable() -> Response {
    let problem = Problem {
        status: StatusCode::SERVICE_UNAVAILABLE,
        ..Problem::new("temporarily_unavailable", "it cannot be decided at the moment: try again soon")
    };
    let mut response = problem.answer();
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    response
}

/// No answer of the token endpoint is for a cache.
fn answer(status: StatusCode, body: &Value) -> Response {
    Response::builder()
        .status(status)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::CACHE_CONTROL, "no-store")
        .header(header::PRAGMA, "no-cache")
        .body(body.to_string())
}
