//! Where a phone is, sealed: the phone keeps it and can neither read nor forge it.

use std::collections::HashMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::ids::{
    AccountId, BoardId, ClassGroupId, ClusterId, CohortId, PersonId, ProgrammeVersionId, SchoolId, StudentId,
};
use glans_entity::scope::Scope;
use uuid::Uuid;

use super::kinds::Kinds;
use super::sight::Sight;
use crate::identity::master_key::MasterKey;
use crate::platform::error::{Code, Error, Result, coded};
use crate::programme::reading::Reading;

const VERSION: u8 = 5;
const CONTEXT: &str = "sync cursor";
const LISTS: usize = 24;

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
        let sealed = master.seal(CONTEXT, &self.bytes()).map_err(Error::fault)?;
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// The inverse of [`Cursor::seal`].
    ///
    /// # Errors
    /// `BAD_CURSOR` for what this server did not make.
    pub(super) fn open(master: &MasterKey, text: &str) -> Result<Self> {
        let sealed = URL_SAFE_NO_PAD.decode(text).ok();
        let bytes = sealed.and_then(|sealed| master.open(CONTEXT, &sealed).ok());
        let cursor = bytes.and_then(|bytes| Bytes(&bytes).cursor());
        cursor.ok_or_else(|| coded(Code::BadCursor, "This cursor was not given out here. Sync without `since`."))
    }

    fn bytes(&self) -> Vec<u8> {
        let mut dictionary = Dictionary::default();
        let sights: Vec<Vec<u8>> =
            self.held.iter().chain([&self.target]).map(|sight| sight_bytes(sight, &mut dictionary)).collect();
        let mut bytes = vec![VERSION];
        bytes.extend(self.made.timestamp_micros().to_be_bytes());
        bytes.extend(self.account.0.as_bytes());
        bytes.extend(self.board.map_or(Uuid::nil(), |board| board.0).as_bytes());
        bytes.extend(self.kinds.0.to_be_bytes());
        for number in [self.position.xid, self.position.seq, self.held_until.xid, self.held_until.seq] {
            bytes.extend(number.to_be_bytes());
        }
        match self.stage {
            Stage::Following => bytes.push(0),
            Stage::Reconciling { step, after, afresh } => {
                bytes.extend([if afresh { 2 } else { 1 }, step]);
                bytes.extend(after.as_bytes());
            }
        }
        put(&mut bytes, dictionary.ids.len());
        dictionary.ids.iter().for_each(|id| bytes.extend(id.as_bytes()));
        put(&mut bytes, sights.len());
        bytes.extend(sights.concat());
        bytes
    }
}

/// Ids stand once, and lists name them by number: the lists of a scope are much the same.
#[derive(Default)]
struct Dictionary {
    ids: Vec<Uuid>,
    numbers: HashMap<Uuid, usize>,
}

impl Dictionary {
    fn number(&mut self, id: Uuid) -> usize {
        *self.numbers.entry(id).or_insert_with(|| {
            self.ids.push(id);
            self.ids.len() - 1
        })
    }
}

/// Seven bits to a byte, the lowest first.
fn put(bytes: &mut Vec<u8>, mut number: usize) {
    while let Some(rest) = Some(number >> 7).filter(|rest| *rest > 0) {
        bytes.extend(u8::try_from(number & 127).map(|low| low | 128));
        number = rest;
    }
    bytes.extend(u8::try_from(number));
}

fn sight_bytes(sight: &Sight, dictionary: &mut Dictionary) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (on, lists) = lists(&sight.scope);
    bytes.extend(on.to_epoch_days().to_be_bytes());
    for list in lists {
        put(&mut bytes, list.len());
        for id in list {
            put(&mut bytes, dictionary.number(id));
        }
    }
    put(&mut bytes, sight.editions.len());
    for (edition, reading) in &sight.editions {
        put(&mut bytes, dictionary.number(edition.0));
        bytes.push(reading.bits());
    }
    bytes.extend(sight.rights.to_be_bytes());
    bytes
}

