//! Problems of saying how one is reached.

use super::super::user_error::{Path, UserError, UserErrorCode as Code};
use crate::domain::contact::NotAnAddress;

impl From<NotAnAddress> for UserError {
    fn from(problem: NotAnAddress) -> Self {
        Self::plain(Code::EmailInvalid, problem, Path::field("email"))
    }
}
