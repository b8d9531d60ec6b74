//! Those to whom something is addressed, as rows of facts.

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::engagement::recipient::{self, AS_STAFF};
use glans_entity::engagement::{TargetKind, audience_target};
use glans_entity::ids::PersonId;
use glans_entity::metrics::stretch;
use glans_entity::people::{enrolment, guardianship};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement, UnionType};
use sea_orm::{ColumnTrait, Condition, ConnectionTrait, QueryFilter};
use uuid::Uuid;

use super::entitled::entitled;
use super::known;
use super::recorder::{About, Recorder};
use crate::platform::error::Result;

/// The row of a guardian or student of whom a fact is to be.
const ROW: &str = "addressed";
/// Other rows of the same guardian.
const OTHER: &str = "other";

fn at(table: &'static str, column: recipient::Column) -> Expr {
    Expr::col((Alias::new(table), column))
}

fn own(column: recipient::Column) -> Expr {
    Expr::col((recipient::Entity, column))
}

/// The stretch that the statement is about lasts on the day.
pub(super) fn lasts(day: impl Into<Expr> + Clone) -> Condition {
    use stretch::Column;
    let own = |column: Column| Expr::col((stretch::Entity, column));
    Condition::all()
        .add(own(Column::StartsOn).lte(day.clone()))
        .add(Condition::any().add(own(Column::EndsOn).is_null()).add(own(Column::EndsOn).gte(day)))
}

/// The student is active on the day.
pub(super) fn is_active(student: Expr, day: impl Into<Expr> + Clone) -> Expr {
    let rows = Query::select()
        .expr(Expr::val(1))
        .from(stretch::Entity)
        .and_where(Expr::col((stretch::Entity, stretch::Column::StudentId)).eq(student))
        .cond_where(lasts(day))
        .to_owned();
    Expr::exists(rows)
}

/// A column that says 1 of whom the condition holds, else 0.
pub(super) fn flag(condition: Expr) -> Expr {
    Expr::case(condition, 1).finally(0).into()
}

/// A row per guardian to whom the item is addressed, at the first of the children concerned who is active on that day.
/// A guardian counts who had confirmed it or taken part by `until` about one of them. With `newly` the row of that
/// guardian alone, if they count and did not before.
///
/// Whoever received it counts, whatever they have of the child by now.
pub(super) fn guardians(about: About, until: DateTime<Utc>, newly: Option<PersonId>) -> SelectStatement {
    use recipient::Column;
    let others = || {
        Query::select()
            .expr(Expr::val(1))
            .from_as(recipient::Entity, Alias::new(OTHER))
            .and_where(at(OTHER, Column::ItemId).eq(about.item))
            .and_where(at(OTHER, Column::PersonId).eq(at(ROW, Column::PersonId)))
            .and_where(at(OTHER, Column::StudentId).ne(AS_STAFF))
            .to_owned()
    };
    let earlier = others()
        .and_where(at(OTHER, Column::StudentId).lt(at(ROW, Column::StudentId)))
        .and_where(is_active(at(OTHER, Column::StudentId), about.day))
        .to_owned();
    let answered = Expr::exists(others().and_where(at(OTHER, Column::AcknowledgedAt).lte(until)).to_owned());
    let mut select = Query::select()
        .expr_as(at(ROW, Column::PersonId), Alias::new("subject_id"))
        .expr_as(at(ROW, Column::StudentId), Alias::new("student_id"))
        .expr_as(flag(answered.clone()), Alias::new("numerator"))
        .expr_as(Expr::val(1), Alias::new("denominator"))
        .expr_as(Expr::val(0), Alias::new("unknown"))
        .from_as(recipient::Entity, Alias::new(ROW))
        .and_where(at(ROW, Column::ItemId).eq(about.item))
        .and_where(at(ROW, Column::StudentId).ne(AS_STAFF))
        .and_where(is_active(at(ROW, Column::StudentId), about.day))
        .and_where(Expr::not_exists(earlier))
        .to_owned();
    if let Some(person) = newly {
        let before = known::counts(about, at(ROW, Column::PersonId));
        select.and_where(at(ROW, Column::PersonId).eq(person)).and_where(answered).and_where(before.not());
    }
    select
}

