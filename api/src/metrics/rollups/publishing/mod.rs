//! From cells to figures: what of periods that are over may be shown.
//!
//! A period is published once it is over, with all others of its school year, as what is told of one could tell what is
//! hidden of another. It is done once a day, of the school years of which a week ended or cells came in late. Figures are
//! decided beside the work of others, and only those that differ are written.

mod store;

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::ids::BoardId;
use glans_entity::metrics::{Metric, Span, figure};
use glans_entity::scope::Scope;
use sea_orm::{DatabaseTransaction, Iterable};

use self::store::{Changes, Lease, Versions};
use crate::app::App;
use crate::call::today;
use crate::metrics::figures::{Decided, Figure};
use crate::metrics::{milestones, periods};
use crate::platform::error::{Error, Result};

/// The milestone of the day on which it was done.
const PUBLISHED: &str = "figures";

/// Publishes what is over by the day of `now`, unless that was done, and tells of the periods that are observed.
pub(super) async fn daily(app: &Arc<App>, board: BoardId, now: DateTime<Utc>) -> Result<()> {
    let on = today(now);
    let last = milestones::last(&app.db.read(&Scope::system(on)).await?, board, PUBLISHED, on).await?;
    if last == Some(on) {
        return Ok(());
    }
    let db = app.db.write(&Scope::system(on)).await?;
    let years = match last {
        Some(last) => ended(last, on),
        None => store::years(&db, board).await?,
    };
    store::mark(&db, board, years).await?;
    db.commit().await?;
    let Some(wished) = marked(app, board, now).await? else { return Ok(()) };
    let db = app.db.write(&Scope::system(on)).await?;
    // Who changed the wish meanwhile took away what was published.
    if store::wished(&db, board).await? == wished {
        milestones::is_first(&db, board, PUBLISHED, on.to_string(), now).await?;
        milestones::close_periods(&db, board, now).await?;
    }
    Ok(db.commit().await?)
}

/// The school years of the weeks that ended from `since` on, until yesterday.
fn ended(since: NaiveDate, on: NaiveDate) -> BTreeSet<NaiveDate> {
    let weeks =
        std::iter::successors(Some(periods::start(Span::Week, since)), |at| Some(periods::next(Span::Week, *at)));
    let over = weeks.take_while(|week| periods::last(Span::Week, *week) < on);
    over.map(|week| periods::start(Span::SchoolYear, week)).collect()
}

/// Publishes all that is over.
///
/// # Errors
/// A fault where another process publishes at this moment.
pub(super) async fn all(app: &Arc<App>, board: BoardId, now: DateTime<Utc>) -> Result<()> {
    let db = app.db.write(&Scope::system(today(now))).await?;
    let years = store::years(&db, board).await?;
    store::mark(&db, board, years).await?;
    db.commit().await?;
    match marked(app, board, now).await? {
        Some(_) => Ok(()),
        None => Err(Error::fault("another process publishes figures at this moment: try again in some minutes")),
    }
}

/// That cells of periods that are over changed.
pub(super) use store::mark;

/// Takes away all that is published, so that the next round publishes it anew.
pub(super) async fn withdraw(db: &DatabaseTransaction, board: BoardId) -> Result<()> {
    store::unpublish(db, board).await?;
    store::mark(db, board, store::years(db, board).await?).await?;
    milestones::forget(db, board, PUBLISHED).await
}

/// Publishes the school years that are marked, by what the board wishes to hide. None if somebody else does, or the wish
/// changed meanwhile: the next round goes on.
async fn marked(app: &Arc<App>, board: BoardId, now: DateTime<Utc>) -> Result<Option<i64>> {
    let scope = Scope::system(today(now));
    let db = app.db.write(&scope).await?;
    let wished = store::wished(&db, board).await?;
    let Some(leases) = store::lease(&db, board, app.clock.now()).await? else { return Ok(None) };
    db.commit().await?;
    for lease in leases {
        let work = Work { lease, wished, now };
        let done = work.publish(app).await;
        if !matches!(done, Ok(true)) {
            let db = app.db.write(&scope).await?;
            store::give_up(&db, &work.lease).await?;
            db.commit().await?;
        }
        if !done? {
            return Ok(None);
        }
    }
    Ok(Some(wished))
}

/// A school year of a board that is being published.
struct Work {
    lease: Lease,
    wished: i64,
    now: DateTime<Utc>,
}

impl Work {
    /// All of it is of one moment, and appears at once. False if it is not to be.
    async fn publish(&self, app: &Arc<App>) -> Result<bool> {
        let scope = Scope::system(today(self.now));
        let read = app.db.read(&scope).await?;
        let mut changes = Vec::new();
        let mut decided = Decided::nothing(self.lease.board, self.wished);
        for metric in Metric::iter() {
            let rows;
            (decided, rows) = self.decide(&read, decided, metric).await?;
            let known = store::figures(&read, (self.lease.board, metric, self.lease.year)).await?;
            changes.push(Changes::between(known, rows));
        }
        drop(read);
        let db = app.db.write(&scope).await?;
        if store::wished(&db, self.lease.board).await? != self.wished || !store::holds(&db, &self.lease).await? {
            return Ok(false);
        }
        for changes in changes {
            store::write(&db, changes).await?;
        }
        store::give_back(&db, &self.lease).await?;
        db.commit().await?;
        Ok(true)
    }

    /// One metric after the other: what is hidden of one decides on the next.
    async fn decide(
        &self,
        read: &DatabaseTransaction,
        mut decided: Decided,
        metric: Metric,
    ) -> Result<(Decided, Vec<figure::Model>)> {
        let Lease { board, year, .. } = self.lease;
        let (cells, versions) = store::cells(read, board, metric, year, today(self.now)).await?;
        let decide = move || {
            let found = decided.figures(metric, &cells);
            (decided, found)
        };
        let (decided, found) = tokio::task::spawn_blocking(decide).await.map_err(Error::fault)?;
        Ok((decided, found.into_iter().map(|figure| row(board, metric, &versions, figure)).collect()))
    }
}

fn row(board: BoardId, metric: Metric, versions: &Versions, figure: Figure) -> figure::Model {
    figure::Model {
        board_id: board,
        span: figure.span,
        metric,
        level: figure.level,
        language: figure.language,
        starts_on: figure.starts_on,
        parent_id: figure.parent,
        place_id: figure.place,
        version: versions.get(&(figure.span, figure.starts_on)).copied().unwrap_or_default(),
        numerator: figure.counts.numerator,
        denominator: figure.counts.denominator,
        unknown: figure.counts.unknown,
        inside: figure.inside,
        outside: figure.outside,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_years_of_weeks_that_ended_are_published() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        // Friday to Sunday: nothing ended but the week before the last.
        assert_eq!(ended(day("2026-11-27"), day("2026-11-29")), BTreeSet::new());
        assert_eq!(ended(day("2026-11-29"), day("2026-11-30")), BTreeSet::from([day("2026-08-01")]));
        // The week of Monday 26 July 2027 is the last one of its school year.
        let both = BTreeSet::from([day("2026-08-01"), day("2027-08-01")]);
        assert_eq!(ended(day("2027-08-01"), day("2027-08-10")), both);
    }
}
