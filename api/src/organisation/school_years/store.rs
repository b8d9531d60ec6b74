//! The SQL of school years.

use glans_entity::ids::{BoardId, SchoolYearId};
use glans_entity::organisation::school_year::{Column, Entity, Model};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, IntoActiveModel, QueryFilter, QueryOrder};

use crate::access::Permit;
use crate::platform::error::Result;
use crate::platform::own_id::taken_or_id;

/// The school year, if it is in sight.
pub async fn by_id(db: &impl ConnectionTrait, scope: &Scope, id: SchoolYearId) -> Result<Option<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.eq(id)).one(db).await?)
}

/// The school years in sight with these ids.
pub async fn by_ids(db: &impl ConnectionTrait, scope: &Scope, ids: &[SchoolYearId]) -> Result<Vec<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// The school years of `boards`, newest first.
pub async fn of_boards(db: &impl ConnectionTrait, scope: &Scope, boards: &[BoardId]) -> Result<Vec<Model>> {
    Ok(Entity::within(scope)
        .filter(Column::BoardId.is_in(boards.iter().copied()))
        .order_by_desc(Column::StartsOn)
        .all(db)
        .await?)
}

/// Inserts a school year.
pub async fn insert(db: &impl ConnectionTrait, _permit: &Permit, row: Model) -> Result<Model> {
    row.into_active_model()
        .reset_all()
        .insert(db)
        .await
        .map_err(taken_or_id("startsOn", "The board has a school year from this day."))
}
