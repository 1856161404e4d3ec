//! Manuscript to file.

use super::Manuscript;

/// Writes a file.
pub fn write(_manuscript: &Manuscript) -> String {
    String::new()
}
