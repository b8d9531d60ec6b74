//! The SQL of the census.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, Days, NaiveDate, Utc};
use glans_entity::identity::account;
use glans_entity::ids::{AccountId, BoardId, ClassGroupId, ClusterId, PersonId, SchoolId, StudentId};
use glans_entity::metrics::{census, due, stretch};
use glans_entity::organisation::{class_group, school};
use glans_entity::people::{enrolment, guardianship, person, student};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, OnConflict, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, JoinType, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, RelationDef,
};
use uuid::Uuid;

use super::rules::{At, Changes, Place};
use crate::engagement::partnerships::family::is_entitled;
use crate::people::rights::covers;
use crate::platform::alone;
use crate::platform::error::Result;

/// The column of students in lists of whom to count.
pub(super) const STUDENT: &str = "student_id";
/// Rows of one statement.
const AT_ONCE: usize = 500;
/// A last day may be told a year late: so far back stretches are looked at that no place covers any more.
const LOOKS_BACK: Days = Days::new(366);

/// Until the transaction ends nobody else takes a census of the board: what is read of stretches from here on is what they
/// are, also of students who go from one of its schools to another.
pub(super) async fn lock(db: &DatabaseTransaction, board: BoardId) -> Result<()> {
    alone::wait(db, &format!("metrics.census.{board}")).await
}

/// Boards with schools of which nobody took a census yet.
pub(super) async fn unknown_boards(db: &impl ConnectionTrait) -> Result<Vec<BoardId>> {
    let known = census::Entity::within(&Scope::system(NaiveDate::MIN)).select_only().column(census::Column::BoardId);
    let rows = school::Entity::within(&Scope::system(NaiveDate::MIN)).select_only().column(school::Column::BoardId);
    let rows = rows.distinct().filter(school::Column::BoardId.not_in_subquery(known.into_query()));
    Ok(rows.into_tuple().all(db).await?)
}

/// The first school of `which` of which there is no census from `before` to `now`, and when the last one was. None of a
/// board of which there is no census at all: its first one has more to do. What lies in the future was taken by a wrong
/// clock.
pub(super) async fn late(
    db: &impl ConnectionTrait,
    (before, now): (DateTime<Utc>, DateTime<Utc>),
    which: Condition,
) -> Result<Option<(school::Model, Option<DateTime<Utc>>)>> {
    let everywhere = Scope::system(NaiveDate::MIN);
    let taken = || census::Entity::within(&everywhere);
    let fresh = taken().select_only().column(census::Column::SchoolId);
    let fresh = fresh.filter(census::Column::TakenAt.between(before, now)).into_query();
    let known = taken().select_only().column(census::Column::BoardId).into_query();
    let school = school::Entity::within(&everywhere)
        .filter(school::Column::Id.not_in_subquery(fresh))
        .filter(school::Column::BoardId.in_subquery(known))
        .filter(which)
        .order_by_asc(school::Column::Id)
        .one(db)
        .await?;
    let Some(school) = school else { return Ok(None) };
    let last = taken().filter(census::Column::SchoolId.eq(school.id)).one(db).await?;
    Ok(Some((school, last.map(|row| row.taken_at))))
}

/// Notes that it was taken.
pub(super) async fn taken(db: &DatabaseTransaction, school: &school::Model, now: DateTime<Utc>) -> Result<()> {
    let row = census::Model { school_id: school.id, board_id: school.board_id, taken_at: now };
    let again = OnConflict::column(census::Column::SchoolId).update_column(census::Column::TakenAt).to_owned();
    census::Entity::insert(row.into_active_model()).on_conflict(again).exec_without_returning(db).await?;
    Ok(())
}

/// The schools of the board.
pub(super) async fn schools(db: &impl ConnectionTrait, scope: &Scope, board: BoardId) -> Result<Vec<school::Model>> {
    let rows = school::Entity::within(scope).filter(school::Column::BoardId.eq(board));
    Ok(rows.order_by_asc(school::Column::Id).all(db).await?)
}

