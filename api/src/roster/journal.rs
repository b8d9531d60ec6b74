//! The rows that an import makes and changes, each noted as it was, and the way back.

use glans_entity::ids::{BoardId, RosterImportId};
use glans_entity::roster::{roster_change, roster_import};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Expr, ExprTrait, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IdenStatic, IntoActiveModel, Iterable,
    ModelTrait, QueryFilter, QueryOrder,
};
use uuid::Uuid;

use super::plan::{Changes, Update};
use super::stored::Row;
use crate::access::Permit;
use crate::platform::error::{Error, Result};

/// Rows in one statement: the widest table has 23 columns, and SQLite takes 32,766 values.
const CHUNK: usize = 1000;
const BOARD: &str = "board_id";
/// Ids in one list.
const IDS: usize = 5000;

/// What an import changed, written down for its rollback.
#[derive(Debug)]
pub(super) struct Journal {
    import: RosterImportId,
    board: BoardId,
    rows: Vec<roster_change::Model>,
    position: i32,
}

impl Journal {
    pub(super) fn of(import: &roster_import::Model) -> Self {
        Self { import: import.id, board: import.board_id, rows: Vec::new(), position: 0 }
    }

    fn note<M: Row>(&mut self, row: &M, before: Option<serde_json::Value>) {
        self.rows.push(roster_change::Model {
            import_id: self.import,
            position: self.position,
            board_id: self.board,
            table_name: M::TABLE.to_owned(),
            row_id: row.uuid(),
            before,
            version_after: row.version(),
        });
        self.position += 1;
    }

    async fn write(&mut self, db: &impl ConnectionTrait) -> Result<()> {
        insert_many(db, std::mem::take(&mut self.rows)).await
    }
}

/// Makes the changes of one table and notes each.
pub(super) async fn apply<M: Row>(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    changes: Changes<M>,
    journal: &mut Journal,
) -> Result<()>
where
    <M::Entity as EntityTrait>::ActiveModel: Send,
{
    for Update { before, after } in &changes.updates {
        journal.note(after, Some(serde_json::to_value(before).map_err(Error::fault)?));
    }
    for row in &changes.creates {
        journal.note(row, None);
    }
    update_many(db, changes.updates).await?;
    insert_many(db, changes.creates).await?;
    journal.write(db).await
}

/// Writes rows as they are to be. Where rows exchange what must be unique, all let go of it first.
async fn update_many<M: Row>(db: &impl ConnectionTrait, updates: Vec<Update<M>>) -> Result<()>
where
    <M::Entity as EntityTrait>::ActiveModel: Send,
{
    for update in updates.iter().filter(|update| !update.before.keeps_keys(&update.after)) {
        write(db, update.before.released()).await?;
    }
    for Update { after, .. } in updates {
        write(db, after).await?;
    }
    Ok(())
}

async fn write<M: Row>(db: &impl ConnectionTrait, row: M) -> Result<()>
where
    <M::Entity as EntityTrait>::ActiveModel: Send,
{
    let mut row = row.into_active_model().reset_all();
    // Rows refer to each other by id and board. A row stays in its board; told of it anew, SQLite looks at all of them.
    for column in <M::Entity as EntityTrait>::Column::iter().filter(|column| column.as_str() == BOARD) {
        row.not_set(column);
    }
    <M::Entity as EntityTrait>::update(row).exec(db).await?;
    Ok(())
}

pub(super) async fn insert_many<M>(db: &impl ConnectionTrait, rows: Vec<M>) -> Result<()>
where
    M: ModelTrait<Entity: EntityTrait<Model = M>> + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel>,
    <M::Entity as EntityTrait>::ActiveModel: Send,
{
    let mut rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
    loop {
        let chunk: Vec<_> = rows.by_ref().take(CHUNK).collect();
        if chunk.is_empty() {
            return Ok(());
        }
        <M::Entity as EntityTrait>::insert_many(chunk).exec_without_returning(db).await?;
    }
}

/// Everything that an import changed, in the order in which it did.
pub(super) async fn changes(
    db: &impl ConnectionTrait,
    scope: &Scope,
    import: RosterImportId,
) -> Result<Vec<roster_change::Model>> {
    Ok(roster_change::Entity::within(scope)
        .filter(roster_change::Column::ImportId.eq(import))
        .order_by_asc(roster_change::Column::Position)
        .all(db)
        .await?)
}

/// Versions of the rows of `M` with these ids; a row that is gone is not among them.
pub(super) async fn versions<M: Row>(db: &impl ConnectionTrait, ids: &[Uuid]) -> Result<Vec<(Uuid, i32)>> {
    let mut found = Vec::with_capacity(ids.len());
    for ids in ids.chunks(IDS) {
        let select = Query::select()
            .columns(["id", "version"])
            .from(M::TABLE)
            .and_where(Expr::col("id").is_in(ids.iter().copied()))
            .to_owned();
        for row in db.query_all(&select).await? {
            found.push((row.try_get("", "id")?, row.try_get("", "version")?));
        }
    }
    Ok(found)
}

/// Deletes the rows of `M` that an import made. An error of the database where something refers to one of them.
pub(super) async fn unmake<M: Row>(db: &impl ConnectionTrait, _permit: &Permit, ids: &[Uuid]) -> Result<(), DbErr> {
    for ids in ids.chunks(IDS) {
        let delete =
            Query::delete().from_table(M::TABLE).and_where(Expr::col("id").is_in(ids.iter().copied())).to_owned();
        db.execute(&delete).await?;
    }
    Ok(())
}

/// Puts rows back as they were.
pub(super) async fn restore<M: Row>(db: &impl ConnectionTrait, _permit: &Permit, rows: Vec<M>) -> Result<()>
where
    <M::Entity as EntityTrait>::ActiveModel: Send,
{
    for row in &rows {
        write(db, row.released()).await?;
    }
    for row in rows {
        write(db, row).await?;
    }
    Ok(())
}
