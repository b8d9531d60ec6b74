//! The SQL of rights.

use chrono::NaiveDate;
use glans_entity::identity::account;
use glans_entity::ids::{AccountId, BoardId, ClusterId, CohortId, PersonId, SchoolId};
use glans_entity::organisation::{board, school};
use glans_entity::people::{ScopeKind, enrolment, guardianship, membership, person, student};
use glans_entity::practice::cohort_school;
use glans_entity::scope::{Scope, Scoped};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, EntityTrait, JoinType, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
};

use super::{Child, Follower, Rights, SchoolOfRights};
use crate::access::Held;
use crate::app::App;
use crate::call::today;
use crate::platform::error::Result;

/// Works out the rights of `account` from the database.
#[expect(clippy::disallowed_methods, reason = "an account belongs to no board")]
pub async fn load(app: &App, account: AccountId) -> Result<Rights> {
    let on = today(app.clock.now());
    let scope = Scope::system(on);
    let db = app.db.look_up(on).await?;
    let language = account::Entity::find_by_id(account)
        .one(&db)
        .await?
        .map_or_else(|| "nl".to_owned(), |account| account.language);
    let persons: Vec<(BoardId, PersonId)> = person::Entity::within(&scope)
        .filter(person::Column::AccountId.eq(account))
        .filter(person::Column::ArchivedAt.is_null())
        .filter(person::Column::ErasedAt.is_null())
        // The oldest first, by the clock of the server: an app may have made the id.
        .order_by_asc(person::Column::CreatedAt)
        .order_by_asc(person::Column::Id)
        .all(&db)
        .await?
        .into_iter()
        .map(|person| (person.board_id, person.id))
        .collect();
    let ids: Vec<PersonId> = persons.iter().map(|(_, person)| *person).collect();
    let closed = closed_among(&db, &scope, &persons).await?;
    let held = held_by(&db, &scope, &ids).await?;
    let schools = schools_under(&db, &scope, &held).await?;
    let followers = followers_of(&db, &scope, &held, &schools).await?;
    let mut children = children_of(&db, &scope, &ids).await?;
    let kin = children.iter().map(|child| child.student_id).collect();
    children.retain(|child| child.is_seen(on));
    Ok(Rights { account, language, on, persons, held, schools, followers, children, kin, closed })
}

async fn closed_among(
    db: &impl ConnectionTrait,
    scope: &Scope,
    persons: &[(BoardId, PersonId)],
) -> Result<Vec<BoardId>> {
    let closed = board::Entity::within(scope)
        .select_only()
        .column(board::Column::Id)
        .filter(board::Column::Id.is_in(persons.iter().map(|(board, _)| *board)))
        .filter(board::Column::ArchivedAt.is_not_null());
    Ok(closed.into_tuple().all(db).await?)
}

/// Covers the day of the scope: from null or earlier, to null or later.
pub fn covers<C: ColumnTrait>(starts: C, ends: C, on: NaiveDate) -> Condition {
    Condition::all()
        .add(Condition::any().add(starts.is_null()).add(starts.lte(on)))
        .add(Condition::any().add(ends.is_null()).add(ends.gte(on)))
}

async fn held_by(db: &impl ConnectionTrait, scope: &Scope, persons: &[PersonId]) -> Result<Vec<Held>> {
    if persons.is_empty() {
        return Ok(Vec::new());
    }
    let rows = membership::Entity::within(scope)
        .filter(membership::Column::PersonId.is_in(persons.iter().copied()))
        .filter(membership::Column::EndedAt.is_null())
        .filter(covers(membership::Column::StartsOn, membership::Column::EndsOn, scope.on))
        .order_by_asc(membership::Column::Id)
        .all(db)
        .await?;
    Ok(rows
        .into_iter()
        .map(|row| Held {
            id: row.id,
            board: row.board_id,
            person: row.person_id,
            role: row.role,
            kind: row.scope_kind,
            scope: row.scope_id,
            school: row.school_id,
        })
        .collect())
}

/// The schools of the memberships and of the clusters among them.
async fn schools_under(db: &impl ConnectionTrait, scope: &Scope, held: &[Held]) -> Result<Vec<SchoolOfRights>> {
    let schools: Vec<SchoolId> = held.iter().filter_map(|held| held.school).collect();
    let clusters: Vec<ClusterId> =
        held.iter().filter(|held| held.kind == ScopeKind::Cluster).map(|held| ClusterId(held.scope)).collect();
    if schools.is_empty() && clusters.is_empty() {
        return Ok(Vec::new());
    }
    let any = Condition::any().add(school::Column::Id.is_in(schools)).add(school::Column::ClusterId.is_in(clusters));
    Ok(school::Entity::within(scope)
        .select_only()
        .columns([school::Column::Id, school::Column::BoardId, school::Column::ClusterId])
        .filter(any)
        .into_model()
        .all(db)
        .await?)
}

/// One row per cohort and school that is or was in it.
async fn followers_of(
    db: &impl ConnectionTrait,
    scope: &Scope,
    held: &[Held],
    schools: &[SchoolOfRights],
) -> Result<Vec<Follower>> {
    use cohort_school::{Column, Entity};
    let trained: Vec<CohortId> =
        held.iter().filter(|held| held.kind == ScopeKind::Cohort).map(|held| CohortId(held.scope)).collect();
    if trained.is_empty() && schools.is_empty() {
        return Ok(Vec::new());
    }
    let own = Entity::within(scope)
        .select_only()
        .column(Column::CohortId)
        .filter(Condition::any().add(Column::LeftOn.is_null()).add(Column::LeftOn.gt(scope.on)))
        .filter(Column::SchoolId.is_in(schools.iter().map(|school| school.id)));
    let any = Condition::any().add(Column::CohortId.is_in(trained)).add(Column::CohortId.in_subquery(own.into_query()));
    Ok(Entity::within(scope)
        .select_only()
        .columns([Column::CohortId, Column::SchoolId, Column::LeftOn])
        .filter(any)
        .into_model()
        .all(db)
        .await?)
}

/// One row per child and class group, whatever became of the guardianship.
async fn children_of(db: &impl ConnectionTrait, scope: &Scope, persons: &[PersonId]) -> Result<Vec<Child>> {
    if persons.is_empty() {
        return Ok(Vec::new());
    }
    let students = sea_orm::RelationDef::from(
        guardianship::Entity::belongs_to(student::Entity).from(guardianship::Column::StudentId).to(student::Column::Id),
    );
    let on = scope.on;
    let enrolments = sea_orm::RelationDef::from(
        student::Entity::belongs_to(enrolment::Entity)
            .from(student::Column::Id)
            .to(enrolment::Column::StudentId)
            .on_condition(move |_, _| covers(enrolment::Column::StartsOn, enrolment::Column::EndsOn, on)),
    );
    Ok(guardianship::Entity::within(scope)
        .select_only()
        .columns([guardianship::Column::StudentId, guardianship::Column::BoardId, guardianship::Column::Access])
        .columns([guardianship::Column::Status, guardianship::Column::StartsOn, guardianship::Column::EndsOn])
        .column(student::Column::SchoolId)
        .column(enrolment::Column::ClassGroupId)
        .join(JoinType::InnerJoin, students)
        .join(JoinType::LeftJoin, enrolments)
        .filter(guardianship::Column::GuardianId.is_in(persons.iter().copied()))
        .filter(student::Column::ErasedAt.is_null())
        .into_model()
        .all(db)
        .await?)
}
