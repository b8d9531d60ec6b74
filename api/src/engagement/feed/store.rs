//! The SQL of what is addressed to a person.

use chrono::{DateTime, Utc};
use glans_entity::engagement::recipient::{Column, Entity};
use glans_entity::engagement::{RecipientKind, announcement};
use glans_entity::ids::StudentId;
use glans_entity::scope::{Scope, Scoped, engagement::addressed_to_oneself};
use sea_orm::sea_query::{Alias, Asterisk, Expr, ExprTrait, Query, SelectStatement, UnionType};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, FromQueryResult, Order, PaginatorTrait, QueryFilter, QuerySelect,
    QueryTrait, Select,
};
use uuid::Uuid;

use crate::platform::error::Result;
use crate::platform::page::{self, PageArgs, Rows, TotalCount, Window};

/// Something in the list.
#[derive(Clone, Debug, FromQueryResult)]
pub struct Entry {
    pub item_id: Uuid,
    pub kind: RecipientKind,
    pub at: DateTime<Utc>,
}

/// What of the list is wanted.
#[derive(Clone, Debug)]
pub struct Wanted {
    /// What is over by now is not in it.
    pub now: DateTime<Utc>,
    pub student: Option<StudentId>,
    pub kinds: Option<Vec<RecipientKind>>,
    pub unread_only: bool,
}

const ORDER: &str = "feed.time";

type Position = (DateTime<Utc>, Uuid);

/// One page of what is addressed to the viewer, newest first.
///
/// An account has a person in each of its boards. Each person's list is read from its own end of the index and no further
/// than the page needs, so that a page costs the same wherever it is.
pub async fn page(db: &impl ConnectionTrait, scope: &Scope, wanted: &Wanted, args: &PageArgs) -> Result<Rows<Entry>> {
    let window = args.window()?;
    let (size, order) = match window {
        Window::First(size) => (size, Order::Desc),
        Window::Last(size) => (size, Order::Asc),
    };
    let after: Option<Position> = args.after.as_deref().map(|after| page::position(after, ORDER)).transpose()?;
    let before: Option<Position> = args.before.as_deref().map(|before| page::position(before, ORDER)).transpose()?;
    let of_person = |person| {
        let mut rows = addressed(scope, wanted).filter(Column::PersonId.eq(person));
        rows = after.iter().fold(rows, |rows, position| rows.filter(beyond(*position, &Order::Desc)));
        rows = before.iter().fold(rows, |rows, position| rows.filter(beyond(*position, &Order::Asc)));
        ordered(entries(rows), &order, size)
    };
    let mut lists = scope.persons.iter().map(|person| wrapped(of_person(*person)));
    let Some(mut all) = lists.next() else {
        return page::of_found(Vec::new(), ORDER, key, args, TotalCount::Known(0));
    };
    for list in lists {
        all.union(UnionType::All, list);
    }
    let rows = db.query_all(&ordered(wrapped(all), &order, size)).await?;
    let mut found = rows.iter().map(|row| Entry::from_query_result(row, "")).collect::<Result<Vec<_>, _>>()?;
    if matches!(window, Window::Last(_)) {
        found.reverse();
    }
    let counted = entries(addressed(scope, wanted).filter(Column::PersonId.is_in(scope.persons.iter().copied())));
    page::of_found(found, ORDER, key, args, TotalCount::Of(Box::new(counted)))
}

fn key(entry: &Entry) -> Position {
    (entry.at, entry.item_id)
}

/// What is addressed to the viewer, a row per child.
fn addressed(scope: &Scope, wanted: &Wanted) -> Select<Entity> {
    let mut rows = Entity::within(scope).filter(addressed_to_oneself(scope)).filter(Expr::not_exists(over(wanted.now)));
    if let Some(student) = wanted.student {
        rows = rows.filter(Column::StudentId.eq(student));
    }
    if let Some(kinds) = &wanted.kinds {
        rows = rows.filter(Column::Kind.is_in(kinds.iter().copied()));
    }
    if wanted.unread_only {
        rows = rows.filter(is_unread());
    }
    rows
}

/// The announcement of the row around it, once it expired, or was withdrawn before it was read as it stood.
fn over(now: DateTime<Utc>) -> SelectStatement {
    use announcement::Column as Announcement;
    let withdrawn = Condition::all().add(Announcement::WithdrawnAt.is_not_null()).add(is_unread());
    Query::select()
        .expr(Expr::val(1))
        .from(announcement::Entity)
        .and_where(Expr::col(Announcement::Id.as_column_ref()).eq(Expr::col(Column::ItemId.as_column_ref())))
        .cond_where(Condition::any().add(Announcement::ExpiresAt.lte(now)).add(withdrawn))
        .to_owned()
}

/// What somebody read before it changed its place, as a thread with a new message, is unread again.
fn is_unread() -> Condition {
    let at = Expr::col(Column::At.as_column_ref());
    Condition::any().add(Column::ReadAt.is_null()).add(Expr::col(Column::ReadAt.as_column_ref()).lt(at))
}

/// One row per item, however many children it concerns.
fn entries(rows: Select<Entity>) -> SelectStatement {
    rows.select_only()
        .column(Column::ItemId)
        .column_as(Column::Kind.max(), "kind")
        .column(Column::At)
        .group_by(Column::At)
        .group_by(Column::ItemId)
        .into_query()
}

/// Later in the list than `position`, read in that direction.
fn beyond((at, item): Position, direction: &Order) -> Condition {
    let same = Condition::all().add(Column::At.eq(at));
    match direction {
        Order::Desc => Condition::any().add(Column::At.lt(at)).add(same.add(Column::ItemId.lt(item))),
        _ => Condition::any().add(Column::At.gt(at)).add(same.add(Column::ItemId.gt(item))),
    }
}

fn ordered(mut select: SelectStatement, order: &Order, size: usize) -> SelectStatement {
    let column = |name: &'static str| Expr::col(Alias::new(name));
    select.order_by_expr(column("at"), order.clone()).order_by_expr(column("item_id"), order.clone());
    select.limit(size as u64 + 1);
    select
}

/// A list that is cut before others join it stands in a query of its own.
fn wrapped(select: SelectStatement) -> SelectStatement {
    Query::select().column(Asterisk).from_subquery(select, Alias::new("list")).to_owned()
}

/// How many items the viewer has yet to read.
pub async fn unread_count(
    db: &impl ConnectionTrait,
    scope: &Scope,
    now: DateTime<Utc>,
    student: Option<StudentId>,
) -> Result<u64> {
    let wanted = Wanted { now, student, kinds: None, unread_only: true };
    let rows = addressed(scope, &wanted).filter(Column::PersonId.is_in(scope.persons.iter().copied()));
    Ok(rows.select_only().column(Column::ItemId).distinct().count(db).await?)
}

/// The items among `items` that are addressed to the viewer, with their boards.
pub(super) async fn own(
    db: &impl ConnectionTrait,
    scope: &Scope,
    items: &[Uuid],
) -> Result<Vec<glans_entity::engagement::recipient::Model>> {
    let rows = Entity::within(scope).filter(addressed_to_oneself(scope));
    Ok(rows.filter(Column::ItemId.is_in(items.iter().copied())).all(db).await?)
}
