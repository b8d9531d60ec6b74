//! A cursor in bytes, and back.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate};
use glans_entity::ids::{
    AccountId, BoardId, ClassGroupId, ClusterId, CohortId, PersonId, ProgrammeVersionId, SchoolId, StudentId,
};
use glans_entity::scope::Scope;
use uuid::Uuid;

use super::{Cursor, Position, Stage};
use crate::programme::reading::Reading;
use crate::sync::kinds::Kinds;
use crate::sync::sight::Sight;

/// Of what is written, and so of what can be read. Another order of bytes is another version.
const VERSION: u8 = 5;

/// Hands the lists of a scope that a cursor has to a macro, in their order, each with what its ids are.
macro_rules! lists {
    ($act:ident) => {
        $act!(
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
    };
}

/// The cursor in bytes.
pub(super) fn of(cursor: &Cursor) -> Vec<u8> {
    let mut dictionary = Dictionary::default();
    let sights: Vec<Vec<u8>> =
        cursor.held.iter().chain([&cursor.target]).map(|sight| sight_bytes(sight, &mut dictionary)).collect();
    let mut bytes = vec![VERSION];
    bytes.extend(cursor.made.timestamp_micros().to_be_bytes());
    bytes.extend(cursor.account.0.as_bytes());
    bytes.extend(cursor.board.map_or(Uuid::nil(), |board| board.0).as_bytes());
    bytes.extend(cursor.kinds.0.to_be_bytes());
    for number in [cursor.position.xid, cursor.position.seq, cursor.held_until.xid, cursor.held_until.seq] {
        bytes.extend(number.to_be_bytes());
    }
    match cursor.stage {
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

fn sight_bytes(sight: &Sight, dictionary: &mut Dictionary) -> Vec<u8> {
    let mut bytes = Vec::new();
    let (on, lists) = parts(&sight.scope);
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

/// The day and the lists of a scope. A list that is added to `Scope` does not compile until it stands in `lists!` or here.
fn parts(scope: &Scope) -> (NaiveDate, Vec<Vec<Uuid>>) {
    let mut parts = Vec::new();
    macro_rules! take {
        ($($list:ident: $id:path),+ $(,)?) => {
            let Scope {
                system: _,
                on: _,
                roster_boards: _,
                // Figures are asked for, and not synced.
                measured_boards: _,
                measured_clusters: _,
                measured_schools: _,
                webhooks_of: _,
                account: _,
                client: _,
                $($list),+
            } = scope;
            $(parts.push($list.iter().map(|id| id.0).collect());)+
        };
    }
    lists!(take);
    // An integrator's, and integrators do not sync.
    debug_assert!(scope.roster_boards.is_empty(), "a person has no rosters");
    (scope.on, parts)
}

/// Seven bits to a byte, the lowest first.
fn put(bytes: &mut Vec<u8>, mut number: usize) {
    while let Some(rest) = Some(number >> 7).filter(|rest| *rest > 0) {
        bytes.extend(u8::try_from(number & 127).map(|low| low | 128));
        number = rest;
    }
    bytes.extend(u8::try_from(number));
}

/// The cursor that these bytes are; none where they are of no cursor, or of one of another version.
pub(super) fn read(bytes: &[u8]) -> Option<Cursor> {
    Bytes(bytes).cursor()
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
        lists!(read);
        let editions = self.many(|bytes| {
            let id = ids.get(bytes.number()?).copied()?;
            Some((ProgrammeVersionId(id), Reading::of_bits(bytes.byte()?)))
        })?;
        let rights = self.take().map(u64::from_be_bytes)?;
        Some(Sight { scope, editions, rights })
    }
}
