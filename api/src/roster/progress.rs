//! How far the imports of this process are.
//!
//! An import writes in one transaction, so that nobody sees half of it, its own figures included. These are kept beside
//! the database; another process sees the import as running and no more.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use glans_entity::ids::RosterImportId;

/// Rows of an import: how many there are, and how many are done.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Rows {
    pub total: i32,
    pub done: i32,
}

/// The imports that run in this process.
#[derive(Debug, Default)]
pub struct Progress(Mutex<HashMap<RosterImportId, Rows>>);

impl Progress {
    pub fn of(&self, import: RosterImportId) -> Option<Rows> {
        self.running().get(&import).copied()
    }

    pub(super) fn set(&self, import: RosterImportId, rows: Rows) {
        self.running().insert(import, rows);
    }

    pub(super) fn finish(&self, import: RosterImportId) {
        self.running().remove(&import);
    }

    fn running(&self) -> std::sync::MutexGuard<'_, HashMap<RosterImportId, Rows>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
