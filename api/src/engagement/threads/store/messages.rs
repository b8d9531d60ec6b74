//! The SQL of messages. Every read leaves out what has not arrived.

use chrono::{DateTime, Utc};
use glans_entity::engagement::{message, thread_participant};
use glans_entity::ids::{MessageId, PersonId, StudentId, ThreadId};
use glans_entity::scope::{Scope, Scoped, threads};
use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait, Query};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, ConnectionTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Select,
};

use crate::access::Permit;
use crate::listed;
use crate::platform::error::{Result, taken};
use crate::platform::own_id::ID_TAKEN;
use crate::platform::page::{self, By, Order, PageArgs, Rows};

/// The messages that the viewer may see by now.
fn messages_seen(scope: &Scope, now: DateTime<Utc>) -> Select<message::Entity> {
    let all = message::Entity::within(scope);
    if scope.system { all } else { all.filter(threads::arrived(scope, now)) }
}

/// The messages in sight with these ids.
pub async fn messages_by_ids(
    db: &impl ConnectionTrait,
    scope: &Scope,
    now: DateTime<Utc>,
    ids: &[MessageId],
) -> Result<Vec<message::Model>> {
    Ok(messages_seen(scope, now).filter(message::Column::Id.is_in(ids.iter().copied())).all(db).await?)
}

const AS_THEY_ARRIVE: By<message::Entity, DateTime<Utc>> = Order {
    name: "message.time",
    columns: (message::Column::ArrivesAt, message::Column::Id),
    key: |row: &message::Model| (row.arrives_at, row.id.0),
    descending: false,
};

listed!(message::Model, AS_THEY_ARRIVE);

/// One page of the messages in sight of a thread, in the order in which they arrive.
pub async fn messages(
    db: &impl ConnectionTrait,
    scope: &Scope,
    now: DateTime<Utc>,
    thread: ThreadId,
    args: &PageArgs,
) -> Result<Rows<message::Model>> {
    page::rows(db, messages_seen(scope, now).filter(message::Column::ThreadId.eq(thread)), &AS_THEY_ARRIVE, args).await
}

