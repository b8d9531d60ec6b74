//! Booking rounds that wait for a family.

use chrono::{DateTime, TimeDelta, Utc};
use glans_entity::engagement::{
    BookingRoundStatus, RecipientKind, StepKind, booking_round, booking_round_group, partnership, recipient, slot,
    slot_booking,
};
use glans_entity::ids::StudentId;
use glans_entity::organisation::class_group;
use glans_entity::people::{self, enrolment, membership};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, QueryFilter};

use super::addressed::{addressed, reached};
use super::{at, list};
use crate::engagement::awaiting::rules::{self, Line};
use crate::engagement::awaiting::types::AwaitedKind;
use crate::engagement::bookings::rules::EARLY_HOURS;
use crate::engagement::partnerships::Family;
use crate::people::rights::covers;
use crate::platform::error::Result;

pub(super) fn bookings(scope: &Scope, now: DateTime<Utc>) -> SelectStatement {
    use booking_round::Column;
    let any_child = Expr::exists(enrolled(scope, now)).and(Column::Kind.ne(StepKind::Intake));
    let rows = addressed::<booking_round::Entity>(scope, RecipientKind::BookingRound, Column::Id)
        .filter(Column::Status.eq(BookingRoundStatus::Open))
        .filter(Column::OpensAt.lte(now + TimeDelta::hours(i64::from(*EARLY_HOURS.end()))))
        .filter(Column::ClosesAt.gt(now))
        .filter(any_child.or(Expr::exists(newly_enrolled(scope, now))));
    list(AwaitedKind::Booking, rows, reached(Column::Id), at(Column::ClosesAt))
}

/// That the child is in a class group of the round on the day, whose teacher has slots to come in it.
fn enrolled(scope: &Scope, now: DateTime<Utc>) -> SelectStatement {
    use booking_round_group::Column as Group;
    use enrolment::Column;
    use membership::Column as Role;
    let teaches = Condition::all()
        .add(at(Role::ScopeId).eq(at(Column::ClassGroupId)))
        .add(Role::ScopeKind.eq(people::ScopeKind::ClassGroup))
        .add(Role::Role.eq(people::Role::Teacher))
        .add(Role::EndedAt.is_null())
        .add(covers(Role::StartsOn, Role::EndsOn, scope.on));
    let to_come = Condition::all()
        .add(at(slot::Column::RoundId).eq(at(Group::RoundId)))
        .add(at(slot::Column::TeacherId).eq(at(Role::PersonId)))
        .add(slot::Column::StartsAt.gt(now));
    Query::select()
        .expr(Expr::val(1))
        .from(enrolment::Entity)
        .inner_join(booking_round_group::Entity, at(Group::ClassGroupId).eq(at(Column::ClassGroupId)))
        .inner_join(membership::Entity, teaches)
        .inner_join(slot::Entity, to_come)
        .and_where(at(Group::RoundId).eq(at(booking_round::Column::Id)))
        .and_where(at(Column::StudentId).eq(at(recipient::Column::StudentId)))
        .cond_where(covers(Column::StartsOn, Column::EndsOn, scope.on))
        .to_owned()
}

/// As [`enrolled`], of a child that needs an intake in the year of the group.
fn newly_enrolled(scope: &Scope, now: DateTime<Utc>) -> SelectStatement {
    use partnership::Column;
    let of_year = Condition::all()
        .add(at(Column::StudentId).eq(at(enrolment::Column::StudentId)))
        .add(at(Column::SchoolYearId).eq(at(class_group::Column::SchoolYearId)))
        .add(Column::NeedsIntake.eq(true));
    enrolled(scope, now)
        .inner_join(class_group::Entity, at(class_group::Column::Id).eq(at(enrolment::Column::ClassGroupId)))
        .inner_join(partnership::Entity, of_year)
        .to_owned()
}

/// `lines` but for the rounds that are not open to the viewer yet, or in which their family has booked. What one guardian
/// booked counts for the other where they come together, so this looks past the viewer's scope and tells no more than that.
pub(in crate::engagement::awaiting) async fn still_to_book(
    db: &impl ConnectionTrait,
    scope: &Scope,
    now: DateTime<Utc>,
    lines: Vec<Line>,
) -> Result<Vec<Line>> {
    use slot_booking::Column;
    let asked = || lines.iter().filter(|line| line.kind == AwaitedKind::Booking);
    let students: Vec<StudentId> = asked().map(|line| line.student).collect();
    if students.is_empty() {
        return Ok(lines);
    }
    let families = Family::of(db, scope.on, &students).await?;
    let rounds = booking_round::Entity::within(scope)
        .filter(booking_round::Column::Id.is_in(asked().map(|line| line.node)))
        .all(db)
        .await?;
    let bookings = slot_booking::Entity::within(&Scope::system(scope.on))
        .filter(Column::RoundId.is_in(asked().map(|line| line.node)))
        .filter(Column::StudentId.is_in(students.iter().copied()))
        .all(db)
        .await?;
    let lines = rules::open_by_now(lines, &rounds, now);
    Ok(rules::still_to_book(lines, &families, &bookings, &scope.persons))
}
