//! The SQL of persons.

use chrono::{DateTime, Utc};
use glans_entity::ids::{BoardId, PersonId, SchoolId};
use glans_entity::people::membership;
use glans_entity::people::person::{ActiveModel, Column, Entity, Model};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait,
};

use crate::access::Permit;
use crate::listed;
use crate::people::memberships;
use crate::platform::error::Result;
use crate::platform::own_id::id_taken;
use crate::platform::page::{self, By, Order, PageArgs, Rows};

/// Whose people.
#[derive(Clone, Copy, Debug)]
pub enum Of {
    Board(BoardId),
    /// Those with a role in the school of the board.
    School(BoardId, SchoolId),
}

/// The person, if in sight.
pub async fn by_id(db: &impl ConnectionTrait, scope: &Scope, id: PersonId) -> Result<Option<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.eq(id)).one(db).await?)
}

/// The persons in sight with these ids, by name.
pub async fn by_ids(db: &impl ConnectionTrait, scope: &Scope, ids: &[PersonId]) -> Result<Vec<Model>> {
    Ok(Entity::within(scope)
        .filter(Column::Id.is_in(ids.iter().copied()))
        .order_by_asc(Column::DisplayName)
        .order_by_asc(Column::Id)
        .all(db)
        .await?)
}

/// As [`by_id`], and nobody else changes it until the transaction ends.
pub async fn lock(db: &impl ConnectionTrait, scope: &Scope, id: PersonId) -> Result<Option<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.eq(id)).lock_exclusive().one(db).await?)
}

const BY_NAME: By<Entity, String> = Order {
    name: "person.name",
    columns: (Column::DisplayName, Column::Id),
    key: |row: &Model| (row.display_name.clone(), row.id.0),
    descending: false,
};

listed!(Model, BY_NAME);

/// One page of the people of `of` who are not archived, by name.
pub async fn page(db: &impl ConnectionTrait, scope: &Scope, of: Of, args: &PageArgs) -> Result<Rows<Model>> {
    let (Of::Board(board) | Of::School(board, _)) = of;
    let mut select = Entity::within(scope)
        .filter(Column::BoardId.eq(board))
        .filter(Column::ArchivedAt.is_null())
        .filter(Column::ErasedAt.is_null());
    if let Of::School(_, school) = of {
        let staff = memberships::store::live(scope)
            .select_only()
            .column(membership::Column::PersonId)
            .filter(membership::Column::SchoolId.eq(school));
        select = select.filter(Column::Id.in_subquery(staff.into_query()));
    }
    page::rows(db, select, &BY_NAME, args).await
}

/// Inserts a person.
pub async fn insert(db: &impl ConnectionTrait, _permit: &Permit, row: Model) -> Result<Model> {
    row.into_active_model().reset_all().insert(db).await.map_err(id_taken)
}

/// Stores the changed fields of `row` as its next version.
pub async fn update(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    mut row: ActiveModel,
    version: i32,
    now: DateTime<Utc>,
) -> Result<Model> {
    row.version = Set(version + 1);
    row.updated_at = Set(now);
    Ok(row.update(db).await?)
}
