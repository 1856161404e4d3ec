//! What the tests stand on. Nothing here knows a rule of the product.

pub(crate) mod postgres;
