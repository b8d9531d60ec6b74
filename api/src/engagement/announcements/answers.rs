//! What those whom an announcement reaches do with it.

use std::collections::BTreeMap;

use async_graphql::ID;
use chrono::{DateTime, Utc};
use glans_entity::engagement::announcement;
use glans_entity::ids::AnnouncementId;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::inputs::{AnnouncementAcknowledgeInput, AnnouncementReadInput};
use super::{rules, store};
use crate::access::{Action, Permit, Place};
use crate::call::Write;
use crate::engagement::audience::{receipts, store as addressing};
use crate::platform::error::{Result, UserErrorCode, not_found, refuse};
use crate::platform::outbox::Event;

/// What was marked as read, and at which places of the input stands what was not.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Marked {
    pub rows: Vec<announcement::Model>,
    pub missing: Vec<usize>,
}

pub(super) async fn read(write: &Write<'_>, input: AnnouncementReadInput) -> Result<Marked> {
    if input.ids.is_empty() {
        return Err(refuse(UserErrorCode::Required, "ids", "Name at least one announcement."));
    }
    if input.ids.len() > rules::MOST_READ {
        let message = format!("Name at most {} announcements at once.", rules::MOST_READ);
        return Err(refuse(UserErrorCode::TooLong, "ids", message));
    }
    let (db, scope, now) = (write.db(), write.scope(), write.now());
    let ids: Vec<Option<AnnouncementId>> = input.ids.iter().map(|id: &ID| id.parse().ok()).collect();
    let known: Vec<AnnouncementId> = ids.iter().flatten().copied().collect();
    let mut rows = store::by_ids(db, &scope, &known).await?;
    let own = addressing::own(db, &scope, &known.iter().map(|id| id.0).collect::<Vec<_>>()).await?;
    rows.retain(|row| own.iter().any(|own| own.item_id == row.id.0));
    rows.sort_by_key(|row| known.iter().position(|id| *id == row.id));
    let found = |id: &Option<AnnouncementId>| id.is_some_and(|id| rows.iter().any(|row| row.id == id));
    let missing = (0..ids.len()).filter(|at| !found(&ids[*at])).collect();
    // Those of one time together: all of them, where the phone was not offline.
    let mut together: BTreeMap<Moment, Vec<&announcement::Model>> = BTreeMap::new();
    for row in &rows {
        let at = rules::read_at(row, input.read_at.map(|at| at.0), now);
        together.entry((row.board_id.0, at, row.corrected_at)).or_default().push(row);
    }
    for ((_, at, corrected_at), rows) in together {
        let permit = authorize(write, rows[0])?;
        let items: Vec<Uuid> = rows.iter().map(|row| row.id.0).collect();
        if receipts::read(db, &permit, &scope, &items, at, corrected_at).await? {
            let ids: Vec<String> = rows.iter().map(|row| row.id.to_string()).collect();
            if corrected_at.is_some_and(|corrected_at| at < corrected_at) {
                // Each by itself: of each correction the reader is told now.
                for id in ids {
                    tell(write, &permit, "announcement.read", serde_json::json!([id]), Some(at)).await?;
                }
            } else {
                tell(write, &permit, "announcement.read", serde_json::json!(ids), None).await?;
            }
        }
    }
    Ok(Marked { rows, missing })
}

/// Board, time of reading, time of the correction.
type Moment = (Uuid, DateTime<Utc>, Option<DateTime<Utc>>);

pub(super) async fn acknowledge(write: &Write<'_>, input: AnnouncementAcknowledgeInput) -> Result<announcement::Model> {
    let id: AnnouncementId = input.id.parse().map_err(|_| not_found("id"))?;
    let (db, scope, now) = (write.db(), write.scope(), write.now());
    let row = store::by_ids(db, &scope, &[id]).await?.pop().ok_or_else(|| not_found("id"))?;
    let permit = authorize(write, &row)?;
    if addressing::own(db, &scope, &[id.0]).await?.is_empty() {
        return Err(refuse(UserErrorCode::Forbidden, "id", "It is not addressed to you."));
    }
    rules::must_have_appeared(row.status)?;
    if !row.requires_acknowledgement {
        return Err(refuse(UserErrorCode::Conflict, "id", "It does not ask for a confirmation. Mark it as read."));
    }
    receipts::read(db, &permit, &scope, &[id.0], now, row.corrected_at).await?;
    if receipts::acknowledge(db, &permit, &scope, id.0, now).await? {
        tell(write, &permit, "announcement.acknowledged", serde_json::json!([id.to_string()]), None).await?;
    }
    Ok(row)
}

fn authorize(write: &Write<'_>, row: &announcement::Model) -> Result<Permit> {
    write.authorize(Action::Answer, Place::board(row.board_id))
}

/// `before`: when it was read, where that was before it was corrected.
async fn tell(
    write: &Write<'_>,
    permit: &Permit,
    kind: &'static str,
    ids: serde_json::Value,
    before: Option<DateTime<Utc>>,
) -> Result<()> {
    let person = permit.person().map(|person| person.to_string());
    let mut payload = serde_json::json!({ "ids": ids, "person": person });
    if let Some(read_at) = before {
        payload["read_at"] = serde_json::json!(read_at);
    }
    write.emit(permit, Event { kind, payload }).await
}
