//! The SQL of the census.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use glans_entity::identity::account;
use glans_entity::ids::{AccountId, BoardId, PersonId, SchoolId, StudentId};
use glans_entity::metrics::{census, due, stretch};
use glans_entity::notifications::{Channel, DeliveryState, delivery, device};
use glans_entity::organisation::school;
use glans_entity::people::{enrolment, guardianship, person, student};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Expr, OnConflict};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait,
};
use uuid::Uuid;

use super::rules::{At, Changes};
use crate::engagement::partnerships::family::is_entitled;
use crate::people::rights::covers;
use crate::platform::error::Result;

/// A push token that was not seen for so long is of nobody any more.
const TOKEN_LASTS: TimeDelta = TimeDelta::days(90);
/// Rows of one statement.
const AT_ONCE: usize = 500;

/// Boards with schools of which nobody took a census yet.
pub(super) async fn unknown_boards(db: &impl ConnectionTrait) -> Result<Vec<BoardId>> {
    let known = census::Entity::within(&Scope::system(NaiveDate::MIN)).select_only().column(census::Column::BoardId);
    let rows = school::Entity::within(&Scope::system(NaiveDate::MIN)).select_only().column(school::Column::BoardId);
    let rows = rows.distinct().filter(school::Column::BoardId.not_in_subquery(known.into_query()));
    Ok(rows.into_tuple().all(db).await?)
}

/// Schools of which the census was not taken since `before`, and when it was.
pub(super) async fn late(
    db: &impl ConnectionTrait,
    before: DateTime<Utc>,
    most: u64,
) -> Result<Vec<(school::Model, Option<DateTime<Utc>>)>> {
    let everywhere = Scope::system(NaiveDate::MIN);
    let fresh = census::Entity::within(&everywhere).select_only().column(census::Column::SchoolId);
    let fresh = fresh.filter(census::Column::TakenAt.gte(before)).into_query();
    let rows = school::Entity::within(&everywhere)
        .filter(school::Column::Id.not_in_subquery(fresh))
        .order_by_asc(school::Column::Id)
        .limit(most)
        .all(db)
        .await?;
    let ids = rows.iter().map(|row| row.id);
    let taken = census::Entity::within(&everywhere).filter(census::Column::SchoolId.is_in(ids)).all(db).await?;
    let taken: HashMap<SchoolId, DateTime<Utc>> = taken.into_iter().map(|row| (row.school_id, row.taken_at)).collect();
    Ok(rows.into_iter().map(|row| (taken.get(&row.id).copied(), row)).map(|(at, row)| (row, at)).collect())
}

/// Notes that it was taken.
pub(super) async fn taken(db: &DatabaseTransaction, school: &school::Model, now: DateTime<Utc>) -> Result<()> {
    let row = census::Model { school_id: school.id, board_id: school.board_id, taken_at: now };
    let again = OnConflict::column(census::Column::SchoolId).update_column(census::Column::TakenAt).to_owned();
    census::Entity::insert(row.into_active_model()).on_conflict(again).exec_without_returning(db).await?;
    Ok(())
}

/// The schools that fulfil `which`.
pub(super) async fn schools(db: &impl ConnectionTrait, scope: &Scope, which: Condition) -> Result<Vec<school::Model>> {
    let rows = school::Entity::within(scope).filter(which).order_by_asc(school::Column::Id);
    Ok(rows.all(db).await?)
}

/// The places in class groups of the school that cover the day, the first of each student.
pub(super) async fn enrolments(
    db: &impl ConnectionTrait,
    scope: &Scope,
    at: At,
) -> Result<BTreeMap<StudentId, enrolment::Model>> {
    let here = student::Entity::within(scope)
        .select_only()
        .column(student::Column::Id)
        .filter(student::Column::SchoolId.eq(at.school))
        .into_query();
    let rows = enrolment::Entity::within(scope)
        .filter(enrolment::Column::StudentId.in_subquery(here))
        .filter(covers(enrolment::Column::StartsOn, enrolment::Column::EndsOn, at.on))
        .order_by_desc(enrolment::Column::StartsOn)
        .order_by_desc(enrolment::Column::Id)
        .all(db)
        .await?;
    // The last that is put in stays.
    Ok(rows.into_iter().map(|row| (row.student_id, row)).collect())
}

/// The last day of a place of each student that ended before the day.
pub(super) async fn last_days(
    db: &impl ConnectionTrait,
    scope: &Scope,
    students: &[StudentId],
    on: NaiveDate,
) -> Result<HashMap<StudentId, NaiveDate>> {
    let rows: Vec<(StudentId, NaiveDate)> = enrolment::Entity::within(scope)
        .select_only()
        .column(enrolment::Column::StudentId)
        .column_as(enrolment::Column::EndsOn.max(), "last")
        .filter(enrolment::Column::StudentId.is_in(students.iter().copied()))
        .filter(enrolment::Column::EndsOn.lt(on))
        .group_by(enrolment::Column::StudentId)
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().collect())
}

