//! The problem of what has none.

use std::convert::Infallible;

use super::super::user_error::UserError;

impl From<Infallible> for UserError {
    fn from(never: Infallible) -> Self {
        match never {}
    }
}
