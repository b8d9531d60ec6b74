//! Deliveries: whether what is sent to guardians is taken by the gateways.
//!
//! DELIVERY: of the notifications that guardians got about children, the deliveries that a gateway took, of those that
//! were tried: taken, refused for good or given up. What was not to be sent after all was not tried; digests and
//! letters with a code are of no notification. A notification about several children counts at the first of them who is
//! active.
//!
//! The facts are of a day and a child, and not of a notification and a person: the sums are the same, they name nobody
//! who was told, and a day is one statement, however much was told. A day is written down once, when all of its
//! deliveries are final: 96 hours after its end, which no delivery outlives (72 hours for e-mail, 24 for push), and not
//! as long as one of them is under way all the same, as after an outage. What is gone by [`LOOKS_BACK`] days after it
//! was told is not known any more: deliveries are kept for 30 days. Days of which there is no fact are noted as well, so
//! that they are looked at once.

use chrono::{DateTime, Days, NaiveDate, TimeDelta, Utc};
use glans_entity::ids::BoardId;
use glans_entity::metrics::{Metric, milestone};
use glans_entity::notifications::{DeliveryState, delivery, notification, notification_student};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Func, Query, SelectStatement};
use sea_orm::{ActiveEnum, ColumnTrait, ConnectionTrait, QueryFilter, QuerySelect};
use uuid::Uuid;

use super::recorder::{About, Recorder};
use super::{addressed, known};
use crate::call::begin;
use crate::metrics::milestones;
use crate::platform::error::Result;

/// After the end of a day nothing that was told on it is under way any more.
const FINAL_AFTER: TimeDelta = TimeDelta::hours(96);
/// Days back at most; a day less than deliveries are kept, so that none of the day is gone.
const LOOKS_BACK: u64 = 29;
/// Other children of the same notification.
const OTHER: &str = "other";

const TRIED: [DeliveryState; 3] = [DeliveryState::Sent, DeliveryState::Failed, DeliveryState::Dead];
const UNDER_WAY: [DeliveryState; 2] = [DeliveryState::Queued, DeliveryState::Sending];
/// The milestone of a day that is written down. There may be no fact of it, as of a day in the holidays.
const WRITTEN: &str = "deliveries";

pub(super) async fn daily(rec: &Recorder<'_>) -> Result<()> {
    use milestone::Column;
    let over = over(rec);
    let written: Vec<String> = milestone::Entity::within(&Scope::system(rec.today()))
        .select_only()
        .column(Column::Reached)
        .filter(Column::BoardId.eq(rec.board))
        .filter(Column::Kind.eq(WRITTEN))
        .filter(Column::Reached.is_in(over.iter().map(|about| about.day.to_string())))
        .into_tuple()
        .all(rec.db)
        .await?;
    for about in over.into_iter().filter(|about| !written.contains(&about.day.to_string())) {
        write(rec, about).await?;
    }
    Ok(())
}

/// As [`daily`], also days of which nothing could be written before the board was counted.
pub(super) async fn all(rec: &Recorder<'_>) -> Result<()> {
    for about in over(rec) {
        write(rec, about).await?;
    }
    Ok(())
}

/// The days of which all is final.
fn over(rec: &Recorder<'_>) -> Vec<About> {
    let about = |day: NaiveDate| About {
        metric: Metric::Delivery,
        item: item(rec.board, day),
        day,
        counts_at: begin(day + Days::new(1)) + FINAL_AFTER,
    };
    let days = (0..LOOKS_BACK).rev().map(|back| rec.today() - Days::new(back));
    days.map(about).filter(|about| about.counts_at <= rec.now).collect()
}

async fn write(rec: &Recorder<'_>, about: About) -> Result<()> {
    if known::is_known(rec, &[about.metric], about.item).await? {
        return Ok(());
    }
    let under_way = told(rec.board, about.day, &UNDER_WAY).expr(Expr::val(1)).limit(1).to_owned();
    if rec.db.query_one(&under_way).await?.is_some() {
        return Ok(());
    }
    rec.of_students(about, taken(rec.board, about.day)).await?;
    milestones::is_first(rec.db, rec.board, WRITTEN, about.day.to_string(), rec.now).await?;
    Ok(())
}

/// What all that is told in the board on one day is about: there is no such thing, so it has an id of its own.
fn item(board: BoardId, day: NaiveDate) -> Uuid {
    let days = day.signed_duration_since(DateTime::<Utc>::UNIX_EPOCH.date_naive()).num_days();
    Uuid::from_u128(board.0.as_u128() ^ u128::from(days.unsigned_abs()))
}

/// The deliveries in these states of what guardians were told about children on the day.
fn told(board: BoardId, day: NaiveDate, states: &[DeliveryState]) -> SelectStatement {
    use notification::Column;
    let own = |column: Column| Expr::col((notification::Entity, column));
    let sent = |column: delivery::Column| Expr::col((delivery::Entity, column));
    let child = |column: notification_student::Column| Expr::col((notification_student::Entity, column));
    Query::select()
        .from(notification::Entity)
        .inner_join(delivery::Entity, sent(delivery::Column::NotificationId).eq(own(Column::Id)))
        .inner_join(
            notification_student::Entity,
            child(notification_student::Column::NotificationId).eq(own(Column::Id)),
        )
        .and_where(own(Column::BoardId).eq(board))
        .and_where(own(Column::AsStaff).eq(false))
        .and_where(own(Column::CreatedAt).gte(begin(day)))
        .and_where(own(Column::CreatedAt).lt(begin(day + Days::new(1))))
        .and_where(sent(delivery::Column::State).is_in(states.iter().map(ActiveEnum::to_value)))
        .to_owned()
}

/// A row per child of whom something was told on the day.
fn taken(board: BoardId, day: NaiveDate) -> SelectStatement {
    use notification_student::Column;
    let at = |table: &'static str, column: Column| Expr::col((Alias::new(table), column));
    let child = |column: Column| Expr::col((notification_student::Entity, column));
    let earlier = Query::select()
        .expr(Expr::val(1))
        .from_as(notification_student::Entity, Alias::new(OTHER))
        .and_where(at(OTHER, Column::NotificationId).eq(child(Column::NotificationId)))
        .and_where(at(OTHER, Column::StudentId).lt(child(Column::StudentId)))
        .and_where(addressed::is_active(at(OTHER, Column::StudentId), day))
        .to_owned();
    let state = Expr::col((delivery::Entity, delivery::Column::State));
    let is_taken = addressed::flag(state.eq(DeliveryState::Sent.to_value()));
    told(board, day, &TRIED)
        .expr_as(child(Column::StudentId), Alias::new("subject_id"))
        .expr_as(child(Column::StudentId), Alias::new("student_id"))
        .expr_as(Func::sum(is_taken), Alias::new("numerator"))
        .expr_as(Func::count(Expr::col((delivery::Entity, delivery::Column::Id))), Alias::new("denominator"))
        .expr_as(Expr::val(0), Alias::new("unknown"))
        .and_where(Expr::not_exists(earlier))
        .group_by_col((notification_student::Entity, Column::StudentId))
        .to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_of_a_board_has_an_id_of_its_own() {
        let (one, other) = (BoardId::new(), BoardId(Uuid::from_u128(7)));
        let day: NaiveDate = "2026-10-21".parse().unwrap();
        assert_eq!(item(one, day), item(one, day));
        assert_ne!(item(one, day), item(one, day + Days::new(1)));
        assert_ne!(item(one, day), item(other, day));
    }
}
