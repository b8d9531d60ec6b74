//! From cells to figures: what of periods that are over may be shown.
//!
//! A period is published once it is over, with all others of its school year, as what is told of one could tell what is
//! hidden of another. That is done once a day, and again where cells of it came in late.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::ids::BoardId;
use glans_entity::metrics::{Metric, Span, figure};
use sea_orm::{DatabaseTransaction, Iterable};

use super::store;
use crate::call::today;
use crate::metrics::figures::{Figure, Terms, figures};
use crate::metrics::{definitions, milestones, periods};
use crate::platform::error::Result;

/// Publishes what is over by today, unless that was done today.
pub(super) async fn daily(db: &DatabaseTransaction, board: BoardId, now: DateTime<Utc>) -> Result<()> {
    if !milestones::is_first(db, board, "figures", today(now).to_string(), now).await? {
        return Ok(());
    }
    let known = store::published_until(db, board).await?;
    let years = store::years(db, board).await?;
    let since = known.map(|last| periods::start(Span::SchoolYear, last));
    let years = years.into_iter().filter(|year| since.is_none_or(|since| *year >= since)).collect();
    publish(db, board, years, now).await
}

/// Publishes all that is over.
pub(super) async fn all(db: &DatabaseTransaction, board: BoardId, now: DateTime<Utc>) -> Result<()> {
    let years = store::years(db, board).await?;
    publish(db, board, years, now).await
}

async fn publish(
    db: &DatabaseTransaction,
    board: BoardId,
    years: BTreeSet<NaiveDate>,
    now: DateTime<Utc>,
) -> Result<()> {
    for year in years {
        for metric in Metric::iter() {
            let cells = store::cells(db, board, metric, year, today(now)).await?;
            let found = figures(board, Terms::of(metric, 0), &cells);
            let rows = found.into_iter().map(|figure| row(board, metric, figure)).collect();
            store::replace(db, board, metric, year, rows).await?;
        }
    }
    Ok(())
}

fn row(board: BoardId, metric: Metric, figure: Figure) -> figure::Model {
    figure::Model {
        board_id: board,
        span: figure.span,
        metric,
        level: figure.level,
        language: figure.language,
        starts_on: figure.starts_on,
        parent_id: figure.parent,
        place_id: figure.place,
        version: definitions::of(metric).version,
        numerator: figure.counts.numerator,
        denominator: figure.counts.denominator,
        unknown: figure.counts.unknown,
        inside: figure.inside,
        outside: figure.outside,
    }
}
