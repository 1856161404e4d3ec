//! File to manuscript.

use super::{Fault, Manuscript};

/// Reads a file.
pub fn read(_text: &str) -> Result<Manuscript, Vec<Fault>> {
    Err(Vec::new())
}
