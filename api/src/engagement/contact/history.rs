//! What happened between a school and families, for who judges how a partnership stands.

use std::collections::{BTreeMap, HashMap};

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::ids::{StudentId, ThreadId};
use glans_entity::scope::Scope;
use sea_orm::ConnectionTrait;

use super::concerns;
use crate::call::today;
use crate::engagement::threads::store;
use crate::platform::error::Result;

/// A concern, from raised to resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConcernSpan {
    pub opened_at: DateTime<Utc>,
    /// None while it is open or acknowledged only.
    pub resolved_at: Option<DateTime<Utc>>,
}

/// What was written in one thread: when each side wrote first in each of the periods that were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exchange {
    pub of_guardians: Vec<DateTime<Utc>>,
    pub of_staff: Vec<DateTime<Utc>>,
}

/// The contact about one student.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContactHistory {
    /// Oldest first.
    pub concerns: Vec<ConcernSpan>,
    /// One per thread in which somebody wrote, the oldest thread first.
    pub exchanges: Vec<Exchange>,
}

impl ContactHistory {
    /// The concerns that were open at the end of the day `on`.
    pub fn open_concerns(&self, on: NaiveDate) -> impl Iterator<Item = &ConcernSpan> {
        let is_open = move |concern: &&ConcernSpan| {
            today(concern.opened_at) <= on && concern.resolved_at.is_none_or(|at| on < today(at))
        };
        self.concerns.iter().filter(is_open)
    }
}

/// The contact about each of `students` as far as it is in `scope`, by `now`, in two statements. What was written is told
/// for each period between two of the instants `cuts`. A student about whom there was none has an empty one.
pub async fn history(
    db: &impl ConnectionTrait,
    scope: &Scope,
    now: DateTime<Utc>,
    students: &[StudentId],
    cuts: &[DateTime<Utc>],
) -> Result<HashMap<StudentId, ContactHistory>> {
    let mut found: HashMap<StudentId, ContactHistory> =
        students.iter().map(|student| (*student, ContactHistory::default())).collect();
    for row in concerns::store::of_students(db, scope, students).await? {
        let span = ConcernSpan { opened_at: row.created_at, resolved_at: row.resolved_at };
        found.entry(row.student_id).or_default().concerns.push(span);
    }
    let mut threads: BTreeMap<(StudentId, ThreadId), Exchange> = BTreeMap::new();
    for (student, thread, is_staff, first) in store::first_words(db, scope, now, students, cuts).await? {
        let exchange = threads.entry((student, thread)).or_default();
        let side = if is_staff { &mut exchange.of_staff } else { &mut exchange.of_guardians };
        side.push(first);
    }
    for ((student, _), mut exchange) in threads {
        exchange.of_guardians.sort_unstable();
        exchange.of_staff.sort_unstable();
        found.entry(student).or_default().exchanges.push(exchange);
    }
    Ok(found)
}
