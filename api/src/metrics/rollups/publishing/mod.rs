//! From cells to figures: what of periods that are over may be shown.
//!
//! A period is published once it is over, with all others of its school year, as what is told of one could tell what is
//! hidden of another. It is done once a day, of the school years of which a week ended or cells came in late. Figures
//! are decided beside the work of others, from the cells of one metric at a time, and only those that differ are kept.
//!
//! They are written in one transaction, or in several where they are very many, so that nobody waits long for these:
//! first what stands otherwise goes, then what is new comes. So at every moment what is there is part of what was decided
//! last or of what is decided now, and never of both. Who finds that the board was changed meanwhile stops, as does who
//! lost the lease; what is there by then is for the next one to go on from. Until all of it is there, a milestone says that
//! it is not whole.
//!
//! When a board changes what it wishes to hide, all that is published of it is withdrawn: it stands, and nobody sees any of
//! it until all of it is as it is wished.

mod changes;
mod store;

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::ids::BoardId;
use glans_entity::metrics::milestone::{PARTIAL, WITHDRAWN};
use glans_entity::metrics::{Metric, Span};
use glans_entity::scope::Scope;
use sea_orm::{DatabaseTransaction, Iterable};

use self::changes::{Batch, Comparison, Difference};
use self::store::{Lease, Wish};
use crate::app::App;
use crate::call::today;
use crate::metrics::figures::Decided;
use crate::metrics::{milestones, periods};
use crate::platform::error::{Error, Result};

/// The milestone of the day on which it was done.
pub const PUBLISHED: &str = "figures";

/// Publishes what is over by the day of `now`, unless that was done and all of it is there, and tells of the periods that
/// are observed.
pub(super) async fn daily(app: &Arc<App>, board: BoardId, now: DateTime<Utc>) -> Result<()> {
    let on = today(now);
    if is_done(&app.db.read(&Scope::system(on)).await?, board, on).await? {
        return Ok(());
    }
    let Some(publication) = Publication::claim(app, board, now).await? else { return Ok(()) };
    if !publication.run(app).await? {
        return Ok(());
    }
    let db = app.db.write(&Scope::system(on)).await?;
    if publication.is_wished(&db).await? {
        milestones::is_first(&db, board, PUBLISHED, on.to_string(), now).await?;
        milestones::close_periods(&db, board, now).await?;
    }
    Ok(db.commit().await?)
}

/// Whether it was done on that day, and nobody has broken off since: what they took away comes back before tomorrow.
async fn is_done(db: &DatabaseTransaction, board: BoardId, on: NaiveDate) -> Result<bool> {
    let is_published = milestones::last(db, board, PUBLISHED, on).await? == Some(on);
    Ok(is_published && milestones::last(db, board, PARTIAL, on).await?.is_none())
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
/// A fault where another process publishes at this moment, or the board was changed.
pub(super) async fn all(app: &Arc<App>, board: BoardId, now: DateTime<Utc>) -> Result<()> {
    let db = app.db.write(&Scope::system(today(now))).await?;
    let years = store::years(&db, board).await?;
    store::mark(&db, board, years).await?;
    db.commit().await?;
    let done = match Publication::claim(app, board, now).await? {
        Some(publication) => publication.run(app).await?,
        None => false,
    };
    if done {
        return Ok(());
    }
    Err(Error::fault(
        "another process publishes figures at this moment, or the board was changed: try again in some minutes",
    ))
}

/// That cells of periods that are over changed.
pub(super) use store::mark;

/// Hides all that is published until it is published anew. It takes no longer where there is more of it.
pub(super) async fn withdraw(db: &DatabaseTransaction, board: BoardId, now: DateTime<Utc>) -> Result<()> {
    milestones::forget(db, board, PUBLISHED).await?;
    milestones::is_first(db, board, WITHDRAWN, today(now).to_string(), now).await?;
    Ok(())
}

/// The school years of a board that are to be published, under the hands of this process.
pub struct Publication {
    board: BoardId,
    wish: Wish,
    now: DateTime<Utc>,
    leases: Vec<Lease>,
}

impl Publication {
    /// Takes the school years of which a week ended since the last time, or of which cells changed; all of them where none
    /// was published, or all were withdrawn since. None if somebody else has some.
    pub async fn claim(app: &Arc<App>, board: BoardId, now: DateTime<Utc>) -> Result<Option<Self>> {
        let on = today(now);
        let db = app.db.write(&Scope::system(on)).await?;
        // First of all: who withdraws what is published waits until these are taken, or comes before it.
        let wish = store::wished(&db, board).await?;
        let years = match milestones::last(&db, board, PUBLISHED, on).await? {
            Some(last) => ended(last, on),
            None => store::years(&db, board).await?,
        };
        store::mark(&db, board, years).await?;
        let leases = store::lease(&db, board, app.clock.now()).await?;
        db.commit().await?;
        Ok(leases.map(|leases| Self { board, wish, now, leases }))
    }

    /// The school years, in their order.
    pub fn years(&self) -> Vec<Work<'_>> {
        self.leases.iter().map(|lease| Work { lease, wish: self.wish, now: self.now }).collect()
    }

    /// Publishes them, and shows what was withdrawn. False if somebody else has taken them over, or the board was changed
    /// meanwhile: the next round goes on. Where one fails the others are published all the same.
    pub async fn run(&self, app: &Arc<App>) -> Result<bool> {
        let (mut goes_on, mut failed) = (true, None);
        for year in self.years() {
            match year.publish(app).await {
                Ok(is_done) => goes_on = is_done,
                Err(error) => {
                    if let Some(earlier) = failed.replace(error) {
                        tracing::error!(board = %self.board, error = ?earlier, "a school year is not published");
                    }
                }
            }
            if !goes_on {
                break;
            }
        }
        if !goes_on || failed.is_some() {
            self.give_up(app).await?;
        }
        match failed {
            Some(error) => Err(error),
            None => Ok(goes_on && self.show(app).await?),
        }
    }

    /// Shows what was withdrawn, unless that happened again since: all of it is as it is wished by now.
    async fn show(&self, app: &Arc<App>) -> Result<bool> {
        let db = app.db.write(&Scope::system(today(self.now))).await?;
        let is_wished = self.is_wished(&db).await?;
        if is_wished {
            milestones::forget(&db, self.board, WITHDRAWN).await?;
        }
        db.commit().await?;
        Ok(is_wished)
    }

    /// Whether the board was not changed since, until the transaction ends. Who changed its wish, if only there and back,
    /// withdrew what was published: it is for the next round.
    async fn is_wished(&self, db: &DatabaseTransaction) -> Result<bool> {
        Ok(store::wished(db, self.board).await? == self.wish)
    }

    async fn give_up(&self, app: &Arc<App>) -> Result<()> {
        let db = app.db.write(&Scope::system(today(self.now))).await?;
        if let Some(lease) = self.leases.first() {
            store::give_up(&db, lease).await?;
        }
        Ok(db.commit().await?)
    }
}

