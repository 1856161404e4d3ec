//! Consilium keeps a national expert group's clinical advice as versioned documents, decides for every byte who may
//! read or change it, and runs the scheduled full review in which each discipline signs off its sections.

pub mod cli;
pub mod clock;
pub mod commands;
pub mod config;
pub mod demo;
pub mod domain;
pub mod graphql;
pub mod http;
pub mod identity;
mod links;
mod machines;
pub mod mail;
pub mod manuscript;
pub mod render;
pub mod scheduler;
pub mod serve;
pub mod store;
pub mod telemetry;
