//! All SQL of roster imports.

use chrono::{DateTime, Utc};
use glans_entity::ids::{BoardId, RosterImportId};
use glans_entity::organisation::{board, class_group, cluster, school, school_year};
use glans_entity::people::{enrolment, guardianship, membership, person, student};
use glans_entity::roster::{RosterImportState, RosterProblemSeverity, roster_change, roster_import, roster_problem};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Expr, ExprTrait};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect,
};
use uuid::Uuid;

use super::known::LeftOut;
use super::plan::{Changes, Update};
use super::problem::{Problem, Severity};
use super::stored::{Row, Stored};
use crate::access::Permit;
use crate::platform::error::{Error, Result};
use crate::platform::page::{self, Order, PageArgs, Rows};

/// Rows in one statement: the widest table has 23 columns, and SQLite takes 32,766 values.
const CHUNK: usize = 1000;
/// Ids in one list.
const IDS: usize = 5000;

/// The board, if it is in sight.
pub(super) async fn board(db: &impl ConnectionTrait, scope: &Scope, id: BoardId) -> Result<Option<board::Model>> {
    Ok(board::Entity::within(scope).filter(board::Column::Id.eq(id)).one(db).await?)
}

/// As [`board`], and no other import of it runs until the transaction ends.
pub(super) async fn lock_board(db: &impl ConnectionTrait, scope: &Scope, id: BoardId) -> Result<()> {
    board::Entity::within(scope).filter(board::Column::Id.eq(id)).lock_exclusive().one(db).await?;
    Ok(())
}

/// All that a board has of the tables that a roster fills.
pub(super) async fn stored(db: &impl ConnectionTrait, scope: &Scope, board: BoardId) -> Result<Stored> {
    Ok(Stored {
        clusters: cluster::Entity::within(scope).filter(cluster::Column::BoardId.eq(board)).all(db).await?,
        schools: school::Entity::within(scope).filter(school::Column::BoardId.eq(board)).all(db).await?,
        years: school_year::Entity::within(scope).filter(school_year::Column::BoardId.eq(board)).all(db).await?,
        groups: class_group::Entity::within(scope).filter(class_group::Column::BoardId.eq(board)).all(db).await?,
        people: person::Entity::within(scope).filter(person::Column::BoardId.eq(board)).all(db).await?,
        students: student::Entity::within(scope).filter(student::Column::BoardId.eq(board)).all(db).await?,
        enrolments: enrolment::Entity::within(scope).filter(enrolment::Column::BoardId.eq(board)).all(db).await?,
        memberships: membership::Entity::within(scope).filter(membership::Column::BoardId.eq(board)).all(db).await?,
        guardianships: guardianship::Entity::within(scope)
            .filter(guardianship::Column::BoardId.eq(board))
            .all(db)
            .await?,
    })
}

/// What the last import that holds left out.
pub(super) async fn left_out(db: &impl ConnectionTrait, scope: &Scope, board: BoardId) -> Result<LeftOut> {
    use roster_import::Column;
    let last = roster_import::Entity::within(scope)
        .filter(Column::BoardId.eq(board))
        .filter(Column::State.eq(RosterImportState::Succeeded))
        .filter(Column::DryRun.eq(false))
        .filter(Column::LeftOut.is_not_null())
        .order_by_desc(Column::FinishedAt)
        .order_by_desc(Column::Id)
        .one(db)
        .await?;
    let json = last.and_then(|import| import.left_out);
    json.map_or_else(|| Ok(LeftOut::default()), |json| serde_json::from_value(json).map_err(Error::fault))
}

/// An import, if it is in sight.
pub(super) async fn import(
    db: &impl ConnectionTrait,
    scope: &Scope,
    id: RosterImportId,
) -> Result<Option<roster_import::Model>> {
    Ok(roster_import::Entity::within(scope).filter(roster_import::Column::Id.eq(id)).one(db).await?)
}

/// The imports in sight with these ids.
pub(super) async fn imports_by_ids(
    db: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[RosterImportId],
) -> Result<Vec<roster_import::Model>> {
    let wanted = roster_import::Column::Id.is_in(ids.iter().copied());
    Ok(roster_import::Entity::within(scope).filter(wanted).all(db).await?)
}

/// One page of the imports of `board` that are in sight, the latest first.
pub(super) async fn imports(
    db: &impl ConnectionTrait,
    scope: &Scope,
    board: Option<BoardId>,
    args: &PageArgs,
) -> Result<Rows<roster_import::Model>> {
    use roster_import::Column;
    let order = Order {
        name: "rosterImport.latest",
        columns: Column::Id,
        key: |row: &roster_import::Model| row.id.0,
        descending: true,
    };
    let select = roster_import::Entity::within(scope).filter(Column::BoardId.is_in(board));
    page::rows(db, select, &order, args).await
}

