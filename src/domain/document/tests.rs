//! Documents proved against the rulebook.

mod change;
mod draft;
mod edition;
mod outline;
