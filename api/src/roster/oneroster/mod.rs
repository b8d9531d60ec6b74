//! Reads OneRoster CSV bundles, 1.1 and 1.2, bulk and delta: the bytes of a stranger to rows that can be trusted.
//!
//! [`bundle`] opens and bounds, [`manifest`] says what is there, [`table`] and [`rows`] read cell by cell, [`links`] the
//! two files about guardians, [`validate`] compares the files with each
//! other, and [`mapping`] turns them into the words of Glans. Nothing here knows a database.

pub mod bundle;
pub mod links;
pub mod manifest;
pub mod mapping;
pub mod reading;
pub mod rows;
pub mod table;
pub mod validate;
pub mod words;
