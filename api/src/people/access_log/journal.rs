//! Lines on their way into the database: those of all requests of the process.

use std::collections::{BTreeMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use glans_entity::localized::Strings;

use super::opened::Look;
use super::{rules, store};
use crate::app::App;
use crate::platform::error::Result;

/// Lines that wait to be written, at most, beside what the requests of the moment opened. There are so many only where the
/// database takes none.
const MOST_WAITING: usize = 10_000;
/// Looks of this hour that are known to be written, at most: with more the process forgets them, and writes some again, which
/// changes nothing.
const MOST_KNOWN: usize = 100_000;

/// What stands in the log once: a look, and the beginning of its hour.
pub(super) type Once = (Look, DateTime<Utc>);

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
    /// Until they are written: who opens a record again meanwhile adds nothing.
    waiting: Mutex<BTreeMap<Once, Line>>,
    written: Mutex<Written>,
    /// Whoever holds it writes all that waits by then. Who waited for it may find the own lines written.
    turn: tokio::sync::Mutex<()>,
}

impl Journal {
    /// Whether the look can be written down: it is already, or it waits, or there is room beside `opened` others of its request.
    pub(super) fn takes(&self, look: Look, at: DateTime<Utc>, opened: usize) -> bool {
        let is_waiting = {
            let waiting = self.waiting();
            waiting.len() + opened < MOST_WAITING || waiting.contains_key(&(look, rules::hour(at)))
        };
        is_waiting || self.written().holds(&look, at)
    }

    /// Lets lines wait to be written, but for those that are there already; which do.
    pub(super) fn add(&self, mut looks: BTreeMap<Look, Strings>, at: DateTime<Utc>, request_id: &str) -> Vec<Once> {
        let written = self.written();
        looks.retain(|look, _| !written.holds(look, at));
        drop(written);
        let hour = rules::hour(at);
        let added = looks.keys().map(|look| (*look, hour)).collect();
        let mut waiting = self.waiting();
        for (look, roles) in looks {
            let line = || Line { look, roles, at, request_id: request_id.to_owned() };
            waiting.entry((look, hour)).or_insert_with(line);
        }
        added
    }

    /// Whether any of these is still to be written.
    fn lacks(&self, own: &[Once]) -> bool {
        let waiting = self.waiting();
        own.iter().any(|once| waiting.contains_key(once))
    }

    /// How many lines are still to be written.
    pub fn lines_waiting(&self) -> usize {
        self.waiting().len()
    }

    /// Gives what waits now to `keep`, as much at a time as goes into a transaction. What comes meanwhile is for the
    /// next turn: who writes has an answer to give too.
    async fn hand_over<F>(&self, keep: impl Fn(Arc<[Line]>) -> F) -> Result<()>
    where
        F: Future<Output = Result<()>>,
    {
        for lines in self.first(usize::MAX).chunks(store::ROWS) {
            let lines: Arc<[Line]> = lines.into();
            keep(Arc::clone(&lines)).await?;
            self.settle(&lines);
        }
        Ok(())
    }

    /// The first of those that wait, in the order of [`Once`], which is the same in every process.
    fn first(&self, most: usize) -> Vec<Line> {
        self.waiting().values().take(most).cloned().collect()
    }

    /// These are dealt with.
    fn settle(&self, lines: &[Line]) {
        let mut written = self.written();
        for line in lines {
            written.keep(line.look, line.at);
        }
        drop(written);
        let mut waiting = self.waiting();
        for line in lines {
            waiting.remove(&(line.look, rules::hour(line.at)));
        }
    }

    fn waiting(&self) -> MutexGuard<'_, BTreeMap<Once, Line>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn written(&self) -> MutexGuard<'_, Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The looks of one hour that this process dealt with: wrote down, or found to be at no record.
#[derive(Debug, Default)]
struct Written {
    hour: Option<DateTime<Utc>>,
    looks: HashSet<Look>,
}

impl Written {
    fn holds(&self, look: &Look, at: DateTime<Utc>) -> bool {
        self.hour == Some(rules::hour(at)) && self.looks.contains(look)
    }

