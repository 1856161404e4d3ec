//! Search, to be merged with its terms.
