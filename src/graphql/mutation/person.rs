//! How an input names a person: by the log-in that they come with.

use async_graphql::{Context, InputObject};

use super::{
    perform::Stop,
    problem::{optional_text, text},
    user_error::Path,
};
use crate::domain::{appointment::Invitee, directory::Login, text::Line};

/// The issuer of log-ins that is meant where an input names none. The schema carries it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LocalIssuer(pub String);

/// The log-in behind the request, whether anybody was ever invited with it or not. Requests of people carry it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LoggedIn(pub Login);

/// A person, known by the log-in that they come with. If nobody was ever invited with it, they are now.
#[derive(InputObject, Debug)]
pub(super) struct PersonInput {
    /// Who vouches for the log-in: the `iss` of their tokens. If omitted, this service's own issuer.
    issuer: Option<String>,
    /// What the issuer calls them: the `sub` of their tokens.
    subject: String,
    /// How others know them. A person who is known already keeps the name they have.
    name: String,
}

impl PersonInput {
    /// Checks it; `path` is where it stands in the arguments.
    pub(super) fn read(self, ctx: &Context<'_>, path: &Path) -> Result<Invitee, Stop> {
        let issuer = match optional_text::<Line>(self.issuer, path.then("issuer"))? {
            Some(issuer) => issuer.into(),
            None => ctx.data::<LocalIssuer>()?.0.clone(),
        };
        let subject: Line = text(self.subject, path.then("subject"))?;
        let name = text(self.name, path.then("name"))?;
        Ok(Invitee { login: Login { issuer, subject: subject.into() }, name })
    }
}
