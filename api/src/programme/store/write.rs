//! Writing programmes.

use chrono::{DateTime, Utc};
use glans_entity::ids::{AccountId, BoardId, MaterialId, ProgrammeVersionId};
use glans_entity::people::person;
use glans_entity::programme::{
    MaterialState, lesson, material, material_state, module, programme, programme_version, programme_year,
};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, OnConflict, Query};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, JoinType,
    QueryFilter,
};

use crate::access::Permit;
use crate::platform::error::{Error, Result, taken};
use crate::programme::content::Rows;

/// Rows in one statement, so that the values stay below the limits of both databases.
const CHUNK: usize = 500;

/// Inserts a programme without editions.
pub async fn insert(db: &impl ConnectionTrait, _permit: &Permit, row: programme::Model) -> Result<programme::Model> {
    let unique = taken("document", "Somebody imported a programme with this key just now. Import it again.");
    row.into_active_model().reset_all().insert(db).await.map_err(unique)
}

/// The next version of a programme that got or published an edition.
pub async fn touch(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    programme: programme::Model,
    now: DateTime<Utc>,
) -> Result<programme::Model> {
    let version = programme.version + 1;
    let mut row = programme.into_active_model();
    row.version = Set(version);
    row.updated_at = Set(now);
    Ok(row.update(db).await?)
}

/// Inserts an edition with all that is in it.
pub async fn insert_edition(db: &impl ConnectionTrait, _permit: &Permit, rows: Rows) -> Result<()> {
    rows.edition.into_active_model().reset_all().insert(db).await?;
    insert_all::<programme_year::Entity, _>(db, rows.years).await?;
    insert_all::<module::Entity, _>(db, rows.modules).await?;
    insert_all::<lesson::Entity, _>(db, rows.lessons).await?;
    insert_all::<material::Entity, _>(db, rows.materials).await
}

async fn insert_all<E, A>(db: &impl ConnectionTrait, rows: Vec<E::Model>) -> Result<()>
where
    E: EntityTrait,
    E::Model: IntoActiveModel<A>,
    A: ActiveModelTrait<Entity = E> + Send,
{
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let chunk: Vec<A> = rows.by_ref().take(CHUNK).map(|row| row.into_active_model().reset_all()).collect();
        E::insert_many(chunk).exec_without_returning(db).await?;
    }
    Ok(())
}

/// Removes a draft with all that is in it. Nothing refers to a draft: there are no states in it.
pub async fn delete_draft(db: &impl ConnectionTrait, _permit: &Permit, id: ProgrammeVersionId) -> Result<()> {
    material::Entity::delete_many().filter(material::Column::ProgrammeVersionId.eq(id)).exec(db).await?;
    lesson::Entity::delete_many().filter(lesson::Column::ProgrammeVersionId.eq(id)).exec(db).await?;
    module::Entity::delete_many().filter(module::Column::ProgrammeVersionId.eq(id)).exec(db).await?;
    programme_year::Entity::delete_many().filter(programme_year::Column::ProgrammeVersionId.eq(id)).exec(db).await?;
    programme_version::Entity::delete_by_id(id).exec(db).await?;
    Ok(())
}

/// Makes a draft readable and immutable.
pub async fn publish(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    draft: programme_version::Model,
    now: DateTime<Utc>,
) -> Result<programme_version::Model> {
    let version = draft.version + 1;
    let mut row = draft.into_active_model();
    row.published_at = Set(Some(now));
    row.updated_at = Set(now);
    row.version = Set(version);
    Ok(row.update(db).await?)
}

