//! The SQL of exports.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::ids::{BoardId, ClassGroupId, ClusterId, ExportId, SchoolId};
use glans_entity::metrics::ExportState::{Failed, Queued, Ready, Running};
use glans_entity::metrics::export::{Column, Entity, Model};
use glans_entity::metrics::{ExportBreakdown, Level, Metric, export_chunk, figure};
use glans_entity::organisation::{board, class_group, cluster, school};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, LockBehavior, LockType, Order as Sorted, Query};
use sea_orm::{
    ActiveEnum, ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait,
    IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

use super::file::Block;
use super::rules::{self, Owner};
use crate::access::{Permit, Place};
use crate::platform::error::Result;
use crate::platform::page::{self, Order, PageArgs, Rows};

/// The place with this id, inside the wall of the boards in sight. Whether its figures are in sight is a rule.
pub(super) async fn place(db: &impl ConnectionTrait, scope: &Scope, level: Level, id: Uuid) -> Result<Option<Place>> {
    let (everywhere, boards) = (Scope::system(scope.on), scope.boards.iter().copied());
    Ok(match level {
        Level::Board => {
            let wall = board::Column::Id.is_in(boards);
            let row = board::Entity::within(&everywhere).filter(wall).filter(board::Column::Id.eq(BoardId(id)));
            row.one(db).await?.map(|row| Place::from(&row))
        }
        Level::Cluster => {
            let wall = cluster::Column::BoardId.is_in(boards);
            let row = cluster::Entity::within(&everywhere).filter(wall).filter(cluster::Column::Id.eq(ClusterId(id)));
            row.one(db).await?.map(|row| Place::from(&row))
        }
        Level::School => school_within(db, &everywhere, scope, SchoolId(id)).await?.map(|row| Place::from(&row)),
        Level::ClassGroup => {
            let wall = class_group::Column::BoardId.is_in(boards);
            let of = class_group::Column::Id.eq(ClassGroupId(id));
            let Some(group) = class_group::Entity::within(&everywhere).filter(wall).filter(of).one(db).await? else {
                return Ok(None);
            };
            let school = school_within(db, &everywhere, scope, group.school_id).await?;
            school.map(|school| Place::class_group(&group, &school))
        }
    })
}

async fn school_within(
    db: &impl ConnectionTrait,
    everywhere: &Scope,
    scope: &Scope,
    id: SchoolId,
) -> Result<Option<school::Model>> {
    let wall = school::Column::BoardId.is_in(scope.boards.iter().copied());
    Ok(school::Entity::within(everywhere).filter(wall).filter(school::Column::Id.eq(id)).one(db).await?)
}

/// The names of the places of an export.
pub(super) async fn names(db: &impl ConnectionTrait, scope: &Scope, export: &Model) -> Result<HashMap<Uuid, String>> {
    let (everywhere, board) = (Scope::system(scope.on), export.board_id);
    let rows: Vec<(Uuid, String)> = match rules::level_of_rows(export) {
        Level::Board => {
            use board::Column;
            let rows = board::Entity::within(&everywhere).filter(Column::Id.eq(board));
            rows.select_only().column(Column::Id).column(Column::Name).into_tuple().all(db).await?
        }
        Level::Cluster => {
            use cluster::Column;
            let rows = cluster::Entity::within(&everywhere).filter(Column::BoardId.eq(board));
            rows.select_only().column(Column::Id).column(Column::Name).into_tuple().all(db).await?
        }
        Level::School => {
            use school::Column;
            let rows = school::Entity::within(&everywhere).filter(Column::BoardId.eq(board));
            rows.select_only().column(Column::Id).column(Column::Name).into_tuple().all(db).await?
        }
        Level::ClassGroup => {
            use class_group::Column;
            let of = Condition::any().add(Column::Id.eq(export.place_id)).add(Column::SchoolId.eq(export.place_id));
            let rows = class_group::Entity::within(&everywhere).filter(Column::BoardId.eq(board)).filter(of);
            rows.select_only().column(Column::Id).column(Column::Name).into_tuple().all(db).await?
        }
    };
    Ok(rows.into_iter().collect())
}

/// The figures of an export that are in sight, of the period that begins at `from` and those after it.
fn figures(scope: &Scope, export: &Model, from: NaiveDate) -> Select<figure::Entity> {
    use figure::Column;
    let within = match (export.breakdown, export.level) {
        (ExportBreakdown::None | ExportBreakdown::Language, _) => Some(Column::PlaceId.eq(export.place_id)),
        // All that the board has of them.
        (_, Level::Board) => None,
        _ => Some(Column::ParentId.eq(export.place_id)),
    };
    let by_language = export.breakdown == ExportBreakdown::Language;
    let select = figure::Entity::within(scope)
        .filter(Column::BoardId.eq(export.board_id))
        .filter(Column::Span.eq(export.span))
        .filter(Column::Level.eq(rules::level_of_rows(export)))
        .filter(if by_language { Column::Language.ne("") } else { Column::Language.eq("") })
        .filter(Column::StartsOn.gte(from))
        .filter(Column::StartsOn.lte(export.last_on));
    match within {
        Some(within) => select.filter(within),
        None => select,
    }
}

/// How many figures an export has; no more than one over what a file may hold is counted.
pub(super) async fn count(db: &impl ConnectionTrait, scope: &Scope, export: &Model) -> Result<u64> {
    let found = figures(scope, export, export.first_on)
        .filter(figure::Column::Metric.is_in(rules::metrics(export)?))
        .select_only()
        .column(figure::Column::PlaceId)
        .limit(rules::MOST_ROWS + 1)
        .into_query();
    let count = Query::select()
        .expr_as(Expr::cust("COUNT(*)"), Alias::new("count"))
        .from_subquery(found, Alias::new("found"))
        .to_owned();
    let row = db.query_one(&count).await?;
    let count: Option<i64> = row.map(|row| row.try_get("", "count")).transpose()?;
    Ok(count.and_then(|count| u64::try_from(count).ok()).unwrap_or_default())
}

/// Where a figure stands among those of its metric.
#[derive(Clone, Debug)]
pub(super) struct Mark {
    language: String,
    starts_on: NaiveDate,
    place: Uuid,
    parent: Uuid,
}

impl Mark {
    pub(super) fn of(figure: &figure::Model) -> Self {
        let language = figure.language.clone();
        Self { language, starts_on: figure.starts_on, place: figure.place_id, parent: figure.parent_id }
    }
}

/// Figures of a metric after `after`, at most `most`: by language, period and place, the parts of a place side by side.
pub(super) async fn page(
    db: &impl ConnectionTrait,
    scope: &Scope,
    export: &Model,
    (metric, after): (Metric, Option<&Mark>),
    most: u64,
) -> Result<Vec<figure::Model>> {
    use figure::Column;
    // Says once more what the keys say below: with it an index leads to where the last page ended.
    let from = after.filter(|mark| mark.language.is_empty()).map_or(export.first_on, |mark| mark.starts_on);
    let mut select = figures(scope, export, from)
        .filter(Column::Metric.eq(metric))
        .order_by_asc(Column::Language)
        .order_by_asc(Column::StartsOn)
        .order_by_asc(Column::PlaceId)
        .order_by_asc(Column::ParentId)
        .limit(most);
    if let Some(mark) = after {
        let key = [Column::Language, Column::StartsOn, Column::PlaceId, Column::ParentId];
        let past = Expr::tuple(key.map(Expr::col)).gt(Expr::tuple([
            Expr::val(mark.language.clone()),
            Expr::val(mark.starts_on),
            Expr::val(mark.place),
            Expr::val(mark.parent),
        ]));
        select = select.filter(past);
    }
    Ok(select.all(db).await?)
}

/// No two exports of a board are started at a time, until the transaction ends: they are counted first.
pub(super) async fn lock_board(db: &DatabaseTransaction, scope: &Scope, board: BoardId) -> Result<()> {
    let everywhere = Scope::system(scope.on);
    board::Entity::within(&everywhere).filter(board::Column::Id.eq(board)).lock_exclusive().one(db).await?;
    Ok(())
}

/// How many exports of a board wait or are being written.
pub(super) async fn under_way(db: &impl ConnectionTrait, scope: &Scope, board: BoardId) -> Result<u64> {
    let unfinished = Entity::within(scope).filter(Column::BoardId.eq(board));
    Ok(unfinished.filter(Column::State.is_in([Queued, Running])).count(db).await?)
}

pub(super) async fn insert(db: &DatabaseTransaction, _permit: &Permit, row: Model) -> Result<Model> {
    Ok(row.into_active_model().reset_all().insert(db).await?)
}

/// The exports of somebody that are still kept.
fn own(scope: &Scope, owner: Owner, now: DateTime<Utc>) -> Select<Entity> {
    let whose = match owner {
        Owner::Account(account) => Column::AccountId.eq(account),
        Owner::Client(client) => Column::ClientId.eq(client),
    };
    Entity::within(scope).filter(whose).filter(Column::ExpiresAt.gt(now))
}

/// Those of `ids` that are somebody's own.
pub(super) async fn by_ids(
    db: &impl ConnectionTrait,
    scope: &Scope,
    owner: Owner,
    ids: &[ExportId],
    now: DateTime<Utc>,
) -> Result<Vec<Model>> {
    Ok(own(scope, owner, now).filter(Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// One page of somebody's own exports, the latest first.
pub(super) async fn list(
    db: &impl ConnectionTrait,
    scope: &Scope,
    owner: Option<Owner>,
    now: DateTime<Utc>,
    args: &PageArgs,
) -> Result<Rows<Model>> {
    let order = Order { name: "export.latest", columns: Column::Id, key: |row: &Model| row.id.0, descending: true };
    let select = match owner {
        Some(owner) => own(scope, owner, now),
        None => Entity::within(scope).filter(Expr::cust("1 = 0")),
    };
    page::rows(db, select, &order, args).await
}

/// A block of a file.
pub(super) async fn block(
    db: &impl ConnectionTrait,
    scope: &Scope,
    export: ExportId,
    position: i32,
) -> Result<Option<Vec<u8>>> {
    use export_chunk::Column;
    let block = export_chunk::Entity::within(scope).filter(Column::ExportId.eq(export));
    Ok(block.filter(Column::Position.eq(position)).one(db).await?.map(|block| block.bytes))
}

/// What waits, or was left by who did not come back.
fn waiting(now: DateTime<Utc>) -> Condition {
    let left = Condition::all().add(Column::State.eq(Running)).add(Column::LeasedUntil.lt(now));
    Condition::any().add(Column::State.eq(Queued)).add(left)
}

/// Whether there is anything to write.
pub(super) async fn is_waiting(db: &impl ConnectionTrait, everywhere: &Scope, now: DateTime<Utc>) -> Result<bool> {
    Ok(Entity::within(everywhere).filter(waiting(now)).limit(1).one(db).await?.is_some())
}

/// Takes what waits longest under the lease `lease`, without what somebody wrote of it before. What another process has
/// under its hands is passed over.
pub(super) async fn claim(db: &DatabaseTransaction, lease: Uuid, now: DateTime<Utc>) -> Result<Option<Model>> {
    let mut first = Query::select();
    first
        .column(Column::Id)
        .from(Entity)
        .cond_where(waiting(now))
        .order_by(Column::CreatedAt, Sorted::Asc)
        .order_by(Column::Id, Sorted::Asc)
        .limit(1);
    if db.get_database_backend() == DbBackend::Postgres {
        first.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked);
    }
    let claimed = Entity::update_many()
        .col_expr(Column::State, Expr::value(Running.to_value()))
        .col_expr(Column::Lease, Expr::value(lease))
        .col_expr(Column::LeasedUntil, Expr::value(now + rules::LEASE))
        .col_expr(Column::Attempts, Expr::col(Column::Attempts).add(1))
        .filter(Column::Id.in_subquery(first));
    let claimed = claimed.exec_with_returning(db).await?.pop();
    if let Some(export) = &claimed {
        clear(db, export.id).await?;
    }
    Ok(claimed)
}

async fn clear(db: &DatabaseTransaction, export: ExportId) -> Result<()> {
    export_chunk::Entity::delete_many().filter(export_chunk::Column::ExportId.eq(export)).exec(db).await?;
    Ok(())
}

/// The export, as long as it is under the lease.
fn held(export: ExportId, lease: Uuid) -> Condition {
    Condition::all().add(Column::Id.eq(export)).add(Column::Lease.eq(lease)).add(Column::State.eq(Running))
}

/// Keeps blocks of a file, and the lease for longer. False where another one has taken it: nothing is kept then.
pub(super) async fn keep(
    db: &DatabaseTransaction,
    export: &Model,
    lease: Uuid,
    blocks: Vec<Block>,
    now: DateTime<Utc>,
) -> Result<bool> {
    // The row stays locked, so that nobody takes it over before the commit.
    let renewed = Entity::update_many()
        .col_expr(Column::LeasedUntil, Expr::value(now + rules::LEASE))
        .filter(held(export.id, lease));
    if renewed.exec(db).await?.rows_affected == 0 {
        return Ok(false);
    }
    let rows: Vec<_> = blocks
        .into_iter()
        .map(|(position, bytes)| {
            let row = export_chunk::Model { export_id: export.id, position, board_id: export.board_id, bytes };
            row.into_active_model().reset_all()
        })
        .collect();
    if !rows.is_empty() {
        export_chunk::Entity::insert_many(rows).exec_without_returning(db).await?;
    }
    Ok(true)
}

fn ended(export: ExportId, lease: Uuid) -> sea_orm::UpdateMany<Entity> {
    Entity::update_many()
        .col_expr(Column::Lease, Expr::value(None::<Uuid>))
        .col_expr(Column::LeasedUntil, Expr::value(None::<DateTime<Utc>>))
        .filter(held(export, lease))
}

/// The file is whole: it is there to be fetched.
pub(super) async fn finish(
    db: &DatabaseTransaction,
    export: ExportId,
    lease: Uuid,
    (rows, bytes): (i32, i32),
    now: DateTime<Utc>,
) -> Result<()> {
    ended(export, lease)
        .col_expr(Column::State, Expr::value(Ready.to_value()))
        .col_expr(Column::RowCount, Expr::value(rows))
        .col_expr(Column::ByteLength, Expr::value(bytes))
        .col_expr(Column::FinishedAt, Expr::value(now))
        .exec(db)
        .await?;
    Ok(())
}

/// There will be no file.
pub(super) async fn fail(
    db: &DatabaseTransaction,
    export: ExportId,
    lease: Uuid,
    why: &str,
    now: DateTime<Utc>,
) -> Result<()> {
    let failed = ended(export, lease)
        .col_expr(Column::State, Expr::value(Failed.to_value()))
        .col_expr(Column::Failure, Expr::value(why))
        .col_expr(Column::FinishedAt, Expr::value(now));
    if failed.exec(db).await?.rows_affected > 0 {
        clear(db, export).await?;
    }
    Ok(())
}

/// It waits again, for whoever comes next.
pub(super) async fn give_back(db: &DatabaseTransaction, export: ExportId, lease: Uuid) -> Result<()> {
    ended(export, lease).col_expr(Column::State, Expr::value(Queued.to_value())).exec(db).await?;
    Ok(())
}

/// An export whose time is over.
pub(super) async fn expired(
    db: &impl ConnectionTrait,
    everywhere: &Scope,
    now: DateTime<Utc>,
) -> Result<Option<ExportId>> {
    let over = Entity::within(everywhere).filter(Column::ExpiresAt.lte(now)).limit(1);
    Ok(over.one(db).await?.map(|export| export.id))
}

/// Removes an export with its file.
pub(super) async fn remove(db: &DatabaseTransaction, export: ExportId) -> Result<()> {
    Entity::delete_many().filter(Column::Id.eq(export)).exec(db).await?;
    Ok(())
}
