//! The SQL of rounds, slots and bookings.

use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::engagement::{
    booking_round, booking_round_group, conversation, conversation_attendee, partnership, slot, slot_booking,
};
use glans_entity::ids::{BookingRoundId, ClassGroupId, ConversationId, PersonId, SchoolYearId, SlotId, StudentId};
use glans_entity::people::{Role, ScopeKind, enrolment, membership, person, student};
use glans_entity::practice::OccasionStatus;
use glans_entity::scope::booking::students_of_confidants;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, SqlErr,
};

use super::rules::{Busy, GONE, Time, is_free};
use crate::access::Permit;
use crate::engagement::conversations::{self, diary::Appointment};
use crate::people::rights::covers;
use crate::platform::error::{Error, Result, UserErrorCode, refuse, taken};
use crate::platform::page::{self, Order, PageArgs, Rows};

const ID_TAKEN: &str = "This id is in use. Make a new one.";

/// The rounds in sight with these ids.
pub(super) async fn rounds(
    db: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[BookingRoundId],
) -> Result<Vec<booking_round::Model>> {
    let of_them = booking_round::Column::Id.is_in(ids.iter().copied());
    Ok(booking_round::Entity::within(scope).filter(of_them).all(db).await?)
}

/// One page of the rounds in sight, those that open last coming first.
pub(super) async fn page(
    db: &impl ConnectionTrait,
    scope: &Scope,
    args: &PageArgs,
) -> Result<Rows<booking_round::Model>> {
    let order = Order {
        name: "bookingRound.time",
        columns: (booking_round::Column::OpensAt, booking_round::Column::Id),
        key: |row: &booking_round::Model| (row.opens_at, row.id.0),
        descending: true,
    };
    page::rows(db, booking_round::Entity::within(scope), &order, args).await
}

/// The round, if it is in sight; until the transaction ends it is not changed, and where `alone` nobody books in it either.
pub(super) async fn lock(
    db: &impl ConnectionTrait,
    scope: &Scope,
    id: BookingRoundId,
    alone: bool,
) -> Result<Option<booking_round::Model>> {
    let round = booking_round::Entity::within(scope).filter(booking_round::Column::Id.eq(id));
    let round = if alone { round.lock_exclusive() } else { round.lock_shared() };
    Ok(round.one(db).await?)
}

/// The class groups in sight of these rounds.
pub(super) async fn groups_of(
    db: &impl ConnectionTrait,
    scope: &Scope,
    rounds: &[BookingRoundId],
) -> Result<Vec<booking_round_group::Model>> {
    let of_them = booking_round_group::Column::RoundId.is_in(rounds.iter().copied());
    Ok(booking_round_group::Entity::within(scope).filter(of_them).all(db).await?)
}

