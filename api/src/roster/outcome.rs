//! How an import went.

use glans_entity::roster::roster_import;
use serde::{Deserialize, Serialize};

use super::diff::RowChange;
use super::oneroster::mapping::Skipped;
use super::plan::{Active, PlanCounts, to_accept};
use super::problem::Problem;

/// How to import.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// Tell what would change, and change nothing.
    pub dry_run: bool,
    /// Also when more than a tenth of the active people, or of what ties them, would count no longer.
    pub accept_removals: bool,
}

/// The figures of an import, kept with it.
#[derive(Debug, Default, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImportCounts {
    /// None while it is unknown, and for files that are broken: of them no plan is made.
    pub changes: Option<PlanCounts>,
    pub skipped: Skipped,
    /// What came from rosters and counted before.
    pub active: Active,
    pub errors: usize,
    pub notices: usize,
}

/// A finished import, broken ones included.
#[derive(Debug)]
pub struct Outcome {
    pub import: roster_import::Model,
    pub counts: ImportCounts,
    /// Sorted by file and line.
    pub problems: Vec<Problem>,
    /// Every row that a dry run would make or change; empty for an import that did it.
    pub diff: Vec<RowChange>,
}

impl Outcome {
    /// Whether nothing was written because something in the files is wrong.
    pub fn is_broken(&self) -> bool {
        self.counts.errors > 0
    }

    /// Whether a dry run met more removals than go without asking: the import itself would be refused.
    pub fn lacks_consent(&self) -> bool {
        let asked = self.counts.changes.is_some_and(|changes| !to_accept(&self.counts.active, &changes).is_empty());
        asked && !self.import.accept_removals
    }
}
