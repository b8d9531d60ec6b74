//! The SQL of the inbox.

use chrono::{DateTime, Utc};
use glans_entity::ids::{NotificationId, StudentId};
use glans_entity::notifications::notification::{self, Column, Entity, Model};
use glans_entity::notifications::notification_student;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::sea_query::Expr;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select,
};
use uuid::Uuid;

use super::COUNTED;
use crate::platform::error::Result;
use crate::platform::page::{self, Order, PageArgs, Rows};

/// What of the inbox is wanted.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    pub student: Option<StudentId>,
    pub unread_only: bool,
}

fn own(scope: &Scope, wanted: &Wanted) -> Select<Entity> {
    let mut rows = Entity::within(scope);
    if wanted.unread_only {
        rows = rows.filter(Column::ReadAt.is_null());
    }
    if let Some(student) = wanted.student {
        rows = rows.filter(Column::Id.in_subquery(about(student)));
    }
    rows
}

/// A link is seen by who sees the notification.
#[expect(clippy::disallowed_methods, reason = "links have no sight of their own: the notifications around them do")]
fn about(student: StudentId) -> sea_orm::sea_query::SelectStatement {
    notification_student::Entity::find()
        .select_only()
        .column(notification_student::Column::NotificationId)
        .filter(notification_student::Column::StudentId.eq(student))
        .into_query()
}

/// One page of the inbox, newest first.
pub(super) async fn page(
    db: &impl ConnectionTrait,
    scope: &Scope,
    wanted: &Wanted,
    args: &PageArgs,
) -> Result<Rows<Model>> {
    let order = Order {
        name: "notifications.time",
        columns: (Column::CreatedAt, Column::Id),
        key: |row: &Model| (row.created_at, row.id.0),
        descending: true,
    };
    page::rows(db, own(scope, wanted), &order, args).await
}

/// How many of late that is.
pub(super) async fn count(
    db: &impl ConnectionTrait,
    scope: &Scope,
    wanted: &Wanted,
    now: DateTime<Utc>,
) -> Result<u64> {
    Ok(own(scope, wanted).filter(Column::CreatedAt.gte(now - COUNTED)).count(db).await?)
}

/// The notifications in sight with these ids.
pub(super) async fn by_ids(db: &impl ConnectionTrait, scope: &Scope, ids: &[NotificationId]) -> Result<Vec<Model>> {
    Ok(Entity::within(scope).filter(Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// Which children these notifications of the viewer concern.
#[expect(clippy::disallowed_methods, reason = "links have no sight of their own: the notifications around them do")]
pub(super) async fn students_of(
    db: &impl ConnectionTrait,
    ids: &[NotificationId],
) -> Result<Vec<(NotificationId, StudentId)>> {
    use notification_student::Column as Link;
    let rows = notification_student::Entity::find()
        .select_only()
        .columns([Link::NotificationId, Link::StudentId])
        .filter(Link::NotificationId.is_in(ids.iter().copied()));
    Ok(rows.into_tuple().all(db).await?)
}

/// Marks these as read.
pub(super) async fn read(
    db: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[NotificationId],
    now: DateTime<Utc>,
) -> Result<()> {
    mark(db, scope, Condition::all().add(Column::Id.is_in(ids.iter().copied())), now).await
}

/// Marks all as read that are not newer than `last`.
pub(super) async fn read_up_to(
    db: &impl ConnectionTrait,
    scope: &Scope,
    last: &Model,
    now: DateTime<Utc>,
) -> Result<()> {
    let same = Condition::all().add(Column::CreatedAt.eq(last.created_at)).add(Column::Id.lte(last.id));
    let earlier = Condition::any().add(Column::CreatedAt.lt(last.created_at)).add(same);
    mark(db, scope, Condition::all().add(earlier), now).await
}

async fn mark(db: &impl ConnectionTrait, scope: &Scope, which: Condition, now: DateTime<Utc>) -> Result<()> {
    notification::Entity::update_many()
        .col_expr(Column::ReadAt, Expr::value(now))
        .filter(Entity::visible(scope))
        .filter(which)
        .filter(Column::ReadAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}

/// What came since, oldest first, without what was told already.
pub(super) async fn since(
    db: &impl ConnectionTrait,
    scope: &Scope,
    since: DateTime<Utc>,
    told: &[Uuid],
    most: u64,
) -> Result<Vec<Model>> {
    let rows = Entity::within(scope)
        .filter(Column::CreatedAt.gte(since))
        .filter(Column::Id.is_not_in(told.iter().copied()))
        .order_by_asc(Column::CreatedAt)
        .order_by_asc(Column::Id)
        .limit(most);
    Ok(rows.all(db).await?)
}