/// The slots in sight with these ids.
pub(super) async fn slots(db: &impl ConnectionTrait, scope: &Scope, ids: &[SlotId]) -> Result<Vec<slot::Model>> {
    Ok(slot::Entity::within(scope).filter(slot::Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// The slots in sight of these rounds, earliest first.
pub(super) async fn slots_of(
    db: &impl ConnectionTrait,
    scope: &Scope,
    rounds: &[BookingRoundId],
) -> Result<Vec<slot::Model>> {
    let of_them = slot::Entity::within(scope).filter(slot::Column::RoundId.is_in(rounds.iter().copied()));
    Ok(of_them.order_by_asc(slot::Column::StartsAt).order_by_asc(slot::Column::Id).all(db).await?)
}

/// The slots of these teachers in rounds that are not over on the day of the scope.
pub(super) async fn slots_of_teachers(
    db: &impl ConnectionTrait,
    scope: &Scope,
    teachers: &[PersonId],
    from: DateTime<Utc>,
) -> Result<Vec<slot::Model>> {
    let of_them = slot::Entity::within(scope)
        .filter(slot::Column::TeacherId.is_in(teachers.iter().copied()))
        .filter(slot::Column::EndsAt.gt(from));
    Ok(of_them.all(db).await?)
}

/// The bookings in sight of these slots.
pub(super) async fn bookings_of(
    db: &impl ConnectionTrait,
    scope: &Scope,
    slots: &[SlotId],
) -> Result<Vec<slot_booking::Model>> {
    let of_them = slot_booking::Column::SlotId.is_in(slots.iter().copied());
    Ok(slot_booking::Entity::within(scope).filter(of_them).all(db).await?)
}

/// The bookings in sight in these rounds.
pub(super) async fn bookings_in(
    db: &impl ConnectionTrait,
    scope: &Scope,
    rounds: &[BookingRoundId],
) -> Result<Vec<slot_booking::Model>> {
    let of_them = slot_booking::Column::RoundId.is_in(rounds.iter().copied());
    Ok(slot_booking::Entity::within(scope).filter(of_them).all(db).await?)
}

/// The bookings in sight for a child in a round.
pub(super) async fn bookings_for(
    db: &impl ConnectionTrait,
    scope: &Scope,
    round: BookingRoundId,
    student: StudentId,
) -> Result<Vec<slot_booking::Model>> {
    let of_child = slot_booking::Column::StudentId.eq(student).and(slot_booking::Column::RoundId.eq(round));
    Ok(slot_booking::Entity::within(scope).filter(of_child).all(db).await?)
}

/// The bookings in sight of a child.
pub(in crate::engagement) async fn of_child(
    db: &impl ConnectionTrait,
    scope: &Scope,
    student: StudentId,
) -> Result<Vec<slot_booking::Model>> {
    Ok(slot_booking::Entity::within(scope).filter(slot_booking::Column::StudentId.eq(student)).all(db).await?)
}

/// Those of `slots` that somebody has, whoever it is.
pub(super) async fn booked(db: &impl ConnectionTrait, on: NaiveDate, slots: &[SlotId]) -> Result<Vec<SlotId>> {
    let rows = slot_booking::Entity::within(&Scope::system(on))
        .select_only()
        .column(slot_booking::Column::SlotId)
        .filter(slot_booking::Column::SlotId.is_in(slots.iter().copied()));
    Ok(rows.into_tuple().all(db).await?)
}

/// When these teachers are taken between `from` and `until`, whatever the caller may see of it.
async fn busy(
    db: &impl ConnectionTrait,
    on: NaiveDate,
    teachers: &[PersonId],
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> Result<Vec<Busy>> {
    let at = sea_orm::RelationDef::from(
        conversation::Entity::belongs_to(conversation_attendee::Entity)
            .from(conversation::Column::Id)
            .to(conversation_attendee::Column::ConversationId),
    );
    let rows: Vec<(PersonId, DateTime<Utc>, DateTime<Utc>)> = conversation::Entity::within(&Scope::system(on))
        .select_only()
        .column(conversation_attendee::Column::PersonId)
        .columns([conversation::Column::StartsAt, conversation::Column::EndsAt])
        .join(sea_orm::JoinType::InnerJoin, at)
        .filter(conversation_attendee::Column::PersonId.is_in(teachers.iter().copied()))
        .filter(conversation::Column::Status.eq(OccasionStatus::Planned))
        .filter(conversation::Column::StartsAt.lt(until))
        .filter(conversation::Column::EndsAt.gt(from))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(teacher, starts_at, ends_at)| Busy { teacher, starts_at, ends_at }).collect())
}

/// Those of `slots` that can be booked.
pub(super) async fn free_among(
    db: &impl ConnectionTrait,
    on: NaiveDate,
    slots: &[Time],
    now: DateTime<Utc>,
) -> Result<HashSet<SlotId>> {
    let ids: Vec<SlotId> = slots.iter().map(|time| time.slot).collect();
    let booked: HashSet<SlotId> = booked(db, on, &ids).await?.into_iter().collect();
    let mut teachers: Vec<PersonId> = slots.iter().map(|time| time.teacher).collect();
    teachers.sort_unstable();
    teachers.dedup();
    let from = slots.iter().map(|time| time.starts_at).min().unwrap_or_default();
    let until = slots.iter().map(|time| time.ends_at).max().unwrap_or_default();
    let busy = busy(db, on, &teachers, from, until).await?;
    Ok(slots.iter().filter(|time| is_free(time, &booked, &busy, now)).map(|time| time.slot).collect())
}

/// Who teaches these groups on the day, or will: the teacher and the group.
pub(super) async fn teachers(
    db: &impl ConnectionTrait,
    on: NaiveDate,
    groups: &[ClassGroupId],
) -> Result<Vec<(PersonId, ClassGroupId)>> {
    use membership::Column;
    let rows: Vec<(PersonId, uuid::Uuid)> = membership::Entity::within(&Scope::system(on))
        .select_only()
        .columns([Column::PersonId, Column::ScopeId])
        .filter(Column::Role.eq(Role::Teacher))
        .filter(Column::ScopeKind.eq(ScopeKind::ClassGroup))
        .filter(Column::ScopeId.is_in(groups.iter().map(|group| group.0)))
        .filter(Column::EndedAt.is_null())
        .filter(Condition::any().add(Column::EndsOn.is_null()).add(Column::EndsOn.gte(on)))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(teacher, group)| (teacher, ClassGroupId(group))).collect())
}