/// The day and the lists of a scope. A list that is added to `Scope` does not compile until it stands here as well.
fn lists(scope: &Scope) -> (NaiveDate, [Vec<Uuid>; LISTS]) {
    let Scope {
        system: _,
        on,
        boards,
        organisation_boards,
        people_boards,
        roster_boards,
        clusters,
        directed_clusters,
        schools,
        staffed_schools,
        led_schools,
        headed_schools,
        taught_groups,
        children,
        full_children,
        informed_children,
        kin,
        child_groups,
        full_groups,
        course_boards,
        cohorts,
        shared_cohorts,
        fellow_schools,
        fellow_teams,
        team_schools,
        sharing_boards,
        // Figures are asked for, and not synced.
        measured_boards: _,
        measured_clusters: _,
        measured_schools: _,
        persons,
        webhooks_of: _,
        account: _,
        client: _,
    } = scope;
    // An integrator's, and integrators do not sync.
    debug_assert!(roster_boards.is_empty(), "a person has no rosters");
    macro_rules! ids {
        ($($list:ident),+) => { [$($list.iter().map(|id| id.0).collect()),+] };
    }
    let lists = ids!(
        boards,
        organisation_boards,
        people_boards,
        clusters,
        directed_clusters,
        schools,
        staffed_schools,
        led_schools,
        headed_schools,
        taught_groups,
        children,
        full_children,
        informed_children,
        kin,
        child_groups,
        full_groups,
        course_boards,
        cohorts,
        shared_cohorts,
        fellow_schools,
        fellow_teams,
        team_schools,
        sharing_boards,
        persons
    );
    (*on, lists)
}

/// What of the bytes is still to be read.
struct Bytes<'b>(&'b [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> Option<[u8; N]> {
        let (taken, rest) = self.0.split_first_chunk::<N>()?;
        self.0 = rest;
        Some(*taken)
    }

    fn byte(&mut self) -> Option<u8> {
        self.take::<1>().map(|[byte]| byte)
    }

    fn long(&mut self) -> Option<i64> {
        self.take().map(i64::from_be_bytes)
    }

    fn id(&mut self) -> Option<Uuid> {
        self.take().map(Uuid::from_bytes)
    }

    fn number(&mut self) -> Option<usize> {
        let mut number = 0;
        for place in 0..5 {
            let byte = self.byte()?;
            number |= usize::from(byte & 127) << (7 * place);
            if byte < 128 {
                return Some(number);
            }
        }
        None
    }

    fn many<T>(&mut self, mut one: impl FnMut(&mut Self) -> Option<T>) -> Option<Vec<T>> {
        let count = self.number()?;
        (0..count).map(|_| one(self)).collect()
    }

    fn position(&mut self) -> Option<Position> {
        Some(Position { xid: self.long()?, seq: self.long()? })
    }

    fn cursor(&mut self) -> Option<Cursor> {
        if self.byte()? != VERSION {
            return None;
        }
        let made = DateTime::from_timestamp_micros(self.long()?)?;
        let account = AccountId(self.id()?);
        let board = Some(self.id()?).filter(|id| !id.is_nil()).map(BoardId);
        let kinds = Kinds(self.take().map(u64::from_be_bytes)?);
        let (position, held_until) = (self.position()?, self.position()?);
        let stage = match self.byte()? {
            0 => Stage::Following,
            way => Stage::Reconciling { step: self.byte()?, after: self.id()?, afresh: way == 2 },
        };
        let ids = self.many(Self::id)?;
        let mut held = self.many(|bytes| bytes.sight(&ids, account))?;
        let target = held.pop()?;
        Some(Cursor { made, account, board, kinds, position, stage, held, held_until, target })
    }

    fn sight(&mut self, ids: &[Uuid], account: AccountId) -> Option<Sight> {
        let on = NaiveDate::from_epoch_days(self.take().map(i32::from_be_bytes)?)?;
        let mut scope = Scope { on, account: Some(account), ..Scope::default() };
        macro_rules! read {
            ($($list:ident: $id:path),+ $(,)?) => {$(
                scope.$list = self.many(|bytes| ids.get(bytes.number()?).copied().map($id))?;
            )+};
        }
        read!(
            boards: BoardId,
            organisation_boards: BoardId,
            people_boards: BoardId,
            clusters: ClusterId,
            directed_clusters: ClusterId,
            schools: SchoolId,
            staffed_schools: SchoolId,
            led_schools: SchoolId,
            headed_schools: SchoolId,
            taught_groups: ClassGroupId,
            children: StudentId,
            full_children: StudentId,
            informed_children: StudentId,
            kin: StudentId,
            child_groups: ClassGroupId,
            full_groups: ClassGroupId,
            course_boards: BoardId,
            cohorts: CohortId,
            shared_cohorts: CohortId,
            fellow_schools: SchoolId,
            fellow_teams: SchoolId,
            team_schools: SchoolId,
            sharing_boards: BoardId,
            persons: PersonId,
        );
        let editions = self.many(|bytes| {
            let id = ids.get(bytes.number()?).copied()?;
            Some((ProgrammeVersionId(id), Reading::of_bits(bytes.byte()?)))
        })?;
        let rights = self.take().map(u64::from_be_bytes)?;
        Some(Sight { scope, editions, rights })
    }
}

#[cfg(test)]
mod tests {
    use base64::engine::general_purpose::STANDARD;

    use super::*;

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
        let bytes = cursor(Stage::Following).bytes();
        assert!(bytes.len() < 200 * 22 + 300, "{}", bytes.len());
    }
}
