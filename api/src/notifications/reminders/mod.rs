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
use sea_orm::DatabaseTransaction;
use strum::IntoEnumIterator;

use super::occasions::Notice;
use super::telling;
use super::texts::Text;
use crate::app::App;
use crate::call::{Call, today};
use crate::platform::error::Result;
use crate::platform::rounds::{Lately, in_vain};

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

/// What there are reminders of.
#[derive(Clone, Copy, Debug, strum::EnumIter)]
enum Kind {
    Meetings,
    Sessions,
    SessionsWithoutDate,
    Weeks,
    Conversations,
    Agreements,
    RoundsThatOpen,
    RoundsThatClose,
    Acknowledgements,
    Surveys,
    Consents,
}

impl Kind {
    /// Those of the kind whose moment came within the last day.
    async fn come(self, db: &DatabaseTransaction, look: &Look, done: &mut Done) -> Result<Vec<Reminder>> {
        match self {
            Self::Meetings => course::meetings(db, look).await,
            Self::Sessions => course::sessions(db, look).await,
            Self::SessionsWithoutDate => course::sessions_without_date(db, look).await,
            Self::Weeks => weeks::weeks(db, look, done).await,
            Self::Conversations => talks::conversations(db, look).await,
            Self::Agreements => talks::agreements(db, look).await,
            Self::RoundsThatOpen => talks::rounds_that_open(db, look).await,
            Self::RoundsThatClose => talks::rounds_that_close(db, look).await,
            Self::Acknowledgements => asked::acknowledgements(db, look).await,
            Self::Surveys => asked::surveys(db, look).await,
            Self::Consents => asked::consents(db, look).await,
        }
    }
}

/// Sources that were tried lately and made nothing, because nobody is left to be reminded or there is nothing to tell.
pub type Done = Lately<String>;

/// All reminders whose moment came within the last day and of which nobody was told yet, but for what is `done`. A kind that
/// cannot be read keeps no other: each has a transaction of its own, because on PostgreSQL a statement that fails ends its
/// transaction.
pub async fn due(app: &App, now: DateTime<Utc>, done: &mut Done) -> Result<Vec<Reminder>> {
    let everywhere = Scope::system(today(now));
    let zones = store::zones(&app.db.read(&everywhere).await?, &everywhere).await?;
    let look = Look { now, everywhere, zones };
    let mut due = Vec::new();
    for kind in Kind::iter() {
        match due_of(app, &look, kind, done).await {
            Ok(some) => due.extend(some),
            Err(error) => in_vain!(error, ?kind, "it is not known who is to be reminded; it is tried again"),
        }
    }
    Ok(due)
}

async fn due_of(app: &App, look: &Look, kind: Kind, done: &mut Done) -> Result<Vec<Reminder>> {
    let db = app.db.read(&look.everywhere).await?;
    let mut due = kind.come(&db, look, done).await?;
    due.retain(|reminder| look.zones.contains_key(&reminder.board) && !done.has(&reminder.source));
    if due.is_empty() {
        return Ok(due);
    }
    let sources: Vec<&str> = due.iter().map(|reminder| reminder.source.as_str()).collect();
    let told = telling::told_of(&db, &sources).await?;
    due.retain(|reminder| !told.contains(&reminder.source));
    Ok(due)
}

/// Reminds of all that is due: how many notifications that makes.
pub async fn round(app: &Arc<App>) -> Result<usize> {
    round_after(app, &mut Done::default()).await
}

/// As [`round`], but for what is `done`. Each matter in a transaction of its own, so that one that fails keeps no other.
pub async fn round_after(app: &Arc<App>, done: &mut Done) -> Result<usize> {
    let call = Call::system(app, JOB);
    done.forget(call.now());
    let mut count = 0;
    for reminder in due(app, call.now(), done).await? {
        match remind(&call, &reminder).await {
            Ok(0) => done.did(reminder.source, call.now()),
            Ok(told) => count += usize::try_from(told).unwrap_or(usize::MAX),
            Err(error) => {
                in_vain!(error, source = %reminder.source, "nobody was reminded; it is tried again");
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
