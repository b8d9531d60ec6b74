//! How the active students stand: where they are, whether somebody reaches their family, and the 100 % line. Taken every
//! day, and in the transaction of what moves students, guardians or schools. Only what changed is written.

mod rounds;
mod rules;
mod store;

use std::collections::{BTreeMap, BTreeSet, HashSet};

use chrono::{DateTime, Days, NaiveDate, Utc};
use glans_entity::ids::{AccountId, BoardId, PersonId, SchoolId, StudentId};
use glans_entity::metrics::{Engaged, Span};
use glans_entity::organisation::school;
use glans_entity::people::{person, student};
use glans_entity::scope::Scope;
use sea_orm::sea_query::Query;
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction};

pub use self::rounds::daily;
use self::rules::{At, Seen, Standing};
use super::{milestones, periods};
use crate::call::today;
use crate::engagement::partnerships::{self, criteria, history};
use crate::platform::error::Result;
use crate::platform::outbox::Event;

/// How closely it is looked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// Where students are and who belongs to them. The 100 % line stays as it was.
    Places,
    /// All of it.
    Everything,
}

/// Takes the census of the schools that fulfil `which`.
pub async fn take(db: &DatabaseTransaction, which: Condition, look: Look, now: DateTime<Utc>) -> Result<()> {
    let scope = Scope::system(today(now));
    for school in store::schools(db, &scope, which).await? {
        take_school(db, &scope, &school, look, now).await?;
    }
    Ok(())
}

/// The schools whose students are elsewhere after the event; none where nobody moved.
pub fn moved(board: BoardId, event: &Event) -> Option<Condition> {
    let id = event.payload["id"].as_str().unwrap_or_default();
    let which = match event.kind {
        "school.moved" | "school.archived" => school::Column::Id.eq(id.parse::<SchoolId>().ok()?),
        "student.placed" | "student.left" => {
            let own = Query::select()
                .column(student::Column::SchoolId)
                .from(student::Entity)
                .and_where(student::Column::Id.eq(id.parse::<StudentId>().ok()?))
                .to_owned();
            school::Column::Id.in_subquery(own)
        }
        "roster.imported" | "roster.rolled_back" => school::Column::BoardId.eq(board),
        _ => return None,
    };
    Some(which.into())
}

async fn take_school(
    db: &DatabaseTransaction,
    scope: &Scope,
    school: &school::Model,
    look: Look,
    now: DateTime<Utc>,
) -> Result<()> {
    let at = At::of(school, scope.on);
    let enrolments = store::enrolments(db, scope, at).await?;
    let students: Vec<StudentId> = enrolments.keys().copied().collect();
    let mut standings = standings(db, scope, &students, now).await?;
    if look == Look::Everything {
        for (student, engaged) in engaged(db, scope, &students, now).await? {
            standings.entry(student).or_default().engaged = Some(engaged);
        }
    }
    let counted = store::counted(db, scope, &students).await?;
    let after = |student| counted.get(&student).map_or(NaiveDate::MIN, |last| *last + Days::new(1));
    let seen = enrolments.into_values().map(|row| Seen {
        student: row.student_id,
        group: row.class_group_id,
        since: row.starts_on.max(after(row.student_id)),
        standing: standings.remove(&row.student_id).unwrap_or_default(),
    });
    let open = store::open(db, scope, school.id, &students).await?;
    let left: Vec<StudentId> = open.iter().map(|row| row.student_id).filter(|id| !students.contains(id)).collect();
    let elsewhere: BTreeSet<SchoolId> = open.iter().map(|row| row.school_id).filter(|id| *id != school.id).collect();
    let left = store::last_days(db, scope, &left, at.on).await?;
    let changes = rules::changes(at, open, seen.collect(), &left);
    let since = changes.since();
    store::write(db, changes).await?;
    let days: Vec<NaiveDate> = since.map(|since| weeks(since, at.on)).unwrap_or_default();
    for school in elsewhere {
        store::refresh(db, At { school, ..at }, days.clone(), now).await?;
    }
    let always = (look == Look::Everything).then_some(at.on);
    store::refresh(db, at, days.into_iter().chain(always), now).await
}

/// A day of every week from `since` to `on`.
fn weeks(since: NaiveDate, on: NaiveDate) -> Vec<NaiveDate> {
    let later =
        std::iter::successors(Some(since), |day| Some(periods::next(Span::Week, periods::start(Span::Week, *day))));
    later.take_while(|day| *day <= on).chain([on]).collect()
}

/// What is known of the families. Who is a guardian of several children of the school is counted at the first of them.
async fn standings(
    db: &impl ConnectionTrait,
    scope: &Scope,
    students: &[StudentId],
    now: DateTime<Utc>,
) -> Result<BTreeMap<StudentId, Standing>> {
    let guardians = store::guardians(db, scope, students, scope.on).await?;
    let accounts: BTreeSet<AccountId> =
        guardians.values().flatten().filter_map(|guardian| guardian.account_id).collect();
    let accounts: Vec<AccountId> = accounts.into_iter().collect();
    let (activated, reachable) = store::logins(db, scope, &accounts, now).await?;
    let is_in = |logins: &BTreeSet<AccountId>, guardian: &person::Model| {
        guardian.account_id.is_some_and(|account| logins.contains(&account))
    };
    let mut counted: HashSet<PersonId> = HashSet::new();
    let mut standings = BTreeMap::new();
    for (student, family) in guardians {
        let own: Vec<_> = family.iter().filter(|guardian| counted.insert(guardian.id)).collect();
        let signed_in = own.iter().filter(|guardian| is_in(&activated, guardian)).count();
        let standing = Standing {
            language: family.first().map(|guardian| guardian.language.clone()).unwrap_or_default(),
            is_reachable: family.iter().any(|guardian| is_in(&reachable, guardian)),
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