    /// Those of the hours before are let go.
    fn keep(&mut self, look: Look, at: DateTime<Utc>) {
        let hour = Some(rules::hour(at));
        if self.hour > hour {
            return;
        }
        if self.hour < hour || self.looks.len() >= MOST_KNOWN {
            self.looks.clear();
            self.hour = hour;
        }
        self.looks.insert(look);
    }
}

/// Writes down all lines that wait. Those that cannot be written are kept for the next time.
pub async fn write(app: &App) -> Result<()> {
    let _turn = app.access_log.turn.lock().await;
    write_in_turn(app).await
}

/// As [`write()`], unless all of `own` are written when it is their turn: then those of others are for them to write.
pub(super) async fn write_own(app: &App, own: &[Once]) -> Result<()> {
    let _turn = app.access_log.turn.lock().await;
    if app.access_log.lacks(own) { write_in_turn(app).await } else { Ok(()) }
}

async fn write_in_turn(app: &App) -> Result<()> {
    app.access_log.hand_over(|lines| async move { store::add(app, &lines).await }).await
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use chrono::TimeDelta;
    use glans_entity::ids::{BoardId, PersonId, StudentId};

    use super::super::opened::Subject;
    use super::*;

    fn look() -> Look {
        Look { board: BoardId::new(), reader: PersonId::new(), subject: Subject::Child(StudentId::new()) }
    }

    fn requests(journal: &Journal) -> Vec<String> {
        journal.first(MOST_WAITING).into_iter().map(|line| line.request_id).collect()
    }

    #[test]
    fn a_look_waits_once_an_hour() {
        let (journal, look) = (Journal::default(), look());
        let looks = || BTreeMap::from([(look, Strings::default())]);
        let at = "2026-11-02T09:59:59Z".parse().unwrap();
        let adds = |at: DateTime<Utc>, request_id: &str| !journal.add(looks(), at, request_id).is_empty();
        assert!(adds(at, "first"));
        assert!(adds(at, "not written yet"));
        assert_eq!(requests(&journal), ["first"]);
        journal.settle(&journal.first(1));
        assert!(!adds(at, "written"));
        assert!(requests(&journal).is_empty());
        let next = at + TimeDelta::seconds(1);
        assert!(adds(next, "in the next hour"));
        journal.settle(&journal.first(1));
        // One of the hour before, that waited all the while, takes nothing from what is known of this one.
        assert!(adds(at, "late"));
        journal.settle(&journal.first(1));
        assert!(!adds(next, "in the next hour"));
    }

    #[test]
    fn who_waits_for_the_own_lines_does_not_wait_for_those_of_others() {
        let (journal, at) = (Journal::default(), DateTime::UNIX_EPOCH);
        let add = |request_id: &str| journal.add([(look(), Strings::default())].into(), at, request_id);
        let own = add("own");
        assert!(journal.lacks(&own));
        let lines = journal.first(1);
        let others = add("others");
        journal.settle(&lines);
        assert!(!journal.lacks(&own) && journal.lacks(&others));
    }

    #[tokio::test]
    async fn what_comes_while_lines_are_written_is_for_the_next_turn() {
        let (journal, batches) = (Journal::default(), Cell::new(0));
        let add = |request_id: &str| {
            journal.add([(look(), Strings::default())].into(), DateTime::UNIX_EPOCH, request_id);
        };
        add("waits");
        let keep = |lines: Arc<[Line]>| {
            batches.set(batches.get() + 1);
            assert_eq!((batches.get(), lines.len()), (1, 1));
            add("comes meanwhile");
            async { Ok(()) }
        };
        journal.hand_over(keep).await.unwrap();
        assert_eq!(requests(&journal), ["comes meanwhile"]);
    }

    #[test]
    fn a_full_log_takes_what_it_holds_and_nothing_else() {
        let (journal, at) = (Journal::default(), DateTime::UNIX_EPOCH);
        let (first, other) = (look(), look());
        assert!(journal.takes(first, at, MOST_WAITING - 1));
        assert!(!journal.takes(first, at, MOST_WAITING), "the others of the request wait as well");
        journal.add([(first, Strings::default())].into(), at, "written");
        journal.settle(&journal.first(1));
        let looks: BTreeMap<Look, Strings> = (0..MOST_WAITING).map(|_| (look(), Strings::default())).collect();
        let waiting = looks.keys().next().copied().unwrap();
        journal.add(looks, at, "waiting");
        assert!(journal.takes(first, at, 0) && journal.takes(waiting, at, 0) && !journal.takes(other, at, 0));
        assert!(!journal.takes(waiting, at + TimeDelta::hours(1), 0));
    }
}
