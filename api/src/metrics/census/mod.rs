//! How the active students stand: where they are, whether somebody reaches their family, and the 100 % line. Taken every
//! few hours, the first time of a day as it begins; and of families, in the transaction of what moves a student, a
//! guardianship or a school; where that moves very many students at once, the next round takes it, as of the day of the
//! act. What else makes a difference is seen by the next one: a first sign-in, an e-mail that bounces, another language,
//! a person who is erased, a place or a relation that begins or ends by the calendar. Only what changed is written.

mod moved;
mod put_off;
mod rounds;
mod rules;
mod store;

use std::collections::{BTreeMap, HashSet};

use chrono::{DateTime, Days, NaiveDate, Utc};
use glans_entity::ids::{AccountId, BoardId, PersonId, SchoolId, StudentId};
use glans_entity::metrics::{Engaged, Span};
use glans_entity::organisation::school;
use glans_entity::people::person;
use glans_entity::scope::Scope;
use sea_orm::{ConnectionTrait, DatabaseTransaction};

pub use self::moved::{Moved, moved};
pub use self::put_off::{settle, settle_board, settle_some};
pub use self::rounds::{daily, next_late};
use self::rules::{Place, Seen, Standing};
use super::{milestones, periods};
use crate::call::today;
use crate::engagement::partnerships::{self, contactable, criteria, history};
use crate::platform::error::Result;

/// Students who are counted at once, with all who have guardians in common with them. An act that moves more leaves all of
/// them to the rounds: it would take long, and others that move students of the board would wait for it.
pub const AT_ONCE: u64 = 1_000;

/// How closely it is looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Look {
    /// Where students are and who belongs to them. The 100 % line stays as it was.
    Places,
    /// All of it.
    Everything,
}

/// Who is counted.
struct Who {
    /// The active students.
    places: BTreeMap<StudentId, Place>,
    /// Students who are nowhere, or not any more.
    left: Vec<StudentId>,
}

impl Who {
    async fn of(db: &impl ConnectionTrait, scope: &Scope, students: &[StudentId]) -> Result<Self> {
        let places = store::places(db, scope, students).await?;
        let left = students.iter().copied().filter(|student| !places.contains_key(student)).collect();
        Ok(Self { places, left })
    }
}

/// Takes the census of students whom an event [`moved`], and of their families; or leaves it to the rounds, where they are
/// more than [`AT_ONCE`].
pub async fn take(db: &DatabaseTransaction, board: BoardId, moved: &Moved, now: DateTime<Utc>) -> Result<()> {
    let scope = Scope::system(today(now));
    store::lock(db, board).await?;
    let students = match moved {
        Moved::Selected(which) => match store::students(db, which, AT_ONCE).await? {
            Some(students) => students,
            None => return put_off::put_off(db, board, which, scope.on).await,
        },
        Moved::Imported(import) => {
            let students = store::imported(db, &scope, *import).await?;
            if students.len() as u64 > AT_ONCE {
                return put_off::put_off_these(db, board, &students, scope.on).await;
            }
            students
        }
    };
    let families = store::families(db, &scope, &students).await?;
    put_off::settle_of(db, board, &families, now).await?;
    let who = Who::of(db, &scope, &families).await?;
    Box::pin(count(db, &scope, board, who, Look::Places, now)).await
}

async fn take_school(
    db: &DatabaseTransaction,
    scope: &Scope,
    school: &school::Model,
    now: DateTime<Utc>,
) -> Result<()> {
    store::lock(db, school.board_id).await?;
    let students = store::of_school(db, scope, school.id).await?;
    put_off::settle_of(db, school.board_id, &students, now).await?;
    let mut who = Who::of(db, scope, &students).await?;
    // Who is at another school by now is counted there, with the family.
    who.places.retain(|_, place| place.at.school == school.id);
    Box::pin(count(db, scope, school.board_id, who, Look::Everything, now)).await?;
    store::refresh(db, school.board_id, vec![(school.id, scope.on)], now).await
}

