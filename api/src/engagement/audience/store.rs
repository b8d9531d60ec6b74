//! The SQL of audiences and of those whom something reaches.

use chrono::{DateTime, Utc};
use glans_entity::engagement::audience_target::{self, Column as Target};
use glans_entity::engagement::recipient::{self, AS_STAFF, Column};
use glans_entity::engagement::{RecipientKind, TargetKind};
use glans_entity::ids::{BoardId, PersonId, StudentId};
use glans_entity::organisation::school;
use glans_entity::people::{
    GuardianAccess, GuardianshipStatus, Role, ScopeKind, enrolment, guardianship, membership, student,
};
use glans_entity::scope::{Scope, Scoped, addressed_to_oneself};
use sea_orm::sea_query::{Expr, ExprTrait, OnConflict, Query, SelectStatement};
use sea_orm::{
    ActiveEnum, ActiveModelTrait, ColumnTrait, Condition, ConnectionTrait, EntityTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Select,
};
use uuid::Uuid;

use super::rules;
use crate::access::Permit;
use crate::people::rights::covers;
use crate::platform::error::Result;

/// What is addressed, and as what.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    pub id: Uuid,
    pub kind: RecipientKind,
    pub board: BoardId,
    /// Where it stands in the lists of those whom it reaches.
    pub at: DateTime<Utc>,
    /// The least that a guardian must have of a child.
    pub least: GuardianAccess,
}

/// The places that these items are for and are not for.
pub async fn targets_of(
    db: &impl ConnectionTrait,
    scope: &Scope,
    items: &[Uuid],
) -> Result<Vec<audience_target::Model>> {
    let rows = audience_target::Entity::within(scope).filter(Target::ItemId.is_in(items.iter().copied()));
    Ok(rows.order_by_asc(Target::Kind).order_by_asc(Target::TargetId).all(db).await?)
}

/// The rows of these items that are addressed to the viewer.
pub async fn own(db: &impl ConnectionTrait, scope: &Scope, items: &[Uuid]) -> Result<Vec<recipient::Model>> {
    let rows = recipient::Entity::within(scope)
        .filter(addressed_to_oneself(scope))
        .filter(Column::ItemId.is_in(items.iter().copied()));
    Ok(rows.order_by_asc(Column::StudentId).all(db).await?)
}

/// Stores what an item is for, in place of what it was for before.
pub(super) async fn replace_targets(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    item: Uuid,
    rows: Vec<audience_target::Model>,
) -> Result<()> {
    audience_target::Entity::delete_many().filter(Target::ItemId.eq(item)).exec(db).await?;
    let rows = rows.into_iter().map(|row| row.into_active_model().reset_all());
    audience_target::Entity::insert_many(rows).exec_without_returning(db).await?;
    Ok(())
}

/// Addresses `item` to everybody of `roles` at its places, each child of a guardian a row, in one statement per kind of
/// role. Who has it already keeps it.
///
/// The wall between boards stands: rows of other boards are not looked at.
pub async fn address(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    scope: &Scope,
    item: &Item,
    targets: &[audience_target::Model],
    roles: &[Role],
) -> Result<u64> {
    let mut reached = 0;
    if roles.contains(&Role::Guardian) {
        reached += insert(db, guardians(scope, item, targets)).await?;
    }
    let staff: Vec<Role> = roles.iter().copied().filter(|role| *role != Role::Guardian).collect();
    if !staff.is_empty() {
        reached += insert(db, colleagues(scope, item, targets, &staff)).await?;
    }
    Ok(reached)
}

/// Addresses `item` to these persons about these children, [`AS_STAFF`] for none.
pub async fn address_each(
    db: &impl ConnectionTrait,
    _permit: &Permit,
    item: &Item,
    to: impl IntoIterator<Item = (PersonId, StudentId)>,
) -> Result<()> {
    let rows: Vec<_> = to
        .into_iter()
        .map(|(person_id, student_id)| {
            let row = recipient::Model {
                item_id: item.id,
                person_id,
                student_id,
                board_id: item.board,
                kind: item.kind,
                least: item.least,
                at: item.at,
                delivered_at: None,
                read_at: None,
                acknowledged_at: None,
            };
            row.into_active_model().reset_all()
        })
        .collect();
    if rows.is_empty() {
        return Ok(());
    }
    let keep = OnConflict::columns([Column::ItemId, Column::PersonId, Column::StudentId]).do_nothing().to_owned();
    recipient::Entity::insert_many(rows).on_conflict(keep).exec_without_returning(db).await?;
    Ok(())
}

const COLUMNS: [Column; 7] =
    [Column::PersonId, Column::StudentId, Column::ItemId, Column::BoardId, Column::Kind, Column::Least, Column::At];

async fn insert(db: &impl ConnectionTrait, select: SelectStatement) -> Result<u64> {
    let keep = OnConflict::columns([Column::ItemId, Column::PersonId, Column::StudentId]).do_nothing().to_owned();
    let mut insert = Query::insert();
    insert.into_table(recipient::Entity).columns(COLUMNS).on_conflict(keep);
    insert.select_from(select).map_err(crate::platform::error::Error::fault)?;
    Ok(db.execute(&insert).await?.rows_affected())
}