/// Nobody else gives slots of these teachers until the transaction ends.
pub(super) async fn lock_teachers(db: &impl ConnectionTrait, on: NaiveDate, teachers: &[PersonId]) -> Result<()> {
    person::Entity::within(&Scope::system(on))
        .select_only()
        .column(person::Column::Id)
        .filter(person::Column::Id.is_in(teachers.iter().copied()))
        .order_by_asc(person::Column::Id)
        .lock_exclusive()
        .into_tuple::<PersonId>()
        .all(db)
        .await?;
    Ok(())
}

/// The children who are in these groups on the day, each with its group: those in sight, by id; `only` these, if they are
/// named.
pub(super) async fn children_in(
    db: &impl ConnectionTrait,
    scope: &Scope,
    groups: &[ClassGroupId],
    only: Option<&[StudentId]>,
) -> Result<Vec<(StudentId, ClassGroupId)>> {
    let here = student::Entity::within(scope)
        .select_only()
        .column(student::Column::Id)
        .filter(student::Column::ErasedAt.is_null())
        .filter(student::Column::LeftOn.is_null().or(student::Column::LeftOn.gte(scope.on)));
    let mut rows = enrolment::Entity::within(scope)
        .select_only()
        .columns([enrolment::Column::StudentId, enrolment::Column::ClassGroupId])
        .filter(enrolment::Column::ClassGroupId.is_in(groups.iter().copied()))
        .filter(covers(enrolment::Column::StartsOn, enrolment::Column::EndsOn, scope.on))
        .filter(enrolment::Column::StudentId.in_subquery(here.into_query()))
        .order_by_asc(enrolment::Column::StudentId);
    if let Some(only) = only {
        rows = rows.filter(enrolment::Column::StudentId.is_in(only.iter().copied()));
    }
    Ok(rows.into_tuple().all(db).await?)
}

/// Those of `students` of whom the viewer has everything as a member of staff, by name.
pub(in crate::engagement) async fn in_confidence(
    db: &impl ConnectionTrait,
    scope: &Scope,
    students: &[StudentId],
) -> Result<Vec<student::Model>> {
    let rows = student::Entity::within(scope)
        .filter(student::Column::Id.is_in(students.iter().copied()))
        .filter(students_of_confidants(scope));
    Ok(rows.order_by_asc(student::Column::DisplayName).order_by_asc(student::Column::Id).all(db).await?)
}

