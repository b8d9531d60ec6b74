//! The SQL of events and answers.

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::engagement::{EventStatus, Rsvp, audience_target, event, event_response, recipient};
use glans_entity::ids::{EventId, PersonId};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Expr, ExprTrait, Func, OnConflict};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select, SelectModel, Selector,
};

use super::rules::{self, Places, Tally};
use crate::access::Permit;
use crate::engagement::custody;
use crate::listed;
use crate::platform::error::{Result, taken};
use crate::platform::own_id::ID_TAKEN;
use crate::platform::page::{self, By, Order, PageArgs, Rows};

/// The events in sight with these ids.
pub(super) async fn by_ids(db: &impl ConnectionTrait, scope: &Scope, ids: &[EventId]) -> Result<Vec<event::Model>> {
    Ok(event::Entity::within(scope).filter(event::Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

const BY_TIME: By<event::Entity, DateTime<Utc>> = Order {
    name: "event.time",
    columns: (event::Column::StartsAt, event::Column::Id),
    key: |row: &event::Model| (row.starts_at, row.id.0),
    descending: false,
};

listed!(event::Model, BY_TIME);

/// One page of the events in sight that end after `from`, earliest first.
pub(super) async fn page(
    db: &impl ConnectionTrait,
    scope: &Scope,
    from: Option<DateTime<Utc>>,
    args: &PageArgs,
) -> Result<Rows<event::Model>> {
    let mut select = event::Entity::within(scope);
    if let Some(from) = from {
        select = select.filter(event::Column::EndsAt.gt(from));
    }
    page::rows(db, select, &BY_TIME, args).await
}

/// The next planned events to which the viewer comes or may come and that end after `now`, by time.
pub async fn upcoming(
    db: &impl ConnectionTrait,
    scope: &Scope,
    now: DateTime<Utc>,
    most: u64,
) -> Result<Vec<event::Model>> {
    let rows = own(scope, now).filter(event::Column::Status.eq(EventStatus::Planned));
    Ok(rows.order_by_asc(event::Column::StartsAt).order_by_asc(event::Column::Id).limit(most).all(db).await?)
}

/// The events to which the viewer comes or may come and that end after `since`, whatever became of them, the latest first.
pub async fn own_since(
    db: &impl ConnectionTrait,
    scope: &Scope,
    since: DateTime<Utc>,
    most: u64,
) -> Result<Vec<event::Model>> {
    let rows = own(scope, since).order_by_desc(event::Column::StartsAt).order_by_desc(event::Column::Id).limit(most);
    Ok(rows.all(db).await?)
}

fn own(scope: &Scope, since: DateTime<Utc>) -> Select<event::Entity> {
    let own = event_response::Entity::within(scope)
        .select_only()
        .column(event_response::Column::EventId)
        .filter(event_response::Column::PersonId.is_in(scope.persons.iter().copied()))
        .filter(event_response::Column::Answer.is_in([Rsvp::Yes, Rsvp::Maybe]));
    event::Entity::within(scope)
        .filter(event::Column::EndsAt.gt(since))
        .filter(event::Column::Id.in_subquery(own.into_query()))
}

/// The event, if it is in sight; nobody else answers or changes it until the transaction ends.
pub async fn lock(db: &impl ConnectionTrait, scope: &Scope, id: EventId) -> Result<Option<event::Model>> {
    Ok(event::Entity::within(scope).filter(event::Column::Id.eq(id)).lock_exclusive().one(db).await?)
}

/// The answers of the viewer to these events.
pub(super) async fn own_answers(
    db: &impl ConnectionTrait,
    scope: &Scope,
    events: &[EventId],
) -> Result<Vec<event_response::Model>> {
    let own = event_response::Entity::within(scope)
        .filter(event_response::Column::PersonId.is_in(scope.persons.iter().copied()))
        .filter(event_response::Column::EventId.is_in(events.iter().copied()));
    Ok(own.all(db).await?)
}

/// What a person answered to an event, whoever may see it.
pub(super) async fn answer_of(
    db: &impl ConnectionTrait,
    on: NaiveDate,
    event: EventId,
    person: PersonId,
) -> Result<Option<event_response::Model>> {
    let own = event_response::Entity::within(&Scope::system(on))
        .filter(event_response::Column::EventId.eq(event))
        .filter(event_response::Column::PersonId.eq(person));
    Ok(own.one(db).await?)
}

/// How many answered what to these events, whoever may see it.
pub(super) async fn tallies(db: &impl ConnectionTrait, on: NaiveDate, events: &[EventId]) -> Result<Vec<Tally>> {
    let of_them = event_response::Column::EventId.is_in(events.iter().copied());
    Ok(counted(event_response::Entity::within(&Scope::system(on)).filter(of_them)).all(db).await?)
}

fn counted(answers: Select<event_response::Entity>) -> Selector<SelectModel<Tally>> {
    use event_response::Column;
    let has_place = Expr::case(Column::WaitingPosition.is_null(), Expr::col(Column::GuestCount)).finally(0);
    answers
        .select_only()
        .columns([Column::EventId, Column::Answer])
        .column_as(Column::PersonId.count(), "answers")
        .column_as(Column::WaitingPosition.count(), "waiting")
        .column_as(Column::CheckedInAt.count(), "checked_in")
        .column_as(Expr::from(Func::sum(has_place)), "seated")
        .group_by(Column::EventId)
        .group_by(Column::Answer)
        .into_model()
}

/// How the places of an event are taken, whoever may see it; `but` by this person.
pub(super) async fn places(
    db: &impl ConnectionTrait,
    on: NaiveDate,
    event: EventId,
    but: Option<PersonId>,
) -> Result<Places> {
    use event_response::Column;
    let mut answers = event_response::Entity::within(&Scope::system(on)).filter(Column::EventId.eq(event));
    if let Some(but) = but {
        answers = answers.filter(Column::PersonId.ne(but));
    }
    let waiting = answers.clone().filter(Column::WaitingPosition.is_not_null()).all(db).await?;
    let tallies = counted(answers).all(db).await?;
    Ok(Places { seated: rules::seated(&tallies), waiting })
}

/// How many wait for a place at these events up to a position, whoever may see it.
pub(super) async fn waiting_up_to(
    db: &impl ConnectionTrait,
    on: NaiveDate,
    positions: &[(EventId, i32)],
) -> Result<Vec<(EventId, i64)>> {
    use event_response::Column;
    let before = positions.iter().fold(Condition::any(), |any, (event, position)| {
        any.add(Column::EventId.eq(*event).and(Column::WaitingPosition.lte(*position)))
    });
    let rows = event_response::Entity::within(&Scope::system(on))
        .select_only()
        .column(Column::EventId)
        .column_as(Column::PersonId.count(), "waiting")
        .filter(before)
        .group_by(Column::EventId);
    Ok(rows.into_tuple().all(db).await?)
}

/// One page of the answers in sight to an event, in the order in which they were given.
pub(super) async fn guests(
    db: &impl ConnectionTrait,
    scope: &Scope,
    event: EventId,
    args: &PageArgs,
) -> Result<Rows<event_response::Model>> {
    let order = Order {
        name: "eventGuest.time",
        columns: (event_response::Column::AnsweredAt, event_response::Column::PersonId),
        key: |row: &event_response::Model| (row.answered_at, row.person_id.0),
        descending: false,
    };
    let select = event_response::Entity::within(scope).filter(event_response::Column::EventId.eq(event));
    page::rows(db, select, &order, args).await
}

/// The row by which an event reaches a person as a member of staff, whoever may see it.
pub(super) async fn reaches_colleague(
    db: &impl ConnectionTrait,
    on: NaiveDate,
    event: EventId,
    person: PersonId,
) -> Result<Option<recipient::Model>> {
    let row = recipient::Entity::within(&Scope::system(on))
        .filter(recipient::Column::ItemId.eq(event.0))
        .filter(recipient::Column::PersonId.eq(person))
        .filter(recipient::Column::StudentId.eq(recipient::AS_STAFF))
        .filter(custody::invited_still(on));
    Ok(row.one(db).await?)
}

/// The rows by which an event reaches a person still, as far as the caller sees them.
pub(super) async fn reaches(
    db: &impl ConnectionTrait,
    scope: &Scope,
    event: EventId,
    person: PersonId,
) -> Result<Vec<recipient::Model>> {
    let rows = recipient::Entity::within(scope)
        .filter(recipient::Column::ItemId.eq(event.0))
        .filter(recipient::Column::PersonId.eq(person))
        .filter(custody::invited_still(scope.on));
    Ok(rows.order_by_asc(recipient::Column::StudentId).all(db).await?)
}

/// The places that an event is for and is not for, whoever may see them.
pub(super) async fn targets(
    db: &impl ConnectionTrait,
    on: NaiveDate,
    event: EventId,
) -> Result<Vec<audience_target::Model>> {
    let rows = audience_target::Entity::within(&Scope::system(on))
        .filter(audience_target::Column::ItemId.eq(event.0))
        .order_by_asc(audience_target::Column::TargetId);
    Ok(rows.all(db).await?)
}

/// Inserts an event.
pub(super) async fn insert(db: &impl ConnectionTrait, _permit: &Permit, row: event::Model) -> Result<event::Model> {
    row.into_active_model().reset_all().insert(db).await.map_err(taken("id", ID_TAKEN))
}

/// Stores the changed fields of `row` as its next version.
pub(super) async fn update(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    mut row: event::ActiveModel,
    version: i32,
    now: DateTime<Utc>,
) -> Result<event::Model> {
    row.version = Set(version + 1);
    row.updated_at = Set(now);
    Ok(row.update(db).await?)
}

/// Stores an answer in place of an earlier one of the same person.
pub(super) async fn answer(db: &impl ConnectionTrait, _permit: &Permit, row: event_response::Model) -> Result<()> {
    use event_response::Column;
    let again = OnConflict::columns([Column::EventId, Column::PersonId])
        .update_columns([
            Column::Answer,
            Column::GuestCount,
            Column::WaitingPosition,
            Column::AnsweredAt,
            Column::CheckedInAt,
        ])
        .to_owned();
    let insert = event_response::Entity::insert(row.into_active_model().reset_all()).on_conflict(again);
    insert.exec_without_returning(db).await?;
    Ok(())
}

/// Takes an answer back: how many there were.
pub(super) async fn unanswer(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    event: EventId,
    person: PersonId,
) -> Result<usize> {
    let done = event_response::Entity::delete_by_id((event, person)).exec(db).await?;
    Ok(usize::try_from(done.rows_affected).unwrap_or(usize::MAX))
}

/// Gives those who waited a place.
pub(super) async fn seat(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    event: EventId,
    persons: &[PersonId],
) -> Result<()> {
    event_response::Entity::update_many()
        .col_expr(event_response::Column::WaitingPosition, Expr::value(Option::<i32>::None))
        .filter(event_response::Column::EventId.eq(event))
        .filter(event_response::Column::PersonId.is_in(persons.iter().copied()))
        .filter(event_response::Column::Answer.eq(Rsvp::Yes))
        .exec(db)
        .await?;
    Ok(())
}
