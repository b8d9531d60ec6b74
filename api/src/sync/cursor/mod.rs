//! Where a phone is, sealed: the phone keeps it and can neither read nor forge it.

mod bytes;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, Utc};
use glans_entity::ids::{AccountId, BoardId};
use uuid::Uuid;

use super::kinds::Kinds;
use super::sight::Sight;
use crate::identity::master_key::MasterKey;
use crate::platform::error::{Code, Error, Result, coded};

const CONTEXT: &str = "sync cursor";

/// Up to which transaction and line the log was read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    pub xid: i64,
    pub seq: i64,
}

/// What a pull does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// Tells the difference between what the phone holds and what is in sight, step by step, by id.
    Reconciling {
        step: u8,
        after: Uuid,
        /// Tells all that is in sight, not only what came into it.
        afresh: bool,
    },
    /// Reads the log.
    Following,
}

impl Stage {
    pub(super) const fn reconciling(afresh: bool) -> Self {
        Self::Reconciling { step: 0, after: Uuid::nil(), afresh }
    }
}

/// Where a phone is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Cursor {
    /// When the log was last read to its end, or the sync began.
    pub made: DateTime<Utc>,
    pub account: AccountId,
    pub board: Option<BoardId>,
    pub kinds: Kinds,
    pub position: Position,
    pub stage: Stage,
    /// Under which the phone may hold things besides `target`. The last one was told whole, unless all is told afresh.
    pub held: Vec<Sight>,
    /// Up to where the log may tell of what was seen under `held`.
    pub held_until: Position,
    pub target: Sight,
}

impl Cursor {
    /// As the phone keeps it.
    pub(super) fn seal(&self, master: &MasterKey) -> Result<String> {
        let sealed = master.seal(CONTEXT, &bytes::of(self)).map_err(Error::fault)?;
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// The inverse of [`Cursor::seal`].
    ///
    /// # Errors
    /// `BAD_CURSOR` for what this server did not make.
    pub(super) fn open(master: &MasterKey, text: &str) -> Result<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(text).ok();
        let bytes = sealed.and_then(|sealed| master.open(CONTEXT, &sealed).ok());
        let cursor = bytes.and_then(|bytes| bytes::read(&bytes));
        cursor.ok_or_else(|| coded(Code::BadCursor, "This cursor was not given out here. Sync without `since`."))
    }
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;
    use chrono::NaiveDate;
    use glans_entity::ids::{PersonId, ProgrammeVersionId, SchoolId};
    use glans_entity::scope::Scope;

    use super::*;
    use crate::programme::reading::Reading;

    fn sight(schools: usize) -> Sight {
        let schools: Vec<SchoolId> = (0..schools).map(|_| SchoolId::new()).collect();
        let scope = Scope {
            on: NaiveDate::from_ymd_opt(2026, 9, 1).unwrap(),
            account: Some(AccountId(Uuid::from_u128(7))),
            boards: vec![BoardId::new()],
            schools: schools.clone(),
            staffed_schools: schools.clone(),
            led_schools: schools,
            persons: vec![PersonId::new()],
            ..Scope::default()
        };
        Sight { scope, editions: vec![(ProgrammeVersionId::new(), Reading::of_bits(0b10_1011))], rights: 12 }
    }

    fn cursor(stage: Stage) -> Cursor {
        Cursor {
            made: DateTime::from_timestamp_micros(1_790_000_000_000_001).unwrap(),
            account: AccountId(Uuid::from_u128(7)),
            board: None,
            kinds: Kinds(3),
            position: Position { xid: 7, seq: i64::MAX },
            stage,
            held: vec![sight(1)],
            held_until: Position { xid: 9, seq: 2 },
            target: sight(200),
        }
    }

    #[test]
    fn a_cursor_opens_as_it_was_sealed_and_only_where_it_was() {
        let master = |fill: u8| MasterKey::from_base64(&STANDARD.encode([fill; 32])).unwrap();
        for stage in [Stage::Following, Stage::Reconciling { step: 3, after: Uuid::from_u128(5), afresh: true }] {
            let made = cursor(stage);
            let text = made.seal(&master(1)).unwrap();
            assert_eq!(Cursor::open(&master(1), &text).unwrap(), made);
            assert!(Cursor::open(&master(2), &text).is_err());
            assert!(Cursor::open(&master(1), &text[1..]).is_err());
        }
        assert!(Cursor::open(&master(1), "").is_err());
    }

    #[test]
    fn the_schools_of_a_director_stand_in_it_once() {
        let bytes = bytes::of(&cursor(Stage::Following));
        assert!(bytes.len() < 200 * 22 + 300, "{}", bytes.len());
    }
}
