//! The SQL of exports.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use glans_entity::ids::{BoardId, ClassGroupId, ClusterId, ExportId, SchoolId};
use glans_entity::metrics::ExportState::{Queued, Running};
use glans_entity::metrics::export::{Column, Entity, Model};
use glans_entity::metrics::{ExportBreakdown, Level, Metric, export_chunk, figure, milestone};
use glans_entity::organisation::{board, class_group, cluster, school};
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, LockType, Query};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, IntoActiveModel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

use super::rules::{self, Owner};
use crate::access::{Permit, Place};
use crate::listed;
use crate::platform::alone;
use crate::platform::error::Result;
use crate::platform::own_id::id_taken;
use crate::platform::page::{self, ById, Order, PageArgs, Rows};

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

/// No two exports of a board are started at a time, until the transaction ends: they are counted first. Nothing else of
/// the board waits for that, nor does it wait for an import.
pub(super) async fn lock_board(db: &DatabaseTransaction, board: BoardId) -> Result<()> {
    alone::wait(db, &format!("metrics.exports.{board}")).await
}

/// Who changes what a board wishes to hide waits until the transaction ends, or comes before it. To be asked before an export
/// is changed: whoever withdraws them holds the board already.
pub(super) async fn hold_board(db: &DatabaseTransaction, board: BoardId) -> Result<()> {
    let own = board::Entity::within(&Scope::system(NaiveDate::MIN)).filter(board::Column::Id.eq(board));
    own.lock(LockType::KeyShare).one(db).await?;
    Ok(())
}

/// The figures of the board of an export are there, and all of them.
pub(super) fn is_whole() -> Condition {
    use milestone::Column as Of;
    let missing = Query::select()
        .expr(Expr::val(1))
        .from(milestone::Entity)
        .and_where(Expr::col((milestone::Entity, Of::BoardId)).equals((Entity, Column::BoardId)))
        .and_where(Expr::col((milestone::Entity, Of::Kind)).is_in(milestone::NOT_WHOLE))
        .to_owned();
    Condition::all().add(Expr::not_exists(missing))
}

/// Whether figures of the board are withdrawn, or written in part.
pub(super) async fn is_incomplete(db: &impl ConnectionTrait, board: BoardId) -> Result<bool> {
    let own = milestone::Entity::within(&Scope::system(NaiveDate::MIN)).filter(milestone::Column::BoardId.eq(board));
    Ok(own.filter(milestone::Column::Kind.is_in(milestone::NOT_WHOLE)).limit(1).one(db).await?.is_some())
}

/// How many exports of a board wait or are being written.
pub(super) async fn under_way(db: &impl ConnectionTrait, scope: &Scope, board: BoardId) -> Result<u64> {
    let unfinished = Entity::within(scope).filter(Column::BoardId.eq(board));
    Ok(unfinished.filter(Column::State.is_in([Queued, Running])).count(db).await?)
}

/// The exports of somebody in a board that are still kept, oldest first.
pub(super) async fn kept(
    db: &impl ConnectionTrait,
    scope: &Scope,
    board: BoardId,
    owner: Owner,
    now: DateTime<Utc>,
) -> Result<Vec<Model>> {
    Ok(own(scope, owner, now).filter(Column::BoardId.eq(board)).order_by_asc(Column::Id).all(db).await?)
}

/// How many bytes the files of a board have that are still kept.
pub(super) async fn bytes(db: &impl ConnectionTrait, scope: &Scope, board: BoardId, now: DateTime<Utc>) -> Result<i64> {
    let kept = Entity::within(scope).filter(Column::BoardId.eq(board)).filter(Column::ExpiresAt.gt(now));
    let sum = kept.select_only().column_as(Column::ByteLength.sum(), "bytes");
    let bytes: Option<Option<i64>> = sum.into_tuple().one(db).await?;
    Ok(bytes.flatten().unwrap_or_default())
}

pub(super) async fn insert(db: &DatabaseTransaction, _permit: &Permit, row: Model) -> Result<Model> {
    row.into_active_model().reset_all().insert(db).await.map_err(id_taken)
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

const LATEST_FIRST: ById<Entity> =
    Order { name: "export.latest", columns: Column::Id, key: |row: &Model| row.id.0, descending: true };

listed!(Model, LATEST_FIRST);

/// One page of somebody's own exports, the latest first.
pub(super) async fn list(
    db: &impl ConnectionTrait,
    scope: &Scope,
    owner: Option<Owner>,
    now: DateTime<Utc>,
    args: &PageArgs,
) -> Result<Rows<Model>> {
    let select = match owner {
        Some(owner) => own(scope, owner, now),
        None => Entity::within(scope).filter(Expr::cust("1 = 0")),
    };
    page::rows(db, select, &LATEST_FIRST, args).await
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

/// Lets the time of these exports be over.
pub(super) async fn expire(
    db: &DatabaseTransaction,
    _permit: &Permit,
    exports: &[ExportId],
    now: DateTime<Utc>,
) -> Result<()> {
    if exports.is_empty() {
        return Ok(());
    }
    Entity::update_many()
        .col_expr(Column::ExpiresAt, Expr::value(now))
        .filter(Column::Id.is_in(exports.iter().copied()))
        .exec(db)
        .await?;
    Ok(())
}

/// The exports whose time is over.
pub(super) async fn expired(
    db: &impl ConnectionTrait,
    everywhere: &Scope,
    now: DateTime<Utc>,
) -> Result<Vec<ExportId>> {
    let over = Entity::within(everywhere).filter(Column::ExpiresAt.lte(now));
    Ok(over.select_only().column(Column::Id).into_tuple().all(db).await?)
}

/// Removes an export with its file; 0 where another process did.
pub(super) async fn remove(db: &DatabaseTransaction, export: ExportId) -> Result<u64> {
    Ok(Entity::delete_many().filter(Column::Id.eq(export)).exec(db).await?.rows_affected)
}