/// A school year of a board that is being published.
pub struct Work<'p> {
    lease: &'p Lease,
    wish: Wish,
    now: DateTime<Utc>,
}

impl Work<'_> {
    /// False if it is not to be any more.
    async fn publish(&self, app: &Arc<App>) -> Result<bool> {
        let difference = self.decide(app).await?;
        for batch in difference.batches() {
            if !self.write(app, &batch).await? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// What is to be written: all of it is of one moment.
    pub async fn decide(&self, app: &Arc<App>) -> Result<Difference> {
        let mut renewed = app.clock.now();
        let read = app.db.read(&Scope::system(today(self.now))).await?;
        let mut changes = Vec::new();
        let mut decided = Decided::nothing(self.lease.board, self.wish.least);
        for metric in Metric::iter() {
            let found;
            (decided, found) = self.of_metric(&read, decided, metric).await?;
            changes.push(store::compare(&read, self.lease, found).await?);
            if app.clock.now() - renewed >= store::RENEWED {
                renewed = app.clock.now();
                self.renew(app).await?;
            }
        }
        Ok(Difference::of(changes))
    }

    /// Keeps the lease for longer. Who lost it is told so by [`Work::write`].
    async fn renew(&self, app: &Arc<App>) -> Result<()> {
        let db = app.db.write(&Scope::system(today(self.now))).await?;
        store::holds(&db, self.lease, app.clock.now()).await?;
        Ok(db.commit().await?)
    }

    /// One metric after the other: what is hidden of one decides on the next.
    async fn of_metric(
        &self,
        read: &DatabaseTransaction,
        mut decided: Decided,
        metric: Metric,
    ) -> Result<(Decided, Comparison)> {
        let Lease { board, year, .. } = *self.lease;
        let (cells, versions) = store::cells(read, board, metric, year, today(self.now)).await?;
        let decide = move || {
            let figures = decided.figures(metric, &cells);
            drop(cells);
            (decided, Comparison::of(metric, figures, versions))
        };
        tokio::task::spawn_blocking(decide).await.map_err(Error::fault)
    }

    /// Writes one batch after the other. False if that is not to be any more.
    pub async fn write(&self, app: &Arc<App>, batch: &Batch<'_>) -> Result<bool> {
        let db = app.db.write(&Scope::system(today(self.now))).await?;
        let is_wished = store::wished(&db, self.lease.board).await? == self.wish;
        if !is_wished || !store::holds(&db, self.lease, app.clock.now()).await? {
            return Ok(false);
        }
        for step in &batch.steps {
            store::write(&db, self.lease.board, step).await?;
        }
        let (board, year) = (self.lease.board, self.lease.year.to_string());
        if batch.is_last {
            milestones::forget_one(&db, board, PARTIAL, &year).await?;
            store::give_back(&db, self.lease).await?;
        } else {
            milestones::is_first(&db, board, PARTIAL, year, self.now).await?;
        }
        db.commit().await?;
        Ok(true)
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