/// One page of the problems of an import, by file and line.
pub(super) async fn problems(
    db: &impl ConnectionTrait,
    scope: &Scope,
    import: RosterImportId,
    args: &PageArgs,
) -> Result<Rows<roster_problem::Model>> {
    use roster_problem::Column;
    let order = Order {
        name: "rosterProblem.position",
        columns: Column::Position,
        key: |row: &roster_problem::Model| row.position,
        descending: false,
    };
    let select = roster_problem::Entity::within(scope).filter(Column::ImportId.eq(import));
    page::rows(db, select, &order, args).await
}

/// As [`import`], and nobody else changes it until the transaction ends.
pub(super) async fn lock_import(
    db: &impl ConnectionTrait,
    scope: &Scope,
    id: RosterImportId,
) -> Result<Option<roster_import::Model>> {
    let select = roster_import::Entity::within(scope).filter(roster_import::Column::Id.eq(id));
    Ok(select.lock_exclusive().one(db).await?)
}

/// The import that waits for an upload, by the hash of its token.
pub(super) async fn import_by_upload(
    db: &impl ConnectionTrait,
    scope: &Scope,
    hash: &[u8],
) -> Result<Option<roster_import::Model>> {
    let select = roster_import::Entity::within(scope).filter(roster_import::Column::UploadHash.eq(hash));
    Ok(select.one(db).await?)
}

/// As [`import_by_upload`], and nobody else takes it until the transaction ends.
pub(super) async fn lock_import_by_upload(
    db: &impl ConnectionTrait,
    scope: &Scope,
    hash: &[u8],
) -> Result<Option<roster_import::Model>> {
    let select = roster_import::Entity::within(scope).filter(roster_import::Column::UploadHash.eq(hash));
    Ok(select.lock_exclusive().one(db).await?)
}

/// Imports that run and were begun before this time.
pub(super) async fn running_since_before(
    db: &impl ConnectionTrait,
    scope: &Scope,
    before: DateTime<Utc>,
) -> Result<Vec<roster_import::Model>> {
    use roster_import::Column;
    let running = [RosterImportState::Queued, RosterImportState::Running];
    let select = roster_import::Entity::within(scope).filter(Column::State.is_in(running));
    Ok(select.filter(Column::UpdatedAt.lt(before)).all(db).await?)
}

pub(super) async fn insert_import(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    row: roster_import::Model,
) -> Result<roster_import::Model> {
    Ok(row.into_active_model().reset_all().insert(db).await?)
}

/// Stores all of `row`.
pub(super) async fn update_import(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    row: roster_import::Model,
) -> Result<roster_import::Model> {
    Ok(row.into_active_model().reset_all().update(db).await?)
}

/// Keeps what was found in the files.
pub(super) async fn insert_problems(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    import: &roster_import::Model,
    problems: Vec<Problem>,
) -> Result<()> {
    let rows: Vec<_> =
        problems.into_iter().zip(0..).map(|(problem, position)| row_of(problem, position, import)).collect();
    insert_many(db, rows).await
}

fn row_of(problem: Problem, position: i32, import: &roster_import::Model) -> roster_problem::Model {
    roster_problem::Model {
        import_id: import.id,
        position,
        board_id: import.board_id,
        file: problem.place.file.into_owned(),
        line: problem.place.line.and_then(|line| i32::try_from(line).ok()),
        column_name: problem.place.column.map(std::borrow::Cow::into_owned),
        severity: match problem.severity {
            Severity::Error => RosterProblemSeverity::Error,
            Severity::Notice => RosterProblemSeverity::Notice,
        },
        message: problem.message,
    }
}

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
    <M::Entity as EntityTrait>::update(row.into_active_model().reset_all()).exec(db).await?;
    Ok(())
}

async fn insert_many<M>(db: &impl ConnectionTrait, rows: Vec<M>) -> Result<()>
where
    M: sea_orm::ModelTrait<Entity: EntityTrait<Model = M>> + IntoActiveModel<<M::Entity as EntityTrait>::ActiveModel>,
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
pub(super) async fn journal(
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
        let select = sea_orm::sea_query::Query::select()
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
        let delete = sea_orm::sea_query::Query::delete()
            .from_table(M::TABLE)
            .and_where(Expr::col("id").is_in(ids.iter().copied()))
            .to_owned();
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
