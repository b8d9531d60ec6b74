//! Lines on their way into the database: those of all requests of the process.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use glans_entity::localized::Strings;

use super::opened::Look;
use super::{rules, store};
use crate::app::App;
use crate::platform::error::Result;

/// Lines that wait to be written, at most. There are so many only where the database takes none.
const MOST_WAITING: usize = 10_000;
/// Looks of this hour that are known to be written, at most: with more the process forgets them, and writes some again, which
/// changes nothing.
const MOST_KNOWN: usize = 100_000;

/// A line that is not written down yet.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub look: Look,
    pub roles: Strings,
    pub at: DateTime<Utc>,
    pub request_id: String,
}

/// The access log, as far as the process holds it.
#[derive(Debug, Default)]
pub struct Journal {
    waiting: Mutex<Vec<Line>>,
    written: Mutex<Written>,
    /// Whoever holds it writes all that waits. Who waited for it finds the own lines written by then.
    turn: tokio::sync::Mutex<()>,
}

impl Journal {
    pub(super) fn is_full(&self) -> bool {
        self.waiting().len() >= MOST_WAITING
    }

    /// Lets lines wait to be written, but for those that are there already; whether any do.
    pub(super) fn add(&self, looks: BTreeMap<Look, Strings>, at: DateTime<Utc>, request_id: &str) -> bool {
        let fresh: Vec<Line> = {
            let written = self.written();
            let fresh = looks.into_iter().filter(|(look, _)| !written.holds(look, at));
            fresh.map(|(look, roles)| Line { look, roles, at, request_id: request_id.to_owned() }).collect()
        };
        let any = !fresh.is_empty();
        self.waiting().extend(fresh);
        any
    }

    fn take(&self) -> Vec<Line> {
        std::mem::take(&mut *self.waiting())
    }

    fn give_back(&self, mut lines: Vec<Line>) {
        let mut waiting = self.waiting();
        lines.append(&mut waiting);
        *waiting = lines;
    }

    fn waiting(&self) -> MutexGuard<'_, Vec<Line>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn written(&self) -> MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The looks of one hour that this process wrote down.
#[derive(Debug, Default)]
struct Written {
    hour: Option<DateTime<Utc>>,
    looks: HashSet<Look>,
}

impl Written {
    fn holds(&self, look: &Look, at: DateTime<Utc>) -> bool {
        self.hour == Some(rules::hour(at)) && self.looks.contains(look)
    }

    fn keep(&mut self, look: Look, at: DateTime<Utc>) {
        let hour = Some(rules::hour(at));
        if self.hour != hour || self.looks.len() >= MOST_KNOWN {
            self.looks.clear();
            self.hour = hour;
        }
        self.looks.insert(look);
    }
}

/// Writes down all lines that wait. Those that cannot be written are kept for the next time.
pub async fn write(app: &App) -> Result<()> {
    let journal = &app.access_log;
    let _turn = journal.turn.lock().await;
    let lines = journal.take();
    if lines.is_empty() {
        return Ok(());
    }
    let stored = store::add(app, &lines).await;
    match stored {
        Ok(kept) => {
            let mut written = journal.written();
            for (look, at) in kept {
                written.keep(look, at);
            }
            Ok(())
        }
        Err(error) => {
            journal.give_back(lines);
            Err(error)
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use glans_entity::ids::{BoardId, PersonId, StudentId};

    use super::super::opened::Subject;
    use super::*;

    #[test]
    fn a_look_waits_once_an_hour() {
        let journal = Journal::default();
        let look = Look { board: BoardId::new(), reader: PersonId::new(), subject: Subject::Child(StudentId::new()) };
        let looks = || BTreeMap::from([(look, Strings::default())]);
        let at = "2026-11-02T09:59:59Z".parse().unwrap();
        assert!(journal.add(looks(), at, "first"));
        assert!(journal.add(looks(), at, "not written yet"));
        assert_eq!(journal.take().len(), 2);
        journal.written().keep(look, at);
        assert!(!journal.add(looks(), at, "written"));
        assert!(journal.add(looks(), at + TimeDelta::seconds(1), "in the next hour"));
    }

    #[test]
    fn what_is_given_back_waits_before_what_came_since() {
        let journal = Journal::default();
        let look = Look { board: BoardId::new(), reader: PersonId::new(), subject: Subject::Guardian(PersonId::new()) };
        let add = |request: &str| journal.add([(look, Strings::default())].into(), DateTime::UNIX_EPOCH, request);
        assert!(add("first"));
        let taken = journal.take();
        assert!(add("second"));
        journal.give_back(taken);
        let order: Vec<_> = journal.take().into_iter().map(|line| line.request_id).collect();
        assert_eq!(order, ["first", "second"]);
        (0..MOST_WAITING).for_each(|_| assert!(add("more")));
        assert!(journal.is_full());
    }
}