/// Everybody stays as far in the materials of `to` as they were in those of `from` with the same key: the people of
/// `board`, or of all boards. What was said of `to` later stands.
pub async fn carry_states(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    (from, to): (ProgrammeVersionId, ProgrammeVersionId),
    board: Option<BoardId>,
) -> Result<()> {
    use material_state::Column::{AccountId, MaterialId, State, UpdatedAt};
    let (old, new) = (Alias::new("old"), Alias::new("new"));
    let column = |table: &Alias, column: material::Column| Expr::col((table.clone(), column));
    let mut carried = Query::select()
        .column((material_state::Entity, AccountId))
        .column((new.clone(), material::Column::Id))
        .column((material_state::Entity, State))
        .column((material_state::Entity, UpdatedAt))
        .from(material_state::Entity)
        .join_as(
            JoinType::InnerJoin,
            material::Entity,
            old.clone(),
            column(&old, material::Column::Id).equals((material_state::Entity, MaterialId)),
        )
        .join_as(
            JoinType::InnerJoin,
            material::Entity,
            new.clone(),
            column(&new, material::Column::Key).equals((old.clone(), material::Column::Key)),
        )
        .and_where(column(&old, material::Column::ProgrammeVersionId).eq(from.0))
        .and_where(column(&new, material::Column::ProgrammeVersionId).eq(to.0))
        .to_owned();
    if let Some(board) = board {
        let people = Query::select()
            .column(person::Column::AccountId)
            .from(person::Entity)
            .and_where(Expr::col(person::Column::BoardId).eq(board.0))
            .and_where(Expr::col(person::Column::AccountId).is_not_null())
            .to_owned();
        carried.and_where(Expr::col((material_state::Entity, AccountId)).in_subquery(people));
    }
    let carried_at = Expr::col((Alias::new("excluded"), UpdatedAt));
    let mut later = OnConflict::columns([AccountId, MaterialId]);
    later.update_columns([State, UpdatedAt]);
    later.action_and_where(carried_at.gt(Expr::col((material_state::Entity, UpdatedAt))));
    let mut insert = Query::insert();
    insert.into_table(material_state::Entity).columns([AccountId, MaterialId, State, UpdatedAt]);
    insert.select_from(carried).map_err(Error::fault)?.on_conflict(later);
    db.execute(&insert).await?;
    Ok(())
}

/// Stores the changed fields of a lesson of a draft as its next version.
pub async fn update_lesson(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    lesson: lesson::Model,
    now: DateTime<Utc>,
) -> Result<lesson::Model> {
    let version = lesson.version + 1;
    let mut row = lesson.into_active_model().reset_all();
    row.version = Set(version);
    row.updated_at = Set(now);
    Ok(row.update(db).await?)
}

/// Stores the changed fields of a material of a draft as its next version.
pub async fn update_material(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    material: material::Model,
    now: DateTime<Utc>,
) -> Result<material::Model> {
    let version = material.version + 1;
    let mut row = material.into_active_model().reset_all();
    row.version = Set(version);
    row.updated_at = Set(now);
    Ok(row.update(db).await?)
}

/// The draft is no longer what was imported: `hash` says so, and a second import of the document replaces it.
pub async fn mark_edited(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    draft: programme_version::Model,
    hash: Vec<u8>,
    now: DateTime<Utc>,
) -> Result<()> {
    let version = draft.version + 1;
    let mut row = draft.into_active_model();
    row.content_hash = Set(hash);
    row.updated_at = Set(now);
    row.version = Set(version);
    row.update(db).await?;
    Ok(())
}

/// The state of one material for one account. The same state again changes nothing.
pub async fn set_state(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    account: AccountId,
    material: MaterialId,
    state: MaterialState,
    now: DateTime<Utc>,
) -> Result<()> {
    use material_state::Column;
    let row = material_state::ActiveModel {
        account_id: Set(account),
        material_id: Set(material),
        state: Set(state),
        updated_at: Set(now),
    };
    let mut again = OnConflict::columns([Column::AccountId, Column::MaterialId]);
    again.update_columns([Column::State, Column::UpdatedAt]);
    again.action_and_where(Expr::col((material_state::Entity, Column::State)).ne(state));
    material_state::Entity::insert(row).on_conflict(again).exec_without_returning(db).await?;
    Ok(())
}