/// What is the same in all rows of an item, in the order of [`COLUMNS`].
fn constants<E: EntityTrait>(select: Select<E>, item: &Item) -> SelectStatement {
    select
        .expr_as(Expr::val(item.id), "item_id")
        .expr_as(Expr::val(item.board), "board_id")
        .expr_as(Expr::val(item.kind.to_value()), "kind")
        .expr_as(Expr::val(item.least.to_value()), "least")
        .expr_as(Expr::val(item.at), "at")
        .into_query()
}

/// One row per guardian and child: a guardianship that lets the guardian have it today, of a child who is here.
fn guardians(scope: &Scope, item: &Item, targets: &[audience_target::Model]) -> SelectStatement {
    use guardianship::{Column as Guardianship, Entity};
    let children = student::Entity::within(scope)
        .select_only()
        .column(student::Column::Id)
        .filter(student::Column::BoardId.eq(item.board))
        .filter(student::Column::ErasedAt.is_null())
        .filter(student::Column::LeftOn.is_null().or(student::Column::LeftOn.gte(scope.on)))
        .filter(either(targets, false, |target| children_at(scope, target)))
        .filter(either(targets, true, |target| children_at(scope, target)).not());
    let select = Entity::within(scope)
        .select_only()
        .columns([Guardianship::GuardianId, Guardianship::StudentId])
        .filter(Guardianship::BoardId.eq(item.board))
        .filter(Guardianship::Status.is_in([GuardianshipStatus::Active, GuardianshipStatus::Invited]))
        .filter(Guardianship::Access.is_in(rules::enough(item.least).iter().copied()))
        .filter(covers(Guardianship::StartsOn, Guardianship::EndsOn, scope.on))
        .filter(Guardianship::StudentId.in_subquery(children.into_query()));
    constants(select, item)
}

/// One row per member of staff.
fn colleagues(scope: &Scope, item: &Item, targets: &[audience_target::Model], roles: &[Role]) -> SelectStatement {
    use membership::{Column as Membership, Entity};
    let select = Entity::within(scope)
        .select_only()
        .column(Membership::PersonId)
        .expr_as(Expr::val(AS_STAFF), "student_id")
        .distinct()
        .filter(Membership::BoardId.eq(item.board))
        .filter(Membership::Role.is_in(roles.iter().copied()))
        .filter(Membership::EndedAt.is_null())
        .filter(covers(Membership::StartsOn, Membership::EndsOn, scope.on))
        .filter(either(targets, false, |target| roles_at(scope, target)))
        .filter(either(targets, true, |target| roles_at(scope, target)).not());
    constants(select, item)
}

/// At one of the places; nowhere where there are none.
fn either(
    targets: &[audience_target::Model],
    excluded: bool,
    at: impl Fn(&audience_target::Model) -> Condition,
) -> Condition {
    let named = targets.iter().filter(|target| target.excluded == excluded);
    named.fold(Condition::any().add(Expr::val(1).eq(2)), |any, target| any.add(at(target)))
}

fn schools_of_cluster(scope: &Scope, cluster: Uuid) -> SelectStatement {
    let schools = school::Entity::within(scope).select_only().column(school::Column::Id);
    schools.filter(school::Column::ClusterId.eq(cluster)).into_query()
}

fn children_at(scope: &Scope, target: &audience_target::Model) -> Condition {
    use student::Column as Student;
    let id = target.target_id;
    Condition::all().add(match target.kind {
        TargetKind::Board => Student::BoardId.eq(id),
        TargetKind::Cluster => Student::SchoolId.in_subquery(schools_of_cluster(scope, id)),
        TargetKind::School => Student::SchoolId.eq(id),
        TargetKind::ClassGroup => {
            let enrolled = enrolment::Entity::within(scope)
                .select_only()
                .column(enrolment::Column::StudentId)
                .filter(enrolment::Column::ClassGroupId.eq(id))
                .filter(covers(enrolment::Column::StartsOn, enrolment::Column::EndsOn, scope.on));
            Student::Id.in_subquery(enrolled.into_query())
        }
        TargetKind::Student => Student::Id.eq(id),
    })
}

/// Roles at a place. Nobody works at a child.
fn roles_at(scope: &Scope, target: &audience_target::Model) -> Condition {
    use membership::Column as Membership;
    let id = target.target_id;
    Condition::all().add(match target.kind {
        TargetKind::Board => Membership::BoardId.eq(id),
        TargetKind::Cluster => Membership::SchoolId.in_subquery(schools_of_cluster(scope, id)),
        TargetKind::School => Membership::SchoolId.eq(id),
        TargetKind::ClassGroup => Membership::ScopeKind.eq(ScopeKind::ClassGroup).and(Membership::ScopeId.eq(id)),
        TargetKind::Student => Expr::val(1).eq(2),
    })
}
