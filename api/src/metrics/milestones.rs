//! What integrators are told once: that a period is over, that a partnership came to what it is for.

use std::iter::successors;

use chrono::{DateTime, Days, NaiveDate, Utc};
use glans_entity::engagement::partnership;
use glans_entity::ids::{BoardId, PartnershipId, SchoolId};
use glans_entity::metrics::{Span, milestone};
use glans_entity::people::student;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveEnum, ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel, Iterable, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait,
};

use super::periods;
use crate::call::today;
use crate::platform::error::Result;
use crate::platform::outbox::{self, Event};

/// Days after a period until what happened in it is observed: 72 hours, begun and ended within a day.
const OBSERVED: Days = Days::new(4);

/// Periods of one kind that are told at once, at most: the last ones.
const MOST_AT_ONCE: usize = 60;
const PERIOD_CLOSED: &str = "engagement.period_closed";
const PARTNERSHIP_COMPLETED: &str = "partnership.completed";

/// Tells of each period that is over, once what happened in it is observed; the first time of the last one only. What
/// is recorded late may still change its figures.
pub async fn close_periods(db: &DatabaseTransaction, board: BoardId, now: DateTime<Utc>) -> Result<()> {
    for span in Span::iter() {
        let told = last_told(db, board, span, now).await?;
        for starts_on in untold(span, told, last_observed(span, today(now))) {
            let payload = serde_json::json!({
                "board": board.to_string(),
                "span": span.to_value(),
                "startsOn": starts_on.to_string(),
            });
            if is_first(db, board, PERIOD_CLOSED, format!("{}{starts_on}", prefix(span)), now).await? {
                outbox::emit(db, Some(board), Event { kind: PERIOD_CLOSED, payload }, now).await?;
            }
        }
    }
    Ok(())
}

/// What stands before the key of a period that was told.
fn prefix(span: Span) -> String {
    format!("{}.", span.to_value())
}

/// The key of the last period of this kind that was told.
async fn last_told(
    db: &DatabaseTransaction,
    board: BoardId,
    span: Span,
    now: DateTime<Utc>,
) -> Result<Option<NaiveDate>> {
    use milestone::Column;
    let (everywhere, prefix) = (Scope::system(today(now)), prefix(span));
    let told = milestone::Entity::within(&everywhere)
        .filter(Column::BoardId.eq(board))
        .filter(Column::Kind.eq(PERIOD_CLOSED))
        .filter(Column::Reached.starts_with(prefix.as_str()));
    let last = told.order_by_desc(Column::Reached).limit(1).one(db).await?;
    Ok(last.and_then(|row| row.reached.strip_prefix(&prefix)?.parse().ok()))
}

/// The keys of the periods after `told` up to `last`.
fn untold(span: Span, told: Option<NaiveDate>, last: NaiveDate) -> Vec<NaiveDate> {
    let Some(told) = told else { return vec![last] };
    let after = successors(Some(periods::next(span, told)), |key| Some(periods::next(span, *key)));
    let mut keys: Vec<NaiveDate> = after.take_while(|key| *key <= last).collect();
    keys.drain(..keys.len().saturating_sub(MOST_AT_ONCE));
    keys
}

/// The key of the last period of which everything is observed.
fn last_observed(span: Span, today: NaiveDate) -> NaiveDate {
    let next = periods::start(span, today - OBSERVED + Days::new(1));
    periods::start(span, periods::first(span, next) - Days::new(1))
}

/// Tells that every criterion of the partnership is met, its closing too, at the school where the child is now.
pub async fn complete(
    db: &DatabaseTransaction,
    board: BoardId,
    partnership: PartnershipId,
    now: DateTime<Utc>,
) -> Result<()> {
    if !is_first(db, board, PARTNERSHIP_COMPLETED, partnership.to_string(), now).await? {
        return Ok(());
    }
    let school = school_of(db, &Scope::system(today(now)), partnership).await?.map(|school| school.to_string());
    let payload = serde_json::json!({ "id": partnership.to_string(), "school": school });
    outbox::emit(db, Some(board), Event { kind: PARTNERSHIP_COMPLETED, payload }, now).await?;
    Ok(())
}

