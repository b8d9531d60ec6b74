//! What integrators are told once: that a period is over, that a partnership came to what it is for.

use chrono::{DateTime, Days, NaiveDate, Utc};
use glans_entity::ids::{BoardId, PartnershipId};
use glans_entity::metrics::{Span, milestone};
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveEnum, DatabaseTransaction, EntityTrait, IntoActiveModel, Iterable};

use super::periods;
use crate::call::today;
use crate::platform::error::Result;
use crate::platform::outbox::{self, Event};

/// Days after a period until what happened in it is observed: 72 hours, begun and ended within a day.
const OBSERVED: Days = Days::new(4);

/// Tells that the last period of each kind is over, once what happened in it is observed.
pub async fn close_periods(db: &DatabaseTransaction, board: BoardId, now: DateTime<Utc>) -> Result<()> {
    for span in Span::iter() {
        let starts_on = last_observed(span, today(now));
        let payload = serde_json::json!({
            "board": board.to_string(),
            "span": span.to_value(),
            "startsOn": starts_on.to_string(),
        });
        let reached = format!("{}.{starts_on}", span.to_value());
        once(db, board, Event { kind: "engagement.period_closed", payload }, reached, now).await?;
    }
    Ok(())
}

/// The first day of the last period of which everything is observed.
fn last_observed(span: Span, today: NaiveDate) -> NaiveDate {
    let next = periods::start(span, today - OBSERVED + Days::new(1));
    periods::start(span, next - Days::new(1))
}

/// Tells that every criterion of the partnership is met, its closing too.
pub async fn complete(
    db: &DatabaseTransaction,
    board: BoardId,
    partnership: PartnershipId,
    now: DateTime<Utc>,
) -> Result<()> {
    once(db, board, Event::about("partnership.completed", partnership), partnership.to_string(), now).await
}

async fn once(
    db: &DatabaseTransaction,
    board: BoardId,
    event: Event,
    reached: String,
    now: DateTime<Utc>,
) -> Result<()> {
    if is_first(db, board, event.kind, reached, now).await? {
        outbox::emit(db, Some(board), event, now).await?;
    }
    Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_is_told_once_its_last_sunday_is_observed() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        // Monday 2 to Sunday 8 November; what was sent on Sunday is observed until Wednesday.
        assert_eq!(last_observed(Span::Week, day("2026-11-11")), day("2026-10-26"));
        assert_eq!(last_observed(Span::Week, day("2026-11-12")), day("2026-11-02"));
        assert_eq!(last_observed(Span::Month, day("2026-11-12")), day("2026-10-01"));
        assert_eq!(last_observed(Span::SchoolYear, day("2026-11-12")), day("2025-08-01"));
    }
}
