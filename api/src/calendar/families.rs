//! Conversations and events in a calendar.
//!
//! A calendar goes where its owner lets it go: it tells when and where, and never names a child.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use glans_entity::engagement::{EventStatus, StepKind, conversation, event};
use glans_entity::practice::OccasionStatus;
use icalendar::Event;

use super::entry::Entry;
use crate::call::Call;
use crate::engagement::{conversations, events};
use crate::platform::error::Result;

/// What the person that calls comes to with families, as far as it ends after `since`.
pub(super) async fn entries(call: &Arc<Call>, language: &str, since: DateTime<Utc>, most: u32) -> Result<Vec<Event>> {
    let (db, scope) = (call.read().await?, call.scope());
    let talks = conversations::store::own_since(&*db, &scope, since, u64::from(most)).await?;
    let events = events::store::own_since(&*db, &scope, since, u64::from(most)).await?;
    Ok(talks.iter().map(|row| talk(language, row)).chain(events.iter().map(gathering)).map(Event::from).collect())
}

fn talk<'r>(language: &str, row: &'r conversation::Model) -> Entry<'r> {
    Entry {
        uid: row.id.to_string(),
        span: (row.starts_at, row.ends_at),
        summary: summary(language, row.kind).to_owned(),
        description: String::new(),
        location: row.location.as_deref(),
        is_cancelled: row.status == OccasionStatus::Cancelled,
        changed: (row.created_at, row.updated_at, row.version),
    }
}

fn gathering(row: &event::Model) -> Entry<'_> {
    Entry {
        uid: row.id.to_string(),
        span: (row.starts_at, row.ends_at),
        summary: row.title.clone(),
        description: row.description.clone().unwrap_or_default(),
        location: row.location.as_deref(),
        is_cancelled: row.status == EventStatus::Cancelled,
        changed: (row.created_at, row.updated_at, row.version),
    }
}

fn summary(language: &str, kind: StepKind) -> &'static str {
    match (language, kind) {
        ("en", StepKind::Intake) => "School: intake",
        ("en", StepKind::Expectations | StepKind::Goals) => "School: expectations of the year",
        ("en", StepKind::Progress) => "School: progress",
        ("en", StepKind::Closing) => "School: end of the year",
        (_, StepKind::Intake) => "School: intakegesprek",
        (_, StepKind::Expectations | StepKind::Goals) => "School: driehoeksgesprek",
        (_, StepKind::Progress) => "School: voortgangsgesprek",
        (_, StepKind::Closing) => "School: afsluitend gesprek",
    }
}
