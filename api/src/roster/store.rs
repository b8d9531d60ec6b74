//! The SQL of roster imports. That of the rows they write is in [`journal`].

use chrono::{DateTime, Utc};
use glans_entity::ids::{BoardId, RosterImportId};
use glans_entity::organisation::{board, class_group, cluster, school, school_year};
use glans_entity::people::{enrolment, guardianship, membership, person, student};
use glans_entity::roster::{RosterImportState, RosterProblemSeverity, roster_import, roster_problem};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{ActiveModelTrait, ColumnTrait, ConnectionTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect};

use super::journal;
use super::known::LeftOut;
use super::problem::{Problem, Severity};
use super::stored::Stored;
use crate::access::Permit;
use crate::listed;
use crate::platform::error::{Error, Result};
use crate::platform::page::{self, ById, Order, PageArgs, Rows};

/// The board, if it is in sight.
pub(super) async fn board(db: &impl ConnectionTrait, scope: &Scope, id: BoardId) -> Result<Option<board::Model>> {
    Ok(board::Entity::within(scope).filter(board::Column::Id.eq(id)).one(db).await?)
}

/// Whether the board was closed: nothing is imported into it any more.
pub(super) async fn is_closed(db: &impl ConnectionTrait, scope: &Scope, id: BoardId) -> Result<bool> {
    let board = board(db, scope, id).await?.ok_or_else(|| Error::fault("an import into a board that is not there"))?;
    Ok(board.archived_at.is_some())
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

const LATEST_FIRST: ById<roster_import::Entity> = Order {
    name: "rosterImport.latest",
    columns: roster_import::Column::Id,
    key: |row: &roster_import::Model| row.id.0,
    descending: true,
};

listed!(roster_import::Model, LATEST_FIRST);

/// One page of the imports of `board` that are in sight, the latest first.
pub(super) async fn imports(
    db: &impl ConnectionTrait,
    scope: &Scope,
    board: Option<BoardId>,
    args: &PageArgs,
) -> Result<Rows<roster_import::Model>> {
    use roster_import::Column;
    let select = roster_import::Entity::within(scope).filter(Column::BoardId.is_in(board));
    page::rows(db, select, &LATEST_FIRST, args).await
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

/// Imports for which an upload is waited for, and whose address is valid no longer.
pub(super) async fn expired(
    db: &impl ConnectionTrait,
    scope: &Scope,
    now: DateTime<Utc>,
) -> Result<Vec<roster_import::Model>> {
    use roster_import::Column;
    let select = roster_import::Entity::within(scope).filter(Column::State.eq(RosterImportState::AwaitingUpload));
    Ok(select.filter(Column::UploadExpiresAt.lte(now)).all(db).await?)
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
    journal::insert_many(db, rows).await
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
