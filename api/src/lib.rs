//! The GraphQL API that carries a parent-engagement course to every family.
//!
//! The modules are the vocabulary of a school. A read goes http → graphql → `query` → `store` → `types`; a write goes
//! http → graphql → `mutation` → `actions` → `access` → `rules` → `store` → outbox, commit.

pub mod access;
pub mod app;
pub mod audit;
pub mod background;
pub mod books;
pub mod calendar;
pub mod call;
pub mod cli;
pub mod demo;
pub mod door;
pub mod engagement;
pub mod engine;
pub mod graphql;
pub mod http;
pub mod identity;
pub mod limits;
pub mod loaders;
pub mod metrics;
pub mod node;
pub mod notifications;
pub mod oauth;
pub mod organisation;
pub mod people;
pub mod platform;
pub mod practice;
pub mod programme;
pub mod replay;
pub mod roster;
pub mod sync;
pub mod turns;
pub mod upkeep;
pub mod uploads;