/// The students whom a statement names, each once; nothing where they are more than `most`.
pub(super) async fn students(
    db: &impl ConnectionTrait,
    which: &SelectStatement,
    most: u64,
) -> Result<Option<Vec<StudentId>>> {
    let named = Alias::new("named");
    let some = Query::select()
        .distinct()
        .column((named.clone(), Alias::new(STUDENT)))
        .from_subquery(which.clone(), named)
        .limit(most + 1)
        .to_owned();
    let rows = db.query_all(&some).await?;
    if rows.len() as u64 > most {
        return Ok(None);
    }
    let mut ids: BTreeSet<StudentId> = BTreeSet::new();
    for row in &rows {
        ids.insert(row.try_get("", STUDENT)?);
    }
    Ok(Some(ids.into_iter().collect()))
}

/// Whoever has a place in a class group of the school on the day, or is counted there: with a stretch that goes on, or one
/// that goes beyond all places.
pub(super) async fn of_school(db: &impl ConnectionTrait, scope: &Scope, school: SchoolId) -> Result<Vec<StudentId>> {
    use stretch::Column;
    let groups = class_group::Entity::within(scope).select_only().column(class_group::Column::Id);
    let groups = groups.filter(class_group::Column::SchoolId.eq(school)).into_query();
    let here: Vec<StudentId> = enrolment::Entity::within(scope)
        .select_only()
        .column(enrolment::Column::StudentId)
        .filter(enrolment::Column::ClassGroupId.in_subquery(groups))
        .filter(covers(enrolment::Column::StartsOn, enrolment::Column::EndsOn, scope.on))
        .into_tuple()
        .all(db)
        .await?;
    let beyond = Condition::all().add(Column::EndsOn.gte(scope.on - LOOKS_BACK)).add(Expr::not_exists(as_long(scope)));
    let counted: Vec<StudentId> = stretch::Entity::within(scope)
        .select_only()
        .column(Column::StudentId)
        .filter(Column::SchoolId.eq(school))
        .filter(Condition::any().add(Column::EndsOn.is_null()).add(beyond))
        .into_tuple()
        .all(db)
        .await?;
    let students: BTreeSet<StudentId> = here.into_iter().chain(counted).collect();
    Ok(students.into_iter().collect())
}

/// The places that end no earlier than the stretch does.
fn as_long(scope: &Scope) -> SelectStatement {
    let place = |column: enrolment::Column| Expr::col((enrolment::Entity, column));
    let stretch = |column: stretch::Column| Expr::col((stretch::Entity, column));
    let ends_on = place(enrolment::Column::EndsOn);
    enrolment::Entity::within(scope)
        .select_only()
        .column(enrolment::Column::Id)
        .filter(place(enrolment::Column::StudentId).eq(stretch(stretch::Column::StudentId)))
        .filter(ends_on.clone().is_null().or(ends_on.gte(stretch(stretch::Column::EndsOn))))
        .into_query()
}

/// The students, with all who have a guardian in common with one of them, and those of these. Of them together it can be
/// told at which child a guardian is counted.
pub(super) async fn families(
    db: &impl ConnectionTrait,
    scope: &Scope,
    students: &[StudentId],
) -> Result<Vec<StudentId>> {
    use guardianship::Column;
    let mut families: BTreeSet<StudentId> = students.iter().copied().collect();
    let mut asked = students.to_vec();
    while !asked.is_empty() {
        let guardians = guardianship::Entity::within(scope).select_only().column(Column::GuardianId);
        let guardians = guardians.filter(Column::StudentId.is_in(asked)).into_query();
        let children: Vec<StudentId> = guardianship::Entity::within(scope)
            .select_only()
            .column(Column::StudentId)
            .distinct()
            .filter(Column::GuardianId.in_subquery(guardians))
            .into_tuple()
            .all(db)
            .await?;
        asked = children.into_iter().filter(|child| families.insert(*child)).collect();
    }
    Ok(families.into_iter().collect())
}

type PlaceRow = (StudentId, NaiveDate, ClassGroupId, BoardId, SchoolId, Option<ClusterId>, SchoolId);

