//! The input and payload of moving a cohort to another edition.

use async_graphql::{ID, InputObject};

use crate::payload;
use crate::practice::cohorts::Cohort;

/// A lesson, and the one that takes its place.
#[derive(InputObject, Clone, Debug)]
pub struct LessonSuccessionInput {
    /// A lesson of the edition that the cohort follows.
    pub lesson: ID,
    /// The lesson of the new edition that takes its place; of one lesson only.
    pub successor: ID,
}

/// A cohort that goes on with another edition of its course.
#[derive(InputObject)]
pub struct CohortMigrateInput {
    /// Which cohort.
    pub id: ID,
    /// The edition to go on with: a published one of the same programme.
    pub edition: ID,
    /// Which lesson takes the place of which, where the two have different keys; lessons with the same key need not be
    /// named.
    pub lessons: Option<Vec<LessonSuccessionInput>>,
    /// Lessons of the present edition that end with it: what happened with them stays theirs and no longer counts for the
    /// course.
    pub ended: Option<Vec<ID>>,
    /// Refused with CONFLICT when the stored version is another one.
    pub if_version: Option<i32>,
    /// The same id sent again within seven days has the same effect once; 1 to 128 characters.
    pub client_mutation_id: Option<String>,
}

payload! {
    /// The answer to `cohortMigrate`.
    CohortMigratePayload {
        /// The cohort as it is now; on a conflict, as somebody else left it; null when refused otherwise.
        cohort: Cohort
    }
}