/// The partnerships of these children in these years.
pub(super) async fn partnerships(
    db: &impl ConnectionTrait,
    on: NaiveDate,
    students: &[StudentId],
    years: &[SchoolYearId],
) -> Result<Vec<partnership::Model>> {
    let rows = partnership::Entity::within(&Scope::system(on))
        .filter(partnership::Column::StudentId.is_in(students.iter().copied()))
        .filter(partnership::Column::SchoolYearId.is_in(years.iter().copied()));
    Ok(rows.all(db).await?)
}

/// Whether one of them needs an interpreter.
pub(super) async fn needs_interpreter(db: &impl ConnectionTrait, on: NaiveDate, persons: &[PersonId]) -> Result<bool> {
    let needing = person::Entity::within(&Scope::system(on))
        .filter(person::Column::Id.is_in(persons.iter().copied()))
        .filter(person::Column::InterpreterNeeded.eq(true));
    Ok(needing.count(db).await? > 0)
}

/// The conversation, whoever may see it; nobody else changes it until the transaction ends.
pub(super) async fn lock_conversation(
    db: &impl ConnectionTrait,
    on: NaiveDate,
    id: ConversationId,
) -> Result<conversation::Model> {
    let found = conversation::Entity::within(&Scope::system(on)).filter(conversation::Column::Id.eq(id));
    let found = found.lock_exclusive().one(db).await?;
    found.ok_or_else(|| Error::fault("a booking without its conversation"))
}

/// The conversations that were booked in a round, are planned and begin after `now`, by id; nobody else changes them until
/// the transaction ends.
pub(super) async fn lock_to_come(
    db: &impl ConnectionTrait,
    scope: &Scope,
    round: BookingRoundId,
    now: DateTime<Utc>,
) -> Result<Vec<ConversationId>> {
    let booked = slot_booking::Entity::within(scope)
        .select_only()
        .column(slot_booking::Column::ConversationId)
        .filter(slot_booking::Column::RoundId.eq(round));
    let to_come = conversation::Entity::within(scope)
        .select_only()
        .column(conversation::Column::Id)
        .filter(conversation::Column::Id.in_subquery(booked.into_query()))
        .filter(conversation::Column::Status.eq(OccasionStatus::Planned))
        .filter(conversation::Column::StartsAt.gt(now))
        .order_by_asc(conversation::Column::Id)
        .lock_exclusive();
    Ok(to_come.into_tuple().all(db).await?)
}

/// Inserts a round and its groups.
pub(super) async fn insert_round(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    row: booking_round::Model,
    groups: &[ClassGroupId],
) -> Result<booking_round::Model> {
    let row = row.into_active_model().reset_all().insert(db).await.map_err(taken("id", ID_TAKEN))?;
    let groups = groups.iter().map(|group| {
        let group = booking_round_group::Model { round_id: row.id, class_group_id: *group, board_id: row.board_id };
        group.into_active_model().reset_all()
    });
    booking_round_group::Entity::insert_many(groups).exec_without_returning(db).await?;
    Ok(row)
}

/// Stores the changed fields of `row` as its next version.
pub(super) async fn update_round(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    mut row: booking_round::ActiveModel,
    version: i32,
    now: DateTime<Utc>,
) -> Result<booking_round::Model> {
    row.version = Set(version + 1);
    row.updated_at = Set(now);
    Ok(row.update(db).await?)
}

/// Rows of one statement: SQLite takes 32,766 values.
const AT_ONCE: usize = 1_000;

/// Inserts slots.
pub(super) async fn insert_slots(db: &impl ConnectionTrait, _permit: &Permit, rows: Vec<slot::Model>) -> Result<()> {
    for rows in rows.chunks(AT_ONCE) {
        let rows = rows.iter().cloned().map(|row| row.into_active_model().reset_all());
        let done = slot::Entity::insert_many(rows).exec_without_returning(db).await;
        done.map_err(conflict("slots", "A teacher gives one of these times already."))?;
    }
    Ok(())
}

