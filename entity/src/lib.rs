//! Table shapes, one file per table.
