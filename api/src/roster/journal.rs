//! The rows that an import makes and changes, each noted as it was, and the way back.

use glans_entity::ids::{BoardId, RosterImportId};
use glans_entity::roster::{roster_change, roster_import};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Expr, ExprTrait, IntoIden, Query, TableRef, UpdateStatement, ValueTuple};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, DbErr, EntityTrait, IdenStatic, IntoActiveModel,
    Iterable, ModelTrait, QueryFilter, QueryOrder,
};
use uuid::Uuid;

use super::plan::{Changes, Update};
use super::stored::Row;
use crate::access::Permit;
use crate::platform::error::{Error, Result};

/// Rows in one statement: the widest table has 23 columns, and SQLite takes 32,766 values.
pub(super) const CHUNK: usize = 1000;
const ID: &str = "id";
const BOARD: &str = "board_id";
/// Rows as they are to be, in the statement that writes them.
const AFTER: &str = "after";
/// Ids in one list.
const IDS: usize = 5000;
/// Rows of a table from which on it matters how PostgreSQL goes about them.
const MANY: usize = 100;
/// What PostgreSQL believes of a table is not true after much was written or taken back, so it does not choose: each row is
/// found by its key, and so is what the triggers look for. They would also go on as they did for the first statement on
/// the connection, which may have been of one row.
const FOR_MANY: &str = "DISCARD PLANS; SET LOCAL enable_seqscan = off; SET LOCAL jit = off";
const AS_EVER: &str = "SET LOCAL enable_seqscan = DEFAULT; SET LOCAL jit = DEFAULT";

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
    let many = changes.updates.len() + changes.creates.len() >= MANY;
    go_about(db, many, FOR_MANY).await?;
    update_many(db, changes.updates).await?;
    insert_many(db, changes.creates).await?;
    go_about(db, many, AS_EVER).await?;
    journal.write(db).await
}

/// Tells PostgreSQL how to go about many rows.
async fn go_about(db: &impl ConnectionTrait, many: bool, how: &str) -> Result<()> {
    if many && db.get_database_backend() == DbBackend::Postgres {
        db.execute_unprepared(how).await?;
    }
    Ok(())
}

/// Writes rows as they are to be. Where rows exchange what must be unique, all let go of it first.
async fn update_many<M: Row>(db: &impl ConnectionTrait, updates: Vec<Update<M>>) -> Result<()> {
    let exchanging = updates.iter().filter(|update| !update.before.keeps_keys(&update.after));
    let released: Vec<M> = exchanging.map(|update| update.before.released()).collect();
    write(db, &released).await?;
    let after: Vec<M> = updates.into_iter().map(|update| update.after).collect();
    write(db, &after).await
}

/// Writes rows, many in one statement: with one for each, PostgreSQL would do nothing most of the time.
///
/// # Errors
/// A fault where one of them is not there: it is not made anew.
async fn write<M: Row>(db: &impl ConnectionTrait, rows: &[M]) -> Result<()> {
    for rows in rows.chunks(M::AT_ONCE) {
        let written = db.execute(&update(rows)).await?.rows_affected();
        if written != rows.len() as u64 {
            return Err(DbErr::RecordNotUpdated.into());
        }
    }
    Ok(())
}

/// Both databases call the columns of a list of values `column1` and so on.
fn update<M: Row>(rows: &[M]) -> UpdateStatement {
    // Rows refer to each other by id and board. A row stays in its board; told of it anew, SQLite looks at all of them.
    let columns = <M::Entity as EntityTrait>::Column::iter().filter(|column| column.as_str() != BOARD);
    let columns: Vec<_> = columns.collect();
    let values = |row: &M| ValueTuple::Many(columns.iter().map(|column| row.get(*column)).collect());
    let values = TableRef::ValuesList(rows.iter().map(values).collect(), AFTER.into_iden());
    let mut update = Query::update();
    update.table(M::TABLE).from(values);
    for (column, place) in columns.iter().zip(1_u32..) {
        let value = Expr::col((AFTER, format!("column{place}")));
        if column.as_str() == ID {
            update.and_where(value.equals((M::TABLE, ID)));
        } else {
            update.value(*column, value);
        }
    }
    update
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
pub(super) async fn restore<M: Row>(db: &impl ConnectionTrait, _permit: &Permit, rows: &[M]) -> Result<()> {
    let many = rows.len() >= MANY;
    go_about(db, many, FOR_MANY).await?;
    let released: Vec<M> = rows.iter().map(Row::released).collect();
    write(db, &released).await?;
    write(db, rows).await?;
    go_about(db, many, AS_EVER).await
}