/// The place of each of the students that covers the day: where the class group is. Of several it is the first that began,
/// of those at the school whose student it is, if any.
pub(super) async fn places(
    db: &impl ConnectionTrait,
    scope: &Scope,
    students: &[StudentId],
) -> Result<BTreeMap<StudentId, Place>> {
    use enrolment::Column;
    let group = RelationDef::from(
        enrolment::Entity::belongs_to(class_group::Entity).from(Column::ClassGroupId).to(class_group::Column::Id),
    );
    let school = RelationDef::from(
        class_group::Entity::belongs_to(school::Entity).from(class_group::Column::SchoolId).to(school::Column::Id),
    );
    let child = RelationDef::from(
        enrolment::Entity::belongs_to(student::Entity).from(Column::StudentId).to(student::Column::Id),
    );
    let mut rows: Vec<PlaceRow> = enrolment::Entity::within(scope)
        .select_only()
        .columns([Column::StudentId, Column::StartsOn, Column::ClassGroupId])
        .columns([school::Column::BoardId, school::Column::Id, school::Column::ClusterId])
        .column(student::Column::SchoolId)
        .join(JoinType::InnerJoin, group)
        .join(JoinType::InnerJoin, school)
        .join(JoinType::InnerJoin, child)
        .filter(Column::StudentId.is_in(students.iter().copied()))
        .filter(covers(Column::StartsOn, Column::EndsOn, scope.on))
        .order_by_asc(Column::StartsOn)
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    rows.sort_by_key(|(.., at, _, own)| at != own);
    let mut places = BTreeMap::new();
    for (student, since, group, board, school, cluster, _) in rows {
        let cluster = cluster.unwrap_or(ClusterId(Uuid::nil()));
        places.entry(student).or_insert(Place { at: At { board, cluster, school, group }, since });
    }
    Ok(places)
}

/// Each of the students, with the last day of a place that ended before the day of the scope, if there is one.
pub(super) async fn last_days(
    db: &impl ConnectionTrait,
    scope: &Scope,
    students: &[StudentId],
) -> Result<BTreeMap<StudentId, Option<NaiveDate>>> {
    let rows: Vec<(StudentId, NaiveDate)> = enrolment::Entity::within(scope)
        .select_only()
        .column(enrolment::Column::StudentId)
        .column_as(enrolment::Column::EndsOn.max(), "last")
        .filter(enrolment::Column::StudentId.is_in(students.iter().copied()))
        .filter(enrolment::Column::EndsOn.lt(scope.on))
        .group_by(enrolment::Column::StudentId)
        .into_tuple()
        .all(db)
        .await?;
    let mut last: BTreeMap<_, _> = students.iter().map(|student| (*student, None)).collect();
    last.extend(rows.into_iter().map(|(student, day)| (student, Some(day))));
    Ok(last)
}

/// The stretches of the students that go on: one of each at most.
pub(super) async fn open(
    db: &impl ConnectionTrait,
    scope: &Scope,
    students: &[StudentId],
) -> Result<Vec<stretch::Model>> {
    let own = stretch::Entity::within(scope).filter(stretch::Column::StudentId.is_in(students.iter().copied()));
    Ok(own.filter(stretch::Column::EndsOn.is_null()).all(db).await?)
}

