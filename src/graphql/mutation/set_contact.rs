//! Says how the viewer is reached by letter.

use async_graphql::{Context, InputObject, Result, SimpleObject};

use super::{
    perform::{Reply, perform, settle},
    reading::Changed,
    user_error::UserError,
};
use crate::{
    commands::{self, SetContact},
    domain::{
        contact::{self, NotAnAddress},
        invitation::Code,
    },
    graphql::{enums::LetterFrequency, types::Viewer},
};

/// How you are reached.
#[derive(InputObject, Debug)]
pub(super) struct SetContactInput {
    /// Your address for e-mail. If null or blank, there are no letters.
    email: Option<String>,
    /// How often you want letters.
    #[graphql(default_with = "LetterFrequency::Each")]
    frequency: LetterFrequency,
}

/// What setting did.
#[derive(SimpleObject)]
pub(super) struct SetContactPayload {
    /// You, with your contact. Null if nothing was set.
    viewer: Changed<Viewer>,
    #[graphql(flatten)]
    reply: Reply,
}

pub(super) async fn set_contact(ctx: &Context<'_>, input: SetContactInput) -> Result<SetContactPayload> {
    let set = async {
        let given = input.email.filter(|email| !email.trim().is_empty());
        let read = |email: String| email.parse().map_err(|problem: NotAnAddress| UserError::from(problem));
        let address = given.map(read).transpose()?;
        let contact = contact::Contact { address, frequency: input.frequency.into() };
        // A generator for cryptography, which the system seeds.
        let command = SetContact { contact, stop_code: Code::of(rand::random()) };
        perform(ctx, commands::set_contact, &command).await
    };
    let (done, reply) = settle(set.await)?;
    Ok(SetContactPayload { viewer: done.map(|()| Ok(Viewer)), reply })
}