/// The last message in sight of each of `threads`.
pub async fn last_messages(
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

fn has_arrived(now: DateTime<Utc>) -> Condition {
    Condition::all().add(message::Column::ArrivesAt.lte(now)).add(message::Column::UndeliverableAt.is_null())
}

/// Messages of others that have arrived and that the viewer has not read, in threads in which they take part.
pub(super) fn unread(scope: &Scope, now: DateTime<Utc>, column: message::Column) -> Select<message::Entity> {
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
        .filter(has_arrived(now))
        .filter(message::Column::AuthorId.is_not_in(scope.persons.iter().copied()))
        .filter(Expr::exists(part))
}

/// How many messages of each of `threads` the viewer has not read.
pub async fn unread_counts(
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

/// When the last message of `author` in the thread arrives.
pub async fn last_of_author(
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
pub async fn arrivals_from(
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

/// Inserts a message.
pub async fn insert_message(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    row: message::Model,
) -> Result<message::Model> {
    row.into_active_model().reset_all().insert(db).await.map_err(taken("id", ID_TAKEN))
}

/// Notes that nobody at the school reads a message any more.
pub async fn undeliverable(
    db: &impl ConnectionTrait,
    permit: &Permit,
    row: message::Model,
    now: DateTime<Utc>,
) -> Result<message::Model> {
    update(db, permit, message::ActiveModel { undeliverable_at: Set(Some(now)), ..row.into() }, now).await
}

/// Notes that the lists of those whom a message reaches have been told.
pub async fn announced(
    db: &impl ConnectionTrait,
    permit: &Permit,
    row: message::Model,
    now: DateTime<Utc>,
) -> Result<message::Model> {
    update(db, permit, message::ActiveModel { announced_at: Set(Some(now)), ..row.into() }, now).await
}

/// Stores what became of a message that was held as its next version.
async fn update(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    mut row: message::ActiveModel,
    now: DateTime<Utc>,
) -> Result<message::Model> {
    row.version = Set(row.version.unwrap() + 1);
    row.updated_at = Set(now);
    Ok(row.update(db).await?)
}

/// Whether somebody has read all that others wrote in the thread and that arrived before `arrival`.
pub async fn has_read_all(
    db: &impl ConnectionTrait,
    everywhere: &Scope,
    part: &thread_participant::Model,
    arrival: DateTime<Utc>,
) -> Result<bool> {
    use message::Column;
    let mut others = message::Entity::within(everywhere)
        .filter(Column::ThreadId.eq(part.thread_id))
        .filter(Column::AuthorId.ne(part.person_id))
        .filter(Column::UndeliverableAt.is_null())
        .filter(Column::ArrivesAt.lt(arrival));
    if let Some(read) = part.read_up_to {
        others = others.filter(Column::ArrivesAt.gt(read));
    }
    Ok(others.one(db).await?.is_none())
}

/// Messages of which it is to be told, or that cannot be delivered.
fn held(everywhere: &Scope) -> Select<message::Entity> {
    use message::Column;
    let held = message::Entity::within(everywhere);
    held.filter(Column::AnnouncedAt.is_null()).filter(Column::UndeliverableAt.is_null())
}

/// Messages that have arrived and that nobody was told of, oldest first.
pub async fn due(
    db: &impl ConnectionTrait,
    everywhere: &Scope,
    now: DateTime<Utc>,
    most: u64,
) -> Result<Vec<message::Model>> {
    use message::Column;
    let due = held(everywhere).filter(Column::ArrivesAt.lte(now));
    Ok(due.order_by_asc(Column::ArrivesAt).order_by_asc(Column::Id).limit(most).all(db).await?)
}

/// When the next message that is held arrives.
pub async fn next_due(db: &impl ConnectionTrait, everywhere: &Scope) -> Result<Option<DateTime<Utc>>> {
    use message::Column;
    Ok(held(everywhere)
        .order_by_asc(Column::ArrivesAt)
        .select_only()
        .column(Column::ArrivesAt)
        .into_tuple()
        .one(db)
        .await?)
}

/// The message, if it is held still; nobody else tells of it until the transaction ends.
pub async fn lock_held(db: &impl ConnectionTrait, everywhere: &Scope, id: MessageId) -> Result<Option<message::Model>> {
    Ok(held(everywhere).filter(message::Column::Id.eq(id)).lock_exclusive().one(db).await?)
}

/// Of what somebody follows.
fn followed(scope: &Scope, now: DateTime<Utc>, thread: Option<ThreadId>) -> Select<message::Entity> {
    let all = messages_seen(scope, now);
    match thread {
        Some(thread) => all.filter(message::Column::ThreadId.eq(thread)),
        None => all,
    }
}

fn by_oneself(scope: &Scope) -> Condition {
    Condition::all().add(message::Column::AuthorId.is_in(scope.persons.iter().copied()))
}

/// When the viewer came to see a message: the own ones when they were sent, those of others when they arrived.
pub fn seen_at(scope: &Scope, row: &message::Model) -> DateTime<Utc> {
    if scope.persons.contains(&row.author_id) { row.sent_at } else { row.arrives_at }
}

/// Messages that the viewer came to see at `since` or later, without those in `told`, in that order.
pub async fn seen_since(
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
pub async fn next_arrival(
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
        None => held,
    };
    Ok(held.order_by_asc(Column::ArrivesAt).select_only().column(Column::ArrivesAt).into_tuple().one(db).await?)
}

/// When each side wrote first in the threads in sight about `students`, anew in each period between two of the instants
/// `cuts`, which are in order: thread, whether it was staff, when it arrived. What nobody reads is not told.
pub async fn first_words(
    db: &impl ConnectionTrait,
    scope: &Scope,
    now: DateTime<Utc>,
    students: &[StudentId],
    cuts: &[DateTime<Utc>],
) -> Result<Vec<(StudentId, ThreadId, bool, DateTime<Utc>)>> {
    use message::Column;
    const PERIOD: &str = "period";
    let [from, ends @ .., to] = cuts else { return Ok(Vec::new()) };
    let period = (1_i64..)
        .zip(ends.iter().chain([to]))
        .fold(CaseStatement::new(), |periods, (number, end)| periods.case(Column::ArrivesAt.lt(*end), number));
    let rows: Vec<(StudentId, ThreadId, bool, DateTime<Utc>, i64)> = message::Entity::within(scope)
        .select_only()
        .columns([Column::StudentId, Column::ThreadId, Column::IsStaff])
        .column_as(Column::ArrivesAt.min(), "first")
        .column_as(Expr::Case(Box::new(period)), PERIOD)
        .filter(Column::StudentId.is_in(students.iter().copied()))
        .filter(Column::UndeliverableAt.is_null())
        .filter(Column::ArrivesAt.gte(*from))
        .filter(Column::ArrivesAt.lt(*to))
        .filter(Column::ArrivesAt.lte(now))
        .group_by(Column::StudentId)
        .group_by(Column::ThreadId)
        .group_by(Column::IsStaff)
        // By its name: PostgreSQL takes the same expression with parameters of its own for another one.
        .group_by(Expr::col(PERIOD))
        .into_tuple()
        .all(db)
        .await?;
    Ok(rows.into_iter().map(|(student, thread, is_staff, first, _)| (student, thread, is_staff, first)).collect())
}
