//! The SQL of whom an announcement reached: counts for staff, names for the school's own people.

use chrono::{DateTime, Utc};
use glans_entity::engagement::{announcement, recipient};
use glans_entity::ids::{AnnouncementId, PersonId};
use glans_entity::people::person;
use glans_entity::scope::{Scope, Scoped, students_in_confidence};
use sea_orm::sea_query::{Alias, Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait,
};
use uuid::Uuid;

use crate::platform::error::Result;
use crate::platform::page::{self, Order, PageArgs, Rows};

/// How many guardians an announcement reached, and how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, FromQueryResult)]
pub struct Counts {
    pub item_id: Uuid,
    pub recipients: i64,
    pub delivered: i64,
    pub read: i64,
    pub acknowledged: i64,
    pub unreachable: i64,
}

/// Which of those whom something reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    Unread,
    Read,
    Open,
    Acknowledged,
}

/// Counts over the guardians of each of these announcements, each guardian once. It looks past what the viewer sees: that
/// the viewer sees the announcement as a member of staff is for the caller to know.
pub(super) async fn counts(db: &impl ConnectionTrait, scope: &Scope, ids: &[AnnouncementId]) -> Result<Vec<Counts>> {
    use recipient::Column;
    let everything = Scope::system(scope.on);
    let corrected = sea_orm::RelationDef::from(
        recipient::Entity::belongs_to(announcement::Entity).from(Column::ItemId).to(announcement::Column::Id),
    );
    let is_read = Condition::all().add(Column::ReadAt.is_not_null()).add(
        Condition::any().add(announcement::Column::CorrectedAt.is_null()).add(
            Expr::col(Column::ReadAt.as_column_ref()).gte(Expr::col(announcement::Column::CorrectedAt.as_column_ref())),
        ),
    );
    let each = recipient::Entity::within(&everything)
        .select_only()
        .columns([Column::ItemId, Column::PersonId])
        .expr_as(Expr::max(flag(Column::DeliveredAt.is_not_null())), "delivered")
        .expr_as(Expr::max(flag(is_read)), "read")
        .expr_as(Expr::max(flag(Column::AcknowledgedAt.is_not_null())), "acknowledged")
        .join(sea_orm::JoinType::InnerJoin, corrected)
        .filter(Column::ItemId.is_in(ids.iter().map(|id| id.0)))
        .filter(Column::StudentId.ne(recipient::AS_STAFF))
        .group_by(Column::ItemId)
        .group_by(Column::PersonId)
        .into_query();
    // Of who was erased it is not known any more.
    let unreachable = Condition::all()
        .add(person::Column::AccountId.is_null())
        .add(person::Column::Email.is_null())
        .add(person::Column::ErasedAt.is_null());
    let people = person::Entity::within(&everything)
        .select_only()
        .column(person::Column::Id)
        .expr_as(flag(unreachable), "unreachable")
        .into_query();
    Ok(Counts::find_by_statement(db.get_database_backend().build(&totals(each, people))).all(db).await?)
}

fn totals(each: SelectStatement, people: SelectStatement) -> SelectStatement {
    let (rows, persons) = (Alias::new("each_one"), Alias::new("people"));
    let total = |column: &'static str| Expr::cust(format!("CAST(SUM({column}) AS bigint)"));
    let mut select = Query::select();
    select.column((rows.clone(), Alias::new("item_id"))).expr_as(Expr::cust("COUNT(*)"), Alias::new("recipients"));
    for column in ["delivered", "read", "acknowledged", "unreachable"] {
        select.expr_as(total(column), Alias::new(column));
    }
    select
        .from_subquery(each, rows.clone())
        .join_subquery(
            sea_orm::JoinType::InnerJoin,
            people,
            persons.clone(),
            Expr::col((persons, Alias::new("id"))).equals((rows.clone(), Alias::new("person_id"))),
        )
        .group_by_col((rows, Alias::new("item_id")))
        .to_owned()
}

/// One where it holds, else none: what can be added up on both databases.
fn flag(condition: impl Into<Condition>) -> Expr {
    Expr::case(condition.into(), 1).finally(0).into()
}

/// One page of the guardians whom an announcement reached about children that the viewer has in confidence, by name.
pub(super) async fn people(
    db: &impl ConnectionTrait,
    scope: &Scope,
    announcement: &announcement::Model,
    state: Option<State>,
    args: &PageArgs,
) -> Result<Rows<person::Model>> {
    let order = Order {
        name: "receipt.name",
        columns: (person::Column::DisplayName, person::Column::Id),
        key: |row: &person::Model| (row.display_name.clone(), row.id.0),
        descending: false,
    };
    let of = |condition: Condition| {
        let rows = confided(scope, &[announcement.id]).select_only().column(recipient::Column::PersonId);
        rows.filter(condition).into_query()
    };
    let mut select = person::Entity::within(scope).filter(person::Column::Id.in_subquery(of(Condition::all())));
    if let Some(state) = state {
        let done = of(match state {
            State::Unread | State::Read => has_read(announcement.corrected_at),
            State::Open | State::Acknowledged => Condition::all().add(recipient::Column::AcknowledgedAt.is_not_null()),
        });
        select = match state {
            State::Read | State::Acknowledged => select.filter(person::Column::Id.in_subquery(done)),
            State::Unread | State::Open => select.filter(person::Column::Id.not_in_subquery(done)),
        };
    }
    page::rows(db, select, &order, args).await
}

fn has_read(corrected_at: Option<DateTime<Utc>>) -> Condition {
    let read = Condition::all().add(recipient::Column::ReadAt.is_not_null());
    match corrected_at {
        Some(at) => read.add(recipient::Column::ReadAt.gte(at)),
        None => read,
    }
}

/// The rows of these guardians, about children that the viewer has in confidence.
pub(super) async fn rows(
    db: &impl ConnectionTrait,
    scope: &Scope,
    ids: &[AnnouncementId],
    persons: &[PersonId],
) -> Result<Vec<recipient::Model>> {
    let rows = confided(scope, ids).filter(recipient::Column::PersonId.is_in(persons.iter().copied()));
    Ok(rows.order_by_asc(recipient::Column::StudentId).all(db).await?)
}

fn confided(scope: &Scope, ids: &[AnnouncementId]) -> sea_orm::Select<recipient::Entity> {
    recipient::Entity::within(scope)
        .filter(recipient::Column::ItemId.is_in(ids.iter().map(|id| id.0)))
        .filter(students_in_confidence(recipient::Column::StudentId, scope))
}