/// The last day of each student that is counted and over.
pub(super) async fn counted(
    db: &impl ConnectionTrait,
    scope: &Scope,
    students: &[StudentId],
) -> Result<HashMap<StudentId, NaiveDate>> {
    let rows: Vec<(StudentId, NaiveDate)> = stretch::Entity::within(scope)
        .select_only()
        .column(stretch::Column::StudentId)
        .column_as(stretch::Column::EndsOn.max(), "last")
        .filter(stretch::Column::StudentId.is_in(students.iter().copied()))
        .filter(stretch::Column::EndsOn.is_not_null())
        .group_by(stretch::Column::StudentId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// The guardians of each student who have everything of it on the day, those to be called first coming first.
pub(super) async fn guardians(
    db: &impl ConnectionTrait,
    scope: &Scope,
    students: &[StudentId],
) -> Result<BTreeMap<StudentId, Vec<person::Model>>> {
    let links = guardianship::Entity::within(scope)
        .filter(guardianship::Column::StudentId.is_in(students.iter().copied()))
        .order_by_asc(guardianship::Column::ContactPriority)
        .order_by_asc(guardianship::Column::Id)
        .all(db)
        .await?;
    let links: Vec<_> = links.into_iter().filter(|link| is_entitled(link, scope.on)).collect();
    let ids: BTreeSet<PersonId> = links.iter().map(|link| link.guardian_id).collect();
    let rows = person::Entity::within(scope).filter(person::Column::Id.is_in(ids)).all(db).await?;
    let persons: HashMap<_, _> = rows.into_iter().map(|row| (row.id, row)).collect();
    let mut guardians: BTreeMap<StudentId, Vec<person::Model>> = BTreeMap::new();
    for link in links {
        guardians.entry(link.student_id).or_default().extend(persons.get(&link.guardian_id).cloned());
    }
    Ok(guardians)
}

/// Those of the logins that somebody has signed in with.
#[expect(clippy::disallowed_methods, reason = "logins belong to no board")]
pub(super) async fn activated(db: &impl ConnectionTrait, accounts: &[AccountId]) -> Result<BTreeSet<AccountId>> {
    let rows: Vec<AccountId> = account::Entity::find()
        .select_only()
        .column(account::Column::Id)
        .filter(account::Column::Id.is_in(accounts.iter().copied()))
        .filter(account::Column::FirstSignedInAt.is_not_null())
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// Writes the changes down; the first day at each school of which something is another now.
pub(super) async fn write(db: &DatabaseTransaction, changes: Changes) -> Result<BTreeMap<SchoolId, NaiveDate>> {
    let mut days: BTreeMap<NaiveDate, Vec<StudentId>> = BTreeMap::new();
    for (student, day) in changes.cut {
        days.entry(day).or_default().push(student);
    }
    let mut others: Vec<(SchoolId, NaiveDate)> =
        changes.opened.iter().map(|row| (row.school_id, row.starts_on)).collect();
    for (day, students) in days {
        for students in students.chunks(AT_ONCE) {
            others.extend(cut(db, students, day).await?);
        }
    }
    for rows in changes.opened.chunks(AT_ONCE) {
        let rows = rows.iter().cloned().map(IntoActiveModel::into_active_model);
        stretch::Entity::insert_many(rows).exec_without_returning(db).await?;
    }
    let mut since: BTreeMap<SchoolId, NaiveDate> = BTreeMap::new();
    for (school, day) in others {
        since.entry(school).and_modify(|first| *first = Ord::min(*first, day)).or_insert(day);
    }
    Ok(since)
}

/// What is written of the students from that day on goes; the schools of it, each with the first day that does.
async fn cut(db: &DatabaseTransaction, students: &[StudentId], day: NaiveDate) -> Result<Vec<(SchoolId, NaiveDate)>> {
    use stretch::Column;
    let own = || Expr::col(Column::StudentId).is_in(students.iter().copied());
    let gone = Query::delete()
        .from_table(stretch::Entity)
        .and_where(own())
        .and_where(Expr::col(Column::StartsOn).gte(day))
        .returning(Query::returning().columns([Column::SchoolId, Column::StartsOn]))
        .to_owned();
    let ended = Query::update()
        .table(stretch::Entity)
        .value(Column::EndsOn, Expr::value(day - Days::new(1)))
        .and_where(own())
        .and_where(Expr::col(Column::EndsOn).is_null().or(Expr::col(Column::EndsOn).gte(day)))
        .returning(Query::returning().column(Column::SchoolId))
        .to_owned();
    let mut changed = Vec::new();
    for row in db.query_all(&gone).await? {
        changed.push((row.try_get("", "school_id")?, row.try_get("", "starts_on")?));
    }
    for row in db.query_all(&ended).await? {
        changed.push((row.try_get("", "school_id")?, day));
    }
    Ok(changed)
}

/// The cells of schools that cover these days are to be made anew.
pub(super) async fn refresh(
    db: &DatabaseTransaction,
    board_id: BoardId,
    days: Vec<(SchoolId, NaiveDate)>,
    now: DateTime<Utc>,
) -> Result<()> {
    let row = |(school_id, day)| due::Model { id: Uuid::now_v7(), board_id, school_id, day, due_at: now };
    let rows: Vec<_> = days.into_iter().map(|mark| row(mark).into_active_model()).collect();
    for rows in rows.chunks(AT_ONCE) {
        due::Entity::insert_many(rows.iter().cloned()).exec_without_returning(db).await?;
    }
    Ok(())
}