/// Takes the slots of a round that begin after `now` away, with what is booked in them.
pub(super) async fn delete_slots_to_come(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    round: BookingRoundId,
    now: DateTime<Utc>,
) -> Result<()> {
    let to_come = slot::Column::RoundId.eq(round).and(slot::Column::StartsAt.gt(now));
    slot::Entity::delete_many().filter(to_come).exec(db).await?;
    Ok(())
}

/// Inserts a booking. Its keys are what keeps a slot from being booked twice.
pub(super) async fn insert_booking(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    row: slot_booking::Model,
) -> Result<slot_booking::Model> {
    row.into_active_model().reset_all().insert(db).await.map_err(conflict("slot", GONE))
}

/// Puts a booking in another slot.
pub(super) async fn replace_booking(
    db: &impl ConnectionTrait,
    permit: &Permit,
    old: SlotId,
    row: slot_booking::Model,
) -> Result<slot_booking::Model> {
    slot_booking::Entity::delete_by_id(old).exec(db).await?;
    insert_booking(db, permit, row).await
}

/// A booking counts from now on for the guardian alone in whose name it is.
pub(in crate::engagement) async fn make_own(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    conversation: ConversationId,
) -> Result<()> {
    slot_booking::Entity::update_many()
        .col_expr(slot_booking::Column::PartyId, Expr::col(slot_booking::Column::GuardianId))
        .filter(slot_booking::Column::ConversationId.eq(conversation))
        .exec(db)
        .await?;
    Ok(())
}

/// Inserts a conversation and those who are invited to it.
pub(super) async fn insert_conversation(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    row: conversation::Model,
    attendees: Vec<conversation_attendee::Model>,
) -> Result<()> {
    row.into_active_model().reset_all().insert(db).await?;
    let attendees = attendees.into_iter().map(|row| row.into_active_model().reset_all());
    conversation_attendee::Entity::insert_many(attendees).exec_without_returning(db).await?;
    Ok(())
}

/// Moves a conversation, to another teacher if need be.
pub(super) async fn move_conversation(
    db: &impl ConnectionTrait,
    permit: &Permit,
    row: conversation::Model,
    to: &Appointment,
    now: DateTime<Utc>,
) -> Result<conversation::Model> {
    if row.staff_id != to.staff {
        conversation_attendee::Entity::update_many()
            .col_expr(conversation_attendee::Column::PersonId, Expr::value(to.staff))
            .filter(conversation_attendee::Column::ConversationId.eq(row.id))
            .filter(conversation_attendee::Column::PersonId.eq(row.staff_id))
            .exec(db)
            .await?;
    }
    let moved = conversation::Model { staff_id: to.staff, starts_at: to.starts_at, ends_at: to.ends_at, ..row };
    conversations::store::update(db, permit, moved, now).await
}

/// Cancels conversations that are planned; a trigger gives their slots back.
pub(super) async fn cancel_conversations(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    ids: &[ConversationId],
    reason: Option<String>,
    now: DateTime<Utc>,
) -> Result<()> {
    use conversation::Column;
    conversation::Entity::update_many()
        .col_expr(Column::Status, Expr::value(OccasionStatus::Cancelled))
        .col_expr(Column::CancelReason, Expr::value(reason))
        .col_expr(Column::UpdatedAt, Expr::value(now))
        .col_expr(Column::Version, Expr::col(Column::Version).add(1))
        .filter(Column::Id.is_in(ids.iter().copied()))
        .filter(Column::Status.eq(OccasionStatus::Planned))
        .exec(db)
        .await?;
    Ok(())
}

/// Turns the violation of a unique constraint into a conflict.
fn conflict(field: &'static str, message: &'static str) -> impl FnOnce(DbErr) -> Error {
    move |cause| match cause.sql_err() {
        Some(SqlErr::UniqueConstraintViolation(_)) => refuse(UserErrorCode::Conflict, field, message),
        _ => Error::fault(cause),
    }
}
