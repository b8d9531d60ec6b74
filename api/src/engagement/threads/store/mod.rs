//! The SQL of threads and who takes part.

mod left_alone;
mod messages;

use chrono::{DateTime, Utc};
use glans_entity::engagement::{ThreadStatus, message, recipient, thread, thread_participant};
use glans_entity::ids::{AccountId, PersonId, StudentId, ThreadId};
use glans_entity::people::person;
use glans_entity::scope::{Scope, Scoped, threads};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Select,
};

use crate::access::Permit;
use crate::listed;
use crate::platform::error::{Result, taken};
use crate::platform::own_id::ID_TAKEN;
use crate::platform::page::{self, By, Order, PageArgs, Rows};

pub use left_alone::*;
pub use messages::*;

/// The threads that the viewer may see by now.
fn seen(scope: &Scope, now: DateTime<Utc>) -> Select<thread::Entity> {
    let all = thread::Entity::within(scope);
    if scope.system { all } else { all.filter(threads::open(scope, now)) }
}

/// The threads in sight with these ids.
pub(super) async fn by_ids(
    db: &impl ConnectionTrait,
    scope: &Scope,
    now: DateTime<Utc>,
    ids: &[ThreadId],
) -> Result<Vec<thread::Model>> {
    Ok(seen(scope, now).filter(thread::Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// The thread, if it is in sight; nobody else writes in it until the transaction ends.
pub(super) async fn lock(
    db: &impl ConnectionTrait,
    scope: &Scope,
    now: DateTime<Utc>,
    id: ThreadId,
) -> Result<Option<thread::Model>> {
    Ok(seen(scope, now).filter(thread::Column::Id.eq(id)).lock_exclusive().one(db).await?)
}

/// Which threads a list holds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wanted {
    pub student: Option<StudentId>,
    /// Only those in which something waits to be read.
    pub unread: bool,
}

const LATEST_FIRST: By<thread::Entity, DateTime<Utc>> = Order {
    name: "thread.time",
    columns: (thread::Column::LastAt, thread::Column::Id),
    key: |row: &thread::Model| (row.last_at, row.id.0),
    descending: true,
};

listed!(thread::Model, LATEST_FIRST);

/// One page of the threads in sight, the one in which something arrived last first.
pub(super) async fn page(
    db: &impl ConnectionTrait,
    scope: &Scope,
    now: DateTime<Utc>,
    wanted: Wanted,
    args: &PageArgs,
) -> Result<Rows<thread::Model>> {
    let mut select = seen(scope, now);
    if let Some(student) = wanted.student {
        select = select.filter(thread::Column::StudentId.eq(student));
    }
    if wanted.unread {
        select =
            select.filter(thread::Column::Id.in_subquery(unread(scope, now, message::Column::ThreadId).into_query()));
    }
    page::rows(db, select, &LATEST_FIRST, args).await
}

/// Those in sight who take part in `threads`, in the order in which they joined.
pub(super) async fn participants_of(
    db: &impl ConnectionTrait,
    scope: &Scope,
    threads: &[ThreadId],
) -> Result<Vec<thread_participant::Model>> {
    use thread_participant::Column;
    let of_them = Column::ThreadId.is_in(threads.iter().copied());
    let rows = thread_participant::Entity::within(scope).filter(of_them);
    Ok(rows.order_by_asc(Column::JoinedAt).order_by_asc(Column::PersonId).all(db).await?)
}

/// The names to show of `persons`, whoever asks: who shares a thread with somebody knows the name.
pub(super) async fn names(
    db: &impl ConnectionTrait,
    everywhere: &Scope,
    persons: &[PersonId],
) -> Result<Vec<(PersonId, String)>> {
    let rows = person::Entity::within(everywhere).filter(person::Column::Id.is_in(persons.iter().copied()));
    let rows = rows.select_only().columns([person::Column::Id, person::Column::DisplayName]);
    Ok(rows.into_tuple().all(db).await?)
}

/// The logins of `persons`.
pub(super) async fn accounts(
    db: &impl ConnectionTrait,
    everywhere: &Scope,
    persons: &[PersonId],
) -> Result<Vec<AccountId>> {
    let rows = person::Entity::within(everywhere)
        .filter(person::Column::Id.is_in(persons.iter().copied()))
        .filter(person::Column::AccountId.is_not_null());
    Ok(rows.select_only().column(person::Column::AccountId).into_tuple().all(db).await?)
}

/// Inserts a thread.
pub(super) async fn insert(db: &impl ConnectionTrait, _permit: &Permit, row: thread::Model) -> Result<thread::Model> {
    row.into_active_model().reset_all().insert(db).await.map_err(taken("id", ID_TAKEN))
}

/// Lets persons take part; who does already stays as they are.
pub(super) async fn join(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    rows: Vec<thread_participant::Model>,
) -> Result<()> {
    use thread_participant::{Column, Entity};
    if rows.is_empty() {
        return Ok(());
    }
    let keep = OnConflict::columns([Column::ThreadId, Column::PersonId]).do_nothing().to_owned();
    let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
    Entity::insert_many(rows).on_conflict(keep).exec_without_returning(db).await?;
    Ok(())
}

/// Stores the changed fields of a thread as its next version.
pub(super) async fn update(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    mut row: thread::ActiveModel,
    version: i32,
    now: DateTime<Utc>,
) -> Result<thread::Model> {
    row.version = Set(version + 1);
    row.updated_at = Set(now);
    Ok(row.update(db).await?)
}

/// Notes when the last message was sent. What is held is nobody else's to know: the thread stays as it is.
pub(super) async fn note_sent(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    thread: ThreadId,
    at: DateTime<Utc>,
) -> Result<()> {
    thread::Entity::update_many()
        .col_expr(thread::Column::LastSentAt, Expr::val(at))
        .filter(thread::Column::Id.eq(thread))
        .exec(db)
        .await?;
    Ok(())
}

/// Moves a thread up in the lists of `persons`.
pub(super) async fn lift(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    thread: ThreadId,
    persons: &[PersonId],
    at: DateTime<Utc>,
) -> Result<()> {
    use recipient::Column;
    recipient::Entity::update_many()
        .col_expr(Column::At, Expr::val(at))
        .filter(Column::ItemId.eq(thread.0))
        .filter(Column::PersonId.is_in(persons.iter().copied()))
        .filter(Column::At.lt(at))
        .exec(db)
        .await?;
    Ok(())
}

/// Notes how far somebody has read these threads, never back; in how many it is further than before.
pub async fn read(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    threads: &[ThreadId],
    person: PersonId,
    up_to: DateTime<Utc>,
) -> Result<u64> {
    use recipient::Column;
    use thread_participant::Column as Part;
    thread_participant::Entity::update_many()
        .col_expr(Part::ReadUpTo, Expr::val(up_to))
        .filter(Part::ThreadId.is_in(threads.iter().copied()))
        .filter(Part::PersonId.eq(person))
        .filter(Part::ReadUpTo.is_null().or(Part::ReadUpTo.lt(up_to)))
        .exec(db)
        .await?;
    let done = recipient::Entity::update_many()
        .col_expr(Column::ReadAt, Expr::val(up_to))
        .filter(Column::ItemId.is_in(threads.iter().map(|thread| thread.0)))
        .filter(Column::PersonId.eq(person))
        .filter(Column::ReadAt.is_null().or(Column::ReadAt.lt(up_to)))
        .exec(db)
        .await?;
    Ok(done.rows_affected)
}

/// What a thread becomes when it is closed.
pub(super) fn closed(thread: thread::Model, by: Option<PersonId>, now: DateTime<Utc>) -> thread::ActiveModel {
    let mut row = thread.into_active_model();
    (row.status, row.closed_at, row.closed_by) = (Set(ThreadStatus::Closed), Set(Some(now)), Set(by));
    row
}