/// A row per student of `of`; those in `met` count.
pub(super) fn students(of: SelectStatement, met: SelectStatement) -> SelectStatement {
    let student = || at(ROW, recipient::Column::StudentId);
    Query::select()
        .expr_as(student(), Alias::new("subject_id"))
        .expr_as(student(), Alias::new("student_id"))
        .expr_as(flag(student().in_subquery(met)), Alias::new("numerator"))
        .expr_as(Expr::val(1), Alias::new("denominator"))
        .expr_as(Expr::val(0), Alias::new("unknown"))
        .from_subquery(of, Alias::new(ROW))
        .to_owned()
}

/// A row per student of `met` who did not count before.
pub(super) fn newly_met(about: About, met: SelectStatement) -> SelectStatement {
    let before = known::counts(about, at(ROW, recipient::Column::StudentId));
    students(met.clone(), met).and_where(before.not()).to_owned()
}

/// The students who are met: an entitled guardian of that day received the item about them and did what `done` says of
/// their row in `recipient`.
pub(super) fn met(about: About, done: Condition) -> SelectStatement {
    use guardianship::Column;
    let link = |column: Column| Expr::col((guardianship::Entity, column));
    let of_recipient = entitled(about.day)
        .add(link(Column::GuardianId).equals((recipient::Entity, recipient::Column::PersonId)))
        .add(link(Column::StudentId).equals((recipient::Entity, recipient::Column::StudentId)));
    received(about.item).inner_join(guardianship::Entity, of_recipient).cond_where(done).to_owned()
}

/// The students about whom guardians received the item.
fn received(item: Uuid) -> SelectStatement {
    use recipient::Column;
    Query::select()
        .distinct()
        .expr_as(own(Column::StudentId), Alias::new("student_id"))
        .from(recipient::Entity)
        .and_where(own(Column::ItemId).eq(item))
        .and_where(own(Column::StudentId).ne(AS_STAFF))
        .to_owned()
}

/// Whether the item reached a guardian at all.
pub(super) async fn reached_guardians(rec: &Recorder<'_>, item: Uuid) -> Result<bool> {
    let first = received(item).limit(1).to_owned();
    Ok(rec.db.query_one(&first).await?.is_some())
}

/// All students whom the item concerns: those about whom guardians received it, and those of its places on the day on
/// which it was addressed. Who has no guardian to receive it is one of them.
pub(super) async fn concerned(rec: &Recorder<'_>, item: Uuid, addressed_on: NaiveDate) -> Result<SelectStatement> {
    let targets = audience_target::Entity::within(&Scope::system(addressed_on))
        .filter(audience_target::Column::ItemId.eq(item))
        .all(rec.db)
        .await?;
    let here = Query::select()
        .expr_as(Expr::col((stretch::Entity, stretch::Column::StudentId)), Alias::new("student_id"))
        .from(stretch::Entity)
        .and_where(Expr::col((stretch::Entity, stretch::Column::BoardId)).eq(rec.board))
        .cond_where(lasts(addressed_on))
        .cond_where(places(&targets, false, addressed_on))
        .cond_where(places(&targets, true, addressed_on).not())
        .to_owned();
    Ok(received(item).union(UnionType::Distinct, here).to_owned())
}

/// At one of the places that are included or excluded; nowhere where there are none.
fn places(targets: &[audience_target::Model], excluded: bool, on: NaiveDate) -> Condition {
    let named = targets.iter().filter(|target| target.excluded == excluded);
    named.fold(Condition::any().add(Expr::val(1).eq(2)), |any, target| any.add(is_at(target, on)))
}

fn is_at(target: &audience_target::Model, on: NaiveDate) -> Expr {
    use stretch::Column;
    let own = |column: Column| Expr::col((stretch::Entity, column));
    let id = target.target_id;
    match target.kind {
        TargetKind::Board => own(Column::BoardId).eq(id),
        TargetKind::Cluster => own(Column::ClusterId).eq(id),
        TargetKind::School => own(Column::SchoolId).eq(id),
        TargetKind::ClassGroup => own(Column::StudentId).in_subquery(enrolled_in(id, on)),
        TargetKind::Student => own(Column::StudentId).eq(id),
    }
}

/// A student may be in several groups, of which the stretch has one.
fn enrolled_in(group: Uuid, on: NaiveDate) -> SelectStatement {
    use enrolment::Column;
    let own = |column: Column| Expr::col((enrolment::Entity, column));
    Query::select()
        .expr(own(Column::StudentId))
        .from(enrolment::Entity)
        .and_where(own(Column::ClassGroupId).eq(group))
        .and_where(own(Column::StartsOn).lte(on))
        .cond_where(Condition::any().add(own(Column::EndsOn).is_null()).add(own(Column::EndsOn).gte(on)))
        .to_owned()
}
