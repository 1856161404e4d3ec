//! Forward-only migrations.
