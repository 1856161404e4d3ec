//! What can be recorded: nothing but what the domain decided.

use super::{StoreError, Tx};

/// A decision of the domain that becomes rows, together with its event, in one transaction.
pub(super) trait Outcome {
    /// Writes the rows and the event.
    fn record(self, tx: &mut Tx) -> impl Future<Output = Result<(), StoreError>> + Send;
}
