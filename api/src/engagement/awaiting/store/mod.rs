//! The SQL of what waits for an answer: one statement, and what families booked where a round waits.

mod addressed;
mod bookings;
mod children;

use chrono::{DateTime, Utc};
use glans_entity::ids::StudentId;
use glans_entity::scope::Scope;
use sea_orm::sea_query::{Alias, Expr, IntoColumnRef, NullOrdering, Order, Query, SelectStatement, UnionType};
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QuerySelect, QueryTrait, Select};
use uuid::Uuid;

use self::addressed::{acknowledgements, events, surveys};
use self::bookings::bookings;
pub(super) use self::bookings::still_to_book;
use self::children::{agreements, consents, goals, invitations};
use super::rules::Line;
use super::types::AwaitedKind;
use crate::platform::error::{Error, Result};

/// Rows at most; nobody is asked as much.
const MOST: u64 = 1_000;

#[derive(FromQueryResult)]
struct Row {
    kind: String,
    node: Uuid,
    student: StudentId,
    asked_at: DateTime<Utc>,
    due_at: Option<DateTime<Utc>>,
}

const KINDS: [AwaitedKind; 8] = [
    AwaitedKind::Acknowledgement,
    AwaitedKind::Rsvp,
    AwaitedKind::Survey,
    AwaitedKind::Booking,
    AwaitedKind::Invitation,
    AwaitedKind::Agreement,
    AwaitedKind::Goal,
    AwaitedKind::Consent,
];

/// All that waits for the viewer, a line per child; what is due first comes first.
pub(super) async fn lines(db: &impl ConnectionTrait, scope: &Scope, now: DateTime<Utc>) -> Result<Vec<Line>> {
    if scope.persons.is_empty() {
        return Ok(Vec::new());
    }
    let [first, others @ ..] = KINDS.map(|kind| of_kind(kind, scope, now));
    let mut all = first;
    for other in others {
        all.union(UnionType::All, other);
    }
    let mut list = Query::select().from_subquery(all, Alias::new("list")).to_owned();
    for column in ["kind", "node", "student", "asked_at", "due_at"] {
        list.column(Alias::new(column));
    }
    list.order_by_with_nulls(Alias::new("due_at"), Order::Asc, NullOrdering::Last)
        .order_by(Alias::new("asked_at"), Order::Asc)
        .order_by(Alias::new("node"), Order::Asc)
        .limit(MOST);
    let rows = db.query_all(&list).await?;
    rows.iter().map(|row| Row::from_query_result(row, "").map_err(Error::from).and_then(line)).collect()
}

fn line(Row { kind, node, student, asked_at, due_at }: Row) -> Result<Line> {
    let kind = KINDS.into_iter().find(|known| name(*known) == kind).ok_or_else(|| Error::fault("a kind of no list"))?;
    Ok(Line { kind, node, student, asked_at, due_at })
}

fn name(kind: AwaitedKind) -> String {
    format!("{kind:?}")
}

fn of_kind(kind: AwaitedKind, scope: &Scope, now: DateTime<Utc>) -> SelectStatement {
    match kind {
        AwaitedKind::Acknowledgement => acknowledgements(scope, now),
        AwaitedKind::Rsvp => events(scope, now),
        AwaitedKind::Survey => surveys(scope, now),
        AwaitedKind::Booking => bookings(scope, now),
        AwaitedKind::Invitation => invitations(scope, now),
        AwaitedKind::Agreement => agreements(scope, now),
        AwaitedKind::Goal => goals(scope),
        AwaitedKind::Consent => consents(scope),
    }
}

/// One list of the statement.
fn list<E: EntityTrait>(
    kind: AwaitedKind,
    rows: Select<E>,
    (node, student, asked): (impl IntoColumnRef, impl IntoColumnRef, impl IntoColumnRef),
    due: Expr,
) -> SelectStatement {
    rows.select_only()
        .expr_as(Expr::cust(format!("'{}'", name(kind))), "kind")
        .expr_as(Expr::col(node), "node")
        .expr_as(Expr::col(student), "student")
        .expr_as(Expr::col(asked), "asked_at")
        .expr_as(due, "due_at")
        .into_query()
}

fn at(column: impl ColumnTrait) -> Expr {
    Expr::col(column.as_column_ref())
}

fn never() -> Expr {
    Expr::cust("CAST(NULL AS timestamptz)")
}

fn own<C: ColumnTrait>(person: C, scope: &Scope) -> Expr {
    person.is_in(scope.persons.iter().copied())
}