/// The stretches without an end, of the school or of the students.
pub(super) async fn open(
    db: &impl ConnectionTrait,
    scope: &Scope,
    school: SchoolId,
    students: &[StudentId],
) -> Result<Vec<stretch::Model>> {
    let which = Condition::any()
        .add(stretch::Column::SchoolId.eq(school))
        .add(stretch::Column::StudentId.is_in(students.iter().copied()));
    Ok(stretch::Entity::within(scope).filter(stretch::Column::EndsOn.is_null()).filter(which).all(db).await?)
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
    on: NaiveDate,
) -> Result<BTreeMap<StudentId, Vec<person::Model>>> {
    let links = guardianship::Entity::within(scope)
        .filter(guardianship::Column::StudentId.is_in(students.iter().copied()))
        .order_by_asc(guardianship::Column::ContactPriority)
        .order_by_asc(guardianship::Column::Id)
        .all(db)
        .await?;
    let links: Vec<_> = links.into_iter().filter(|link| is_entitled(link, on)).collect();
    let ids: BTreeSet<PersonId> = links.iter().map(|link| link.guardian_id).collect();
    let rows = person::Entity::within(scope).filter(person::Column::Id.is_in(ids)).all(db).await?;
    let persons: HashMap<_, _> = rows.into_iter().map(|row| (row.id, row)).collect();
    let mut guardians: BTreeMap<StudentId, Vec<person::Model>> = BTreeMap::new();
    for link in links {
        guardians.entry(link.student_id).or_default().extend(persons.get(&link.guardian_id).cloned());
    }
    Ok(guardians)
}

/// Those of the logins that have signed in, and those with a usable channel: a device that was seen of late, or an address
/// that the last e-mail did not bounce from.
#[expect(clippy::disallowed_methods, reason = "logins belong to no board")]
pub(super) async fn logins(
    db: &impl ConnectionTrait,
    scope: &Scope,
    accounts: &[AccountId],
    now: DateTime<Utc>,
) -> Result<(BTreeSet<AccountId>, BTreeSet<AccountId>)> {
    let of = |column: account::Column| column.is_in(accounts.iter().copied());
    let rows = account::Entity::find().filter(of(account::Column::Id)).all(db).await?;
    let activated = rows.iter().filter(|row| row.first_signed_in_at.is_some()).map(|row| row.id).collect();
    let devices: Vec<AccountId> = device::Entity::find()
        .select_only()
        .column(device::Column::AccountId)
        .filter(device::Column::AccountId.is_in(accounts.iter().copied()))
        .filter(device::Column::LastSeenAt.gte(now - TOKEN_LASTS))
        .into_tuple()
        .all(db)
        .await?;
    let bounced = bounced(db, scope, accounts).await?;
    let by_mail = rows.into_iter().map(|row| row.id).filter(|id| !bounced.contains(id));
    Ok((activated, by_mail.chain(devices).collect()))
}

/// The logins whose last e-mail the mail server will never take.
async fn bounced(db: &impl ConnectionTrait, scope: &Scope, accounts: &[AccountId]) -> Result<BTreeSet<AccountId>> {
    use delivery::Column;
    let rows: Vec<(Option<AccountId>, DeliveryState)> = delivery::Entity::within(scope)
        .select_only()
        .column(Column::AccountId)
        .column(Column::State)
        .filter(Column::Channel.eq(Channel::Email))
        .filter(Column::State.is_in([DeliveryState::Sent, DeliveryState::Failed]))
        .filter(Column::AccountId.is_in(accounts.iter().copied()))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .into_tuple()
        .all(db)
        .await?;
    let last: HashMap<AccountId, DeliveryState> =
        rows.into_iter().filter_map(|(account, state)| Some((account?, state))).collect();
    Ok(last.into_iter().filter(|(_, state)| *state == DeliveryState::Failed).map(|(account, _)| account).collect())
}

/// Writes the changes down.
pub(super) async fn write(db: &DatabaseTransaction, changes: Changes) -> Result<()> {
    let open = |student: StudentId| {
        Condition::all().add(stretch::Column::StudentId.eq(student)).add(stretch::Column::EndsOn.is_null())
    };
    for (student, last) in changes.closed {
        let update = stretch::Entity::update_many().col_expr(stretch::Column::EndsOn, Expr::value(last));
        update.filter(open(student)).exec(db).await?;
    }
    for students in changes.dropped.chunks(AT_ONCE) {
        let dropped = stretch::Column::StudentId.is_in(students.iter().copied());
        stretch::Entity::delete_many().filter(dropped).filter(stretch::Column::EndsOn.is_null()).exec(db).await?;
    }
    for rows in changes.opened.chunks(AT_ONCE) {
        let rows = rows.iter().cloned().map(IntoActiveModel::into_active_model);
        stretch::Entity::insert_many(rows).exec_without_returning(db).await?;
    }
    Ok(())
}

/// The cells of the school that cover these days are to be made anew.
pub(super) async fn refresh(
    db: &DatabaseTransaction,
    at: At,
    days: impl IntoIterator<Item = NaiveDate>,
    now: DateTime<Utc>,
) -> Result<()> {
    let row = |day| due::Model { id: Uuid::now_v7(), board_id: at.board, school_id: at.school, day, due_at: now };
    let rows: Vec<_> = days.into_iter().map(|day| row(day).into_active_model()).collect();
    if !rows.is_empty() {
        due::Entity::insert_many(rows).exec_without_returning(db).await?;
    }
    Ok(())
}
