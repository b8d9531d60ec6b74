//! What was told of the last moments.
//!
//! What is committed late has an earlier time than what was told already. So a little is looked at again each time, without
//! what was told of it.

use std::collections::VecDeque;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::platform::page::Key;

/// How many ids a cursor holds at most: 28 KiB of them. It comes back in a message of a socket, of 64 KiB at most.
const HELD: usize = 1000;

/// As a cursor holds it: when the last one came, and what was told shortly before.
pub type Position = (DateTime<Utc>, Ids);

/// Where somebody who follows is.
#[derive(Debug)]
pub struct Recent {
    /// When the last one came that was told.
    since: DateTime<Utc>,
    /// How long after its time something is committed at most.
    late: TimeDelta,
    /// What was told of the last moments, with its time, in the order in which it was told.
    told: VecDeque<(DateTime<Utc>, Uuid)>,
}

impl Recent {
    /// From `now` on.
    pub fn begin(now: DateTime<Utc>, late: TimeDelta) -> Self {
        Self { since: now, late, told: VecDeque::new() }
    }

    /// From where a cursor says.
    pub fn resume((since, Ids(told)): Position, late: TimeDelta) -> Self {
        // It holds no times: each is remembered as long as the last one.
        Self { since, late, told: told.into_iter().map(|id| (since, id)).collect() }
    }

    /// From when on something may be there that was not told.
    pub fn horizon(&self) -> DateTime<Utc> {
        self.since - self.late
    }

    /// What is there from then on, and is not to be told again.
    pub fn told(&self) -> Vec<Uuid> {
        self.told.iter().map(|(_, id)| *id).collect()
    }

    /// What was there already is not told.
    pub fn knows(&mut self, at: DateTime<Utc>, id: Uuid) {
        self.told.push_back((at, id));
    }

    /// The next one is told.
    pub fn tells(&mut self, at: DateTime<Utc>, id: Uuid) {
        self.since = self.since.max(at);
        self.told.push_back((at, id));
        let horizon = self.horizon();
        self.told.retain(|(at, _)| *at >= horizon);
    }

    /// For a cursor. Of more than it has room for, who comes back hears some again: nothing is lost by that.
    pub fn position(&self) -> Position {
        let beyond = self.told.len().saturating_sub(HELD);
        (self.since, Ids(self.told.iter().skip(beyond).map(|(_, id)| *id).collect()))
    }
}

/// One behind the other: as a list of texts they would take twice the room, in every event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(into = "String", try_from = "String")]
pub struct Ids(Vec<Uuid>);

impl Key for Ids {
    fn is_sound(&self) -> bool {
        self.0.len() <= HELD
    }
}

impl From<Ids> for String {
    fn from(Ids(ids): Ids) -> Self {
        let bytes: Vec<u8> = ids.iter().flat_map(|id| *id.as_bytes()).collect();
        URL_SAFE_NO_PAD.encode(bytes)
    }
}

impl TryFrom<String> for Ids {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| "no base64")?;
        let ids: Result<Vec<Uuid>, _> = bytes.chunks(size_of::<Uuid>()).map(Uuid::from_slice).collect();
        ids.map(Self).map_err(|_| "half an id")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::page::{mark, position};

    const LATE: TimeDelta = TimeDelta::seconds(60);

    fn noon() -> DateTime<Utc> {
        "2026-11-30T12:00:00Z".parse().unwrap()
    }

    fn id(number: u128) -> Uuid {
        Uuid::from_u128(number)
    }

    /// Who tells so many in one moment.
    fn crowded(many: u128) -> Recent {
        let mut recent = Recent::begin(noon(), LATE);
        for number in 0..many {
            recent.tells(noon(), id(number));
        }
        recent
    }

    /// The same after a lost connection.
    fn back(recent: &Recent) -> Recent {
        let cursor = mark("order", &recent.position()).unwrap();
        Recent::resume(position(&cursor, "order").unwrap(), LATE)
    }

    #[test]
    fn who_comes_back_remembers_all_that_may_be_found_again() {
        let (again, all) = (back(&crowded(400)), (0..400).map(id).collect::<Vec<_>>());
        assert_eq!((again.horizon(), again.told()), (noon() - LATE, all));
    }

    #[test]
    fn what_is_found_no_more_is_forgotten() {
        let mut recent = crowded(3);
        recent.tells(noon() + LATE, id(3));
        assert_eq!(recent.told().len(), 4);
        recent.tells(noon() + LATE + TimeDelta::milliseconds(1), id(4));
        assert_eq!(recent.told(), [id(3), id(4)]);
        recent.tells(noon() + TimeDelta::seconds(30), id(5));
        assert_eq!(recent.told(), [id(3), id(4), id(5)], "what comes late turns nothing back");
    }

    #[test]
    fn a_cursor_has_room_for_so_many_and_what_was_told_last_stays() {
        let mut recent = back(&crowded(HELD as u128 + 7));
        assert_eq!(recent.told().first(), Some(&id(7)));
        recent.tells(noon(), id(5000));
        let again = back(&recent).told();
        assert_eq!((again.len(), again.first(), again.last()), (HELD, Some(&id(8)), Some(&id(5000))));
        let cursor = mark("order", &recent.position()).unwrap();
        assert!(cursor.len() < 32 * 1024, "{}", cursor.len());
    }

    #[test]
    fn what_no_cursor_holds_is_refused() {
        let is_taken = |ids: &str| {
            let cursor = mark("order", &(noon(), ids)).unwrap();
            position::<Position>(&cursor, "order").is_ok()
        };
        assert!(is_taken(""));
        assert!(is_taken(&"A".repeat(22)));
        assert!(!is_taken("A"));
        assert!(!is_taken(&"A".repeat(20)), "half an id");
        let too_many = Ids((0..=HELD as u128).map(id).collect());
        assert!(!is_taken(&String::from(too_many)));
    }
}
