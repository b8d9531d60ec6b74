//! The SQL of usage.

use std::collections::{BTreeSet, HashMap};

use chrono::NaiveDate;
use glans_entity::identity::api_client_usage::{Column, Entity, Model};
use glans_entity::ids::{ApiClientId, BoardId};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, OnConflict};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder};

use super::Counts;
use crate::app::App;
use crate::call::today;
use crate::identity::clients;
use crate::platform::error::Result;

/// Rows in one statement: six values each, of the 32,766 that SQLite takes.
const ROWS: usize = 1_000;

/// Adds counts to what stands there, of this process and of others.
pub(super) async fn add(app: &App, counts: &Counts) -> Result<()> {
    let scope = Scope::system(today(app.clock.now()));
    let db = app.db.write(&scope).await?;
    let boards = boards_of(&db, &scope, counts).await?;
    let rows: Vec<Model> = counts
        .iter()
        .filter_map(|((client, day), count)| {
            let board_id = *boards.get(client)?;
            let super::Count { requests, refused, cost } = *count;
            Some(Model { client_id: *client, day: *day, board_id, requests, refused, cost })
        })
        .collect();
    for part in rows.chunks(ROWS) {
        let rows = part.iter().map(|row| row.clone().into_active_model());
        Entity::insert_many(rows).on_conflict(added()).exec_without_returning(&db).await?;
    }
    db.commit().await?;
    Ok(())
}

async fn boards_of(db: &impl ConnectionTrait, scope: &Scope, counts: &Counts) -> Result<HashMap<ApiClientId, BoardId>> {
    let ids: BTreeSet<ApiClientId> = counts.keys().map(|(client, _)| *client).collect();
    let ids: Vec<ApiClientId> = ids.into_iter().collect();
    let found = clients::store::by_ids(db, scope, &ids).await?;
    Ok(found.into_iter().map(|client| (client.id, client.board_id)).collect())
}

/// Where there is a row already, its counts grow.
fn added() -> OnConflict {
    let mut add = OnConflict::columns([Column::ClientId, Column::Day]);
    for column in [Column::Requests, Column::Refused, Column::Cost] {
        add.value(column, Expr::col((Entity, column)).add(Expr::col((Alias::new("excluded"), column))));
    }
    add
}

/// What these clients asked for from one day to another, inclusive, the earliest first.
pub(super) async fn between(
    db: &impl ConnectionTrait,
    scope: &Scope,
    clients: &[ApiClientId],
    (from, to): (NaiveDate, NaiveDate),
) -> Result<Vec<Model>> {
    Ok(Entity::within(scope)
        .filter(Column::ClientId.is_in(clients.iter().copied()))
        .filter(Column::Day.between(from, to))
        .order_by_asc(Column::ClientId)
        .order_by_asc(Column::Day)
        .all(db)
        .await?)
}