/// The school of the child.
async fn school_of(db: &DatabaseTransaction, scope: &Scope, id: PartnershipId) -> Result<Option<SchoolId>> {
    let child = partnership::Entity::within(scope)
        .select_only()
        .column(partnership::Column::StudentId)
        .filter(partnership::Column::Id.eq(id))
        .into_query();
    let found = student::Entity::within(scope).filter(student::Column::Id.in_subquery(child)).one(db).await?;
    Ok(found.map(|child| child.school_id))
}

/// Notes that something is reached; whether it was not before.
pub(super) async fn is_first(
    db: &DatabaseTransaction,
    board: BoardId,
    kind: &str,
    reached: String,
    now: DateTime<Utc>,
) -> Result<bool> {
    let row = milestone::Model { board_id: board, kind: kind.to_owned(), reached, at: now };
    let known = OnConflict::new().do_nothing().to_owned();
    let noted = milestone::Entity::insert(row.into_active_model()).on_conflict(known);
    Ok(noted.exec_without_returning(db).await? > 0)
}

/// The last day that was reached, by `until`.
pub(super) async fn last(
    db: &impl ConnectionTrait,
    board: BoardId,
    kind: &str,
    until: NaiveDate,
) -> Result<Option<NaiveDate>> {
    use milestone::Column;
    let row = milestone::Entity::within(&Scope::system(until))
        .filter(Column::BoardId.eq(board))
        .filter(Column::Kind.eq(kind))
        .filter(Column::Reached.lte(until.to_string()))
        .order_by_desc(Column::Reached)
        .one(db)
        .await?;
    Ok(row.and_then(|row| row.reached.parse().ok()))
}

/// Forgets all of a kind.
pub(super) async fn forget(db: &DatabaseTransaction, board: BoardId, kind: &str) -> Result<()> {
    use milestone::Column;
    milestone::Entity::delete_many().filter(Column::BoardId.eq(board)).filter(Column::Kind.eq(kind)).exec(db).await?;
    Ok(())
}

/// Forgets one of a kind.
pub(super) async fn forget_one(db: &DatabaseTransaction, board: BoardId, kind: &str, reached: &str) -> Result<()> {
    use milestone::Column;
    let own = milestone::Entity::delete_many().filter(Column::BoardId.eq(board)).filter(Column::Kind.eq(kind));
    own.filter(Column::Reached.eq(reached)).exec(db).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_is_told_once_its_last_sunday_is_observed() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        // Monday 2 to Sunday 8 November; what was sent on Sunday is observed until Wednesday.
        assert_eq!(last_observed(Span::Week, day("2026-11-11")), day("2026-10-26"));
        assert_eq!(last_observed(Span::Week, day("2026-11-12")), day("2026-11-02"));
        // October ends on Sunday 1 November, and the school year on Sunday 2 August.
        assert_eq!(last_observed(Span::Month, day("2026-11-04")), day("2026-09-01"));
        assert_eq!(last_observed(Span::Month, day("2026-11-05")), day("2026-10-01"));
        assert_eq!(last_observed(Span::SchoolYear, day("2026-08-05")), day("2024-08-01"));
        assert_eq!(last_observed(Span::SchoolYear, day("2026-08-06")), day("2025-08-01"));
        assert_eq!(last_observed(Span::SchoolYear, day("2026-11-12")), day("2025-08-01"));
    }

    #[test]
    fn no_period_is_left_out() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let last = day("2026-11-02");
        assert_eq!(untold(Span::Week, None, last), [last], "the first time only the last one");
        assert!(untold(Span::Week, Some(last), last).is_empty());
        let weeks = ["2026-10-19", "2026-10-26", "2026-11-02"].map(day);
        assert_eq!(untold(Span::Week, Some(day("2026-10-12")), last), weeks);
        let months = ["2026-12-01", "2027-01-01"].map(day);
        assert_eq!(untold(Span::Month, Some(day("2026-11-01")), months[1]), months);
        let many = untold(Span::Week, Some(day("2020-01-06")), last);
        assert_eq!((many.len(), many.last()), (MOST_AT_ONCE, Some(&last)));
    }
}
