//! Reminders: of what is to come, and of what is still missing, to those alone who are to come or from whom it is missing.
//!
//! Each has a moment, and a source of its own, by which nobody is reminded twice. What was cancelled is not reminded of.

mod asked;
mod course;
mod rules;
mod store;
mod talks;
mod weeks;

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use glans_entity::ids::BoardId;
use glans_entity::scope::Scope;
use sea_orm::ConnectionTrait;

use super::occasions::Notice;
use super::telling;
use super::texts::Text;
use crate::app::App;
use crate::call::{Call, today};
use crate::platform::error::Result;

const JOB: &str = "reminders";

/// A reminder whose moment has come.
#[derive(Clone, Debug)]
pub struct Reminder {
    /// What it is of: `reminder`, the text and the id, and the day where the matter can move.
    pub source: String,
    pub board: BoardId,
    pub notice: Notice,
}

impl Reminder {
    /// `of`: the id, and the day where the matter can move.
    fn new(board: BoardId, of: impl std::fmt::Display, notice: Notice) -> Self {
        Self { source: Self::source_of(notice.text, of), board, notice }
    }

    fn source_of(text: Text, of: impl std::fmt::Display) -> String {
        format!("reminder.{}.{of}", text.key())
    }
}

/// The moment at which somebody looks for reminders.
struct Look {
    now: DateTime<Utc>,
    everywhere: Scope,
    /// Of the boards that are open.
    zones: HashMap<BoardId, Tz>,
}

/// All reminders whose moment came within the last day; of the weeks of clusters, those of which nobody was told yet.
pub async fn due(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Vec<Reminder>> {
    let everywhere = Scope::system(today(now));
    let zones = store::zones(db, &everywhere).await?;
    let look = Look { now, everywhere, zones };
    let mut due = course::meetings(db, &look).await?;
    due.extend(course::sessions(db, &look).await?);
    due.extend(course::sessions_without_date(db, &look).await?);
    due.extend(weeks::weeks(db, &look).await?);
    due.extend(talks::conversations(db, &look).await?);
    due.extend(talks::agreements(db, &look).await?);
    due.extend(talks::rounds_that_open(db, &look).await?);
    due.extend(talks::rounds_that_close(db, &look).await?);
    due.extend(asked::acknowledgements(db, &look).await?);
    due.extend(asked::surveys(db, &look).await?);
    due.extend(asked::consents(db, &look).await?);
    due.retain(|reminder| look.zones.contains_key(&reminder.board));
    Ok(due)
}

/// Reminds of all that is due: how many notifications that makes. Each matter in a transaction of its own, so that one that
/// fails keeps no other.
pub async fn round(app: &Arc<App>) -> Result<usize> {
    let call = Call::system(app, JOB);
    let db = call.read().await?;
    let due = due(&*db, call.now()).await?;
    let sources: Vec<&str> = due.iter().map(|reminder| reminder.source.as_str()).collect();
    let told = telling::told_of(&*db, &sources).await?;
    drop(db);
    call.look_again().await;
    let mut count = 0;
    for reminder in due.into_iter().filter(|reminder| !told.contains(&reminder.source)) {
        match remind(&call, &reminder).await {
            Ok(told) => count += usize::try_from(told).unwrap_or(usize::MAX),
            Err(error) => {
                tracing::error!(?error, source = %reminder.source, "nobody was reminded; it is tried again");
            }
        }
    }
    Ok(count)
}

async fn remind(call: &Call, reminder: &Reminder) -> Result<u64> {
    let write = call.write().await?;
    let now = write.now();
    let told = telling::tell(write.db(), reminder.board, &reminder.source, &reminder.notice, now, now).await?;
    let accounts = telling::accounts_of(write.db(), &reminder.source).await?;
    write.commit().await?;
    telling::wake(call.app(), accounts).await;
    Ok(told)
}
