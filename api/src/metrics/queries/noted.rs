//! Lines that wait in memory until they are written down.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use glans_entity::ids::BoardId;
use glans_entity::metrics::query as line;

/// Lines of a board that wait to be written, at most: about a megabyte. Each board has this room for itself, so that nobody
/// fills that of another.
const MOST_WAITING: usize = 2_000;

/// Lines that are noted between somebody's look whether there is room and the own line, at most.
const AT_ONCE: usize = 100;

/// Lines that are not written down yet.
#[derive(Debug, Default)]
pub struct Noted {
    lines: Mutex<Lines>,
    /// Held by who writes: one at a time, so that the last lines of a process wait for those before them.
    pub(super) turn: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Lines {
    waiting: Vec<line::Model>,
    /// How many there are of each board, those that are being written included.
    of_board: BTreeMap<BoardId, usize>,
}

impl Noted {
    /// How many lines are not written down yet.
    pub fn lines_waiting(&self) -> usize {
        self.lines().of_board.values().sum()
    }

    /// Whether who looks now may find no room for a line of the board a moment later.
    pub(super) fn is_full(&self, board: BoardId) -> bool {
        self.lines().of_board.get(&board).is_some_and(|count| *count + AT_ONCE > MOST_WAITING)
    }

    /// Lets a line wait to be written; false where its board has no room for it.
    pub(super) fn add(&self, line: line::Model) -> bool {
        let mut lines = self.lines();
        let count = lines.of_board.entry(line.board_id).or_default();
        if *count >= MOST_WAITING {
            return false;
        }
        *count += 1;
        lines.waiting.push(line);
        true
    }

    /// All that wait, to be written.
    pub(super) fn take(&self) -> Taken<'_> {
        let lines = std::mem::take(&mut self.lines().waiting);
        Taken { noted: self, lines }
    }

    fn make_room(&self, written: &[line::Model]) {
        let mut lines = self.lines();
        for line in written {
            if let Some(count) = lines.of_board.get_mut(&line.board_id) {
                *count -= 1;
            }
        }
        lines.of_board.retain(|_, count| *count > 0);
    }

    fn lines(&self) -> MutexGuard<'_, Lines> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Lines that are being written. Unless they are in the end, as where the database takes none or who writes is stopped, they
/// wait again.
pub(super) struct Taken<'n> {
    noted: &'n Noted,
    lines: Vec<line::Model>,
}

impl Taken<'_> {
    pub fn lines(&self) -> &[line::Model] {
        &self.lines
    }

    /// They stand in the log.
    pub fn are_written(mut self) {
        self.noted.make_room(&std::mem::take(&mut self.lines));
    }
}

impl Drop for Taken<'_> {
    fn drop(&mut self) {
        let mut noted = self.noted.lines();
        self.lines.append(&mut noted.waiting);
        noted.waiting = std::mem::take(&mut self.lines);
    }
}

#[cfg(test)]
mod tests {
    use chrono::{DateTime, NaiveDate};
    use glans_entity::ids::MetricQueryId;
    use glans_entity::localized::Strings;
    use glans_entity::metrics::{Level, Span};

    use super::*;

    fn line(board: BoardId) -> line::Model {
        line::Model {
            id: MetricQueryId::new(),
            board_id: board,
            actor: "somebody".to_owned(),
            scope_id: board.0,
            scope_kind: Level::Board,
            metrics: Strings::default(),
            span: Span::Week,
            starts_on: NaiveDate::default(),
            ends_on: NaiveDate::default(),
            breakdown: "NONE".to_owned(),
            asked_at: DateTime::UNIX_EPOCH,
            request_id: "a-request".to_owned(),
        }
    }

    #[test]
    fn a_board_fills_its_own_room_and_no_other() {
        let (noted, board, other) = (Noted::default(), BoardId::new(), BoardId::new());
        let added = (0..3 * MOST_WAITING).filter(|_| noted.add(line(board))).count();
        assert_eq!(added, MOST_WAITING);
        assert!(noted.add(line(other)));
    }

    #[test]
    fn what_is_being_written_takes_its_room_until_it_is_written() {
        let (noted, board) = (Noted::default(), BoardId::new());
        while noted.add(line(board)) {}
        let taken = noted.take();
        assert_eq!(taken.lines().len(), MOST_WAITING);
        assert!(!noted.add(line(board)));
        let first = taken.lines()[0].id;
        drop(taken);
        let again = noted.take();
        assert_eq!((again.lines().len(), again.lines()[0].id), (MOST_WAITING, first), "it waits again");
        again.are_written();
        assert!(noted.take().lines().is_empty() && noted.add(line(board)));
    }
}
