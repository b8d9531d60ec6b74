//! What a request noted before it was run again.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use uuid::Uuid;

use crate::metrics::engagement::Ask;

/// A place, and what was asked of it.
type Question = (Uuid, Ask);

/// The questions of a request. One that fails is run again from its beginning (`crate::engine`), and what it noted then is not
/// noted twice.
#[derive(Debug, Default)]
pub struct Questions {
    noted: Arc<Mutex<HashSet<Question>>>,
    before: Arc<Mutex<HashSet<Question>>>,
}

impl Questions {
    /// Those of the same request, run again.
    #[must_use]
    pub fn again(&self) -> Self {
        Self { noted: Arc::default(), before: Arc::clone(&self.noted) }
    }

    /// Whether it was noted before the request was run again.
    pub(super) fn was_noted(&self, place: Uuid, ask: &Ask) -> bool {
        held(&self.before).contains(&(place, ask.clone()))
    }

    pub(super) fn note(&self, place: Uuid, ask: &Ask) {
        held(&self.noted).insert((place, ask.clone()));
    }
}

fn held(questions: &Mutex<HashSet<Question>>) -> MutexGuard<'_, HashSet<Question>> {
    questions.lock().unwrap_or_else(PoisonError::into_inner)
}
