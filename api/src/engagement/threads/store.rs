//! The SQL of threads and messages. Every read leaves out what has not arrived.

use chrono::{DateTime, Utc};
use glans_entity::engagement::{ThreadStatus, message, recipient, thread, thread_participant};
use glans_entity::ids::{AccountId, MessageId, PersonId, StudentId, ThreadId};
use glans_entity::people::person;
use glans_entity::scope::{Scope, Scoped, threads};
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, OnConflict, Query, SelectStatement};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel,
    QueryFilter, QueryOrder, QuerySelect, QueryTrait, Select,
};

use crate::access::Permit;
use crate::platform::error::{Result, taken};
use crate::platform::page::{self, Order, PageArgs, Rows};

const ID_TAKEN: &str = "This id is in use. Make a new one.";

/// The threads that the viewer may see by now.
fn seen(scope: &Scope, now: DateTime<Utc>) -> Select<thread::Entity> {
    let all = thread::Entity::within(scope);
    if scope.system { all } else { all.filter(threads::open(scope, now)) }
}

/// The messages that the viewer may see by now.
fn messages_seen(scope: &Scope, now: DateTime<Utc>) -> Select<message::Entity> {
    let all = message::Entity::within(scope);
    if scope.system { all } else { all.filter(threads::arrived(scope, now)) }
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

/// The messages in sight with these ids.
pub(super) async fn messages_by_ids(
    db: &impl ConnectionTrait,
    scope: &Scope,
    now: DateTime<Utc>,
    ids: &[MessageId],
) -> Result<Vec<message::Model>> {
    Ok(messages_seen(scope, now).filter(message::Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

/// Which threads a list holds.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wanted {
    pub student: Option<StudentId>,
    /// Only those in which something waits to be read.
    pub unread: bool,
    /// Also those in which the viewer takes no part.
    pub all: bool,
}

/// One page of the threads in sight, the one in which something arrived last first.
pub(super) async fn page(
    db: &impl ConnectionTrait,
    scope: &Scope,
    now: DateTime<Utc>,
    wanted: Wanted,
    args: &PageArgs,
) -> Result<Rows<thread::Model>> {
    let order = Order {
        name: "thread.time",
        columns: (thread::Column::LastAt, thread::Column::Id),
        key: |row: &thread::Model| (row.last_at, row.id.0),
        descending: true,
    };
    let mut select = seen(scope, now);
    if let Some(student) = wanted.student {
        select = select.filter(thread::Column::StudentId.eq(student));
    }
    if wanted.unread {
        select =
            select.filter(thread::Column::Id.in_subquery(unread(scope, now, message::Column::ThreadId).into_query()));
    } else if !wanted.all {
        select = select.filter(thread::Column::Id.in_subquery(own_threads(scope)));
    }
    page::rows(db, select, &order, args).await
}

/// The threads in which the viewer takes part.
fn own_threads(scope: &Scope) -> SelectStatement {
    use thread_participant::Column;
    let own = thread_participant::Entity::within(scope).filter(Column::PersonId.is_in(scope.persons.iter().copied()));
    own.select_only().column(Column::ThreadId).into_query()
}

/// One page of the messages in sight of a thread, in the order in which they arrive.
pub(super) async fn messages(
    db: &impl ConnectionTrait,
    scope: &Scope,
    now: DateTime<Utc>,
    thread: ThreadId,
    args: &PageArgs,
) -> Result<Rows<message::Model>> {
    let order = Order {
        name: "message.time",
        columns: (message::Column::ArrivesAt, message::Column::Id),
        key: |row: &message::Model| (row.arrives_at, row.id.0),
        descending: false,
    };
    page::rows(db, messages_seen(scope, now).filter(message::Column::ThreadId.eq(thread)), &order, args).await
}

/// The last message in sight of each of `threads`.
pub(super) async fn last_messages(
    db: &impl ConnectionTrait,
    scope: &Scope,
    now: DateTime<Utc>,
    threads: &[ThreadId],
) -> Result<Vec<message::Model>> {
    use message::Column;
    let of_them = || messages_seen(scope, now).filter(Column::ThreadId.is_in(threads.iter().copied()));
    let last = of_them().select_only().column_as(Column::ArrivesAt.max(), "last").group_by(Column::ThreadId);
    // Of two threads one may hold something at the last moment of the other: the later one of a thread counts.
    let rows = of_them().filter(Column::ArrivesAt.in_subquery(last.into_query()));
    Ok(rows.order_by_asc(Column::ArrivesAt).all(db).await?)
}

/// Messages of others that have arrived and that the viewer has not read, in threads in which they take part.
fn unread(scope: &Scope, now: DateTime<Utc>, column: message::Column) -> Select<message::Entity> {
    use thread_participant::{Column as Part, Entity as Participant};
    let (thread, read) = ((Participant, Part::ThreadId), Expr::col((Participant, Part::ReadUpTo)));
    let part = Query::select()
        .expr(Expr::val(1))
        .from(Participant)
        .and_where(Expr::col(thread).eq(Expr::col((message::Entity, message::Column::ThreadId))))
        .and_where(Expr::col((Participant, Part::PersonId)).is_in(scope.persons.iter().map(|person| person.0)))
        .cond_where(
            Condition::any()
                .add(read.clone().is_null())
                .add(read.lt(Expr::col((message::Entity, message::Column::ArrivesAt)))),
        )
        .to_owned();
    message::Entity::within(scope)
        .select_only()
        .column(column)
        .filter(message::Column::ArrivesAt.lte(now))
        .filter(message::Column::AuthorId.is_not_in(scope.persons.iter().copied()))
        .filter(Expr::exists(part))
}

/// How many messages of each of `threads` the viewer has not read.
pub(super) async fn unread_counts(
    db: &impl ConnectionTrait,
    scope: &Scope,
    now: DateTime<Utc>,
    threads: &[ThreadId],
) -> Result<Vec<(ThreadId, i64)>> {
    let counts = unread(scope, now, message::Column::ThreadId)
        .column_as(message::Column::Id.count(), "count")
        .filter(message::Column::ThreadId.is_in(threads.iter().copied()))
        .group_by(message::Column::ThreadId);
    Ok(counts.into_tuple().all(db).await?)
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

/// When the last message of `author` in the thread arrives.
pub(super) async fn last_of_author(
    db: &impl ConnectionTrait,
    thread: ThreadId,
    author: PersonId,
    everywhere: &Scope,
) -> Result<Option<DateTime<Utc>>> {
    use message::Column;
    let own =
        message::Entity::within(everywhere).filter(Column::ThreadId.eq(thread)).filter(Column::AuthorId.eq(author));
    let last = own.order_by_desc(Column::ArrivesAt).select_only().column(Column::ArrivesAt);
    Ok(last.into_tuple().one(db).await?)
}

/// The arrivals in the thread from `from` on, in order.
pub(super) async fn arrivals_from(
    db: &impl ConnectionTrait,
    thread: ThreadId,
    from: DateTime<Utc>,
    everywhere: &Scope,
) -> Result<Vec<DateTime<Utc>>> {
    use message::Column;
    let later =
        message::Entity::within(everywhere).filter(Column::ThreadId.eq(thread)).filter(Column::ArrivesAt.gte(from));
    Ok(later.order_by_asc(Column::ArrivesAt).select_only().column(Column::ArrivesAt).into_tuple().all(db).await?)
}

/// Inserts a thread.
pub(super) async fn insert(db: &impl ConnectionTrait, _permit: &Permit, row: thread::Model) -> Result<thread::Model> {
    row.into_active_model().reset_all().insert(db).await.map_err(taken("id", ID_TAKEN))
}

/// Inserts a message.
pub(super) async fn insert_message(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    row: message::Model,
) -> Result<message::Model> {
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

/// Notes that the lists of those whom a message reaches have been told.
pub(super) async fn announced(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    row: message::Model,
    now: DateTime<Utc>,
) -> Result<message::Model> {
    let version = row.version;
    let mut row = row.into_active_model();
    (row.announced_at, row.updated_at, row.version) = (Set(Some(now)), Set(now), Set(version + 1));
    Ok(row.update(db).await?)
}

/// Moves a thread up in the lists of all whom it is addressed to.
pub(super) async fn lift(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    thread: ThreadId,
    at: DateTime<Utc>,
) -> Result<()> {
    use recipient::Column;
    recipient::Entity::update_many()
        .col_expr(Column::At, Expr::val(at))
        .filter(Column::ItemId.eq(thread.0))
        .filter(Column::At.lt(at))
        .exec(db)
        .await?;
    Ok(())
}

/// Notes how far somebody has read; never back.
pub(super) async fn read(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    thread: ThreadId,
    person: PersonId,
    up_to: DateTime<Utc>,
) -> Result<()> {
    use recipient::Column;
    use thread_participant::Column as Part;
    thread_participant::Entity::update_many()
        .col_expr(Part::ReadUpTo, Expr::val(up_to))
        .filter(Part::ThreadId.eq(thread))
        .filter(Part::PersonId.eq(person))
        .filter(Part::ReadUpTo.is_null().or(Part::ReadUpTo.lt(up_to)))
        .exec(db)
        .await?;
    recipient::Entity::update_many()
        .col_expr(Column::ReadAt, Expr::val(up_to))
        .filter(Column::ItemId.eq(thread.0))
        .filter(Column::PersonId.eq(person))
        .filter(Column::ReadAt.is_null().or(Column::ReadAt.lt(up_to)))
        .exec(db)
        .await?;
    Ok(())
}

/// Whether somebody has read all that others wrote in the thread and that arrived before `arrival`.
pub(super) async fn has_read_all(
    db: &impl ConnectionTrait,
    everywhere: &Scope,
    part: &thread_participant::Model,
    arrival: DateTime<Utc>,
) -> Result<bool> {
    use message::Column;
    let mut others = message::Entity::within(everywhere)
        .filter(Column::ThreadId.eq(part.thread_id))
        .filter(Column::AuthorId.ne(part.person_id))
        .filter(Column::ArrivesAt.lt(arrival));
    if let Some(read) = part.read_up_to {
        others = others.filter(Column::ArrivesAt.gt(read));
    }
    Ok(others.one(db).await?.is_none())
}

/// Messages that have arrived and that nobody was told of, oldest first.
pub(super) async fn due(
    db: &impl ConnectionTrait,
    everywhere: &Scope,
    now: DateTime<Utc>,
    most: u64,
) -> Result<Vec<message::Model>> {
    use message::Column;
    let due =
        message::Entity::within(everywhere).filter(Column::AnnouncedAt.is_null()).filter(Column::ArrivesAt.lte(now));
    Ok(due.order_by_asc(Column::ArrivesAt).order_by_asc(Column::Id).limit(most).all(db).await?)
}

/// When the next message that is held arrives.
pub(super) async fn next_due(db: &impl ConnectionTrait, everywhere: &Scope) -> Result<Option<DateTime<Utc>>> {
    use message::Column;
    let held = message::Entity::within(everywhere).filter(Column::AnnouncedAt.is_null());
    Ok(held.order_by_asc(Column::ArrivesAt).select_only().column(Column::ArrivesAt).into_tuple().one(db).await?)
}

/// The message, if it is held still; nobody else tells of it until the transaction ends.
pub(super) async fn lock_held(
    db: &impl ConnectionTrait,
    everywhere: &Scope,
    id: MessageId,
) -> Result<Option<message::Model>> {
    use message::Column;
    let held = message::Entity::within(everywhere).filter(Column::Id.eq(id)).filter(Column::AnnouncedAt.is_null());
    Ok(held.lock_exclusive().one(db).await?)
}

/// Of what somebody follows.
fn followed(scope: &Scope, now: DateTime<Utc>, thread: Option<ThreadId>) -> Select<message::Entity> {
    let all = messages_seen(scope, now);
    match thread {
        Some(thread) => all.filter(message::Column::ThreadId.eq(thread)),
        None => all.filter(message::Column::ThreadId.in_subquery(own_threads(scope))),
    }
}

fn by_oneself(scope: &Scope) -> Condition {
    Condition::all().add(message::Column::AuthorId.is_in(scope.persons.iter().copied()))
}

/// When the viewer came to see a message: the own ones when they were sent, those of others when they arrived.
pub(super) fn seen_at(scope: &Scope, row: &message::Model) -> DateTime<Utc> {
    if scope.persons.contains(&row.author_id) { row.sent_at } else { row.arrives_at }
}

/// Messages that the viewer came to see at `since` or later, without those in `told`, in that order.
pub(super) async fn seen_since(
    db: &impl ConnectionTrait,
    scope: &Scope,
    now: DateTime<Utc>,
    thread: Option<ThreadId>,
    since: DateTime<Utc>,
    told: &[MessageId],
    most: u64,
) -> Result<Vec<message::Model>> {
    use message::Column;
    let own = by_oneself(scope).add(Column::SentAt.gte(since));
    let of_others = Condition::all()
        .add(Column::AuthorId.is_not_in(scope.persons.iter().copied()))
        .add(Column::ArrivesAt.gte(since));
    let when = CaseStatement::new()
        .case(by_oneself(scope), Expr::col((message::Entity, Column::SentAt)))
        .finally(Expr::col((message::Entity, Column::ArrivesAt)));
    let rows = followed(scope, now, thread)
        .filter(Condition::any().add(own).add(of_others))
        .filter(Column::Id.is_not_in(told.iter().copied()))
        .order_by_asc(Expr::Case(Box::new(when)))
        .order_by_asc(Column::Id);
    Ok(rows.limit(most).all(db).await?)
}

/// When the next message of somebody else arrives in what the viewer follows.
pub(super) async fn next_arrival(
    db: &impl ConnectionTrait,
    scope: &Scope,
    now: DateTime<Utc>,
    thread: Option<ThreadId>,
) -> Result<Option<DateTime<Utc>>> {
    use message::Column;
    let held = message::Entity::within(scope)
        .filter(Column::ArrivesAt.gt(now))
        .filter(Column::AuthorId.is_not_in(scope.persons.iter().copied()));
    let held = match thread {
        Some(thread) => held.filter(Column::ThreadId.eq(thread)),
        None => held.filter(Column::ThreadId.in_subquery(own_threads(scope))),
    };
    Ok(held.order_by_asc(Column::ArrivesAt).select_only().column(Column::ArrivesAt).into_tuple().one(db).await?)
}

/// When each side wrote first in the threads in sight about `students`: thread, whether it was staff, when it arrived.
pub async fn first_words(
    db: &impl ConnectionTrait,
    scope: &Scope,
    now: DateTime<Utc>,
    students: &[StudentId],
) -> Result<Vec<(StudentId, ThreadId, bool, DateTime<Utc>)>> {
    use message::Column;
    let first = message::Entity::within(scope)
        .select_only()
        .columns([Column::StudentId, Column::ThreadId, Column::IsStaff])
        .column_as(Column::ArrivesAt.min(), "first")
        .filter(Column::StudentId.is_in(students.iter().copied()))
        .filter(Column::ArrivesAt.lte(now))
        .group_by(Column::StudentId)
        .group_by(Column::ThreadId)
        .group_by(Column::IsStaff);
    Ok(first.into_tuple().all(db).await?)
}

/// What a thread becomes when it is closed.
pub(super) fn closed(thread: thread::Model, by: Option<PersonId>, now: DateTime<Utc>) -> thread::ActiveModel {
    let mut row = thread.into_active_model();
    (row.status, row.closed_at, row.closed_by) = (Set(ThreadStatus::Closed), Set(Some(now)), Set(by));
    row
}
