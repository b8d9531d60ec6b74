//! The tables of Glans, in the folders of the slices that own them.
//!
//! No GraphQL and no business rule lives here. [`ids`] are the typed identifiers; [`scope`] is the only door to a
//! `SELECT` of tenant data.

pub mod ids;
pub mod localized;
pub mod scope;

pub mod engagement;
pub mod identity;
pub mod metrics;
pub mod notifications;
pub mod organisation;
pub mod people;
pub mod platform;
pub mod practice;
pub mod programme;
pub mod roster;
