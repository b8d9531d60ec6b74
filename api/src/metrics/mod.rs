//! Engagement metrics: a measure of whether a lesson moved something, and who is missing on the way to everybody.
//!
//! Data goes downwards. An act writes **facts** in its own transaction, with the class group, school and cluster of the day.
//! **Cells** are sums of facts per class group and language in a period, made anew wherever a fact came in; **figures** are
//! sums of cells per place, with whether they may be shown. Everything that leaves the program is read from figures.

pub mod census;
pub mod charts;
pub mod definitions;
pub mod effect;
pub mod engagement;
pub mod exports;
pub mod facts;
pub mod figures;
mod milestones;
pub mod periods;
mod published;
pub mod queries;
pub mod rollups;
pub mod texts;
pub mod webhooks;
pub mod worklist;

use chrono::{DateTime, Utc};
use glans_entity::ids::BoardId;
use sea_orm::DatabaseTransaction;

use crate::access::Permit;
use crate::platform::error::Result;
use crate::platform::outbox::Event;

/// Writes down what an act counts for, in its own transaction: where students are after it, and its facts. Students whom an
/// act moves in great number are left to the rounds, and with them what happens until they are counted.
pub async fn record(db: &DatabaseTransaction, board: BoardId, event: &Event, now: DateTime<Utc>) -> Result<()> {
    if let Some(students) = census::moved(board, event) {
        census::take(db, board, &students, now).await?;
    }
    facts::record_in_turn(db, board, event, now).await
}

/// Withdraws all published figures of a board and their files, in the act that changes what it wishes to hide. They are
/// published anew in the next round.
pub async fn withdraw(db: &DatabaseTransaction, permit: &Permit, now: DateTime<Utc>) -> Result<()> {
    match permit.board() {
        Some(board) => {
            rollups::withdraw(db, board, now).await?;
            exports::withdraw(db, board, now).await
        }
        None => Ok(()),
    }
}