/// Counts them as of the day of the scope, whatever they are counted as since. Nobody else takes the census of the board
/// meanwhile.
async fn count(
    db: &DatabaseTransaction,
    scope: &Scope,
    board: BoardId,
    Who { mut places, mut left }: Who,
    look: Look,
    now: DateTime<Utc>,
) -> Result<()> {
    let mut standings = standings(db, scope, &places, now).await?;
    if scope.on < today(now) {
        let all: Vec<StudentId> = places.keys().chain(&left).copied().collect();
        let newer = put_off::counted_since(db, scope, &all).await?;
        places.retain(|student, _| !newer.contains(student));
        left.retain(|student| !newer.contains(student));
    }
    let students: Vec<StudentId> = places.keys().copied().collect();
    if look == Look::Everything {
        for (student, engaged) in engaged(db, scope, &students, now).await? {
            standings.entry(student).or_default().engaged = Some(engaged);
        }
    }
    let counted = store::counted(db, scope, &students).await?;
    let seen = places.into_iter().map(|(student, Place { at, since })| {
        let since = counted.get(&student).map_or(since, |last| since.max(*last + Days::new(1)));
        Seen { student, at, since, standing: standings.remove(&student).unwrap_or_default() }
    });
    let open = store::open(db, scope, &students).await?;
    let left = store::last_days(db, scope, &left).await?;
    let changes = rules::changes(scope.on, open, seen.collect(), &left);
    let begun = store::write(db, changes).await?;
    let on = today(now);
    let days = |(school, since): (SchoolId, NaiveDate)| weeks(since, on).into_iter().map(move |day| (school, day));
    store::refresh(db, board, begun.into_iter().flat_map(days).collect(), now).await
}

/// A day of every week from `since` to `on`.
fn weeks(since: NaiveDate, on: NaiveDate) -> Vec<NaiveDate> {
    let later =
        std::iter::successors(Some(since), |day| Some(periods::next(Span::Week, periods::start(Span::Week, *day))));
    later.take_while(|day| *day <= on).chain([on]).collect()
}

/// What is known of the families. Who is a guardian of several children of a school is counted at the first of them, so
/// that all of them are to be among the students.
async fn standings(
    db: &impl ConnectionTrait,
    scope: &Scope,
    places: &BTreeMap<StudentId, Place>,
    now: DateTime<Utc>,
) -> Result<BTreeMap<StudentId, Standing>> {
    let students: Vec<StudentId> = places.keys().copied().collect();
    let guardians = store::guardians(db, scope, &students).await?;
    let people: Vec<person::Model> = guardians.values().flatten().cloned().collect();
    let reached = contactable::among(db, scope, &people, now).await?;
    let accounts: Vec<AccountId> = people.iter().filter_map(|guardian| guardian.account_id).collect();
    let activated = store::activated(db, &accounts).await?;
    let has_come = |guardian: &person::Model| guardian.account_id.is_some_and(|account| activated.contains(&account));
    let mut counted: HashSet<(Option<SchoolId>, PersonId)> = HashSet::new();
    let mut standings = BTreeMap::new();
    for (student, family) in guardians {
        let school = places.get(&student).map(|place| place.at.school);
        let own: Vec<_> = family.iter().filter(|guardian| counted.insert((school, guardian.id))).collect();
        let signed_in = own.iter().filter(|guardian| has_come(guardian)).count();
        let standing = Standing {
            language: family.first().map(|guardian| guardian.language.clone()).unwrap_or_default(),
            is_reachable: family.iter().any(|guardian| reached.contains(&guardian.id)),
            entitled: i32::try_from(own.len()).unwrap_or(i32::MAX),
            activated: i32::try_from(signed_in).unwrap_or(i32::MAX),
            engaged: None,
        };
        standings.insert(student, standing);
    }
    Ok(standings)
}

/// How the students stand to the 100 % line, and told where all of it is reached. Of whom there is no partnership this year nothing is asked.
async fn engaged(
    db: &DatabaseTransaction,
    scope: &Scope,
    students: &[StudentId],
    now: DateTime<Utc>,
) -> Result<BTreeMap<StudentId, Engaged>> {
    let mut engaged: BTreeMap<_, _> = students.iter().map(|student| (*student, Engaged::Exempt)).collect();
    let rows = partnerships::store::of_students(db, scope, students, None).await?;
    let histories = history::of(db, now, &rows).await?;
    for row in rows {
        if let Some(history) = histories.get(&row.id) {
            let criteria = criteria::criteria(history);
            engaged.insert(row.student_id, rules::engaged(&criteria));
            if rules::is_complete(&criteria) {
                milestones::complete(db, row.board_id, row.id, now).await?;
            }
        }
    }
    Ok(engaged)
}
