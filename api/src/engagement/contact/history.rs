//! What happened between a school and families, for who judges how a partnership stands.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use glans_entity::ids::{StudentId, ThreadId};
use glans_entity::scope::Scope;
use sea_orm::ConnectionTrait;

use super::concerns;
use crate::engagement::threads;
use crate::platform::error::Result;

/// A concern, from raised to resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ConcernSpan {
    pub opened_at: DateTime<Utc>,
    /// None while it is open or acknowledged only.
    pub resolved_at: Option<DateTime<Utc>>,
}

/// The contact about one student.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContactHistory {
    /// Oldest first.
    pub concerns: Vec<ConcernSpan>,
    /// When each thread came to hold a message of each side, oldest first.
    pub two_way_at: Vec<DateTime<Utc>>,
}

impl ContactHistory {
    /// The concerns that are not resolved.
    pub fn open_concerns(&self) -> impl Iterator<Item = &ConcernSpan> {
        self.concerns.iter().filter(|concern| concern.resolved_at.is_none())
    }
}

/// The contact about each of `students` as far as it is in `scope`, by `now`, in two statements. A student about whom there
/// was none has an empty one.
pub async fn history(
    db: &impl ConnectionTrait,
    scope: &Scope,
    now: DateTime<Utc>,
    students: &[StudentId],
) -> Result<HashMap<StudentId, ContactHistory>> {
    let mut found: HashMap<StudentId, ContactHistory> =
        students.iter().map(|student| (*student, ContactHistory::default())).collect();
    for row in concerns::store::of_students(db, scope, students).await? {
        let span = ConcernSpan { opened_at: row.created_at, resolved_at: row.resolved_at };
        found.entry(row.student_id).or_default().concerns.push(span);
    }
    let mut sides: HashMap<(StudentId, ThreadId), [Option<DateTime<Utc>>; 2]> = HashMap::new();
    for (student, thread, is_staff, first) in threads::store::first_words(db, scope, now, students).await? {
        sides.entry((student, thread)).or_default()[usize::from(is_staff)] = Some(first);
    }
    for ((student, _), first) in sides {
        if let [Some(guardian), Some(staff)] = first {
            found.entry(student).or_default().two_way_at.push(guardian.max(staff));
        }
    }
    for history in found.values_mut() {
        history.two_way_at.sort_unstable();
    }
    Ok(found)
}
