//! What can be recorded: nothing but what the domain decided.

use super::{StoreError, Tx};

/// A decision of the domain that becomes rows, together with its event, in one transaction.
pub(super) trait Outcome {
    /// Whether somebody outside the group could notice it, by whatever they ask. Said of everything that does not say
    /// otherwise; only what stays inside a draft and its review may. What is noticed moves the epoch of the shelf.
    const IS_NOTICED_OUTSIDE: bool = true;

    /// Writes the rows and the event.
    fn record(self, tx: &mut Tx) -> impl Future<Output = Result<(), StoreError>> + Send;
}
